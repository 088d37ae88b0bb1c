"""Each kind of `expect`, holding and not holding, and the sentence that says what happened instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Why = Callable[[str], list[str]]

ABANDONED = """
profile email = "ada@example.com", first_name = "Ada", timezone = "Europe/Paris", consent.offers = true
choose plain in first_touch
at 2026-03-02 10:00
  cart_abandoned cart_id = "c1", total = 59 EUR
"""

WAITS = "cart_rescue waits at “wait for visit as seen, up to 1 day” until 2026-03-03 11:00"


def story(*lines: str) -> str:
    return ABANDONED + "\n".join(lines)


@pytest.mark.parametrize(
    "expect",
    [
        "sent cart_reminder",
        "sent cart_reminder by email",
        "sent cart_reminder by email at 2026-03-02 11:00",
        'sent cart_reminder with subject containing "WAITING"',
        'sent cart_reminder with subject is "Hi Ada, your cart is waiting"',
        "sent cart_reminder 1 times",
        "not sent cart_reminder by sms",
        "not sent cart_reminder at 2026-03-02 10:59",
        "not sent last_call",
        "cart_rescue started",
        "cart_rescue started 1 times",
        "cart_rescue not ended",
        "cart_rescue not converted",
        'waiting at "wait for visit" in cart_rescue',
        "say_thanks not started",
        "lifetime_value is missing",
        "not in vips",
        "loyalty is bronze",
    ],
)
def test_what_happened_is_accepted(why: Why, expect: str) -> None:
    assert why(story("after 61 minutes", f"expect {expect}")) == []


@pytest.mark.parametrize(
    ("expect", "instead"),
    [
        (
            "sent cart_reminder by sms",
            "cart_reminder was sent by email at 2026-03-02 11:00, but the test says by sms",
        ),
        (
            "sent cart_reminder at 2026-03-02 10:30",
            "cart_reminder was sent by email at 2026-03-02 11:00, but the test says at 2026-03-02 10:30",
        ),
        (
            'sent cart_reminder at 2026-03-02 10:00 in "America/New_York"',
            "cart_reminder was sent by email at 2026-03-02 05:00 in America/New_York, but the test says at "
            "2026-03-02 10:00 in America/New_York",
        ),
        (
            'sent cart_reminder with subject containing "bike"',
            "the subject of cart_reminder is “Hi Ada, your cart is waiting”, which does not contain “bike”",
        ),
        (
            'sent cart_reminder with subject is "Hi"',
            "the subject of cart_reminder is “Hi Ada, your cart is waiting”, but the test says “Hi”",
        ),
        (
            "sent cart_reminder 2 times",
            "cart_reminder was sent once (by email at 2026-03-02 11:00), but the test says 2 times",
        ),
        (
            "sent last_call",
            f"last_call was not sent: {WAITS}",
        ),
        ("sent thanks", "thanks was not sent: say_thanks has not started"),
        ("not sent cart_reminder", "cart_reminder was sent by email at 2026-03-02 11:00"),
        (
            'not sent last_call because "consent"',
            f"no send of last_call was skipped: {WAITS}",
        ),
        ("cart_rescue not started", "cart_rescue started at 2026-03-02 10:00"),
        (
            "cart_rescue started 2 times",
            "cart_rescue started once (at 2026-03-02 10:00), but the test says 2 times",
        ),
        ("say_thanks started", "say_thanks has not started"),
        (
            "cart_rescue ended",
            f"cart_rescue has not ended: {WAITS}",
        ),
        ("say_thanks ended", "say_thanks has not started"),
        (
            'waiting at "wait 1 hour" in cart_rescue',
            f"{WAITS}, but the test says “wait 1 hour”",
        ),
        (
            "cart_rescue converted",
            f"cart_rescue has not converted: {WAITS}",
        ),
        ("lifetime_value is 59 EUR", "lifetime_value is missing"),
        ("in vips", "not in vips (lifetime_value is missing)"),
        ("loyalty is gold", "loyalty is bronze"),
    ],
)
def test_what_did_not_happen_is_told_with_what_did(why: Why, expect: str, instead: str) -> None:
    assert why(story("after 61 minutes", f"expect {expect}")) == [instead]


def test_the_end_of_a_run_is_told_with_its_reason(why: Why) -> None:
    bought = story("after 30 minutes", "  purchase total = 159.90 EUR", "after 2 hours")
    assert why(bought + '\nexpect cart_rescue ended because "exit on purchase"') == []
    assert why(bought + '\nexpect cart_rescue ended because "EXIT"\nexpect cart_rescue converted') == []
    assert why(bought + "\nexpect in vips\nexpect lifetime_value is 159.90 EUR and orders is 1") == []
    assert why(bought + '\nexpect cart_rescue ended because "stop"') == [
        "cart_rescue ended at 2026-03-02 10:30 because of “exit on purchase”, but the test says “stop”"
    ]
    assert why(bought + "\nexpect cart_rescue not ended") == [
        "cart_rescue ended at 2026-03-02 10:30 because of “exit on purchase”"
    ]
    assert why(bought + "\nexpect cart_rescue not converted") == ["cart_rescue converted at 2026-03-02 10:30"]
    assert why(bought + "\nexpect sent cart_reminder") == [
        "cart_reminder was not sent: cart_rescue ended at 2026-03-02 10:30 because of “exit on purchase”"
    ]
    assert why(bought + '\nexpect waiting at "wait" in cart_rescue') == [
        "cart_rescue ended at 2026-03-02 10:30 because of “exit on purchase”"
    ]


def test_a_condition_that_is_false_shows_the_values_it_looked_at(why: Why) -> None:
    bought = story("after 30 minutes", "  purchase total = 59 EUR")
    assert why(bought + "\nexpect lifetime_value is 60 EUR") == ["lifetime_value is 59 EUR"]
    assert why(bought + "\nexpect lifetime_value > 60 EUR and orders >= 2") == [
        "lifetime_value is 59 EUR; orders is 1"
    ]
    assert why(bought + "\nexpect not in vips\nexpect in vips") == ["not in vips (lifetime_value is 59 EUR)"]
    assert why(bought + "\nexpect country is known") == ["country is missing"]
    assert why(bought + "\nexpect has purchase at least 3 times") == ["count of purchase is 1"]


def test_a_send_without_consent_is_explained(why: Why) -> None:
    silent = """
    profile email = "cy@example.com"
    choose plain in first_touch
    at 2026-03-02 10:00
      cart_abandoned cart_id = "c3", total = 59 EUR
    after 2 hours
    """
    assert why(silent + 'expect not sent cart_reminder because "consent"') == []
    assert (
        why(silent + 'expect not sent cart_reminder because "CONSENT"\n    expect not sent last_call') == []
    )
    (sentence,) = why(silent + "expect sent cart_reminder")
    assert sentence.startswith("cart_reminder was not sent at 2026-03-02 11:00: ") and "consent" in sentence
    (sentence,) = why(silent + 'expect not sent cart_reminder because "quiet hours"')
    assert sentence.startswith("cart_reminder was not sent because of “") and sentence.endswith(
        "”, but the test says “quiet hours”"
    )


def test_choosing_an_arm_decides_the_split(why: Why) -> None:
    discount = ABANDONED.replace("choose plain", "choose discount") + "after 2 hours\n"
    assert why(discount + 'expect sent cart_reminder with body containing "BACK10"') == []
    assert why(ABANDONED + 'after 2 hours\nexpect sent cart_reminder with body containing "BACK10"') == [
        "the body of cart_reminder is “<p></p>”, which does not contain “BACK10”"
    ]


def test_a_reason_is_about_one_send_whatever_became_of_others(why) -> None:
    first_without_consent = """\
        profile email = "ada@example.com"
        choose plain in first_touch
        at 2026-03-02 10:00
          cart_abandoned cart_id = "c1", total = 59 EUR
        at 2026-03-05 10:00
          subscribed topic = "offers"
          cart_abandoned cart_id = "c2", total = 59 EUR
        after 2 hours
        expect sent cart_reminder 1 time
        """
    assert why(first_without_consent + 'expect not sent cart_reminder because "consent"') == []
    assert (
        why(first_without_consent + 'expect not sent cart_reminder at 2026-03-02 11:00 because "consent"')
        == []
    )
    (found,) = why(first_without_consent + 'expect not sent cart_reminder because "limit"')
    assert "was not sent because of “no consent to offers”" in found
    (found,) = why(first_without_consent + "expect not sent cart_reminder")
    assert found.startswith("cart_reminder was sent by email at 2026-03-05 11:00")
