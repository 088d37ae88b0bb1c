"""An offer that another one always beats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for offers that fit everybody, always, and come first in every decision with the offer."""
    workspace = subject.workspace
    for offer in subject.own(workspace.offers):
        decisions = [d for d in workspace.decisions.values() if offer.name in d.offers]
        if not decisions or any(d.otherwise == offer.name for d in decisions):
            continue
        beaten = [_beating(workspace, decision, offer) for decision in decisions]
        if all(len(by) >= decision.pick for by, decision in zip(beaten, decisions, strict=True)):
            first = beaten[0][0]
            related = Related(subject.name_of("offer", first), "fits everybody, and comes first")
            yield Found(
                subject.name_of("offer", offer.name),
                {"offer": offer.name, "other": first},
                related=(related,),
            )


def _beating(workspace: checked.Workspace, decision: checked.Decision, offer: checked.Offer) -> list[str]:
    own = _rank(decision, offer.name)
    if own is None:
        return []
    found = []
    for position, name in enumerate(decision.offers):
        other, rank = workspace.offers[name], _rank(decision, name)
        always = (other.when, other.since, other.until, other.per_person, other.in_total) == (None,) * 5
        if name == offer.name or not always or rank is None:
            continue
        if rank > own or (rank == own and position < decision.offers.index(offer.name)):
            found.append(name)
    return found


def _rank(decision: checked.Decision, name: str) -> Any:
    """The rank of an offer where it is a number; the least of all for one without; None where it is worked out."""
    rank = decision.ranks.get(name)
    if rank is None:
        return -(10**18)
    return rank.value if isinstance(rank, checked.Constant) else None


RULE = Rule(
    code="offer-never-picked",
    category="offers",
    severity="error",
    says="{offer} is never picked: {other} fits everybody, always, and comes first.",
    label="always beaten",
    what="In every decision that has the offer, others without a condition, an end or a limit rank higher.",
    why="The offer looks live and is never shown to anybody.",
    mend="Give the offer that fits everybody the lowest priority, or name it in `otherwise`.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

offer ⟦shoe_week⟧
  title "Shoe week"
  priority 10

offer free_shipping
  title "Free shipping"
  priority 80

decision best
  from shoe_week, free_shipping
  pick 1 by priority
  otherwise free_shipping

message hello about offers
  email
    subject "Hello"
    body    "<p>{% if best %}{{ best.title }}{% endif %}</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email  email  identity

topic offers opt in

offer shoe_week
  title "Shoe week"
  until 2026-12-31
  priority 90

offer free_shipping
  title "Free shipping"
  priority 80

decision best
  from shoe_week, free_shipping
  pick 1 by priority
  otherwise free_shipping

message hello about offers
  email
    subject "Hello"
    body    "<p>{% if best %}{{ best.title }}{% endif %}</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
