"""Several people in one test: a friend signs up and whoever invited is rewarded, one of two gets the voucher."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.format import format_file
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import TestResult, run_test, run_tests
from tests.language_tests.conftest import SHOP

Run = Callable[[str], list[TestResult]]

MORE = """
event friend_bought
  friend  text

event thanked
  how  text

event sale
  shop  text

webhook voucher
  post "https://vouchers.example.com/new"
  answers
    code  text

offer ten_euros
  title    "Ten euros"
  at most  1 time in total
  priority 5

offer warm_words
  title    "Thank you"
  priority 1

decision reward
  from ten_euros, warm_words
  pick 1 by priority

message rewarded about service
  email
    subject "{{ reward.title }}"
    body    "<p>{{ friend }} ordered. {{ code | default('', true) }}</p>"

journey referral
  start on friend_bought
  goal visit within 3 days

  call voucher with friend = event.friend as given
  if failed
    send rewarded with friend = event.friend
  else
    send rewarded with friend = event.friend, code = given.code
  emit thanked with how = "by mail"
  wait for email_opened of rewarded, up to 2 days
    timed out
      send last_call

journey sale_news
  start on sale for germans

  send thanks

"""

TWO = """\
  person ada email = "ada@example.com", consent.offers = true
  person ben email = "ben@example.com", consent.offers = true
"""


def played(run: Run, body: str) -> TestResult:
    (result,) = run(MORE + 'test "a story"\n' + body)
    return result


def told(run: Run, body: str) -> list[str]:
    return [failure.text for failure in played(run, body).failures]


def mistakes(body: str) -> list[Diagnostic]:
    text = SHOP + MORE + 'test "a story"\n' + body
    return list(compile_texts({"shop.journey": text}).diagnostics)


# ----------------------------------------------------------- what can be said


EVERYTHING = (
    TWO
    + """\
  choose plain in first_touch for ada
  choose discount in first_touch for ben
  webhook voucher answers for ada code = "ADA"
  webhook voucher fails for ben because "none left"
  message rewarded is opened by ada after 1 hour
  message rewarded bounces for ben because "mailbox unknown"
  3 days ago
    purchase by ada total = 20 EUR
  at 2026-03-02 10:00
    friend_bought by ada friend = "Ida"
    friend_bought by ben friend = "Max"
  expect sent rewarded to ada with subject is "Ten euros" and body containing "Ida ordered. ADA"
  expect sent rewarded to ben with subject is "Thank you" and body containing "Max ordered. <"
  expect called voucher 1 time for ada
  expect called voucher for ben with body containing "Max"
  expect emitted thanked for ada with how = "by mail"
  expect not emitted thanked for ben with how = "by hand"
  expect offered ten_euros to ada
  expect not offered ten_euros to ben
  expect lifetime_value is 20 EUR for ada
  expect lifetime_value is missing for ben
  expect referral started 1 time for ada
  after 1 hour
  expect referral ended for ada because "finished"
  expect has email_opened for ada
  expect has message_bounced for ben
  expect referral not ended for ben
  expect waiting at "wait for email_opened" in referral for ben
  expect not waiting at "wait for email_opened" in referral for ada
    visit by ben
  after 3 days
  expect not sent last_call to ada
  expect not sent last_call to ben because "bounce"
  expect referral not converted for ada
