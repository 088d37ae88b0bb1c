"""Messages: Jinja2 templates, sandboxed, filled in with what is known of a person and a run.

In a template are `profile` (fields and attributes), `event` (the one that started the run), the run's
variables, what `send … with` gives, every attribute by its own name, what decisions and recommendations picked,
and `link('cart')`. What is missing prints nothing. Money prints as `59.00 EUR`, a date as `2026-11-23`, a
moment as `2026-11-23 09:00` in the person's time zone. A `ref` is followed to its catalog's row:
`event.items[0].product.name`; by itself it prints its key.
"""

from __future__ import annotations

import datetime as dt
import os.path
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import ChainableUndefined, DictLoader, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sojourn.dsl import checked
from sojourn.dsl.functions import FUNCTIONS
from sojourn.dsl.types import DATETIME, Type
from sojourn.dsl.values import Duration, Money, parse_money, to_datetime
from sojourn.interpreter.core.encoding import decode
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.functions import person_zone
from sojourn.interpreter.library.in_messages import in_message

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["RenderError", "Renderer", "money_shown"]

_WITHOUT_CENTS = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_NOTHING = ChainableUndefined()
_AS_THEY_ARE = frozenset(
    {"text", "email", "phone", "url", "country", "language", "timezone", "one of", "integer", "boolean"}
)
"""Types whose canonical values are shown as they are."""


class RenderError(Exception):
    """A template that could not be filled in. The text says which and why, for the record."""


def money_shown(money: Money) -> str:
    """`59.00 EUR`: with as many decimals as the currency has (ISO 4217)."""
    currency = money.currency
    digits = "1" if currency in _WITHOUT_CENTS else "0.001" if currency in _THOUSANDTHS else "0.01"
    return f"{money.amount.quantize(Decimal(digits), ROUND_HALF_UP):f} {currency}"


class _Money(Money):
    __slots__ = ()

    def __str__(self) -> str:
        return money_shown(self)


class _Moment(dt.datetime):
    def __str__(self) -> str:
        return self.strftime("%Y-%m-%d %H:%M")


class _View:
    """A group of fields as a template sees it: by attribute or by index, decoded when read."""

    __slots__ = ("_fields", "_show", "_values")

    def __init__(self, show: _Show, fields: Mapping[str, checked.Field], values: Mapping[str, Any]) -> None:
        self._show = show
        self._fields = fields
        self._values = values

    def __getitem__(self, name: str) -> Any:
        field = self._fields.get(name)
        value = self._values.get(name)
        if field is None:
            return _NOTHING
        return self._show.value(field.type, field.default if value is None else value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._fields if self._values.get(name) is not None)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def __str__(self) -> str:
        return ", ".join(f"{self[name]}" for name in self)


class _Row(_View):
    """A catalog's row that a `ref` leads to."""

    __slots__ = ("_key",)

    def __init__(self, show: _Show, catalog: checked.Catalog, key: str) -> None:
        super().__init__(show, catalog.fields, catalog.rows.get(key, {}))
        self._key = key

    def __str__(self) -> str:
        return self._key

    def __eq__(self, other: object) -> bool:
        return str(other) == self._key

    def __hash__(self) -> int:
        return hash(self._key)


class _Profile(_View):
    """The person: profile fields and attributes; `profile.consent.offers` is a consent."""

    __slots__ = ("_attribute",)

    def __init__(
        self,
        show: _Show,
        fields: Mapping[str, checked.Field],
        values: Mapping[str, Any],
        attribute: Callable[[str], Any],
    ) -> None:
        super().__init__(show, fields, values)
        self._attribute = attribute

    def __getitem__(self, name: str) -> Any:
        if name == "consent" and name not in self._fields:
            consents = {f[8:]: field for f, field in self._fields.items() if f.startswith("consent.")}
            return _View(self._show, consents, {f: self._values.get("consent." + f) for f in consents})
        if name not in self._fields:
            return self._attribute(name)
        return super().__getitem__(name)


class _Offer:
    """An offer that a decision picked: its name, and its texts, filled in when they are asked for."""

    __slots__ = ("_name", "_parts")

    def __init__(self, name: str, parts: Mapping[str, Callable[[], str]]) -> None:
        self._name = name
        self._parts = parts

    def __getitem__(self, part: str) -> Any:
        made = self._parts.get(part)
        if made is None:
            return self._name if part == "name" else _NOTHING
        return made()

    def __getattr__(self, part: str) -> Any:
        if part.startswith("__"):
            raise AttributeError(part)
        return self[part]

    def __str__(self) -> str:
        return self._name


def _caught(workspace: checked.Workspace, name: str) -> checked.Event | None:
    """What a run holds: an event, or the answer of a webhook."""
    webhook = workspace.webhooks.get(name)
    return workspace.events.get(name) or (webhook.answers if webhook is not None else None)


