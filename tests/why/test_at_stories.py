"""Somebody asks as of a moment of the past: what was known then decides, by the rules that ran then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sojourn.interpreter.runtime.control import say
from sojourn.interpreter.runtime.writer import Outcome
from sojourn.interpreter.why.subjects import UnknownSubject
from sojourn.interpreter.why.then import NotYetKnown
from tests.why.conftest import Town, when

Found = Callable[[str], Town]

RULES = """\
audience germans
  country is "DE"
  and points >= 10

journey rescue
  start on cart where total > 20 EUR
  exit on purchase
  again after 7 days

  wait 1 day
  send reminder
  wait 2 days
"""

CONSENTS = {"consent.offers": True}


def test_what_was_known_then_decides(town: Found) -> None:
    shop = town(RULES)
    shop.comes("02 10:00", profile={"country": "DE", "points": 4})
    shop.comes("03 10:00", profile={"points": 12})
    shop.comes("04 10:00", profile={"country": "FR"})
    then = shop.told("germans", at="02 12:00")
    assert then.startswith("As of 2026-03-02 12:00: ada@example.com is not in germans, and never was.")
    assert "At that moment" in then and "✗ points >= 10: points is 4" in then
    assert "would be in germans with points >= 10 (points is 4)." in then
    assert "Now" not in then and "now" not in then
    then = shop.told("germans", at="03 12:00")
    assert "As of 2026-03-03 12:00: ada@example.com is in germans since 2026-03-03 10:00." in then
    then = shop.told("germans", at="05 12:00")
    assert "is not in germans: left on 2026-03-04 10:00, by what came in." in then
    assert shop.told("germans", at="02 10:00").startswith("As of 2026-03-02 10:00: ada@example.com is not")


def test_a_journey_stands_where_it_stood(town: Found) -> None:
    shop = town(RULES)
    shop.comes("02 10:00", "cart", total="59 EUR", profile=CONSENTS)
    shop.passes("03 10:30")
    shop.delivered(sent=True)
    shop.comes("03 12:00", "purchase", total="5 EUR")
    shop.passes("20 00:00")
    early = shop.told("rescue", at="02 20:00")
    assert "is in rescue: waits at “wait 1 day” until 2026-03-03 10:00." in early
    assert "At that moment it waits at “wait 1 day” until 2026-03-03 10:00." in early
    assert "exit on purchase: none came so far" in early
    late = shop.told("rescue", at="03 11:00")
    assert "waits at “wait 2 days” until 2026-03-05 10:00" in late
    assert "is not in rescue: the last run ended on 2026-03-03 12:00" in shop.told("rescue", at="04 10:00")
    assert "again after 7 days" in shop.told("rescue", at="04 10:00")
    before = shop.told("reminder", at="02 20:00")
    assert "reminder was never about to go to ada@example.com" in before
    pending = shop.told("reminder", at="03 10:10")
    assert "is on its way to ada@example.com since 2026-03-03 10:00: waits in the outbox" in pending
    sent = shop.told("reminder", at="03 10:30")
    assert "reminder went out to ada@example.com by email on 2026-03-03 10:00." in sent
    story = shop.told(at="02 20:00")
    assert "is in 1 journey and no audience, and was sent no message" in story


def test_the_rules_that_ran_then_decide_and_it_is_said(town: Found) -> None:
    shop = town(RULES)
    shop.comes("02 10:00", profile={"country": "DE", "points": 12})
    shop.passes("05 00:00")
    shop.becomes(RULES.replace("points >= 10", "points >= 20").replace("journey rescue", "journey saving"))
    while shop.writer.sweeping:
        shop.writer.sweep()
    shop.passes("06 00:00")
    assert "is not in germans" in shop.told("germans")
    then = shop.told("germans", at="04 00:00")
    assert "is in germans since 2026-03-02 10:00" in then and "points >= 10" in then
    assert "Told is by the rules that ran then; they have been changed since." in then
    assert "never entered rescue" in shop.told("rescue", at="04 00:00")
    with pytest.raises(UnknownSubject, match=r"On 2026-03-04 00:00 there was no journey, .* “saving”"):
        shop.why("saving", at="04 00:00")
    assert "they have been changed since" not in shop.told("germans", at="05 12:00")


def test_two_who_became_one_later_are_two_then(town: Found) -> None:
    """Ada reads on her tablet before she says who she is."""
    shop = town(RULES)
    shop.comes("01 10:00", profile=CONSENTS)
    shop.comes("02 10:00", "cart", who="", total="59 EUR", profile={"device_id": "tablet", "points": 3})
    shop.comes("02 12:00", profile={"device_id": "tablet"})
    assert "is in rescue" in shop.told("rescue")
    apart = shop.told("rescue", at="02 11:00")
    assert "ada@example.com never entered rescue." in apart
    assert "By then nobody knew that tablet was the same person: that is left out." in apart
    assert "is in rescue: waits at" in shop.told("rescue", who="device_id:tablet", at="02 11:00")
    assert "By then nobody knew that ada@example.com" in shop.told("rescue", who="tablet", at="02 11:00")
    assert "is in rescue: waits at" in shop.told("rescue", at="02 12:00")
    with pytest.raises(NotYetKnown) as refused:
        shop.why("rescue", at="01 09:00")
    assert refused.value.first == when("01 10:00")


def test_what_was_said_of_a_journey_by_hand_by_then(town: Found) -> None:
    shop = town(RULES)
    shop.comes("02 09:00")
    shop.passes("02 10:00")
    say(shop.store.path, "rescue", "pause", when("02 10:00"))
    shop.passes("04 10:00")
    say(shop.store.path, "rescue", "resume", when("04 10:00"))
    shop.passes("05 10:00")
    assert "rescue is paused" not in shop.told("rescue", at="02 09:30")
    assert "rescue is paused" in shop.told("rescue", at="03 10:00")
    assert "rescue is paused" not in shop.told("rescue")


def test_an_address_that_bounced_later_was_good_then(town: Found) -> None:
    shop = town(RULES)
    shop.comes("02 10:00", "cart", total="59 EUR", profile=CONSENTS)
    shop.passes("03 10:00")
    (number, key) = shop.store.rows("SELECT number, key FROM outbox")[0]
    shop.passes("03 11:00")
    from sojourn.interpreter.runtime.channels import Message

    message = Message(
        number, key, 1, when("03 10:00"), "reminder", "email", "ada@example.com", {}, "rescue", "", ""
    )
    shop.writer.record_outcomes([Outcome(number, False, "550 no such user", None, bounced=message)])
    shop.passes("04 10:00")
    assert "✗ the address is not suppressed: suppressed (hard bounce) since 2026-03-03 11:00" in shop.told(
        "reminder"
    )
    assert "suppressed (hard bounce)" in shop.told("reminder", at="03 12:00")
    assert "suppressed (hard bounce)" not in shop.told("reminder", at="03 10:30")


def test_what_is_not_stored_any_more_is_said(town: Found) -> None:
    shop = town(
        "dataset web\n  holds cart, visit, purchase\n  from http\n  keep 1 month\n\n"
        "audience shoppers\n  has cart at least 2 times in last 20 days\n"
    )
    shop.comes("01 10:00", "cart", total="5 EUR")
    shop.comes("02 10:00", "cart", total="5 EUR")
    shop.comes("02 12:00", profile={"country": "DE"})
    shop.comes("03 12:00", "visit", who="ben@example.com")
    shop.passes("31 10:00")
    shop.clock.advance(when("31 10:00") + 20 * 86_400_000_000)
    while shop.writer.drop_old():
        pass
    then = shop.told("shoppers", at="10 10:00")
    assert "Not stored any more: cart before 2026-03-" in then
    assert "What depended on these events is not known as it was then." in then
    assert "Whether ada@example.com is in shoppers is not known" in then
    assert "recorded is that they entered on 2026-03-02 10:00" in then
    with pytest.raises(NotYetKnown) as refused:
        shop.why("shoppers", who="ben@example.com", at="10 10:00")
    assert refused.value.gone
