"""A limit that also holds back what people must hear of."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import PERSONAL, Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for limits on a channel or on everything that count messages about `always` topics."""
    topics = subject.workspace.topics
    for limit in subject.workspace.limits:
        if limit.kind not in ("everything", "channel") or not subject.is_own(limit.span):
            continue
        for sending in subject.sendings:
            topic = topics.get(sending.message.topic or "")
            if topic is None or topic.mode != "always":
                continue
            ways = set(sending.channels) & set(PERSONAL)
            if ways and (limit.kind == "everything" or ways == {limit.target}):
                facts = {"limit": limit.label, "message": sending.message.name, "topic": topic.name}
                yield Found(limit.span, facts, _narrowed(subject, limit))
                break


def _narrowed(subject: Subject, limit: checked.Limit) -> Fix | None:
    """The one topic that people may leave, instead of everything."""
    selling = [topic.name for topic in subject.workspace.topics.values() if topic.mode != "always"]
    node = subject.node_at(ast.Limit, limit.span)
    if limit.kind != "everything" or len(selling) != 1 or node is None:
        return None
    return Fix(node.target.span, selling[0], f"limit {selling[0]}", safe=False)


RULE = Rule(
    code="limit-stops-service",
    category="timing",
    says="`{limit}` also stops {message}, which is about {topic}: something people must hear of.",
    label="counts those too",
    what="A limit on `everything`, or on a channel, counts messages about a topic that is `always`.",
    why="Whoever got the week’s offers is not told that their parcel is late.",
    mend="Limit the topics that sell, not everything: `limit offers to 3 messages per 7 days`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic service always

topic offers opt in

⟦limit everything to 5 messages per calendar week⟧

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

message late about service
  email
    subject "Your parcel is late"
    body    "<p>It comes tomorrow.</p>"

event parcel_late

journey parcels
  start on parcel_late

  send late
  wait 1 day
  send hello
""",
    good="""\
profile
  email  email  identity

topic service always

topic offers opt in

limit offers to 5 messages per calendar week

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

message late about service
  email
    subject "Your parcel is late"
    body    "<p>It comes tomorrow.</p>"

event parcel_late

journey parcels
  start on parcel_late

  send late
  wait 1 day
  send hello
""",
)
