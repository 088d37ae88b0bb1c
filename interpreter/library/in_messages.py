"""The functions of the language as a template calls them: with what it sees, giving what it can show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import Undefined

from sojourn.dsl import checked
from sojourn.dsl.check.calls import first_field
from sojourn.dsl.functions import FUNCTIONS, Parameter
from sojourn.dsl.types import COUNTRY, DATETIME, LANGUAGE, Type
from sojourn.dsl.values import Money, from_datetime

__all__ = ["in_message"]

Shown = Callable[[Type | None, Any], Any]
"""How an in-memory value looks in a template."""


def in_message(
    name: str,
    call: Callable[..., Any],
    person: Any,
    now: int,
    profile: Mapping[str, checked.Field],
    shown: Shown,
) -> Callable[..., Any]:
    """The function of that name for a person at an instant."""
    signature = FUNCTIONS[name]

    def function(*args: Any) -> Any:
        given = [_read(value, signature.parameter(number)) for number, value in enumerate(args)]
        given += [_instead(parameter, person, profile) for parameter in signature.takes[len(args) :]]
        if signature.takes and signature.takes[-1].repeats:
            given = given[: max(len(args), len(signature.takes))]
        result = call(person, now, *given)
        moments = any(isinstance(value, dt.datetime) for value in args)
        whole = isinstance(result, int) and not isinstance(result, bool)
        is_moment = signature.gives == DATETIME or (moments and isinstance(signature.gives, int) and whole)
        if isinstance(result, list):
            return [shown(None, item) for item in result]
        return shown(DATETIME if is_moment else None, result)

    return function


def _read(value: Any, parameter: Parameter) -> Any:
    """What a template sees as a value of the language; missing is None."""
    if value is None or isinstance(value, Undefined) or (isinstance(value, str) and not value):
        return None
    if isinstance(value, dt.datetime):
        return value.date() if parameter.is_day else from_datetime(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [_read(item, parameter) for item in value]
    if isinstance(value, bool | int | Decimal | Money | dt.date | dt.time | tuple):
        return value
    return str(value)


def _instead(parameter: Parameter, person: Any, profile: Mapping[str, checked.Field]) -> Any:
    """What stands for an argument that is left out."""
    if parameter.instead in ("country", "language"):
        wanted = COUNTRY if parameter.instead == "country" else LANGUAGE
        field = first_field(profile, wanted)
        value = person.fields.get(field) if field is not None else None
        if value or field is None:
            return value or None
        return profile[field].default
    if not parameter.instead:
        return None
    return int(parameter.instead) if parameter.instead.isdigit() else parameter.instead.strip('"')
