"""Profile, identity, schemas, events, catalogs, datasets, merge rules, attributes, defines and audiences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sojourn.dsl import ast
from sojourn.dsl.construct.expressions import duration_node
from sojourn.dsl.construct.maker import Maker, line, only
from sojourn.dsl.grammar import Action

__all__ = ["ACTIONS"]


@dataclass(frozen=True, slots=True)
class _Flag:
    """`required`, `private` or `identity` behind a field's type."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Called:
    text: ast.Text


@dataclass(frozen=True, slots=True)
class _Default:
    value: ast.Expr


def _flag(word: str) -> Action:
    return lambda make, start, end, c: _Flag(word, start, end)


def _called(make: Maker, start: int, end: int, c: list[Any]) -> _Called:
    return _Called(c[0])


def _default(make: Maker, start: int, end: int, c: list[Any]) -> _Default:
    return _Default(c[0])


def _field(make: Maker, start: int, end: int, c: list[Any]) -> ast.Field:
    name, type, *modifiers = c
    flags: set[str] = set()
    called: ast.Text | None = None
    default: ast.Expr | None = None
    for modifier in modifiers:
        match modifier:
            case _Flag() if modifier.word not in flags:
                flags.add(modifier.word)
            case _Called() if called is None:
                called = modifier.text
            case _Default() if default is None:
                default = modifier.value
            case _Flag():
                make.error("said-twice", make.span(modifier.start, modifier.end), what=f"`{modifier.word}`")
            case _Called():
                make.error("said-twice", modifier.text.span, what="`called`")
            case _Default():
                make.error("said-twice", modifier.value.span, what="the default")
    return ast.Field(
        name,
        type,
        "required" in flags,
        "private" in flags,
        "identity" in flags,
        called,
        default,
        span=make.span(start, end),
        **make.described(start),
    )


def _plain_type(make: Maker, start: int, end: int, c: list[Any]) -> ast.TypeName:
    return ast.TypeName("plain", c[0].text, span=make.span(start, end))


def _list_type(make: Maker, start: int, end: int, c: list[Any]) -> ast.TypeName:
    return ast.TypeName("list", of=c[0], span=make.span(start, end))


def _one_of_type(make: Maker, start: int, end: int, c: list[Any]) -> ast.TypeName:
    return ast.TypeName("one of", options=tuple(name.text for name in c), span=make.span(start, end))


def _ref_type(make: Maker, start: int, end: int, c: list[Any]) -> ast.TypeName:
    return ast.TypeName("ref", c[0].text, span=make.span(start, end))


def _use_module(make: Maker, start: int, end: int, c: list[Any]) -> ast.Use:
    return ast.Use(c[0].text, span=make.span(start, end), **make.around(start))


def _use_folder(make: Maker, start: int, end: int, c: list[Any]) -> ast.Use:
    return ast.Use(c[0][3][1:-1], True, span=make.span(start, end), **make.around(start))


def _profile(make: Maker, start: int, end: int, c: list[Any]) -> ast.Profile:
    return ast.Profile(only(ast.Field, c), span=make.span(start, end), **make.described(start))


def _identity(make: Maker, start: int, end: int, c: list[Any]) -> ast.Identity:
    return ast.Identity(only(ast.IdentityEntry, c), span=make.span(start, end), **make.around(start))


def _schema(make: Maker, start: int, end: int, c: list[Any]) -> ast.Schema:
    return ast.Schema(c[0], only(ast.Field, c), span=make.span(start, end), **make.described(start))


def _event(make: Maker, start: int, end: int, c: list[Any]) -> ast.Event:
    called = next((child.text for child in c if isinstance(child, _Called)), None)
    return ast.Event(c[0], called, only(ast.Field, c), span=make.span(start, end), **make.described(start))


def _catalog(make: Maker, start: int, end: int, c: list[Any]) -> ast.Catalog:
    name, format, source, key = c[:4]
    text = _text(make, source)
    return ast.Catalog(
        name, format.text, text, key, only(ast.Field, c), span=make.span(start, end), **make.described(start)
    )


def _text(make: Maker, token: Any) -> ast.Text:
    return ast.Text(token[3][1:-1], token[1] + 1, span=make.span(token[1], token[2]))


