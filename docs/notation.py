"""The grammar of the language in a notation that an author can read: what is typed stands as it is typed.

Made from dsl/grammar/journey.lark itself, so that it cannot say anything else than the parser does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sojourn.dsl.grammar.build import GRAMMAR

__all__ = ["Notation", "read_rules"]

_TOKEN = re.compile(r'"[^"]*"|[A-Za-z_]\w*|->|[()\[\]|*+?,]')

_SPELLED = {
    "_IN_LAST": "in last", "_WINDOW_BETWEEN": "between", "_SINCE_START": "since start", "_UP_TO": "up to",
    "_ARG_COMMA": ",", "_IS_NOT": "is not", "_NOT_IN": "not in", "_NOT_BETWEEN": "not between",
    "_AT_LEAST": "at least", "_AT_MOST": "at most", "_WITHIN_DISTANCE": "within", "_END_WHERE": "",
    "COMPARE": "(< | <= | > | >=)", "TIMES_OR_OVER": "(* | /)", "DOTTED": "NAME.NAME", "MOMENT": "MOMENT",
}  # fmt: skip
"""Terminals that the tokens make, as an author writes them."""

_PLACEHOLDERS = {
    "both": "CONDITION", "negation": "CONDITION", "comparison": "CONDITION", "said_condition": "CONDITION",
    "product": "VALUE", "factor": "VALUE", "atom": "VALUE", "event_path": "EVENT.FIELD", "_fields": "FIELDS",
    "block": "STEPS", "_step": "STEP", "_setting": "SETTING", "text": "TEXT", "moment": "MOMENT", "clock": "CLOCK",
    "duration": "DURATION", "date": "DATE", "number": "NUMBER", "path": "NAME", "_said_value": "CONDITION",
    "type_name": "TYPE-NAME", "value_name": "NAME", "call_name": "FUNCTION", "part_name": "PART",
    "limited_name": "LIMITED", "conversion_name": "CONVERSION", "ranking_name": "RANKING-NAME",
    "row_value": "row.COLUMN", "row_name": "row.COLUMN", "whom": "PERSON",
}  # fmt: skip
"""Rules that stand in others by a word."""

_IN_LINES = frozenset({"_step", "_setting", "block", "_fields", "said_condition"})
"""Those of them that fill lines of their own."""
_SIGNS = frozenset("()[]|")


@dataclass
class Item:
    """A part of an expansion: a word, a terminal, a rule, or a group; `many` is "", "?", "*" or "+"."""

    kind: str
    text: str = ""
    parts: list[list[Item]] = field(default_factory=list)
    many: str = ""


def read_rules() -> dict[str, list[list[Item]]]:
    """The rules of the grammar by name: their alternatives, each a list of items."""
    texts: dict[str, str] = {}
    current = ""
    for line in GRAMMAR.read_text(encoding="utf-8").splitlines():
        bare = line.split("//")[0].rstrip()
        if not bare or bare.startswith("%"):
            continue
        head = re.match(r"[?!]?([a-z_]\w*):(.*)", bare)
        if head:
            current = head.group(1)
            texts[current] = head.group(2)
        else:
            texts[current] += " " + bare
    return {name: _Reader(_TOKEN.findall(text)).alternatives() for name, text in texts.items()}


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def alternatives(self, closing: str = "") -> list[list[Item]]:
        found: list[list[Item]] = [[]]
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token == closing:
                break
            if token == "|":
                found.append([])
            elif token == "->":
                self.at += 1
            elif token == "(":
                found[-1].append(self._many(Item("group", parts=self.alternatives(")"))))
            elif token == "[":
                found[-1].append(Item("group", parts=self.alternatives("]"), many="?"))
            elif token.startswith('"'):
                found[-1].append(self._many(Item("word", token[1:-1])))
            else:
                kind = "rule" if token.lstrip("_")[:1].islower() else "terminal"
                found[-1].append(self._many(Item(kind, token)))
        return found

    def _many(self, item: Item) -> Item:
        if self.at < len(self.tokens) and self.tokens[self.at] in "?*+":
            item.many = self.tokens[self.at]
            self.at += 1
        return item


class Notation:
    """Prints rules. `shown` are rules that have a place of their own, and stand in others by a word."""

    def __init__(self, shown: Iterable[str]) -> None:
        self.rules = read_rules()
        self.shown = frozenset(shown)
        self.declarations = frozenset(item.text for part in self.rules["declaration"] for item in part)
        self.met: set[str] = set()
        """Every rule that was printed, at its own place or inside another."""

    def section(self, names: Iterable[str]) -> str:
        """Some rules, each at its own place."""
        lines: list[str] = []
        before = ""
        for name in names:
            lines += self._placed(name, self._word(name) == before)
            before = self._word(name)
        return "\n".join(lines).lstrip("\n")

    def _placed(self, name: str, goes_on: bool) -> list[str]:
        """A rule at its own place; `goes_on`: the one before says the same word, so this adds to it."""
        self.met.add(name)
        if self._has_lines(name) or name in self.declarations:
            head = (
                []
                if name in self.declarations or self._word(name) == "FIELD"
                else ["", f"{self._word(name)}:"]
            )
            return [*head, *self._lines(name, 1 if head else 0)]
        alternatives = list(dict.fromkeys(filter(None, map(self._inline, self.rules[name]))))
        word = self._word(name)
        alternatives = [said for said in alternatives if said != word]
        bar = " " * (len(word) + 1) + "| "
        return [(bar if n or goes_on else f"{word} = ") + said for n, said in enumerate(alternatives)]

    def _has_lines(self, name: str) -> bool:
        return any(self._ends_line(item) for expansion in self.rules[name] for item in expansion)

    def _ends_line(self, item: Item) -> bool:
        if item.kind == "terminal":
            return item.text in ("_NL", "_INDENT")
        if item.kind == "group":
            return any(self._ends_line(inner) for part in item.parts for inner in part)
        return item.kind == "rule" and item.text != "condition" and self._rule_ends_line(item.text)

    def _rule_ends_line(self, name: str) -> bool:
        if name in _PLACEHOLDERS and name not in _IN_LINES:
            return False
        return any(
            inner.kind == "terminal" and inner.text in ("_NL", "_INDENT")
            for expansion in self.rules.get(name, [])
            for inner in _flat(expansion)
        ) or (
            name.startswith("_")
            and any(
                self._rule_ends_line(inner.text)
                for expansion in self.rules.get(name, [])
                for inner in _flat(expansion)
                if inner.kind == "rule" and inner.text != name
            )
        )

    # ------------------------------------------------------------ in lines

    def _lines(self, name: str, depth: int) -> list[str]:
        self.met.add(name)
        made = [tuple(self._expansion(expansion, depth)) for expansion in self.rules[name]]
        return [line for lines in dict.fromkeys(made) for line in lines]

    def _expansion(self, expansion: list[Item], depth: int) -> list[str]:
        lines: list[str] = []
        open_line: list[str] = []

        def flush() -> None:
            text = _joined(open_line)
            if text:
                lines.append("  " * depth + text)
            open_line.clear()

        def walk(items: list[Item]) -> None:
            nonlocal depth
            for item in items:
                if item.kind == "terminal" and item.text == "_NL":
                    flush()
                elif item.kind == "terminal" and item.text == "_INDENT":
                    depth += 1
                elif item.kind == "terminal" and item.text == "_DEDENT":
                    depth -= 1
                elif item.kind == "rule" and self._own_lines(item.text):
                    flush()
                    lines.extend(self._below(item.text, depth))
                elif item.kind == "group" and self._ends_line(item):
                    for part in item.parts:
                        walk(part)
                else:
                    open_line.append(self._one(item))

        walk(expansion)
        flush()
        return lines

    def _own_lines(self, name: str) -> bool:
        return self._rule_ends_line(name)

    def _below(self, name: str, depth: int) -> list[str]:
        """A rule that makes lines, inside another."""
        if name in ("_fields", "block"):
            return ["  " * (depth + 1) + self._word(name)]
        if name in self.shown or name in _PLACEHOLDERS:
            return ["  " * depth + self._word(name)]
        return self._lines(name, depth)

    # ------------------------------------------------------------- in a line

    def _inline(self, expansion: list[Item]) -> str:
        return _joined([self._one(item) for item in expansion])

    def _one(self, item: Item) -> str:
        if item.kind == "word":
            text = f'"{item.text}"' if item.text in _SIGNS else item.text
        elif item.kind == "terminal":
            text = _SPELLED.get(item.text, item.text)
        elif item.kind == "rule":
            text = self._reference(item.text)
        else:
            return self._group(item)
        if item.many in ("*", "+") and text:
            return f"[{text} …]" if item.many == "*" else f"{text} …"
        return f"[{text}]" if item.many == "?" and text else text

    def _group(self, item: Item) -> str:
        said = list(dict.fromkeys(filter(None, map(self._inline, item.parts))))
        text = " | ".join(said)
        if item.many == "*":
            comma = item.parts[0][0]
            if comma.text in (",", "_ARG_COMMA", "|"):
                return ", …" if comma.text != "|" else '"|" …'
            return f"[{text} …]"
        if item.many == "?":
            return f"[{text}]"
        return f"({text})" if len(said) > 1 else text

    def _reference(self, name: str) -> str:
        if name == "up_to":
            self.met.add(name)
            return ", up to DURATION"
        if name in _PLACEHOLDERS or name in self.shown:
            self.met.add(name)
            return self._word(name)
        self.met.add(name)
        alternatives = list(dict.fromkeys(map(self._inline, self.rules[name])))
        if alternatives == ["NAME"]:
            return self._word(name)
        if len(alternatives) == 1:
            return alternatives[0]
        return f"({' | '.join(alternatives)})"

    def _word(self, name: str) -> str:
        if name in _PLACEHOLDERS:
            return _PLACEHOLDERS[name]
        return name.strip("_").removesuffix("_name").replace("_", "-").upper()


def _flat(expansion: list[Item]) -> Iterable[Item]:
    for item in expansion:
        yield item
        for part in item.parts:
            yield from _flat(part)


def _joined(words: list[str]) -> str:
    return re.sub(r" ,(?= )", ",", " ".join(word for word in words if word))
