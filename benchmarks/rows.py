"""The rows by name. Each imports what it needs only when it is measured."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from benchmarks.measure import Bench, Result

__all__ = ["ROWS", "Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the function `name` of `module` measures it."""

    title: str
    module: str
    name: str

    def measure(self, bench: Bench) -> Result:
        """Runs it."""
        result = getattr(import_module(f"benchmarks.{self.module}"), self.name)(bench)
        assert isinstance(result, Result)
        return result


ROWS = {
    "durable": Row("the live engine beside the same reads and writes by hand", "durable", "durable"),
    "people": Row("the live engine with few and with a million stored people", "durable", "people"),
    "dbos": Row("one journey beside the same in DBOS on SQLite", "peer", "dbos"),
    "rules": Row("ten and ten thousand journeys of which an event touches a few", "rules", "rules"),
    "history": Row("a person with ten and with a hundred thousand past events", "rules", "history"),
    "recommended": Row(
        "a mail with a recommendation, beside one with what was bought", "recommended", "recommended"
    ),
    "windows": Row("200 audiences with time windows over 200,000 people", "windows", "windows"),
    "waiting": Row("a million waiting runs: idle, woken, and the memory they take", "waiting", "waiting"),
    "simulate": Row("the shop under a virtual clock", "simulated", "simulation"),
    "condition": Row("a compiled condition beside the same in Python", "simulated", "condition"),
    "check": Row("`check` of a large workspace", "authoring", "check"),
    "start": Row("`--help`, and `check` of the shop, from a cold start", "authoring", "start"),
    "editor": Row("answers of the language server behind an edit", "authoring", "editor"),
    "reload": Row("a save in `dev`, until it is live", "authoring", "reload"),
}
