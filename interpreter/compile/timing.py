"""What a condition depends on, and when time alone can change it.

A condition changes by time alone in three ways, and each gives instants:

- a windowed aggregate it uses loses an event: its slot knows when (`Slot.expiry`);
- it compares `now`, or `today`, with something: the comparison is solved for `now` (`last_order < now - 3
  days` is `now > last_order + 3 days`), which gives the instants around which it flips;
- it uses `now` or `today` in another way (`age(birthday)`, `weekday(today)`): it can change at midnight in
  the person's zone.

To be asked a little too often is harmless, because the condition itself is evaluated then; to be asked too
late is not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, cast

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.types import DATE, DATETIME, DURATION, Type
from sojourn.dsl.values import DAY, MINUTE, Duration
from sojourn.interpreter.compile.expressions import Coder
from sojourn.interpreter.functions import add, date_in_zone, person_zone, start_of_day

__all__ = ["Dependencies", "Flip", "dependencies", "flips", "given_key"]

_DATED = frozenset({"age", "anniversary", "date_of", "hour", "minute", "moment", "time_of", "today"})
"""Functions whose result depends on the date in the person's zone, or on the zone itself."""


def given_key(offer: str) -> str:
    """Under which name among the fields it is listened to how often somebody was given an offer. No field is
    called so: it has a space.
    """
    return f"given {offer}"


class Dependencies:
    """What a condition reads: aggregate keys, profile fields, audiences; and whether it looks at the
    clock."""

    __slots__ = ("audiences", "fields", "run", "slots", "timed")

    def __init__(self) -> None:
        self.slots: set[str] = set()
        self.fields: set[str] = set()
        self.audiences: set[str] = set()
        self.timed = False
        self.run = False
        """Whether it reads a run's variables."""


@cache
def _parts(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in ("span", "type"))


def children(expr: Expr) -> Iterator[Expr]:
    """The expressions directly inside one."""
    for name in _parts(cast(Any, type(expr))):
        value = getattr(expr, name)
        if is_dataclass(value) and not isinstance(value, type):
            yield value  # type: ignore[misc]
        elif isinstance(value, tuple) and not isinstance(expr, checked.Constant):
            yield from (item for item in value if is_dataclass(item))  # type: ignore[misc]


def dependencies(
    workspace: checked.Workspace, expr: Expr | None, into: Dependencies | None = None
) -> Dependencies:
    """What `expr` reads, attributes followed to what they read."""
    found = Dependencies() if into is None else into
    if expr is None:
        return found
    todo: list[Expr] = [expr]
    seen: set[str] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, checked.Constant):
            continue
        if isinstance(node, checked.AggregateValue):
            found.slots.add(node.key)
        elif isinstance(node, checked.FieldValue):
            if node.scope == "profile":
                found.fields.add(str(node.path[0]))
            elif node.scope == "run":
                found.run = True
        elif isinstance(node, checked.GivenTimes):
            found.fields.add(given_key(node.offer))
        elif isinstance(node, checked.Membership):
            found.audiences.add(node.audience)
        elif isinstance(node, checked.AttributeValue):
            if node.name not in seen:
                seen.add(node.name)
                todo.append(workspace.attributes[node.name].value)
        else:
            if isinstance(node, checked.LocalMoment) and node.zone is None and workspace.timezone_field:
                found.fields.add(workspace.timezone_field)
            if isinstance(node, (checked.Now, checked.Today)) or (
                isinstance(node, checked.Function) and (node.name in _DATED or node.name == "now")
            ):
                found.timed = True
                if workspace.timezone_field is not None and not isinstance(node, checked.Now):
                    found.fields.add(workspace.timezone_field)
            todo.extend(children(node))
    return found


class Flip:
    """One comparison with the clock. `next(P, E, V, after)` is the next instant later than `after` at which
    it may change.

    `slots` and `fields` are what it needs to be known of a person: while none of them is there, it never
    changes.
    """

    __slots__ = ("fields", "meaning", "next", "owners", "slots")

    def __init__(
        self, meaning: Hashable, deps: Dependencies, next: Callable[[Any, Any, Any, int], int | None]
    ) -> None:
        self.meaning = meaning
        """Flips of equal meaning turn at the same instants: many audiences share one."""
        self.slots = frozenset(deps.slots)
        self.fields = frozenset(deps.fields)
        self.next = next
        self.owners: list[int] = []
        """The numbers of the audiences it belongs to."""


