"""A marketing mail without a way out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.lint.texts import Text

_WAYS = re.compile(
    r"unsubscri|preferen|opt.?out|no more|abmeld|abbestell|newsletter-?einstell|d[ée]sabonn|d[ée]sinscri|pr[ée]f[ée]ren"
    r"|cancelar|darse de baja|disiscri|annulla|uitschrijv|afmeld|avregistrer|wypisz",
    re.IGNORECASE,
)


def check(subject: Subject) -> Iterator[Found]:
    """Looks in whole documents, with all that they are put together from, for a link whose address or words say so."""
    if subject.settings.unsubscribe:
        return
    having: set[str] = set()
    lacking: list[tuple[Text, Text]] = []
    for text in subject.mails:
        pieces = (text, *subject.shared(text).values())
        document = next((one for one in pieces if one.is_document), None)
        if document is None or text.message is None or not subject.is_marketing(text.message):
            continue
        links = [one.source[tag.start : tag.end + 80] for one in pieces for tag in one.element("a")]
        if any(_WAYS.search(link) for link in links):
            having.add(document.template.path)
        else:
            lacking.append((text, document))
    for text, document in lacking:
        # Where other messages with the same frame have a link of their own, the frame is not to blame.
        one = document if document.template.path not in having else text
        assert text.message is not None
        yield Found(one.whole, {"message": text.owner, "topic": text.message.topic or ""})


RULE = Rule(
    code="no-unsubscribe-link",
    category="consent",
    severity="error",
    says="{message} is about {topic}, and has no link by which people leave.",
    label="no way to say no",
    what="A mail about a topic that people may leave is a whole HTML document without a link to unsubscribe "
    "or to preferences, and `sojourn.toml` names no address for the unsubscribe header.",
    why="The law asks for it nearly everywhere, Gmail and Yahoo ask for it of everybody who sends much, and "
    "people who find no way out press “spam”, which hurts all your mails.",
    mend="Link to it in the footer, `{{{{ link('unsubscribe') }}}}`, and set `unsubscribe` under `[smtp]` in "
    "`sojourn.toml`.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    file ⟦"hello.html"⟧

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
--- hello.html
<!doctype html>
<html lang="en">
<body>
<div style="display:none">Five minutes to begin.</div>
<p>Good that you are here.</p>

</body>
</html>
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    file "hello.html"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
--- hello.html
<!doctype html>
<html lang="en">
<body>
<div style="display:none">Five minutes to begin.</div>
<p>Good that you are here.</p>
<p><a href="{{ link('preferences') }}">No more of these</a></p>
</body>
</html>
""",
)
