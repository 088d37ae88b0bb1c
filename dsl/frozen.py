"""Frozen dataclasses that cost little to define: for the tree types, of which there are many and a command needs few.

`dataclasses.dataclass` writes and compiles the methods of a class when the class is defined, about half a millisecond
each time. Here the fields are worked out then, and a method is written when it is first called. What comes out is the
same: a frozen dataclass with slots, equality and a hash over the fields that take part in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, dataclass_transform

__all__ = ["alike", "dataclass"]

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def dataclass(
    *, frozen: bool = True, slots: bool = True, kw_only: bool = False
) -> Callable[[type[_T]], type[_T]]:
    """As `dataclasses.dataclass`, for classes that are frozen and have slots. Raises TypeError for others."""
    if not (frozen and slots):
        raise TypeError("for classes that are frozen and have slots")

    def made(cls: type[_T]) -> type[_T]:
        plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
        for name, method in _methods(plain).items():
            setattr(plain, name, method)
        return plain

    return made


def _methods(cls: type[Any]) -> dict[str, Any]:
    """The methods of a class; those that need its fields put the real ones in their own place when first called."""

    def first_init(self: Any, *args: Any, **kwargs: Any) -> None:
        type.__setattr__(cls, "__init__", method := _init(cls))
        method(self, *args, **kwargs)

    def first_eq(self: Any, other: Any) -> Any:
        type.__setattr__(cls, "__eq__", method := _eq(cls))
        return method(self, other)

    def first_hash(self: Any) -> int:
        type.__setattr__(cls, "__hash__", method := _hash(cls))
        return method(self)

    return {
        "__init__": first_init,
        "__eq__": first_eq,
        "__hash__": first_hash,
        "__repr__": _repr,
        "__setattr__": _refuse_setting,
        "__delattr__": _refuse_deleting,
        "__getstate__": _get_state,
        "__setstate__": _set_state,
    }


def _init(cls: type[Any]) -> Callable[..., None]:
    """Sets each field through its slot, past `__setattr__`."""
    scope: dict[str, Any] = {"_missing": dataclasses.MISSING}
    plain: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for field in dataclasses.fields(cls):
        name, value = field.name, field.name
        scope[f"_set_{name}"] = getattr(cls, name).__set__
        parameter = name
        if field.default is not dataclasses.MISSING:
            scope[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            scope[f"_make_{name}"] = field.default_factory
            parameter = f"{name}=_missing"
            value = f"_make_{name}() if {name} is _missing else {name}"
        (named if field.kw_only else plain).append(parameter)
        body.append(f" _set_{name}(self, {value})")
    parameters = ", ".join(["self", *plain, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n" + ("\n".join(body) or " pass"), scope)
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _values(cls: type[Any]) -> str:
    """The source of a tuple of the fields that take part in equality."""
    return "".join(f"{{0}}.{field.name}, " for field in dataclasses.fields(cls) if field.compare)


def _eq(cls: type[Any]) -> Callable[[Any, Any], Any]:
    scope: dict[str, Any] = {}
    ours, theirs = _values(cls).format("self"), _values(cls).format("other")
    exec(
        "def __eq__(self, other):\n"
        " if self is other: return True\n"
        " if other.__class__ is not self.__class__: return NotImplemented\n"
        f" return ({ours}) == ({theirs})",
        scope,
    )
    made: Callable[[Any, Any], Any] = scope["__eq__"]
    return made


def _hash(cls: type[Any]) -> Callable[[Any], int]:
    scope: dict[str, Any] = {}
    exec(f"def __hash__(self):\n return hash(({_values(cls).format('self')}))", scope)
    made: Callable[[Any], int] = scope["__hash__"]
    return made


def _repr(self: Any) -> str:
    """What it says: places and comments, which take no part in equality, and what is empty are left out."""
    values = ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self) if f.repr and f.compare)
    said = (f"{name}={value!r}" for name, value in values if value not in (None, (), ""))
    return f"{self.__class__.__qualname__}({', '.join(said)})"


def _refuse_setting(self: Any, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        getattr(type(self), field.name).__set__(self, value)


def alike(one: Any, other: Any, places: bool = True) -> bool:
    """Whether two values are the same in everything, also in the order of what they hold; with `places` in what takes
    no part in equality, too, such as the places where they are written.
    """
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is tuple or kind is list:
        if len(one) != len(other):
            return False
        return all(alike(ours, theirs, places) for ours, theirs in zip(one, other, strict=True))
    if kind is dict:
        return list(one) == list(other) and alike(list(one.values()), list(other.values()), places)
    names = _compared(one.__class__, places)
    if names is None:
        return bool(one == other)
    return all(alike(getattr(one, name), getattr(other, name), places) for name in names)


@cache
def _compared(kind: Any, places: bool) -> tuple[str, ...] | None:
    """The fields of a dataclass that count; None for anything else."""
    if not dataclasses.is_dataclass(kind):
        return None
    return tuple(field.name for field in dataclasses.fields(kind) if places or field.compare)
