"""A compiled shop and a store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sojourn.interpreter.compile import Program
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.store import Store
from tests.runtime.shop import shop_program


@pytest.fixture(scope="session")
def shop() -> Program:
    """The shop of tests/runtime/shop.py."""
    return shop_program()


@pytest.fixture(scope="session")
def door(shop: Program) -> Door:
    """The shop's door."""
    return Door(shop.workspace)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store.open(tmp_path / "shop.db") as opened:
        yield opened
