"""How wide a text is on a reader's screen, and where it is broken into lines.

The font is the reader's, so a width is an estimate on the safe side: the widths of the common sans-serif faces
by groups of letters, and a little more.
"""

from __future__ import annotations

__all__ = ["broken", "width"]

_NARROW = frozenset("ijl.,:;'|!`·")
_SLIM = frozenset('frtI()[]{}-/\\ "“”*°')
_WIDE = frozenset("mwMW%@—…→")
_SAFETY = 1.12


def width(text: str, size: float) -> float:
    """The width in pixels of one line in a font of `size` pixels."""
    return sum(map(_share, text)) * size * _SAFETY


def _share(char: str) -> float:
    """The width of a letter, as a share of the font's size."""
    if char in _NARROW:
        return 0.27
    if char in _SLIM:
        return 0.36
    if char in _WIDE:
        return 0.9
    if char >= "ᄀ":  # scripts of full width
        return 1.0
    return 0.68 if char.isupper() else 0.56


def broken(text: str, size: float, room: float) -> list[str]:
    """The text in lines of at most `room` pixels, broken at spaces; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        while width(word, size) > room:
            fits = max(1, next((n for n in range(len(word), 0, -1) if width(word[:n], size) <= room), 1))
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line] if line else lines or [""]
