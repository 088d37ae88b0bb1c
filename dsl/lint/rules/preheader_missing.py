"""A mail whose preview is whatever comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_NAMES = re.compile(r"preheader|preview", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Looks in whole documents for a hidden first line, with all that they are put together from."""
    for text in subject.mails:
        pieces = (text, *subject.shared(text).values())
        hints = (value for one in pieces for tag in one.elements for value, _ in tag.attributes.values())
        if any(_HIDDEN.search(value) or _NAMES.search(value) for value in hints):
            continue
        for one in pieces:
            body = next((tag for tag in one.elements if tag.name == "body"), None)
            if body is not None:
                yield Found(one.span(body.start, body.end), {"message": text.owner})
                break


RULE = Rule(
    code="preheader-missing",
    category="content",
    says="{message} has no preheader: the list of mails shows whatever its first words are.",
    label="no hidden first line",
    what="A mail that is a whole HTML document has no preheader, the hidden line that is shown beside the "
    "subject.",
    why="Beside the subject people read “View in browser”, or the name of the shop once more. It is the "
    "second most read line of a mail, given away.",
    mend='Put one sentence into a `<div style="display:none">` right behind `<body>`.',
    check=check,
    bad="""\
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
⟦<body>⟧

<p>Good that you are here.</p>
<p><a href="{{ link('preferences') }}">No more of these</a></p>
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
