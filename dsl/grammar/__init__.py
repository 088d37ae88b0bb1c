"""The grammar (journey.lark), the table that Lark builds from it, and the machine that runs the table.

The machine is the textbook's LALR(1) loop over Lark's own table. It is ours for three reasons: a word can be a
keyword or a name depending on what may stand there, every node gets the place of its first and last token, and
nothing of Lark has to be imported to check a file (building the parser with Lark takes longer than the rest of a
check).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sojourn.dsl.tokens import Token

__all__ = ["Refusal", "Table", "keywords_among", "load", "parse", "reduce", "states_after"]

Action = Callable[[Any, int, int, list[Any]], Any]
"""What makes a node: (the maker, where it starts, where it ends, its children)."""


@dataclass(frozen=True, slots=True)
class Table:
    """The parse table; `rules` are (symbol, length, action's name, plan, whether one child stands for the node).

    `words[state]` maps a keyword, `actions[state]` another terminal, to n > 0: go to state n - 1, or n < 0: reduce
    by rule -n - 1. `reading` and `names` say for messages what is under way in a state and which kinds of names may
    come next.
    """

    words: Sequence[Mapping[str, int]]
    actions: Sequence[Mapping[str, int]]
    gotos: Sequence[Mapping[str, int]]
    rules: Sequence[tuple[str, int, str, tuple[tuple[int, int], ...], bool]]
    end: int
    reading: Sequence[Sequence[str]]
    names: Sequence[Sequence[str]]


class Refusal(Exception):
    """The parser cannot go on: no rule has `token` in this place.

    `states` is the parser's stack; `at` the number of the token. Only the parser of this package sees it: it
    becomes a diagnostic.
    """

    def __init__(self, token: Token, at: int, states: list[int]) -> None:
        super().__init__(token)
        self.token = token
        self.at = at
        self.states = states


@cache
def load() -> Table:
    """The table that is shipped, or, where the grammar was edited since, a new one built by Lark."""
    from sojourn.dsl.grammar.build import TABLE, build, fingerprint

    data: dict[str, Any] = json.loads(TABLE.read_bytes()) if TABLE.is_file() else {}
    if data.get("fingerprint") != fingerprint():
        data = build()
    rules = [
        (name, length, call, tuple((at, how) for at, how in plan), bool(single))
        for name, length, call, plan, single in data["rules"]
    ]
    return Table(
        data["words"], data["actions"], data["gotos"], rules, data["end"], data["reading"], data["names"]
    )


def parse(tokens: Sequence[Token], maker: object, actions: Mapping[str, Action]) -> Any:
    """What the tokens of one declaration mean. Raises Refusal at the first token that cannot stand where it is."""
    table = load()
    words, rows, gotos, rules, final = table.words, table.actions, table.gotos, table.rules, table.end
    states = [0]
    values: list[Any] = []
    places: list[tuple[int, int]] = []
    state = 0
    end = tokens[0][1] if tokens else 0
    for number, token in enumerate((*tokens, ("$END", end, end, ""))):
        kind, start, after, value = token
        while True:
            if kind == "WORD":
                action = words[state].get(value) or rows[state].get("NAME")
            else:
                action = rows[state].get(kind)
            if action is None:
                raise Refusal(token, number, states)
            if action > 0:
                state = action - 1
                states.append(state)
                values.append(token)
                places.append((start, after))
                # What only marks a place (an end of line, of a block, of a `where`) does not make a node longer.
                if after > start:
                    end = after
                break
            name, length, call, plan, single = rules[-action - 1]
            if length:
                below = len(values) - length
                taken = values[below:]
                first, last = places[below][0], end
                del values[below:], places[below:], states[below + 1 :]
            else:
                taken, first, last = [], start, start
            children: list[Any] = []
            for at, how in plan:
                if at < 0:
                    children.append(None)
                elif how:
                    children.extend(taken[at])
                else:
                    children.append(taken[at])
            if not call:
                result: Any = children
            elif single and len(children) == 1:
                result = children[0]
            else:
                result = actions[call](maker, first, last, children)
            state = gotos[states[-1]][name]
            if state == final:
                return result
            states.append(state)
            values.append(result)
            places.append((first, last))
    raise AssertionError("the end of a declaration is always refused or taken")


def states_after(tokens: Sequence[Token]) -> list[int] | None:
    """The parser's stack behind the tokens of an unfinished declaration; None when one of them is refused."""
    states = [0]
    return states if all(_take(states, token) is not None for token in tokens) else None


def keywords_among(tokens: Sequence[Token]) -> set[int]:
    """Which words of a declaration are keywords where they stand, by the number of the token; those before the first
    that is refused.
    """
    states = [0]
    found: set[int] = set()
    for number, token in enumerate(tokens):
        taken = _take(states, token)
        if taken is None:
            break
        if taken:
            found.add(number)
    return found


def _take(states: list[int], token: Token) -> bool | None:
    """Moves the stack over a token; None when it is refused, else whether it is a keyword there."""
    table = load()
    kind, _, _, value = token
    while True:
        state = states[-1]
        keyword = table.words[state].get(value) if kind == "WORD" else None
        action = keyword or table.actions[state].get("NAME" if kind == "WORD" else kind)
        if action is None:
            return None
        if action > 0:
            states.append(action - 1)
            return keyword is not None
        reduce(table, states, action)


def reduce(table: Table, states: list[int], action: int) -> None:
    """Moves a stack of states over a rule that is complete (`action` < 0), without making its node."""
    name, length, *_ = table.rules[-action - 1]
    if length:
        del states[-length:]
    states.append(table.gotos[states[-1]][name])
