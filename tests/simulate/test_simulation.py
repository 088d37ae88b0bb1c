"""What a simulation counts, on a Monday small enough to be counted by hand."""

from __future__ import annotations

import copy
from collections.abc import Callable

import orjson
import pytest

from sojourn.dsl.values import DAY, HOUR, parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.effects import SENT, Activity, Outgoing
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.simulation.simulate import simulate

Happens = Callable[..., Record]
PLAIN = {"first_touch": "plain"}


def test_the_totals_are_those_counted_by_hand(shop: Program, monday: list[Record]) -> None:
    data = simulate(shop, monday, choices=PLAIN).report.to_data()
    assert data["records"] == 9
    assert data["events"] == {"cart_abandoned": 3, "visit": 3, "purchase": 2}
    assert data["profile_updates"] == 1
    assert (data["people"], data["merged"]) == (4, 1)
    assert (data["first"], data["last"]) == ("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z")
    assert data["messages"] == 3

    rescue = data["journeys"]["cart_rescue"]
    assert (rescue["started"], rescue["running"], rescue["converted"]) == (2, 0, 1)
    assert rescue["splits"] == {"first_touch": {"plain": 2}}
    assert rescue["converted_by_arm"] == {"first_touch": {"plain": 1}}
    assert rescue["sent"] == {"cart_reminder": {"email": 1}}
    ((message, reasons),) = rescue["not_sent"].items()
    ((reason, count),) = reasons.items()
    assert message == "cart_reminder" and "consent" in reason and count == 1
    assert rescue["ended"] == {"exit on purchase": 1, "finished": 1}
    assert [(w["label"], w["waited"], w["waiting"]) for w in rescue["waits"]] == [
        ("wait 1 hour", 2, 0),
        ("wait for visit, up to 1 day", 2, 0),
    ]
    assert [b["taken"] for b in rescue["branches"]] == [{"happened": 1}]
    assert rescue["failed"] == []

    winback = data["journeys"]["winback"]
    assert winback["started"] == 2
    assert winback["sent"] == {"welcome_back": {"email": 2}}

    assert data["audiences"] == {
        "spenders": {"at_last_event": 1, "at_end": 1, "entered": 1, "left": 0},
        "lapsing": {"at_last_event": 0, "at_end": 0, "entered": 2, "left": 2},
    }
    assert data["ended_because"] == "nothing was waiting any more"
    assert data["ended_at"] == "2026-05-01T11:30:00Z"  # 60 days after the last purchase


def test_the_clock_stops_where_it_is_told_to(shop: Program, monday: list[Record]) -> None:
    report = simulate(shop, monday, choices=PLAIN, until=parse_instant("2026-03-02T10:30:00Z")).report
    data = report.to_data()
    assert (data["records"], data["later"]) == (7, 2)
    rescue = data["journeys"]["cart_rescue"]
    assert (rescue["started"], rescue["running"]) == (2, 2)
    assert [(w["label"], w["waiting"]) for w in rescue["waits"]] == [("wait 1 hour", 2)]
    assert data["ended_at"] == "2026-03-02T10:30:00Z"
    assert data["ended_because"] == "as asked"

    longer = simulate(shop, monday, choices=PLAIN, until=monday[-1].at + 40 * DAY).report
    assert longer.audiences["lapsing"].at_end == 2
    assert longer.journeys["winback"].messages == 2


def test_what_never_ends_is_cut_after_a_year(happens: Happens) -> None:
    from sojourn.dsl.workspace import compile_texts
    from sojourn.interpreter.compile import compile_program

    patient = (
        "profile\n  email email identity\nidentity\n  email one per person\nevent visit\n  page text\n"
        + ("journey patience\n  start on visit\n  wait 2 years\n")
    )
    compiled = compile_texts({"patient.journey": patient})
    assert compiled.workspace is not None
    visit = happens("1", "10:00", "visit", email="ada@example.com")
    report = simulate(compile_program(compiled.workspace), [visit]).report
    assert report.journeys["patience"].running == 1
    assert report.ended_because == "a year after the last event"
    assert report.ended_at == visit.at + 365 * DAY


def test_records_out_of_order_are_put_in_order(shop: Program, monday: list[Record]) -> None:
    in_order = simulate(shop, monday).report.to_data()
    assert simulate(shop, reversed(monday)).report.to_data() == in_order
    assert simulate(shop, monday[4:] + monday[:4]).report.to_data() == in_order


def test_the_same_id_twice_is_one_record(shop: Program, monday: list[Record]) -> None:
    once = simulate(shop, monday).report.to_data()
    twice = simulate(shop, [*monday, *copy.deepcopy(monday)]).report.to_data()
    assert twice.pop("duplicates") == 9
    assert once.pop("duplicates") == 0
    assert twice == once


def test_no_records_at_all_is_an_empty_report(shop: Program) -> None:
    report = simulate(shop, []).report
    assert (report.records, report.people, report.first, report.last, report.messages) == (
        0,
        0,
        None,
        None,
        0,
    )


