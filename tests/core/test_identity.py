"""Who is who: identifiers, links, merges."""

from __future__ import annotations

import copy
import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl.types import Type
from sojourn.interpreter.core.identity import merge
from sojourn.interpreter.core.step import advance
from tests.core.building import (
    Person,
    Program,
    Shop,
    Story,
    at,
    both,
    c,
    compare,
    constant,
    days,
    either,
    entering,
    known,
    money,
    on,
    person,
)


def partition(program: Program, records: list[dict[str, str]]) -> tuple[int, Story]:
    story = Story(program)
    for n, identifiers in enumerate(records):
        story.happens("visit", at("2026-03-02 10:00") + n, profile=identifiers)
    return len(story.people), story


PLAIN = Shop().program()


def test_a_visitor_who_signs_up_keeps_one_history() -> None:
    shop = Shop()
    shop.attribute("visits", shop.history("count", "visit"))
    shop.journey("j", [on("visit")], [("wait 1 day", c.Wait(days(1)))])
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00", profile={"device_id": "d1"})
    story.happens("visit", "2026-03-02 11:00", profile={"email": "ada@example.com"})
    assert len(story.people) == 2
    story.happens("visit", "2026-03-02 12:00", profile={"device_id": "d1", "email": "ada@example.com"})
    assert len(story.people) == 1
    ada = story.person
    assert ada.key == "device_id:d1"
    assert ada.identifiers == {
        "device_id": {"d1": [at("2026-03-02 10:00"), at("2026-03-02 12:00")]},
        "email": {"ada@example.com": [at("2026-03-02 11:00"), at("2026-03-02 12:00")]},
    }
    assert list(ada.states.values()) == [3]
    assert len(ada.runs) == 2
    assert ("merged", "email:ada@example.com") in story.said()
    story.time("2026-03-04")
    assert story.when("ended") == ["2026-03-03 10:00", "2026-03-03 11:00"]


def test_a_family_tablet_goes_to_the_person_it_was_last_seen_with() -> None:
    count, story = partition(
        PLAIN,
        [
            {"device_id": "tablet"},
            {"email": "ada@example.com", "device_id": "tablet"},
            {"email": "ben@example.com", "device_id": "tablet"},
            {"device_id": "tablet"},
        ],
    )
    assert count == 2
    assert story.people.find("device_id:tablet") == story.people.find("email:ben@example.com")
    assert story.said("identifier moved") == [("identifier moved", "device_id")]
    assert story.people.load(story.people.find("email:ada@example.com") or 0).identifiers.keys() == {"email"}


def test_two_people_who_are_both_known_are_never_merged() -> None:
    count, story = partition(
        PLAIN, [{"crm_id": "c1", "email": "a@x.com"}, {"crm_id": "c2"}, {"crm_id": "c2", "email": "a@x.com"}]
    )
    assert count == 2
    assert story.said("link refused", "merged") == [("link refused", "it belongs to somebody else")]
    assert story.people.find("email:a@x.com") == story.people.find("crm_id:c1")


def test_a_second_address_is_not_linked_and_does_not_become_the_field() -> None:
    count, story = partition(
        PLAIN, [{"crm_id": "c1", "email": "a@x.com"}, {"crm_id": "c1", "email": "b@x.com"}]
    )
    assert count == 1
    assert story.person.fields["email"] == "a@x.com"
    assert story.said("link refused") == [("link refused", "the person has another one")]


