"""Customer journeys as text.

The names below are what a program imports; `sojourn.api` tells what each does. They are imported when they are first
asked for, so that the command line starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.api import (
        Finding,
        Mistakes,
        Program,
        Simulation,
        TestResult,
        check,
        load,
        run_tests,
        simulate,
    )

__all__ = [
    "Finding",
    "Mistakes",
    "Program",
    "Simulation",
    "TestResult",
    "__version__",
    "check",
    "load",
    "run_tests",
    "simulate",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in __all__:
        from sojourn import api

        return getattr(api, name)
    raise AttributeError(f"module 'sojourn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
