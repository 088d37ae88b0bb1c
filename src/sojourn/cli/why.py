"""`sojourn why`: why something happened to somebody, and why not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.exits import Failure
from sojourn.cli.instants import in_zone
from sojourn.cli.output import width, write_json
from sojourn.cli.workspace import store_option, without_mistakes

if TYPE_CHECKING:
    from sojourn.interpreter.why.log import Log
    from sojourn.interpreter.why.telling import Answer

__all__ = ["answered", "show_why", "why"]


@click.command()
@click.argument("person")
@click.argument("subject", required=False)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--at",
    metavar="MOMENT",
    callback=in_zone,
    help="Answer as of a moment of the past: 2026-04-12 or “2026-04-12 9:00”, by the clock of the person.",
)
@click.option("--private", is_flag=True, help="Show the values of private fields as well.")
@click.option("--plain", is_flag=True, help="Words instead of marks, and no columns: for a screen reader.")
@store_option
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON, for a program to read.")
def why(
    person: str,
    subject: str | None,
    folder: Path | None,
    at: str | None,
    private: bool,
    plain: bool,
    path: Path | None,
    as_json: bool,
) -> None:
    """Tell why something happened to PERSON in the store of the workspace FOLDER, and why not.

    PERSON is any identifier, such as an email address or "device_id:d-17". SUBJECT is a journey, a
    message, an audience, an offer or an attribute by name ("message:reminder" where a name is several
    things). Told is each condition with the values that it saw, at the moment when it was decided and
    now, the file and line of the rule, and what would have to be different. Without a SUBJECT: what the
    person is in, what they got, and what is waiting. Works while `sojourn run` runs; changes nothing.

    With --at it is answered as it would have been answered at that moment: by what was known then and by the
    rules that ran then. What the store does not keep of that moment is said.

    \b
    Examples:
      sojourn why ada@example.com vips my-journeys
      sojourn why ada@example.com reminder
      sojourn why ada@example.com vips --at "2026-11-20 9:00"
      sojourn why device_id:d-17
    """
    place = folder if folder is not None else Path()
    if subject is not None and folder is None and Path(subject).is_dir():
        place, subject = Path(subject), None
    _, workspace = without_mistakes(place)
    from sojourn.cli.profile import nearest_person
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime.clock import WallClock
    from sojourn.interpreter.runtime.logged import logged
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.runtime.store import Store

    settings = Settings.load(place, os.environ)
    program = compile_program(workspace, links=settings.links)
    with Store.open(path or settings.store, read_only=True) as store:
        try:
            log = logged(store, program, person.strip(), WallClock().now())
        except LookupError:
            raise Failure(f"Nobody is known as “{person}”.", nearest_person(store, person)) from None
        if at is not None:
            log = _as_of(log, at, person.strip())
        show_why(log, subject, who=person.strip(), private=private, plain=plain, as_json=as_json)


def _as_of(log: Log, at: str, who: str) -> Log:
    """The log as of a moment. Raises Failure for one that lies ahead, or before anything was known of the person."""
    from sojourn.cli.instants import read_instant
    from sojourn.interpreter.why.asking import Asking
    from sojourn.interpreter.why.then import NotYetKnown, log_at

    asking = Asking(log, called=who)
    moment = read_instant(at, asking.tz)
    if moment > log.now:
        raise Failure(
            f"{asking.when(moment)} has not come yet; it is {asking.when(log.now)}.",
            "Without --at it is told when time alone next changes something.",
        )
    try:
        return log_at(log, moment, who, asking.tz)
    except NotYetKnown as error:
        first = "" if error.first is None else f"What is first stored came on {asking.when(error.first)}."
        if error.gone:
            gone = ", ".join(f"{event} before {asking.when(at)}" for event, at in sorted(log.dropped.items()))
            said = f"What was known of “{who}” on {asking.when(moment)} is not stored any more."
            raise Failure(said, f"Events are dropped after their time: {gone}.") from None
        raise Failure(f"On {asking.when(moment)} nothing was known of “{who}” yet.", first) from None


def show_why(
    log: Log,
    subject: str | None,
    *,
    who: str = "",
    private: bool = False,
    plain: bool = False,
    as_json: bool = False,
) -> None:
    """Writes the answer about somebody's log. Raises Failure where nothing has the name of the subject."""
    from sojourn.cli.why_told import answer_data, answer_lines

    found = answered(log, subject, who=who, private=private)
    if as_json:
        write_json(answer_data(found))
        return
    for line in answer_lines(found, width(), plain):
        click.echo(line)


def answered(log: Log, subject: str | None, *, who: str = "", private: bool = False) -> Answer:
    """The answer about somebody's log. Raises Failure where nothing has the name of the subject."""
    from sojourn.interpreter.why.asking import Asking
    from sojourn.interpreter.why.subjects import UnknownSubject, answer

    try:
        return answer(Asking(log, private, who), subject)
    except UnknownSubject as error:
        raise Failure(str(error), _nearest_name(subject or "", error.names)) from None


def _nearest_name(subject: str, names: list[Any]) -> str:
    from sojourn.dsl.check.report import nearest

    near = nearest(subject.rpartition(":")[2], names)
    if near:
        return f"Did you mean {near[0]}?"
    return f"There are {', '.join(names[:12])}{', …' if len(names) > 12 else ''}." if names else ""