class _Show:
    """How canonical values look in a template, for people of one zone."""

    __slots__ = ("workspace", "zone")

    def __init__(self, workspace: checked.Workspace, tz: dt.tzinfo) -> None:
        self.workspace = workspace
        self.zone = tz

    def value(self, type: Type, value: Any) -> Any:
        """A canonical JSON value as a template sees it."""
        kind = type.kind
        if kind in _AS_THEY_ARE:
            return _NOTHING if value is None or value == "" else value
        if kind == "list":
            of = type.of
            return [item if of is None else self.value(of, item) for item in value or ()]
        if value is None or value == "":
            return _NOTHING
        if kind == "ref" and type.name in self.workspace.catalogs:
            return _Row(self, self.workspace.catalogs[type.name], value)
        if kind == "schema" and type.name in self.workspace.schemas:
            return _View(self, self.workspace.schemas[type.name].fields, value)
        return self.memory(type, decode(type, value))

    def memory(self, type: Type | None, value: Any) -> Any:
        """An in-memory value as a template sees it."""
        if value is None:
            return _NOTHING
        if isinstance(value, Money):
            return _Money(*value)
        if type is not None and isinstance(value, int) and type.kind == "datetime":
            moment = to_datetime(value, self.zone)
            return _Moment(
                moment.year,
                moment.month,
                moment.day,
                moment.hour,
                moment.minute,
                moment.second,
                moment.microsecond,
                moment.tzinfo,
                fold=moment.fold,
            )
        if type is not None and type.kind in ("ref", "schema", "list"):
            if type.kind == "list" and type.of is not None and type.of.kind not in ("ref", "schema"):
                return [self.memory(type.of, item) for item in value]
            return self.value(type, value)
        return value


def _printed(value: Any) -> Any:
    """What `{{ … }}` prints for a value."""
    if value is None:
        return ""
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is Decimal:
        return f"{value:f}"
    if kind is dt.time:
        return value.strftime("%H:%M")
    if kind is Duration:
        from sojourn.interpreter.compile.program import in_words

        return in_words(value)
    if kind is list:
        return ", ".join(str(_printed(item)) for item in value)
    return value


def _money_filter(value: Any, currency: str = "") -> Any:
    """`{{ 59 | money("EUR") }}` and `{{ event.total | money }}`: `59.00 EUR`."""
    if value is None or isinstance(value, ChainableUndefined):
        return ""
    if isinstance(value, Money):
        return money_shown(value)
    if isinstance(value, str) and not currency:
        return money_shown(parse_money(value))
    return money_shown(Money(Decimal(str(value)), currency)) if currency else f"{Decimal(str(value)):.2f}"


def _date_filter(value: Any, pattern: str = "%Y-%m-%d") -> Any:
    """`{{ event.day | date("%d.%m.%Y") }}`."""
    return value.strftime(pattern) if isinstance(value, (dt.date, dt.time)) else ""


class _Link:
    """`link('cart')` in a message: a page below where links lead, or a whole address as it is."""

    __slots__ = ("_links",)

    def __init__(self, links: str) -> None:
        self._links = links

    def __call__(self, target: Any = "") -> str:
        text = str(target)
        if text.startswith(("https://", "http://")):
            return text
        return self._links + quote(text.lstrip("/"), safe="/?=&#%")


_VIEWS = frozenset({_View, _Row, _Profile})


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which does not look at our own views and `link` again each time they are used: there is
    nothing in them but what a template may see. Half of the time of a message went into that.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind: type = obj.__class__
        if kind in _VIEWS and not attribute.startswith("_"):
            return obj[attribute]
        return super().getattr(obj, attribute)

    def join_path(self, template: str, parent: str) -> str:
        """A file is named from the folder of the file that asks for it."""
        return os.path.normpath(os.path.join(os.path.dirname(parent), template)).replace(os.sep, "/")

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        if __obj.__class__ is _Link and not kwargs:
            return __obj(*args)
        return super().call(__context, __obj, *args, **kwargs)


def environment(html: bool, files: Mapping[str, str] | None = None) -> ImmutableSandboxedEnvironment:
    """The sandbox in which templates are read; `html` escapes what is filled in. `files` are those that templates
    share, by path.
    """
    loader = DictLoader(files) if files else None
    made = _Sandbox(autoescape=html, undefined=ChainableUndefined, finalize=_printed, loader=loader)
    made.filters["money"] = _money_filter
    made.filters["date"] = _date_filter
    made.globals = {"range": made.globals["range"], "dict": made.globals["dict"]}
    return made


_Parts = tuple[dict[str, Template | str], frozenset[str]]
"""The parts of a message or an offer, and the names that are used in them."""


