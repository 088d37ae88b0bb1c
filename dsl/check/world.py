"""What all checks share: the declarations, the facts worked out so far, and the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check.memory import Table, Trace
from sojourn.dsl.check.report import Report, how_to_add, nearest
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.resolve import REACTIONS, Names
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.types import NOTHING, PLAIN_TYPES, Type, list_of, one_of, ref, schema_type
from sojourn.dsl.uses import UseTable

if TYPE_CHECKING:
    from sojourn.dsl.check.decisions import OfferRules
    from sojourn.dsl.check.template_files import SharedFiles

__all__ = ["KEYWORDS", "World"]

KEYWORDS = (
    "and",
    "or",
    "not",
    "is",
    "in",
    "has",
    "no",
    "known",
    "missing",
    "contains",
    "between",
    "where",
    "true",
    "false",
    "now",
    "today",
    "event",
    "profile",
    "count",
    "sum",
    "average",
    "smallest",
    "largest",
    "first",
    "last",
)


class World:
    """The state of one check. The tables fill up in the order data, values, messages, journeys, tests."""

    def __init__(
        self, names: Names, report: Report, sources: dict[str, SourceFile], files: SharedFiles, trace: Trace
    ) -> None:
        self.trace = trace
        self.names = _traced(names, trace)
        self.uses = UseTable(lambda use: trace.did("use", use))
        trace.deed("use", self.uses.add)
        self.report = report
        report.heard = trace.spoil
        self.sources = sources
        self.files = files
        self.facts: Table[bool] = trace.table("facts", {"quiet hours": _has_quiet_hours(names)})
        """What is so of the whole workspace."""
        self.schemas: Table[checked.Schema] = trace.table("schemas")
        self.events: Table[checked.Event] = trace.table("events")
        self.catalogs: Table[checked.Catalog] = trace.table("catalogs")
        self.profile: Table[checked.Field] = trace.table("profile")
        self.aggregates: dict[str, checked.Aggregate] = {}
        self.lists: Table[checked.MemberList] = trace.table("lists")
        self.offers: Table[checked.Offer] = trace.table("offers")
        self.offer_rules: Table[OfferRules] = trace.table("offer rules", places=True)
        self.decisions: Table[checked.Decision] = trace.table("decisions", places=True)
        self.failed_decisions: Table[bool] = trace.table("failed decisions")
        self.statistics: dict[str, checked.Statistic] = {}
        self.recommendations: Table[checked.Recommendation] = trace.table("recommendations")
        self.subjects: Table[tuple[str | int, ...]] = trace.table("subjects")
        """Of a recommendation, the path in the event it looks at."""
        self.schemas_of_offers: Table[checked.Schema] = trace.table("schemas of offers")
        """What templates see of the offers of each decision, as a schema."""
        self.attributes: Table[checked.Attribute] = trace.table("attributes")
        self.journeys: Table[checked.Journey] = trace.table("journeys")
        self.messages: Table[checked.Message] = trace.table("messages")
        self.answers: Table[checked.Event] = trace.table("answers")
        """Webhook -> its answer, whose fields are read like those of an event."""

    def type_of(self, written: ast.TypeName) -> Type:
        """The type that was written; NOTHING after a mistake."""
        if written.kind == "list":
            item = self.type_of(written.of) if written.of is not None else NOTHING
            return NOTHING if item == NOTHING else list_of(item)
        if written.kind == "one of":
            twice = [o for i, o in enumerate(written.options) if o in written.options[:i]]
            if twice:
                self.report.error(
                    "declared-twice", written.span, name=twice[0], what="option", first="option"
                )
            return one_of(*written.options)
        if written.kind == "ref":
            return ref(written.name) if self.exists("catalog", written.name, written.span) else NOTHING
        plain = PLAIN_TYPES.get(written.name)
        if plain is not None:
            return plain
        if written.name in self.names.schemas:
            self.uses.note("schema", written.name, written.span)
            return schema_type(written.name)
        if written.name in self.names.lost or self.names.partial:
            return NOTHING
        if self.names.kind.get(written.name) == "catalog":
            self.report.error("type-is-catalog", written.span, name=written.name)
            return NOTHING
        candidates = nearest(
            written.name, self.names.schemas, PLAIN_TYPES, _OTHER_TYPES.get(written.name.lower(), ())
        )
        candidates = candidates or _OTHER_TYPES.get(written.name.lower(), ())
        self.report.error("unknown-type", written.span, candidates=candidates, name=written.name)
        return NOTHING

    def exists(self, kind: str, name: str, span: Span) -> bool:
        """Whether there is a declaration of that kind and name; reports it when there is none."""
        found = self.names.kind.get(name)
        if found == kind:
            self.uses.note(kind, name, span)
            return True
        if name in self.names.lost or self.names.partial:
            return False
        same_kind = self.names.of_kind(kind)
        candidates = nearest(name, same_kind)
        if found is not None:
            self.report.error(
                "wrong-kind", span, candidates=candidates, name=name, found=_a(found), what=_a(kind)
            )
        else:
            self.report.error(
                "unknown-name",
                span,
                candidates=candidates or nearest(name, self.names.kind),
                name=name,
                what=kind,
                have=self._have(kind, same_kind),
            )
        return False

    def _have(self, kind: str, names: Iterable[str]) -> str:
        listed = [name for name in names if name not in REACTIONS or name in self.names.events]
        if not listed:
            return f"No {kind} is declared yet."
        shown = ", ".join(listed[:8]) + (", …" if len(listed) > 8 else "")
        return f"Declared: {shown}."

    def caught(self, name: str) -> checked.Event | None:
        """What a run can hold under a name: an event, or a webhook's answer."""
        return self.events.get(name) or self.answers.get(name)

    def fields_of(self, type: Type) -> dict[str, checked.Field] | None:
        """The fields of a schema's or a catalog's values; None for other types."""
        if type.kind == "schema" and type.name in self.schemas:
            return dict(self.schemas[type.name].fields)
        if type.kind == "schema" and type.name in self.schemas_of_offers:
            return dict(self.schemas_of_offers[type.name].fields)
        if type.kind == "ref" and type.name in self.catalogs:
            return dict(self.catalogs[type.name].fields)
        return None

    def unknown_field(
        self,
        owner: str,
        name: str,
        span: Span,
        pool: Iterable[str],
        *more: Iterable[str],
        related: Iterable[Related] = (),
    ) -> None:
        """Reports a field that does not exist, with the nearest that do."""
        listed = list(pool)
        have = ", ".join(listed[:10]) + (", …" if len(listed) > 10 else "") if listed else "no fields"
        candidates = nearest(name, listed, *more)
        self.report.error(
            "unknown-field",
            span,
            candidates=candidates,
            related=related,
            owner=owner,
            name=name,
            have=have if candidates else have + how_to_add(owner, name),
        )

    def part_of_profile(self, parts: Sequence[str], span: Span) -> checked.Field | None:
        """The part of a profile field that `address.city` names, as a field; reports what is not there."""
        field = self.profile[parts[0]]
        wire = field.wire
        for place, part in enumerate(parts[1:], 1):
            if field.type == NOTHING:
                return None
            below = self.fields_of(field.type) if field.type.kind == "schema" else None
            if below is None:
                owner = ".".join(parts[:place])
                self.report.error("no-parts", span, name=owner, type=str(field.type), part=part)
                return None
            if part not in below:
                self.unknown_field(f"The schema {field.type.name}", part, span, below)
                return None
            field = below[part]
            wire = f"{wire}.{field.wire}"
        return checked.Field(".".join(parts), field.type, wire, span=field.span)

    def note_written(self, field: str, target: ast.Path) -> None:
        """Notes that a field of the person is given or set here."""
        name = field.removeprefix("consent.") if field in self.profile else field.split(".")[0]
        span = target.part_spans[-1] if target.part_spans else target.span
        self.uses.note(*(("field", name, span, "profile") if name == field else ("topic", name, span)))


