"""People in memory answer what the core asks of a driver."""

from __future__ import annotations

import pytest

from sojourn.interpreter.core.people import People
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.memory import MemoryPeople


def somebody(people: People, namespace: str, value: str) -> int:
    person = Person(f"{namespace}:{value}", 0, "rules")
    person.identifiers = {namespace: {value: [0, 0]}}
    number = people.add(person)
    people.link(namespace, value, number)
    return number


def test_somebody_added_is_found_by_every_identifier_linked_to_them() -> None:
    people = MemoryPeople()
    ada = somebody(people, "email", "ada@example.com")
    people.link("device_id", "d1", ada)
    assert people.owner("email", "ada@example.com") == people.owner("device_id", "d1") == ada
    assert people.load(ada).key == "email:ada@example.com"
    assert people.owner("email", "ben@example.com") is None
    assert people.owner("crm_id", "1") is None
    assert [people.find(name) for name in ("email:ada@example.com", "ada@example.com", "d1", "ben")] == [
        ada, ada, ada, None,
    ]  # fmt: skip


def test_after_a_merge_every_identifier_leads_to_the_survivor() -> None:
    people = MemoryPeople()
    ada, visitor = somebody(people, "email", "ada@example.com"), somebody(people, "device_id", "d1")
    people.load(visitor).identifiers["device_id"]["d2"] = [0, 0]
    people.link("device_id", "d2", visitor)
    people.absorb(ada, visitor)
    assert people.owner("device_id", "d1") == people.owner("device_id", "d2") == ada
    assert [number for number, _ in people] == [ada] and len(people) == 1
    with pytest.raises(LookupError, match=f"no person {visitor}"):
        people.load(visitor)


def test_an_identifier_that_moved_before_a_merge_stays_where_it_is() -> None:
    people = MemoryPeople()
    ada, ben = somebody(people, "email", "ada@example.com"), somebody(people, "email", "ben@example.com")
    visitor = somebody(people, "device_id", "d1")
    people.link("device_id", "d1", ben)
    people.absorb(ada, visitor)
    assert people.owner("device_id", "d1") == ben