@settings(max_examples=100, deadline=None)
@given(
    records=st.lists(
        st.builds(
            # People with a CRM number and their own address, seen on devices that they share.
            lambda who, email, device, crm: {
                **({"crm_id": f"c{who}"} if crm else {}),
                **({"email": f"{who}@x.com"} if email else {}),
                **({"device_id": f"{who}-{device}"} if device else {}),
                **({} if crm or email or device else {"device_id": f"{who}-0"}),
            },
            st.integers(0, 2),
            st.booleans(),
            st.integers(0, 2),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_order_of_arrival_gives_two_people_where_another_gives_one(records: list[dict[str, str]]) -> None:
    found = {partition(PLAIN, list(order))[0] for order in itertools.permutations(records)}
    assert len(found) == 1


def shop_for_merging() -> Shop:
    shop = Shop()
    shop.audience(
        "spenders", compare(">", shop.history("sum", "purchase", "total", last=days(9)), money("20 EUR"))
    )
    shop.audience("quiet", shop.no("purchase", last=days(2)))
    shop.audience(
        "german_or_quiet",
        either(compare("is", person("country"), constant("DE")), c.Membership("quiet", type=Type("boolean"))),
        "quiet",
    )
    shop.attribute("orders", shop.history("count", "purchase"))
    shop.attribute("shops", shop.history("distinct", "purchase", "shop"))
    shop.attribute("largest", shop.history("largest", "purchase", "total"))
    shop.attribute("last", shop.history("last", "purchase", "order_id"))
    shop.journey(
        "j",
        [on("visit")],
        [("wait 1 day", c.Wait(days(1)))],
        goal=c.Goal("purchase", None, days(5)),
        again="after",
        again_after=days(1),
    )
    return shop


MERGING = shop_for_merging().program()

lives = st.lists(
    st.tuples(
        st.sampled_from(["visit", "purchase", ""]),
        st.integers(0, 20),
        st.sampled_from(["5 EUR", "15 EUR", "25 EUR"]),
        st.sampled_from([None, "DE", "FR"]),
        st.sampled_from(["a", "b"]),
    ),
    min_size=1,
    max_size=5,
)
THEN = at("2026-03-15")


def lived(name: str, life: list[Any]) -> Person:
    story = Story(MERGING)
    for event, half_days, total, country, shop in sorted(life, key=lambda e: e[1]):
        profile = {"email": f"{name}@x.com", "device_id": name, **({"country": country} if country else {})}
        story.happens(
            event,
            at("2026-03-02") + half_days * 43_200_000_000,
            profile=profile,
            total=total,
            shop=shop,
            order_id=f"{name}{half_days}",
        )
    who = story.person
    advance(MERGING, who, THEN, None, [])
    who.clock = THEN
    return who


def joined(a: Person, b: Person) -> Person:
    a, b = copy.deepcopy(a), copy.deepcopy(b)
    merge(MERGING, a, b, THEN)
    return a


def document(person: Person, since: bool = True) -> Any:
    made = person.to_document()
    if not since:
        made["audiences"] = sorted(made.get("audiences", {}))
    return made


@settings(max_examples=60, deadline=None)
@given(lives, lives, lives)
def test_merging_is_commutative_associative_and_idempotent(x: list[Any], y: list[Any], z: list[Any]) -> None:
    a, b, d = lived("a", x), lived("b", y), lived("d", z)
    assert document(joined(a, b)) == document(joined(b, a))
    # Since when somebody is a member may depend on what they were in between; who is one may not.
    assert document(joined(joined(a, b), d), since=False) == document(joined(a, joined(b, d)), since=False)
    assert document(joined(a, a)) == document(a)
    both_ = joined(a, b)
    assert document(joined(both_, both_)) == document(both_)
    assert len(both_.runs) == len(a.runs) + len(b.runs)
    for name, audience in MERGING.workspace.audiences.items():
        assert (name in both_.audiences) is bool(
            MERGING.coder.condition(audience.condition)(both_, None, None, THEN)
        )


def test_the_newest_value_stands_whoever_said_it() -> None:
    story = Story(PLAIN)
    story.happens("", "2026-03-02 10:00", profile={"device_id": "d1", "country": "DE", "first_name": "Ada"})
    story.happens("", "2026-03-02 11:00", profile={"email": "a@x.com", "country": "FR"})
    story.happens("", "2026-03-02 12:00", profile={"email": "a@x.com", "device_id": "d1"})
    assert (story.person.fields["country"], story.person.fields["first_name"]) == ("FR", "Ada")


def test_entering_an_audience_by_a_merge_starts_journeys() -> None:
    shop = Shop()
    shop.audience("carted_and_known", both(shop.has("cart_abandoned"), known(person("country"))))
    shop.journey("j", [entering("carted_and_known")], [("wait 1 day", c.Wait(days(1)))])
    story = Story(shop.program())
    story.happens("cart_abandoned", "2026-03-02 10:00", profile={"device_id": "d1"})
    story.happens("", "2026-03-02 11:00", profile={"email": "a@x.com", "country": "DE"})
    story.happens("", "2026-03-02 12:00", profile={"email": "a@x.com", "device_id": "d1"})
    assert [kind for kind, _ in story.said()] == ["merged", "entered", "started", "waiting"]
