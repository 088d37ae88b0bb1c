"""Pictures of journeys: every word is the author's, no box lies on another, each number is where it belongs."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sojourn.dsl.picture import Counts, drawing, mermaid
from sojourn.dsl.picture.layout import lay_out
from sojourn.dsl.picture.outline import outlined
from sojourn.dsl.workspace import Compiled, compile_folder, compile_texts

EXAMPLES = Path(__file__).parents[3] / "examples"

WORKSPACE = """
profile
  email  email  identity
  tags   list of text

event cart_abandoned
  total  money  required

event purchase
  total  money  required

event visit

message cart_reminder
  email
    subject "Your cart"
    body    "It waits for you."

message nudge
  email
    subject "Still there?"
    body    "We are."

## Whoever leaves a cart behind hears of it after an hour.
journey cart_rescue
  start on cart_abandoned where total > 25 EUR
  exit on purchase where total > 100 EUR
  goal purchase within 3 days

  wait 1 hour
  if has cart_abandoned at least 3 times in last 30 days
    stop
  else if "vip" in tags
    send nudge
  split first_touch
    45% plain
      send cart_reminder
    rest holdout
      stop
  repeat up to 3 times
    send nudge
    wait 2 days
    stop repeating if has visit in last 2 days
  wait for purchase where total > 10 EUR, up to 1 day
    timed out
      add "cold <&> \\"quoted\\"" to tags
  wait for visit, up to 2 days
