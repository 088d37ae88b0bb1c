"""A recommendation that has nothing to show for some."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.check.shape import walk
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.lint.texts import Text


def check(subject: Subject) -> Iterator[Found]:
    """Looks for rankings that may find nothing, without `otherwise`, where a text does not ask for it."""
    for recommendation in subject.own(subject.workspace.recommendations):
        if recommendation.otherwise is not None or recommendation.by.kind == "newest":
            continue
        name = recommendation.name
        if any(_asks(condition, name) for condition, _ in subject.conditions):
            continue
        for text in subject.texts:
            if text.template.constant or not _shows(text, name):
                continue
            yield Found(subject.name_of("recommendation", name), {"name": name, "message": text.owner})
            break


def _asks(condition: checked.Expr, name: str) -> bool:
    return any(
        isinstance(part, checked.RecommendationValue) and part.name == name for part in walk(condition)
    )


def _shows(text: Text, name: str) -> bool:
    """Whether a text shows it, without asking whether there is anything, and without an `else` in its loop."""
    from jinja2 import nodes

    for part in text.tree.find_all(nodes.If):
        if any(found.name == name for found in part.find_all(nodes.Name)):
            return False
    for loop in text.tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Name) and loop.iter.name == name and loop.else_:
            return False
    return any(found.name == name for found in text.tree.find_all(nodes.Name))


RULE = Rule(
    code="recommendation-may-be-empty",
    category="offers",
    says="{name} finds nothing for some people, and {message} shows an empty place then.",
    label="and when there is nothing?",
    what="A recommendation has no `otherwise`, and a message shows it without asking whether there is "
    "anything in it.",
    why="Whoever is new has looked at nothing, and reads “We picked these for you:” above nothing.",
    mend="Add what stands in, such as `otherwise newest`, or put the words around it into an `if`.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

catalog product from csv "products.csv" key sku
  sku   text
  name  text

event product_viewed
  product  ref product  required

recommendation ⟦picks⟧
  pick 3 from product
  by most product_viewed in last 30 days

message hello about offers
  email
    subject "Picked for you"
    body    "<p>{% for p in picks %}{{ p.name }} {% endfor %}</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
--- products.csv
sku,name
la-1,Lamp
""",
    good="""\
profile
  email  email  identity

topic offers opt in

catalog product from csv "products.csv" key sku
  sku   text
  name  text

event product_viewed
  product  ref product  required

recommendation picks
  pick 3 from product
  by most product_viewed in last 30 days

message hello about offers
  email
    subject "Picked for you"
    body    "{% if picks %}<p>{% for p in picks %}{{ p.name }} {% endfor %}</p>{% endif %}"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
--- products.csv
sku,name
la-1,Lamp
""",
)
