"""`python -m benchmarks`: runs the rows and shows the table."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import click

from benchmarks.measure import Bench, Result, Sizes, own_folder
from benchmarks.rows import ROWS
from benchmarks.table import machine, show, telling


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("rows", nargs=-1, metavar="[ROW]...")
@click.option("--quick", is_flag=True, help="Every row small, to see that it works; the figures mean little.")
@click.option("--list", "listed", is_flag=True, help="List the rows and end.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Also write the figures here.")
@click.option("--pairs", type=click.IntRange(1), help="How often each pair of runs is done [5].")
@click.option("--events", type=click.IntRange(1000), help="Events in a run on the store [60,000].")
@click.option("--people", type=click.IntRange(100), help="Stored people in the large store [1,000,000].")
@click.option("--runs", type=click.IntRange(100), help="Waiting runs [1,000,000].")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where the stores are made and thrown away [the system's folder for temporary files].",
)
def main(
    rows: tuple[str, ...],
    quick: bool,
    listed: bool,
    json_file: Path | None,
    pairs: int | None,
    events: int | None,
    people: int | None,
    runs: int | None,
    folder: Path | None,
) -> None:
    """Measure Sojourn against a floor or a peer, all in one run. Without ROW every row is measured.

    Ends with 1 when a figure is not what was wanted (never with --quick), 2 for a row that does not exist.
    """
    if listed:
        for name, row in ROWS.items():
            click.echo(f"{name:11} {row.title}")
        return
    unknown = [name for name in rows if name not in ROWS]
    if unknown:
        raise click.UsageError(f"There is no row “{unknown[0]}”; there are {', '.join(ROWS)}.")
    sizes = Sizes.quick() if quick else Sizes()
    sizes = replace(
        sizes,
        pairs=pairs or sizes.pairs,
        events=events or sizes.events,
        many_people=people or sizes.many_people,
        runs=runs or sizes.runs,
    )
    found: list[Result] = []
    with telling() as say:
        for name in rows or tuple(ROWS):
            row = ROWS[name]
            began = time.perf_counter()
            with own_folder(folder) as own:
                say(f"{name}: {row.title}")
                result = row.measure(
                    Bench(sizes, Path(own), lambda text, name=name: say(f"{name}: {text}"))  # type: ignore[misc]
                )
            found.append(replace(result, row=name, title=row.title, seconds=time.perf_counter() - began))
    show(found, quick)
    if json_file is not None:
        written = {"machine": machine(), "quick": quick, "rows": [result.to_json() for result in found]}
        json_file.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missed = any(figure.reached is False for result in found for figure in result.figures)
    if missed and not quick:
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
