"""A limit that another one makes needless."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.lint.flow import least, most
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import PERSONAL, Subject
from sojourn.dsl.values import HOUR

_HOURS = {"day": 25, "week": 7 * 24 + 1, "month": 31 * 24 + 1}


def check(subject: Subject) -> Iterator[Found]:
    """Compares every two limits."""
    limits = [limit for limit in subject.workspace.limits if subject.is_own(limit.span)]
    for number, limit in enumerate(limits):
        for position, other in enumerate(limits):
            if position == number or not _rules_out(subject, other, limit):
                continue
            if position > number and _rules_out(subject, limit, other):
                continue  # the same twice: the second is the one too many
            node = subject.node_at(ast.Limit, limit.span)
            fix = None
            if node is not None:
                cut = subject.deletion(node, "take it out")
                fix = Fix(cut.span, cut.text, cut.title)
            related = Related(other.span, "this one is always reached first")
            yield Found(limit.span, {"limit": limit.label, "other": other.label}, fix, (related,))
            break


def _rules_out(subject: Subject, strict: checked.Limit, weak: checked.Limit) -> bool:
    """Whether the strict limit is reached whenever the weak one is."""
    return strict.count <= weak.count and _is_longer(strict, weak) and _has_all(subject, strict, weak)


def _is_longer(strict: checked.Limit, weak: checked.Limit) -> bool:
    if strict.calendar is not None:
        return weak.calendar == strict.calendar or weak.calendar == "day"
    assert strict.per is not None
    if weak.calendar is not None:
        return least(strict.per) >= _HOURS[weak.calendar] * HOUR
    assert weak.per is not None
    return strict.per == weak.per or least(strict.per) >= most(weak.per)


def _has_all(subject: Subject, strict: checked.Limit, weak: checked.Limit) -> bool:
    """Whether every message that the weak limit counts is counted by the strict one."""
    if (strict.kind, strict.target) == (weak.kind, weak.target):
        return True
    messages = subject.workspace.messages
    counted = [m for m in messages.values() if _counts(weak, m)]
    if weak.kind in ("everything", "channel"):
        return strict.kind == "everything"
    channels = {variant.channel for message in counted for variant in message.variants}
    if strict.kind == "everything":
        return channels <= set(PERSONAL)
    if strict.kind == "channel":
        return channels == {strict.target}
    return (
        strict.kind == "topic" and weak.kind == "message" and all(m.topic == strict.target for m in counted)
    )


def _counts(limit: checked.Limit, message: checked.Message) -> bool:
    return limit.target == (message.topic if limit.kind == "topic" else message.name)


RULE = Rule(
    code="limit-without-effect",
    category="timing",
    says="`{limit}` never stops anything: `{other}` is always reached first.",
    label="never reached",
    what="Of two limits one allows no more, for no shorter a time, of at least the same messages.",
    why="Whoever reads the file believes that the weaker limit protects people. When somebody later lifts the "
    "stricter one, nothing is as they think.",
    mend="Take it out, or correct the number that was meant.",
    fix="safe",
    check=check,
    bad="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

limit offers to 3 messages per 7 days
⟦limit offers to 5 messages per 3 days⟧

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
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

limit offers to 3 messages per 7 days
limit offers to 1 message per 1 day

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
