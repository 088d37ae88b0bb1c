"""Why the parser refused a token, as a diagnostic with the facts that its words need.

The parser's stack at a refusal tells what was being read and what could have come: a terminal could have come when
the table, started from that stack, gets as far as taking it. Keywords are said as they are written, everything else
in the author's words (a text in quotes, the name of an event); nobody is ever shown the name of a token.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.diagnostics import Diagnostic, Fix
from sojourn.dsl.grammar import Refusal, Table, load, reduce, states_after
from sojourn.dsl.indenting import indented
from sojourn.dsl.layout import DECLARATIONS
from sojourn.dsl.messages.constructs import CONSTRUCTS, KINDS_OF_NAMES, TERMINALS
from sojourn.dsl.phrases import in_other_words
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.tokens import Token

__all__ = ["accepts", "construct_of", "explain"]

_MARKS = frozenset({"_NL", "_INDENT", "_DEDENT", "_END_WHERE", "$END"})
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year", "km", "m", "mile")
_SHORT_UNITS = {
    "s": "seconds", "sec": "seconds", "secs": "seconds", "min": "minutes", "mins": "minutes", "h": "hours",
    "hr": "hours", "hrs": "hours", "d": "days", "w": "weeks", "wk": "weeks", "wks": "weeks", "mo": "months",
    "yr": "years", "yrs": "years", "kilometers": "km", "kilometres": "km", "kilometer": "km", "kilometre": "km",
    "meters": "m", "metres": "m", "euro": "EUR", "euros": "EUR", "dollars": "USD", "dollar": "USD", "pounds": "GBP",
    "percent": "%", "pct": "%", "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF",
}  # fmt: skip
_SYNONYMS = {
    "mail": "send", "email": "send", "message": "send", "notify": "send", "push": "send", "sms": "send",
    "delay": "wait", "sleep": "wait", "pause": "wait", "hold": "wait", "trigger": "start", "begin": "start",
    "when": "start", "entry": "start", "elif": "else", "elseif": "else", "otherwise": "else", "switch": "match",
    "test": "split", "experiment": "split", "loop": "repeat", "while": "repeat", "for": "repeat", "end": "stop",
    "quit": "stop", "return": "stop", "update": "set", "assign": "set", "let": "set", "append": "add",
    "delete": "remove", "webhook": "call", "assert": "expect", "check": "expect", "verify": "expect",
    "given": "profile", "person": "profile", "user": "profile", "later": "after", "then": "after", "via": "by",
    "using": "by", "through": "by", "equals": "is", "eq": "is", "equal": "is", "like": "contains",
    "includes": "contains", "include": "contains", "exists": "known", "empty": "missing", "null": "missing",
    "unknown": "missing", "segment": "audience", "list": "audience", "group": "audience", "template": "message",
    "flow": "journey", "campaign": "journey", "workflow": "journey", "automation": "journey", "computed": "attribute",
    "trait": "attribute", "table": "catalog", "source": "dataset", "user_profile": "profile", "customer": "profile",
    "import": "use", "track": "event", "optional": "required", "mandatory": "required", "alias": "called",
    "default": "=", "control": "rest", "remaining": "rest", "else": "otherwise", "until": "up",
    "to": "for",
}  # fmt: skip
"""What other tools call it: the word that is meant here, where it may stand."""
_COMMON = (
    "send",
    "wait",
    "if",
    "split",
    "set",
    "stop",
    "start",
    "exit",
    "goal",
    "expect",
    "at",
    "after",
    "profile",
)
"""What is named first of what may stand in a place."""
_NAME = re.compile(r"[A-Za-z_]\w*")
_COMPARED = {
    "more": ">", "greater": ">", "bigger": ">", "larger": ">", "above": ">", "over": ">", "exceeds": ">", "less": "<",
    "smaller": "<", "fewer": "<", "below": "<", "under": "<",
}  # fmt: skip
_COUNTED = {"_AT_LEAST": ">=", "_AT_MOST": "<="}
"""How many times an event happened; a value is compared with a sign."""
_LATER = frozenset({"at", "after", "on", "if", "when", "to", "unless", "in"})
"""What people write behind `send`: when, and to whom."""
_HAS_NO = {"what": "a condition", "expected": "`no`", "example": "no purchase in last 30 days"}
_A_VALUE = frozenset({"TEXT", "NUMBER", "MONEY", "PERCENT", "DURATION", "DATE", "["})
_A_CONDITION = frozenset({"not", "has", "no"})


def accepts(table: Table, states: Sequence[int], terminal: str, word: bool) -> tuple[str, ...] | None:
    """Whether a terminal could come: None when not, otherwise the kinds of names that are possible in its place."""
    stack = list(states)
    while True:
        state = stack[-1]
        action = (table.words if word else table.actions)[state].get(terminal)
        if action is None:
            return None
        if action > 0:
            return tuple(table.names[state])
        reduce(table, stack, action)
        if stack[-1] == table.end:
            return ()


def construct_of(table: Table, states: Sequence[int]) -> str:
    """The construct that is being read: the innermost one on the stack that has words."""
    for state in reversed(states):
        for name in table.reading[state]:
            if name in CONSTRUCTS:
                return name
    return "declaration"


def _enclosing(table: Table, states: Sequence[int]) -> str:
    """What a new line would belong to: the innermost construct whose block is open."""
    for state in reversed(states):
        for name in table.reading[state]:
            if name in CONSTRUCTS and "\n" in CONSTRUCTS[name].example:
                return name
    return "declaration"


def _expected(table: Table, states: Sequence[int]) -> tuple[list[str], list[str], bool]:
    """What could have come: keywords; other things in the author's words; whether the line could have ended."""
    state = states[-1]
    words = [w for w in table.words[state] if accepts(table, states, w, True) is not None]
    things: list[str] = []
    kinds: set[str] = set()
    may_end = False
    for terminal in table.actions[state]:
        names = accepts(table, states, terminal, False)
        if names is None:
            continue
        kinds.add(terminal)
        if terminal == "_NL":
            may_end = True
        elif terminal == "NAME":
            found = [KINDS_OF_NAMES[name] for name in names if name in KINDS_OF_NAMES]
            things.extend(dict.fromkeys(found))
        elif terminal in TERMINALS:
            things.append(TERMINALS[terminal])
    if kinds >= _A_VALUE:
        if set(words) >= _A_CONDITION:
            return [], ["a condition"], may_end
        return [], ["a value"], may_end
    words.sort(key=lambda word: _COMMON.index(word) if word in _COMMON else len(_COMMON))
    return words, list(dict.fromkeys(things)), may_end


