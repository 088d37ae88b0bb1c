"""Writes syntaxes/journey.tmLanguage.json from the grammar of the language, so that the two cannot drift apart.

    python editors/vscode/make_grammar.py            writes it
    python editors/vscode/make_grammar.py --check    says whether it is up to date (exit code 1 when not)

A TextMate grammar knows regular expressions only; three facts are taken from the parser's table to make them exact
enough (a test compares every word of every example with the parser):

- which keywords a kind of declaration knows at all: a word of another kind is a name there;
- behind which keywords only a name can stand: `send last` sends the message called last;
- before which words `last`, `count` and the like begin a question about history.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import PatternStr

from sojourn.dsl.grammar import load
from sojourn.dsl.grammar.build import GRAMMAR
from sojourn.dsl.layout import DECLARATIONS
from sojourn.dsl.tokens import BEFORE_OF, HISTORY, OPERATORS

HERE = Path(__file__).parent
TARGET = HERE / "syntaxes" / "journey.tmLanguage.json"

WORD = r"[A-Za-z_]\w*"
NUMBER = r"\d+(?:_\d{3})*(?:\.\d+)?"
UNIT = r"(?:second|minute|hour|day|week|month|year)s?"

# The words that a token of several words is made of: the grammar knows them as one.
PHRASES = {
    "_IS_NOT": "is not", "_NOT_IN": "not in", "_NOT_BETWEEN": "not between", "_IN_LAST": "in the last",
    "_WINDOW_BETWEEN": "between", "_SINCE_START": "since start", "_UP_TO": "up to", "_AT_LEAST": "at least",
    "_AT_MOST": "at most", "_WITHIN_DISTANCE": "within",
}  # fmt: skip

FIELDS = ("profile", "schema", "event", "catalog", "webhook")
"""The declarations in whose lines a field's name comes first."""

FIELDS_SETTINGS = {"webhook": ("post", "timeout", "retries", "answers")}

NAMES_FIRST = ("identity", "merge", "message", "offer", "test")
"""The declarations in which a line may begin with a name: a part, an event."""

WORD_OPERATORS = frozenset(
    {"and", "or", "not", "is", "in", "between", "contains", "starts", "ends", "matches"}
)
CONSTANTS = frozenset({"true", "false", "yes", "missing", "known"})


def grammar() -> dict[str, Any]:
    """The TextMate grammar as JSON data."""
    known = keywords_by_declaration()
    names = name_takers()
    repository: dict[str, Any] = {"comment": comment(), "value": {"patterns": values()}}
    patterns: list[Any] = [{"include": "#comment"}]
    for kind in DECLARATIONS:
        repository[kind] = declaration(kind, known[kind], names)
        patterns.append({"include": f"#{kind}"})
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "information_for_contributors": [
            "Made by make_grammar.py from the grammar of the language: do not edit."
        ],
        "name": "Sojourn journey",
        "scopeName": "source.journey",
        "fileTypes": ["journey"],
        "patterns": patterns,
        "repository": repository,
    }


def comment() -> dict[str, Any]:
    return {
        "patterns": [
            {"name": "comment.block.documentation.journey", "match": r"##.*$"},
            {"name": "comment.line.number-sign.journey", "match": r"#.*$"},
        ]
    }


def values() -> list[dict[str, Any]]:
    """Texts, numbers, lengths of time: what looks the same everywhere."""
    return [
        {
            "name": "string.quoted.triple.journey",
            "begin": '"""',
            "end": '"""',
            "patterns": [escape(), placeholder()],
        },
        {
            "name": "string.quoted.double.journey",
            "begin": '"',
            "end": r'"|$',
            "patterns": [escape(), placeholder()],
        },
        {
            "name": "constant.numeric.date.journey",
            "match": r"\b\d{4}-\d\d-\d\d(?:(?: +|T)\d\d?:\d\d(?::\d\d)?)?\b|\b\d\d?:\d\d(?::\d\d)?\b",
        },
        {
            "name": "constant.numeric.journey",
            "match": rf"\b{NUMBER} *%|\b{NUMBER} *{UNIT}\b(?: +{NUMBER} *{UNIT}\b)*|\b{NUMBER} *(?:km|m|miles?)\b"
            rf"|\b{NUMBER} *[A-Z]{{3}}\b|\b{NUMBER}\b",
        },
        {"name": "keyword.operator.journey", "match": r"<=|>=|<|>|[*/+=-]"},
        {"name": "punctuation.separator.journey", "match": r"[,()\[\]]"},
    ]


def escape() -> dict[str, Any]:
    return {"name": "constant.character.escape.journey", "match": r"\\."}


def placeholder() -> dict[str, Any]:
    return {"name": "meta.template.expression.journey", "match": r"\{\{.*?\}\}|\{%.*?%\}"}


