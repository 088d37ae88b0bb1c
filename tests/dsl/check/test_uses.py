"""Where names are declared and used, in journey files and in templates."""

from __future__ import annotations


def places(shop, addition: str, kind: str, name: str, owner: str = "") -> list[str]:
    """The places of a name as `line: the words around it`, declarations marked."""
    compiled = shop(addition).compiled
    assert compiled.workspace is not None, compiled.diagnostics
    found = []
    for use in sorted(compiled.uses, key=lambda use: (use.span.path, use.span.start)):
        if (use.kind, use.name, use.owner) == (kind, name, owner):
            text = compiled.sources[use.span.path].text
            assert text[use.span.start : use.span.end] == name
            line = compiled.sources[use.span.path].line(use.span.line).strip()
            found.append(f"{'declared: ' if use.declares else ''}{use.span.path}: {line}")
    return found


STORY = """
attribute spent = sum of purchase.total where discount > 5%
define keen(n) = count of product_viewed >= n
audience buyers
  has purchase where total > 20 EUR
  and keen(3)
  and country is "DE"

message hello about offers
  email
    subject "{{ profile.first_name }} from {{ profile.address.city }}: {{ event.total }}, {{ profile.spent }}"
    body    file "hello.html"

journey welcome
  start on purchase where total > 5 EUR
  exit on cart_abandoned
  if in buyers
    send hello
  set loyalty to gold

test "a"
  profile email = "a@example.com", country = "DE", consent.offers = true
  at 2026-03-02 10:00
    purchase total = 9 EUR
  expect sent hello
  expect welcome ended

--- hello.html
<p>Dear {{ profile.first_name | upper }}, {{ spent }}</p>
{% if profile.country == "DE" %}Hallo{% endif %}
"""


def test_an_event_is_found_wherever_it_is_named(shop) -> None:
    assert places(shop, STORY, "event", "purchase") == [
        "declared: main.journey: event purchase",
        "main.journey: attribute spent = sum of purchase.total where discount > 5%",
        "main.journey: has purchase where total > 20 EUR",
        "main.journey: start on purchase where total > 5 EUR",
        "main.journey: purchase total = 9 EUR",
    ]


def test_a_field_of_the_person_is_found_in_templates_too(shop) -> None:
    found = places(shop, STORY, "field", "first_name", "profile")
    assert [place.split(":")[0] for place in found] == ["hello.html", "declared", "main.journey"]


def test_the_field_of_an_event_is_told_from_those_of_others(shop) -> None:
    found = places(shop, STORY, "field", "total", "event purchase")
    assert len(found) == 6 and found[0] == "declared: main.journey: total     money"
    assert places(shop, STORY, "field", "total", "event cart_abandoned") == [
        "declared: main.journey: total    money          required"
    ]


def test_attributes_defines_audiences_messages_and_journeys(shop) -> None:
    assert len(places(shop, STORY, "attribute", "spent")) == 3
    assert len(places(shop, STORY, "define", "keen")) == 2
    assert len(places(shop, STORY, "audience", "buyers")) == 2
    assert len(places(shop, STORY, "message", "hello")) == 3
    assert len(places(shop, STORY, "journey", "welcome")) == 2
    assert len(places(shop, STORY, "topic", "offers")) == 3
