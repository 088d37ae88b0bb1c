"""What may be written at a place: worked out from the grammar's own table, so that it is never a guess.

The declaration around the place is read up to it; the parser's state there tells which keywords and which kinds of
names may come. Names are then those that the workspace declares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sojourn.dsl import ast
from sojourn.dsl.format.declarations import type_text
from sojourn.dsl.functions import FUNCTIONS, Signature
from sojourn.dsl.grammar import load, states_after
from sojourn.dsl.layout import DECLARATIONS, lay_out
from sojourn.dsl.messages.constructs import CONSTRUCTS
from sojourn.dsl.refusals import accepts
from sojourn.dsl.resolve import BUILT_IN_EVENTS, REACTIONS
from sojourn.dsl.source import SourceFile
from sojourn.dsl.tokens import Token
from sojourn.dsl.types import PLAIN_TYPES
from sojourn.editor.snapshot import Snapshot

__all__ = ["Proposal", "complete"]

_MARK = "zzhere"
_KINDS = {
    "event_name": "event", "audience_name": "audience", "message_name": "message", "topic_name": "topic",
    "journey_name": "journey", "catalog_name": "catalog", "dataset_name": "dataset", "webhook_name": "webhook",
    "offer_name": "offer", "schema_name": "schema", "held_name": "event",
}  # fmt: skip
_FIXED = {
    "channel_name": ("email", "sms", "push", "webhook"),
    "part_name": ("subject", "body", "title", "text", "post"),
    "day_name": (
        "weekday",
        "weekend",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ),
    "format_name": ("csv", "http"),
    "conversion_name": ("lower", "upper", "trim"),
    "merge_name": ("newest",),
    "calendar_name": ("day", "week", "month"),
    "ranking_name": ("most", "newest", "trending"),
}
_EVENT_BEFORE = re.compile(
    r"\b(?:start on|exit on|goal|has|no|then|of|wait for|time of last|time of first)\s+(\w+)"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that may be written: the word, what it is, and what it says of itself."""

    text: str
    kind: str
    detail: str = ""
    description: str = ""


def complete(snapshot: Snapshot, path: str, offset: int) -> list[Proposal]:
    """What may stand at a place, the likeliest first. Nothing inside texts and comments."""
    source = snapshot.source(path)
    if source is None or not path.endswith(".journey"):
        return []
    text = source.text[:offset]
    prefix = re.search(r"[\w.]*$", text)
    assert prefix is not None
    front = text[: prefix.start()]
    line = front.rpartition("\n")[2]
    if line.count('"') % 2 or "#" in line:
        return []
    before, dot, _ = prefix.group().rpartition(".")
    if dot:
        return _members(snapshot, before, line)
    tokens = _tokens_before(source.path, front)
    if tokens is None:
        return []
    if not tokens:
        return [Proposal(word, "keyword", description=_example(word)) for word in DECLARATIONS]
    states = states_after(tokens)
    return [] if states is None else _proposals(snapshot, states, line, _people(tokens))


def _tokens_before(path: str, front: str) -> list[Token] | None:
    """The tokens of the declaration that is being written, up to the place; None inside a text."""
    blocks, _, _ = lay_out(SourceFile(path, front + _MARK))
    if not blocks:
        return None
    tokens = blocks[-1].tokens
    for number, token in enumerate(tokens):
        if token[3] == _MARK and token[2] - token[1] == len(_MARK):
            return tokens[:number]
    return None


def _people(tokens: list[Token]) -> list[str]:
    """The people whom a test has introduced, in order."""
    lines = ("_NL", "_INDENT", "_DEDENT")
    named = (
        tokens[number + 1][3]
        for number, token in enumerate(tokens[:-1])
        if token[3] == "person" and number and tokens[number - 1][0] in lines
    )
    return list(dict.fromkeys(named))


def _proposals(snapshot: Snapshot, states: list[int], line: str, people: list[str]) -> list[Proposal]:
    table = load()
    found: list[Proposal] = []
    names = accepts(table, states, "NAME", False) or ()
    for name in names:
        if name == "person_name":
            found += [Proposal(person, "value", "a person of this test") for person in people]
        found += _named(snapshot, name, line)
    words = [word for word in table.words[states[-1]] if accepts(table, states, word, True) is not None]
    found += [Proposal(word, "keyword", description=_example(word)) for word in words]
    return list({(proposal.text, proposal.kind): proposal for proposal in found}.values())


def _example(word: str) -> str:
    construct = CONSTRUCTS.get(word)
    return construct.example if construct is not None else ""