def _mapping(make: Maker, start: int, end: int, c: list[Any]) -> ast.Mapping:
    return ast.Mapping(c[0], c[1], c[2], span=make.span(start, end), **make.around(start))


@dataclass(frozen=True, slots=True)
class _Holds:
    events: tuple[ast.Name, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Source:
    format: str
    location: ast.Text | None
    mappings: tuple[ast.Mapping, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Keep:
    duration: ast.DurationLiteral
    start: int
    end: int


def _holds(make: Maker, start: int, end: int, c: list[Any]) -> _Holds:
    return _Holds(tuple(c), start, end)


def _source(make: Maker, start: int, end: int, c: list[Any]) -> _Source:
    return _Source(c[0].text, c[1], only(ast.Mapping, c), start, end)


def _keep(make: Maker, start: int, end: int, c: list[Any]) -> _Keep:
    return _Keep(duration_node(make, c[0]), start, end)


def _dataset(make: Maker, start: int, end: int, c: list[Any]) -> ast.Dataset:
    holds = only(_Holds, c)
    sources = only(_Source, c)
    keeps = only(_Keep, c)
    for found, word in ((sources[1:], "from"), (keeps[1:], "keep")):
        for extra in found:
            make.error("said-twice", make.span(extra.start, extra.end), what=f"`{word}`")
    source = sources[0] if sources else None
    notes: dict[str, Any] = {}
    said: tuple[Any, ...] = (*holds, *sources, *keeps)
    for part in said:
        inner = make.around(part.start)
        for key in ("comments", "trailing"):
            notes[key] = (*notes.get(key, ()), *inner.get(key, ()))
        if inner.get("remark") is not None:
            notes["comments"] = (*notes["comments"], inner["remark"])
    around = make.described(start)
    around["comments"] = (*around.get("comments", ()), *notes.get("comments", ()))
    around["trailing"] = (*notes.get("trailing", ()), *around.get("trailing", ()))
    return ast.Dataset(
        c[0],
        tuple(name for part in holds for name in part.events),
        source.format if source else None,
        source.location if source else None,
        source.mappings if source else (),
        keeps[0].duration if keeps else None,
        span=make.span(start, end),
        **around,
    )


def _merge(make: Maker, start: int, end: int, c: list[Any]) -> ast.Merge:
    return ast.Merge(c[0].text, only(ast.MergeRule, c), span=make.span(start, end), **make.around(start))


def _define(make: Maker, start: int, end: int, c: list[Any]) -> ast.Define:
    return ast.Define(c[0], c[1] or (), c[2], span=make.span(start, end), **make.described(start))


def _attribute(make: Maker, start: int, end: int, c: list[Any]) -> ast.Attribute:
    return ast.Attribute(c[0], c[1], span=make.span(start, end), **make.described(start))


def _audience(make: Maker, start: int, end: int, c: list[Any]) -> ast.Audience:
    return ast.Audience(c[0], c[1], span=make.span(start, end), **make.described(start))


def _static_audience(make: Maker, start: int, end: int, c: list[Any]) -> ast.Audience:
    if c[1].text != "csv":
        make.error("unknown-source", c[1].span, name=c[1].text)
    return ast.Audience(c[0], None, c[2], span=make.span(start, end), **make.described(start))


ACTIONS: dict[str, Action] = {
    "use_module": _use_module,
    "use_folder": _use_folder,
    "profile": _profile,
    "identity": _identity,
    "one_per_person": line(ast.IdentityEntry, unique=True),
    "many_per_person": line(ast.IdentityEntry, unique=False),
    "schema": _schema,
    "event": _event,
    "catalog": _catalog,
    "field": _field,
    "required": _flag("required"),
    "private": _flag("private"),
    "identifies": _flag("identity"),
    "called": _called,
    "default": _default,
    "plain_type": _plain_type,
    "list_type": _list_type,
    "one_of_type": _one_of_type,
    "ref_type": _ref_type,
    "dataset": _dataset,
    "holds": _holds,
    "source": _source,
    "keep": _keep,
    "mapping": _mapping,
    "merge": _merge,
    "merge_rule": line(ast.MergeRule),
    "attribute": _attribute,
    "define": _define,
    "audience": _audience,
    "static_audience": _static_audience,
}
