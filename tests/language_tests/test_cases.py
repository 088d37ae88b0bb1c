"""Tables of cases, history, other clocks, and what becomes of messages and calls: what a test can say."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from sojourn.dsl.format import format_file
from sojourn.dsl.messages import sentence
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import TestResult, run_tests
from tests.language_tests.conftest import SHOP

Why = Callable[[str], list[str]]
Run = Callable[[str], list[TestResult]]

TABLE = """\
test "a cart is followed up by its total"
  each
    case                  | total     | loyalty | reminders | mails
    "too small"           | 20 EUR    | gold    | 0         | 0
    "just over the limit" | 20.01 EUR | gold    | 1         | 1
    "nobody said a club"  | 59 EUR    |         | 1         | 1
  profile email = "ada@example.com", consent.offers = true, loyalty = row.loyalty
  choose plain in first_touch
  at 2026-03-02 10:00
    cart_abandoned cart_id = "c1", total = row.total
  after 1 hour
  expect sent cart_reminder row.mails times
  expect cart_rescue started row.reminders times
"""


def test_each_row_of_a_table_is_a_test_of_its_own(run: Run) -> None:
    results = run(TABLE)

    assert [result.title for result in results] == [
        "a cart is followed up by its total: too small",
        "a cart is followed up by its total: just over the limit",
        "a cart is followed up by its total: nobody said a club",
    ]
    assert [[failure.text for failure in result.failures] for result in results] == [[], [], []]


def test_a_row_that_comes_out_otherwise_fails_alone(run: Run) -> None:
    results = run(TABLE.replace('"just over the limit" | 20.01 EUR', '"just over the limit" | 19.99 EUR'))

    assert [result.passed for result in results] == [True, False, True]
    assert results[1].failures[0].text == "cart_reminder was not sent: cart_rescue has not started"
    assert results[1].row.line == 5  # the row is the place of the case


def test_rows_without_a_name_are_called_by_what_they_say(run: Run) -> None:
    results = run(
        """
        test "who is a vip"
          each
            total   | spent
            59 EUR  | 59 EUR
            100 EUR | 100 EUR
          at 2026-03-02 10:00
            purchase total = row.total
          expect lifetime_value is row.spent
        """
    )
    assert [result.case for result in results] == [
        "total 59 EUR, spent 59 EUR",
        "total 100 EUR, spent 100 EUR",
    ]
    assert all(result.passed for result in results)


def test_an_empty_cell_is_missing_in_an_expectation_and_not_given_in_a_profile(run: Run) -> None:
    results = run(
        """
        test "countries"
          each
            case      | country | seen
            "a place" | "DE"    | "DE"
            "none"    |         |
          profile email = "ada@example.com", country = row.country
          expect country is row.seen
        """
    )
    assert [[failure.text for failure in result.failures] for result in results] == [[], []]


def test_a_cell_can_be_a_moment_a_length_of_time_an_arm_a_channel_and_a_text(run: Run) -> None:
    results = run(
        """
        test "both arms, at any hour"
          each
            arm      | from             | delay   | channel | subject          | body
            plain    | 2026-03-02 10:00 | 1 hour  | email   | "cart is waiting"| "<p>"
            discount | 2026-03-02 23:30 | 2 hours | email   | "cart is waiting"| "BACK10"
          profile email = "ada@example.com", consent.offers = true
          choose row.arm in first_touch
          at row.from
            cart_abandoned cart_id = "c1", total = 59 EUR
          after row.delay
          expect sent cart_reminder by row.channel with subject containing row.subject and body containing row.body
        """
    )
    assert [[failure.text for failure in result.failures] for result in results] == [[], []]


@pytest.mark.parametrize(
    "row, says",
    [
        ('"x" | 5 EUR | 3 days | 1', "This row has 4 cells, and the table has 3 columns."),
        ('"x" | "five" | 3 days', "total is money, such as 20 EUR, but “five” is a text."),
        ('"x" | 5 EUR | 3', "In place of row.wait there has to be a length of time, such as 2 hours."),
        (
            '"x" | 5 EUR |',
            "row.wait is empty in a row, and here has to be a length of time, such as 2 hours.",
        ),
    ],
)
def test_a_mistake_in_a_cell_is_shown_at_the_cell_and_once(row: str, says: str) -> None:
    story = f"""\
test "a story"
  each
    case | total | wait
    {row}
    {row.replace("x", "y")}
  at 2026-03-02 10:00
    purchase total = row.total
  after row.wait
  expect has purchase