def explain(source: SourceFile, tokens: Sequence[Token], refusal: Refusal) -> Diagnostic:
    """The diagnostic of a refusal."""
    table = load()
    states = refusal.states
    token = refusal.token
    kind, start, end, value = token
    before = tokens[refusal.at - 1] if refusal.at else None
    if before is None:
        return _unknown_declaration(source, token)
    begins = before[0] in ("_NL", "_INDENT", "_DEDENT")
    construct = CONSTRUCTS[_enclosing(table, states) if begins else construct_of(table, states)]
    words, things, may_end = _expected(table, states)
    facts = {"what": construct.what, "example": construct.example}
    said = (
        None
        if begins and kind in _MARKS
        else in_other_words(source, tokens[0][1], _last_of(tokens, refusal.at))
    )
    if said is not None:
        return said
    if kind in _MARKS:
        return _ended(source, tokens, refusal, facts, [*_said(words), *things])
    found = source.text[start:end]
    span = source.span(start, end)
    moved = _misplaced(source, tokens, refusal.at)
    if moved is not None:
        return moved
    special = _special(source, tokens, refusal, words, span)
    if special is not None:
        return special
    if kind == "WORD":
        meant = "to" if value == "for" and "to" in words else _SYNONYMS.get(value.lower())
        close = (meant,) if meant in words else nearest(value, words)
        if close:
            facts["example"] = CONSTRUCTS.get(close[0], construct).example
            fix = Fix(span, close[0], f"write {close[0]}")
            facts["found"] = found
            facts["expected"] = _or_list([*_said(words), *things])
            return Diagnostic("unknown-word", span, facts, close, fix=fix)
    facts["found"] = found if len(found) <= 40 else found[:37] + "…"
    missing = None if begins else _missing(tokens, refusal.at, words)
    if missing is not None:
        facts["missing"] = missing
        before_it = _before(source, tokens, refusal.at)
        facts["instead"] = " ".join(part for part in (before_it, missing, found) if part)
        if missing == "is":
            facts["example"] = 'country is "DE"'
        if kind == ",":
            facts["instead"] = f"{before_it}, {missing} …"
            return Diagnostic(
                "missing-word", span, facts, fix=Fix(span, f", {missing}", f"write `, {missing}`")
            )
        fix = Fix(source.span(start, start), f"{missing} ", f"write `{missing}` before it")
        return Diagnostic("missing-word", span, facts, fix=fix)
    if begins and not words and not things:
        return Diagnostic("joint-missing", span, {}, ("and", "or"))
    if begins:
        facts["expected"] = _or_list([*_said(words), *things])
        return Diagnostic("line-not-here", span, facts)
    expected = [*_said(words), *things]
    if may_end:
        expected.append("the end of the line")
    facts["expected"] = _or_list(expected)
    facts["before"] = _before(source, tokens, refusal.at)
    superfluous = value in _SUPERFLUOUS and tokens[refusal.at + 1][0] in _MARKS
    return Diagnostic("not-here", span, facts, fix=Fix(span, "", "remove it") if superfluous else None)


