"""A message that some people cannot get."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for channels that have only variants with a `when`."""
    for message in subject.own(subject.workspace.messages):
        by_channel: dict[str, list[checked.Variant]] = {}
        for variant in message.variants:
            by_channel.setdefault(variant.channel, []).append(variant)
        for channel, variants in by_channel.items():
            conditions = [variant.when for variant in variants if variant.when is not None]
            if len(conditions) < len(variants) or len(by_channel) > 1:
                continue
            if subject.reasoner.never(*((condition, False) for condition in conditions)):
                continue
            declared = subject.declared("message", message.name).variants
            node = next(node for node in declared if node.span == variants[-1].span)
            place = node.channel.span.to(node.when.span) if node.when is not None else node.channel.span
            yield Found(place, {"channel": channel, "message": message.name})


RULE = Rule(
    code="variant-for-others-missing",
    category="content",
    says="Whoever fits none of these gets no {message}: its only channel, {channel}, has no variant for all "
    "others.",
    label="and for all others?",
    what="All variants of a message’s only channel have a `when`.",
    why="People whose language is not in the list, or not known, hear nothing, and nobody notices, as it is "
    "no mistake.",
    mend="Let one variant have no `when`: it is for all others.",
    check=check,
    bad="""\
profile
  email     email     identity
  language  language

topic offers opt in

message hello about offers
  email when language is "de"
    subject "Hallo"
    body    "<p>Hallo.</p>"
  ⟦email when language is "fr"⟧
    subject "Bonjour"
    body    "<p>Bonjour.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email     email     identity
  language  language

topic offers opt in

message hello about offers
  email when language is "de"
    subject "Hallo"
    body    "<p>Hallo.</p>"
  email
    subject "Bonjour"
    body    "<p>Bonjour.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
