"""The compiler: a checked workspace becomes Python functions and indexes.

`compile_program` is what everybody calls; `compile_condition` and `compile_value` are for tests and tools
that look at one expression. Everything here is a function of its arguments alone.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from types import CodeType
from typing import Any

from sojourn.dsl import checked
from sojourn.interpreter.compile.kept import Kept
from sojourn.interpreter.compile.program import Program
from sojourn.interpreter.core.person import Person

__all__ = ["Kept", "Program", "attribute_value", "compile_condition", "compile_program", "compile_value"]


def compile_program(
    workspace: checked.Workspace,
    codes: MutableMapping[str, CodeType] | None = None,
    links: str = "https://example.com/",
    kept: Sequence[Kept] = (),
) -> Program:
    """The program of a checked workspace.

    `codes` keeps compiled functions by their source: pass the same dictionary again when a workspace is
    loaded anew, and only what changed is compiled. `links` is the address that `link('cart')` in a message is
    appended to. `kept` are the older versions that runs still go by, the latest last.
    """
    return Program(workspace, {} if codes is None else codes, links, kept)


def compile_condition(program: Program, expr: checked.Expr) -> Callable[[Person, int], bool]:
    """A condition about a person, as a function of the person and the instant."""
    test = program.coder.condition(expr)
    return lambda person, now: bool(test(person, None, None, now))


def compile_value(program: Program, expr: checked.Expr) -> Callable[[Person, int], Any]:
    """A value of a person (in memory; None is missing), as a function of the person and the instant."""
    value = program.coder.value(expr)
    return lambda person, now: value(person, None, None, now)


def attribute_value(program: Program, person: Person, name: str, now: int) -> Any:
    """An attribute's value at `now`. Raises KeyError for a name that is no attribute."""
    return program.coder.attribute(name)(person, None, None, now)
