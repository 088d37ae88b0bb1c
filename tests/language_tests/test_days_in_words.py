"""`today is a holiday in "DE"` says in words what `is_holiday(today, "DE")` says."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.dsl.format import format_file
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import Compiled, compile_texts

SHOP = """\
profile
  email    email  identity
  country  country
  plan     one of a, b
  due      date

event visit
  day  date

audience chosen
  """


def compiled(condition: str) -> Compiled:
    return compile_texts({"shop.journey": f"{SHOP}{condition}\n"})


def meant(condition: str) -> Any:
    workspace = compiled(condition).workspace
    assert workspace is not None
    return workspace.audiences["chosen"].condition


@pytest.mark.parametrize(
    ("words", "function"),
    [
        ('today is a holiday in "DE"', 'is_holiday(today, "DE")'),
        ("today is a holiday", "is_holiday(today)"),
        ('due is not a holiday in "DE-BY"', 'not is_holiday(due, "DE-BY")'),
        ("due is a working day in country", "is_working_day(due, country)"),
        ("today + 1 day is not a working day", "not is_working_day(today + 1 day)"),
        (
            'has visit where day is a holiday in "FR" in last 3 days and plan is a',
            'has visit where is_holiday(day, "FR") in last 3 days and plan is a',
        ),
        ('not (today is a holiday in "DE") or plan is b', 'not is_holiday(today, "DE") or plan is b'),
    ],
)
def test_the_words_mean_the_function(words: str, function: str) -> None:
    assert meant(words) == meant(function)


def test_a_value_may_still_be_called_a() -> None:
    for condition in (
        "plan is a",
        "plan is not a and country is known",
        "plan in a, b",
        "plan is a or plan is b",
    ):
        assert compiled(condition).diagnostics == ()


def test_the_shape_of_the_words() -> None:
    rough = 'audience chosen\n  today  is   a holiday in   "DE"  and ( due is not a  working day )\n'
    shaped = 'audience chosen\n  today is a holiday in "DE" and due is not a working day\n'
    assert format_file(SourceFile("a.journey", rough)).text == shaped
    assert format_file(SourceFile("a.journey", shaped)).text == shaped


@pytest.mark.parametrize(
    ("condition", "code", "candidate"),
    [
        ('today is a holliday in "DE"', "unknown-word", "holiday"),
        ('today is a working days in "DE"', "unknown-word", "day"),
        ('today is a holiday in "DEX"', "unknown-holidays", '"DE"'),
        ("email is a holiday", "wrong-argument", ""),
        ("has visit where day is a holiday", "no-country", ""),
        ("today is holiday", "unknown-name", "today"),
    ],
)
def test_what_is_misspelt_or_cannot_be_a_day(condition: str, code: str, candidate: str) -> None:
    (mistake,) = compiled(condition).diagnostics
    assert mistake.code == code
    assert (mistake.candidates[0] if mistake.candidates else "") == candidate
