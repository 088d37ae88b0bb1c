"""What the rows have in common: figures, sizes, pairs of runs, the memory of a process.

A time is only worth something beside another one taken in the same minute: whatever is compared runs in pairs
(A, B, A, B, …), and the medians are reported.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks import ROOT

__all__ = [
    "Bench", "Figure", "Result", "Sizes", "Spent", "at_least", "at_most", "in_a_process", "middle", "own_folder",
    "paired", "plainly", "python", "resident", "spent_on",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the rows are. `pairs` is how many times each pair of runs is done."""

    events: int = 60_000
    people: int = 10_000
    many_people: int = 1_000_000
    runs: int = 1_000_000
    rules: tuple[int, ...] = (10, 1_000, 10_000)
    history: int = 100_000
    lines: int = 10_000
    windowed: int = 200_000
    products: int = 2_000
    workflows: int = 10_000
    peer_workflows: int = 300
    pairs: int = 5

    @classmethod
    def quick(cls) -> Sizes:
        """Small enough to see in a minute that every row works; the figures mean little."""
        return cls(
            events=3_000, people=500, many_people=3_000, runs=2_000, rules=(10, 100, 300), history=2_000,
            lines=1_000, windowed=2_000, products=200, workflows=500, peer_workflows=20, pairs=2,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `wanted` is the bound it should keep, in words, and `reached` whether it does; both empty
    where none was set.
    """

    name: str
    value: float
    unit: str
    wanted: str = ""
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one row found: its figures, and the sizes they were taken at (`"10,000 people"`)."""

    row: str
    title: str
    sizes: str
    figures: tuple[Figure, ...]
    seconds: float = 0.0
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it goes into the JSON file."""
        return asdict(self)


@dataclass(slots=True)
class Bench:
    """What a row is given: the sizes, a folder of its own, and somebody to tell how far it is."""

    sizes: Sizes
    folder: Path
    say: Callable[[str], None] = field(default=lambda text: None)


def at_least(name: str, value: float, unit: str, bound: float) -> Figure:
    """A figure that should be `bound` or more."""
    return Figure(name, value, unit, f"at least {bound:,g}", value >= bound)


def at_most(name: str, value: float, unit: str, bound: float) -> Figure:
    """A figure that should be `bound` or less."""
    return Figure(name, value, unit, f"at most {bound:,g}", value <= bound)


class Spent(NamedTuple):
    """Seconds: real ones, and those of the processor (all threads), which a busy machine changes least."""

    real: float
    processor: float


def middle(values: Sequence[Spent]) -> Spent:
    """The median of each."""
    return Spent(median(one.real for one in values), median(one.processor for one in values))


def paired(
    bench: Bench, what: str, *sides: Callable[[], Spent], pairs: int | None = None
) -> tuple[Spent, ...]:
    """The medians of what each side measures, the sides taking turns."""
    found: list[list[Spent]] = [[] for _ in sides]
    times = bench.sizes.pairs if pairs is None else pairs
    for turn in range(times):
        for side, values in zip(sides, found, strict=True):
            bench.say(f"{what}: {turn + 1} of {times}")
            values.append(side())
    return tuple(map(middle, found))


def spent_on(work: Callable[[], object]) -> Spent:
    """What it takes, garbage of earlier work taken away before."""
    gc.collect()
    began, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - began, time.process_time() - processor)


@contextmanager
def plainly() -> Iterator[None]:
    """Without the collector of cycles, for loops of a few microseconds."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def resident() -> int:
    """Bytes of memory this process holds for itself (pages of mapped files, which the system may take back
    at any time, left out where it tells them apart).
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def python(arguments: Sequence[str], folder: Path | None = None) -> str:
    """What a Python process of its own prints: this tree is what it imports. Raises CalledProcessError."""
    paths = [str(ROOT), str(ROOT / "src")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder or ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def in_a_process(module: str, *arguments: object) -> Any:
    """What `python -m benchmarks.MODULE` prints, which is JSON."""
    return json.loads(python(["-m", f"benchmarks.{module}", *map(str, arguments)]))


def own_folder(beside: Path | None) -> TemporaryDirectory[str]:
    """A folder that is gone afterwards, on the disk of `beside` when given."""
    return TemporaryDirectory(prefix="sojourn-benchmarks-", dir=beside)
