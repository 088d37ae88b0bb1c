"""`sojourn lint`: what is allowed, and will not do what its author hopes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.exits import FINDINGS, Failure, say
from sojourn.cli.instants import instant
from sojourn.cli.output import counted, width, write_json
from sojourn.cli.showing import shape_options, show
from sojourn.cli.workspace import compiled, ending, folder_argument, told_mistakes

if TYPE_CHECKING:
    from sojourn.dsl.lint import Linted, LintSettings
    from sojourn.dsl.lint.mending import Mended
    from sojourn.dsl.render import Finding
    from sojourn.dsl.workspace import Compiled

__all__ = ["lint", "lint_settings"]


@click.command()
@folder_argument()
@click.option(
    "--fix", is_flag=True, help="Make the changes that mend a finding and change nothing that is sent."
)
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="Make those that change who gets what, too. Read the difference before you run it.",
)
@click.option(
    "--now",
    callback=instant,
    metavar="MOMENT",
    help="Look at it as of this date or moment (UTC), not as of today.",
)
@click.option("--explain", "rule", metavar="RULE", help="Tell all about one rule.")
@click.option("--list", "listing", is_flag=True, help="List the rules.")
@shape_options
def lint(
    folder: Path,
    fix: bool,
    unsafe_fixes: bool,
    now: int | None,
    rule: str | None,
    listing: bool,
    shape: str,
) -> None:
    """Point out what in the workspace FOLDER will not do what you hope.

    `check` finds what is wrong; this finds what is allowed, and a pity: a branch nobody comes into, a
    wait that is overtaken, a message nobody can say no to, an SMS that costs three. It speaks only
    where it is sure. Without FOLDER it is the current one.

    What you want as it is you allow, with the reason, at the end of the line:
    `# lint: allow RULE because REASON`. Rules are chosen in sojourn.toml, under [lint].

    \b
    Examples:
      sojourn lint my-journeys
      sojourn lint my-journeys --fix
      sojourn lint --explain wait-overtaken

    Ends with 0 when nothing was found, 1 when something was, 2 when the workspace has mistakes, or a
    file or a setting cannot be read.
    """
    if rule is not None:
        _explain(rule, shape == "json")
        return
    if listing:
        _list(shape == "json")
        return
    outcome = compiled(folder)
    _without_mistakes(outcome)
    settings = lint_settings(folder)
    at = time.time_ns() // 1000 if now is None else now
    mended = None
    if fix or unsafe_fixes:
        mended, outcome = _mend(folder, outcome, settings, at, unsafe_fixes)
    from sojourn.dsl.lint import lint as look
    from sojourn.dsl.render import findings

    linted = look(outcome, settings, at)
    found = findings(linted.diagnostics, linted.sources)
    if shape == "json":
        write_json(_data(linted, found, mended))
    else:
        show(found, shape, folder)
        _close(linted, found, mended, aside=bool(shape))
    if found:
        raise click.exceptions.Exit(FINDINGS)


def _without_mistakes(outcome: Compiled) -> None:
    """Shows the mistakes of a workspace that has some, and ends: lint would guess what is meant."""
    if outcome.workspace is not None:
        return
    found = told_mistakes(outcome)
    say("Nothing was linted: mend the mistakes first.")
    raise click.exceptions.Exit(max(2, ending(found)))


def lint_settings(folder: Path) -> LintSettings:
    """What sojourn.toml says under [lint]. Raises Failure where that cannot be understood."""
    from sojourn.dsl.lint import LintSettingsError, read_settings
    from sojourn.dsl.lint.rules import RULES

    try:
        return read_settings(folder, RULES)
    except LintSettingsError as error:
        raise Failure(str(error)) from None


def _mend(
    folder: Path, outcome: Compiled, settings: LintSettings, now: int, unsafe: bool
) -> tuple[Mended, Compiled]:
    """Writes the mended files; the workspace as it is then."""
    from sojourn.cli.saving import save
    from sojourn.dsl.lint.mending import mend
    from sojourn.dsl.workspace import ParseCache, compile_folder

    cache = ParseCache()

    def recompile(texts: Mapping[str, str]) -> Compiled:
        if not texts:
            return outcome
        return compile_folder(
            folder, cache, {(folder / path).resolve(): text for path, text in texts.items()}
        )

    mended = mend(recompile, settings, now, unsafe)
    for path, text in mended.texts.items():
        save(folder / path, text)
    return mended, compile_folder(folder) if mended.texts else outcome


def _close(linted: Linted, found: tuple[Finding, ...], mended: Mended | None, aside: bool) -> None:
    """What was mended and what is left; `aside`, on the standard error, where the output is for a program."""
    lines = []
    if mended is not None and mended.applied:
        where = counted(len(mended.texts), "file")
        lines.append(
            click.style(f"Mended {counted(mended.applied, 'finding')} in {where}.", fg="green", bold=True)
        )
    if mended is not None and mended.refused:
        left = "one that was" if len(mended.refused) == 1 else f"{len(mended.refused)} that were"
        lines.append(f"Left alone: {left} no longer right once mended by itself.")
    lines.append(_closing(linted, found, mended is not None))
    for line in lines:
        click.echo(line, err=aside)


def _closing(linted: Linted, found: tuple[Finding, ...], mending: bool) -> str:
    allowed = f" {linted.allowed} more allowed with a reason." if linted.allowed else ""
    if not found:
        nothing = click.style("Nothing to point out.", fg="green", bold=True)
        return f"{nothing}{allowed}"
    files = {finding.place.path for finding in found}
    said = click.style(
        f"{counted(len(found), 'finding')} in {counted(len(files), 'file')}.", fg="yellow", bold=True
    )
    command = click.style(f"sojourn explain {found[0].code}", fg="cyan")
    can = sum(one.fix is not None and (one.fix.safe or not mending) for one in linted.diagnostics)
    safe = sum(one.fix is not None and one.fix.safe for one in linted.diagnostics)
    how = ""
    if can:
        option = "--fix" if safe == can else "--unsafe-fixes"
        how = f" {can} can be mended by `{click.style(f'sojourn lint {option}', fg='cyan')}`."
    return f"{said}{allowed}{how} `{command}` tells more{' about the first' if len(found) > 1 else ''}."


def _data(linted: Linted, found: tuple[Finding, ...], mended: Mended | None) -> dict[str, Any]:
    from sojourn.dsl.render_json import data

    shown = data(found)
    for one, diagnostic in zip(shown, linted.diagnostics, strict=True):
        if diagnostic.fix is not None:
            one["fix"]["safe"] = diagnostic.fix.safe
    return {
        "ok": not found,
        "findings": shown,
        "allowed": linted.allowed,
        "mended": 0 if mended is None else mended.applied,
        "changed": [] if mended is None else sorted(mended.texts),
    }


def _explain(code: str, as_json: bool) -> None:
    from sojourn.cli.explain import explained

    explained(code, as_json)


def _list(as_json: bool) -> None:
    from sojourn.dsl.lint.rule import CATEGORIES
    from sojourn.dsl.lint.rules import RULES

    if as_json:
        write_json(
            [
                {
                    "code": rule.code,
                    "category": rule.category,
                    "severity": rule.severity,
                    "what": rule.what,
                    "fix": rule.fix or None,
                    "threshold": rule.threshold,
                }
                for rule in RULES.values()
            ]
        )
        return
    longest = max(map(len, RULES))
    for category, title in CATEGORIES.items():
        click.echo(click.style(f"{category}: {title}", bold=True))
        for rule in RULES.values():
            if rule.category != category:
                continue
            mark = {"safe": "fix", "unsafe": "unsafe fix"}.get(rule.fix, "")
            room = max(20, width() - longest - 16)
            what = rule.what if len(rule.what) <= room else rule.what[: room - 1].rstrip() + "…"
            click.echo(f"  {click.style(f'{rule.code:<{longest}}', fg='cyan')}  {mark:<10}  {what}".rstrip())
        click.echo()