""".replace("    visit by ben\n", "")
)


def test_everything_that_is_expected_of_one_person_can_be_expected_of_another(run: Run) -> None:
    assert told(run, EVERYTHING) == []


def test_a_split_takes_the_arm_that_is_chosen_for_each(run: Run) -> None:
    body = TWO + (
        "  choose plain in first_touch for ada\n  choose discount in first_touch for ben\n"
        "  at 2026-03-02 10:00\n"
        '    cart_abandoned by ada cart_id = "c1", total = 59 EUR\n'
        '    cart_abandoned by ben cart_id = "c2", total = 59 EUR\n'
        "  after 1 hour\n"
        '  expect sent cart_reminder to ada with body not containing "BACK10"\n'
        '  expect sent cart_reminder to ben with body containing "BACK10"\n'
    )
    assert told(run, body) == []


def test_what_is_said_for_all_holds_where_nothing_is_said_for_one(run: Run) -> None:
    body = TWO + (
        '  webhook voucher answers code = "ALL"\n  webhook voucher fails for ben\n'
        "  message rewarded is opened after 1 hour\n"
        '  at 2026-03-02 10:00\n    friend_bought by ada friend = "Ida"\n    friend_bought by ben friend = "Max"\n'
        "  after 2 days\n"
        '  expect sent rewarded to ada with body containing "ALL"\n'
        '  expect sent rewarded to ben with body not containing "ALL"\n'
        "  expect not sent last_call to ada\n  expect not sent last_call to ben\n"
    )
    assert told(run, body) == []


def test_beside_the_person_of_the_profile_there_are_others(run: Run) -> None:
    body = (
        '  profile email = "ada@example.com", country = "DE"\n  person ben email = "ben@example.com"\n'
        '  at 2026-03-02 10:00\n    sale shop = "Mitte"\n    visit by ben page = "/"\n'
        "  expect sent thanks\n  expect nothing sent to ben\n  expect has visit for ben\n  expect no visit\n"
    )
    assert told(run, body) == []


def test_a_row_of_a_table_may_say_who(run: Run) -> None:
    body = (
        "  each\n    first | second | winner\n    ada   | ben    | ada\n    ben   | ada    | ben\n"
        + TWO
        + "  at 2026-03-02 10:00\n"
        '    friend_bought by row.first friend = "Ida"\n    friend_bought by row.second friend = "Max"\n'
        "  expect offered ten_euros to row.winner\n"
    )
    results = run(MORE + 'test "a story"\n' + body)
    assert [result.failures for result in results] == [(), ()]


def test_a_person_of_whom_nothing_is_said_has_an_identifier_of_their_own(run: Run) -> None:
    body = (
        "  person ada\n  person ben\n  at 2026-03-02 10:00\n    visit by ada\n"
        "  expect has visit for ada\n  expect no visit for ben\n"
    )
    assert told(run, body) == []


def test_two_who_turn_out_to_be_one_have_one_history(run: Run) -> None:
    body = (
        '  person visitor device_id = "tablet"\n  person ada email = "ada@example.com"\n'
        "  at 2026-03-02 10:00\n    purchase by visitor total = 20 EUR\n  expect not sent thanks to ada\n"
        '  after 1 hour\n  person ada device_id = "tablet"\n'
        "  expect orders is 1 for ada\n  expect orders is 1 for visitor\n"
        "  expect say_thanks ended for ada\n"
        '  expect email is "ada@example.com" for visitor\n'
    )
    assert told(run, body) == []


# ------------------------------------------------------------- what fails


def test_what_fails_says_of_whom_and_so_does_each_line_of_the_story(run: Run) -> None:
    result = played(
        run,
        TWO + "  at 2026-03-02 10:00\n    purchase by ada total = 20 EUR\n  expect sent thanks to ben\n"
        "  expect not sent thanks to ada\n  expect in vips for ben\n",
    )
    assert [failure.text for failure in result.failures] == [
        "ben: thanks was not sent: say_thanks has not started and sale_news has not started",
        "ada: thanks was sent by email at 2026-03-02 10:00",
        "ben: not in vips (lifetime_value is missing)",
    ]
    assert [str(line) for line in result.timeline][-5:] == [
        "2026-03-02 10:00  ben: profile: email ben@example.com, consent.offers true",
        "2026-03-02 10:00  ada: purchase total 20 EUR",
        "2026-03-02 10:00  ada: say_thanks started",
        "2026-03-02 10:00  ada: sent thanks by email to ada@example.com: “Thank you”",
        "2026-03-02 10:00  ada: say_thanks ended: finished",
    ]


def test_a_test_with_one_person_names_nobody(run: Run) -> None:
    result = played(
        run,
        '  profile email = "ada@example.com"\n  at 2026-03-02 10:00\n    purchase total = 20 EUR\n'
        "  expect nothing sent\n",
    )
    assert [failure.text for failure in result.failures] == ["thanks was sent by email at 2026-03-02 10:00"]
    assert {line.who for line in result.timeline} == {""}


def test_why_can_be_asked_of_each() -> None:
    text = (
        SHOP
        + MORE
        + f'test "a story"\n{TWO}  at 2026-03-02 10:00\n    visit by ada\n  expect has visit for ada\n'
    )
    workspace = compile_texts({"shop.journey": text}).workspace
    assert workspace is not None
    (result,) = run_tests(compile_program(workspace), workspace.tests)
    assert result.logs == ()
    logged = run_test(compile_program(workspace), workspace.tests[0], logs=True).logs
    assert [name for name, _ in logged] == ["ada", "ben"]


# --------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("body", "code", "candidate"),
    [
        (TWO + "  at 2026-03-02 10:00\n    visit\n  expect has visit for ada\n", "says-not-who", ""),
        (TWO + "  expect nothing sent\n", "says-not-who", ""),
        (TWO + "  at 2026-03-02 10:00\n    visit by bne\n  expect has visit for ada\n", "unknown-name", "ben"),
        (TWO + "  expect sent thanks to adda\n", "unknown-name", "ada"),
        (TWO + "  choose plain in first_touch for adda\n  expect nothing sent to ada\n", "unknown-name", "ada"),
        (TWO + "  webhook voucher fails for adda\n  expect nothing sent to ada\n", "unknown-name", "ada"),
        (TWO + "  message thanks is opened by adda\n  expect nothing sent to ada\n", "unknown-name", "ada"),
        (TWO + "  after 1 day\n  person cho\n  expect nothing sent to ada\n", "unknown-name", ""),
        ("  expect nothing sent to ada\n", "unknown-name", ""),
        (TWO + "  at 2026-03-02 10:00\n    sale by ada\n  expect nothing sent to ada\n", "happens-to-nobody", ""),
        (TWO + "  expect sent thanks for ada\n", "unknown-word", "to"),
        (TWO + "  expect say_thanks started to ada\n", "unknown-word", "for"),
        (TWO + "  expect sent thanks to ada to ben\n", "said-twice", ""),
        (TWO + '  after 1 day\n    visit by ada page = "/" by ben\n  expect no visit for ada\n', "said-twice", ""),
    ],
)  # fmt: skip
def test_who_is_missing_or_misspelt(body: str, code: str, candidate: str) -> None:
    (mistake,) = mistakes(body)
    assert mistake.code == code
    assert (mistake.candidates[0] if mistake.candidates else "") == candidate


def test_a_value_may_be_called_by_or_for(run: Run) -> None:
    text = dedent(
        """
        event handed
          by   text
          for  text

        test "a story"
          at 2026-03-02 10:00
            handed by = "courier", for = "Ada"
          expect has handed where event.by is "courier"
        """
    )
    (result,) = run(text)
    assert result.passed, result.failures


# -------------------------------------------------------------------- fmt


def test_the_shape_of_such_a_test() -> None:
    rough = (
        'test "a story"\n  person   ben   email="ben@example.com",first_name = "Ben"\n  at 2026-03-02 10:00\n'
        "    purchase   total = 20 EUR by ben\n  expect sent thanks by email to ben\n"
        '  expect not sent thanks because "consent" to ben\n  expect emitted thanked with how = "x" for ben\n'
        '  expect referral ended because "finished" for ben\n  expect nothing sent to ben\n  expect in vips\n'
        "    and has purchase for ben\n"
    )
    shaped = (
        'test "a story"\n  person ben email = "ben@example.com", first_name = "Ben"\n  at 2026-03-02 10:00\n'
        "    purchase by ben total = 20 EUR\n  expect sent thanks to ben by email\n"
        '  expect not sent thanks to ben because "consent"\n  expect emitted thanked for ben with how = "x"\n'
        '  expect referral ended for ben because "finished"\n  expect nothing sent to ben\n'
        "  expect in vips and has purchase for ben\n"
    )
    assert format_file(SourceFile("shop.journey", rough)).text == shaped
    assert format_file(SourceFile("shop.journey", shaped)).text == shaped
