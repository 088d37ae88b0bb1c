"""Every rule is held to its own examples: the bad one gives exactly its finding, at the marked place; the good
one gives nothing; and a fix mends the bad one for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sojourn.dsl.format import format_file
from sojourn.dsl.lint import LintSettings, lint
from sojourn.dsl.lint.mending import Mended, mend
from sojourn.dsl.lint.rule import CATEGORIES, Rule, marked
from sojourn.dsl.lint.rules import RULES
from sojourn.dsl.lint.settings import settings_from
from sojourn.dsl.messages import help_text, label, sentence
from sojourn.dsl.messages.wording import files_of
from sojourn.dsl.source import SourceFile
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import Compiled, compile_texts

each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
each_fix = pytest.mark.parametrize(
    "rule", [rule for rule in RULES.values() if rule.fix], ids=lambda rule: rule.code
)


def looked_at(files: Mapping[str, str], rule: Rule) -> tuple[Compiled, list[str], LintSettings, int]:
    """The workspace of an example, what is wrong with it as a workspace, and with what it is looked at."""
    compiled = compile_texts({path: text for path, text in files.items() if path != "sojourn.toml"})
    mistakes = [f"{d.span}: {sentence(d)}" for d in compiled.diagnostics]
    return compiled, mistakes, settings_from(files.get("sojourn.toml", ""), RULES), parse_instant(rule.now)


@each_rule
def test_the_bad_example_gives_exactly_this_finding_at_the_marked_place(rule: Rule) -> None:
    files, path, start, length = marked(rule.bad)
    compiled, mistakes, settings, now = looked_at(files, rule)
    assert mistakes == []
    found = lint(compiled, settings, now).diagnostics
    assert [(d.code, d.span.path, d.span.start, files[path][d.span.start : d.span.end]) for d in found] == [
        (rule.code, path, start, files[path][start : start + length])
    ]


@each_rule
def test_the_good_example_gives_nothing(rule: Rule) -> None:
    compiled, mistakes, settings, now = looked_at(files_of(rule.good), rule)
    assert mistakes == []
    assert [(d.code, str(d.span), sentence(d)) for d in lint(compiled, settings, now).diagnostics] == []


@each_rule
def test_the_examples_are_in_the_shape_that_fmt_gives(rule: Rule) -> None:
    for files in (files_of(rule.wording.bad), files_of(rule.good)):
        for path, text in files.items():
            if path.endswith(".journey"):
                assert format_file(SourceFile(path, text)).text == text


@each_rule
def test_its_words_fit_its_facts(rule: Rule) -> None:
    files, _, _, _ = marked(rule.bad)
    compiled, _, settings, now = looked_at(files, rule)
    (found,) = lint(compiled, settings, now).diagnostics
    said = sentence(found)
    assert said.endswith((".", "?"))
    assert "{" not in said.replace("{{", "")
    assert label(found)
    assert help_text(found)
    assert bool(found.fix) == bool(rule.fix), "the example shows the fix that the rule promises"


def mended(files: Mapping[str, str], rule: Rule, unsafe: bool) -> Mended:
    settings = settings_from(files.get("sojourn.toml", ""), RULES)
    texts = {path: text for path, text in files.items() if path != "sojourn.toml"}
    return mend(
        lambda changed: compile_texts({**texts, **changed}), settings, parse_instant(rule.now), unsafe
    )


@each_fix
def test_the_fix_mends_the_bad_example(rule: Rule) -> None:
    files, _, _, _ = marked(rule.bad)
    outcome = mended(files, rule, unsafe=rule.fix == "unsafe")
    assert outcome.applied >= 1
    after = {**files, **outcome.texts}
    compiled, mistakes, settings, now = looked_at(after, rule)
    assert mistakes == []
    assert [d.code for d in lint(compiled, settings, now).diagnostics] == []
    for path, text in after.items():
        if path.endswith(".journey"):
            assert format_file(SourceFile(path, text)).text == text


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.values() if rule.fix == "unsafe"], ids=lambda rule: rule.code
)
def test_an_unsafe_fix_is_not_made_by_fix_alone(rule: Rule) -> None:
    files, _, _, _ = marked(rule.bad)
    outcome = mended(files, rule, unsafe=False)
    assert outcome.applied == 0
    assert outcome.texts == {}


def test_there_are_as_many_as_promised_and_half_of_them_mend() -> None:
    assert len(RULES) >= 85
    assert sum(bool(rule.fix) for rule in RULES.values()) * 2 >= len(RULES)


@each_rule
def test_a_rule_is_a_file_of_its_name_and_has_a_page(rule: Rule) -> None:
    file = Path(lint.__code__.co_filename).parent / "rules" / f"{rule.code.replace('-', '_')}.py"
    assert file.is_file()
    assert rule.category in CATEGORIES
    for part in (rule.what, rule.why, rule.mend):
        assert part.endswith((".", "`.", '".', ").")), part
