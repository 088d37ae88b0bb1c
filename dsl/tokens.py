"""Words, numbers and texts of one logical line, and where a `where` ends.

A token is `(kind, start, end, value)`: offsets into the file, and the text or, for a long text, what is meant.
A word has the kind WORD; whether it is a keyword or a name is settled by the parser, which knows what may
stand there. Three things are settled here, by looking at the words around:

- phrases of several words become one token (`is not`, `in last`, `, up to`);
- a word that begins a question about history (`count`, `last`, `has`, …) is one only when what follows can
  belong to it, so that a field may be called `count` or `last`;
- **where a `where` ends.** It reaches to the end of its line, or to a following line that begins with `and` or
  `or`; it ends earlier at the bracket that closes around it, and before `and has`, `and no`, a window, a number
  of times, `as`, `then`, `up to` and the like, which cannot belong to the condition inside. After `start on`,
  `exit on`, `goal` and `wait for` nothing could follow a line break but more of the condition, so there a `where`
  goes on with the next line. The end is marked by a token _END_WHERE.
"""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = ["BEFORE_OF", "HISTORY", "LEADING", "LEXER", "OPERATORS", "Token", "finish"]

Token = tuple[str, int, int, str]

_NUMBER = r"\d+(?:_\d{3})*(?:\.\d+)?"
_UNIT = r"(?:second|minute|hour|day|week|month|year)s?"

LEXER = re.compile(
    rf"""
      (?P<SPACE>[ ]+)
    | (?P<WORD>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\])*)
    | (?P<MOMENT>\d{{4}}-\d\d-\d\d(?:[ ]+|T)\d\d?:\d\d(?::\d\d)?\b)
    | (?P<DATE>\d{{4}}-\d\d-\d\d\b)
    | (?P<CLOCK>\d\d?:\d\d(?::\d\d)?\b)
    | (?P<GROUPED>(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+,\d{{1,2}})[ ]*(?:[A-Z]{{3}}\b|%))
    | (?P<PERCENT>{_NUMBER}[ ]*%)
    | (?P<DURATION>{_NUMBER}[ ]*{_UNIT}\b(?:[ ]+{_NUMBER}[ ]*{_UNIT}\b)*)
    | (?P<DISTANCE>{_NUMBER}[ ]*(?:km|m|miles?)\b)
    | (?P<MONEY>{_NUMBER}[ ]*[A-Z]{{3}}\b)
    | (?P<NUMBER>{_NUMBER})
    | (?P<LONG>\"\"\")
    | (?P<TEXT>"(?:[^"\\\n]|\\.)*")
    | (?P<COMPARE><=|>=|<|>)(?![=>])
    | (?P<SIGN>=(?![=<>])|[+,()\[\]|-])
    | (?P<TIMES_OR_OVER>[*/])
    | (?P<COMMENT>\#[^\n]*)
    | (?P<BAD>.)
    """,
    re.VERBOSE | re.ASCII,
)
"""One token at a time; everything on a line matches something."""

LEADING = "LEADING"
"""The kind of an `and` or `or` that begins a line."""

HISTORY = frozenset(
    (
        "has",
        "no",
        "count",
        "sum",
        "average",
        "smallest",
        "largest",
        "first",
        "last",
        "most",
        "time",
        "distinct",
    )
)
"""The words that begin a question about history when what follows can belong to it."""

BEFORE_OF = frozenset({"count", "any", "all", "none"})
"""Those of such words that do so only before `of`."""

