"""A private field where others can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_OPEN = {
    ("push", "title"): "on the lock screen",
    ("push", "text"): "on the lock screen",
    ("email", "subject"): "in the list of mails and on the lock screen",
    ("webhook", "post"): "in an address, which servers write into their logs",
}


def check(subject: Subject) -> Iterator[Found]:
    """Looks for fields marked `private` in texts that others can see."""
    private = [field.name for field in subject.workspace.profile.values() if field.private]
    if not private:
        return
    pattern = re.compile(rf"(?<![\w.])profile\.({'|'.join(map(re.escape, private))})(?![\w])")
    for text in subject.pieces:
        where = _OPEN.get((text.channel, text.part))
        if where is None:
            continue
        for match in pattern.finditer(text.source):
            opened = text.source.rfind("{{", 0, match.start())
            if opened == -1 or "}}" in text.source[opened : match.start()]:
                continue  # asked for, not written out
            place = text.span(*match.span())
            yield Found(place, {"field": match[1], "where": where, "message": text.owner})


RULE = Rule(
    code="private-in-the-open",
    category="consent",
    says="{field} is private, and {message} shows it {where}.",
    label="others can read it here",
    what="A field that the profile marks `private` is written out in a push message, in a subject, or in the "
    "address of a webhook.",
    why="These are seen by whoever looks at the phone, and kept by servers in between. A birthday, a phone "
    "number or a diagnosis on a lock screen is a breach, and cannot be taken back.",
    mend="Leave it out, or say it in the body of the mail.",
    check=check,
    bad="""\
profile
  email       email  identity
  push_token  text
  birthday    date   private

topic offers opt in

message hello about offers
  push
    title "A gift for you"
    text  "{% if profile.birthday %}For {{ ⟦profile.birthday⟧ }}{% else %}For your day{% endif %}"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email       email  identity
  push_token  text
  birthday    date   private

topic offers opt in

message hello about offers
  push
    title "A gift for you"
    text  "It waits in your account."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
