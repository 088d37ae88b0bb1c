"""Private data that is never dropped."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for datasets without `keep` that hold events with private fields."""
    for dataset in subject.own(subject.workspace.datasets):
        if dataset.keep is not None:
            continue
        for name in dataset.holds:
            event = subject.workspace.events.get(name)
            field = (
                next((one for one in event.fields.values() if one.private), None)
                if event is not None
                else None
            )
            if field is not None:
                fix = subject.line_after(dataset.span, "keep 13 months", "add keep 13 months")
                place = subject.name_of("dataset", dataset.name)
                indented = Fix(fix.span, fix.text.replace("\n", "\n  "), fix.title, safe=False)
                facts = {"dataset": dataset.name, "field": field.name, "event": name}
                yield Found(place, facts, indented)
                break


RULE = Rule(
    code="private-kept-for-good",
    category="consent",
    says="{dataset} keeps {event} for good, with {field}, which is private.",
    label="for how long?",
    what="A dataset without `keep` holds events with a field that is marked `private`.",
    why="The law asks for an end, and what is not there any more cannot be stolen. What was counted of the "
    "events stays when they are dropped.",
    mend="Say for how long: `keep 13 months`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event prescription_filled
  medicine  text  required  private

dataset ⟦pharmacy⟧
  holds prescription_filled
  from http
""",
    good="""\
profile
  email  email  identity

event prescription_filled
  medicine  text  required  private

dataset pharmacy
  holds prescription_filled
  from http
  keep 13 months
""",
)
