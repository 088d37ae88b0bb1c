"""Two versions of a workspace's files compared in meaning: comments, descriptions and the text's shape are nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.format import FormatError, format_file
from sojourn.dsl.workspace import Compiled, compile_folder
from sojourn.interpreter.runtime.changes import Change, changes_between
from sojourn.interpreter.runtime.details import described

__all__ = ["changes_in_meaning", "in_one_shape"]


def in_one_shape(folder: Path, outcome: Compiled) -> Compiled:
    """The same workspace read from its files as `fmt` would write them, so that a space more or less is nothing."""
    drafts: dict[Path, str] = {}
    for path in outcome.files:
        if path.suffix != ".journey":
            continue
        source = next(
            (s for s in outcome.sources.values() if (folder / s.path).resolve() == path.resolve()), None
        )
        if source is None:
            continue
        try:
            text = format_file(source).text
        except FormatError:
            continue
        if text is not None and text != source.text:
            drafts[path.resolve()] = text
    return compile_folder(folder, drafts=drafts) if drafts else outcome


def changes_in_meaning(before: checked.Workspace, after: checked.Workspace) -> list[Change]:
    """What is new, changed and gone, journeys first, with all that is another; tests last."""
    found = [
        replace(change, details=tuple(described(after, change.kind, change.name)))
        if change.how == "new"
        else change
        for change in changes_between(_silent(before), _silent(after), most=None)
    ]
    old = {test.title: _silent(test) for test in before.tests}
    new = {test.title: _silent(test) for test in after.tests}
    for name, test in new.items():
        if name not in old:
            found.append(Change("test", f"“{name}”", "new"))
        elif test != old[name]:
            found.append(Change("test", f"“{name}”", "changed"))
    found += [Change("test", f"“{name}”", "gone") for name in old if name not in new]
    return found


def _silent(value: Any) -> Any:
    """A node without descriptions: what is said to readers, and means nothing to a run."""
    if isinstance(value, checked.Catalog):
        return replace(value, description="", fields=_silent(value.fields))
    if isinstance(value, Mapping):
        return {key: _silent(item) for key, item in value.items()}
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_silent(item) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {
        field.name: "" if field.name == "description" else _silent(part)
        for field in fields(value)
        if field.name == "description" or isinstance(part := getattr(value, field.name), Mapping | tuple)
    }
    changed = {name: part for name, part in changed.items() if part != getattr(value, name)}
    return replace(value, **changed) if changed else value
