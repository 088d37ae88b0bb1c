"""The words in which the door says what does not fit, for whoever sent it."""

from __future__ import annotations

import re
from typing import Any

import orjson

__all__ = [
    "did_you_mean", "dumped", "in_words", "must_be", "path_of", "quoted", "shown_raw", "why_not_json",
    "without_value",
]  # fmt: skip


def did_you_mean(close: tuple[str, ...]) -> str:
    """The end of a sentence that names something unknown."""
    return f": did you mean “{close[0]}”?" if close else "."


def must_be(shown: str, what: str, value: Any, instead: tuple[str, ...] = ()) -> str:
    """What a value should have been; `instead` are values that may have been meant."""
    hint = f" Did you mean “{instead[0]}”?" if instead else ""
    if what == "there":
        return f"{shown} is missing."
    return f"{shown} must be {what}, not {quoted(value)}.{hint}"


_VALUE = re.compile(r", not (“[^”]*”|[^“”]*?)\.(?: Did you mean .*)?$", re.DOTALL)


def without_value(reason: str) -> tuple[str, str]:
    """A reason without the value that did not fit, and that value: what many records have in common, and what not."""
    found = _VALUE.search(reason)
    return (reason, "") if found is None else (reason[: found.start()], found[1])


def quoted(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    if isinstance(value, str):
        return f"“{value if len(value) <= 60 else value[:57] + '…'}”"
    text = dumped(value)
    return text if len(text) <= 60 else text[:57] + "…"


def dumped(obj: Any) -> str:
    """The JSON of something, or what Python says of it where it has none."""
    try:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, orjson.JSONEncodeError):
        return repr(obj)


def path_of(loc: tuple[int | str, ...]) -> str:
    """A place as a dotted path."""
    return ".".join(map(str, loc))


def in_words(loc: tuple[int | str, ...]) -> str:
    """`“price” in item 2 of “items”`."""
    words = ""
    for part in loc:
        if isinstance(part, int):
            words = f"item {part + 1} of {words}" if words else f"item {part + 1}"
        elif words:
            words = f"“{part}” in {words}"
        else:
            words = f"“{part}”"
    return words


def shown_raw(raw: bytes | str) -> str:
    """The text as it came. SQLite and JSON cannot hold half a character: such bytes are shown as \\xNN."""
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "backslashreplace")
    return raw.encode("utf-8", "backslashreplace").decode()


def why_not_json(raw: bytes | str, error: orjson.JSONDecodeError) -> str:
    """Why a text is no JSON, for whoever sent it."""
    if isinstance(raw, bytes):
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "The text is UTF-16; records must be UTF-8."
        try:
            text = raw.decode()
        except UnicodeDecodeError as bad:
            byte = f"byte {bad.start + 1} is 0x{raw[bad.start]:02x}"
            return f"The text is not UTF-8: {byte} (Windows-1252 or Latin-1?)."
    else:
        text = raw
    stripped = text.strip()
    if not stripped:
        return "The record is empty."
    if stripped[0] == "{" and (not stripped.endswith("}") or "unexpected end" in str(error).lower()):
        return "The record is cut off: its last } is missing."
    return f"The record is not JSON: {error.msg} at character {error.pos + 1}."