def _last_of(tokens: Sequence[Token], at: int) -> int:
    """The place of token `at`, or, where a line or a block ends there, of the last word before it."""
    while at > 0 and tokens[at][0] in _MARKS:
        at -= 1
    return tokens[at][1]


def _said(words: Sequence[str]) -> list[str]:
    return [f"`{word}`" for word in words]


def _or_list(items: Sequence[str]) -> str:
    shown = list(dict.fromkeys(items))
    if len(shown) > 7:
        shown = [*shown[:6], "something of that kind"]
    return and_list(shown, "or") if shown else "the end of the line"


def _before(source: SourceFile, tokens: Sequence[Token], at: int) -> str:
    """The words of the line up to the token, at most the last five."""
    begin = at
    while begin > 0 and tokens[begin - 1][0] not in ("_NL", "_INDENT", "_DEDENT"):
        begin -= 1
    pieces = [source.text[s:e] for k, s, e, _ in tokens[begin:at] if e > s]
    return ("… " if len(pieces) > 5 else "") + " ".join(pieces[-5:]).replace(" ,", ",")


def _unknown_declaration(source: SourceFile, token: Token) -> Diagnostic:
    kind, start, end, value = token
    span = source.span(start, end)
    found = source.text[start:end]
    meant = _SYNONYMS.get(value.lower())
    candidates = nearest(value.lower(), DECLARATIONS) if kind == "WORD" else ()
    candidates = (meant,) if meant in DECLARATIONS else candidates
    fix = Fix(span, candidates[0], f"write {candidates[0]}") if candidates else None
    facts = {"found": found, "kinds": and_list([f"`{word}`" for word in DECLARATIONS], "or")}
    return Diagnostic("unknown-declaration", span, facts, candidates, fix=fix)


def _ended(
    source: SourceFile, tokens: Sequence[Token], refusal: Refusal, facts: dict[str, str], expected: list[str]
) -> Diagnostic:
    """The line or the block ended, or a block began, where it could not."""
    kind, start, _, _ = refusal.token
    following = tokens[refusal.at + 1] if refusal.at + 1 < len(tokens) else None
    if (
        kind == "_INDENT"
        and following is not None
        and following[3] in DECLARATIONS
        and following[0] == "WORD"
    ):
        return _too_far(source, following, "at the very left, as every declaration")
    last = next((t for t in reversed(tokens[: refusal.at]) if t[2] > t[1]), tokens[0])
    place = source.span(last[1], last[2])
    if kind == "_INDENT":
        line = source.line(source.span(start, start).line)
        inside = source.span(start, start + len(line.strip()))
        return Diagnostic(
            "block-not-here", inside, {**facts, "before": _line_before(source, tokens, refusal.at)}
        )
    if kind == "_END_WHERE" or kind == "_NL":
        facts["before"] = _before(source, tokens, refusal.at)
        if expected == ["`working`"]:  # `wait 3`: whoever writes that means days, mostly
            expected = ["a unit of time (`days`, `hours`)", "`working days`"]
        facts["expected"] = _or_list(expected)
        return Diagnostic("line-ends-early", place, facts)
    begin = max((n for n in range(refusal.at) if tokens[n][0] == "_NL"), default=0)
    header = _line_before(source, tokens, begin + 1)
    return Diagnostic("block-missing", place, {**facts, "before": header})


def _line_before(source: SourceFile, tokens: Sequence[Token], at: int) -> str:
    """The text of the logical line that ends before token `at`."""
    end = at
    while end > 0 and tokens[end - 1][0] in ("_NL", "_INDENT", "_DEDENT"):
        end -= 1
    return _before(source, tokens, end)


