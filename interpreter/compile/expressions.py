"""From typed expressions to Python source, and from that to functions.

Every condition and value becomes one function `f(P, E, V, now)`: `P` is the person, `E` the properties of the
event at hand (or None), `V` the variables of the run (name -> event), `now` the instant. `F` and `S` inside
it are the person's fields and aggregate states. What missing values mean is written out in the source itself:
a comparison is preceded by the tests that its sides are there. Constants and helping functions are passed as
default arguments, which Python reads fastest; so the source depends on the meaning alone, and equal sources
share one code object.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.types import BOOLEAN
from sojourn.dsl.values import Money, local_to_instant
from sojourn.interpreter.core.encoding import decode, decoder, encode, is_plain
from sojourn.interpreter.core.offers import Chooser
from sojourn.interpreter.core.recommendations import Recommender
from sojourn.interpreter.core.slots import Slot
from sojourn.interpreter.functions import (
    add,
    divide,
    haversine,
    multiply,
    negative,
    person_zone,
    searches,
    span_of,
    start_of_day,
    subtract,
    zone_or_none,
)  # fmt: skip
from sojourn.interpreter.library import functions

__all__ = ["Coder", "Compiled"]

Compiled = Callable[[Any, Any, Any, int], Any]

_PARAMETERS = ("P", "E", "V", "now")
_NEVER_MISSING = (checked.Now, checked.Today, checked.GivenTimes, checked.LocalMoment)
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "is": "is"}


def dig(value: Any, path: tuple[str | int, ...]) -> Any:
    """What lies at a path inside a JSON value; None where there is nothing."""
    for part in path:
        if value is None:
            return None
        if type(part) is int:
            value = value[part] if isinstance(value, list) and -len(value) <= part < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _gather(items: Any, path: tuple[str | int, ...]) -> list[Any]:
    """What lies at a path in each item of a list, where there is anything."""
    return [value for item in items or () if (value := dig(item, path)) is not None and value != ""]


def _zone_or(fallback: str) -> Callable[[str | None], dt.tzinfo]:
    """The zone of that name, else the one that counts where it is unknown."""

    def zone(name: str | None) -> dt.tzinfo:
        known = bool(name) and zone_or_none(str(name)) is not None
        return person_zone(None, None, str(name) if known else fallback)

    return zone


def _there(items: tuple[Any, ...]) -> list[Any]:
    """Those of the items that are not missing."""
    return [item for item in items if item is not None]


def _grouped(known: dict[str, Any], values: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """A group of values, as canonical JSON; what is missing is left out."""
    return {**known, **{name: value for name, value in values if value is not None and value != ""}}


def _any(test: Callable[..., Any], items: Any, P: Any, E: Any, V: Any, now: int) -> bool:
    return any(test(P, E, V, now, item) for item in items or ())


def _all(test: Callable[..., Any], items: Any, P: Any, E: Any, V: Any, now: int) -> bool:
    return all(test(P, E, V, now, item) for item in items or ())


def _instant(zone_field: str | None) -> Callable[[Any, Any], int | None]:
    """A date or a moment as an instant: a date begins at midnight in the person's zone."""

    def instant(P: Any, value: Any) -> int | None:
        if isinstance(value, dt.date):
            return start_of_day(value, person_zone(zone_field, P))
        return value  # type: ignore[no-any-return]

    return instant


