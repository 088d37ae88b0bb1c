"""`sojourn profile`: the live customer file of one person."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click import style

from sojourn.cli.exits import Failure
from sojourn.cli.output import width, write_json
from sojourn.cli.workspace import folder_argument, store_option, without_mistakes

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.runtime.profile import PersonView
    from sojourn.interpreter.runtime.store import Store

__all__ = ["nearest_person", "profile"]


@click.command()
@click.argument("person")
@folder_argument()
@click.option(
    "--latest", type=click.IntRange(1), default=50, show_default=True, metavar="N",
    help="How many events, messages and steps to show, the latest.",
)  # fmt: skip
@store_option
@click.option("--json", "as_json", is_flag=True, help="Write it all as JSON, for a program to read.")
def profile(person: str, folder: Path, latest: int, path: Path | None, as_json: bool) -> None:
    """Show all that is known of PERSON in the store of the workspace FOLDER.

    PERSON is any identifier, such as an email address or "device_id:d-17". Shown are the fields, with
    where each value came from and when; the identifiers, attributes and audiences; where the person
    stands in which journey; and what happened, with every message. Works while `sojourn run` runs.

    \b
    Examples:
      sojourn profile ada@example.com my-journeys
      sojourn profile device_id:d-17 --json
    """
    _, workspace = without_mistakes(folder)
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime.clock import WallClock
    from sojourn.interpreter.runtime.profile import profile_of
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.runtime.store import Store

    settings = Settings.load(folder, os.environ)
    program = compile_program(workspace, links=settings.links)
    with Store.open(path or settings.store, read_only=True) as store:
        try:
            view = profile_of(store, program, person.strip(), WallClock().now(), latest)
        except LookupError:
            raise Failure(f"Nobody is known as “{person}”.", nearest_person(store, person)) from None
    if as_json:
        write_json(_data(view))
        return
    for line in _lines(view, workspace, width()):
        click.echo(line)


def nearest_person(store: Store, person: str) -> str:
    from sojourn.dsl.check.report import nearest

    _, _, value = person.strip().rpartition(":")
    known = [str(row[0]) for row in store.rows("SELECT value FROM identifier LIMIT 200000")]
    near = nearest(value, known)
    if near:
        return f"Did you mean {near[0]}?"
    return "There is nobody in this store yet." if not known else ""


def _lines(view: PersonView, workspace: checked.Workspace, room: int) -> Iterator[str]:
    from sojourn.cli.story import told
    from sojourn.dsl.values import UTC, zone
    from sojourn.interpreter.timeline import clock_text, timeline, value_text

    named = next((f.value for f in view.fields if f.name == workspace.timezone_field), None)
    tz = zone(named) if named else UTC

    def when(instant: int) -> str:
        return clock_text(instant - instant % 1_000_000, tz)

    yield style(view.key, bold=True) + style(
        f"  person {view.number}, first seen {when(view.first_seen)}; times in {named or 'UTC'}", dim=True
    )
    yield from _table(
        "Identifiers",
        [
            (i.namespace, i.value, f"first seen {when(i.first_seen)}, last {when(i.last_seen)}")
            for i in view.identifiers
        ],
    )
    yield from _table(
        "Fields",
        [
            (
                f.name,
                value_text(f.value, _type_of(workspace, f.name), tz),
                f"{f'from {f.source}, ' if f.source else ''}{when(f.at)}{', private' if f.private else ''}",
            )
            for f in sorted(view.fields, key=lambda f: _order(workspace, f.name))
        ],
    )
    yield from _table(
        "Attributes",
        [
            (name, value_text(value, workspace.attributes[name].value.type, tz), "")
            for name, value in view.attributes.items()
        ],
    )
    yield from _table(
        "Audiences", [(name, f"since {when(since)}", "") for name, since in view.audiences.items()]
    )
    yield from _table(
        "Journeys",
        [
            (
                run.journey,
                f"at “{run.label}”" + (f" until {when(run.until)}" if run.until is not None else ""),
                f"since {when(run.began)}",
            )
            for run in view.runs
        ],
    )
    yield from _table(
        "Messages",
        [
            (
                m.message,
                f"by {m.channel}{f' to {m.address}' if m.address else ''}",
                f"{when(m.at)}, {m.status}" + (f": {m.error}" if m.error else ""),
            )
            for m in view.messages
        ],
    )
    lines = timeline(workspace, _entries(view), tz)
    if lines:
        yield from ("", style("What happened", bold=True))
        for line in told(lines, room - 2):
            yield f"  {line}"


def _table(title: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    """A section of three columns; none when it is empty."""
    if not rows:
        return
    yield from ("", style(title, bold=True))
    first = max(len(row[0]) for row in rows)
    second = min(44, max(len(row[1]) for row in rows))
    for name, value, more in rows:
        front = f"  {style(f'{name:<{first}}', fg='cyan')}  "
        yield f"{front}{value:<{second}}  {style(more, dim=True)}" if more else f"{front}{value}"


def _type_of(workspace: checked.Workspace, field: str) -> Any:
    declared = workspace.profile.get(field)
    return None if declared is None else declared.type


def _order(workspace: checked.Workspace, field: str) -> int:
    """Fields come in the order they are declared."""
    names = list(workspace.profile)
    return names.index(field) if field in names else len(names)


def _entries(view: PersonView) -> list[Any]:
    """Events and activities in the form a timeline is made of."""
    from sojourn.interpreter.core.effects import Activity
    from sojourn.interpreter.core.records import Record

    entries: list[Any] = [
        Record(e.id, e.event, e.at, e.received, {}, e.properties, e.dataset) for e in view.events if e.event
    ]
    entries += [Activity(a.at, a.kind, a.detail, a.journey, a.run, a.step) for a in view.activity]
    return entries


def _data(view: PersonView) -> dict[str, Any]:
    """The view as JSON, its instants as ISO 8601 in UTC."""
    from sojourn.dsl.values import instant_to_iso

    instants = {"at", "first_seen", "last_seen", "began", "until", "received", "now", "wake"}

    def plain(value: Any, name: str = "") -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f.name: plain(getattr(value, f.name), f.name) for f in dataclasses.fields(value)}
        if isinstance(value, list):
            return [plain(item) for item in value]
        if name == "audiences":
            return {audience: instant_to_iso(since) for audience, since in value.items()}
        if name in instants and isinstance(value, int):
            return instant_to_iso(value)
        return value

    data: dict[str, Any] = plain(view)
    return data
