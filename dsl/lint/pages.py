"""The page of a rule, from the rule itself: for `sojourn explain` and for docs/lint.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sojourn.dsl.lint.rule import CATEGORIES, Rule
from sojourn.dsl.messages.wording import files_of

__all__ = ["document", "page", "page_data"]

_HEAD = """\
# Lint: what is allowed, and a pity

`sojourn check` finds what is wrong. `sojourn lint` finds what is right as a sentence and will not do what its
author hopes: a branch nobody comes into, a wait that is overtaken, a message nobody can say no to, an SMS
that costs three. It is about marketing, never about style, and speaks only where it is sure: what it cannot
know it says nothing about.

This page is made from the rules themselves (`python -m sojourn.dsl.lint.pages`). Each example on it is run by
the tests: the wrong one gives this finding and no other, the right one none.

What cannot be meant at all `check` refuses, and lint need not say it: a window longer than the data is kept, a
limit of no message, quiet hours of a whole day, a misspelt field in a text.

What templates share (a frame that they extend, a piece that they include) is looked at as part of each message that
shows it, and told of once, in its own file.

## Mending

`sojourn lint --fix` makes the fixes that are **safe**: they change nothing that anybody receives.
`--unsafe-fixes` makes the others too: who gets what may be another then, so read the difference. Fixes are
edits of the text; comments stay. After each round the workspace is checked and linted anew, and a fix that
would leave a mistake is not made; a journey file that changed is given its one shape. The editor offers the
same fixes.

## Allowing

What you have looked at and want as it is you allow where it stands, with the reason:

    wait for purchase, up to 2 days  # lint: allow wait-overtaken because an earlier order was another matter

It holds for that line; on a line of its own, for the next one. In a template write `{# lint: allow RULE
because REASON #}`. Without a reason it allows nothing, and one that no longer silences anything is a finding
itself.

## Choosing

In `sojourn.toml`:

```toml
[lint]
select = ["all"]                     # codes or categories; all unless said
ignore = ["subject-too-long"]        # codes or categories

[lint.severity]
sent-at-night = "error"              # "error", "warning" or "off"

[lint.thresholds]
split-arm-tiny = 10                  # the number that a rule goes by

[lint.paths]
"journeys/old/*" = ["unused-name"]   # not looked for in these files: codes, categories or "all"
```

A name that does not exist is an error with the nearest one. The date that rules about the past go by is
today, or that of `--now`. """


def page(rule: Rule) -> list[str]:
    """A rule's page in Markdown, without its heading."""
    facts = [f"`{rule.severity}`"]
    if rule.fix:
        facts.append(f"{'a safe fix' if rule.fix == 'safe' else 'an unsafe fix'}")
    if rule.threshold is not None:
        facts.append(f"threshold: {rule.threshold} {rule.unit}")
    lines = [f"{' · '.join(facts)}", "", rule.what, "", f"**Why it hurts.** {rule.why}", ""]
    lines += [f"**How to mend it.** {_unfilled(rule.mend)}", ""]
    bad, good = files_of(rule.wording.bad), files_of(rule.good)
    for title, files, other in (("Wrong:", bad, good), ("Right:", good, bad)):
        told = differing(files, other)
        if told:
            lines += [title, ""]
            lines += [f"    {line}".rstrip() for line in told] + [""]
        elif files is good:
            lines += ["Right: without these lines.", ""]
    return lines


def differing(files: Mapping[str, str], others: Mapping[str, str]) -> list[str]:
    """The declarations of an example that the other does not have in the same way."""
    lines: list[str] = []
    for path, text in files.items():
        if text == others.get(path):
            continue
        known = set(_blocks(others.get(path, "")))
        if path != "main.journey":
            lines += [f"# {path}"]
        for block in _blocks(text) if path.endswith(".journey") else [text]:
            if block not in known:
                lines += [*block.rstrip().splitlines(), ""]
    return lines[:-1]


def _blocks(text: str) -> Iterable[str]:
    blocks: list[str] = []
    for line in text.splitlines():
        if (
            line
            and not line[0].isspace()
            and not (blocks and blocks[-1].startswith("#") and "\n" not in blocks[-1])
        ):
            blocks.append(line)
        elif blocks:
            blocks[-1] += f"\n{line}"
    return [block.rstrip() for block in blocks]


def _unfilled(words: str) -> str:
    from string import Formatter

    return "".join(text + (name.upper() if name else "") for text, name, _, _ in Formatter().parse(words))


def page_data(rule: Rule) -> dict[str, object]:
    """A rule's page as data."""
    return {
        "code": rule.code,
        "category": rule.category,
        "severity": rule.severity,
        "fix": rule.fix or None,
        "threshold": rule.threshold,
        "says": _unfilled(rule.says),
        "what": rule.what,
        "why": rule.why,
        "mend": _unfilled(rule.mend),
        "bad": files_of(rule.wording.bad),
        "good": files_of(rule.good),
    }


def document() -> str:
    """The whole of docs/lint.md."""
    from sojourn.dsl.lint.rules import RULES

    lines = [_HEAD]
    can = sum(bool(rule.fix) for rule in RULES.values())
    lines += ["## The rules", "", f"There are {len(RULES)}; {can} of them can mend what they find.", ""]
    for category, title in CATEGORIES.items():
        of = [rule for rule in RULES.values() if rule.category == category]
        if not of:
            continue
        lines += [
            f"- **{title}** (`{category}`): " + ", ".join(f"[{rule.code}](#{rule.code})" for rule in of)
        ]
    lines.append("")
    for category, title in CATEGORIES.items():
        of = [rule for rule in RULES.values() if rule.category == category]
        if not of:
            continue
        lines += [f"## {title}", ""]
        for rule in of:
            lines += [f"### {rule.code}", "", *page(rule)]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    from pathlib import Path

    target = Path(__file__).resolve().parents[2] / "docs" / "lint.md"
    target.write_text(document(), encoding="utf-8")
    print(f"{target} written")
