"""Somebody asks why, and why not: each answer is true of the moment it is about, and says what decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sojourn.interpreter.why.subjects import UnknownSubject
from tests.why.conftest import Town, when

Found = Callable[[str], Town]

RESCUE = """\
journey rescue
  start on cart where total > 20 EUR
  exit on purchase where total > 5 EUR
  again after 7 days

  wait 1 hour
  if loyalty is gold and points >= 10
    send reminder
  else
    send reminder
  wait 2 days
"""

CONSENTS = {"consent.offers": True}


def test_a_condition_shows_what_it_saw_then_and_what_it_would_see_now(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "cart", total="59 EUR", profile={"loyalty": "gold", **CONSENTS})
    shop.comes("02 12:00", profile={"points": 12})
    told = shop.told("rescue")
    assert "ada@example.com is in rescue: waits at “wait 2 days” until 2026-03-04 11:00." in told
    assert "✓ total > 20 EUR: total is 59 EUR" in told
    assert "✗ all of these  → now ✓" in told
    assert "✓ loyalty is gold: loyalty is gold" in told
    assert "✗ points >= 10: points is missing  → now ✓: points is 12" in told
    assert "town.journey:35" in told  # where `if` stands


def test_what_a_journey_itself_has_set_is_part_of_then(town: Found) -> None:
    shop = town("""\
journey climb
  start on visit
  set points to 3
  if points is 3
    set points to 4
  if points is 4
    wait 1 day
""")
    shop.comes("02 10:00", "visit")
    shop.comes("02 11:00", profile={"points": 9})
    told = shop.told("climb")
    assert "✓ points is 3: points is 3  → now ✗: points is 9" in told
    assert "✓ points is 4: points is 4  → now ✗: points is 9" in told


def test_an_event_that_did_not_start_the_journey_says_which_value_was_wrong(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "cart", total="20 EUR")
    told = shop.told("rescue")
    assert "ada@example.com never entered rescue." in told
    assert "2026-03-02 10:00  cart came, and did not start it" in told
    assert "✗ total > 20 EUR: total is 20 EUR" in told
    assert "It would have started with total > 20 EUR (total is 20 EUR)." in told


def test_again_is_told_with_the_day_from_which_it_may_be(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "cart", total="59 EUR")
    shop.comes("02 10:30", "purchase", total="59 EUR")
    shop.comes("05 09:00", "cart", total="70 EUR")
    told = shop.told("rescue")
    assert "the last run ended on 2026-03-02 10:30, “exit on purchase where total > 5 EUR”" in told
    assert "✓ total > 5 EUR: total is 59 EUR" in told
    assert "a new one may begin from 2026-03-09 10:30" in told


def test_one_run_at_a_time(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "cart", total="59 EUR")
    shop.comes("02 10:20", "cart", total="80 EUR")
    shop.comes("02 10:30", "purchase", total="59 EUR")
    reasons = [b.text for account in shop.why("rescue").accounts for b in account.because]
    assert not any("under way since" in reason for reason in reasons)  # it came before the last run ended
    shop = town("journey slow\n  start on cart\n  again never\n  wait 1 day\n")
    shop.comes("02 10:00", "cart")
    shop.comes("05 10:00", "cart")
    assert "again never: a run ended on 2026-03-03 10:00" in shop.told("slow")


def test_an_import_starts_nothing_and_says_so(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "cart", total="59 EUR", quiet=True)
    assert "it was brought in by an import, which starts no journeys" in shop.told("rescue")


def test_consent_that_nobody_gave(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "cart", total="59 EUR")
    shop.comes("02 12:00", profile=CONSENTS)
    told = shop.told("reminder")
    assert (
        "reminder was not sent to ada@example.com on 2026-03-02 11:00, because: no consent to offers." in told
    )
    assert "✗ consent to offers (opt in): consent.offers is missing  → now ✓: consent.offers is true" in told
    assert "It would have gone out by email with consent to offers (opt in)." in told
    assert "Now reminder could go out" in told


def test_a_limit_says_what_it_counted_and_when_it_is_free_again(town: Found) -> None:
    shop = town("""\
limit offers to 1 message per 7 days
journey often
  start on visit
  again always
  send reminder
""")
    shop.comes("02 10:00", "visit", profile=CONSENTS)
    shop.comes("03 10:00", "visit")
    told = shop.told("reminder")
    assert "Not sent, by “send reminder” in often: limit offers to 1 message per 7 days" in told
    assert "1 of 1 so far, the last on 2026-03-02 10:00; the next may go from 2026-03-09 10:00" in told
    assert "✓ consent to offers (opt in): consent.offers is true" in told


def test_quiet_hours_hold_and_say_until_when(town: Found) -> None:
    shop = town("""\
quiet hours from 21:00 to 8:00 on email in timezone otherwise "UTC"
journey late
  start on visit
  send reminder
