"""Somebody who has not done something lately may be brand-new."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.reasoning import Truth
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for `no E in last D` in audiences of which somebody without any history can be a member."""
    starts = [start for journey in subject.workspace.journeys.values() for start in journey.starts]
    entered = {start.audience for start in starts if isinstance(start, checked.StartOnAudience)}
    scheduled = {start.audience for start in starts if isinstance(start, checked.StartOnSchedule)} - entered
    for audience in subject.own(subject.workspace.audiences):
        if audience.name in scheduled:
            continue  # a newcomer among those who are written to once a month does no harm
        if audience.name in subject.workspace.lists:
            continue
        node = subject.declared("audience", audience.name)
        yield from subject.kept(RULE.code, node, partial(_in, subject, node, audience.name))


def _in(subject: Subject, node: ast.Audience, name: str) -> Iterator[Found]:
    audience = subject.workspace.audiences[name]
    for term in node.condition.terms if isinstance(node.condition, ast.Logic) else (node.condition,):
        if isinstance(node.condition, ast.Logic) and node.condition.op != "and":
            break
        if not isinstance(term, ast.Has) or term.window is None or term.window.last is None:
            continue
        none = term.negated or (term.quantity is not None and term.quantity[0] == "at most")
        if not none or subject.reasoner.never(*_nothing_happened(subject, audience)):
            continue
        event = term.event.text
        fix = None
        if term.where is None:
            added = f"and has {event}"
            line = subject.source(term.span.path).line(term.span.line)
            indent = " " * (len(line) - len(line.lstrip()))
            fix = subject.insertion(term.span, f"\n{indent}{added}", f"add {added}")
        facts = {"audience": audience.name, "event": event, "window": subject.words(term.window.span)}
        yield Found(term.span, facts, fix)
        break


def _nothing_happened(subject: Subject, audience: checked.Audience) -> list[Truth]:
    """The audience's condition, of somebody of whom no event is stored."""
    truths: list[Truth] = [(audience.condition, True)]
    for key in subject.reasoner.looked_at(audience.condition):
        aggregate = subject.workspace.aggregates[key]
        value = checked.AggregateValue(aggregate.key, type=aggregate.type)
        if aggregate.kind in ("count", "distinct"):
            zero = checked.Constant(0, type=aggregate.type)
            truths.append((checked.Compare("is", value, zero, type=audience.condition.type), True))
        elif aggregate.kind in ("then", "then no"):
            truths.append((value, False))
        elif aggregate.kind != "last n":
            truths.append((checked.Known(value, type=audience.condition.type), False))
    return truths


RULE = Rule(
    code="absence-catches-newcomers",
    category="people",
    says="Somebody who came a minute ago is in {audience}: they have no {event} either.",
    label="true of newcomers",
    what="An audience asks that something was not done in a span of time, and nothing in it asks that "
    "somebody was there before.",
    why="“No purchase in 30 days” is true of whoever signed up a minute ago. The win-back mail is the first "
    "they hear of you.",
    mend="Ask that it was done at some time, `and has {event}`, or that they have been there for long enough.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase

audience lapsing
  ⟦no purchase in last 30 days⟧
""",
    good="""\
profile
  email  email  identity

event purchase

audience lapsing
  no purchase in last 30 days
  and has purchase
""",
)
