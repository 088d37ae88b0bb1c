"""How many examples are made up: in CI a bounded number, always the same; with `SOJOURN_SOAK=2000` so many new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

SOAK = int(os.environ.get("SOJOURN_SOAK", "0"))


def some(examples: int) -> settings:
    """A bounded, repeatable number of examples; many new ones when soaking."""
    return settings(
        max_examples=SOAK or examples,
        derandomize=not SOAK,
        # What CI finds is the same each time; to make it small takes longer than CI has.
        phases=[Phase.generate, Phase.shrink] if SOAK else [Phase.generate],
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