def flips(coder: Coder, expr: Expr) -> list[Flip]:
    """Every way in which the clock alone can change a condition (its windowed aggregates aside)."""
    found: list[Flip] = []
    _collect(coder, expr, found)
    return found


def _clocks(coder: Coder, expr: Expr) -> tuple[int, int]:
    """How many times `now` and the date occur in an expression."""
    if isinstance(expr, checked.Now) or (isinstance(expr, checked.Function) and expr.name == "now"):
        return 1, 0
    if isinstance(expr, checked.Today) or (isinstance(expr, checked.Function) and expr.name == "today"):
        return 0, 1
    if isinstance(expr, checked.AttributeValue):
        return _clocks(coder, coder.workspace.attributes[expr.name].value)
    now = today = 0
    for child in children(expr):
        a, b = _clocks(coder, child)
        now, today = now + a, today + b
    if isinstance(expr, checked.Function) and expr.name in ("age", "anniversary"):
        today += 1
    return now, today


def _collect(coder: Coder, expr: Expr, found: list[Flip]) -> None:
    if isinstance(expr, checked.AttributeValue):
        _collect(coder, coder.workspace.attributes[expr.name].value, found)
        return
    if _clocks(coder, expr) == (0, 0):
        return
    if isinstance(expr, checked.Logic):
        for term in expr.terms:
            _collect(coder, term, found)
    elif isinstance(expr, checked.Not):
        _collect(coder, expr.term, found)
    elif isinstance(expr, checked.Between):
        _collect(coder, checked.Compare(">=", expr.item, expr.low, type=expr.type), found)
        _collect(coder, checked.Compare("<=", expr.item, expr.high, type=expr.type), found)
    else:
        solved = _solved(coder, expr) if isinstance(expr, checked.Compare) else None
        found.append(_at_anchor(coder, *solved) if solved is not None else _fallback(coder, expr))


def _solved(coder: Coder, expr: checked.Compare) -> tuple[Expr, bool] | None:
    """The comparison solved for the clock: (what the clock is compared with, whether the clock is the
    date)."""
    left, right = _opened(coder, expr.left), _opened(coder, expr.right)
    counts = _clocks(coder, left), _clocks(coder, right)
    if counts[0] == (0, 0):
        left, right, counts = right, left, (counts[1], counts[0])
    if counts[1] != (0, 0) or sum(counts[0]) != 1:
        return None
    anchor = _isolate(coder, left, right)
    return None if anchor is None else (anchor, counts[0][1] == 1)


def _opened(coder: Coder, expr: Expr) -> Expr:
    """An attribute that looks at the clock, as what it stands for."""
    while isinstance(expr, checked.AttributeValue) and _clocks(coder, expr) != (0, 0):
        expr = coder.workspace.attributes[expr.name].value
    if isinstance(expr, checked.Arithmetic) and _clocks(coder, expr) != (0, 0):
        return replace(expr, left=_opened(coder, expr.left), right=_opened(coder, expr.right))
    return expr


def _isolate(coder: Coder, left: Expr, right: Expr) -> Expr | None:
    """`left` holds the clock once: what the clock must equal for both sides to be equal; None where that
    cannot be said."""
    if isinstance(left, (checked.Now, checked.Today)):
        return right
    if isinstance(left, checked.Function) and left.name in ("now", "today"):
        return right
    if not isinstance(left, checked.Arithmetic) or left.op not in "+-":
        return None
    in_left = _clocks(coder, left.left) != (0, 0)
    if in_left:
        other = left.right
        return _isolate(coder, left.left, _sum("-" if left.op == "+" else "+", right, other))
    if left.op == "+":
        return _isolate(coder, left.right, _sum("-", right, left.left))
    return _isolate(coder, left.right, _sum("-", left.left, right))


