"""A variant of a message that nobody gets."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks of each variant with a `when` whether it can be true where those above it are not."""
    for message in subject.own(subject.workspace.messages):
        declared = {node.span: node for node in subject.declared("message", message.name).variants}
        refused: dict[str, list[tuple[checked.Expr, bool]]] = {}
        for variant in message.variants:
            if variant.when is None:
                continue
            above = refused.setdefault(variant.channel, [])
            if subject.reasoner.never(*above, (variant.when, True)):
                node = declared[variant.span]
                place = node.when.span if node.when is not None else node.channel.span
                fix = subject.removal(node.span, "take it out", safe=True)
                yield Found(place, {"channel": variant.channel, "message": message.name}, fix)
            above.append((variant.when, False))


RULE = Rule(
    code="variant-never-used",
    category="content",
    severity="error",
    says="Nobody ever gets this {channel} of {message}: its condition cannot be true here.",
    label="never true here",
    what="The `when` of a variant contradicts itself, or a variant of the same channel above it takes "
    "everybody.",
    why="The text was written, translated and approved, and is never sent.",
    mend="Put the stricter `when` first, or correct the value.",
    fix="safe",
    check=check,
    bad="""\
profile
  email     email     identity
  language  language  = "en"

topic offers opt in

message hello about offers
  email when language in "de", "fr"
    subject "Hallo"
    body    "<p>Hallo.</p>"
  email when ⟦language is "fr"⟧
    subject "Bonjour"
    body    "<p>Bonjour.</p>"
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email     email     identity
  language  language  = "en"

topic offers opt in

message hello about offers
  email when language is "de"
    subject "Hallo"
    body    "<p>Hallo.</p>"
  email when language is "fr"
    subject "Bonjour"
    body    "<p>Bonjour.</p>"
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
