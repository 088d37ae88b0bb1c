"""How the rows are shown: what is under way on one line, the table at the end."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.measure import Figure, Result

__all__ = ["figure_text", "machine", "show", "telling"]


def machine() -> str:
    """The class of machine, as it matters for the figures."""
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """Says what is under way: in place on a terminal, a line for each row elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        told: set[str] = set()

        def line(text: str) -> None:
            row = text.partition(":")[0]
            if row not in told:
                told.add(row)
                console.print(text, highlight=False, markup=False)

        yield line
        return
    with console.status("") as status:
        yield lambda text: status.update(text)


def figure_text(figure: Figure) -> str:
    """`12,345 events/s`, `0.62 of the floor`."""
    value = figure.value
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {figure.unit}".rstrip()


def show(results: Sequence[Result], quick: bool) -> None:
    """The table."""
    console = Console()
    table = Table(title=machine(), title_justify="left", show_lines=False)
    table.add_column("row")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("wanted")
    table.add_column("")
    for result in results:
        for number, figure in enumerate(result.figures):
            mark = "" if figure.reached is None or quick else "yes" if figure.reached else "NO"
            table.add_row(
                result.row if not number else "", figure.name, figure_text(figure), figure.wanted, mark
            )
        if not result.figures:  # the peer is not installed
            table.add_row(result.row, escape(result.note), "", "", "", end_section=True)
            continue
        sizes = f"at {result.sizes}; {result.seconds:,.0f} s"
        table.add_row("", f"[dim]{sizes}[/dim]", "", "", "", end_section=True)
    console.print(table)
    if quick:
        console.print("Small sizes: these figures mean little.", highlight=False)
