"""Records as the SDKs of customer data platforms send them: `identify`, `track`, `page`, `screen`, `alias`, `group`.

One call is a JSON object that says its `type`, whose it is by `userId` and `anonymousId`, what is known of the person
in `traits` (those of a `track` stand in `context`), and what happened in `event` and `properties`. Here it becomes a
record as docs/design.md has it; traits that the profile does not have are left.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

__all__ = ["NO_IDENTIFIER", "as_record", "calls_of"]

_KINDS = frozenset({"identify", "track", "page", "screen", "alias", "group"})
_USER = ("userId", "user_id")
_ANONYMOUS = ("anonymousId", "anonymous_id")
NO_IDENTIFIER = (
    "The record says “userId” or “anonymousId”, and no identifier of the profile is called so: write "
    '`called "userId"` behind the one it is.'
)


def calls_of(obj: Any) -> list[Any] | None:
    """The calls that an SDK sends at once (`{"batch": […]}`); None for anything else."""
    batch = obj.get("batch") if obj.__class__ is dict else None
    return batch if batch.__class__ is list else None


def as_record(obj: Any, fields: Collection[str], identifiers: Collection[str]) -> dict[str, Any] | None:
    """The record that a call is; None for what is no call. `fields` are the profile's fields by the names they have
    outside, `identifiers` those of them that tell people apart. A record without an identifier is one that says
    nobody's that is known here (NO_IDENTIFIER).
    """
    if obj.__class__ is not dict or "profile" in obj or obj.get("type") not in _KINDS:
        return None
    kind = obj["type"]
    profile: dict[str, Any] = {}
    context = obj.get("context")
    known = context.get("traits") if context.__class__ is dict else None
    own = obj.get("traits") if kind in ("identify", "page", "screen", "track") else None
    for traits in (known, own):
        if traits.__class__ is dict:
            profile.update({name: value for name, value in traits.items() if _is_known(name, fields)})
    for value, names in (
        (obj.get("userId"), _USER),
        (obj.get("anonymousId"), _ANONYMOUS),
        (obj.get("previousId"), _ANONYMOUS),
    ):
        name = next((name for name in names if name in identifiers), None)
        if name is not None and value not in (None, "") and name not in profile:
            profile[name] = str(value)
    record: dict[str, Any] = {"profile": profile}
    id = obj.get("messageId")
    if isinstance(id, str) and id:
        record["id"] = id
    time = obj.get("timestamp") or obj.get("originalTimestamp")
    if time:
        record["time"] = time
    if kind in ("track", "page", "screen"):
        record["event"] = obj.get("event") if kind == "track" else kind
        properties = obj.get("properties")
        record["properties"] = dict(properties) if properties.__class__ is dict else {}
        if kind != "track" and isinstance(obj.get("name"), str):
            record["properties"].setdefault("name", obj["name"])
    return record


def _is_known(name: str, fields: Collection[str]) -> bool:
    return name in fields or any(field.startswith(f"{name}.") for field in fields)
