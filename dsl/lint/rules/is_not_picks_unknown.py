"""`is not` also picks those of whom it is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.lint.reasoning import Truth
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_LOGIC = (checked.Logic, checked.Not)


def check(subject: Subject) -> Iterator[Found]:
    """Looks at every negated comparison of something that may be missing, where nothing asks whether it is known."""
    for condition, event in subject.conditions:
        yield from _within(subject, condition, event, ())


def _within(
    subject: Subject, condition: checked.Expr, event: str, given: tuple[Truth, ...]
) -> Iterator[Found]:
    if isinstance(condition, checked.Logic):
        for position, term in enumerate(condition.terms):
            others = tuple(other for number, other in enumerate(condition.terms) if number != position)
            beside = tuple((other, condition.op == "and") for other in others)
            yield from _within(subject, term, event, (*given, *beside))
        return
    if not isinstance(condition, checked.Not):
        return
    inner = condition.term
    match inner:
        case checked.Compare(op="is") | checked.TextTest():
            item = inner.left if isinstance(inner, checked.Compare) else inner.item
            other = inner.right if isinstance(inner, checked.Compare) else inner.pattern
        case checked.In():
            item, other = inner.item, inner.options
        case _:
            return
    if not isinstance(item, checked.FieldValue) or item.scope not in ("profile", "event"):
        return
    if not isinstance(other, checked.Constant) or item.type.kind in ("list", "boolean"):
        return
    missing = (checked.Known(item, type=condition.type), False)
    if subject.reasoner.never(*given, (condition, True), missing, event=event):
        return
    written = subject.words(condition.span)
    if " not " not in f" {written} ":
        return  # the opposite of a whole that stands elsewhere
    if item.scope == "event" and event:
        field = subject.workspace.events[event].fields.get(str(item.path[0]))
        if field is not None and len(item.path) == 1 and (field.required or field.default is not None):
            return
    name = subject.words(item.span)
    fix = None
    if not written.startswith("not "):
        fix = subject.insertion(condition.span, f" and {name} is known", f"add and {name} is known")
    yield Found(condition.span, {"field": name, "condition": written}, fix)


RULE = Rule(
    code="is-not-picks-unknown",
    category="people",
    says="`{condition}` is true of those of whom {field} is not known, too.",
    label="and the unknown?",
    what="`is not`, `not in` or a negated text test asks something that is missing for some people, and "
    "nothing beside it asks whether it is known.",
    why='Something missing equals nothing, so it is not "DE" either. Whoever has not told you their country '
    "gets the mail for abroad.",
    mend="Add `and {field} is known`; if those are meant too, write `or {field} is missing`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email    email    identity
  country  country

audience abroad
  ⟦country is not "DE"⟧
""",
    good="""\
profile
  email    email    identity
  country  country

audience abroad
  country is not "DE"
  and country is known
""",
)
