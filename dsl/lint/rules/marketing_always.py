"""A topic that sells, and that nobody can leave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.source import Span

_SELLS = re.compile(
    r"(?:^|_)(?:offers?|deals?|promos?|promotions?|sales?|news|newsletters?|marketing|campaigns?|discounts?|ads?|angebote?"
    r"|werbung|aktionen|promociones|ofertas?|offres?|soldes)(?:$|_)"
)


def check(subject: Subject) -> Iterator[Found]:
    """Goes by the topic's name."""
    for topic in subject.own(subject.workspace.topics):
        if topic.mode == "always" and _SELLS.search(topic.name):
            written = subject.words(topic.span)
            place = Span(
                topic.span.path,
                topic.span.end - len("always"),
                topic.span.end,
                topic.span.line,
                topic.span.column + topic.span.end - topic.span.start - len("always"),
            )
            if written.endswith("always"):
                yield Found(place, {"topic": topic.name}, Fix(place, "opt in", "write opt in", safe=False))


RULE = Rule(
    code="marketing-always",
    category="consent",
    severity="error",
    says="Nobody can say no to {topic}: it is `always`.",
    label="nobody asked for it",
    what="A topic whose name says that it sells is `always`.",
    why="`always` is for what people must hear of, such as their order. To advertise to somebody who said no "
    "is forbidden nearly everywhere, and the first complaint is enough.",
    mend="Write `opt in`, or `opt out` where the law lets you. What has to reach everybody belongs to a topic "
    "of its own.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers ⟦always⟧

message hello about offers
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
  email  email  identity

topic offers opt in

message hello about offers
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
