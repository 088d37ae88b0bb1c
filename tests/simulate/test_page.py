"""The report of a simulation as a page, and the journeys as pictures: the numbers are those of the simulation."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.cli.charts import Rate, bars, days, rates
from sojourn.cli.simulation_page import page
from sojourn.dsl.values import DAY, to_datetime
from sojourn.dsl.workspace import Compiled, compile_folder
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.effects import SENT, Activity
from sojourn.interpreter.simulation.pictured import counted, wilson
from sojourn.interpreter.simulation.samples import event_files, people_of_datasets, read_events
from sojourn.interpreter.simulation.simulate import Simulation, simulate

SHOP = Path(__file__).parents[2] / "examples" / "shop"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def shop() -> Compiled:
    return compile_folder(SHOP)


@pytest.fixture(scope="module")
def played(shop: Compiled) -> Simulation:
    assert shop.workspace is not None
    events = read_events(shop.workspace, event_files(SHOP / "events"))
    records = [*people_of_datasets(shop.workspace, SHOP, events), *events]
    return simulate(compile_program(shop.workspace), records, keep_activity=True)


def sends(played: Simulation) -> list[tuple[int, Activity]]:
    """An independent list of everything that was sent: (person's number, the record of it)."""
    return [
        (number, entry)
        for number, entries in played.history.items()
        for entry in entries
        if isinstance(entry, Activity) and entry.kind == SENT
    ]


def test_messages_by_day_and_by_person_are_those_of_the_history(played: Simulation) -> None:
    by_day: dict[int, int] = {}
    by_person: dict[int, int] = {}
    for number, entry in sends(played):
        by_day[entry.at // DAY] = by_day.get(entry.at // DAY, 0) + 1
        by_person[number] = by_person.get(number, 0) + 1
    assert {d: sum(c.values()) for d, c in played.report.sent_by_day.items()} == by_day
    per_person = played.report.per_person
    assert sum(per_person.values()) == played.report.people
    assert sum(count * people for count, people in per_person.items()) == len(sends(played)) > 3000
    assert sorted(played.report.sent_to.values()) == sorted(by_person.values())


def test_who_was_not_written_to_is_counted_with_the_reason(played: Simulation) -> None:
    entry = played.report.withheld["cart_reminder", "no consent to offers"]
    told = sum(
        reasons.get("no consent to offers", 0)
        for journey in played.report.journeys.values()
        for message, reasons in journey.not_sent.items()
        if message == "cart_reminder"
    )
    assert entry.count == told >= len(entry.whom) >= len(entry.examples) == 3


def test_the_picture_counts_what_the_report_counts(shop: Compiled, played: Simulation) -> None:
    journey = played.report.workspace.journeys["cart_rescue"]
    report = played.report.journeys["cart_rescue"]
    counts = counted(journey, report)
    assert counts.started == report.started > 500
    split = next(s for s in journey.steps if s.label == "split first_touch")
    arms = {arm: counts.taken[split.id, arm] for arm in ("plain", "discount", "holdout")}
    assert arms == report.splits["first_touch"]
    assert counts.came[split.id] == sum(arms.values())
    last = next(s for s in journey.steps if s.label == "send last_call")
    assert counts.came[last.id] == sum(report.sent_at[last.id].values()) + sum(
        report.not_sent_at[last.id].values()
    )


class Page(HTMLParser):
    """What a browser would find in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.outside: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "rect", "line", "path", "circle"):
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            if name in ("src", "href") and value:
                (self.links.add(value[1:]) if value.startswith("#") else self.outside.append(value))
        if tag in ("script", "link", "img", "iframe"):
            self.outside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "br", "rect", "line", "path", "circle"):
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_needs_nothing_else_and_says_what_the_simulation_found(
    shop: Compiled, played: Simulation
) -> None:
    text = page(played.report, "shop <&>", shop.sources, "Played: the sample events.")
    found = Page(text)
    assert found.open == []  # every element is closed
    assert found.outside == []  # no file, no network, no script
    assert "url(" not in text and "@import" not in text
    assert found.links <= found.ids
    said = " ".join(found.words)
    assert "shop <&>" in said
    assert f"{played.report.messages:,}" in said
    report = played.report.journeys["cart_rescue"]
    assert f"{report.started:,} started" in said
    low, high = wilson(report.converted, report.started)
    assert f"most likely between {low:.1%} and {high:.1%}" in said
    assert "Conversions by arm of first_touch" in said
    assert "no consent to offers" in said
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(svg)
    assert "prefers-color-scheme:dark" in text


def test_the_same_simulation_gives_the_same_page(shop: Compiled, played: Simulation) -> None:
    assert page(played.report, "shop", shop.sources, "") == page(played.report, "shop", shop.sources, "")


def test_the_bars_of_the_days_are_as_high_as_their_counts(played: Simulation) -> None:
    by_day = {to_datetime(day * DAY).date(): counts for day, counts in played.report.sent_by_day.items()}
    svg = ElementTree.fromstring(days(by_day, ["email", "push", "sms"]))
    tall = [float(rect.get("height", "0")) for rect in svg.iter(f"{SVG}rect")]
    total = sum(sum(counts.values()) for counts in by_day.values())
    per_message = sum(tall) / total
    busiest = max(by_day.values(), key=lambda counts: counts.get("email", 0))["email"]
    assert max(tall) == pytest.approx(busiest * per_message, rel=0.01)


def test_many_numbers_share_a_bar_and_lose_nobody() -> None:
    svg = ElementTree.fromstring(bars({0: 5, 3: 2, 250: 1}, "people"))
    titles = [title.text or "" for title in svg.iter(f"{SVG}title")]
    assert sum(int(t.split(": ")[1].split()[0]) for t in titles) == 8
    assert titles[0].startswith("0–")


def test_rates_show_their_intervals_to_scale_and_nobody_as_nobody() -> None:
    svg = rates([Rate("plain", 40, 100, 0.3, 0.5), Rate("other", 0, 0, 0, 1)])
    root = ElementTree.fromstring(svg)
    [circle] = root.iter(f"{SVG}circle")
    [line] = [line for line in root.iter(f"{SVG}line") if line.get("class") == "range"]
    x1, x, x2 = (float(v or 0) for v in (line.get("x1"), circle.get("cx"), line.get("x2")))
    assert x - x1 == pytest.approx(x2 - x, abs=0.2)
    assert "nobody took it" in svg


@pytest.mark.parametrize(
    "hits, of, low, high",
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3: the score method.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_the_literature(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert found == pytest.approx((low, high), abs=0.0001)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_rate_and_stays_between_none_and_all(hits: int, more: int) -> None:
    of = hits + more
    low, high = wilson(hits, of)
    assert 0 <= low <= high <= 1
    if of:
        assert low - 1e-9 <= hits / of <= high + 1e-9
