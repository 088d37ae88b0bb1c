"""Limits hold in every span, whatever is sent when; what was only held or skipped is not counted."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl.types import TIMEZONE
from sojourn.dsl.values import DAY, MINUTE, Duration, to_datetime
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.sends import SPREAD
from tests.core.building import Shop, Story, at, c, days, hours, on, send

PARIS = "Europe/Paris"
BEGIN = at("2026-03-20 00:00")


def limited(
    *limits: c.Limit, quiet: tuple[c.QuietHours, ...] = (), expires: Duration | None = None
) -> Program:
    """A visit sends an email about offers, a purchase a text message about service."""
    shop = Shop()
    shop.message("offer", "offers", email={"subject": "Offer", "body": "x"}, sms={"text": "Offer"})
    shop.message("note", "service", sms={"text": "Note"})
    shop.journey(
        "j", [on("visit")], [("send offer", dataclasses.replace(send("offer", "email"), expires=expires))]
    )
    shop.journey("k", [on("purchase")], [("send note", dataclasses.replace(send("note"), expires=expires))])
    shop.journey("both", [on("cart_abandoned")], [("send offer", send("offer", "email", "sms"))])
    workspace = dataclasses.replace(shop.workspace(), limits=limits, quiet_hours=quiet)
    return compile_program(workspace)


def span(target: str, kind: c.LimitKind, count: int, per: Duration) -> c.Limit:
    return c.Limit(target, kind, count, per, None, f"limit {target} to {count}")


def calendar(target: str, kind: c.LimitKind, count: int, of: str) -> c.Limit:
    return c.Limit(target, kind, count, None, of, f"limit {target} to {count} a {of}")  # type: ignore[arg-type]


NIGHT = c.QuietHours(
    dt.time(21),
    dt.time(8),
    ("sms",),
    False,
    c.FieldValue("profile", ("timezone",), type=TIMEZONE),
    PARIS,
    "night",
)


def story(program: Program, **profile: object) -> Story:
    return Story(program, phone="+33612345678", **{"consent.offers": True, **profile})


minutes = st.integers(min_value=0, max_value=40 * 24 * 60)


@settings(max_examples=60, deadline=None)
@given(
    sends=st.lists(minutes, max_size=60),
    count=st.integers(1, 4),
    per=st.sampled_from([hours(1), hours(24), days(1), days(7), Duration(1, 0, 0)]),
)
def test_no_span_ever_holds_more_than_the_limit(sends: list[int], count: int, per: Duration) -> None:
    program = limited(span("offers", "topic", count, per))
    told = story(program)
    for minute in sorted(sends):
        told.happens("visit", BEGIN + minute * MINUTE)
    out = [message.at for message in told.outbox()]
    length = 31 * DAY if per.months else per.days * DAY + per.microseconds
    for first in out:
        inside = [other for other in out if first <= other < first + (length if not per.months else 28 * DAY)]
        assert len(inside) <= count
    # What was refused was refused because of the limit: the span before it was full.
    skipped = [e for e in told.effects if getattr(e, "kind", "") == "not sent"]
    assert len(out) + len(skipped) == len(sends)
    for activity in skipped:
        before = [other for other in out if activity.at - length < other <= activity.at]
        assert len(before) >= count
        assert activity.detail["because"] == f"limit offers to {count}"


@settings(max_examples=60, deadline=None)
@given(
    sends=st.lists(minutes, max_size=60),
    count=st.integers(1, 3),
    of=st.sampled_from(["day", "week", "month"]),
    zone=st.sampled_from([PARIS, "Pacific/Auckland", "America/St_Johns"]),
)
def test_no_calendar_day_week_or_month_of_the_person_holds_more(
    sends: list[int], count: int, of: str, zone: str
) -> None:
    program = limited(calendar("email", "channel", count, of))
    told = story(program, timezone=zone)
    for minute in sorted(sends):
        told.happens("visit", BEGIN + minute * MINUTE)

    def unit(moment: int) -> tuple[int, ...]:
        date = to_datetime(moment).astimezone(ZoneInfo(zone)).date()
        return {
            "day": (date.toordinal(),),
            "week": tuple(date.isocalendar()[:2]),
            "month": (date.year, date.month),
        }[of]

    sent = Counter(unit(message.at) for message in told.outbox())
    asked = Counter(unit(BEGIN + minute * MINUTE) for minute in sends)
    # As many as the limit allows, and not one fewer.
    assert sent == {key: min(count, number) for key, number in asked.items()}


def test_the_next_channel_in_the_authors_order_is_taken_when_one_is_full() -> None:
    told = story(limited(span("email", "channel", 1, days(1))))
    told.happens("cart_abandoned", "2026-03-20 10:00")
    told.happens("cart_abandoned", "2026-03-20 11:00")
    assert [message.channel for message in told.outbox()] == ["email", "sms"]


def test_a_skipped_send_is_never_counted_as_sent() -> None:
    told = story(limited(span("offers", "topic", 1, hours(2))), **{"consent.offers": False})
    told.happens("visit", "2026-03-20 10:00")
    told.happens("visit", "2026-03-20 10:30", profile={"email": "ada@example.com", "consent.offers": True})
    told.happens("visit", "2026-03-20 11:00", profile={"email": "ada@example.com", "consent.offers": True})
    told.happens("visit", "2026-03-20 12:30", profile={"email": "ada@example.com", "consent.offers": True})
    # The second refusal, at 11:00, does not put the next message off: 10:30 and two hours is 12:30.
    assert [message.at for message in told.outbox()] == [at("2026-03-20 10:30"), at("2026-03-20 12:30")]
    assert told.said("not sent") == [("not sent", "no consent to offers"), ("not sent", "limit offers to 1")]


def test_everything_counts_all_channels_and_one_message_only_itself() -> None:
    told = story(limited(span("everything", "everything", 1, days(1)), span("note", "message", 5, days(1))))
    told.happens("visit", "2026-03-20 10:00")
    told.happens("purchase", "2026-03-20 11:00")
    assert [message.message for message in told.outbox()] == ["offer"]


# ------------------------------------------------------------- quiet hours


@pytest.mark.parametrize(
    "zone, sent, released",
    [
        (PARIS, "2026-03-20 20:30", "2026-03-21 07:00"),  # 21:30 in Paris
        (PARIS, "2026-03-20 19:59", None),
        (PARIS, "2026-03-21 07:00", None),
        ("America/New_York", "2026-03-20 20:30", None),
        ("America/New_York", "2026-03-21 02:00", "2026-03-21 12:00"),
        (None, "2026-03-20 20:30", "2026-03-21 07:00"),  # nobody knows: the fallback, Paris
        ("Nowhere/Never", "2026-03-20 20:30", "2026-03-21 07:00"),
        # The clocks of Paris go forward in that night: 8:00 is 6:00 UTC.
        (PARIS, "2026-03-28 22:00", "2026-03-29 06:00"),
        (PARIS, "2026-10-24 22:00", "2026-10-25 07:00"),
    ],
)
def test_a_message_is_held_until_the_morning_of_the_person(
    zone: str | None, sent: str, released: str | None
) -> None:
    told = story(limited(quiet=(NIGHT,)), **({"timezone": zone} if zone else {}))
    told.happens("purchase", sent)
    told.time("2026-12-01")
    (message,) = told.outbox()
    earliest = at(released or sent)
    assert earliest <= message.at < earliest + (SPREAD if released else 1)


def test_what_was_held_is_spread_out_and_each_at_the_same_time_in_a_rerun() -> None:
    def mornings() -> list[int]:
        program = limited(quiet=(NIGHT,))
        found = []
        for number in range(200):
            told = story(program, email=f"p{number}@example.com")
            told.happens("purchase", "2026-03-20 22:00")
            told.time("2026-03-22")
            found += [message.at - at("2026-03-21 07:00") for message in told.outbox()]
        return found

    first = mornings()
    assert len(first) == 200
    by_minute = Counter(offset // MINUTE for offset in first)
    assert set(by_minute) == set(range(10))
    assert max(by_minute.values()) < 45  # 20 on average
    assert mornings() == first


def test_consent_withdrawn_in_the_night_is_asked_again_in_the_morning() -> None:
    shop = Shop()
    shop.message("offer", "offers", sms={"text": "Offer"})
    shop.journey("j", [on("visit")], [("send offer", send("offer"))])
    program = compile_program(dataclasses.replace(shop.workspace(), quiet_hours=(NIGHT,)))
    told = story(program)
    told.happens("visit", "2026-03-20 22:00")
    told.happens("unsubscribed", "2026-03-20 23:00", topic="offers")
    told.time("2026-03-22")
    assert told.outbox() == []
    assert told.said("held", "not sent") == [("held", "night"), ("not sent", "no consent to offers")]


def test_an_exit_in_the_night_is_noticed_and_nothing_goes_out_in_the_morning() -> None:
    shop = Shop()
    shop.message("offer", "service", sms={"text": "Offer"})
    shop.journey(
        "j",
        [on("visit")],
        [("send offer", send("offer"))],
        exits=[c.ExitOnEvent("purchase", None, "exit on purchase")],
    )
    program = compile_program(dataclasses.replace(shop.workspace(), quiet_hours=(NIGHT,)))
    told = story(program)
    told.happens("visit", "2026-03-20 22:00")
    told.happens("purchase", "2026-03-21 02:00")
    told.time("2026-03-22")
    assert told.outbox() == []
    assert told.said("ended") == [("ended", "exit on purchase")]


def test_what_the_night_held_obeys_the_limits_of_the_morning() -> None:
    shop = Shop()
    shop.message("note", "service", sms={"text": "Note"})
    shop.journey("j", [on("visit")], [("send note", send("note"))])
    shop.journey("k", [on("visit")], [("send note", send("note"))])
    limits = (calendar("sms", "channel", 1, "day"),)
    program = compile_program(dataclasses.replace(shop.workspace(), limits=limits, quiet_hours=(NIGHT,)))
    told = story(program, timezone=PARIS)
    told.happens("visit", "2026-03-20 22:00")
    assert told.said("held") == [("held", "night"), ("held", "night")]
    told.time("2026-03-22")
    assert len(told.outbox()) == 1
    assert told.said("not sent") == [("not sent", "limit sms to 1 a day")]


def test_a_message_that_expires_in_the_night_is_not_sent() -> None:
    told = story(limited(quiet=(NIGHT,), expires=hours(2)))
    told.happens("purchase", "2026-03-20 22:00")
    told.time("2026-03-22")
    assert told.outbox() == []
    assert told.said("not sent") == [("not sent", "it expired 2 hours after the send")]
    assert told.when("not sent") == ["2026-03-21 00:00"]


def test_with_drop_it_is_not_sent_at_all() -> None:
    told = story(limited(quiet=(dataclasses.replace(NIGHT, drop=True),)))
    told.happens("purchase", "2026-03-20 22:00")
    told.time("2026-03-22")
    assert told.outbox() == []
    assert told.said("not sent") == [("not sent", "night")]


def test_two_people_who_are_one_have_had_what_both_had() -> None:
    program = limited(span("offers", "topic", 2, days(7)))
    told = story(program)
    told.happens("visit", "2026-03-20 10:00", profile={"email": "ada@example.com", "consent.offers": True})
    tablet = {"device_id": "d1", "phone": "+33612345678", "consent.offers": True}
    told.happens("cart_abandoned", "2026-03-20 11:00", profile=tablet)
    assert [message.channel for message in told.outbox()] == ["email", "sms"]
    both = {"email": "ada@example.com", "device_id": "d1"}
    told.happens("visit", "2026-03-20 12:00", profile=both)
    assert told.said("not sent") == [("not sent", "limit offers to 2")]


def test_guards_are_asked_at_entry_only_and_a_run_has_one_identity_for_life() -> None:
    """`again never` does not keep a run from going on after the night, and the run is the same one."""
    shop = Shop()
    shop.message("note", "service", sms={"text": "Note"})
    shop.journey(
        "j",
        [on("visit")],
        [
            ("repeat up to 3 times", c.Repeat(3, 1), 3),
            ("send note", send("note")),
            ("wait 1 day", c.Wait(days(1)), 0),
        ],
        again="never",
    )
    program = compile_program(dataclasses.replace(shop.workspace(), quiet_hours=(NIGHT,)))
    told = story(program, timezone=PARIS)
    told.happens("visit", "2026-03-20 22:00")
    (begun,) = told.person.runs
    told.time("2026-03-21 09:00")
    assert list(told.person.runs) == [begun]
    told.time("2026-04-21")
    told.happens("visit", "2026-04-22 12:00")
    assert len(told.outbox()) == 3
    assert {message.run for message in told.outbox()} == {begun}
    assert len({message.key for message in told.outbox()}) == 3
    assert [kind for kind, _ in told.said("started", "ended")] == ["started", "ended"]
