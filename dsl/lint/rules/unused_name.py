"""A name that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_KINDS: dict[type[Any], str] = {
    ast.Define: "define", ast.Webhook: "webhook", ast.Recommendation: "recommendation",
    ast.Decision: "decision", ast.Topic: "topic", ast.Schema: "schema", ast.Catalog: "catalog",
}  # fmt: skip


def check(subject: Subject) -> Iterator[Found]:
    """Looks for declarations whose name stands nowhere else."""
    types = {name for node in subject.nodes(ast.Field) for name in _named(node.type)}
    for kind, word in _KINDS.items():
        for node in subject.nodes(kind):
            name = node.name.text
            if subject.used(word, name) or (word in ("schema", "catalog") and name in types):
                continue
            if word == "topic" and any(use.name == f"consent.{name}" for use in subject.compiled.uses):
                continue
            fix = subject.deletion(node, f"take {name} out")
            yield Found(node.name.span, {"kind": word, "name": name}, fix)


def _named(type: ast.TypeName) -> Iterator[str]:
    yield type.name
    if type.of is not None:
        yield from _named(type.of)


RULE = Rule(
    code="unused-name",
    category="data",
    says="Nothing uses the {kind} {name}.",
    label="unused",
    what="A define, a topic, a webhook, a decision, a recommendation, a schema or a catalog that nothing else "
    "names. An attribute may stand alone: it is looked at.",
    why="A topic without a message makes people answer for nothing, a recommendation is counted for every "
    "person with every event. And a rule that somebody forgot to use is one that is not kept.",
    mend="Use it, or take it out.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase
  total  money  required

define ⟦large_order⟧ = has purchase where total > 100 EUR
""",
    good="""\
profile
  email  email  identity

event purchase
  total  money  required
""",
)
