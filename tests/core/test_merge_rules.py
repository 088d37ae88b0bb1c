"""Whose value of a field stands, when datasets say different things."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.rebuild import rebuild
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.memory import MemoryPeople

SHOP = """\
profile
  email    email  identity
  device   text   identity
  city     text
  country  country

identity
  email   one per person
  device  many per person

event moved

dataset crm
  from http

dataset web
  from http

dataset shop
  from http

audience romans
  city is "Rome"

journey relocation
  start on moved
  set city to "Oslo"
"""
RULE = "\nmerge profile by newest\n  city by crm, web\n"


def program(rule: str = RULE) -> Program:
    compiled = compile_texts({"shop.journey": SHOP + rule})
    assert compiled.workspace is not None, compiled.diagnostics
    return compile_program(compiled.workspace)


def said(at: int, dataset: str, city: str | None, **who: str) -> Record:
    profile: dict[str, Any] = {"city": city, **(who or {"email": "ada@example.com"})}
    return Record(f"{dataset}-{at}-{city}-{who}", "", at, at, profile, {}, dataset)


def told(records: list[Record], rules: Program | None = None) -> Person:
    people = MemoryPeople()
    for now, record in enumerate(records):
        take_in(rules or program(), people, record, 100 + now)
    [(_, person)] = list(people)
    return person


def test_the_first_dataset_of_the_rule_that_has_a_value_decides() -> None:
    person = told([said(1, "web", "Rome")])
    assert (person.fields["city"], person.provenance["city"]) == ("Rome", [1, "web"])
    person = told([said(1, "web", "Rome"), said(2, "crm", "Paris"), said(3, "web", "Bonn")])
    assert (person.fields["city"], person.provenance["city"]) == ("Paris", [2, "crm"])
    person = told([said(1, "web", "Rome"), said(2, "crm", "Paris"), said(3, "crm", None)])
    assert (person.fields["city"], person.provenance["city"]) == ("Rome", [1, "web"])


def test_of_one_dataset_the_newest_stands_and_others_come_after_those_named() -> None:
    assert told([said(5, "crm", "Paris"), said(3, "crm", "Rome")]).fields["city"] == "Paris"
    assert told([said(9, "shop", "Bonn"), said(1, "web", "Rome")]).fields["city"] == "Rome"
    assert told([said(9, "shop", "Bonn"), said(5, "", "Kiel")]).fields["city"] == "Bonn"


def test_a_journey_sets_it_at_once_and_until_a_dataset_says_something_later() -> None:
    rules = program()
    people = MemoryPeople()
    take_in(rules, people, said(1, "crm", "Rome"), 1)
    _, person, _ = take_in(rules, people, Record("m", "moved", 5, 5, {"email": "ada@example.com"}, {}), 5)
    assert (person.fields["city"], person.provenance["city"][1]) == ("Oslo", "journey relocation")
    assert "romans" not in person.audiences
    take_in(rules, people, said(7, "web", "Bonn"), 7)
    assert (person.fields["city"], person.provenance["city"]) == ("Rome", [1, "crm"])
    assert "romans" in person.audiences


def test_an_audience_follows_what_stands_and_not_what_was_said() -> None:
    rules = program()
    people = MemoryPeople()
    take_in(rules, people, said(1, "crm", "Paris"), 1)
    _, person, effects = take_in(rules, people, said(2, "web", "Rome"), 2)
    assert "romans" not in person.audiences and effects == []


RECORDS = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from(["crm", "web", "shop", ""]),
        st.sampled_from(["Rome", "Paris", None]),
        st.sampled_from([{"email": "a@x.com"}, {"device": "d"}, {"email": "a@x.com", "device": "d"}]),
    ),
    min_size=2,
    max_size=5,
    unique_by=lambda r: (r[0], r[1]),
)


@settings(max_examples=60, deadline=None)
@given(records=RECORDS)
def test_any_order_of_what_was_said_gives_the_same(
    records: list[tuple[int, str, Any, dict[str, str]]],
) -> None:
    rules = program()
    link = (0, "web", None, {"email": "a@x.com", "device": "d"})
    found = set()
    for order in itertools.islice(itertools.permutations([link, *records]), 24):
        people = MemoryPeople()
        for now, (at, dataset, city, who) in enumerate(order):
            take_in(rules, people, said(at, dataset, city, **who), 100 + now)
        [(_, person)] = list(people)
        found.add((person.fields.get("city"), tuple(person.provenance["city"])))
    assert len(found) == 1
    best = {dataset: (at, city) for at, dataset, city, _ in sorted([link, *records], key=lambda r: r[0])}
    named = [best[d][1] for d in ("crm", "web") if d in best and best[d][1] is not None]
    rest = sorted(
        (best[d] + (d,) for d in ("shop", "") if d in best and best[d][1]), key=lambda r: (r[0], r[2])
    )
    expected = named[0] if named else rest[-1][1] if rest else None
    assert next(iter(found))[0] == expected


def test_a_rule_that_is_new_is_filled_from_what_was_stored() -> None:
    history = [said(1, "crm", "Paris"), said(2, "web", "Rome"), said(3, "shop", "Bonn")]
    person = told(history, program(""))
    assert person.fields["city"] == "Bonn" and person.said == {}
    rules = program()
    assert person.rules != rules.rules
    rebuild(rules, person, history, 200)
    assert (person.fields["city"], person.provenance["city"]) == ("Paris", [1, "crm"])
    rebuild(program(""), person, history, 300)
    assert person.said == {}
    step(rules, person, None, 400)
    assert Person.from_document(person.to_document()).to_document() == person.to_document()
