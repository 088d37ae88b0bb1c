"""How values and times are said in a timeline."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.dsl.types import DATETIME, DURATION, LOCATION, MONEY, PERCENT, TEXT, TIME, Type, list_of
from sojourn.dsl.values import parse_instant, zone
from sojourn.interpreter.timeline import clock_text, duration_text, value_text


@pytest.mark.parametrize(
    ("value", "of", "said"),
    [
        (None, TEXT, "missing"),
        ("", TEXT, "missing"),
        ("Ada", TEXT, "Ada"),
        (True, None, "true"),
        ("59.90 EUR", MONEY, "59.90 EUR"),
        (0.15, PERCENT, "15%"),
        ("2026-03-02T09:00:00Z", DATETIME, "2026-03-02 10:00"),
        ("09:00:00", TIME, "09:00"),
        ("09:00:30", TIME, "09:00:30"),
        ("P3DT5400S", DURATION, "3 days 1 hour 30 minutes"),
        ([48.85, 2.35], LOCATION, "location(48.85, 2.35)"),
        (["a", "b"], list_of(TEXT), "a, b"),
        ([], list_of(TEXT), "empty"),
        ([{"product": "p1"}], list_of(Type("schema", "Item")), "1 item"),
        ([{"product": "p1"}, {"product": "p2"}], None, "2 items"),
        ({"street": "Main", "zip": 1}, None, "(street Main, zip 1)"),
        ("not money", MONEY, "not money"),
    ],
)
def test_values_are_said_as_their_author_would(value: Any, of: Type | None, said: str) -> None:
    assert value_text(value, of, zone("Europe/Paris")) == said


def test_clock_times_show_seconds_only_where_there_are_any() -> None:
    noon = parse_instant("2026-07-02T12:00:00Z")
    assert clock_text(noon) == "2026-07-02 12:00"
    assert clock_text(noon, zone("America/New_York")) == "2026-07-02 08:00"
    assert clock_text(noon + 7_000_000) == "2026-07-02 12:00:07"
    assert clock_text(noon + 7_250_000) == "2026-07-02 12:00:07.25"


@pytest.mark.parametrize(
    ("iso", "said"),
    [("PT0S", "0 seconds"), ("PT1S", "1 second"), ("P1M", "1 month"), ("PT3600.5S", "1 hour 0.5 seconds")],
)
def test_durations_are_said_in_words(iso: str, said: str) -> None:
    assert duration_text(iso) == said