OPERATORS = frozenset(
    (
        "and", "or", "is", "in", "not", "between", "contains", "starts", "ends", "matches", "within", "where", "as",
        "then", "to", "from", "at", "on", "by", "for", "with", "up", "since", "exactly", "because",
    )
)  # fmt: skip
"""Words that come after a value: before one of them a word such as `last` is a name."""
_OUTCOMES = frozenset({"nothing", "sent", "called", "emitted", "offered"})
"""Words behind `expect` that may be names of fields, too: they are when they are compared with something."""
_WHOSE = frozenset({"by", "for"})
"""Words before a person of a test that may be names of values, too: they are before a `=`."""
_COMPARING = frozenset({"is", "in", "contains", "starts", "ends", "matches", "between", "within"})
_OWN_WHERE = frozenset({"start", "exit", "goal", "wait"})
_DATES = frozenset({"DATE", "MOMENT"})
_END = ("_NL", 0, 0, "")


def finish(raw: list[Token]) -> list[Token]:
    """The tokens of one logical line as the grammar knows them, _NL at the end included.

    `raw` is what `LEXER` found, without spaces and comments, a line's leading `and` or `or` marked LEADING.
    """
    out: list[Token] = []
    add = out.append
    wheres: list[int] = []  # the bracket depth at which each open `where` began
    depth = 0
    history = False
    # The `where` of `start on …` and the like is the outermost one and goes on over line breaks.
    # A comma before `name =` begins the next argument, but not behind `one of`: there the default follows.
    listed = any(a[3] == "one" and b[3] == "of" for a, b in pairwise(raw))
    own = bool(raw) and raw[0][3] in _OWN_WHERE and not (len(raw) > 1 and raw[1][3] in ("when", "until"))

    def close(at: int, most: int = 0) -> None:
        while len(wheres) > most:
            wheres.pop()
            add(("_END_WHERE", at, at, ""))

    def close_here(at: int) -> None:
        """Closes every `where` of this bracket depth."""
        while wheres and wheres[-1] >= depth:
            wheres.pop()
            add(("_END_WHERE", at, at, ""))

    count = len(raw)
    at = 0
    while at < count:
        token = raw[at]
        kind, start, end, value = token
        at += 1
        following = raw[at] if at < count else _END
        if kind == "WORD":
            if value in _WHOSE and following[3] == "=":
                add(("NAME", start, end, value))
                continue
            handled = _SPECIAL.get(value)
            if handled is None:
                if value in _OUTCOMES and at in (2, 3) and raw[0][3] == "expect" and _compares(following):
                    add(("NAME", start, end, value))
                elif "." in value or "[" in value:
                    add(("DOTTED", start, end, value))
                else:
                    add(token)
                continue
            if handled == "article":
                # `is a holiday`; before anything else `a` is a name: `plan is a and …`.
                named = following[0] != "WORD" or following[3] in OPERATORS
                add(("NAME", start, end, value) if named else token)
            elif handled == "history":
                if value == "time" and at > 1 and raw[at - 2][0] == "NUMBER":
                    add(token)  # `at least 1 time`
                    continue
                if not _begins_history(value, following):
                    counted = value == "time" and at > 1 and raw[at - 2][0] == "NUMBER"  # `at most 1 time`
                    add(token if counted else ("NAME", start, end, value))
                    continue
                history = history or value in HISTORY
                add(token)
            elif handled == "logic":
                if following[0] == "WORD" and following[3] in ("has", "no") and wheres:
                    close_here(end)
                history = False
                add(token)
            elif value == "is":
                history = False
                if following[3] == "not" and following[0] == "WORD":
                    add(("_IS_NOT", start, following[2], "is not"))
                    at += 1
                else:
                    add(token)
            elif value == "not":
                history = False
                if following[0] == "WORD" and following[3] in ("in", "between"):
                    add(("_NOT_IN" if following[3] == "in" else "_NOT_BETWEEN", start, following[2], ""))
                    at += 1
                else:
                    add(token)
            elif value == "in":
                skip = _in_last(raw, at)
                if skip:
                    close_here(start)
                    add(("_IN_LAST", start, raw[at + skip - 1][2], "in last"))
                    at += skip
                else:
                    add(token)
            elif value == "between":
                if history and following[0] in _DATES:
                    close_here(start)
                    add(("_WINDOW_BETWEEN", start, end, value))
                else:
                    add(token)
                history = False
            elif value == "at":
                if following[0] == "WORD" and following[3] in ("least", "most"):
                    close_here(start)
                    add(("_AT_LEAST" if following[3] == "least" else "_AT_MOST", start, following[2], ""))
                    at += 1
                else:
                    close(start)
                    add(token)
            elif value == "up" and following[3] == "to":
                close(start)
                add(("_UP_TO", start, following[2], "up to"))
                at += 1
            elif value == "since":
                close_here(start)
                if following[3] == "start":
                    close(start)
                    add(("_SINCE_START", start, following[2], "since start"))
                    at += 1
                else:
                    add(token)
            elif value == "within":
                if following[0] == "DISTANCE":
                    add(("_WITHIN_DISTANCE", start, end, value))
                else:
                    close_here(start)
                    add(token)
            elif value == "where":
                history = False
                add(token)
                wheres.append(depth)
            elif value == "exactly":
                close_here(start)
                add(token)
            else:  # as, then, for
                close_here(start)
                add(token)
        elif kind == "COMPARE" or kind == "TIMES_OR_OVER":
            history = False
            add(token)
        elif kind == "SIGN":
            if value == ",":
                history = False
                if following[3] == "up" and at + 1 < count and raw[at + 1][3] == "to":
                    close(start)
                    add(("_UP_TO", start, raw[at + 1][2], "up to"))
                    at += 2
                    continue
                if not listed and following[0] == "WORD" and at + 1 < count and raw[at + 1][3] == "=":
                    close(start)
                    add(("_ARG_COMMA", start, end, ","))
                    continue
            elif value == "|":
                close(start)
            elif value in "([":
                depth += 1
            elif value in ")]":
                depth -= 1
                while wheres and wheres[-1] > depth:
                    wheres.pop()
                    add(("_END_WHERE", start, start, ""))
            else:
                history = False
            add((value, start, end, value))
        elif kind == LEADING:
            history = False
            while wheres and not (own and len(wheres) == 1) and wheres[-1] >= depth:
                wheres.pop()
                add(("_END_WHERE", start, start, ""))
            add(("WORD", start, end, value))
        else:
            add(token)
    last = raw[-1][2] if raw else 0
    close(last)
    add(("_NL", last, last, ""))
    return out


