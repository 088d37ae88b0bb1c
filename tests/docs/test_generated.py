"""The pages that are made from the program's own definitions are current, and none is missing."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from docs import make_errors, make_functions, make_language
from docs.chapters import CHAPTERS, GRAMMAR
from sojourn.dsl.functions import ELSEWHERE, FUNCTIONS, GROUPS
from sojourn.dsl.messages import WORDINGS
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.library import functions


def test_the_page_of_functions_is_current() -> None:
    made = make_functions.page()
    assert make_functions.PAGE.read_text(encoding="utf-8") == made, "run: python -m docs.make_functions"


def test_every_mistake_has_a_current_page_and_no_page_is_left_over() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in make_errors.FOLDER.glob("*.md")}
    made = make_errors.pages()
    assert sorted(there) == sorted(made), "run: python -m docs.make_errors"
    stale = [name for name, text in made.items() if there[name] != text]
    assert stale == [], "run: python -m docs.make_errors"


def test_every_mistake_stands_in_exactly_one_chapter() -> None:
    named = Counter(code for codes in CHAPTERS.values() for code in codes)
    assert sorted(set(WORDINGS) - set(named)) == [], "give it a chapter in docs/chapters.py"
    assert sorted(set(named) - set(WORDINGS)) == []
    assert [code for code, times in named.items() if times > 1] == []


def test_every_chapter_with_mistakes_is_a_heading_of_the_reference() -> None:
    text = make_language.PAGE.read_text(encoding="utf-8")
    headings = {line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")}
    assert (set(CHAPTERS) | set(GRAMMAR)) - headings == set()


def test_the_grammar_and_the_mistakes_in_the_reference_are_current() -> None:
    text = make_language.PAGE.read_text(encoding="utf-8")
    assert make_language.page(text) == text, "run: python -m docs.make_language"
    for code in WORDINGS:
        assert text.count(f"[{code}](errors/{code}.md)") == 1, code


def test_every_rule_of_the_grammar_is_shown_in_the_reference() -> None:
    said = make_language.notation()
    shown = [said.section(rules) for rules in GRAMMAR.values()]
    # These only hold others together, or are said by a word that the chapter of fields and steps explains.
    glue = {"start", "declaration", "_event_names", "_fields", "block", "said_condition"}
    assert set(said.rules) - said.met <= glue, "give it a place in GRAMMAR of docs/chapters.py"
    assert not [text for text in shown if "_" in text], "a name of the grammar's own"


def test_every_function_is_defined_and_carried_out_under_one_name() -> None:
    assert set(FUNCTIONS) | {"now", "today"} == set(functions(None))
    assert {function.group for function in FUNCTIONS.values()} == set(GROUPS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_means_in_a_sentence_and_has_an_example(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.means.endswith(".") and len(function.means) < 260
    assert function.examples and all(f"{name}(" in call for call, _ in function.examples)
    assert set(function.errors) <= set(WORDINGS)


def test_names_from_elsewhere_lead_to_the_function_that_is_meant() -> None:
    assert set(ELSEWHERE).isdisjoint(FUNCTIONS)
    text = "profile\n  email  email  identity\n\naudience a\n  {}\n"
    for wrong, right in (
        ("coalesce(email, email)", "first_known"),
        ("NETWORKDAYS(today)", "working_days_between"),
    ):
        [diagnostic] = compile_texts({"a.journey": text.format(wrong)}).diagnostics
        assert diagnostic.code == "unknown-function" and diagnostic.candidates[0] == right


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_never_fails_whatever_it_is_given(name: str) -> None:
    """What is undefined is missing: the kinds are right by the checker, the values may be anything."""
    call = functions(None, {})[name]
    function = FUNCTIONS[name]
    if function.gives == "row":
        return
    strange = {
        "list": [[], [Decimal(0)]],
        "text": ["", "x" * 300, "\N{SNOWMAN}", "-1", "DE-XX"],
        "number": [Decimal("1e30"), Decimal(-1), Decimal("0.5"), 0],
    }
    for kind, values in strange.items():
        for value in values:
            if all(kind in p.kinds or (kind == "number" and "integer" in p.kinds) for p in function.takes):
                call(None, 0, *[value] * len(function.takes))