"""
    compiled = compile_texts({"shop.journey": SHOP, "tests.journey": story})
    lines = {d.span.line for d in compiled.diagnostics}
    told = {sentence(d) for d in compiled.diagnostics}
    assert len(told) == 1
    if "money" in says:
        assert "five" in told.pop()
    else:
        assert told == {says}
    assert lines <= {4, 5, 8}


def test_the_table_is_printed_with_its_columns_below_one_another() -> None:
    ragged = """\
test "a story"
  each
    case|total|wait
    # the first
    "x"|5 EUR|3 days  # so long
    "longer"||1 hour
  after row.wait
  expect nothing sent
"""
    printed = format_file(SourceFile("tests.journey", ragged)).text
    assert (
        printed
        == """\
test "a story"
  each
    case     | total | wait
    # the first
    "x"      | 5 EUR | 3 days  # so long
    "longer" |       | 1 hour
  after row.wait
  expect nothing sent
"""
    )
    assert format_file(SourceFile("tests.journey", printed)).text == printed


# ----------------------------------------------------------------- history


def test_what_happened_before_counts_and_starts_nothing(why: Why) -> None:
    told = why(
        """
        profile email = "ada@example.com", consent.offers = true
        90 days ago
          purchase total = 60 EUR
        200 days ago
          purchase total = 50 EUR
        at 2026-03-02 10:00
        expect lifetime_value is 110 EUR
        expect in vips
        expect in lapsing
        expect nothing sent
        expect winback not started
        expect say_thanks not started
        """
    )
    assert told == []


def test_time_goes_on_for_what_happened_before(why: Why) -> None:
    told = why(
        """
        profile email = "ada@example.com"
        29 days ago
          purchase total = 50 EUR
        at 2026-03-02 10:00
        expect not in lapsing
        at 2026-03-03 9:59
        expect winback not started
        at 2026-03-03 10:00
        expect in lapsing
        expect winback started
        """
    )
    assert told == []


# ------------------------------------------------------------------- clocks


def test_the_clock_of_a_test_can_stand_in_another_zone_than_its_person(why: Why) -> None:
    told = why(
        """
        times in "Asia/Tokyo"
        profile email = "ada@example.com", timezone = "America/New_York", consent.offers = true
        choose plain in first_touch
        at 2026-03-02 10:00
          cart_abandoned cart_id = "c1", total = 59 EUR
        expect sent cart_reminder at 2026-03-02 11:00
        expect sent cart_reminder at 2026-03-01 21:00 in "America/New_York"
        at 2026-03-02 3:00 in "Europe/Berlin"
        expect cart_rescue started
        """
    )
    assert told == []


def test_a_clock_in_another_zone_cannot_go_back_either(why: Why) -> None:
    [told] = why(
        """
        profile email = "ada@example.com", timezone = "Europe/Paris"
        at 2026-03-02 10:00
        at 2026-03-02 10:00 in "Asia/Tokyo"
        expect nothing sent
        """
    )
    assert told == ("the clock cannot go back: it is already 2026-03-02 10:00; write what happens in order")


def test_a_zone_that_does_not_exist_is_a_mistake() -> None:
    story = 'test "a story"\n  times in "Europe/Pariss"\n  expect nothing sent\n'
    compiled = compile_texts({"shop.journey": SHOP, "tests.journey": story})
    [found] = compiled.diagnostics
    assert (found.code, found.span.line, found.candidates[0]) == ("not-a-value", 2, '"Europe/Paris"')


# ------------------------------------------------ what becomes of messages

REACTING = """\
profile
  email  email  identity
  phone  phone
  tags   list of text

event visit

event rescued
  tag    text
  total  money

topic offers opt in

limit offers to 1 message per 7 days

offer free_shipping
  title    "Free shipping"
  priority 2

offer ten_percent
  title    "Ten percent"
  priority 1

decision best_offer
  from free_shipping, ten_percent
  pick 1 by priority

message hello about offers
  email
    subject "Hello, {{ best_offer.title }}"
    body    "<p>Hello</p>"

message again about offers
  sms
    text "Again"

webhook crm
  post    "https://crm.example.com/rescued"
  timeout 5 seconds
  answers
    ticket  text

journey j
  start on visit
  send hello by email
  wait for first of, up to 2 days
    email_opened of hello
      add "opened" to tags
    message_clicked of hello
      add "clicked" to tags
    message_bounced of hello
      add "bounced" to tags
    timed out
      add "silent" to tags
  call crm with total = 59 EUR
  if failed
    add "no ticket" to tags
  else
    emit rescued with tag = crm.ticket, total = 59 EUR
  send again by sms