def test_progress_is_told_and_ends_with_everything(shop: Program, happens: Happens) -> None:
    told: list[tuple[int, int]] = []
    visits = [happens(str(n), "10:00", "visit", email=f"p{n % 7}@example.com") for n in range(4500)]
    simulate(shop, visits, on_progress=lambda done, total, clock: told.append((done, total)))
    assert told == [(2000, 4500), (4000, 4500), (4500, 4500)]


def test_every_message_counted_as_sent_went_out_under_a_key_of_its_own(
    shop: Program, monday: list[Record]
) -> None:
    simulation = simulate(shop, monday, choices=PLAIN, keep_activity=True)
    entries = [entry for history in simulation.history.values() for entry in history]
    keys = [entry.key for entry in entries if isinstance(entry, Outgoing)]
    told = [e.detail["key"] for e in entries if isinstance(e, Activity) and e.kind == SENT]
    assert sorted(keys) == sorted(told)
    assert len(set(keys)) == len(keys) == simulation.report.messages == 3


def test_one_persons_timeline_reads_like_a_story(shop: Program, monday: list[Record]) -> None:
    until = monday[-1].at + DAY
    simulation = simulate(shop, monday, choices=PLAIN, person="email:ada@example.com", until=until)
    assert [str(line) for line in simulation.timeline("ada@example.com")] == [
        "2026-03-02 09:00  profile: email ada@example.com, first_name Ada, consent.offers true",
        "2026-03-02 10:00  cart_abandoned cart_id a, total 59 EUR",
        "2026-03-02 10:00  cart_rescue started",
        "2026-03-02 10:00  waits 1 hour (until 11:00)",
        "2026-03-02 11:00  split first_touch: plain",
        "2026-03-02 11:00  sent cart_reminder by email to ada@example.com: “Hi Ada”",
        "2026-03-02 11:00  waits for visit, up to 1 day (until 2026-03-03 11:00)",
        "2026-03-02 11:30  purchase total 59 EUR",
        "2026-03-02 11:30  entered spenders",
        "2026-03-02 11:30  cart_rescue converted: purchase",
        "2026-03-02 11:30  cart_rescue ended: exit on purchase",
    ]
    assert len(simulation.history) == 1
    with pytest.raises(LookupError, match="was not kept"):
        simulation.timeline("ben@example.com")
    with pytest.raises(LookupError, match="nobody"):
        simulation.timeline("zoe@example.com")


def test_somebody_seen_on_two_devices_has_one_timeline(shop: Program, monday: list[Record]) -> None:
    until = monday[-1].at + HOUR
    everybody = simulate(shop, monday, keep_activity=True, until=until)
    for name in ("dee@example.com", "device_id:d1"):
        alone = simulate(shop, monday, person=name, until=until)
        assert alone.timeline(name) == everybody.timeline(name)
    texts = [line.text for line in everybody.timeline("d1")]
    assert texts[:2] == ["purchase total 12 EUR", "visit page /"]
    assert "visit page /sale" in texts and any(
        text.startswith("found to be the same person") for text in texts
    )


def test_people_can_be_put_away_as_json_and_taken_up_again(shop: Program, monday: list[Record]) -> None:
    noon = parse_instant("2026-03-02T10:13:00Z")
    whole = simulate(shop, monday, choices=PLAIN)
    first = simulate(shop, monday, choices=PLAIN, until=noon)
    asleep = orjson.dumps(first.people.to_documents())
    woken = MemoryPeople.from_documents(orjson.loads(asleep))
    second = simulate(shop, [r for r in monday if r.at > noon], choices=PLAIN, people=woken)
    assert second.people.to_documents() == whole.people.to_documents()
    assert first.report.messages + second.report.messages == whole.report.messages
    assert second.report.audiences["spenders"].at_end == 1


def test_an_event_about_the_business_reaches_the_members_of_that_instant() -> None:
    """Two members and a stranger; the sale comes without a person, between two other events."""
    compiled = compile_texts({"a.journey": BUSINESS})
    assert compiled.workspace is not None
    program = compile_program(compiled.workspace)
    now = parse_instant("2026-03-02T10:00:00Z")
    records = [
        Record("1", "", now, now, {"email": "a@example.com", "member": True}, {}),
        Record("2", "", now, now, {"email": "b@example.com", "member": True}, {}),
        Record("3", "", now, now, {"email": "c@example.com"}, {}),
        Record("4", "sale", now + HOUR, now + HOUR, {}, {"shop": "Paris"}),
        Record("5", "", now + 2 * HOUR, now + 2 * HOUR, {"email": "c@example.com", "member": True}, {}),
    ]
    data = simulate(program, records).report.to_data()
    assert data["events"] == {"sale": 1}
    assert data["journeys"]["news"]["started"] == 2
    assert data["journeys"]["digest"]["started"] == 3 * 31
    assert data["ended_because"] == "31 days after the last event"


BUSINESS = """\
profile
  email   email  identity
  member  boolean

event sale
  shop  text

audience members
  member is true

message hello
  email
    subject "Hello"
    body    "Hello"

journey news
  start on sale for members where event.shop is "Paris"
  send hello

journey digest
  start every day at 9:00 for members
  send hello
"""
