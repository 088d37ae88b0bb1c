"""The reasoner is never wrong: what it says can never be true is not true of anybody the engine is asked about.

Conditions are put together at random and asked of people put together at random. What the reasoner concludes is held
against what the tests of the language, which run the real engine, find of each person.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.dsl.lint.reasoning import Reasoner
from sojourn.dsl.workspace import Compiled, compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

DATA = """\
profile
  email    email   identity
  country  country
  points   integer
  loyalty  one of bronze, silver, gold = bronze
  wants    boolean
  spent    money

event purchase
  total  money  required
  shop   text

attribute orders = count of purchase in last 30 days
attribute all_in_all = sum of purchase.total

"""

SIMPLE = st.sampled_from(
    [
        'country is "DE"',
        'country is not "DE"',
        'country in "DE", "AT"',
        'country not in "AT", "CH"',
        "country is known",
        "country is missing",
        "points > 3",
        "points <= 3",
        "points between 2 and 4",
        "points is 3",
        "points is not 3",
        "points is missing",
        "points + 1 > 4",
        "loyalty is gold",
        "loyalty is not gold",
        "loyalty in bronze, silver",
        "wants",
        "not wants",
        "wants is missing",
        "spent >= 20 EUR",
        "spent < 20 EUR",
        "spent > 10 USD",
        "spent is known",
        "has purchase",
        "no purchase",
        "has purchase at least 2 times",
        "has purchase at most 1 time",
        "has purchase in last 30 days",
        "no purchase in last 30 days",
        "no purchase in last 90 days",
        "has purchase exactly 2 times in last 90 days",
        "has purchase where total > 20 EUR",
        "no purchase where total > 20 EUR",
        "has purchase where total > 50 EUR",
        'has purchase where shop is not "Paris"',
        "orders >= 1",
        "orders is 0",
        "orders < 2",
        "all_in_all is known",
        "all_in_all is missing",
        "all_in_all > 40 EUR",
    ]
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda three: f"({three[0]}) {three[1]} ({three[2]})"
        ),
        inner.map(lambda one: f"not ({one})"),
    ),
    max_leaves=5,
)
GIVEN = st.lists(
    st.sampled_from(
        ['country = "DE"', 'country = "CH"', "points = 3", "points = 5", "points = 1", "loyalty = gold", "wants = true",
         "wants = false", "spent = 20 EUR", "spent = 50 USD"]
    ),
    max_size=4,
    unique_by=lambda value: value.split(" ")[0],
)  # fmt: skip
BOUGHT = st.lists(
    st.tuples(
        st.sampled_from([1, 20, 45, 80]),
        st.sampled_from(
            [
                "total = 10 EUR",
                "total = 30 EUR",
                'total = 60 EUR, shop = "Paris"',
                'total = 60 EUR, shop = "Lyon"',
            ]
        ),
    ),
    max_size=3,
)
PEOPLE = st.lists(st.tuples(GIVEN, BOUGHT), min_size=3, max_size=5)


def workspace(one: str, other: str, people: list[tuple[list[str], list[tuple[int, str]]]]) -> Compiled:
    """Two audiences, and for each person one test for each of them: whether the person is a member."""
    text = f"{DATA}audience one\n  {one}\n\naudience other\n  {other}\n"
    for number, (given_values, bought) in enumerate(people):
        days = sorted(bought, key=lambda purchase: -purchase[0])
        story = (
            f"  profile {', '.join([f'email = {chr(34)}p{number}@example.com{chr(34)}', *given_values])}\n"
        )
        story += "  at 2026-01-01 0:00\n"
        passed = 0
        for ago, what in days:
            if 100 - ago > passed:
                story += f"  after {100 - ago - passed} days\n"
                passed = 100 - ago
            story += f"    purchase {what}\n"
        story += f"  after {100 - passed} days\n"
        for name in ("one", "other"):
            text += f'\ntest "{number} {name}"\n{story}  expect in {name}\n'
    return compile_texts({"main.journey": text})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONDITIONS, CONDITIONS, PEOPLE)
def test_what_is_concluded_holds_of_everybody(
    one: str, other: str, people: list[tuple[list[str], list[tuple[int, str]]]]
) -> None:
    compiled = workspace(one, other, people)
    checked = compiled.workspace
    if checked is None:  # such as an audience that compares a thing with itself
        return
    members = {r.name: r.passed for r in run_tests(compile_program(checked), checked.tests)}
    reasoner = Reasoner(checked)
    first, second = (checked.audiences[name].condition for name in ("one", "other"))
    for number in range(len(people)):
        in_one, in_other = members[f"{number} one"], members[f"{number} other"]
        assert not (in_one and reasoner.never((first, True))), one
        assert in_one or not reasoner.always(first), one
        assert not (in_one and in_other and reasoner.disjoint(first, second)), (one, other)
        assert in_other or not (in_one and reasoner.implies(first, second)), (one, other)


def concluded(condition: str) -> tuple[bool, bool]:
    """Whether a condition can never be true, and whether it always is."""
    compiled = compile_texts({"main.journey": f"{DATA}audience one\n  {condition}\n"})
    assert compiled.workspace is not None
    reasoner = Reasoner(compiled.workspace)
    found = compiled.workspace.audiences["one"].condition
    return reasoner.never((found, True)), reasoner.always(found)


@pytest.mark.parametrize(
    "condition",
    [
        'country is "DE" and country is "AT"',
        'country in "DE", "AT" and country is "CH"',
        'country is "DE" and country is missing',
        "points > 3 and points < 2",
        "points between 2 and 4 and points > 4",
        "points + 1 > 4 and points is missing",
        "loyalty is not bronze and loyalty is not silver and loyalty is not gold",
        "spent > 20 EUR and spent > 10 USD",
        "has purchase in last 30 days and no purchase in last 90 days",
        "has purchase at least 3 times and has purchase at most 1 time",
        "has purchase where total > 50 EUR and no purchase where total > 20 EUR",
        "orders >= 1 and no purchase",
        "wants and not wants",
    ],
)
def test_what_can_never_be_true_is_found(condition: str) -> None:
    assert concluded(condition) == (True, False)


@pytest.mark.parametrize(
    "condition",
    [
        'country is not "DE" or country is not "AT"',
        'country is "DE" or country is not "DE"',
        "loyalty is bronze or loyalty is silver or loyalty is gold",
        "no purchase in last 30 days or has purchase",
        "country is known or country is missing",
    ],
)
def test_what_is_always_true_is_found(condition: str) -> None:
    assert concluded(condition) == (False, True)


@pytest.mark.parametrize(
    "condition",
    [
        'country is "DE" or country is "AT"',
        "points > 3 or points <= 3",  # missing is neither
        "spent >= 20 EUR or spent < 20 EUR",  # nor is another currency
        "has purchase in last 90 days and no purchase in last 30 days",
        "has purchase where total > 20 EUR and no purchase where total > 50 EUR",
        'has purchase where shop is "Paris" and has purchase where shop is "Lyon"',
    ],
)
def test_what_depends_is_left_open(condition: str) -> None:
    assert concluded(condition) == (False, False)