class Renderer:
    """The templates of a program, each compiled when first used."""

    __slots__ = ("_environments", "_globals", "_link", "_made", "_offers", "_program")

    def __init__(self, program: Program) -> None:
        self._program = program
        self._link = _Link(program.links)
        self._environments = {html: environment(html, program.workspace.templates) for html in (False, True)}
        for env in self._environments.values():
            env.globals["link"] = self._link
        self._globals = dict(self._environments[False].globals)
        self._made: dict[tuple[str, int], _Parts] = {}
        self._offers: dict[str, _Parts] = {}

    def choices(self, message: str, variant: int) -> list[str]:
        """The decisions and recommendations that a message's variant shows, in order. Raises RenderError."""
        workspace = self._program.workspace
        known = workspace.decisions.keys() | workspace.recommendations.keys()
        if not known:
            return []
        _, names = self._templates(message, variant)
        return sorted(names & known)

    def _offer(self, offer: str, person: Person, run: Run | None, now: int) -> _Offer:
        """An offer as a template sees it."""
        made = self._offers.get(offer)
        if made is None:
            made = self._offers[offer] = self._read(
                f"the offer {offer}", self._program.workspace.offers[offer].parts
            )
        templates, names = made

        def filled(template: Template | str) -> Callable[[], str]:
            if isinstance(template, str):
                return lambda: template
            return lambda: template.render(self._context(names, person, run, {}, now))

        return _Offer(offer, {part: filled(template) for part, template in templates.items()})

    def _read(self, owner: str, parts: Mapping[str, checked.Template]) -> _Parts:
        found: dict[str, Template | str] = {}
        names: set[str] = set()
        for name, template in parts.items():
            if template.constant:
                found[name] = template.source
                continue
            env = self._environments[template.html]
            try:
                for text in (
                    template.source,
                    *(self._program.workspace.templates[f] for f in template.files),
                ):
                    names |= meta.find_undeclared_variables(env.parse(text))
                # What `from_string` does, with a name: what it shares with others is looked for from there.
                code = env.compile(template.source, template.path)
                found[name] = env.template_class.from_code(env, code, env.make_globals(None))
            except TemplateError as error:
                raise RenderError(f"{owner}: its {name} cannot be read: {error}") from error
        return found, frozenset(names)

    def _templates(self, message: str, variant: int) -> _Parts:
        found = self._made.get((message, variant))
        if found is None:
            found = self._read(message, self._program.workspace.messages[message].variants[variant].parts)
            self._made[message, variant] = found
        return found

    def render(
        self,
        message: str,
        variant: int,
        person: Person,
        run: Run | None,
        args: Mapping[str, tuple[Type, Any]],
        now: int,
        offers: Mapping[str, Sequence[str]] | None = None,
    ) -> dict[str, str]:
        """The parts of a message's variant. `args` are (type, in-memory value), `offers` what each decision
        picked. Raises RenderError.
        """
        templates, names = self._templates(message, variant)
        context: dict[str, Any] | None = None
        parts: dict[str, str] = {}
        for name, template in templates.items():
            if isinstance(template, str):
                parts[name] = template
                continue
            if context is None:
                context = self._context(names, person, run, args, now)
                for decision, chosen in (offers or {}).items():
                    shown = [self._offer(offer, person, run, now) for offer in chosen]
                    one = self._program.workspace.decisions[decision].pick == 1
                    context[decision] = shown if not one else shown[0] if shown else _NOTHING
            try:
                # What `render` does, without a copy of the context for each part.
                filled = template.root_render_func(template.new_context(context, shared=True))
                parts[name] = "".join(filled)
            except Exception as error:
                # Whatever a template does wrong is the failure of its own step, never of the run.
                raise RenderError(f"{message}: its {name} could not be filled in: {error}") from error
        return parts

    def _context(
        self,
        names: frozenset[str],
        person: Person,
        run: Run | None,
        args: Mapping[str, tuple[Type, Any]],
        now: int,
    ) -> dict[str, Any]:
        program = self._program
        workspace = program.workspace
        show = _Show(workspace, person_zone(workspace.timezone_field, person))

        def attribute(name: str) -> Any:
            declared = workspace.attributes.get(name)
            if declared is None:
                return _NOTHING
            return show.memory(declared.value.type, program.coder.attribute(name)(person, None, None, now))

        def event(caught: Mapping[str, Any] | None) -> Any:
            kind = _caught(workspace, caught["event"]) if caught is not None else None
            return (
                _NOTHING if kind is None or caught is None else _View(show, kind.fields, caught["properties"])
            )

        context: dict[str, Any] = dict(self._globals)
        for name in names:
            if name in workspace.attributes:
                context[name] = attribute(name)
            elif name in FUNCTIONS:
                call = program.coder.functions[name]
                context[name] = in_message(name, call, person, now, workspace.profile, show.memory)
        context["link"] = self._link
        if "now" in names:
            context["now"] = show.memory(DATETIME, now)
        if "today" in names and "today" not in workspace.attributes:
            context["today"] = program.coder.functions["today"](person, now)
        context["profile"] = _Profile(show, workspace.profile, person.fields, attribute)
        if run is not None:
            context["event"] = event(run.event)
            for name, caught in run.variables.items():
                context[name] = event(caught)
        for name, (type, value) in args.items():
            context[name] = show.memory(type, value)
        return context