""")
    shop.comes("02 22:00", "visit", profile=CONSENTS)
    told = shop.told("reminder")
    assert "reminder is held for ada@example.com until 2026-03-03 08:0" in told
    assert (
        "✗ outside quiet hours from 21:00 to 8:00 on email: it is 22:00 in UTC, until 2026-03-03 08:00"
        in told
    )
    assert "is held at “send reminder” until 2026-03-03 08:0" in shop.told("late")


def test_a_suppressed_address(town: Found) -> None:
    shop = town("journey hello\n  start on visit\n  send reminder\n")
    shop.comes("02 10:00", "message_bounced", profile=CONSENTS, kind="hard", channel="email")
    shop.comes("03 10:00", "visit")
    told = shop.told("reminder")
    assert "✗ the address is not suppressed: suppressed (hard bounce) since 2026-03-02 10:00" in told


def test_a_delivery_that_failed_and_one_that_is_tried_again(town: Found) -> None:
    shop = town("journey hello\n  start on visit\n  send reminder\n")
    shop.comes("02 10:00", "visit", profile=CONSENTS)
    assert "waits in the outbox" in shop.told("reminder")
    shop.delivered(False, "450 try later", again=when("02 10:10"))
    assert "after 1 try: 450 try later, tried again from 2026-03-02 10:10" in shop.told("reminder")
    shop.passes("02 11:00")
    shop.delivered(False, "550 no such mailbox")
    told = shop.told("reminder")
    assert (
        "reminder did not reach ada@example.com: delivery failed on 2026-03-02 11:00: 550 no such mailbox."
        in told
    )
    assert "✗ delivery: delivery failed on 2026-03-02 11:00: 550 no such mailbox" in told


def test_a_holdout_is_an_arm_like_others(town: Found) -> None:
    shop = town("""\
journey tried
  start on visit
  split first
    0.001% writes
      send reminder
    rest holdout
      stop
""")
    shop.comes("02 10:00", "visit", profile=CONSENTS)
    told = shop.told("reminder")
    assert "reminder was never about to go to ada@example.com" in told
    assert (
        "split first: holdout: 0.001% writes, 99.999% holdout; by a hash of who it is, the same every time"
        in told
    )


def test_an_audience_left_by_time_shows_both_sides_of_the_moment(town: Found) -> None:
    shop = town("audience fresh\n  has visit in last 2 days\n  and no purchase in last 30 days\n")
    shop.comes("02 10:00", "visit")
    told = shop.told("fresh")
    assert "ada@example.com is in fresh since 2026-03-02 10:00." in told
    assert "If nothing else happens, ada@example.com leaves fresh on 2026-03-04 10:00, by time alone." in told
    assert "would not be in fresh with no visit in last 2 days or has purchase in last 30 days." in told
    shop.passes("06 00:00")
    told = shop.told("fresh")
    assert "ada@example.com is not in fresh: left on 2026-03-04 10:00, by time alone." in told
    assert "✗ has visit in last 2 days: no visit" in told
    assert "✓ no purchase in last 30 days: no purchase" in told
    assert "would be in fresh with has visit in last 2 days." in told


def test_a_missing_field_is_named_as_what_decided(town: Found) -> None:
    shop = town('audience germans\n  country is "DE" and not points > 3\n')
    shop.comes("02 10:00", "visit")
    found = shop.why("germans")
    tree = found.accounts[-1].because[0]
    country = tree.parts[0]
    assert country.decides and country.facts[0].missing and str(country.facts[0]) == "country is missing"
    assert tree.parts[1].truth is True and not tree.parts[1].decides
    assert (
        found.accounts[-1].different
        == 'ada@example.com would be in germans with country is "DE" (country is missing).'
    )


def test_a_rule_that_was_another_then_is_told_as_it_was(town: Found) -> None:
    shop = town("audience keen\n  has visit at least 1 time\n")
    shop.comes("02 10:00", "visit")
    shop.passes("03 00:00")
    shop.becomes("audience keen\n  has visit at least 3 times\n")
    told = shop.told("keen")
    assert "ada@example.com is not in keen any more." in told
    assert "The rule has been changed since then; below stands how it was." in told
    assert "✓ has visit: 1 visit, on 2026-03-02 10:00" in told
    assert "✗ has visit at least 3 times: 1 visit, on 2026-03-02 10:00" in told


def test_events_that_were_dropped_after_their_time_are_named(town: Found) -> None:
    text = "dataset web\n  holds visit, cart, purchase\n  from http\n  keep 5 days\n\naudience known\n  has visit\n"
    shop = town(text)
    shop.comes("01 10:00", profile={"points": 1})
    shop.comes("02 10:00", "visit")
    shop.passes("20 00:00")
    while shop.writer.drop_old():
        pass
    assert shop.store.one("SELECT count(*) FROM event") == 1
    told = shop.told("known")
    assert "ada@example.com is in known since 2026-03-02 10:00." in told  # what was counted of them stands
    assert (
        "What decided then is not stored any more: events are dropped after their time (visit before 2026-03-"
        in told
    )
    assert "no visit; those before 2026-03-15 00:00 are not stored any more" in told


def test_the_story_without_a_subject(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "cart", total="59 EUR", profile=CONSENTS)
    shop.passes("02 11:30")
    told = shop.told()
    assert "ada@example.com is in 1 journey and no audience, and was sent 1 message." in told
    assert "rescue, since 2026-03-02 10:00: waits at “wait 2 days” until 2026-03-04 11:00" in told
    assert "reminder by email: waits in the outbox" in told


def test_an_offer_says_what_it_asks_and_how_often_it_was_given(town: Found) -> None:
    shop = town("""\
