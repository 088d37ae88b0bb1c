"""Profile, identity, events, datasets: what was declared and what it became."""

# ruff: noqa: E501  (a line of a story stays one line)

from __future__ import annotations

import pytest

from sojourn.dsl import checked
from sojourn.dsl.check.data import date_pattern
from sojourn.dsl.messages import sentence
from sojourn.dsl.types import BOOLEAN, INTEGER, list_of, ref, schema_type
from sojourn.dsl.workspace import Compiled, compile_texts


def compiled(*texts: str) -> Compiled:
    return compile_texts({f"{number}.journey": text for number, text in enumerate(texts)})


def workspace(*texts: str) -> checked.Workspace:
    found = compiled(*texts)
    assert found.workspace is not None, [sentence(d) for d in found.diagnostics]
    return found.workspace


def codes(*texts: str) -> list[str]:
    return [d.code for d in compiled(*texts).diagnostics]


def test_the_profile_is_the_union_of_all_blocks() -> None:
    found = workspace(
        "profile\n  email  email  identity\n  points integer = 5\n",
        'profile\n  email  email  called "E-Mail"\n  points integer private\n  city text\n\ntopic news opt in\n',
    ).profile
    assert list(found) == ["email", "points", "city", "consent.news"]
    assert found["email"].wire == "E-Mail" and found["email"].identity
    assert found["points"] == checked.Field("points", INTEGER, "points", private=True, default=5)
    assert found["consent.news"].type == BOOLEAN


def test_two_blocks_that_give_a_field_two_types_point_at_each_other() -> None:
    [diagnostic] = compiled("profile\n  born date\n", "profile\n  born text\n").diagnostics
    assert diagnostic.code == "two-types"
    assert (diagnostic.span.path, diagnostic.related[0].span.path) == ("1.journey", "0.journey")
    assert sentence(diagnostic) == "born is text here and date elsewhere."


def test_without_an_identity_block_the_profile_gives_the_order() -> None:
    found = workspace(
        "profile\n  crm_id  text  identity\n  email   email  identity\n  name  text\n"
    ).identifiers
    assert found == (checked.Identifier("crm_id", True), checked.Identifier("email", True))


def test_the_identity_block_says_how_strong_each_is() -> None:
    found = workspace(
        "profile\n  device  text  identity\n  email   email  identity\n\n"
        "identity\n  email  one per person\n  device  many per person\n"
    ).identifiers
    assert found == (checked.Identifier("email", True), checked.Identifier("device", False))


def test_defaults_are_canonical_values() -> None:
    fields = workspace(
        'profile\n  a  money = 5 EUR\n  b  date = 2026-01-02\n  c  duration = 3 days\n  d  list of text = ["x", "y"]\n'
        '  e  percent = 15%\n  f  one of x, y = y\n  g  country = "DE"\n  h  boolean = true\n  i  time = 9:00\n'
        "  j  location = location(48.5, 2)\n  k  datetime = 2026-01-02 9:00\n  l  number = 1.50\n"
    ).profile
    assert {name: field.default for name, field in fields.items()} == {
        "a": "5 EUR",
        "b": "2026-01-02",
        "c": "P3D",
        "d": ["x", "y"],
        "e": 0.15,
        "f": "y",
        "g": "DE",
        "h": True,
        "i": "09:00:00",
        "j": [48.5, 2],
        "k": "2026-01-02T09:00:00Z",
        "l": 1.5,
    }


def test_types_of_schemas_lists_and_rows() -> None:
    found = compile_texts(
        {
            "a.journey": "schema Item\n  product  ref product\n\nevent order\n  items  list of Item\n\n"
            'catalog product from csv "p.csv" key sku\n  sku  text\n',
            "p.csv": "sku\na\n",
        }
    ).workspace
    assert found is not None
    assert found.events["order"].fields["items"].type == list_of(schema_type("Item"))
    assert found.schemas["Item"].fields["product"].type == ref("product")


def test_events_are_known_by_their_names_outside() -> None:
    events = workspace('event order called "Order Completed"\n  total  money called "data.total"\n').events
    assert events["order"].wire == "Order Completed" and events["order"].fields["total"].wire == "data.total"
    assert {"subscribed", "unsubscribed"} <= set(events)
    assert codes('event a called "A"\nevent b called "A"\n') == ["wire-name-twice"]


def test_a_dataset_says_how_columns_become_fields() -> None:
    found = compile_texts(
        {
            "crm/a.journey": "profile\n  email  email  identity\n  born  date\n  club one of gold, silver\n\ntopic news opt in\n\n"
            'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "Mail" to email as lower\n'
            '    "Born" to born as "DD.MM.YYYY"\n    "News" to consent.news\n'
        }
    ).workspace
    assert found is not None
    crm = found.datasets["crm"]
    assert crm.location == "crm/crm.csv" and crm.source == "csv" and crm.holds == ("profile",)
    assert [(c.source, c.target, c.date_pattern, c.function) for c in crm.columns] == [
        ("Mail", "email", "", "lower"),
        ("Born", "born", "%d.%m.%Y", ""),
        ("News", "consent.news", "", ""),
    ]


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("DD/MM/YYYY", "%d/%m/%Y"),
        ("D.M.YYYY", "%d.%m.%Y"),
        ("YYYY-MM-DD", "%Y-%m-%d"),
        ("YYYYMMDD", "%Y%m%d"),
        ("DD.MM.YY hh:mm:ss", "%d.%m.%y %H:%M:%S"),
        ("day/month", None),
        ("DD/DD/YYYY", None),
        ("%d/%m", None),
        ("YYYY", None),
    ],
)
def test_patterns_of_dates(written: str, pattern: str | None) -> None:
    assert date_pattern(written) == pattern


def test_a_schema_may_hold_itself_only_in_a_list() -> None:
    assert codes("schema Node\n  below  list of Node\n") == []
    assert codes("schema Node\n  below  Node\n") == ["circle"]


def test_a_merge_rule_names_the_datasets_of_a_field() -> None:
    profile = "profile\n  email  email  identity\n  city   text\n"
    datasets = "dataset web\n  from http\n\ndataset crm\n  from http\n\n"
    assert codes(profile + "merge profile by newest\n") == []
    rule = "merge profile by newest\n  email, city by crm, web\n"
    assert workspace(profile + datasets + rule).merges == {"email": ("crm", "web"), "city": ("crm", "web")}
    assert codes(profile + datasets + "merge profile by newest\n  town by crm\n") == ["unknown-field"]
    assert codes(profile + datasets + "merge profile by newest\n  city by shop\n") == ["unknown-name"]
