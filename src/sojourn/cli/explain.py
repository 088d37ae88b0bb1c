"""`sojourn explain`: the page of one kind of mistake, made from its words and its two examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import Failure
from sojourn.cli.output import width, write_json
from sojourn.dsl.messages import WORDINGS
from sojourn.dsl.messages.pages import differing, unfilled
from sojourn.dsl.messages.wording import Wording, files_of

if TYPE_CHECKING:
    from sojourn.dsl.lint.rule import Rule

__all__ = ["explain", "explained"]


def _codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from sojourn.dsl.lint.rules import RULES

    return sorted(code for code in (*WORDINGS, *RULES) if code.startswith(incomplete))


@click.command()
@click.argument("code", required=False, shell_complete=_codes)
@click.option("--json", "as_json", is_flag=True, help="Write the page as JSON, for a program to read.")
def explain(code: str | None, as_json: bool) -> None:
    """Explain CODE: what it means, an example of it, and the same example mended.

    CODE is the word that `sojourn check` shows beside a mistake, or `sojourn lint` beside a finding.
    Without CODE all mistakes are listed; `sojourn lint --list` lists the rules.

    \b
    Examples:
      sojourn explain unknown-field
      sojourn explain
    """
    if code is None:
        _list(as_json)
        return
    explained(code, as_json)


def explained(code: str, as_json: bool) -> None:
    """Shows the page of a mistake or of a lint rule. Raises Failure, with the nearest code, when there is none."""
    from sojourn.dsl.lint.rules import RULES

    name = code.strip().lower().replace("_", "-").replace(" ", "-")
    if name in RULES:
        from sojourn.dsl.lint.pages import page_data

        if as_json:
            write_json(page_data(RULES[name]))
        else:
            for line in _rule_page(RULES[name]):
                click.echo(line)
        return
    wording = WORDINGS.get(name)
    if wording is None:
        from sojourn.dsl.check.report import nearest

        near = nearest(code.lower(), WORDINGS, RULES)
        meant = f"Did you mean `sojourn explain {near[0]}`?" if near else "`sojourn explain` lists them all."
        raise Failure(f"There is no mistake “{code}”.", meant)
    if as_json:
        write_json(_data(wording))
        return
    for line in _page(wording):
        click.echo(line)


def _list(as_json: bool) -> None:
    if as_json:
        write_json([_data(wording) for wording in WORDINGS.values()])
        return
    longest = max(map(len, WORDINGS))
    for wording in sorted(WORDINGS.values(), key=lambda wording: wording.code):
        says = unfilled(wording.says)
        room = max(20, width() - longest - 2)
        short = says if len(says) <= room else says[: room - 1].rstrip() + "…"
        click.echo(f"{click.style(f'{wording.code:<{longest}}', fg='cyan')}  {short}")


def _page(wording: Wording) -> list[str]:
    """What is wrong as the checker says it of the bad example, and both examples where they differ."""
    from sojourn.dsl.render import findings
    from sojourn.dsl.render_terminal import terminal, worded
    from sojourn.dsl.workspace import compile_texts

    lines = [click.style(wording.code, bold=True), ""]
    bad, good = files_of(wording.bad), files_of(wording.good)
    outcome = compile_texts(bad) if bad else None
    shown = findings(outcome.diagnostics, outcome.sources) if outcome is not None else ()
    of_this = [finding for finding in shown if finding.code == wording.code]
    if of_this:
        lines += terminal(of_this[:1], width()).splitlines()
    else:
        lines += worded(unfilled(wording.says), width(), bold=True)
        lines += worded(unfilled(wording.help), width())
        lines.append("")
    for title, colour, example, other in (("Wrong:", "red", bad, good), ("Right:", "green", good, bad)):
        told = differing(example, other)
        if not told and example is good and bad:
            told = ["(without these lines)"]
        if told:
            lines += [click.style(title, fg=colour, bold=True), ""]
            lines += [f"    {line}".rstrip() for line in told] + [""]
    return lines[:-1] if lines[-1] == "" else lines


def _rule_page(rule: Rule) -> list[str]:
    """A lint rule: what, why, how to mend it, its finding in the bad example, and both examples where they differ."""
    from sojourn.dsl.lint import lint
    from sojourn.dsl.lint.rules import RULES
    from sojourn.dsl.lint.settings import settings_from
    from sojourn.dsl.render import findings
    from sojourn.dsl.render_terminal import terminal, worded
    from sojourn.dsl.values import parse_instant
    from sojourn.dsl.workspace import compile_texts

    how = {"safe": "a safe fix", "unsafe": "an unsafe fix"}.get(rule.fix, "")
    lines = [click.style(rule.code, bold=True) + (f"  ({how})" if how else ""), ""]
    lines += worded(rule.what, width())
    lines += ["", *worded(f"Why it hurts: {rule.why}", width())]
    lines += ["", *worded(f"How to mend it: {unfilled(rule.mend)}", width()), ""]
    bad, good = files_of(rule.wording.bad), files_of(rule.good)
    settings = settings_from(bad.get("sojourn.toml", ""), RULES)
    outcome = compile_texts({path: text for path, text in bad.items() if path != "sojourn.toml"})
    linted = lint(outcome, settings, parse_instant(rule.now))
    shown = [one for one in findings(linted.diagnostics, linted.sources) if one.code == rule.code]
    brief = [replace(one, help="", notes=()) for one in shown[:1]]
    lines += terminal(brief, width()).splitlines()
    for title, colour, example, other in (("Wrong:", "red", bad, good), ("Right:", "green", good, bad)):
        told = differing(example, other) or (["(without these lines)"] if example is good else [])
        if told:
            lines += [click.style(title, fg=colour, bold=True), ""]
            lines += [f"    {line}".rstrip() for line in told] + [""]
    return lines[:-1] if lines[-1] == "" else lines


def _data(wording: Wording) -> dict[str, object]:
    return {
        "code": wording.code,
        "says": unfilled(wording.says),
        "help": unfilled(wording.help),
        "bad": files_of(wording.bad),
        "good": files_of(wording.good),
    }
