"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# What is made up is the same in every run, so that nobody's change is blamed for what it did not do, and no machine is
# too slow for it. `SOJOURN_SOAK=2000` goes looking for what nobody has seen yet (tests/oracle/soaking.py).
settings.register_profile("sojourn", derandomize=not os.environ.get("SOJOURN_SOAK"), deadline=None)
settings.load_profile("sojourn")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes the golden files anew; read the difference before it is committed."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