class Coder:
    """Turns the expressions of one workspace into functions. `codes` caches code objects by their source."""

    def __init__(
        self, workspace: checked.Workspace, slots: Mapping[str, Slot], codes: MutableMapping[str, CodeType]
    ) -> None:
        self.workspace = workspace
        self.slots = slots
        self.codes = codes
        self.functions = functions(workspace.timezone_field, workspace.catalogs)
        self.instant = _instant(workspace.timezone_field)
        self.chooser = Chooser(self)
        self.recommender = Recommender(self)
        self._attributes: dict[str, Compiled] = {}
        self._made: dict[tuple[str, int, str | None], tuple[Compiled, Expr]] = {}

    def condition(self, expr: Expr, event: str | None = None) -> Compiled:
        """The function that tells whether `expr` is true. `event` is the kind of event at hand, for its
        defaults."""
        return self._function("condition", expr, event)

    def value(self, expr: Expr, event: str | None = None) -> Compiled:
        """The function that gives the value of `expr` in memory."""
        return self._function("value", expr, event)

    def json(self, expr: Expr, event: str | None = None) -> Compiled:
        """The function that gives the value of `expr` in its canonical JSON form."""
        return self._function("json", expr, event)

    def attribute(self, name: str) -> Compiled:
        """The function of an attribute's value."""
        function = self._attributes.get(name)
        if function is None:
            function = self._attributes[name] = self.value(self.workspace.attributes[name].value)
        return function

    def of_element(self, kind: str, expr: Expr, event: str | None = None) -> Callable[..., Any]:
        """The function of an expression inside `any of … where`: its last argument is the element, in JSON.
        `kind` is "condition", "value" or "json"."""
        unit = _Unit(self, event)
        code = {"condition": unit.test, "value": unit.value, "json": unit.json}[kind](expr)
        made: Callable[..., Any] = unit.finish(code, (*_PARAMETERS, "item"))
        return made

    def _function(self, kind: str, expr: Expr, event: str | None) -> Compiled:
        found = self._made.get((kind, id(expr), event))
        if found is not None and found[1] is expr:
            return found[0]
        unit = _Unit(self, event)
        code = {"condition": unit.test, "value": unit.value, "json": unit.json}[kind](expr)
        function: Compiled = unit.finish(code, _PARAMETERS)
        self._made[kind, id(expr), event] = (function, expr)
        return function


