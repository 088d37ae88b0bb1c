"""How many SMS a text is sent as.

A text of the GSM 03.38 alphabet has room for 160 characters, of which those of its extension table (`€ [ ] { }
^ ~ | \\`) take two; any other is sent in UCS-2 (UTF-16), with room for 70. A text that does not fit is cut into
pieces of 153, or 67, each with a header (3GPP TS 23.040); neither an escaped character nor a surrogate pair is
cut in two.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["is_gsm", "segments"]

_ONE_GSM, _EACH_GSM = 160, 153
_ONE_UCS2, _EACH_UCS2 = 70, 67


@lru_cache(maxsize=1024)
def _cost(char: str) -> int:
    """How many places of the GSM alphabet a character takes; 0 when it is not in it."""
    from gsm0338 import Codec

    try:
        return len(Codec().encode(char)[0])
    except UnicodeEncodeError:
        return 0


def is_gsm(char: str) -> bool:
    """Whether a character is in the GSM alphabet or its extension table."""
    return _cost(char) > 0


def segments(text: str) -> int:
    """How many SMS a text is sent as; an empty one is sent as one."""
    costs = [_cost(char) for char in text]
    if all(costs):
        return _pieces(costs, _ONE_GSM, _EACH_GSM)
    return _pieces([len(char.encode("utf-16-le")) // 2 for char in text], _ONE_UCS2, _EACH_UCS2)


def _pieces(costs: list[int], one: int, each: int) -> int:
    if sum(costs) <= one:
        return 1
    pieces, used = 1, 0
    for cost in costs:
        if used + cost > each:
            pieces, used = pieces + 1, 0
        used += cost
    return pieces