def _misplaced(source: SourceFile, tokens: Sequence[Token], at: int) -> Diagnostic | None:
    """The line of token `at` where it would be right with another indentation: inside the line above, or outside of
    the block it stands in.
    """
    begin = _line_begin(tokens, at)
    here = list(tokens[begin : at + 1])
    above = _line_begin(tokens, begin - 1) if begin and tokens[begin - 1][0] == "_NL" else begin
    if above < begin and _goes(tokens[:begin], [_INDENT], here):
        return _not_indented(source, tokens, begin, begin)
    # Outside: `else` in the column of what belongs to the `if` above it.
    if at == begin:
        for times in (1, 2, 3):
            if _goes(tokens[:begin], [_DEDENT] * times, here):
                return _too_far(source, tokens[begin], "in the column of what it belongs to")
    # Inside, with lines above it: all of them belong below a line further up.
    line = above
    while 0 < line < begin and tokens[line - 1][0] == "_NL":
        if _goes(tokens[:line], [_INDENT], [*tokens[line:begin], _DEDENT, *here]):
            return _not_indented(source, tokens, line, _line_begin(tokens, begin - 1))
        line = _line_begin(tokens, line - 1)
    return None


def _not_indented(source: SourceFile, tokens: Sequence[Token], line: int, last: int) -> Diagnostic:
    """The line that begins at a token belongs below the one above it, and so do those up to the one at `last`."""

    def end_of(begin: int) -> int:
        return next((token[1] for token in tokens[begin:] if token[0] == "_NL"), tokens[-1][2])

    before = _before(source, tokens, line - 1)
    place = source.span(tokens[line][1], end_of(line))
    fix = indented(source, place.start, max(place.end, end_of(last)))
    return Diagnostic("not-indented", place, {"before": before}, fix=fix)


_INDENT: Token = ("_INDENT", 0, 0, "")
_DEDENT: Token = ("_DEDENT", 0, 0, "")


def _goes(before: Sequence[Token], between: Sequence[Token], after: Sequence[Token]) -> bool:
    return states_after([*before, *between, *after]) is not None


def _line_begin(tokens: Sequence[Token], at: int) -> int:
    """The number of the first token of the line that token `at` stands in."""
    while at > 0 and tokens[at - 1][0] not in ("_NL", "_INDENT", "_DEDENT"):
        at -= 1
    return at


def _block_above(tokens: Sequence[Token], at: int) -> Sequence[Token] | None:
    """The line, in the column of token `at`, that the block above it belongs to."""
    depth = 0
    while at > 0:
        at -= 1
        kind = tokens[at][0]
        depth += (kind == "_DEDENT") - (kind == "_INDENT")
        if kind == "_INDENT" and depth == 0:
            line = _line_begin(tokens, at - 1)
            return tokens[line:at]
    return None


def _too_far(source: SourceFile, first: Token, where: str) -> Diagnostic:
    return Diagnostic("too-far-right", source.span(first[1], first[2]), {"where": where})


_SUPERFLUOUS = frozenset({"then", "do", "please"})
"""Words that other languages put at the end of a line."""
_PHRASES = (("up to", "_UP_TO"), ("in last", "_IN_LAST"))
_LIKELY = (
    "is", "on", "of", "to", "by", "with", "where", "in", "for", "until", "after", "within", "up to", "in last", "times",
    "messages",
)  # fmt: skip
"""The words that are left out most, first."""


def _missing(tokens: Sequence[Token], at: int, words: Sequence[str]) -> str | None:
    """The word of the language with which the rest of the line would be right, put before token `at`."""
    end = next((number for number in range(at, len(tokens)) if tokens[number][0] in _MARKS), len(tokens))
    line = tokens[at : end + 1]
    if line[0][3] in _SUPERFLUOUS and len(line) == 2:
        return None
    if line[0][0] == "," and len(line) > 1:
        if line[1][0] != "DURATION":
            return None
        line = line[1:]  # `wait for purchase, 1 day`
    first = tokens[_line_begin(tokens, at)]
    if line[0][0] == "NUMBER" or (first[0] == "WORD" and first[3].isupper()):
        return None  # its unit is missing, or it is a line of another language
    start = tokens[at][1]
    candidates: list[tuple[str, Token]] = [(word, ("WORD", start, start, word)) for word in words]
    candidates += [(said, (kind, start, start, said)) for said, kind in _PHRASES]
    order = {word: number for number, word in enumerate(_LIKELY)}
    for said, token in sorted(candidates, key=lambda one: order.get(one[0], len(order))):
        if said == "where" and line[0][0] not in ("WORD", "NAME", "DOTTED"):
            continue
        closing: list[Token] = [("_END_WHERE", start, start, "")] if said == "where" else []
        if _goes(tokens[:at], [token], [*line[:-1], *closing, *line[-1:]]):
            return said
    return None