class _Unit:
    """The source of one function in the making."""

    def __init__(self, coder: Coder, event: str | None) -> None:
        self.coder = coder
        self.event = event
        self.constants: list[Any] = []
        self.temporaries = 0
        self.reads_fields = False
        self.reads_states = False

    def finish(self, expression: str, parameters: tuple[str, ...]) -> Any:
        """The function whose result is `expression`."""
        names = [f"K{n}" for n in range(len(self.constants))]
        lines = [f"def f({', '.join((*parameters, *names))}):"]
        if self.reads_fields:
            lines.append(" F = P.fields")
        if self.reads_states:
            lines.append(" S = P.states")
        lines.append(f" return {expression}")
        source = "\n".join(lines)
        code = self.coder.codes.get(source)
        if code is None:
            module = compile(source, "<journey>", "exec")
            code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
            self.coder.codes[source] = code
        return FunctionType(code, _GLOBALS, "f", tuple(self.constants) or None)

    def constant(self, value: Any) -> str:
        """The source of a constant."""
        if value is None or type(value) in (str, int, bool):
            return repr(value) if type(value) is not int or value >= 0 else f"({value})"
        for index, known in enumerate(self.constants):
            if known is value:
                return f"K{index}"
        self.constants.append(value)
        return f"K{len(self.constants) - 1}"

    def temporary(self) -> str:
        self.temporaries += 1
        return f"t{self.temporaries}"

    # ----------------------------------------------------------- reading

    def _raw(self, expr: checked.FieldValue | checked.CatalogValue) -> str:
        """The JSON value of a field; may be None or an empty text."""
        if isinstance(expr, checked.CatalogValue):
            return self._raw_of_row(expr)
        path = expr.path
        if expr.scope == "profile":
            field = self.coder.workspace.profile.get(str(path[0]))
            default = field.default if field is not None else None
            self.reads_fields = True
            root = (
                f"F.get({path[0]!r})" if default is None else f"F.get({path[0]!r}, {self.constant(default)})"
            )
            return self._deeper(root, path[1:])
        if expr.scope == "event":
            event = self.coder.workspace.events.get(self.event or "")
            field = event.fields.get(str(path[0])) if event is not None else None
            default = field.default if field is not None else None
            more = "" if default is None else f", {self.constant(default)}"
            root = f"E.get({path[0]!r}{more})"
            if self.event is None:
                root = f"({root} if E is not None else None)"
            return self._deeper(root, path[1:])
        if expr.scope == "run":
            name = self.temporary()
            there = f"V is not None and ({name} := V.get({path[0]!r})) is not None"
            root = f"({name}['properties'] if {there} else None)"
            return self._deeper(root, path[1:])
        return self._deeper("item", path)

    def _deeper(self, root: str, path: tuple[str | int, ...]) -> str:
        if not path:
            return root
        return f"{self.constant(dig)}({root}, {self.constant(path)})"

    def _raw_of_row(self, expr: checked.CatalogValue) -> str:
        rows = self.coder.workspace.catalogs[expr.catalog].rows
        row = self.temporary()
        if len(expr.path) == 1:
            found = f"{row}.get({expr.path[0]!r})"
        else:
            found = f"{self.constant(dig)}({row}, {self.constant(expr.path)})"
        return (
            f"({found} if ({row} := {self.constant(rows)}.get({self.json(expr.key)})) is not None else None)"
        )

    def json(self, expr: Expr) -> str:
        """The source of a value in canonical JSON; an empty text is None."""
        if isinstance(expr, (checked.FieldValue, checked.CatalogValue)):
            raw = self._raw(expr)
            return f"({raw} or None)" if expr.type.is_textual else raw
        if isinstance(expr, checked.Constant) or is_plain(expr.type):
            return (
                self.constant(encode(expr.type, expr.value))
                if isinstance(expr, checked.Constant)
                else self.value(expr)
            )
        return f"{self.constant(encode)}({self.constant(expr.type)}, {self.value(expr)})"

    def value(self, expr: Expr) -> str:
        """The source of a value; missing is None."""
        return _VALUES.get(type(expr), _Unit.test)(self, expr)

    def test(self, expr: Expr) -> str:
        """The source of a condition, true or false."""
        made = _TESTS.get(type(expr))
        if made is not None:
            return made(self, expr)
        if isinstance(expr, checked.Constant):
            return "True" if expr.value is True else "False"
        return f"({self.value(expr)} is True)"

    def present(self, expr: Expr) -> tuple[str | None, str]:
        """(the test that the value is there, its source after that test); None when it is always there."""
        if isinstance(expr, checked.Constant):
            return ("False" if expr.value in (None, "") else None), self.constant(expr.value)
        if isinstance(
            expr, (checked.Now, checked.Today, checked.GivenTimes, checked.LocalMoment)
        ) or self._always(expr):
            return None, self.value(expr)
        name = self.temporary()
        if isinstance(expr, (checked.FieldValue, checked.CatalogValue)) and expr.type.kind != "list":
            raw = self._raw(expr)
            if expr.type.is_textual:
                return f"(not not ({name} := {raw}))", name
            read = decoder(expr.type)
            return (
                f"({name} := {raw}) is not None",
                name if read is None else f"{self.constant(read)}({name})",
            )
        return f"({name} := {self.value(expr)}) is not None", name

    def _always(self, expr: Expr) -> bool:
        """Whether a value can never be missing: a count of nothing is 0."""
        if isinstance(expr, checked.AttributeValue):
            expr = self.coder.workspace.attributes[expr.name].value
        return isinstance(expr, checked.AggregateValue) and self.coder.slots[expr.key].kind in (
            "count",
            "distinct",
            "last n",
            "then",
            "then no",
        )

    # ------------------------------------------------------------ values

    def _constant_value(self, expr: checked.Constant) -> str:
        return "None" if expr.value == "" else self.constant(expr.value)

    def _field_value(self, expr: checked.FieldValue | checked.CatalogValue) -> str:
        raw = self._raw(expr)
        if expr.type.is_textual:
            return f"({raw} or None)"
        read = decoder(expr.type)
        if expr.type.kind == "list":
            return f"({raw} or [])" if read is None else f"{self.constant(read)}({raw} or ())"
        if read is None:
            return raw
        name = self.temporary()
        return f"({self.constant(read)}({name}) if ({name} := {raw}) is not None else None)"

    def _attribute_value(self, expr: checked.AttributeValue) -> str:
        inner = self.coder.workspace.attributes[expr.name].value
        if isinstance(inner, (checked.AggregateValue, checked.Constant)) or (
            isinstance(inner, checked.FieldValue) and inner.scope == "profile"
        ):
            return self.value(inner)
        return f"{self.constant(self.coder.attribute(expr.name))}(P, None, None, now)"

    def _aggregate_value(self, expr: checked.AggregateValue) -> str:
        slot = self.coder.slots[expr.key]
        self.reads_states = True
        if slot.kind == "count":
            if not slot.windowed:
                return f"S.get({expr.key!r}, 0)"
            name = self.temporary()
            return (
                f"(0 if ({name} := S.get({expr.key!r})) is None else "
                f"len({name}) if {name}[0] > now else {self.constant(slot.read)}({name}, now))"
            )
        if slot.kind in ("time of first", "time of last") and not slot.windowed:
            return f"S.get({expr.key!r})"
        return f"{self.constant(slot.read)}(S.get({expr.key!r}), now)"

    def _part_of(self, expr: checked.PartOf) -> str:
        raw = f"{self.constant(dig)}({self.json(expr.base)}, {self.constant(expr.path)})"
        return f"{self.constant(decode)}({self.constant(expr.type)}, {raw})"

    def _gathered(self, expr: checked.Gathered) -> str:
        raw = f"{self.constant(_gather)}({self.json(expr.base)}, {self.constant(expr.path)})"
        return raw if is_plain(expr.type) else f"{self.constant(decode)}({self.constant(expr.type)}, {raw})"

    def _recommendation_value(self, expr: checked.RecommendationValue) -> str:
        recommend, name = self.coder.recommender.recommend, expr.name

        def items(P: Any, E: Any, now: int) -> list[str]:
            return list(recommend(name, P, E, now).items)

        return f"{self.constant(items)}(P, E, now)"

    def _decision_value(self, expr: checked.DecisionValue) -> str:
        decide, name = self.coder.chooser.decide, expr.name

        def first(P: Any, now: int) -> str | None:
            return next(iter(decide(name, P, now).chosen), None)

        return f"{self.constant(first)}(P, now)"

    def _local_moment(self, expr: checked.LocalMoment) -> str:
        by_zone = self.constant(lru_cache(maxsize=512)(lambda tz: local_to_instant(expr.value, tz)))
        if expr.zone is None:
            zone = f"{self.constant(person_zone)}({self.coder.workspace.timezone_field!r}, P)"
        else:
            known = self.constant(_zone_or(expr.fallback))
            zone = f"{known}({self.value(expr.zone)})"
        return f"{by_zone}({zone})"

    def _given_times(self, expr: checked.GivenTimes) -> str:
        return f"P.given.get({expr.offer!r}, 0)"

    def _list_of(self, expr: checked.ListOf) -> str:
        return f"{self.constant(_there)}(({', '.join(map(self.value, expr.items))},))"

    def _group_of(self, expr: checked.GroupOf) -> str:
        known = self.constant(dict(expr.known))
        values = "".join(f"({name!r}, {self.json(value)}), " for name, value in expr.values)
        return f"{self.constant(_grouped)}({known}, ({values}))"

    def _arithmetic(self, expr: checked.Arithmetic) -> str:
        left, right = expr.left.type, expr.right.type
        if left.is_numeric and right.is_numeric and expr.op != "/":
            (a, x), (b, y) = self.present(expr.left), self.present(expr.right)
            there = " and ".join(guard for guard in (a, b) if guard)
            return f"({x} {expr.op} {y} if {there} else None)" if there else f"({x} {expr.op} {y})"
        call = {"+": add, "-": subtract, "*": multiply, "/": divide}[expr.op]
        moments = ", True" if expr.op == "-" and left.kind == right.kind == "datetime" else ""
        x, y = self.value(expr.left), self.value(expr.right)
        if {left.kind, right.kind} == {"date", "datetime"}:
            instant = self.constant(self.coder.instant)
            x, y, moments = f"{instant}(P, {x})", f"{instant}(P, {y})", ", True"
        return f"{self.constant(call)}({x}, {y}{moments})"

    def _negative(self, expr: checked.Negative) -> str:
        return f"{self.constant(negative)}({self.value(expr.term)})"

    def _function(self, expr: checked.Function) -> str:
        args = "".join(f", {self.value(arg)}" for arg in expr.args)
        return f"{self.constant(self.coder.functions[expr.name])}(P, now{args})"

    def _now(self, expr: checked.Now) -> str:
        return "now"

    def _today(self, expr: checked.Today) -> str:
        return f"{self.constant(self.coder.functions['today'])}(P, now)"

    # -------------------------------------------------------- conditions

    def _logic(self, expr: checked.Logic) -> str:
        return "(" + f" {expr.op} ".join(self.test(term) for term in expr.terms) + ")"

    def _not(self, expr: checked.Not) -> str:
        return f"(not {self.test(expr.term)})"

    def _membership(self, expr: checked.Membership) -> str:
        return f"({expr.audience!r} in P.audiences)"

    def _listed(self, expr: checked.Listed) -> str:
        identifiers = self.coder.workspace.lists[expr.audience].identifiers

        def listed(P: Any) -> bool:
            return any(
                value in values
                for namespace, values in identifiers.items()
                for value in P.identifiers.get(namespace, ())
            )

        return f"{self.constant(listed)}(P)"

    def _count_compare(self, expr: checked.Compare) -> str | None:
        """`has E` and `no E` in a window: whether the newest, or the n-th newest, is still inside."""
        left, right = expr.left, expr.right
        if isinstance(left, checked.AttributeValue):
            left = self.coder.workspace.attributes[left.name].value
        if not isinstance(left, checked.AggregateValue) or not isinstance(right, checked.Constant):
            return None
        slot = self.coder.slots[left.key]
        if slot.kind != "count" or not slot.windowed or type(right.value) is not int:
            return None
        op, n = expr.op, right.value
        if op == ">":
            op, n = ">=", n + 1
        elif op == "<=":
            op, n = "<", n + 1
        elif op == "is" and n == 0:
            op, n = "<", 1
        if op == "is" or n < 1:
            return None
        self.reads_states = True
        name = self.temporary()
        got = f"({name} := S.get({left.key!r}))"
        if op == ">=":
            enough = f"len({name}) >= {n} and " if n > 1 else ""
            return f"({got} is not None and {enough}{name}[-{n}] > now)"
        few = f"len({name}) < {n} or " if n > 1 else ""
        return f"({got} is None or {few}{name}[-{n}] <= now)"

    def _compare(self, expr: checked.Compare) -> str:
        counted = self._count_compare(expr)
        if counted is not None:
            return counted
        left, right, op = expr.left, expr.right, expr.op
        if isinstance(left, checked.Constant):
            left, right, op = right, left, _FLIPPED[op]  # type: ignore[assignment]
        sign = "==" if op == "is" else op
        kinds = {left.type.kind, right.type.kind}
        if (
            op == "is"
            and isinstance(right, checked.Constant)
            and right.value not in (None, "")
            and "duration" not in kinds
        ):
            plain = isinstance(left, (checked.FieldValue, checked.CatalogValue)) and left.type.is_textual
            if plain or left.type == BOOLEAN:
                return f"({self._raw(left) if plain else self.value(left)} == {self.constant(right.value)})"  # type: ignore[arg-type]
        (a, x), (b, y) = self.present(left), self.present(right)
        guards = [guard for guard in (a, b) if guard]
        if kinds == {"date", "datetime"}:
            instant = self.constant(self.coder.instant)
            x, y = f"{instant}(P, {x})", f"{instant}(P, {y})"
        elif "duration" in kinds:
            spans = self.constant(span_of)
            x, y = f"{spans}({x})", f"{spans}({y})"
        elif kinds == {"money"} and isinstance(right, checked.Constant) and isinstance(right.value, Money):
            name = self.temporary()
            guards.append(f"({name} := {x})[1] == {right.value.currency!r}")
            x, y = f"{name}[0]", self.constant(right.value.amount)
        elif kinds == {"money"}:
            m, n = self.temporary(), self.temporary()
            guards.append(f"({m} := {x})[1] == ({n} := {y})[1]")
            x, y = f"{m}[0]", f"{n}[0]"
        return "(" + " and ".join([*guards, f"{x} {sign} {y}"]) + ")"

    def _between(self, expr: checked.Between) -> str:
        low = checked.Compare(">=", expr.item, expr.low, type=BOOLEAN)
        high = checked.Compare("<=", expr.item, expr.high, type=BOOLEAN)
        return f"({self._compare(low)} and {self._compare(high)})"

    def _in(self, expr: checked.In) -> str:
        options = expr.options
        if isinstance(options, checked.Constant) and isinstance(options.value, (tuple, list, frozenset)):
            members = [v for v in options.value if v not in (None, "")]
            try:
                held: Any = frozenset(members)
            except TypeError:
                held = tuple(members)
            item = expr.item
            plain = isinstance(item, (checked.FieldValue, checked.CatalogValue)) and item.type.is_textual
            if len(members) <= 4 and all(type(v) is str for v in members):
                # Short lists stand in the source, where Python folds them into a constant.
                inside = "{" + ", ".join(sorted(map(repr, members))) + "}" if members else "()"
            else:
                inside = self.constant(held)
            return f"({self._raw(item) if plain else self.value(item)} in {inside})"  # type: ignore[arg-type]
        guard, value = self.present(expr.item)
        return "(" + " and ".join(filter(None, [guard, f"{value} in {self.value(options)}"])) + ")"

    def _text_test(self, expr: checked.TextTest) -> str:
        if expr.item.type.kind == "list":
            guard, value = self.present(expr.pattern)
            return "(" + " and ".join(filter(None, [guard, f"{value} in {self.value(expr.item)}"])) + ")"
        (a, text), (b, pattern) = self.present(expr.item), self.present(expr.pattern)
        guards = [guard for guard in (a, b) if guard]
        if expr.op == "matches":
            return "(" + " and ".join([*guards, f"{self.constant(searches)}({pattern}, {text})"]) + ")"
        if isinstance(expr.pattern, checked.Constant):
            pattern = self.constant(str(expr.pattern.value).lower())
        else:
            pattern += ".lower()"
        text += ".lower()"
        made = {
            "contains": f"{pattern} in {text}",
            "starts with": f"{text}.startswith({pattern})",
            "ends with": f"{text}.endswith({pattern})",
        }[expr.op]
        return "(" + " and ".join([*guards, made]) + ")"

    def _known(self, expr: checked.Known) -> str:
        if expr.item.type.kind == "list" or self._always(expr.item):
            return "True"
        return f"({self.value(expr.item)} is not None)"

    def _within_distance(self, expr: checked.WithinDistance) -> str:
        name = self.temporary()
        metres = f"{self.constant(haversine)}({self.value(expr.item)}, {self.value(expr.of)})"
        return f"(({name} := {metres}) is not None and {name} <= {self.constant(float(expr.metres))})"

    def _quantified(self, expr: checked.Quantified) -> str:
        inner = _Unit(self.coder, self.event)
        test = inner.finish(inner.test(expr.where), (*_PARAMETERS, "item"))
        # The elements stay JSON: the fields inside them are decoded where they are read.
        items = self.json(expr.items)
        call = self.constant(_all if expr.quantifier == "all" else _any)
        made = f"{call}({self.constant(test)}, {items}, P, E, V, now)"
        return f"(not {made})" if expr.quantifier == "none" else made


