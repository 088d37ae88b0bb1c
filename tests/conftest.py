"""What all tests share."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes the golden files anew; read the difference before it is committed."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
