"""An SMS or a push message to people who never said yes."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for SMS about topics that are `opt out`."""
    for message in subject.own(subject.workspace.messages):
        topic = subject.workspace.topics.get(message.topic or "")
        if topic is None or topic.mode != "opt out":
            continue
        for variant in subject.declared("message", message.name).variants:
            if variant.channel.text == "sms":
                related = Related(topic.span, "here nobody has to say yes")
                facts = {"message": message.name, "topic": topic.name}
                end = topic.span.end
                place = subject.source(topic.span.path).span(end - len("opt out"), end)
                fix = None
                if subject.is_own(topic.span) and subject.words(place) == "opt out":
                    fix = Fix(place, "opt in", f"make {topic.name} opt in", safe=False)
                yield Found(variant.channel.span, facts, fix, (related,))
                break


RULE = Rule(
    code="opt-out-by-phone",
    category="consent",
    says="{message} goes by SMS to everybody who has not said no to {topic}.",
    label="needs a yes",
    what="A message about a topic that is `opt out` goes by SMS.",
    why="Nearly every country asks for a yes before an SMS that advertises; a silent customer has not given "
    "one. The fines are per message.",
    mend="Make the topic `opt in`, or give SMS a topic of its own that is.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity
  phone  phone

topic news opt out

message hello about news
  ⟦sms⟧
    text "Northlight: new lamps are here."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email  email  identity
  phone  phone

topic news opt in

message hello about news
  sms
    text "Northlight: new lamps are here."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