_VALUES: dict[type, Callable[[_Unit, Any], str]] = {
    checked.Constant: _Unit._constant_value,
    checked.FieldValue: _Unit._field_value,
    checked.CatalogValue: _Unit._field_value,
    checked.AttributeValue: _Unit._attribute_value,
    checked.AggregateValue: _Unit._aggregate_value,
    checked.Now: _Unit._now,
    checked.Today: _Unit._today,
    checked.Arithmetic: _Unit._arithmetic,
    checked.Negative: _Unit._negative,
    checked.Function: _Unit._function,
    checked.PartOf: _Unit._part_of,
    checked.ListOf: _Unit._list_of,
    checked.GroupOf: _Unit._group_of,
    checked.DecisionValue: _Unit._decision_value,
    checked.GivenTimes: _Unit._given_times,
    checked.LocalMoment: _Unit._local_moment,
    checked.Gathered: _Unit._gathered,
    checked.RecommendationValue: _Unit._recommendation_value,
}

_TESTS: dict[type, Callable[[_Unit, Any], str]] = {
    checked.Logic: _Unit._logic,
    checked.Not: _Unit._not,
    checked.Membership: _Unit._membership,
    checked.Listed: _Unit._listed,
    checked.Compare: _Unit._compare,
    checked.Between: _Unit._between,
    checked.In: _Unit._in,
    checked.TextTest: _Unit._text_test,
    checked.Known: _Unit._known,
    checked.WithinDistance: _Unit._within_distance,
    checked.Quantified: _Unit._quantified,
}

_GLOBALS: dict[str, Any] = {"__builtins__": {"len": len}}
"""All that compiled code sees besides its arguments and constants."""
