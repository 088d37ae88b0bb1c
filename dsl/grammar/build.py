"""Builds the parse table from the grammar with Lark, and says what each state of the parser waits for.

`python -m sojourn.dsl.grammar.build` writes table.json, which is shipped: building takes Lark half a second, more
than a whole check does. A table that does not fit the grammar is built anew in memory (see `load`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["GRAMMAR", "TABLE", "build", "fingerprint", "main"]

GRAMMAR = Path(__file__).with_name("journey.lark")
TABLE = Path(__file__).with_name("table.json")

KEEP, SPLICE = 0, 1
"""How a symbol's value becomes children: as one, or its items each."""


def fingerprint() -> str:
    """What the grammar and this module say, as 16 hexadecimal digits."""
    text = GRAMMAR.read_bytes() + Path(__file__).read_bytes()
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def build(strict: bool = False) -> dict[str, Any]:
    """The table as JSON data. With `strict` a conflict of the grammar is an error (lark.GrammarError).

    `words[state]` (keywords by their spelling) and `actions[state]` (everything else) map a terminal to n > 0 (go to
    state n - 1) or n < 0 (reduce by rule -n - 1). `gotos[state]` maps a rule's name to a state. `rules` are [name,
    length, what to call, plan, whether one child stands for the node]: the plan is a list of [which symbol, KEEP or
    SPLICE], -1 for an optional part that is absent. `reading[state]` are the constructs that may be under way there,
    `names[state]` the kinds of names that may come next.
    """
    from lark import Lark
    from lark.lexer import PatternStr
    from lark.parsers.lalr_analysis import LALR_Analyzer, Shift

    lark = Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        start="start",
        maybe_placeholders=True,
        strict=strict,
    )
    spelled = {t.name: t.pattern.value for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    front: Any = lark.parser
    analyzer: Any = LALR_Analyzer(front.parser_conf, debug=True)
    analyzer.compute_lalr()
    table: Any = analyzer.parse_table
    order = {rule: number for number, rule in enumerate(lark.rules)}
    number_of = _numbered(table.states, table.start_states["start"])
    words: list[dict[str, int]] = []
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    reading: list[list[str]] = []
    names: list[list[str]] = []
    rules = {str(rule.origin.name) for rule in lark.rules}
    for state in number_of:
        keywords: dict[str, int] = {}
        row: dict[str, int] = {}
        going: dict[str, int] = {}
        for symbol, (action, argument) in sorted(table.states[state].items()):
            does = number_of[argument] + 1 if action is Shift else -(order[argument] + 1)
            said = spelled.get(symbol, symbol)
            if symbol in rules:
                going[symbol] = does - 1
            elif said.isalpha() and said.islower():
                keywords[said] = does
            else:
                row[said] = does
        words.append(keywords)
        actions.append(row)
        gotos.append(going)
        reading.append(_constructs(item for item in state if item.index))
        wanted = {
            item.rule.origin.name for item in state if not item.is_satisfied and item.next.name == "NAME"
        }
        names.append(sorted(str(name) for name in wanted))
    return {
        "fingerprint": fingerprint(),
        "end": number_of[table.end_states["start"]],
        "words": words,
        "actions": actions,
        "gotos": gotos,
        "rules": [_rule(rule) for rule in lark.rules],
        "reading": reading,
        "names": names,
    }


def _numbered(states: Any, first: Any) -> dict[Any, int]:
    """The states in the order in which they are met from the first, symbols in alphabetical order."""
    number_of = {first: 0}
    waiting = [first]
    for state in waiting:
        for _, (_, argument) in sorted(states[state].items()):
            if argument in states and argument not in number_of:
                number_of[argument] = len(number_of)
                waiting.append(argument)
    return number_of


def _constructs(items: Any) -> list[str]:
    """The names of the constructs that are under way, the furthest first."""
    found = sorted(
        (-item.index, str(item.rule.alias or item.rule.origin.name))
        for item in items
        if not item.rule.origin.name.startswith("__")
    )
    return list(dict.fromkeys(name for _, name in found))


def _rule(rule: Any) -> list[Any]:
    """A rule as [name, length, what to call, plan, one child stands for it]."""
    name = str(rule.origin.name)
    inline = name.startswith("_")
    keep_all = rule.options.keep_all_tokens
    plan: list[list[int]] = []
    gaps = list(rule.options.empty_indices or ())
    at = 0
    for absent in gaps:
        if absent:
            plan.append([-1, KEEP])
            continue
        if at < len(rule.expansion):
            _add(plan, at, rule.expansion[at], keep_all)
            at += 1
    while at < len(rule.expansion):
        _add(plan, at, rule.expansion[at], keep_all)
        at += 1
    call = "" if inline else str(rule.alias or name)
    expand = bool(rule.options.expand1 and not rule.alias)
    return [name, len(rule.expansion), call, plan, expand]


def _add(plan: list[list[int]], at: int, symbol: Any, keep_all: bool) -> None:
    if symbol.is_term:
        if keep_all or not symbol.filter_out:
            plan.append([at, KEEP])
    else:
        plan.append([at, SPLICE if symbol.name.startswith("_") else KEEP])


def main() -> None:
    """Writes the table."""
    TABLE.write_text(json.dumps(build(), separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