def _compares(following: Token) -> bool:
    """Whether a comparison follows."""
    return following[0] == "COMPARE" or (following[0] == "WORD" and following[3] in _COMPARING)


def _begins_history(word: str, following: Token) -> bool:
    """Whether a word such as `last` begins a question here, going by what comes next."""
    kind, _, _, value = following
    if word in BEFORE_OF:
        return kind == "WORD" and value == "of"
    if kind == "WORD":
        return value not in OPERATORS
    return word == "last" and kind in ("NUMBER", "DURATION", "DISTANCE")


def _in_last(raw: list[Token], at: int) -> int:
    """How many tokens behind `in` belong to `in [the] last`, when a length of time comes next; 0 otherwise."""
    for skip, words in ((1, ("last",)), (2, ("the", "last"))):
        found = raw[at : at + skip]
        if tuple(token[3] for token in found) == words and at + skip < len(raw):
            length, after = raw[at + skip][0], raw[at + skip + 1 : at + skip + 2]
            # A number and a word that is no unit is a slip (`in last 90 dayz`); the last five of something have a
            # field (`in last 5 purchase.city`).
            slip = length == "NUMBER" and after and after[0][0] == "WORD" and "." not in after[0][3]
            return skip if length == "DURATION" or slip else 0
    return 0


_SPECIAL: dict[str, str] = {
    **dict.fromkeys((*HISTORY, "any", "all", "none"), "history"),
    "and": "logic",
    "or": "logic",
    "a": "article",
    **dict.fromkeys(("is", "not", "in", "between", "at", "up", "since", "within", "where"), "own"),
    **dict.fromkeys(("exactly", "as", "then", "for"), "own"),
}
