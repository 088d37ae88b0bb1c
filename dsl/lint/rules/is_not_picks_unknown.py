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
        case checked.Compare(left=item, right=checked.Constant()):
            pass
        case (
            checked.TextTest(item=item, pattern=checked.Constant())
            | checked.In(item=item, options=checked.Constant())
        ):
            pass
        case checked.Between(item=item, low=checked.Constant(), high=checked.Constant()):
            pass
        case _:
            return
    if item.type.kind in ("list", "boolean") or not _may_be_missing(subject, item, event):
        return
    missing = (checked.Known(item, type=condition.type), False)
    if subject.reasoner.never(*given, (condition, True), missing, event=event):
        return
    written = subject.words(condition.span)
    if " not " not in f" {written} ":
        return  # the opposite of a whole that stands elsewhere
    name = subject.words(item.span)
    fix = None
    if not written.startswith("not ") and not isinstance(item, checked.AggregateValue):
        fix = subject.insertion(condition.span, f" and {name} is known", f"add and {name} is known")
    yield Found(condition.span, {"field": name, "condition": written}, fix)


def _may_be_missing(subject: Subject, item: checked.Expr, event: str) -> bool:
    """Whether there are people, or events, without a value of it."""
    workspace = subject.workspace
    match item:
        case checked.FieldValue(scope="profile", path=path):
            field = workspace.profile.get(str(path[0]))
            return field is not None and not field.required and (field.default is None or len(path) > 1)
        case checked.FieldValue(scope="event", path=path) if event in workspace.events:
            field = workspace.events[event].fields.get(str(path[0]))
            return field is not None and (len(path) > 1 or not (field.required or field.default is not None))
        case checked.AttributeValue(name=name) if name in workspace.attributes:
            return _may_be_missing(subject, workspace.attributes[name].value, event)
        case checked.AggregateValue(key=key) if key in workspace.aggregates:
            return workspace.aggregates[key].kind not in ("count", "distinct", "then", "then no", "last n")
        case checked.CatalogValue(catalog=name, path=(str() as part,)) if name in workspace.catalogs:
            return any(row.get(part) in (None, "") for row in workspace.catalogs[name].rows.values())
        case _:
            return False


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
