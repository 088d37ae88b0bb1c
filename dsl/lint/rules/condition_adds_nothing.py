"""A part of a condition that follows from another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sojourn.dsl import ast, checked
from sojourn.dsl.check.shape import walk
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks of each term of an `and` whether the others imply it, of each of an `or` whether it implies another."""
    for condition, event in subject.conditions:
        look = partial(_within, subject, condition, event)
        yield from subject.kept(f"{RULE.code} {event}", condition, look)


def _within(subject: Subject, condition: checked.Expr, event: str) -> Iterator[Found]:
    for logic in walk(condition):
        if isinstance(logic, checked.Logic):
            yield from _in(subject, logic, event)


def _in(subject: Subject, logic: checked.Logic, event: str) -> Iterator[Found]:
    node = subject.node_at(ast.Logic, logic.span)
    if node is None or node.op != logic.op or len(node.terms) != len(logic.terms):
        return
    reasoner = subject.reasoner
    about = [reasoner.about(term) for term in logic.terms]
    if len(frozenset().union(*about)) == sum(map(len, about)):
        return  # each part is about something else
    if reasoner.never((logic, True), event=event) or reasoner.always(logic, event):
        return
    for position, term in enumerate(logic.terms):
        if isinstance(term.term if isinstance(term, checked.Not) else term, checked.Known):
            continue  # said for the reader
        for number, other in enumerate(logic.terms):
            if number == position or not about[number] & about[position]:
                continue
            strict, loose = (other, term) if logic.op == "and" else (term, other)
            if not reasoner.implies(strict, loose, event):
                continue
            if number > position and reasoner.implies(loose, strict, event):
                continue  # the same twice: the second is the one too many
            written = node.terms[position]
            related = Related(node.terms[number].span, "this one decides")
            facts = {
                "condition": subject.words(written.span),
                "other": subject.words(node.terms[number].span),
            }
            yield Found(written.span, facts, _without(subject, node, position), (related,))
            return


def _without(subject: Subject, node: ast.Logic, position: int) -> Fix | None:
    """Takes a term out, with the `and` or `or` before it, or after the first."""
    term = node.terms[position]
    source = subject.source(term.span.path)
    if position:
        start, end = node.terms[position - 1].span.end, term.span.end
    else:
        start, end = term.span.start, node.terms[1].span.start
    cut = source.text[start:end].replace(source.text[term.span.start : term.span.end], "", 1)
    if "#" in cut or cut.split() != [node.op]:
        return None
    return Fix(source.span(start, end), "", "take it out")


RULE = Rule(
    code="condition-adds-nothing",
    category="people",
    says="`{condition}` changes nothing beside `{other}`.",
    label="changes nothing",
    what="One part of an `and` follows from another, or one part of an `or` is among the other.",
    why="The author meant to narrow the group, or to widen it, and it is what it was. Often the number is "
    "wrong, or `and` should be `or`.",
    mend="Take it out, or correct it.",
    fix="safe",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase
  total  money  required

attribute spent = sum of purchase.total

audience big_spenders
  spent >= 1000 EUR
  and ⟦spent >= 100 EUR⟧
""",
    good="""\
profile
  email  email  identity

event purchase
  total  money  required

attribute spent = sum of purchase.total

audience big_spenders
  spent >= 1000 EUR
""",
)
