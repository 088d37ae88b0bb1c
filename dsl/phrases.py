"""What people say in their own words where the language has other ones: `wait a week`, `unless …`, `pick the best`.

Asked only where the parser has refused a line. Each way of saying something is a pattern over the text of the line and
what it is here; the patterns are tried one after the other, each on what those before it made of the line. A line that
the parser then takes is what was meant. Nothing is guessed: a rewritten line that is refused as well is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from sojourn.dsl.diagnostics import Diagnostic, Fix
from sojourn.dsl.grammar import states_after
from sojourn.dsl.layout import lay_out
from sojourn.dsl.source import SourceFile

__all__ = ["day_and_time", "in_other_words"]

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekday|weekend"
_UNIT = r"(?:second|minute|hour|day|week|month|year)s?"
_LENGTH = rf"\d+(?:\.\d+)?\s+{_UNIT}"
_CLOCK = r"\d{1,2}(?::\d\d)?"
_CHANNELS = "email|sms|push|webhook"


def _number(found: re.Match[str]) -> str:
    return f"{_NUMBERS.index(found[1].lower()) + 1} {found[2]}"


def _more_than(found: re.Match[str]) -> str:
    return f"{found[1]} at least {int(found[2]) + 1} times"


def _fewer_than(found: re.Match[str]) -> str:
    return f"{found[1]} at most {int(found[2]) - 1} times" if int(found[2]) > 1 else found[0]


def _times(found: re.Match[str]) -> str:
    often = {"once": 1, "twice": 2}.get(found[2].split()[0].lower()) or int(found[2].split()[0])
    return f"{found[1]} at least {often} time{'' if often == 1 else 's'}"


def _clock(hour: str) -> str:
    return hour if ":" in hour else f"{hour}:00"


def _day_after_time(found: re.Match[str]) -> str:
    day = found[1].lower()
    return f"wait until {_clock(found[2])} on {'a ' if day.startswith('week') else ''}{day}"


def _time_on_day(found: re.Match[str]) -> str:
    day = found[2].lower()
    return f"wait until {_clock(found[1])} on {'a ' if day.startswith('week') else ''}{day}"


def _date(found: re.Match[str]) -> str:
    day, month = (found[1], found[2]) if found[1].isdigit() else (found[2], found[1])
    number = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(month.lower()[:3])), 0)
    try:
        return date(int(found[3]), number, int(day)).isoformat()
    except ValueError:
        return found[0]


def _ago(found: re.Match[str]) -> str:
    return f" {'>' if ' < ' in found[0] else '<'} now - {found[1] or found[2]}"


def _named(found: re.Match[str]) -> str:
    """A name of several words, as other tools have it: the name of the language, and what it is called outside."""
    return f'{found[1]} {"_".join(found[2].lower().split())} called "{found[2]}"'


def _reaction(found: re.Match[str]) -> str:
    event = "email_opened" if found[2].lower() == "opened" else f"message_{found[2].lower()}"
    return f"wait for {event} of {found[1]}{found[3]}"


def _limit(found: re.Match[str]) -> str:
    span = {"day": "1 day", "week": "7 days", "month": "1 month"}.get(found[4].lower(), f"1 {found[4]}")
    messages = "message" if found[2] == "1" else "messages"
    return f"limit {found[1]} to {found[2]} {messages} per {found[3] + found[4] if found[3] else span}"


def _quiet(found: re.Match[str]) -> str:
    return f"{found[1]} from {_clock(found[2])} to {_clock(found[3])}{found[4]}"


def _unless(found: re.Match[str]) -> str:
    condition = found[1]
    asked = re.fullmatch(r"(?:has|have|had) (.*)", condition)
    if asked:
        return f"if no {asked[1]}"
    if condition.startswith("in "):
        return f"if not {condition}"
    return f"if not ({condition})"


def _equals(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"^ (\w+) (?:is |: ?)?", r" \1 = ", found[2])


_MONTH_NAMES = "|".join((*_MONTHS, *(name[:3] for name in _MONTHS)))
_Said = tuple[str, str | Callable[[re.Match[str]], str]]

_TIME_AFTER_DAY = (rf"^wait until (?:next |on )?({_DAYS})s?,? (?:at )?({_CLOCK})$", _day_after_time)
_TIME_BEFORE_DAY = (
    rf"^wait until (?:at )?({_CLOCK}) (?:on )?(?:an? |the |next )*({_DAYS})s?$",
    _time_on_day,
)
_RULES: tuple[_Said, ...] = (
    # Numbers, times and dates, wherever they stand.
    (rf"\b({'|'.join(_NUMBERS)})\s+({_UNIT}|times?|messages?|working days?)\b", _number),
    (rf"^(wait) (?:for )?an? ({_UNIT})$", r"\1 1 \2"),
    (rf"\b(within|after|per|past|up to) an? ({_UNIT})\b", r"\1 1 \2"),
    (r"\bin (?:the )?last (minute|hour|day|week|month|year)\b", r"in last 1 \1"),
    (r"\b(\d+) (?:business|work) ?days?\b", r"\1 working days"),
    (rf"\b(\d{{1,2}})\.? ({_MONTH_NAMES})\.?,? (\d{{4}})\b", _date),
    (rf"\b({_MONTH_NAMES})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", _date),
    # What happened.
    (r"\b(has|no) at least (\d+) (?:times )?([a-z_]\w*)", r"\1 \3 at least \2 times"),
    (r"\b((?:has|no) [a-z_]\w*) (?:more|over|greater) than (\d+) times?\b", _more_than),
    (r"\b((?:has|no) [a-z_]\w*) (?:less|fewer) than (\d+) times?\b", _fewer_than),
    (r"\b(has [a-z_]\w*) (once|twice|\d+ times?)\b", _times),
    (
        rf"\b((?:has|no) [a-z_]\w*(?: at (?:least|most) \d+ times?)?) "
        rf"(?:for|within|during|over|in) (?:the )?(?:last |past )?({_LENGTH})",
        r"\1 in last \2",
    ),
    (r"\bcount(?: the)? ([a-z_]\w*)$", r"count of \1"),
    (r"\b(?:number|amount|total) of ([a-z_]\w*)", r"count of \1"),
    (
        r"\b(sum|average|largest|smallest|first|last|most common|distinct count) of ([a-z_]\w*) (?:of|in) ([a-z_]\w*)",
        r"\1 of \3.\2",
    ),
    (r"^unless ([a-z_]\w*)( in last .+)$", r"if no \1\2"),
    (r"^unless (.+)$", _unless),
    # Comparisons.
    (r" (?:is )?(?:greater|more|larger|bigger|higher) than or equal to ", " >= "),
    (r" (?:is )?(?:less|smaller|lower|fewer) than or equal to ", " <= "),
    (r" is at least ", " >= "),
    (r" is at most ", " <= "),
    (rf" (?:is )?(?:older than ({_LENGTH})(?: ago)?|(?:more than|before|<|>) ({_LENGTH}) ago)", _ago),
    (rf" (?:is )?(?:less than|within the last|in the last) ({_LENGTH})(?: ago)?$", r" > now - \1"),
    (r" (?:is )?(?:less|fewer) than (\d+(?:\.\d+)? ?(?:km|m|miles?)) (?:from|of|away from) ", r" within \1 of "),
    (r"\bwithin (\d+(?:\.\d+)?) ?(?:kilometers?|kilometres?) ", r"within \1 km "),
    (r" is (?:greater|more|larger|bigger|higher) than ", " > "),
    (r" is (?:less|smaller|lower|fewer) than ", " < "),
    (r" is between ", " between "),
    (r" is not (?:one|any) of ", " not in "),
    (r" is (?:one|any) of ", " in "),
    (r" exists(?= and | or |$)", " is known"),
    (r" (?:is not set|does not exist)(?= and | or |$)", " is missing"),
    (r"\b([a-z_][\w.]*) (?:does not|doesnt|do not) contain ", r"not \1 contains "),
    (r"\b((?-i:[A-Z]{3})) (\d[\d.]*)\b", r"\2 \1"),
    (r"\b(?:date|moment|day) of (first|last) ", r"time of \1 "),
    # Data.
    (r'^(event) "([A-Za-z][\w ]*)"$', _named),
    (r"^(event) ([A-Za-z]\w*(?: [A-Za-z]\w*)+)$", _named),
    (r'^(catalog [a-z_]\w*) from ("[^"]+\.csv"\s.*)$', r"\1 from csv \2"),
    (r'^(catalog .+") (?:with |by )(key .+)$', r"\1 \2"),
    (r"^(audience [a-z_]\w*) ?(?:=|where|is)$", r"\1"),
    (r"\bdefault (\"[^\"]*\"|[\w.]+)$", r"= \1"),
    (r"^([a-z_]\w*\s+)(required|private|identity)\s+([a-z][a-z ]*)$", r"\1\3 \2"),
    (r"\b(required|private|identity), (?=required|private|identity)", r"\1 "),
    (r"^([a-z_]\w*\s+)(?:phone number|telephone)", r"\1phone"),
    # Steps.
    (r"^([a-z_][\w.]*) = (.+)$", r"set \1 to \2"),
    (r"^exit$", "stop"),
    (r"^(?:timeout|else|otherwise|not happened|no answer|timed-out)$", "timed out"),
    (rf"^wait for ({_LENGTH}(?: {_LENGTH})*)$", r"wait \1"),
    _TIME_AFTER_DAY,
    _TIME_BEFORE_DAY,
    (rf"^wait up to ({_LENGTH}) for (.+)$", r"wait for \2, up to \1"),
    (rf"^wait (?:until|for) (.+?),? or (?:for )?({_LENGTH})$", r"wait for \1, up to \2"),
    (rf"^send (?:the |message |email )+([a-z_]\w*) (?:by |via |as )?({_CHANNELS})$", r"send \1 by \2"),
    (r"^send (?:the )?(?:message|email|mail) ([a-z_]\w*)(.*)$", r"send \1\2"),
    (r"^set ([a-z_][\w.]*) = (.+)$", r"set \1 to \2"),
    (r"^(\w+):? (\d+(?:\.\d+)?) ?%$", r"\2% \1"),
    (r"^(\d+) ([a-z_]\w*)$", r"\1% \2"),
    (
        r"^wait for ([a-z_]\w*) (?:is |was |to be )?(opened|clicked|bounced|replied|delivered|complained)(.*)$",
        _reaction,
    ),
    # Settings.
    (r"^exit if (.+)$", r"exit when \1"),
    (r"^goal (?:is|=) (.+)$", r"goal \1"),
    (r"^start on (entering|leaving) ([a-z_]\w*)$", r"start when \1 \2"),
    (r"^start (?:when|on) ([a-z_]\w*) (?:enters|entered|joins|joined)$", r"start when entering \1"),
    (r"^start for ([a-z_]\w*) ((?:every|at) .+)$", r"start \2 for \1"),
    (rf"^start (?:on )?({_LENGTH}) before ([a-z_][\w.]*)(.*)$", r"start on \2 - \1\3"),
    (rf"^start (?:on )?({_LENGTH}) after ([a-z_][\w.]*)(.*)$", r"start on \2 + \1\3"),
    (rf"^wait until ({_LENGTH}) before ([a-z_][\w.]*)(.*)$", r"wait until \2 - \1\3"),
    (rf"^wait until ({_LENGTH}) after ([a-z_][\w.]*)(.*)$", r"wait until \2 + \1\3"),
    (rf"^(?:again|once|only once) (?:every|per|in) ({_LENGTH})$", r"again after \1"),
    (r"^(?:only )?once(?: per person| only)?$", "again never"),
    (r'^time ?zone:? (?:is |= ?)?(".+")$', r"times in \1"),
    (r"^times in ([A-Z][A-Za-z_]+/[A-Z][A-Za-z_/]+)$", r'times in "\1"'),
    (r"^start on ([a-z_]\w*) (?:if|when|with) (.+)$", r"start on \1 where \2"),
    (r"^exit on ([a-z_]\w*) (?:if|when|with) (.+)$", r"exit on \1 where \2"),
    (r"^start (?:every )?daily ", "start every day "),
    (r"^start (?:every )?monthly ", "start every month "),
    (rf"^start at ({_CLOCK}) (every [a-z]+) (for .+)$", r"start \2 at \1 \3"),
    # Messages, limits, offers.
    (r"^(email|sms|push|webhook) if (.+)$", r"\1 when \2"),
    (r'^(email|sms|push) (?:in )?"?([a-z]{2})"?$', r'\1 when language starts with "\2"'),
    (r"^push notification", "push"),
    (r"^(?:text message|text)$", "sms"),
    (r"^for (?:the )?(?:audience )?([a-z_]\w*)$", r"when in \1"),
    (r"^if (.+)$", r"when \1"),
    (r"^(?:choose|pick|select) from (.+)$", r"from \1"),
    (r"^(?:offers|of|among) ([a-z_].+)$", r"from \1"),
    (r"^(?:else|fallback|default) ([a-z_]\w*)$", r"otherwise \1"),
    (r"^message ([a-z_]\w*) (?:for|on|in|to) ([a-z_]\w*)$", r"message \1 about \2"),
    (
        r"^limit ([a-z_]\w*) to (?:max |maximum |at most |no more than )?(\d+)(?: messages?)? (?:per|a|each|every) "
        rf"(\d+ )?({_UNIT})$",
        _limit,
    ),
    (rf"^(quiet hours) (?:from )?({_CLOCK}) ?(?:-|–|to|until|till) ?({_CLOCK})(.*)$", _quiet),
    (r"^(?:at most |max |only )?once (per person|in total)$", r"at most 1 time \1"),
    (r"^(?:at most|max|maximum) (\d+) (?:times )?(per person|in total)$",
     lambda found: f"at most {found[1]} time{'' if found[1] == '1' else 's'} {found[2]}"),
    (r"^(?:valid |ends |expires )(?:until |on |till )?(\d{4}-\d\d-\d\d.*)$", r"until \1"),
    (r"^(?:valid from|starts|begins|from) (?:on )?(\d{4}-\d\d-\d\d.*)$", r"since \1"),
    (r"^pick (?:the )?(?:best|first|top)(?: one)?$", "pick 1 by priority"),
    (r"^pick (?:the )?(?:best|first|top) (\d+)$", r"pick \1 by priority"),
    # Tests.
    (r"^expect (?:that )?([a-z_]\w*) (?:was |is |has been )?not (?:been )?sent(.*)$", r"expect not sent \1\2"),
    (r"^expect (?:that )?([a-z_]\w*) (?:was |is |has been )?sent(.*)$", r"expect sent \1\2"),
    (r"^expect that (.+)$", r"expect \1"),
    (rf"^(?:on|at) (\d{{4}}-\d\d-\d\d),? (?:at )?({_CLOCK})$", lambda found: f"at {found[1]} {_clock(found[2])}"),
    (rf"^({_LENGTH}) (?:later|after|afterwards)$", r"after \1"),
    (r"^event ([a-z_]\w*(?: [a-z_]\w* = .+)?)$", r"\1"),
    (r'^(profile|[a-z_]\w*)((?: [a-z_]\w*) (?:is |: ?)?(?:"[^"]*"|\d[\w. ]*))$',
     _equals),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), made) for pattern, made in _RULES)


def day_and_time(line: str) -> str | None:
    """`wait until saturday at 10:00`, or `until 10 on saturdays`, as it is said here; None for another line."""
    for pattern, made in (_TIME_AFTER_DAY, _TIME_BEFORE_DAY):
        found = re.fullmatch(pattern, line)
        if found is not None and made(found) != line:
            return made(found)
    return None


def in_other_words(source: SourceFile, begin: int, at: int) -> Diagnostic | None:
    """The line of a place, in the declaration that begins at `begin`, as the language says it; None where that is not
    known.
    """
    line = source.span(at, at).line
    start = source.line_starts[line - 1]
    text = source.line(line)
    written = text.strip()
    if "#" in written or len(written) > 200:
        return None
    start += len(text) - len(text.lstrip())
    said = written
    for pattern, made in _COMPILED:
        again = pattern.sub(made, said)
        if again == said:
            continue
        if _is_taken(source, begin, start, written, again):
            return _told(source, start, written, again)
        if not pattern.pattern.startswith("^"):
            said = again  # a part of the line: another may have to be said otherwise, too
    return None


def _is_taken(source: SourceFile, begin: int, start: int, written: str, said: str) -> bool:
    """Whether the parser takes the declaration up to the end of the line that is put in the place of another."""
    end = start + len(written)
    below = source.text.find("\n", end)
    text = source.text[begin:start] + said
    ends = len(text)
    blocks, _, stray = lay_out(SourceFile(source.path, text + source.text[below if below >= 0 else end :]))
    if not blocks or stray:
        return False
    tokens = [token for token in blocks[0].tokens if token[1] < ends]
    whole = [
        *tokens,
        *[token for token in blocks[0].tokens[len(tokens) :] if token[0] in ("_END_WHERE", "_NL")][:2],
    ]
    cut = next((n for n in range(len(tokens), len(whole)) if whole[n][0] == "_NL"), len(whole) - 1)
    return states_after(whole[: cut + 1]) is not None


def _told(source: SourceFile, start: int, written: str, said: str) -> Diagnostic:
    """What stands there and what is said instead: the whole line, of a long one the words that differ."""
    first = last = 0
    if max(len(written), len(said)) > 60 or "  " in written:
        old, new = written.split(" "), said.split(" ")
        shortest = min(len(old), len(new))
        while first < shortest - 1 and old[first] == new[first]:
            first += 1
        while first > 0 and (first == len(old) or first == len(new) or not old[first - 1]):
            first -= 1
        first = max(first - 1, 0)  # with the word before it, and the one behind
        while last < shortest - 1 - first and old[-1 - last] == new[-1 - last]:
            last += 1
        last = max(last - 1, 0)
        skipped = len(" ".join(old[:first])) + (1 if first else 0)
        start += skipped
        written = " ".join(old[first : len(old) - last])
        said = " ".join(new[first : len(new) - last])
    span = source.span(start, start + len(written))
    facts = {"found": written, "instead": said}
    return Diagnostic("other-words", span, facts, fix=Fix(span, said, f"write {said}"))
