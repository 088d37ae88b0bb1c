"""What data there is: fields, schemas, events, catalogs, datasets, identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.types import Type
from sojourn.dsl.values import Duration

__all__ = [
    "Catalog",
    "Column",
    "Dataset",
    "Event",
    "Field",
    "Identifier",
    "Schema",
]


# ------------------------------------------------------------------- data


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the profile, an event, a schema or a catalog.

    `wire` is its name outside (`called`, else its own name); a dotted one is a path into nested objects.
    `default` is a canonical JSON value or None. On the profile, `consent.TOPIC` fields are among the others.
    """

    name: str
    type: Type
    wire: str
    required: bool = False
    private: bool = False
    identity: bool = False
    default: Any = None
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Schema:
    """A reusable group of fields, by name in the order written."""

    name: str
    fields: Mapping[str, Field]
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event. `subscribed` and `unsubscribed` are built in.

    `of_change` is (catalog, field) for the event that Sojourn itself makes of a row whose field is another after a
    catalog's file was read again. It is called "change of product.price" and has the fields `product` (the row),
    `before` and `after`; it does not come over the wire.
    """

    name: str
    wire: str
    fields: Mapping[str, Field]
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    of_change: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Rows of the business by key. `rows` maps a key to canonical values by field name, as read from the file."""

    name: str
    key: str
    fields: Mapping[str, Field]
    rows: Mapping[str, Mapping[str, Any]] = field(repr=False)
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """`"Born" to birthday as "DD/MM/YYYY"`: a column of a file becomes a profile field.

    `target` may be a part of a field ("address.city"): all parts of one record make the field. `date_pattern` is a
    `strptime` pattern; `function` is "lower", "upper" or "trim".
    """

    source: str
    target: str
    date_pattern: str = ""
    function: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where data comes from: `source` is "http" or "csv", `location` a glob relative to `folder` (the file's)."""

    name: str
    holds: tuple[str, ...]
    source: str
    location: str = ""
    columns: tuple[Column, ...] = ()
    keep: Duration | None = None
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A namespace of identity: a profile field, `unique` when a person has one value of it."""

    name: str
    unique: bool
