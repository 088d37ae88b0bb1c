"""The records that the door takes, as JSON Schema."""

from __future__ import annotations

from typing import Any

from sojourn.dsl import checked
from sojourn.interpreter.door.types import json_schema

__all__ = ["LONGEST_ID", "event_schema"]

LONGEST_ID = 200
"""Characters of a record's id at most."""


def event_schema(workspace: checked.Workspace, event: str) -> dict[str, Any]:
    """The record of one kind of event as JSON Schema (2020-12). Raises KeyError for an unknown event."""
    declared = workspace.events[event]
    used: dict[str, Any] = {}
    profile = {f.wire: _described(f) for f in workspace.profile.values()}
    properties = _object(declared.fields.values())
    todo = [f.type for f in (*declared.fields.values(), *workspace.profile.values())]
    while todo:
        type = todo.pop()
        if type.of is not None:
            todo.append(type.of)
        if type.kind == "schema" and type.name not in used:
            fields = workspace.schemas[type.name].fields.values()
            used[type.name] = _object(fields)
            todo.extend(f.type for f in fields)
    required = any(f.required for f in declared.fields.values())
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": declared.wire,
        "type": "object",
        "properties": {
            "event": {"const": declared.wire},
            "id": {"type": "string", "maxLength": LONGEST_ID},
            "time": {"type": "string", "format": "date-time"},
            "profile": {"type": "object", "properties": profile, "additionalProperties": False},
            "properties": properties,
        },
        "required": ["event", "profile", *(["properties"] if required else [])],
    }
    if event in workspace.business:
        schema["required"].remove("profile")
        del schema["properties"]["profile"]
    if declared.description:
        schema["description"] = declared.description
    if used:
        schema["$defs"] = used
    return schema


def _described(field: checked.Field) -> dict[str, Any]:
    schema = json_schema(field.type)
    if field.description:
        schema["description"] = field.description
    if field.default is not None:
        schema["default"] = field.default
    return schema


def _object(fields: Any) -> dict[str, Any]:
    """Fields as JSON Schema; dotted names become nested objects."""
    root: dict[str, Any] = {"type": "object", "properties": {}}
    for field in fields:
        at = root
        *way, last = field.wire.split(".")
        for part in way:
            at = at["properties"].setdefault(part, {"type": "object", "properties": {}})
        at["properties"][last] = _described(field)
        if field.required:
            at.setdefault("required", []).append(last)
    return root
