"""The words for data: fields, events, catalogs, recommendations."""

# ruff: noqa: E501  (a line of an example stays one line)

from __future__ import annotations

from sojourn.dsl.messages.examples import SHOP, advice, csv, field
from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_ADVICE = (
    advice(
        "unknown-ranking",
        "Nothing can be ranked by “{name}”.",
        "A ranking is `most EVENT in last 30 days`, `bought together with event.items.product in EVENT`, `newest`, "
        "`seen EVENT` or `bought EVENT`.",
        "not known",
        "pick 3 from product\n  by loudest ordered",
        "pick 3 from product\n  by most ordered",
    ),
    advice(
        "which-event",
        "`{text}` does not say by which event, and there is no event {usual}.",
        "Name it: `{kind} EVENT`.",
        "which event?",
        "pick 3 from product\n  by seen",
        "pick 3 from product\n  by seen viewed",
    ),
    advice(
        "which-product",
        "{event} {has}, and has to name each {catalog} it is about in one place.",
        "Give the event one field of type `ref {catalog}`, or a list whose items have one.",
        "which {catalog}?",
        "pick 3 from product\n  by most purchase",
        "pick 3 from product\n  by most viewed",
    ),
    advice(
        "one-product",
        "{event} names one {catalog} at a time, so nothing in it is bought together.",
        "Count an event that holds a list of them; or rank by `most {event}`.",
        "only one",
        "pick 3 from product\n  by bought together with event.product in viewed",
        "pick 3 from product\n  by bought together with event.product in ordered",
    ),
    advice(
        "no-such-subject",
        "{text} leads to no {catalog}.",
        "Name what an event or the person has of type `ref {catalog}`, as in `event.items.product`.",
        "no {catalog} here",
        "pick 3 from product\n  by bought together with event.total in ordered",
        "pick 3 from product\n  by bought together with event.items.product in ordered",
    ),
    advice(
        "no-date-in-catalog",
        "The catalog {catalog} has no date, so it cannot be told what is newest.",
        "Give it a field of type date, such as `added  date`.",
        "no date",
        'pick 3 from shop\n  by newest\n\ncatalog shop from csv "shops.csv" key id\n  id  text\n--- shops.csv\nid\na',
        "pick 3 from product\n  by newest",
    ),
    advice(
        "except-what",
        "`{text}` does not say what to leave out for this person.",
        "As in `except bought in last 90 days` or `except seen viewed in last 7 days`.",
        "cannot be left out",
        "pick 3 from product\n  by most ordered\n  except most viewed",
        "pick 3 from product\n  by most ordered\n  except seen viewed",
    ),
    advice(
        "nothing-to-go-by",
        "{name} goes by {text}, and {where}.",
        "Give the recommendation an `otherwise`, such as `otherwise most purchase in last 30 days`, or start the journey "
        "on an event that has it.",
        "nothing to go by",
        "pick 3 from product\n  by bought together with event.items.product in ordered\n\n"
        "journey j\n  start on viewed\n  if length(advice) > 0\n    wait 1 day",
        "pick 3 from product\n  by bought together with event.items.product in ordered\n  otherwise most ordered\n\n"
        "journey j\n  start on viewed\n  if length(advice) > 0\n    wait 1 day",
    ),
)