"""


def told_of(story: str) -> list[str]:
    who = 'profile email = "ada@example.com", phone = "+33612345678", consent.offers = true'
    lines = "".join(f"  {line}\n" for line in dedent(story).strip().splitlines())
    text = f'{REACTING}test "a story"\n  {who}\n{lines}'
    compiled = compile_texts({"a.journey": text})
    assert compiled.workspace is not None, [sentence(d) for d in compiled.diagnostics]
    [result] = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    return [failure.text for failure in result.failures]


@pytest.mark.parametrize(
    "becomes, tag",
    [
        ("message hello is opened after 3 hours", "opened"),
        ("message hello is clicked after 2 days", "silent"),  # just too late
        ("message hello is clicked after 47 hours", "clicked"),
        ("message hello bounces", "bounced"),
        ("message hello fails", "silent"),
    ],
)
def test_what_becomes_of_a_message_is_what_the_journey_waits_for(becomes: str, tag: str) -> None:
    assert (
        told_of(
            f"""
            {becomes}
            at 2026-03-02 10:00
              visit
            after 3 days
            expect tags contains "{tag}"
            """
        )
        == []
    )


def test_opened_first_and_clicked_later_are_both_told() -> None:
    assert (
        told_of(
            """
            message hello is opened after 3 hours
            message hello is clicked after 1 day
            at 2026-03-02 10:00
              visit
            after 3 days
            expect tags contains "opened"
            expect has message_clicked
            expect count of email_opened is 1
            """
        )
        == []
    )


def test_a_message_that_could_not_be_handed_out_was_not_sent_and_does_not_count_for_the_limit() -> None:
    told = told_of(
        """
        message hello fails because "the mailbox is full"
        at 2026-03-02 10:00
          visit
        after 3 days
        expect not sent hello because "mailbox is full"
        expect sent again by sms
        """
    )
    assert told == []

    # Without that the limit holds the second one back.
    told = told_of(
        """
        at 2026-03-02 10:00
          visit
        after 3 days
        expect sent hello
        expect not sent again because "limit"
        """
    )
    assert told == []


def test_a_failing_expectation_says_why_the_message_never_arrived() -> None:
    [told] = told_of(
        """
        message hello fails because "the mailbox is full"
        at 2026-03-02 10:00
          visit
        expect sent hello
        """
    )
    assert told == "hello was not sent at 2026-03-02 10:00: the mailbox is full"


# ------------------------------------------------------ calls and the rest


def test_a_webhook_that_times_out_says_what_the_live_one_would() -> None:
    told = told_of(
        """
        webhook crm times out
        at 2026-03-02 10:00
          visit
        after 3 days
        expect called crm
        expect called crm 1 time with body containing "59 EUR" and post is "https://crm.example.com/rescued"
        expect not emitted rescued
        expect tags contains "no ticket"
        """
    )
    assert told == []


def test_what_a_journey_emits_can_be_expected_with_its_values() -> None:
    told = told_of(
        """
        webhook crm answers ticket = "T-1"
        at 2026-03-02 10:00
          visit
        after 3 days
        expect emitted rescued 1 time with tag = "T-1", total = 59 EUR
        expect not emitted rescued with tag = "T-2"
        expect emitted rescued with tag = "T-2"
        """
    )
    assert told == [
        "rescued was emitted at 2026-03-04 10:00, but its tag is T-1, but the test says T-2",
    ]


def test_what_was_offered_and_what_was_not() -> None:
    told = told_of(
        """
        at 2026-03-02 10:00
          visit
        expect offered free_shipping
        expect not offered ten_percent
        expect sent hello with subject not containing "Ten" and subject is not "Hello"
        expect offered ten_percent
        """
    )
    assert len(told) == 1
    assert told[0].startswith("best_offer offered free_shipping and not ten_percent, because ")


def test_nothing_sent_is_said_of_all_messages() -> None:
    [told] = told_of(
        """
        at 2026-03-02 10:00
          visit
        expect nothing sent
        """
    )
    assert told == "hello was sent by email at 2026-03-02 10:00"


def test_a_field_may_be_called_as_an_outcome_is() -> None:
    """`expect sent is …` compares a field; `expect sent hello` expects a message."""
    names = ("nothing", "sent", "called", "emitted", "offered")
    fields = "".join(f"  {name}  text\n" for name in names)
    story = "".join(
        f'  expect {name} is "x"\n  expect {name} contains "x"\n  expect not {name} is "y"\n'
        for name in names
    )
    given = ", ".join(f'{name} = "x"' for name in names)
    text = f'profile\n  email  email  identity\n{fields}\ntest "a story"\n  profile {given}\n{story}'
    compiled = compile_texts({"a.journey": text})
    assert compiled.workspace is not None, [sentence(d) for d in compiled.diagnostics]
    [result] = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    assert result.failures == ()