def _special(
    source: SourceFile, tokens: Sequence[Token], refusal: Refusal, words: Sequence[str], span: Span
) -> Diagnostic | None:
    """Slips that have words of their own."""
    kind, start, end, value = refusal.token
    before = tokens[refusal.at - 1]
    after = tokens[refusal.at + 1] if refusal.at + 1 < len(tokens) else None
    if kind == "NUMBER" and after is not None and after[0] == "WORD":
        before, (kind, start, end, value) = refusal.token, after
    if before[0] == "NUMBER" and kind == "WORD":
        if value.lower() in ("am", "pm") and before[3].isdigit():
            hour = int(before[3]) % 12 + (12 if value.lower() == "pm" else 0)
            both, clock = source.span(before[1], end), f"{hour}:00"
            fix = Fix(both, clock, f"write {clock}")
            return Diagnostic("unknown-unit", both, {"unit": value, "instead": clock}, (clock,), fix=fix)
        unit = _SHORT_UNITS.get(value.lower())
        units = [*_UNITS, *(unit + "s" for unit in _UNITS)]
        candidates = (unit,) if unit else tuple(get_close_matches(value.lower(), units, n=3))
        if candidates:
            both = source.span(before[1], end)
            written = f"{before[3]}{'' if candidates[0] == '%' else ' '}{candidates[0]}"
            fix = Fix(both, written, f"write {written}")
            return Diagnostic("unknown-unit", both, {"unit": value, "instead": written}, candidates, fix=fix)
    if kind == "=" and "is" in words:
        return Diagnostic("equals-sign", span, {}, ("is",), fix=Fix(span, "is", "write is"))
    if kind == "-" and before[2] == start and before[0] in ("WORD", "NAME", "DOTTED"):
        last = refusal.at
        while (
            last + 1 < len(tokens)
            and tokens[last + 1][1] == tokens[last][2]
            and tokens[last + 1][2] > tokens[last + 1][1]
        ):
            last += 1
        whole = source.span(before[1], tokens[last][2])
        apart = after is not None and after[3] in load().words[refusal.states[-1]]
        written = source.text[whole.start : whole.end].replace("-", " " if apart else "_")
        fix = Fix(whole, written, f"write {written}")
        if apart:
            return Diagnostic("hyphen-between-words", whole, {"instead": written}, (written,), fix=fix)
        return Diagnostic("hyphen-in-name", whole, {"instead": written}, (written,), fix=fix)
    if kind == "TEXT" and not value.startswith('"""') and _NAME.fullmatch(value[1:-1]):
        name = value[1:-1]
        if _goes(tokens[: refusal.at], [], [("NAME", start, end, name)]):
            return Diagnostic("name-in-quotes", span, {"name": name}, fix=Fix(span, name, f"write {name}"))
    if kind in _COUNTED and "is" in words:
        sign = _COUNTED[kind]
        facts = {"sign": source.text[start:end], "instead": sign}
        return Diagnostic("other-comparison", span, facts, fix=Fix(span, sign, f"write {sign}"))
    first = tokens[_line_begin(tokens, refusal.at)]
    if first[3] == "send" and value in _LATER and span.start != first[1]:
        return Diagnostic(
            "send-at-once", span, {"word": value, "before": _before(source, tokens, refusal.at)}
        )
    if first[3] in ("start", "exit", "goal") and value in (",", "or") and "where" in words:
        return Diagnostic(
            "one-event-a-line", span, {"word": first[3], "before": _before(source, tokens, refusal.at)}
        )
    if kind == "_SINCE_START":
        return Diagnostic("since-start-here", span, {"before": _before(source, tokens, refusal.at)})
    if value == "if" and before[3] == "else":
        above = _block_above(tokens, refusal.at - 1)
        if above is not None and above[1][3] == "failed":
            return Diagnostic("else-if-failed", source.span(before[1], end), {})
    if kind == "WORD" and value in _COMPARED and after is not None and "is" in words:
        than = tokens[refusal.at + 1][3] == "than"
        whole = source.span(start, after[2] if than else end)
        sign = _COMPARED[value]
        facts = {"sign": source.text[whole.start : whole.end], "instead": sign}
        return Diagnostic("other-comparison", whole, facts, fix=Fix(whole, sign, f"write {sign}"))
    if kind == "not" or (value == "not" and before[3] == "has"):
        return Diagnostic(
            "unknown-word", source.span(before[1], end), {**_HAS_NO, "found": "has not"}, ("no",)
        )
    if kind == "WORD" and value != value.lower() and value.lower() in words:
        lower = value.lower()
        return Diagnostic(
            "capital-letters", span, {"word": lower}, (lower,), fix=Fix(span, lower, f"write {lower}")
        )
    return None
