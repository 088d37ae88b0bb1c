"""Journeys, step by step: what was written, what happened, what came out."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl.types import BOOLEAN, DATETIME, TEXT
from sojourn.interpreter.core.step import step
from tests.core.building import (
    Activity,
    Person,
    Program,
    Record,
    Shop,
    Story,
    at,
    both,
    c,
    compare,
    constant,
    days,
    either,
    entering,
    event_field,
    exit_on,
    hours,
    instant,
    known,
    money,
    months,
    on,
    person,
    send,
)

PARIS = "Europe/Paris"


def one_wait(operation: Any, **journey: Any) -> Program:
    shop = Shop()
    shop.message("hello", email={"subject": "Hello", "body": "Hello"})
    shop.journey("j", [on("visit")], [("wait", operation), ("send hello", send("hello"))], **journey)
    return shop.program()


def sent_at(program: Program, start: str, **profile: Any) -> list[str]:
    story = Story(program, **profile)
    story.happens("visit", start)
    story.time("2028-01-01")
    return [instant(o.at) for o in story.outbox()]


WEEKDAYS = frozenset(range(5))
NINE = dt.time(9)


@pytest.mark.parametrize(
    "start, operation, expected",
    [
        # Minutes and hours are elapsed time, also when the clocks of Paris go forward (March 29, 2:00).
        ("2026-03-28 20:00", c.Wait(hours(24)), "2026-03-29 20:00"),
        # Days keep the clock time: 21:00 in Paris.
        ("2026-03-28 20:00", c.Wait(days(1)), "2026-03-29 19:00"),
        ("2026-10-24 19:00", c.Wait(days(1)), "2026-10-25 20:00"),
        ("2026-10-24 19:00", c.Wait(hours(24)), "2026-10-25 19:00"),
        ("2026-01-31 12:00", c.Wait(months(1)), "2026-02-28 12:00"),
        # 2:30 does not exist on March 29 in Paris: the first time after it is 3:00 (1:00 UTC).
        ("2026-03-28 20:00", c.WaitUntil(None, dt.time(2, 30)), "2026-03-29 01:00"),
        # 2:30 comes twice on October 25: the first.
        ("2026-10-24 20:00", c.WaitUntil(None, dt.time(2, 30)), "2026-10-25 00:30"),
        ("2026-03-02 07:59", c.WaitUntil(None, NINE), "2026-03-02 08:00"),
        ("2026-03-02 08:00", c.WaitUntil(None, NINE), "2026-03-02 08:00"),
        ("2026-03-02 08:00:00.000001", c.WaitUntil(None, NINE), "2026-03-03 08:00"),
        # Friday after nine: Monday.
        ("2026-03-06 10:00", c.WaitUntil(None, NINE, WEEKDAYS), "2026-03-09 08:00"),
        # Days are those of the zone: 23:30 UTC on Friday is Saturday in Paris.
        ("2026-03-06 23:30", c.WaitUntil(None, dt.time(0, 45), frozenset({5})), "2026-03-06 23:45"),
        ("2026-03-06 10:00", c.WaitUntil(constant(dt.date(2026, 12, 24)), NINE), "2026-12-24 08:00"),
        ("2026-03-06 10:00", c.WaitUntil(constant(dt.date(2026, 3, 5)), NINE), "2026-03-06 10:00"),
        (
            "2026-03-06 10:00",
            c.WaitUntil(c.Constant(dt.datetime(2026, 7, 1, 9), type=DATETIME), None),
            "2026-07-01 07:00",
        ),
        ("2026-03-06 10:00", c.WaitUntil(person("birthday"), NINE), "2026-03-06 10:00"),
    ],
)
def test_when_a_wait_in_paris_is_over(start: str, operation: Any, expected: str) -> None:
    assert sent_at(
        one_wait(operation, zone=person("timezone"), zone_fallback="UTC"), start, timezone=PARIS
    ) == [expected]
    assert sent_at(one_wait(operation, zone=person("timezone"), zone_fallback=PARIS), start) == [expected]


def test_a_wait_for_a_date_that_is_missing_is_over_at_once_with_a_record() -> None:
    story = Story(one_wait(c.WaitUntil(person("birthday"), NINE)))
    story.happens("visit", "2026-03-06 10:00")
    assert story.said("failed") == [("failed", "wait: the moment is missing, so the wait is over at once")]
    assert len(story.outbox()) == 1


def waiting_for(**operation: Any) -> Program:
    shop = Shop()
    shop.message("thanks", email={"subject": "{{ order.order_id }} {{ order.total }}", "body": "x"})
    shop.message("last_call", email={"subject": "Last call", "body": "x"})
    meant = {"where": None, "alias": "order", "up_to": days(1), "since_start": False, **operation}
    shop.journey(
        "j",
        [on("visit")],
        [
            ("wait 1 hour", c.Wait(hours(1))),
            (
                "wait for purchase",
                c.WaitFor(
                    "purchase", meant["where"], meant["alias"], meant["up_to"], meant["since_start"], 2, 3
                ),
            ),
            ("send thanks", send("thanks"), 4),
            ("send last_call", send("last_call"), 4),
        ],
    )
    return shop.program()


def test_a_wait_for_an_event_takes_the_event_and_remembers_it() -> None:
    story = Story(waiting_for(where=compare(">", event_field("purchase", "total"), money("10 EUR"))))
    story.happens("visit", "2026-03-02 10:00")
    story.happens("purchase", "2026-03-02 10:30", total="99 EUR", order_id="too early")
    story.happens("purchase", "2026-03-02 12:00", total="9 EUR", order_id="too little")
    story.happens(
        "purchase", "2026-03-02 13:00", happened="2026-03-02 10:59:59", total="99 EUR", order_id="too early"
    )
    story.happens("purchase", "2026-03-02 14:00", total="99 EUR", order_id="o1")
    assert [o.parts["subject"] for o in story.outbox()] == ["o1 99.00 EUR"]


def test_a_wait_for_an_event_ends_with_its_time() -> None:
    story = Story(waiting_for())
    story.happens("visit", "2026-03-02 10:00")
    story.happens("purchase", "2026-03-03 11:00", total="99 EUR")
    assert [(o.message, instant(o.at)) for o in story.outbox()] == [("last_call", "2026-03-03 11:00")]


def test_since_start_takes_the_first_event_that_came_earlier_in_the_run() -> None:
    story = Story(waiting_for(since_start=True))
    story.happens("visit", "2026-03-02 10:00")
    story.happens("purchase", "2026-03-02 10:30", total="5 EUR", order_id="o1")
    story.happens("purchase", "2026-03-02 10:40", total="6 EUR", order_id="o2")
    story.time("2026-03-02 12:00")
    assert [(o.parts["subject"], instant(o.at)) for o in story.outbox()] == [
        ("o1 5.00 EUR", "2026-03-02 11:00")
    ]


def test_one_event_never_starts_and_resumes_the_same_run() -> None:
    shop = Shop()
    shop.journey("j", [on("visit")], [("wait for visit", c.WaitFor("visit", None, None, None, False, 1, 1))])
    story = Story(shop.program())
    for hour in (10, 11, 12):
        story.happens("visit", f"2026-03-02 {hour}:00")
    assert story.said() == [
        ("started", "visit"),
        ("waiting", "visit"),
        ("branched", "happened"),
        ("ended", "finished"),
        ("started", "visit"),
        ("waiting", "visit"),
    ]


def test_an_event_that_also_makes_somebody_enter_an_audience_starts_a_journey_once() -> None:
    """The first purchase starts it as a purchase, and would again as the entry into the audience of buyers."""
    shop = Shop()
    shop.message("thanks", email={"subject": "Thank you", "body": "x"})
    shop.audience("buyers", shop.has("purchase"))
    shop.audience("big", compare(">", shop.history("sum", "purchase", "total"), money("10 EUR")))
    shop.journey(
        "j", [on("purchase"), entering("buyers"), entering("big")], [("send thanks", send("thanks"))]
    )
    story = Story(shop.program())
    story.happens("purchase", "2026-03-02 10:00", total="50 EUR")
    assert story.said("started") == [("started", "purchase")]
    story.happens("purchase", "2026-03-02 11:00", total="50 EUR")
    assert len(story.outbox()) == 2


def test_one_run_for_each_cart() -> None:
    shop = Shop()
    shop.journey(
        "j",
        [on("cart_abandoned")],
        [("wait 1 day", c.Wait(days(1)))],
        one_per=event_field("cart_abandoned", "cart_id"),
        again="never",
    )
    story = Story(shop.program())
    for cart, hour in [("c1", 10), ("c2", 11), ("c1", 12), (None, 13), (None, 14)]:
        story.happens("cart_abandoned", f"2026-03-02 {hour}:00", cart_id=cart)
    assert [run.key for run in story.person.runs.values()] == ["c1", "c2", ""]
    story.happens("cart_abandoned", "2026-03-05 10:00", cart_id="c1")
    assert story.person.runs == {}


def test_journeys_are_found_by_the_country_or_the_category_they_ask_for() -> None:
    shop = Shop()
    for n, country in enumerate(["DE", "FR", "DE", "IT"]):
        where = compare("is", person("country"), constant(country))
        shop.journey(f"j{n}", [on("product_viewed", where)], [("wait 1 day", c.Wait(days(1)))])
    english = both(
        compare("is", person("language"), constant("en")),
        compare(">", person("points"), constant(3)),
    )
    shop.journey("english", [on("product_viewed", english)], [("wait 1 day", c.Wait(days(1)))])
    hats = compare("is", event_field("product_viewed", "product.category"), constant("hats"))
    shop.journey("hats", [on("product_viewed", hats)], [("wait 1 day", c.Wait(days(1)))])
    program = shop.program()
    assert program.events["product_viewed"].starts == []
    story = Story(program, country="DE", points=5)
    story.happens("product_viewed", "2026-03-02 10:00", product="p2")
    assert [run.journey for run in story.person.runs.values()] == ["j0", "j2", "english", "hats"]


def test_an_exit_is_noticed_in_the_middle_of_a_wait() -> None:
    shop = Shop()
    vip = shop.audience("vips", shop.has("purchase", 2))
    shop.journey(
        "j", [on("visit")], [("wait 30 days", c.Wait(days(30)))], exits=[c.ExitWhen(vip, "exit when in vips")]
    )
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    story.happens("purchase", "2026-03-03 10:00")
    story.happens("purchase", "2026-03-04 10:00")
    assert story.said("ended") == [("ended", "exit when in vips")]
    story.happens("visit", "2026-03-05 10:00")
    assert story.said("started", "ended")[2:] == [("started", "visit"), ("ended", "exit when in vips")]


def test_an_exit_when_follows_time_by_itself() -> None:
    shop = Shop()
    shop.journey(
        "j",
        [on("purchase")],
        [("wait 90 days", c.Wait(days(90)))],
        exits=[c.ExitWhen(shop.no("purchase", last=days(10)), "exit when no purchase in last 10 days")],
    )
    story = Story(shop.program())
    story.happens("purchase", "2026-03-02 10:00")
    story.happens("purchase", "2026-03-05 10:00")
    story.time("2026-04-02")
    assert story.when("ended") == ["2026-03-15 10:00"]


def test_a_run_ends_after_its_time() -> None:
    story = Story(one_wait(c.Wait(days(90)), ends_after=days(30)))
    story.happens("visit", "2026-03-02 10:00")
    story.time("2026-06-02")
    assert (story.said("ended"), story.when("ended")) == (
        [("ended", "ends after 30 days")],
        ["2026-04-01 10:00"],
    )


def test_a_conversion_counts_after_the_end_of_the_run_and_once() -> None:
    shop = Shop()
    shop.journey(
        "j",
        [on("visit")],
        [("split s", c.Split("s", (c.Arm("a", Decimal("0.5"), 1), c.Arm("b", Decimal("0.5"), 1))))],
        goal=c.Goal("purchase", compare(">", event_field("purchase", "total"), money("10 EUR")), days(3)),
    )
    story = Story(shop.program(), choices={"s": "b"})
    story.happens("visit", "2026-03-02 10:00")
    story.happens("purchase", "2026-03-03 10:00", total="1 EUR")
    story.happens("purchase", "2026-03-05 10:00", happened="2026-03-02 09:59:59", total="20 EUR")
    story.happens("purchase", "2026-03-05 10:00", total="20 EUR")
    assert story.said("converted") == []
    story.happens("purchase", "2026-03-06 10:00", happened="2026-03-05 09:59:59", total="20 EUR")
    story.happens("purchase", "2026-03-06 10:01", happened="2026-03-05 09:59:59", total="20 EUR")
    assert [e.detail["arms"] for e in story.effects if isinstance(e, Activity) and e.kind == "converted"] == [
        {"s": "b"}
    ]


def test_splits_are_the_same_every_time_and_have_their_shares() -> None:
    shop = Shop()
    arms = (
        c.Arm("plain", Decimal("0.5"), 1),
        c.Arm("discount", Decimal("0.4"), 1),
        c.Arm("holdout", Decimal("0.1"), 1),
    )
    shop.journey("j", [on("visit")], [("split s", c.Split("s", arms))])
    program = shop.program()
    drawn = []
    for _ in range(2):
        story = Story(program)
        for n in range(2000):
            story.happens("visit", "2026-03-02 10:00", profile={"email": f"u{n}@example.com"})
        drawn.append(
            [e.detail["arm"] for e in story.effects if isinstance(e, Activity) and e.kind == "split"]
        )
    assert drawn[0] == drawn[1]
    shares = {arm: drawn[0].count(arm) / 2000 for arm in ("plain", "discount", "holdout")}
    assert (
        abs(shares["plain"] - 0.5) < 0.05
        and abs(shares["discount"] - 0.4) < 0.05
        and abs(shares["holdout"] - 0.1) < 0.03
    )


def test_what_a_step_sets_is_seen_by_the_next_and_moves_audiences_at_once() -> None:
    shop = Shop()
    gold = shop.audience("golden", compare("is", person("loyalty"), constant("gold")))
    shop.journey("j", [on("visit")], [
        ("set loyalty to gold", c.SetField("loyalty", constant("gold"), TEXT)),
        ("if in golden", c.Branch((("if in golden", gold, 2),), 3)),
        ("stop", c.Stop()),
    ])  # fmt: skip
    shop.journey("welcome", [entering("golden")], [("wait 1 day", c.Wait(days(1)))])
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    assert story.said() == [
        ("started", "visit"),
        ("set", "loyalty"),
        ("entered", "golden"),
        ("branched", "if in golden"),
        ("ended", "stop"),
        ("started", "entering golden"),
        ("waiting", at("2026-03-03 10:00")),
    ]
    assert story.person.provenance["loyalty"] == [at("2026-03-02 10:00"), "journey j"]


def test_journeys_that_trigger_each_other_stop_with_a_record() -> None:
    shop = Shop()
    shop.audience("golden", compare("is", person("loyalty"), constant("gold")))
    shop.journey(
        "up",
        [on("visit"), c.StartOnAudience("golden", False)],
        [("set gold", c.SetField("loyalty", constant("gold"), TEXT))],
    )
    shop.journey(
        "down", [entering("golden")], [("set silver", c.SetField("loyalty", constant("silver"), TEXT))]
    )
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    assert story.said("failed") == [
        ("failed", "more than 100 journeys started at one instant: they trigger each other")
    ]


def test_a_template_that_fails_fails_alone() -> None:
    shop = Shop()
    shop.message("broken", email={"subject": "{{ 1 / 0 }}", "body": "x"})
    shop.message("fine", email={"subject": "Fine", "body": "x"})
    shop.journey("j", [on("visit")], [("send broken", send("broken")), ("send fine", send("fine"))])
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    assert [kind for kind, _ in story.said()] == ["started", "failed", "sent", "ended"]
    assert story.said("failed")[0][1].startswith("broken: its subject could not be filled in: ")


def test_a_message_goes_by_the_first_channel_that_reaches_the_person() -> None:
    shop = Shop()
    shop.message("hello", email={"subject": "Hello", "body": "x"}, sms={"text": "Hello"})
    shop.journey("j", [on("visit")], [("send hello", send("hello", "sms", "email", "push"))])
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    story.happens("visit", "2026-03-02 11:00", profile={"email": "ada@example.com", "phone": "+33612345678"})
    story.happens("visit", "2026-03-02 12:00", profile={"device_id": "d1"})
    assert [(o.channel, o.address) for o in story.outbox()] == [
        ("email", "ada@example.com"),
        ("sms", "+33612345678"),
    ]
    assert [e.detail for e in story.effects if isinstance(e, Activity) and e.kind == "not sent"] == [
        {
            "message": "hello",
            "because": "sms: no phone number; email: no email address; push: hello has nothing for push",
            "reasons": {
                "sms": "no phone number",
                "email": "no email address",
                "push": "hello has nothing for push",
            },
        }
    ]
    assert len({o.key for o in story.outbox()}) == 2


def test_consent_is_given_and_taken_by_events() -> None:
    shop = Shop()
    shop.message("deal", "offers", email={"subject": "Deal", "body": "x"})
    shop.journey("j", [on("visit")], [("send deal", send("deal"))])
    story = Story(shop.program())
    story.happens("subscribed", "2026-03-02 10:00", topic="offers")
    story.happens("visit", "2026-03-02 10:01")
    story.happens("unsubscribed", "2026-03-02 10:02")
    story.happens("visit", "2026-03-02 10:03")
    story.happens("subscribed", "2026-03-02 10:04", happened="2026-03-02 09:00", topic="offers")
    story.happens("visit", "2026-03-02 10:05")
    assert [kind for kind, _ in story.said("sent", "not sent")] == ["sent", "not sent", "not sent"]


def test_an_import_is_remembered_but_starts_resumes_and_ends_nothing() -> None:
    shop = Shop()
    shop.audience("buyers", shop.has("purchase"))
    shop.journey("j", [on("purchase"), entering("buyers")], [("wait 9 days", c.Wait(days(9)))])
    shop.journey(
        "k",
        [on("visit")],
        [("wait", c.WaitFor("purchase", None, None, None, False, 1, 1))],
        exits=[exit_on("purchase")],
    )
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    story.happens("purchase", "2026-03-02 11:00", quiet=True)
    assert story.said() == [("started", "visit"), ("waiting", "purchase"), ("entered", "buyers")]


def test_a_step_that_was_removed_ends_the_run() -> None:
    story = Story(one_wait(c.Wait(days(1))))
    story.happens("visit", "2026-03-02 10:00")
    shop = Shop()
    shop.journey("j", [on("visit")], [("wait 2 days", c.Wait(days(2)))])
    story.program = shop.program()
    story.person.rules = story.program.rules
    story.time("2026-03-09")
    assert story.said("ended") == [("ended", "step removed")]


def test_a_run_that_waits_for_an_event_at_a_removed_step_ends_with_the_next_event() -> None:
    story = Story(waiting_for(up_to=None))
    story.happens("visit", "2026-03-02 10:00")
    story.time("2026-03-02 12:00")
    story.program = one_wait(c.Wait(days(1)))
    story.person.rules = story.program.rules
    story.happens("purchase", "2026-03-03 10:00")
    assert story.said("ended") == [("ended", "step removed")]
    story.program = Shop().program()
    story.happens("visit", "2026-03-04 10:00")
    assert story.person.runs == {}


def test_a_night_asleep_gives_what_a_night_awake_gives() -> None:
    shop = Shop()
    shop.audience("lapsed", shop.no("visit", last=days(2)))
    shop.message("hello", email={"subject": "{{ now }}", "body": "x"})
    shop.journey(
        "j",
        [entering("lapsed")],
        [("wait 1 hour", c.Wait(hours(1))), ("send hello", send("hello")), ("wait", c.Wait(hours(5)))],
        exits=[exit_on("visit")],
    )
    program = shop.program()
    asleep, awake = Story(program), Story(program)
    for story in (asleep, awake):
        story.happens("visit", "2026-03-02 10:00")
    for hour in range(2, 24):
        awake.time(f"2026-03-04 {hour:02}:30")
    for story in (asleep, awake):
        story.happens("visit", "2026-03-05 10:00")
    assert repr(asleep.effects) == repr(awake.effects)
    assert asleep.person.to_document() == awake.person.to_document()
    assert [o.parts["subject"] for o in asleep.outbox()] == ["2026-03-04 11:00"]


def busy() -> Program:
    shop = Shop()
    shop.audience("lapsed", shop.no("visit", last=days(2)))
    shop.audience(
        "spenders", compare(">", shop.history("sum", "purchase", "total", last=days(9)), money("20 EUR"))
    )
    shop.audience(
        "shoppers", either(c.Membership("spenders", type=BOOLEAN), known(person("country"))), "spenders"
    )
    shop.message("hello", email={"subject": "{{ profile.first_name }}", "body": "x"})
    shop.journey(
        "j",
        [entering("lapsed"), on("cart_abandoned")],
        [
            ("wait 1 hour", c.Wait(hours(1))),
            ("send hello", send("hello")),
            ("wait for visit", c.WaitFor("visit", None, "v", days(3), True, 3, 3)),
            ("split s", c.Split("s", (c.Arm("a", Decimal("0.5"), 4), c.Arm("b", Decimal("0.5"), 5)))),
            ("set", c.SetField("loyalty", constant("gold"), TEXT)),
        ],
        exits=[c.ExitWhen(c.Membership("spenders", type=BOOLEAN), "exit when in spenders")],
        goal=c.Goal("purchase", None, days(2)),
        ends_after=days(5),
    )
    return shop.program()


HAPPENINGS: list[tuple[str, str, dict[str, Any]]] = [
    ("visit", "2026-03-01 10:00", {}),
    ("cart_abandoned", "2026-03-01 11:00", {"total": "5 EUR"}),
    ("visit", "2026-03-01 11:30", {}),
    ("purchase", "2026-03-02 09:00", {"total": "15 EUR"}),
    ("purchase", "2026-03-07 09:00", {"total": "15 EUR"}),
    ("", "2026-03-08 00:00", {}),
    ("cart_abandoned", "2026-03-09 11:00", {"total": "5 EUR"}),
    ("visit", "2026-03-20 11:30", {}),
]


records_of_a_life = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["visit", "visit", "cart_abandoned", "purchase", ""]),
        st.integers(0, 3),
        st.sampled_from([None, "DE"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(life=records_of_a_life, looks=st.lists(st.integers(0, 4000), max_size=12))
def test_looking_in_between_changes_nothing(life: list[Any], looks: list[int]) -> None:
    program = busy()
    start, half_day = at("2026-03-01"), 43_200_000_000
    left_alone, looked_at = Story(program), Story(program)
    for half_days, event, late, country in sorted(life, key=lambda one: one[0]):
        now = start + half_days * half_day
        profile = {"email": "ada@example.com", **({"country": country} if country else {})}
        for look in sorted(looks):
            moment = start + look * half_day // 100
            if len(looked_at.people) and looked_at.person.clock < moment < now:
                looked_at.time(moment)
                looked_at.people = type(looked_at.people).from_documents(
                    json_copy(looked_at.people.to_documents())
                )
        for story in (left_alone, looked_at):
            story.happens(event, now, happened=now - late * half_day, profile=profile, total="15 EUR")
    for story in (left_alone, looked_at):
        story.time("2026-05-01")
        assert story.person.wake is None or story.person.wake > story.person.clock
    assert repr(left_alone.effects) == repr(looked_at.effects)
    assert left_alone.person.to_document() == looked_at.person.to_document()
    times = [effect.at for effect in left_alone.effects]
    assert times == sorted(times)


def test_a_date_beyond_the_calendar_fails_its_step_alone() -> None:
    story = Story(one_wait(c.WaitUntil(person("birthday"), NINE, frozenset({0}))))
    story.happens("visit", "2026-03-06 10:00", profile={"email": "ada@example.com", "birthday": "9999-12-31"})
    assert [kind for kind, _ in story.said()] == ["started", "failed", "sent", "ended"]


def test_a_crash_and_restart_between_any_two_records_changes_nothing() -> None:
    program = busy()
    through, restarted = Story(program), Story(program)
    for event, moment, properties in HAPPENINGS:
        through.happens(event, moment, **copy.deepcopy(properties))
        restarted.happens(event, moment, **copy.deepcopy(properties))
        restarted.people = type(restarted.people).from_documents(json_copy(restarted.people.to_documents()))
        assert restarted.people.to_documents() == json_copy(through.people.to_documents())
    assert repr(through.effects) == repr(restarted.effects)
    assert len(through.outbox()) >= 2


def test_a_step_is_pure() -> None:
    program = busy()
    story = Story(program)
    for event, moment, properties in HAPPENINGS:
        before = json_copy(story.person.to_document()) if len(story.people) else None
        story.happens(event, moment, **properties)
        if before is None:
            continue
        record = Record(
            f"r{story.count}", event, at(moment), at(moment), dict(story.profile), dict(properties)
        )
        outcomes = []
        for _ in range(2):
            who = Person.from_document(json_copy(before))
            effects = step(program, who, record, at(moment))
            outcomes.append((repr(effects), json_copy(who.to_document())))
        assert outcomes[0] == outcomes[1]


def json_copy(value: Any) -> Any:
    import json

    return json.loads(json.dumps(value))
