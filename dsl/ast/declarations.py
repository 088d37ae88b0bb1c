"""What stands at the very left of a file, journeys and tests aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sojourn.dsl.ast.base import ClockTime, DurationLiteral, Name, Node, Text
from sojourn.dsl.ast.expressions import Expr, Path, Window
from sojourn.dsl.frozen import dataclass

if TYPE_CHECKING:
    from sojourn.dsl.ast.journeys import Times

# ruff: noqa: E501  (the syntax in a docstring stays on one line)

__all__ = [
    "Attribute",
    "Audience",
    "Catalog",
    "Dataset",
    "Decision",
    "Define",
    "Event",
    "Field",
    "Identity",
    "IdentityEntry",
    "Limit",
    "Mapping",
    "Merge",
    "MergeRule",
    "Message",
    "Offer",
    "Part",
    "Profile",
    "QuietHours",
    "Ranking",
    "Recommendation",
    "Schema",
    "Topic",
    "TypeName",
    "Use",
    "Variant",
    "Webhook",
]


# ----------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """`text`, `Address`, `list of T`, `one of a, b`, `ref product`.

    `kind` is "plain", "list", "one of" or "ref"; `name` the type, schema or catalog; `options` those of `one of`.
    """

    kind: Literal["plain", "list", "one of", "ref"]
    name: str = ""
    of: TypeName | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`email  email  identity private called "E-Mail" = "x"`, with `## description` lines above."""

    name: Name
    type: TypeName
    required: bool = False
    private: bool = False
    identity: bool = False
    called: Text | None = None
    default: Expr | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Use(Node):
    """`use commerce`, `use "../brand"` (then `is_path`)."""

    target: str
    is_path: bool = False


@dataclass(frozen=True, slots=True)
class Profile(Node):
    """`profile` and its fields."""

    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class IdentityEntry(Node):
    """`crm_id  one per person` (`unique`) or `device_id  many per person`."""

    field: Name
    unique: bool


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """`identity` and its entries, strongest first."""

    entries: tuple[IdentityEntry, ...]


@dataclass(frozen=True, slots=True)
class Schema(Node):
    """`schema Address` and its fields."""

    name: Name
    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Event(Node):
    """`event cart_abandoned called "Cart Abandoned"` and its fields (none is allowed)."""

    name: Name
    called: Text | None
    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Catalog(Node):
    """`catalog product from csv "data/products.csv" key sku` and its fields."""

    name: Name
    format: str
    source: Text
    key: Name
    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    """`"E-Mail" to email`, `"Born" to birthday as "DD/MM/YYYY"`, `"Club" to loyalty as lower`.

    `target` is a profile field's path, or `consent.TOPIC`; `convert` a date pattern (Text) or a function's name.
    """

    source: Text
    target: Path
    convert: Text | Name | None = None


@dataclass(frozen=True, slots=True)
class Dataset(Node):
    """`dataset crm`, with `holds profile, E`, `from http` or `from csv "…"` and its mappings, `keep 13 months`."""

    name: Name
    holds: tuple[Name, ...] = ()
    source: str | None = None
    location: Text | None = None
    mappings: tuple[Mapping, ...] = ()
    keep: DurationLiteral | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class MergeRule(Node):
    """`email, first_name by crm, web`."""

    fields: tuple[Name, ...]
    datasets: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Merge(Node):
    """`merge profile by newest`, with rules for single fields below."""

    by: str
    rules: tuple[MergeRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`attribute lifetime_value = sum of purchase.total`."""

    name: Name
    value: Expr
    description: str = ""


@dataclass(frozen=True, slots=True)
class Define(Node):
    """`define big_spender = …`, `define nearby(shop) = …`."""

    name: Name
    parameters: tuple[Name, ...]
    value: Expr
    description: str = ""


@dataclass(frozen=True, slots=True)
class Audience(Node):
    """`audience vips` with a condition below; or `audience beta from csv "…"`."""

    name: Name
    condition: Expr | None
    csv: Text | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Topic(Node):
    """`topic offers opt in`; `mode` is "opt in", "opt out" or "always"."""

    name: Name
    mode: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Part(Node):
    """`subject "…"`, `body file "…"`: one template of a message. `post "URL"` of a webhook message, too."""

    name: Name
    text: Text
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Variant(Node):
    """`email when language is "fr"` and its parts, inside a message."""

    channel: Name
    when: Expr | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Message(Node):
    """`message cart_reminder about offers` and its variants."""

    name: Name
    topic: Name | None
    variants: tuple[Variant, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Limit(Node):
    """`limit offers to 3 messages per 7 days`, `limit sms to 1 message per calendar day`."""

    target: Name
    count: int
    per: DurationLiteral | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class QuietHours(Node):
    """`quiet hours from 21:00 to 8:00 on sms, push in timezone otherwise "Europe/Paris"`.

    With `drop` messages are dropped instead of held. `zone` is what stands after `in`.
    """

    start: ClockTime
    end: ClockTime
    channels: tuple[Name, ...]
    drop: bool = False
    zone: Times | None = None


@dataclass(frozen=True, slots=True)
class Offer(Node):
    """`offer paris_store` with `when`, `title "…"` and other parts, `until`, `at most 2 times per person`, `priority 80`."""

    name: Name
    when: Expr | None
    parts: tuple[Part, ...] = ()
    since: Expr | None = None
    until: Expr | None = None
    per_person: int | None = None
    in_total: int | None = None
    priority: Expr | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Decision(Node):
    """`decision best_offer` with `from a, b`, `pick 1 by priority`, `otherwise c`."""

    name: Name
    offers: tuple[Name, ...]
    pick: int
    by: Expr | None
    otherwise: Name | None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation(Node):
    """`recommendation goes_with` with `pick 3 from product`, `by …`, `except …`, `otherwise …`.

    `by` is ("bought together with", path, event) or ("most", None, event) or ("newest", None, None) and the like.
    """

    name: Name
    pick: int
    catalog: Name
    by: Ranking | None
    excluded: Ranking | None = None
    otherwise: Ranking | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Ranking(Node):
    """`bought together with event.items.product in purchase`, `most purchase in last 30 days`, `bought in last 90 days`."""

    kind: str
    subject: Path | None = None
    event: Name | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Webhook(Node):
    """`webhook crm_webhook` with `post "URL"`, `timeout 5 seconds`, `retries 3`, `answers` and fields."""

    name: Name
    post: Text | None
    timeout: DurationLiteral | None = None
    retries: int | None = None
    answers: tuple[Field, ...] = ()
    description: str = ""