"""


@pytest.fixture(scope="module")
def shop() -> Compiled:
    compiled = compile_texts({"shop.journey": WORKSPACE})
    assert compiled.workspace is not None, compiled.diagnostics
    return compiled


def words(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_words_in_the_picture_are_those_of_the_author(shop: Compiled) -> None:
    assert shop.workspace is not None
    said = " ".join(words(drawing(shop.workspace.journeys["cart_rescue"], shop.sources)))

    for line in (
        "cart_rescue",
        "Whoever leaves a cart behind hears of it after an hour.",
        "exit on purchase where total > 100 EUR",
        "goal purchase within 3 days",
        "start on cart_abandoned where total > 25 EUR",
        "wait 1 hour",
        "if has cart_abandoned at least 3 times in last 30 days",
        'else if "vip" in tags',
        "split first_touch",
        "45% plain",
        "55% holdout",
        "repeat up to 3 times",
        "stop repeating if has visit in last 2 days",
        "wait for purchase where total > 10 EUR, up to 1 day",
        "happened",
        "timed out",
        'add "cold <&> \\"quoted\\"" to tags',
    ):
        assert line in said


def test_a_step_can_be_found_in_the_picture_and_in_its_file(shop: Compiled) -> None:
    assert shop.workspace is not None
    journey = shop.workspace.journeys["cart_rescue"]
    root = ElementTree.fromstring(drawing(journey, shop.sources))

    found = {
        group.get("data-step"): group.get("data-line")
        for group in root.iter("{http://www.w3.org/2000/svg}g")
        if group.get("data-step")
    }

    own = [step for step in journey.steps if not step.label.startswith("if")]
    assert found == {step.id: f"shop.journey:{step.span.line}" for step in own}


def test_numbers_stand_at_the_steps_and_branches_they_belong_to(shop: Compiled) -> None:
    assert shop.workspace is not None
    counts = Counts(
        started=1200,
        came={"wait 1 hour": 1200, "split first_touch": 1100},
        waiting={"wait 1 hour": 20},
        taken={("split first_touch", "plain"): 600, ("split first_touch", "holdout"): 500},
        converted={("split first_touch", "plain"): 60, ("split first_touch", "holdout"): 0},
        notes={"split first_touch/plain/send cart_reminder": ("7 not sent: no email",)},
        finished=42,
    )

    said = words(drawing(shop.workspace.journeys["cart_rescue"], shop.sources, counts))

    assert said[said.index("wait 1 hour") + 1] == "1,200 · 20 still here"
    plain = said.index("45% plain")
    assert said[plain + 1 : plain + 3] == ["600 · 55%", "60 reached the goal (10.0%)"]
    assert said[said.index("send cart_reminder") + 2] == "7 not sent: no email"
    assert said[said.index("end") + 1] == "42 came here"


def test_a_way_that_everybody_takes_is_broader_than_one_that_few_take(shop: Compiled) -> None:
    assert shop.workspace is not None
    counts = Counts(
        started=100,
        came={"wait 1 hour": 100},
        taken={("split first_touch", "plain"): 90, ("split first_touch", "holdout"): 10},
    )
    outline = outlined(shop.workspace.journeys["cart_rescue"], shop.sources, counts)
    flows = {wire.flow for wire in lay_out(outline).wires}
    assert {100, 90, 10} <= flows

    svg = drawing(shop.workspace.journeys["cart_rescue"], shop.sources, counts)
    widths = {float(found) for found in re.findall(r'stroke-width="([\d.]+)"', svg)}
    assert max(widths) == 8.0  # everybody
    assert min(widths) == 1.0  # nobody


def every_example() -> list[tuple[str, Compiled]]:
    folders = [EXAMPLES / "shop", *sorted((EXAMPLES / "cookbook").glob("[0-9]*"))]
    return [(folder.name, compile_folder(folder)) for folder in folders]


def test_no_box_lies_on_another_in_any_picture_of_the_examples() -> None:
    pictures = 0
    for name, compiled in every_example():
        assert compiled.workspace is not None, name
        for journey in compiled.workspace.journeys.values():
            picture = lay_out(outlined(journey, compiled.sources))
            pictures += 1
            for one, other in itertools.combinations(picture.boxes, 2):
                apart = (
                    one.x + one.width <= other.x
                    or other.x + other.width <= one.x
                    or one.y + one.height <= other.y
                    or other.y + other.height <= one.y
                )
                assert apart, f"{name}, {journey.name}: {one.full!r} and {other.full!r}"
            for box in picture.boxes:
                assert box.x >= 0 and box.x + box.width <= picture.width, f"{name}: {box.full!r}"
                assert box.y >= 0 and box.y + box.height <= picture.height, f"{name}: {box.full!r}"
    assert pictures > 35


def test_every_step_of_the_examples_is_in_its_picture_once() -> None:
    for name, compiled in every_example():
        assert compiled.workspace is not None
        for journey in compiled.workspace.journeys.values():
            svg = drawing(journey, compiled.sources)
            root = ElementTree.fromstring(svg)  # it is well-formed
            groups = [g.get("data-step") for g in root.iter("{http://www.w3.org/2000/svg}g")]
            shown = sorted(step for step in groups if step)
            silent = ("if ", "if failed")  # an `if` is drawn as its arms
            assert shown == sorted(s.id for s in journey.steps if not s.label.startswith(silent)), name


def test_the_same_journey_as_a_mermaid_chart() -> None:
    compiled = compile_texts(
        {
            "shop.journey": """
profile
  email  email  identity

event signed_up

event purchase

message hello
  email
    subject "Hello"
    body    "Hi"

journey welcome
  start on signed_up
  exit on purchase
  if email contains "#1"
    send hello
  else
    stop
  wait for purchase, up to 1 day
    timed out
      send hello
"""
        }
    )
    assert compiled.workspace is not None

    assert (
        mermaid(compiled.workspace.journeys["welcome"], compiled.sources)
        == """\
%% welcome
%% exit on purchase
flowchart TD
  n0(["start on signed_up"])
  n1{"which?"}
  n0 --> n1
  n2["send hello"]
  n1 -- "if email contains #quot;#35;1#quot;" --> n2
  n3(("stop"))
  n1 -- "else" --> n3
  n4[/"wait for purchase, up to 1 day"/]
  n2 --> n4
  n5["send hello"]
  n4 -- "timed out" --> n5
  n6(("end"))
  n4 -- "happened" --> n6
  n5 --> n6
"""
    )


def test_a_picture_follows_the_readers_light_or_dark_unless_told(shop: Compiled) -> None:
    assert shop.workspace is not None
    journey = shop.workspace.journeys["cart_rescue"]

    assert "prefers-color-scheme:dark" in drawing(journey, shop.sources)
    light, dark = drawing(journey, theme="light"), drawing(journey, theme="dark")
    assert "prefers-color-scheme" not in light + dark
    assert light != dark