_DATA = (
    field(
        "does-not-fit",
        "{what} is of type {type}, and {given} does not fit it.",
        "A value of type {type} is written as in {example}.",
        "does not fit",
        "points  integer  = 1.5",
        "points  integer  = 1",
    ),
    field(
        "not-a-fixed-value",
        "{what} needs a value that stands in the text; {text} has to be worked out.",
        "Write the value itself.",
        "not a fixed value",
        "since  date  = today",
        "since  date  = 2026-01-01",
    ),
    field(
        "cannot-identify",
        "{name} is {type}, which cannot tell people apart.",
        "An identifier is a text, an email, a phone, a url, an integer or a `ref`.",
        "not an identifier",
        "married  boolean  identity",
        "member_id  text  identity",
    ),
    Wording(
        "identity-elsewhere",
        "{owner} has no identity: {name} cannot be an identifier here.",
        "People are told apart by fields of the profile. What an event carries in its `profile` part is looked up there.",
        "only on the profile",
        SHOP + "event visit\n  visitor  text  identity\n",
        SHOP + "event visit\n  visitor  text\n",
    ),
    Wording(
        "not-an-identifier",
        "{name} is listed under `identity`, but the profile does not mark it as an identifier.",
        "Write `identity` behind the field in the profile, or take it out of the list.",
        "not marked identity",
        "profile\n  email  email  identity\n  phone  phone\n\nidentity\n  email  one per person\n  phone  one per person\n",
        "profile\n  email  email  identity\n  phone  phone  identity\n\nidentity\n  email  one per person\n  phone  one per person\n",
    ),
    Wording(
        "identifier-without-strength",
        "{name} is an identifier, but the `identity` block does not say how strong it is.",
        "Add `{name}  one per person` or `{name}  many per person` at its place in the list, strongest first.",
        "{name} is missing",
        "profile\n  email  email  identity\n  phone  phone  identity\n\nidentity\n  email  one per person\n",
        "profile\n  email  email  identity\n  phone  phone  identity\n\nidentity\n  email  one per person\n  phone  many per person\n",
    ),
    Wording(
        "dataset-without-source",
        "The dataset {name} does not say where it comes from.",
        'Write `from http`, or `from csv "data/file.csv"`.',
        "from where?",
        SHOP + "dataset web\n  holds purchase\n",
        SHOP + "dataset web\n  holds purchase\n  from http\n",
    ),
    Wording(
        "bad-date-pattern",
        "“{text}” is no pattern for {name} ({type}).",
        'A date is read by a pattern of DD, MM, YYYY or YY, hh, mm and ss, as in "DD/MM/YYYY" or "YYYY-MM-DD".',
        "not a date's pattern",
        SHOP
        + 'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "Born" to birthday as "day/month/year"\n',
        SHOP + 'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "Born" to birthday as "DD/MM/YYYY"\n',
    ),
    Wording(
        "not-settable",
        "{name} is worked out, so it cannot be given a value.",
        "Only fields of the profile can be set.",
        "worked out",
        SHOP
        + 'attribute orders = count of purchase\n\ntest "a"\n  profile orders = 3\n  expect orders is 0\n',
        SHOP
        + 'attribute orders = count of purchase\n\ntest "a"\n  profile points = 3\n  expect orders is 0\n',
    ),
    Wording(
        "bad-catalog-key",
        "The key {name} is {type}, and rows are found by a text or a whole number.",
        "Choose another field as the key.",
        "cannot be a key",
        SHOP
        + 'catalog product from csv "products.csv" key price\n  price  money\n--- products.csv\nprice\n1 EUR\n',
        SHOP + 'catalog product from csv "products.csv" key sku\n  sku  text\n--- products.csv\nsku\na\n',
    ),
    Wording(
        "window-longer-than-kept",
        "This looks further back than events {event} are kept by {dataset}.",
        "Keep them as long as the window is, or look back less far.",
        "longer than kept",
        SHOP
        + "dataset web\n  holds purchase\n  from http\n  keep 3 months\n\naudience chosen\n  has purchase in last 6 months\n",
        SHOP
        + "dataset web\n  holds purchase\n  from http\n  keep 6 months\n\naudience chosen\n  has purchase in last 6 months\n",
    ),
    csv(
        "missing-column",
        "The file has no column {name}.",
        'Its first line names {have}. Rename the column, or say what it is called there: `called "…"`.',
        "columns",
        "sku,prize\na,5 EUR\n",
        "sku,price\na,5 EUR\n",
    ),
    csv(
        "empty-cell",
        "Row {row} has no {column}, and every row needs one.",
        "Fill it in, or remove the row.",
        "empty",
        "sku,price\na,5 EUR\n,6 EUR\n",
        "sku,price\na,5 EUR\nb,6 EUR\n",
    ),
    csv(
        "bad-cell",
        "“{text}” in row {row}, column {column} does not fit: {why}.",
        "The column is of type {type}.",
        "does not fit",
        "sku,price\na,cheap\n",
        "sku,price\na,5 EUR\n",
    ),
    csv(
        "too-many-cells",
        "Row {row} has {count} cells where the first line names {columns} columns.",
        'A cell with a comma in it stands in quotes: `"Bags, large"`. A spreadsheet does that by itself when it saves as CSV.',
        "too many cells",
        "sku,price\na,5 EUR,7 EUR\n",
        "sku,price\na,5 EUR\n",
    ),
    csv(
        "broken-row",
        "Row {row} is not made of cells: one of them has no end.",
        'A cell that begins with a quote mark ends with one; a quote mark inside it is written twice: `"a 21"" screen"`.',
        "no end of a cell",
        'sku,price\n"a,5 EUR\n',
        'sku,price\n"a",5 EUR\n',
    ),
    csv(
        "key-twice",
        "The key {key} stands in two rows of {name}.",
        "Every row needs a key of its own.",
        "a second time",
        "sku,price\na,5 EUR\na,6 EUR\n",
        "sku,price\na,5 EUR\nb,6 EUR\n",
    ),
)

WORDINGS: tuple[Wording, ...] = (
    *_ADVICE,
    *_DATA,
)
