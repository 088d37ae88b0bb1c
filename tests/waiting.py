"""Waiting for what must come true, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["PATIENCE", "until"]

PATIENCE = 300.0
"""Seconds after which something that must come true is given up. It is no measure of speed: a loaded machine takes its
time, and a test that waits in vain fails all the same.
"""


def until(true: Callable[[], object]) -> None:
    """Waits for something that will be true soon, and fails when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
