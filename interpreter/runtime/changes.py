"""What is different between two versions of a workspace, in words: what a save meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from sojourn.dsl import checked
from sojourn.interpreter.core.moves import moved_steps, standings
from sojourn.interpreter.runtime.details import Sides, details_of, journey_settings_changed, rule_name

__all__ = ["Change", "changes_between"]

How = Literal["new", "changed", "gone"]

_KINDS = (
    ("journeys", "journey"), ("messages", "message"), ("audiences", "audience"), ("attributes", "attribute"),
    ("events", "event"), ("profile", "profile field"), ("schemas", "schema"), ("catalogs", "catalog"),
    ("datasets", "dataset"), ("topics", "topic"), ("lists", "list of the audience"), ("offers", "offer"),
    ("decisions", "decision"), ("recommendations", "recommendation"), ("webhooks", "webhook"), ("limits", "limit"),
    ("quiet_hours", "quiet hours"), ("identifiers", "identifier"), ("merges", "merge rule of"),
)  # fmt: skip

_SETTINGS = (
    ("starts", "how it starts"),
    ("again", "who may enter again"),
    ("again_after", "who may enter again"),
    ("exits", "what ends it"),
    ("goal", "its goal"),
    ("zone", "its time zone"),
    ("zone_fallback", "its time zone"),
    ("one_per", "how many runs one person may have"),
    ("ends_after", "how long it may last"),
    ("existing_members", "what becomes of existing members"),
    ("existing_over", "what becomes of existing members"),
)

_MOST_DETAILS = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One declaration that is new, changed or gone. `kind` is its word in the language ("journey").

    `details` say what about it, in words: "`wait 1 hour` is now `wait 2 hours`". `stands` tells whether the
    people under way in a journey are concerned: its steps changed, or it is gone.
    """

    kind: str
    name: str
    how: How
    details: tuple[str, ...] = ()
    stands: bool = field(default=False)


def changes_between(
    before: checked.Workspace, after: checked.Workspace, most: int | None = _MOST_DETAILS
) -> list[Change]:
    """The differences in meaning, journeys first; none for an edit of comments or of where things stand. At most `most`
    details are told of each (None: all of them).
    """
    found: list[Change] = []
    sides = Sides(before, after)
    for attribute, kind in _KINDS:
        old, new = _declared(before, attribute), _declared(after, attribute)
        for name, declared in new.items():
            if name not in old:
                found.append(Change(kind, name, "new"))
            elif declared != old[name] or (shared := _shared(declared, before, after)):
                details = (
                    _details(sides, kind, old[name], declared, most) if declared != old[name] else shared
                )
                stands = kind == "journey" and standings(old[name].steps) != standings(declared.steps)
                found.append(Change(kind, name, "changed", details, stands))
        found += [Change(kind, name, "gone", (), kind == "journey") for name in old if name not in new]
    return found


def _shared(declared: Any, before: checked.Workspace, after: checked.Workspace) -> tuple[str, ...]:
    """What is another in the files that the texts of a message or an offer share with others."""
    if isinstance(declared, checked.Message):
        templates = [part for variant in declared.variants for part in variant.parts.values()]
    elif isinstance(declared, checked.Offer):
        templates = list(declared.parts.values())
    else:
        return ()
    files = sorted({path for template in templates for path in template.files})
    return tuple(path for path in files if before.templates.get(path) != after.templates.get(path))


def _declared(workspace: checked.Workspace, attribute: str) -> Mapping[str, Any]:
    """The declarations of a kind by name. Limits and quiet hours have none: what they are for stands for it."""
    found = getattr(workspace, attribute)
    if isinstance(found, Mapping):
        return found
    named: dict[str, Any] = {}
    for one in found:
        name = rule_name(one) if isinstance(one, checked.Limit | checked.QuietHours) else one.name
        while name in named:
            name += " (another)"
        named[name] = one
    return named


def _details(sides: Sides, kind: str, old: Any, new: Any, most: int | None) -> tuple[str, ...]:
    if kind == "journey":
        details = _journey(sides, old, new)
    elif kind == "catalog":
        details = _rows(old.rows, new.rows)
    elif isinstance(new, checked.MemberList):
        details = _listed(old, new)
    else:
        details = list(details_of(sides, kind, old, new))
    if most is not None and len(details) > most:
        details = [*details[: most - 1], f"{len(details) - most + 1} more differences"]
    return tuple(details)


def _journey(sides: Sides, old: checked.Journey, new: checked.Journey) -> list[str]:
    """First the steps, in the order of the new text, then the settings."""
    before, after = standings(old.steps), standings(new.steps)
    moved = moved_steps(before, after)
    labels = {step.id: step.label for step in after}
    kept_old = {step.id: step for step in old.steps}
    details: list[str] = []
    opcodes = SequenceMatcher(None, [s.id for s in before], [s.id for s in after], autojunk=False)
    for what, i1, i2, j1, j2 in opcodes.get_opcodes():
        if what == "equal":
            continue
        gone = [step for step in before[i1:i2] if step.id not in labels]
        came = [step for step in after[j1:j2] if step.id not in kept_old]
        said: set[str] = set()
        for step in gone:
            successor = moved.get(step.id) or _like(step.label, [s for s in came if s.id not in said])
            if successor is None:
                details.append(f"`{step.label}` is gone")
            else:
                said.add(successor)
                if labels[successor] != step.label:
                    details.append(f"`{step.label}` is now `{labels[successor]}`")
        details += [f"`{step.label}` is new" for step in came if step.id not in said]
    settled = journey_settings_changed(sides, old, new)
    if not settled:
        # What cannot be said by its line, such as a rule that it is built on.
        settled = list(
            dict.fromkeys(words for name, words in _SETTINGS if getattr(old, name) != getattr(new, name))
        )
    details += settled
    if not details and old.steps != new.steps:
        details.append("the order or the insides of its steps")
    return details


def _like(label: str, steps: Sequence[Any]) -> str | None:
    """Of new steps the one that begins with the same word as one that is gone: `send a` became `send b`."""
    word = label.split(" ", 1)[0]
    return next((step.id for step in steps if step.label.split(" ", 1)[0] == word), None)


def _listed(old: checked.MemberList, new: checked.MemberList) -> list[str]:
    before, after = (
        {(name, value) for name, values in side.identifiers.items() for value in values}
        for side in (old, new)
    )
    counts = [(len(after - before), "new"), (len(before - after), "gone")]
    return [f"{count:,} {'line' if count == 1 else 'lines'} {word}" for count, word in counts if count]


def _rows(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    came = sum(key not in old for key in new)
    gone = sum(key not in new for key in old)
    changed = sum(key in old and row != old[key] for key, row in new.items())
    counts = [(came, "new"), (changed, "changed"), (gone, "gone")]
    return [f"{count:,} {'row' if count == 1 else 'rows'} {word}" for count, word in counts if count]
