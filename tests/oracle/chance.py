"""What is left to a hash: which arm of a split somebody takes, when after quiet hours their message goes.

And what comes from outside: when a webhook answers, and what.

No meaning is in these numbers, only that they are the same each time, so the oracle is told them.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b
from typing import Any

from sojourn.dsl import checked as c
from sojourn.dsl.values import DAY, HOUR, MINUTE, SECOND

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


def share(key: str, journey: str) -> Fraction:
    """At which share of the time an existing member enters, of all those who are spread over it."""
    return Fraction(_hashed(key, journey, "enters"), 1 << 64)


DELAYS = (SECOND, MINUTE, HOUR, HOUR, DAY, 2 * DAY, 400 * DAY)
ANSWERS: tuple[tuple[str | None, dict[str, Any] | None], ...] = (
    ('{"ticket": "T1", "level": 2}', {"ticket": "T1", "level": 2}),
    ('{"ticket": "T2", "level": 0}', {"ticket": "T2", "level": 0}),
    ('{"ticket": "T3"}', {"ticket": "T3"}),
    ('{"ticket": "T4", "other": [1]}', {"ticket": "T4"}),
    ('{"level": 2}', None),
    ('{"ticket": "T5", "level": "many"}', None),
    ("[]", None),
    ("oops", None),
    (None, None),
)
"""What a webhook sends (None: it could not be reached), and what that says; None where it is no answer.

The webhook's fields are those of `programs.WEBHOOK`: a text `ticket`, required, and an integer `level`.
"""


def answer(journey: str, step: str, asked: int) -> tuple[int, str | None, dict[str, Any] | None]:
    """When a webhook answers what a step asked at an instant, the text, and what it says."""
    hashed = _hashed(journey, step, str(asked))
    text, values = ANSWERS[hashed % len(ANSWERS)]
    return asked + DELAYS[hashed // len(ANSWERS) % len(DELAYS)], text, values