def _sum(op: Any, left: Expr, right: Expr) -> Expr:
    kinds = (left.type.kind, right.type.kind)
    type: Type = DURATION
    if "datetime" in kinds and "duration" in kinds:
        type = DATETIME
    elif "date" in kinds and "duration" in kinds:
        type = DATE
    elif kinds == ("duration", "duration"):
        type = DURATION
    return checked.Arithmetic(op, left, right, type=type)


def _names_months(expr: Expr) -> bool:
    """Whether a length of time in it may name months, or is not known before it is read."""
    if isinstance(expr, checked.Constant):
        return isinstance(expr.value, Duration) and expr.value.months != 0
    if expr.type.kind == "duration" and not isinstance(expr, checked.Arithmetic):
        return True
    return any(_names_months(child) for child in children(expr))


def _at_anchor(coder: Coder, anchor: Expr, dated: bool) -> Flip:
    """The clock is compared with `anchor`: it changes there, and just after it."""
    read = coder.value(anchor)
    deps = dependencies(coder.workspace, anchor)
    zone_field = coder.workspace.timezone_field
    # Going back a month leaps over the days that the month before does not have, and stands still on its
    # last:
    # then every midnight (UTC) and the clock time of every day around the anchor are candidates.
    by_month = _names_months(anchor)
    days = range(-4, 5) if by_month else range(1)

    def next_date(P: Any, E: Any, V: Any, after: int) -> int | None:
        day = read(P, E, V, after)
        if day is None:
            return None
        tz = person_zone(zone_field, P)
        if isinstance(day, int):
            day = date_in_zone(day, tz)
        if not by_month:
            begins = start_of_day(day, tz)
            if begins > after:
                return begins
            if begins + 2 * DAY <= after:
                return None  # gone by, whatever the clocks did
        for offset in (*days, days[-1] + 1):
            moved = add(day, Duration(0, offset, 0))
            if moved is not None and moved.year < 9999 and (start := start_of_day(moved, tz)) > after:
                return start
        return None

    def next_moment(P: Any, E: Any, V: Any, after: int) -> int | None:
        moment = read(P, E, V, after)
        if moment is None:
            return None
        if not isinstance(moment, int):
            tz = person_zone(zone_field, P)
            moment = start_of_day(moment, tz)
        if not by_month:
            return moment if moment > after else moment + 1 if moment + 1 > after else None
        midnight = moment - moment % DAY
        turns = [at + offset * DAY for offset in days for at in (midnight, moment, moment + 1)]
        return min((turn for turn in turns if turn > after), default=None)

    return Flip((anchor, dated), deps, next_date if dated else next_moment)


def _fallback(coder: Coder, expr: Expr) -> Flip:
    """The clock is used in a way that is not solved: by date it changes at midnight, by `now` it is asked
    every minute."""
    deps = dependencies(coder.workspace, expr)
    zone_field = coder.workspace.timezone_field
    by_minute = _bare_now(coder, expr)

    def next_midnight(P: Any, E: Any, V: Any, after: int) -> int | None:
        tz = person_zone(zone_field, P)
        day = add(date_in_zone(after, tz), Duration(0, 1, 0))
        return start_of_day(day, tz) if day is not None else None

    def next_minute(P: Any, E: Any, V: Any, after: int) -> int | None:
        return after - after % MINUTE + MINUTE

    needs = (frozenset(deps.slots), frozenset(deps.fields))
    return Flip((needs, by_minute), deps, next_minute if by_minute else next_midnight)


def _bare_now(coder: Coder, expr: Expr) -> bool:
    """Whether `now` occurs other than as a date."""
    if isinstance(expr, checked.Now):
        return True
    if isinstance(expr, checked.Function):
        if expr.name == "now":
            return True
        if expr.name == "date_of" and all(isinstance(arg, checked.Now) for arg in expr.args):
            return False
    if isinstance(expr, checked.AttributeValue):
        return _bare_now(coder, coder.workspace.attributes[expr.name].value)
    return any(_bare_now(coder, child) for child in children(expr))