offer tenner
  when points >= 5
  title "Ten off"
  at most 2 times per person

decision best
  from tenner
  pick 1 by priority
""")
    shop.comes("02 10:00", profile={"points": 3})
    told = shop.told("tenner")
    assert (
        "tenner was never given to ada@example.com; it does not fit now, because its condition is not true."
        in told
    )
    assert "✗ points >= 5: points is 3" in told
    assert "✓ at most 2 times per person: given 0 of 2 times" in told


def test_a_name_that_means_nothing_is_refused_with_those_that_do(town: Found) -> None:
    shop = town(RESCUE)
    shop.comes("02 10:00", "visit")
    with pytest.raises(
        UnknownSubject, match="There is no journey, message, audience, offer or attribute “rescu”"
    ):
        shop.why("rescu")


def test_quiet_hours_are_told_by_the_clock_they_are_meant_in(town: Found) -> None:
    shop = town("""\
quiet hours from 21:00 to 8:00 on email in timezone otherwise "Asia/Tokyo"
journey late
  start on visit
  send reminder
""")
    shop.comes("02 13:00", "visit", profile=CONSENTS)
    told = shop.told("reminder")
    assert (
        "✗ outside quiet hours from 21:00 to 8:00 on email: it is 22:00 in Asia/Tokyo, until 2026-03-02 23:00"
        in told
    )


def test_a_message_that_expired_while_it_was_held(town: Found) -> None:
    shop = town("""\
quiet hours from 21:00 to 8:00 on email in timezone otherwise "UTC"
journey late
  start on visit
  send reminder expires after 2 hours
""")
    shop.comes("02 22:00", "visit", profile=CONSENTS)
    shop.passes("03 09:00")
    told = shop.told("reminder")
    assert (
        "reminder was not sent to ada@example.com on 2026-03-03 00:00, because: it expired 2 hours after the send."
        in told
    )
    assert "✗ it expired 2 hours after the send" in told


def test_a_paused_journey_says_so(town: Found) -> None:
    from sojourn.interpreter.runtime.control import say

    shop = town(RESCUE)
    shop.comes("01 10:00", profile=CONSENTS)
    say(shop.store.path, "rescue", "pause", shop.clock.now())
    shop.writer.take_controls()
    shop.comes("02 10:00", "cart", total="59 EUR")
    told = shop.told("rescue")
    assert "rescue was paused; it begins when the journey is resumed" in told
    assert "✗ rescue is paused" in told
    assert "enters rescue when it is resumed" in shop.told()


def test_an_exit_by_a_condition_shows_its_values(town: Found) -> None:
    shop = town(
        "journey wait_for_gold\n  start on visit\n  exit when loyalty is gold or points > 100\n  wait 10 days\n"
    )
    shop.comes("02 10:00", "visit")
    assert "exit when loyalty is gold or points > 100: not so far" in shop.told("wait_for_gold")
    shop.comes("03 10:00", profile={"points": 120})
    told = shop.told("wait_for_gold")
    assert "wait_for_gold ended: exit when loyalty is gold or points > 100" in told
    assert "✗ loyalty is gold: loyalty is bronze" in told
    assert "✓ points > 100: points is 120" in told


def test_before_two_became_one_each_had_a_history_of_their_own(town: Found) -> None:
    """A browser's visit becomes Ada's when she signs in; what was decided about her before knows nothing of it."""
    shop = town("""\
journey hello
  start on purchase
  if has visit
    wait 1 day
  else
    wait 2 days
""")
    shop.comes("02 09:00", "visit", who="", profile={"device_id": "d-1"})
    shop.comes("02 10:00", "purchase", total="5 EUR")
    shop.comes("02 11:00", who="ada@example.com", profile={"device_id": "d-1"})
    told = shop.told("hello")
    assert "if has visit: no → else" in told
    assert "✗ has visit" in told and "→ now ✓" in told
    assert "came out otherwise" not in told and "come out otherwise" not in told
