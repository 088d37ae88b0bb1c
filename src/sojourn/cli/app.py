"""The program `sojourn`: the table of its commands, its help, and how it ends.

A command's module is imported when the command is asked for, so that `sojourn --help` is instant
and no command pays for what another needs. Each module offers one click command; its line in the
list of commands stands here.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click

from sojourn import __version__
from sojourn.cli.exits import BUG, INTERRUPTED, PIPE_CLOSED, Failure, bug, color_wanted, say, sentence_of

__all__ = ["COMMANDS", "Entry", "Sojourn", "sojourn"]


class Entry(NamedTuple):
    """One command: where it is (`module:attribute`), and what it does in one line."""

    target: str
    short: str


SECTIONS: Mapping[str, Mapping[str, Entry]] = {
    "Write": {
        "new": Entry("sojourn.cli.new:new", "Begin a workspace: a small one that works."),
        "check": Entry(
            "sojourn.cli.check:check", "Show every mistake in a workspace, and what would be right."
        ),
        "lint": Entry("sojourn.cli.lint:lint", "Point out what will not do what you hope."),
        "fmt": Entry("sojourn.cli.fmt:fmt", "Give every journey file its one shape."),
        "diff": Entry("sojourn.cli.diff:diff", "Show what a change of the files means, for a review."),
        "explain": Entry("sojourn.cli.explain:explain", "Explain what `check` or `lint` has shown."),
        "test": Entry("sojourn.cli.test:test", "Run the tests that are written in the journey files."),
        "verify": Entry(
            "sojourn.cli.verify:verify", "Check, shape, lint and test: all before a change is taken."
        ),
        "simulate": Entry(
            "sojourn.cli.simulate:simulate", "Play sample events: who would get what, and when."
        ),
        "graph": Entry("sojourn.cli.graph:graph", "Draw a journey, or the map of a workspace."),
        "docs": Entry("sojourn.cli.docs:docs", "Write a site about the workspace, to browse and to share."),
        "lsp": Entry("sojourn.cli.lsp:lsp", "Answer an editor: mistakes as you type, completion, fixes."),
    },
    "Run": {
        "dev": Entry("sojourn.cli.dev:dev", "Run a workspace, and take up every change you save."),
        "run": Entry("sojourn.cli.run:run", "Run a workspace on live events."),
        "replay": Entry("sojourn.cli.replay:replay", "Play stored events through edited files, and compare."),
        "plan": Entry("sojourn.cli.plan:plan", "Show what a change would do, before it does anything."),
        "deploy": Entry("sojourn.cli.plan:deploy", "Take a changed workspace up, and say what came of it."),
        "pause": Entry("sojourn.cli.control:pause", "Let nobody enter a journey for a while."),
        "resume": Entry("sojourn.cli.control:resume", "Let people enter a journey again."),
        "close": Entry(
            "sojourn.cli.control:close", "Let nobody enter a journey any more; those in it finish."
        ),
        "stop": Entry("sojourn.cli.control:stop", "End a journey for everybody in it, and let nobody enter."),
        "import": Entry("sojourn.cli.importing:import_", "Bring customers in from a dataset's files."),
    },
    "Look": {
        "profile": Entry("sojourn.cli.profile:profile", "Show all that is known of one person."),
        "why": Entry("sojourn.cli.why:why", "Tell why something happened to somebody, and why not."),
        "rejected": Entry("sojourn.cli.rejected:rejected", "Show what was set aside, and why; try it again."),
    },
}

COMMANDS: Mapping[str, Entry] = {
    name: entry for section in SECTIONS.values() for name, entry in section.items()
}


class Sojourn(click.Group):
    """The group of all commands. Its `main` turns every outcome into one of the exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for; for an unknown one the nearest is offered."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean `sojourn {near[0]}`?" if near else "`sojourn --help` lists the commands."
            raise click.UsageError(f"There is no command “{args[0]}”. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command. Where whoever read the output (`| head`) has gone, it ends without a word."""
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None and not sys.stdout.closed:
                sys.stdout.flush()
            return result
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            # What is left in the buffer goes nowhere: Python would complain of it at the very end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise click.exceptions.Exit(PIPE_CLOSED) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by section, without importing them."""
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.short) for name, entry in section.items()])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """A context that knows whether to write in colour."""
        extra.setdefault("color", color_wanted())
        return super().make_context(info_name, args, parent, **extra)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command line and ends the process with its exit code (with `standalone_mode`, as ever)."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        _never_refuse_a_letter()
        words = list(sys.argv[1:] if args is None else args)
        debug = "--debug" in words[: _place_of_command(words)]
        try:
            code = super().main(words, prog_name, complete_var, False, **extra)
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except (click.Abort, KeyboardInterrupt):
            say("Stopped.")
            code = INTERRUPTED
        except Exception as error:
            if (text := sentence_of(error)) is not None:
                Failure(text).show()
                code = Failure.exit_code
            else:
                bug(error, debug)
                code = BUG
        sys.exit(code if isinstance(code, int) else 0)


def _place_of_command(words: Sequence[str]) -> int:
    """How many words stand before the command: the options of `sojourn` itself."""
    return next((place for place, word in enumerate(words) if not word.startswith("-")), len(words))


def _never_refuse_a_letter() -> None:
    """A terminal or a file that lacks a letter (`✗`, `│`) gets a question mark for it, and no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@click.group(
    cls=Sojourn,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`sojourn COMMAND --help` explains a command, with examples.",
    no_args_is_help=True,
)
@click.version_option(__version__, "-V", "--version", prog_name="sojourn", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback when Sojourn itself fails.")
def sojourn(debug: bool) -> None:
    """Customer journeys as text: write them like English, run them on your laptop.

    \b
    Begin here:
      sojourn new my-journeys         a small workspace that works
      sojourn check my-journeys       is everything right?
      sojourn test my-journeys        do its tests pass?
      sojourn simulate my-journeys    what would happen on the sample events?
      sojourn dev my-journeys         run it, and take up every change you save
    """
