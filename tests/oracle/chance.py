"""What is left to a hash: which arm of a split somebody takes, and when after quiet hours their message goes.

No meaning is in these numbers, only that they are the same each time, so the oracle is told them.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b

from sojourn.dsl import checked as c
from sojourn.dsl.values import SECOND

SPREAD = 600
"""Over how many seconds after quiet hours goes out what they held."""


def _hashed(*words: str) -> int:
    return int.from_bytes(blake2b("|".join(words).encode(), digest_size=8).digest(), "big")


def draw(key: str, journey: str, split: c.Split) -> str:
    """The arm of a split: a hash of person, journey and split, as a share of 1."""
    drawn = Fraction(_hashed(key, journey, split.name), 1 << 64)
    upto = Fraction(0)
    for arm in split.arms:
        upto += Fraction(arm.share)
        if drawn < upto:
            return arm.name
    return split.arms[-1].name


def delay(key: str, journey: str, step: str) -> int:
    """How long after quiet hours a held send of a person goes out, less than ten minutes."""
    return _hashed(key, journey, step) % SPREAD * SECOND