def declaration(kind: str, known: set[str], names: set[str]) -> dict[str, Any]:
    """One kind of declaration: it begins at the start of a line and ends before the next that does."""
    patterns: list[Any] = [{"include": "#comment"}]
    if {"least", "most"} <= known:
        patterns.append(
            {
                "name": "keyword.control.journey",
                "match": r"\bat\b(?=\s+(?:least|most)\b)|(?<=\bat )(?:least|most)\b",
            }
        )
    if kind == "test":
        patterns.append(
            {
                "match": rf"(?<=\")\s+(in)\s+({WORD})",
                "captures": {"1": {"name": "keyword.control.journey"}, "2": {"name": "entity.name.journey"}},
            }
        )
    settings = FIELDS_SETTINGS.get(kind, ())
    if kind in FIELDS:
        unless = rf"(?!(?:{'|'.join(settings)})\b)" if settings else ""
        patterns.append(captured(rf"^\s+{unless}({WORD})\b", "variable.other.property.journey"))
    patterns += [
        captured(rf"\b({WORD})(?=\()", "support.function.journey"),
        captured(rf"\b({WORD}(?:\.{WORD}|\[\d+\])*)\s*(?==(?![=<>]))", "variable.parameter.journey"),
        {"name": "variable.other.journey", "match": rf"\b{WORD}(?:\.{WORD}|\[\d+\])+"},
    ]
    if kind == "test":
        first = "|".join(
            sorted(
                {"profile", "person", "choose", "webhook", "at", "after", "expect", "change"}
                | (known & {"each", "given"})
            )
        )
        patterns.append(captured(rf"^\s+(?!(?:{first})\b)({WORD})\b", "entity.name.type.event.journey"))
    if kind in ("message", "offer"):
        first = "when|since|until|at|priority"
        patterns.append(captured(rf"^\s+(?!(?:{first})\b)({WORD})\b", "variable.other.property.journey"))
    taking = sorted(known & names)
    if taking:
        patterns.append(
            {
                "match": rf"\b({'|'.join(taking)})\s+({WORD}(?:\.{WORD}|\[\d+\])*)",
                "captures": {
                    "1": {"name": "keyword.control.journey"},
                    "2": {"name": "entity.name.journey"},
                },
            }
        )
    if kind not in FIELDS:
        patterns += history(known)
    plain = known - set(HISTORY) - BEFORE_OF
    for said, scope in (
        (plain & WORD_OPERATORS, "keyword.operator.word.journey"),
        (plain & CONSTANTS, "constant.language.journey"),
        (plain - WORD_OPERATORS - CONSTANTS, "keyword.control.journey"),
    ):
        if said:
            patterns.append({"name": scope, "match": rf"\b(?:{'|'.join(sorted(said))})\b"})
    patterns.append({"name": "variable.other.journey", "match": rf"\b{WORD}\b"})
    patterns.append({"include": "#value"})
    return {
        "name": f"meta.{kind}.journey",
        "begin": rf"^({kind})\b" + (rf"(?:\s+({WORD})\b)?" if kind in NAMED else ""),
        "beginCaptures": {
            "1": {"name": "keyword.declaration.journey"},
            "2": {"name": "entity.name.type.journey"},
        },
        "end": r"^(?=[^\s#])",
        "patterns": patterns,
    }


NAMED = frozenset(DECLARATIONS) - {"profile", "identity", "quiet", "merge", "test", "use"}


def history(known: set[str]) -> list[dict[str, Any]]:
    """The words that begin a question only before the right word."""
    found = []
    before = sorted(known & BEFORE_OF)
    if before:
        found.append(
            {"name": "keyword.other.history.journey", "match": rf"\b(?:{'|'.join(before)})\b(?=\s+of\b)"}
        )
    other = sorted(known & set(HISTORY) - BEFORE_OF)
    if other:
        unless = "|".join(sorted(OPERATORS))
        found.append(
            {
                "name": "keyword.other.history.journey",
                "match": rf"\b(?:{'|'.join(other)})\b(?=\s+(?!(?:{unless})\b(?!\.))[A-Za-z_])|\blast\b(?=\s+\d)",
            }
        )
    if "time" in known:
        found.append({"name": "keyword.other.history.journey", "match": r"(?<=\d )\btime\b"})
    return found


def captured(match: str, scope: str) -> dict[str, Any]:
    return {"match": match, "captures": {"1": {"name": scope}}}


def keywords_by_declaration() -> dict[str, set[str]]:
    """The keywords that can stand anywhere in each kind of declaration."""
    lark = Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer="basic", maybe_placeholders=False)
    spelled = {t.name: t.pattern.value for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    uses: dict[str, set[str]] = {}
    words: dict[str, set[str]] = {}
    starts: dict[str, set[str]] = {}
    for rule in lark.rules:
        origin = str(rule.origin.name)
        for number, symbol in enumerate(rule.expansion):
            if symbol.is_term:
                said = spelled.get(symbol.name) or PHRASES.get(symbol.name, "")
                found = {word for word in said.split() if word.isalpha()}
                words.setdefault(origin, set()).update(found)
                if number == 0 and origin != "start":
                    starts.setdefault(origin, set()).update(found)
            else:
                uses.setdefault(origin, set()).add(str(symbol.name))
    known: dict[str, set[str]] = {}
    for kind in uses["declaration"]:
        reached = {kind}
        waiting = [kind]
        while waiting:
            for more in uses.get(waiting.pop(), set()) - reached:
                reached.add(more)
                waiting.append(more)
        word = "quiet" if kind == "quiet_hours" else kind
        known[word] = set().union(*(words.get(name, set()) for name in reached))
    return known


def name_takers() -> set[str]:
    """The keywords behind which only a name can stand, wherever they may stand."""
    table = load()
    found: dict[str, set[bool]] = {}
    for row in table.words:
        for word, action in row.items():
            if action > 0:
                after = action - 1
                only = bool(table.actions[after].get("NAME")) and not table.words[after]
                found.setdefault(word, set()).add(only and not table.actions[after].get("TEXT"))
    return {word for word, only in found.items() if only == {True}} - set(HISTORY)


def text() -> str:
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") == text():
            return 0
        print(
            "The TextMate grammar is not what the grammar of the language says: run editors/vscode/make_grammar.py"
        )
        return 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
