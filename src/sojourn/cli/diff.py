"""`sojourn diff`: what a change of the files means, for a review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click import style

from sojourn.cli.exits import CHANGES
from sojourn.cli.output import counted, width, write_json
from sojourn.cli.revisions import at_revision
from sojourn.cli.workspace import without_mistakes

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.runtime.changes import Change

__all__ = ["diff"]

_COLOURS = {"new": "green", "changed": "yellow", "gone": "red"}


@click.command()
@click.argument("versions", nargs=-1, metavar="[REV [REV]] [FOLDER [FOLDER]]")
@click.option("--markdown", is_flag=True, help="Write it for a comment on a pull request.")
@click.option("--exit-code", is_flag=True, help="End with 3 when something means something else.")
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON, for a program to read.")
def diff(versions: tuple[str, ...], markdown: bool, exit_code: bool, as_json: bool) -> None:
    """Show what is different in meaning between two versions of a workspace, and not in text.

    Without arguments the files in the current folder are compared with the last commit; with one
    revision of git with that one; with two revisions those are compared. A FOLDER says which workspace
    is meant, two FOLDERs are compared with each other. Told is what is new, changed and gone, with conditions and
    settings as sentences. An edit of comments, of the order of declarations or of spaces is no change.

    \b
    Examples:
      sojourn diff
      sojourn diff main my-journeys
      sojourn diff v1.2 v1.3 my-journeys --markdown
      sojourn diff old-journeys my-journeys --exit-code
    """
    with ExitStack() as open_:
        (old_name, before), (new_name, after) = _sides(open_, versions)
        from sojourn.interpreter.runtime.meaning import changes_in_meaning

        changes = changes_in_meaning(before, after)
    if as_json:
        write_json(_data(old_name, new_name, changes))
    elif markdown:
        for line in _markdown(old_name, new_name, changes):
            click.echo(line)
    else:
        for line in _lines(old_name, new_name, changes):
            click.echo(line)
    if exit_code and changes:
        raise click.exceptions.Exit(CHANGES)


def _sides(
    open_: ExitStack, versions: Sequence[str]
) -> tuple[tuple[str, checked.Workspace], tuple[str, checked.Workspace]]:
    """What is compared: each side's name and workspace. Raises UsageError for too many."""
    folders = [Path(word) for word in versions if Path(word).is_dir()]
    revisions = [word for word in versions if not Path(word).is_dir()]
    if len(folders) > 2 or len(revisions) > 2 or (len(folders) == 2 and revisions):
        raise click.UsageError(
            "Two versions are compared: two revisions, a revision and the files, or two folders."
        )
    if len(folders) == 2:
        return _of_folder(folders[0]), _of_folder(folders[1])
    folder = folders[0] if folders else Path()
    older = revisions[0] if revisions else "HEAD"
    before = (older, _workspace(open_.enter_context(at_revision(folder, older))))
    if len(revisions) == 2:
        return before, (revisions[1], _workspace(open_.enter_context(at_revision(folder, revisions[1]))))
    return before, ("the files", _workspace(folder))


def _of_folder(folder: Path) -> tuple[str, checked.Workspace]:
    return str(folder), _workspace(folder)


def _workspace(folder: Path) -> checked.Workspace:
    outcome, workspace = without_mistakes(folder)
    from sojourn.interpreter.runtime.meaning import in_one_shape

    return in_one_shape(folder, outcome).workspace or workspace


def _lines(before: str, after: str, changes: Sequence[Change]) -> Iterator[str]:
    """The changes for people."""
    import textwrap

    if not changes:
        yield style("No change in meaning", fg="green", bold=True) + f" from {before} to {after}."
        return
    yield style(counted(len(changes), "change"), bold=True) + f" in meaning from {before} to {after}:"
    for change in changes:
        yield f"  {style(f'{change.how:<8}', fg=_COLOURS[change.how])}{change.kind} {style(change.name, bold=True)}"
        for detail in change.details:
            yield from textwrap.wrap(
                detail, width(), initial_indent=" " * 12, subsequent_indent=" " * 14, break_on_hyphens=False
            )


def _markdown(before: str, after: str, changes: Sequence[Change]) -> Iterator[str]:
    """The changes as a comment on a pull request: a heading for each way of being another, a list below."""
    yield f"**Journeys in meaning: {before} → {after}**"
    yield ""
    if not changes:
        yield "No change in meaning."
        return
    for how, title in (("new", "New"), ("changed", "Changed"), ("gone", "Gone")):
        mine = [change for change in changes if change.how == how]
        if not mine:
            continue
        yield f"#### {title}"
        yield ""
        for change in mine:
            yield f"- {change.kind} `{change.name}`" if change.kind != "test" else f"- test {change.name}"
            yield from (f"  - {detail}" for detail in change.details)
        yield ""


def _data(before: str, after: str, changes: Sequence[Change]) -> dict[str, Any]:
    return {
        "before": before,
        "after": after,
        "changed": bool(changes),
        "changes": [
            {"how": c.how, "kind": c.kind, "name": c.name.strip("“”"), "details": list(c.details)}
            for c in changes
        ],
    }
