"""A value in a text that some people do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.check.shape import walk
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Sending, Subject
from sojourn.dsl.lint.texts import Text, put_together

_NAMES = ("first_name", "firstname", "given_name", "name")


def check(subject: Subject) -> Iterator[Found]:
    """Walks each template with the frame and the pieces it is put together from; a value counts as asked for inside an
    `if` that names it, and with a `default`.
    """
    for text in subject.texts:
        if not text.template.constant and text.message is not None and text.variant is not None:
            yield from subject.kept(RULE.code, text.template, partial(_in, subject, text, text.message.name))


def _in(subject: Subject, text: Text, message: str) -> Iterator[Found]:
    here = [one for one in subject.sends_to.get(message, ()) if text.channel in one.channels]
    if not here:
        return
    seen: set[tuple[str, str]] = set()
    for path, line, piece in _bare(text, subject.shared(text)):
        spot = (piece.template.path, path)
        if spot not in seen and all(_may_be_missing(subject, text, sending, path) for sending in here):
            seen.add(spot)
            yield from _found(piece, path, line)


def _found(text: Text, path: str, line: int) -> Iterator[Found]:
    starts = [0]
    for piece in text.source.split("\n"):
        starts.append(starts[-1] + len(piece) + 1)
    for match in re.compile(rf"(?<![\w.]){re.escape(path)}(?![\w.\[])").finditer(
        text.source, starts[line - 1]
    ):
        field = path.split(".")[1]
        at = text.exact(match.end(), match.end())
        fix = None
        alone = text.source[match.end() : match.end() + 3].strip() == "}}" or text.source[
            match.end() :
        ].startswith(" }}")
        if (
            field in _NAMES
            and at is not None
            and alone
            and text.variant is not None
            and text.variant.when is None
        ):
            fix = Fix(
                at, " | default('there', true)", "write `| default('there', true)` behind it", safe=False
            )
        facts = {"value": path, "part": text.part, "message": text.owner}
        yield Found(text.span(*match.span()), facts, fix)
        return


def _may_be_missing(subject: Subject, text: Text, sending: Sending, path: str) -> bool:
    scope, name = path.split(".")
    workspace = subject.workspace
    journey = sending.journey
    flow = subject.flow(journey)
    if scope == "profile":
        field = workspace.profile.get(name)
        if field is None or field.default is not None:
            return False
        if text.variant is not None and text.variant.address == name:
            return False
        starts = [start.date for start in journey.starts if isinstance(start, checked.StartOnDate)]
        if any(
            isinstance(part, checked.FieldValue) and part.path[:1] == (name,)
            for date in starts
            for part in walk(date)
        ):
            return False
        value = checked.FieldValue("profile", (name,), type=field.type)
    else:
        event = workspace.events.get(flow.start_event)
        field = event.fields.get(name) if event is not None else None
        if field is None or field.required or field.default is not None:
            return False
        value = checked.FieldValue("event", (name,), type=field.type)
    if field.type.kind in ("list", "boolean"):
        return False
    if any(_sets(step, name) for step in journey.steps):
        return False
    known = [*flow.at_start(), *flow.certain[sending.number]]
    if text.variant is not None and text.variant.when is not None:
        known.append((text.variant.when, True))
    missing = (checked.Known(value, type=field.type), False)
    return not subject.reasoner.never(*known, missing, event=flow.start_event)


def _sets(step: checked.Step, name: str) -> bool:
    return isinstance(step.operation, checked.SetField) and step.operation.target == name


def _bare(text: Text, shared: Mapping[str, Text]) -> Iterator[tuple[str, int, Text]]:
    """The values that are written out without being asked for, each with its line, and the text it stands in."""
    asked: list[frozenset[str]] = [frozenset()]
    for what, node, here in put_together(text, shared):
        if what == "out":
            asked.pop()
        elif what == "in":
            # Whatever the condition asks of a value, the author has thought of its being missing.
            inside = asked[-1]
            if type(node).__name__ == "If":
                inside |= _paths(node.test) | {path for other in node.elif_ for path in _paths(other.test)}
            elif type(node).__name__ == "For":
                inside |= _paths(node.iter)
            asked.append(inside)
        elif type(node).__name__ == "Output":
            for part in node.nodes:
                path = _written(part)
                if path and path not in asked[-1]:
                    yield path, part.lineno, here


def _written(node: Any) -> str:
    """`profile.first_name`, perhaps behind filters, none of which is `default`."""
    while type(node).__name__ == "Filter":
        if node.name in ("default", "d", "length", "count"):
            return ""
        node = node.node
    return _path(node)


def _path(node: Any) -> str:
    if (
        type(node).__name__ == "Getattr"
        and type(node.node).__name__ == "Name"
        and node.node.name in ("profile", "event")
    ):
        return f"{node.node.name}.{node.attr}"
    return ""


def _paths(node: Any) -> frozenset[str]:
    from jinja2 import nodes

    found = {_path(part) for part in node.find_all(nodes.Getattr)} | {_path(node)}
    return frozenset(found - {""})


RULE = Rule(
    code="value-may-be-missing",
    category="people",
    says="{value} is not known of everybody: the {part} of {message} has a hole for the others.",
    label="without a default",
    what="A text writes out a field that may be missing, without a `default` and outside an `if` that asks "
    "for it.",
    why="Whoever has not told you reads “Hi ,”. It is the most seen slip of personal mails.",
    mend="Write what stands there otherwise, `{{{{ profile.first_name | default('there', true) }}}}`, or put "
    "the words around it into `{{% if profile.first_name %}}`.",
    help="Write what stands there otherwise, `{{{{ {value} | default('…', true) }}}}`, or put the words around it "
    "into `{{% if {value} %}}`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email       email  identity
  first_name  text

topic offers opt in

message hello about offers
  email
    subject "Hi {{ ⟦profile.first_name⟧ }}, good that you are here"
    body    "<p>Look around.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email       email  identity
  first_name  text

topic offers opt in

message hello about offers
  email
    subject "Hi {{ profile.first_name | default('there', true) }}, good that you are here"
    body    "<p>Look around.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
