"""A picture without words for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for `img` without `alt`."""
    for text in subject.mail_pieces:
        for tag in text.element("img"):
            if "alt" not in tag.attributes:
                closing = tag.end - (2 if text.hidden[tag.end - 2] == "/" else 1)
                place = text.exact(closing, closing)
                fix = Fix(place, ' alt=""', 'write alt=""', safe=False) if place is not None else None
                yield Found(text.span(tag.start, tag.end), {"message": text.owner}, fix)


RULE = Rule(
    code="image-without-alt",
    category="content",
    says="A picture in {message} has no words for those who do not see it.",
    label="no alt",
    what="An `img` has no `alt`.",
    why="Many mail programs show no pictures until they are asked to, and screen readers never do: there is a "
    "hole, or a file name is read aloud.",
    mend='Say in `alt` what the picture says; `alt=""` for one that is only decoration.',
    fix="unsafe",
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
<body>
<div style="display:none">Five minutes to begin.</div>
⟦<img src="https://shop.example.com/lamp.jpg">⟧
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
<img src="https://shop.example.com/lamp.jpg" alt="A reading lamp">
<p>Good that you are here.</p>
<p><a href="{{ link('preferences') }}">No more of these</a></p>
</body>
</html>
""",
)