def _traced(names: Names, trace: Trace) -> Names:
    """The names as tables, so that it is known which of them the check of a declaration looked up.

    What a define says, and when an offer fits, becomes part of the conditions that use it, with its places.
    """
    tables = ("kind", "schemas", "events", "catalogs", "datasets", "attributes", "audiences", "topics", "messages",
              "recommendations", "journeys")  # fmt: skip
    made: dict[str, Any] = {name: trace.table(f"names: {name}", getattr(names, name)) for name in tables}
    for name in ("defines", "offers", "decisions"):
        made[name] = trace.table(f"names: {name}", getattr(names, name), places=True)
    for name in ("lost", "lost_fields"):
        made[name] = trace.table(f"names: {name}", dict.fromkeys(sorted(getattr(names, name)), True))
    return replace(names, **made)


def _has_quiet_hours(names: Names) -> bool:
    return any(isinstance(other, ast.QuietHours) for other in names.others)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


_OTHER_TYPES: dict[str, tuple[str, ...]] = {
    "string": ("text",),
    "str": ("text",),
    "char": ("text",),
    "varchar": ("text",),
    "int": ("integer",),
    "float": ("number",),
    "decimal": ("number", "money"),
    "double": ("number",),
    "bool": ("boolean",),
    "timestamp": ("datetime",),
    "moment": ("datetime",),
    "array": ("list of text",),
    "list": ("list of text",),
    "enum": ("one of a, b",),
    "price": ("money",),
    "currency": ("money",),
    "link": ("url",),
    "tel": ("phone",),
    "mail": ("email",),
    "json": ("a schema's name",),
    "object": ("a schema's name",),
    "place": ("location",),
}
