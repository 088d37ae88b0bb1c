"""`sojourn rejected`: the records that were set aside, and why; and another try."""

from __future__ import annotations

import dataclasses
import os
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sojourn.cli.exits import say
from sojourn.cli.output import counted, number, width, write_json
from sojourn.cli.workspace import folder_argument, required, store_option, without_mistakes

__all__ = ["Group", "group_lines", "grouped", "rejected"]

_VALUES = 3


@dataclass(slots=True)
class Group:
    """Records that were set aside for one reason, whatever the value was: the latest of them come first in `raws`, and
    `values` are the first few values.
    """

    kind: str
    dataset: str
    field: str
    count: int = 0
    latest: int = 0
    raws: list[str] = dataclasses.field(default_factory=list)
    values: list[str] = dataclasses.field(default_factory=list)
    whole: str = ""
    """The reason of the first of them, whole."""

    @property
    def reason(self) -> str:
        """What was wrong; of several values the first three."""
        if len(self.values) < 2:
            return self.whole
        more = " …" if len(self.values) > _VALUES else "."
        return f"{self.kind}, not {', '.join(self.values[:_VALUES])}{more}"

    def add(self, reason: str, value: str, raw: str, received: int) -> None:
        """Counts one in."""
        self.count += 1
        self.whole = self.whole or reason
        if len(self.values) <= _VALUES and value not in self.values:
            self.values.append(value)
        self.latest = max(self.latest, received)
        self.raws.append(raw)


def grouped(rows: Iterable[tuple[str, str, str, int, str]]) -> list[Group]:
    """What was set aside (reason, dataset, field, received, raw), by what is wrong; most first."""
    from sojourn.interpreter.door.words import without_value

    groups: dict[tuple[str, str, str], Group] = {}
    for reason, dataset, of, received, raw in rows:
        kind, value = without_value(reason)
        group = groups.setdefault((kind, dataset, of), Group(kind, dataset, of))
        group.add(reason, value, raw, received)
    return sorted(groups.values(), key=lambda group: (-group.count, group.reason))


@click.command()
@folder_argument()
@click.option("--retry", is_flag=True, help="Try all of them again with the journey files as they are now.")
@click.option(
    "--discard", is_flag=True, help="Take them off the list for good: they have been dealt with otherwise."
)
@click.option("--dataset", metavar="NAME", help="Only those that came for this dataset.")
@click.option(
    "--examples", type=click.IntRange(0), default=1, show_default=True, metavar="N",
    help="Show N records for each reason, as they came.",
)  # fmt: skip
@store_option
@click.option("--json", "as_json", is_flag=True, help="Write them as JSON, for a program to read.")
def rejected(
    folder: Path,
    retry: bool,
    discard: bool,
    dataset: str | None,
    examples: int,
    path: Path | None,
    as_json: bool,
) -> None:
    """Show the records that did not fit into the workspace FOLDER, and why.

    Nothing is dropped: a record that does not fit is kept whole, as it came. When the journey files
    have been put right, --retry takes in those that fit now, rows of CSV files and imports among them.

    \b
    Examples:
      sojourn rejected my-journeys
      sojourn rejected my-journeys --retry
    """
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.runtime.store import Store

    if retry and (discard or dataset):
        raise click.UsageError("--retry tries all of them; it goes with neither --discard nor --dataset.")
    if retry:
        _retry(folder, path, as_json)
        return
    required(folder)
    settings = Settings.load(folder, os.environ)
    with Store.open(path or settings.store, read_only=True) as store:
        rows = store.rows(
            "SELECT reason, dataset, field, received, raw FROM rejected "
            "WHERE ifnull(?1, dataset) = dataset ORDER BY number DESC",
            (dataset,),
        )
    if discard and rows:
        _discard(path or settings.store, dataset, as_json)
        return
    ranked = grouped(rows)
    if as_json:
        write_json(_data(ranked, examples))
        return
    if not ranked:
        click.echo(click.style("Nothing was set aside.", fg="green", bold=True))
        return
    click.echo(
        click.style(f"{counted(len(rows), 'record')} set aside", fg="yellow", bold=True)
        + f", for {counted(len(ranked), 'reason')}:\n"
    )
    for line in group_lines(ranked, width(), examples):
        click.echo(line)


def _discard(path: Path, dataset: str | None, as_json: bool) -> None:
    from sojourn.interpreter.runtime.store import Store

    with Store.open(path) as store, store.transaction() as connection:
        gone = connection.execute(
            "DELETE FROM rejected WHERE ifnull(?1, dataset) = dataset", (dataset,)
        ).rowcount
    if as_json:
        write_json({"discarded": gone})
    else:
        click.echo(f"{counted(gone, 'record')} taken off the list.")


def group_lines(groups: Iterable[Group], room: int, examples: int, dated: bool = True) -> Iterator[str]:
    """Each reason with how often it came up, when last (if `dated`), and some of the records as they came."""
    from sojourn.interpreter.timeline import clock_text

    for group in groups:
        yield from textwrap.wrap(
            f"{number(group.count):>7} × {group.reason}", room, subsequent_indent=" " * 10
        )
        source = f", from {group.dataset}" if group.dataset else ""
        minute = group.latest - group.latest % 60_000_000
        if dated:
            yield click.style(f"{'':10}last {clock_text(minute)} UTC{source}", dim=True)
        for raw in group.raws[:examples]:
            flat = " ".join("".join(char if char.isprintable() else " " for char in raw).split())
            cut = flat if len(flat) <= room - 10 else flat[: room - 11] + "…"
            yield click.style(f"{'':10}{cut}", fg="cyan")


def _retry(folder: Path, path: Path | None, as_json: bool) -> None:
    outcome, workspace = without_mistakes(folder)
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime.engine import Engine
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.runtime.store import Store

    settings = Settings.load(folder, os.environ)
    program = compile_program(workspace, links=settings.links)
    if not (path or settings.store).exists():
        # Opening it for writing would make one, with nothing in it to try again.
        Store.open(path or settings.store, read_only=True)
    with Store.open(path or settings.store) as store:
        engine = Engine(store, program, source=outcome.source)
        engine.start()
        try:
            receipt = engine.retry_rejected()
        finally:
            engine.stop()
    left = len(receipt.rejected)
    if as_json:
        write_json({"accepted": receipt.accepted, "duplicates": receipt.duplicates, "rejected": left})
        return
    if not receipt.accepted and not receipt.duplicates and not left:
        click.echo("Nothing was set aside: there is nothing to try again.")
        return
    taken = f"{counted(receipt.accepted, 'record')} taken in."
    click.echo(click.style(taken, fg="green", bold=True) if receipt.accepted else taken)
    if receipt.duplicates:
        click.echo(f"{counted(receipt.duplicates, 'record')} had come in another time already.")
    if left:
        do = "does" if left == 1 else "do"
        say(f"{counted(left, 'record')} still {do} not fit: `sojourn rejected` says why.")


def _data(groups: Iterable[Group], examples: int) -> list[dict[str, Any]]:
    from sojourn.dsl.values import instant_to_iso

    return [
        {
            "reason": group.reason,
            "dataset": group.dataset,
            "field": group.field,
            "count": group.count,
            "latest": instant_to_iso(group.latest),
            "records": group.raws[:examples] if examples else [],
        }
        for group in groups
    ]