def _named(snapshot: Snapshot, name: str, line: str) -> Iterable[Proposal]:
    kind = _KINDS.get(name)
    if kind is not None:
        built_in = (*BUILT_IN_EVENTS, *REACTIONS) if kind == "event" else ()
        declared = [_declared(snapshot, kind, text) for text in snapshot.names(kind)]
        return [*declared, *(Proposal(text, kind, "built in") for text in built_in)]
    if name in _FIXED:
        return [Proposal(text, "value") for text in _FIXED[name]]
    if name == "type_name":
        types = [Proposal(text, "type") for text in PLAIN_TYPES]
        return [*types, *(Proposal(text, "schema") for text in snapshot.names("schema"))]
    if name in ("path", "call_name", "name"):
        return _values(snapshot, line)
    if name == "event_path":
        return [_declared(snapshot, "event", text) for text in snapshot.names("event")]
    if name == "limited_name":
        return [
            *(_declared(snapshot, "topic", t) for t in snapshot.names("topic")),
            *_named(snapshot, "channel_name", ""),
        ]
    return []


def _declared(snapshot: Snapshot, kind: str, name: str) -> Proposal:
    node = snapshot.declared.get((kind, name))
    return Proposal(name, kind, kind, getattr(node, "description", ""))


def _values(snapshot: Snapshot, line: str) -> list[Proposal]:
    """What has a value: the fields of the event that is spoken of, those of the person, attributes, functions."""
    found = [
        _field(field, f"of {event}")
        for event in _events_in(snapshot, line)
        for field in snapshot.fields(f"event {event}")
    ]
    found += [_field(field, "of the person") for field in snapshot.fields("profile")]
    found += [
        _declared(snapshot, kind, name) for kind in ("attribute", "define") for name in snapshot.names(kind)
    ]
    found += [
        Proposal(name, "function", signature.call, _meaning(signature))
        for name, signature in FUNCTIONS.items()
    ]
    return [
        *found,
        Proposal("now", "value", "the moment"),
        Proposal("today", "value", "the date where the person is"),
    ]


def _meaning(function: Signature) -> str:
    call, gives = function.examples[0]
    return f"{function.means}\n\n`{call}` is {gives}"


def _events_in(snapshot: Snapshot, line: str) -> list[str]:
    """The event that the line speaks of, when a `where` follows it."""
    spoken = [name for name in _EVENT_BEFORE.findall(line) if ("event", name) in snapshot.declared]
    return spoken[-1:] if "where" in line else []


def _field(field: ast.Field, whose: str) -> Proposal:
    return Proposal(field.name.text, "field", f"{type_text(field.type)} {whose}", field.description)


def _members(snapshot: Snapshot, before: str, line: str) -> list[Proposal]:
    """What may come behind a dot: the fields of what stands before it."""
    first, *rest = re.sub(r"\[\d+\]", "", before).split(".")
    owners: list[str]
    if first == "profile":
        owners = ["profile"]
        if not rest:
            names = [_declared(snapshot, "attribute", name) for name in snapshot.names("attribute")]
            return [*(_field(field, "of the person") for field in snapshot.fields("profile")), *names]
    elif first == "event":
        owners = [f"event {name}" for name in _events_in(snapshot, line) or snapshot.names("event")]
    elif first == "consent":
        return [_declared(snapshot, "topic", name) for name in snapshot.names("topic")]
    elif ("event", first) in snapshot.declared:
        owners = [f"event {first}"]
    else:
        owners, rest = ["profile", *(f"event {e}" for e in snapshot.names("event"))], [first, *rest]
    for part in rest:
        owners = [owner for field in _all(snapshot, owners, part) if (owner := _owner_of(field.type))]
    whose = owners[0] if len(owners) == 1 else ""
    fields = {field.name.text: field for owner in owners for field in snapshot.fields(owner)}
    return [_field(field, f"of {whose}" if whose else "") for field in fields.values()]


def _all(snapshot: Snapshot, owners: list[str], name: str) -> list[ast.Field]:
    return [field for owner in owners for field in snapshot.fields(owner) if field.name.text == name]


def _owner_of(type: ast.TypeName) -> str:
    """What the fields of a value belong to; empty when it has none."""
    if type.kind == "list" and type.of is not None:
        return _owner_of(type.of)
    if type.kind == "ref":
        return f"catalog {type.name}"
    return f"schema {type.name}" if type.kind == "plain" and type.name not in PLAIN_TYPES else ""
