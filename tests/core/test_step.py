"""What a step does: audiences to the instant, journeys from start to end."""

from __future__ import annotations

from tests.core.building import (
    TEXT,
    Shop,
    Story,
    at,
    both,
    c,
    compare,
    constant,
    days,
    event_field,
    exit_on,
    hours,
    instant,
    money,
    on,
    send,
)


def cart_rescue() -> Shop:
    shop = Shop()
    lapsed = both(shop.has("purchase", last=days(180)), shop.no("purchase", last=days(30)))
    shop.audience("lapsing", lapsed)
    vips = shop.audience("vips", compare(">=", shop.history("sum", "purchase", "total"), money("1000 EUR")))
    shop.message(
        "reminder",
        "offers",
        email={"subject": "Hi {{ profile.first_name }}", "body": "<p>{{ event.items[0].product.name }}</p>"},
        sms={"text": "{{ event.total }}{% if code %} {{ code }}{% endif %} {{ link('cart') }}"},
    )
    shop.message("thanks", "service", email={"subject": "Thanks", "body": "ok"})
    shop.journey(
        "cart_rescue",
        [on("cart_abandoned", compare(">", event_field("cart_abandoned", "total"), money("20 EUR")))],
        [
            ("wait 1 hour", c.Wait(hours(1))),
            ("if in vips", c.Branch((("if in vips", vips, 2),), 3)),
            ("send reminder by sms", send("reminder", "sms", code="VIP"), 4),
            ("send reminder", send("reminder"), 4),
            ("wait for visit", c.WaitFor("visit", None, "seen", days(1), False, 5, 6)),
            ("set loyalty to silver", c.SetField("loyalty", constant("silver"), TEXT), 7),
            ("send thanks", send("thanks"), 7),
        ],
        again="after",
        again_after=days(7),
        exits=[exit_on("purchase")],
        goal=c.Goal("purchase", None, days(3)),
    )
    return shop


CART = {"cart_id": "c1", "total": "59 EUR", "items": [{"product": "p1"}]}


def test_a_cart_that_is_left_brings_a_reminder_after_an_hour() -> None:
    story = Story(cart_rescue().program(), first_name="Ada", **{"consent.offers": True})
    story.happens("cart_abandoned", "2026-03-02 10:00", **CART)
    assert story.outbox() == []
    story.time("2026-03-02 10:59")
    assert story.outbox() == []
    story.time("2026-03-05 00:00")
    sent = story.outbox()
    assert [(o.message, o.channel, instant(o.at), o.parts) for o in sent] == [
        ("reminder", "email", "2026-03-02 11:00", {"subject": "Hi Ada", "body": "<p>Blue shoes</p>"}),
        ("thanks", "email", "2026-03-03 11:00", {"subject": "Thanks", "body": "ok"}),
    ]
    assert story.said() == [
        ("started", "cart_abandoned"),
        ("waiting", at("2026-03-02 11:00")),
        ("branched", "else"),
        ("sent", "reminder"),
        ("waiting", "visit"),
        ("branched", "timed out"),
        ("sent", "thanks"),
        ("ended", "finished"),
    ]


def test_whoever_buys_is_left_alone_and_counts_as_converted() -> None:
    story = Story(cart_rescue().program(), **{"consent.offers": True})
    story.happens("cart_abandoned", "2026-03-02 10:00", **CART)
    story.happens("purchase", "2026-03-02 10:30", total="59 EUR")
    story.time("2026-03-08 00:00")
    assert story.outbox() == []
    assert story.said("converted", "ended") == [("converted", "purchase"), ("ended", "exit on purchase")]
    story.happens("cart_abandoned", "2026-03-09 10:29:59", **CART)
    assert len(story.said("started")) == 1
    story.happens("cart_abandoned", "2026-03-10 10:30", **CART)
    assert len(story.said("started")) == 2


def test_without_consent_nothing_goes_out_and_the_reason_is_recorded() -> None:
    story = Story(cart_rescue().program())
    story.happens("cart_abandoned", "2026-03-02 10:00", **CART)
    story.time("2026-03-02 12:00")
    assert story.outbox() == []
    assert ("not sent", "no consent to offers") in story.said()


def test_lapsing_begins_and_ends_at_the_microsecond() -> None:
    story = Story(cart_rescue().program())
    story.happens("purchase", "2026-01-01 14:05:07.000001", total="10 EUR")
    story.time("2027-01-01 00:00")
    assert story.said() == [("entered", "lapsing"), ("left", "lapsing")]
    assert story.when("entered") == ["2026-01-31 14:05:07.000001"]
    assert story.when("left") == ["2026-06-30 14:05:07.000001"]
