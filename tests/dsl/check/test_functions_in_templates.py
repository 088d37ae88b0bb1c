"""Functions of the language in the texts of messages: checked there, and filled in."""

from __future__ import annotations

import pytest

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

BASE = """\
profile
  email       email     identity
  first_name  text
  country     country
  language    language
  timezone    timezone
  born        date

event purchase
  total  money
  due    datetime

journey thank
  start on purchase

  send thanks

message thanks
  email
    subject "TEXT"
    body    "<p>Hello</p>"

"""
STORY = """\
test "shown"
  profile email = "ada@example.com", country = "DE", language = "de", timezone = "Europe/Berlin"
  at 2026-12-24 10:00
    purchase total = 1234.5 EUR, due = 2026-12-24 22:30
  expect sent thanks with subject is "SHOWN"
"""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ money_text(event.total) }}", "1.234,50 €"),
        ("{{ money_text(event.total, 'en') }}", "€1,234.50"),
        ("{{ next_working_day(now) }}", "2026-12-28"),
        ("{{ next_working_day(today, 'FR') | date('%d/%m') }}", "28/12"),
        ("{% if is_holiday('2026') %}{% endif %}{{ today }}", None),
        ("{{ first_known(profile.first_name, 'friend') }}", "friend"),
        ("{{ round(event.total, 1) }}", "1234.50 EUR"),
        ("{{ time_text(now) }}", "10:00"),
        ("{{ time_text(now, 'en') }}", "10:00 AM"),
        ("{{ date_text(event.due, 'full') }}", "Donnerstag, 24. Dezember 2026"),
        ("{{ join(sort(['b', 'a']), '+') }}", "a+b"),
        ("{{ hour(event.due) }}", "22"),
        ("{{ age(profile.born) }}.", "."),
        ("{% if not is_working_day(add_working_days(today, 1)) %}no{% else %}yes{% endif %}", "yes"),
    ],
)
def test_a_function_in_a_text(text: str, shown: str | None) -> None:
    compiled = compile_texts({"a.journey": BASE.replace("TEXT", text) + STORY.replace("SHOWN", shown or "")})
    if shown is None:
        assert [d.code for d in compiled.diagnostics] == ["wrong-argument"]
        return
    assert compiled.diagnostics == () and compiled.workspace is not None
    [result] = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    assert result.passed, result.failures


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ money_text() }}", "wrong-arguments"),
        ("{{ money_text(event.due) }}", "wrong-argument"),
        ("{{ upper(profile.first_nam) }}", "unknown-field"),
        ("{{ is_holiday(today, 'XX') }}", "unknown-holidays"),
        ("{{ is_holiday(today, 'DE-XX') }}", "unknown-region"),
        ("{{ date_text(today, 'hello') }}", "bad-pattern-of-date"),
        ("{{ uper(profile.first_name) }}", "unknown-variable"),
        ("{{ next_working_day(now).nam }}", "no-parts"),
        ("{{ nearest(profile.email, 'shop') }}", "not-in-a-message"),
    ],
)
def test_a_wrong_call_in_a_text_is_a_mistake_at_its_line(text: str, code: str) -> None:
    compiled = compile_texts({"a.journey": BASE.replace("TEXT", text)})
    assert [(d.code, d.span.line) for d in compiled.diagnostics] == [(code, 20)]


def test_a_calendar_without_a_country_is_a_mistake() -> None:
    text = BASE.replace("TEXT", "{{ is_holiday(today) }}").replace("  country     country\n", "")
    [mistake] = compile_texts({"a.journey": text}).diagnostics
    assert mistake.code == "no-country"


def test_an_own_name_takes_the_place_of_a_function() -> None:
    own = BASE.replace("TEXT", "{{ age }}") + "attribute age = 5\n"
    assert compile_texts({"a.journey": own}).diagnostics == ()
