"""Stored data that a change of the schema would strand: what nothing could read any more.

What is new strands nothing, nor does what a type only takes in more of (`integer` to `number`, an email to `text`,
an option more). A field, an event or an identifier that is gone, or is of another type, strands what is stored of it.
"""

from __future__ import annotations

from pathlib import Path

from sojourn.dsl import checked
from sojourn.dsl.types import Type
from sojourn.interpreter.compile import Program
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.versions import last_workspace

__all__ = ["stranded", "stranded_by"]


def stranded_by(path: Path, program: Program) -> list[str]:
    """What would be stranded if a store took a program up, each a sentence; nothing where nothing ran, or where the
    program runs already. Raises StoreError.
    """
    if not path.is_file():
        return []
    with Store.open(path, read_only=True) as store:
        last = last_workspace(store)
        if last is None or last[0] == program.version or last[1] is None:
            return []
        return stranded(store, last[1], program.own)


def stranded(store: Store, before: checked.Workspace, after: checked.Workspace) -> list[str]:
    """What would be stranded, each a sentence, in the order of what was written."""
    found: list[str] = []
    for identifier in before.identifiers:
        if all(identifier.name != known.name for known in after.identifiers):
            count = _count(store, "SELECT count(*) FROM identifier WHERE namespace = ?", identifier.name)
            if count:
                found.append(
                    f"{count:,} people are known by {identifier.name}, which is no identifier any more."
                )
    for name, field in before.profile.items():
        why = _why(field, after.profile.get(name))
        if why and not field.identity:
            path = f'$.fields."{name}"'
            count = _count(
                store, "SELECT count(*) FROM person WHERE json_extract(document, ?) IS NOT NULL", path
            )
            if count:
                found.append(f"{count:,} {'person has' if count == 1 else 'people have'} {name}, {why}.")
    for name, event in before.events.items():
        if event.of_change is not None:
            continue
        kept = after.events.get(name)
        wrong = [
            (part, _why(field, kept.fields.get(part) if kept is not None else None))
            for part, field in event.fields.items()
        ]
        reasons = [(part, why) for part, why in wrong if why]
        if kept is not None and not reasons:
            continue
        count = _count(store, "SELECT count(*) FROM event WHERE event = ?", name)
        if not count:
            continue
        stored = f"{count:,} event{'' if count == 1 else 's'} {name} {'is' if count == 1 else 'are'} stored"
        if kept is None:
            found.append(f"{stored}, and there is no such event any more.")
            continue
        for part, why in reasons:
            path = f'$."{part}"'
            have = _count(
                store,
                "SELECT count(*) FROM event WHERE event = ? AND json_extract(properties, ?) IS NOT NULL",
                name,
                path,
            )
            if have:
                found.append(f"{stored}, {have:,} with {part}, {why}.")
    return found


def _count(store: Store, sql: str, *values: str) -> int:
    return int(store.one(sql, values))


def _why(before: checked.Field, after: checked.Field | None) -> str:
    if after is None:
        return "which is gone"
    if _takes(before.type, after.type):
        return ""
    return f"which was {before.type} and is {after.type} now"


def _takes(before: Type, after: Type) -> bool:
    """Whether every stored value of a type fits another."""
    if before == after:
        return True
    if before.kind == "one of" and after.kind == "one of":
        return set(before.options) <= set(after.options)
    if before.kind == "list" and after.kind == "list" and before.of is not None and after.of is not None:
        return _takes(before.of, after.of)
    return (after.kind == "text" and before.is_textual) or (before.kind, after.kind) == ("integer", "number")
