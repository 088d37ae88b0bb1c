"""What lies in one another, as deep as it may and deeper: nothing stumbles over it, from the parser to the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sojourn.dsl.format import format_file
from sojourn.dsl.lint import LintSettings, lint
from sojourn.dsl.parser import MOST_NESTED
from sojourn.dsl.picture import mermaid
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

DATA = """\
profile
  email   email    identity
  points  integer
  member  boolean

event visit

message hello
  email
    subject "Hello"
    body    file "hello.html"

test "a visit"
  profile email = "ada@example.com", points = 1, member = true
  at 2026-03-02 10:00
    visit
  expect email is "ada@example.com"

"""
Shape = Callable[[int], str]
SHAPES: dict[str, Shape] = {
    "brackets": lambda n: f"audience deep\n  {'(' * n}member is true{')' * n}\n",
    "not": lambda n: f"audience deep\n  {'not ' * n}member is true\n",
    "and, or": lambda n: (
        "audience deep\n  "
        + "".join(f"member is true {('and', 'or')[k % 2]} (" for k in range(n))
        + f"points > 1{')' * n}\n"
    ),
    "plus": lambda n: f"attribute deep = points{' + points' * n}\n",
    "times": lambda n: f"attribute deep = points{' * points' * n}\n",
    "minus": lambda n: f"attribute deep = {'-(' * (n // 2)}points{')' * (n // 2)}\n",
    "if": lambda n: (
        "journey deep\n  start on visit\n"
        + "".join(f"{'  ' * (k + 1)}if points > {k}\n" for k in range(n))
        + f"{'  ' * (n + 1)}send hello\n"
    ),
}


def texts(text: str, template: str = "<p>Hello</p>") -> dict[str, str]:
    return {"main.journey": DATA + text, "hello.html": template}


@pytest.mark.parametrize("name", SHAPES)
def test_as_deep_as_it_may(name: str) -> None:
    compiled = compile_texts(texts(SHAPES[name](MOST_NESTED - 3)))
    assert compiled.workspace is not None, [d.code for d in compiled.diagnostics]
    lint(compiled, LintSettings(), 0)
    shaped = format_file(compiled.sources["main.journey"]).text
    assert shaped is not None
    program = compile_program(compiled.workspace)
    assert [result.passed for result in run_tests(program, compiled.workspace.tests)] == [True]
    for journey in compiled.workspace.journeys.values():
        assert mermaid(journey, compiled.sources)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("depth", [MOST_NESTED + 2, 3000])
def test_deeper_it_is_told_in_its_place(name: str, depth: int) -> None:
    if name == "if" and depth == 3000:
        depth = 400  # its lines grow with it
    compiled = compile_texts(texts(SHAPES[name](depth)))
    assert [d.code for d in compiled.diagnostics] == ["too-deep"]
    assert compiled.diagnostics[0].span.start > len(DATA)


@pytest.mark.parametrize(
    "template",
    ["{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "{% if true %}" * 500 + "x" + "{% endif %}" * 500],
)
def test_a_template_that_nobody_could_follow(template: str) -> None:
    compiled = compile_texts(texts("journey j\n  start on visit\n  send hello\n", template))
    assert [d.code for d in compiled.diagnostics] == ["template-syntax"]
    assert compiled.diagnostics[0].span.path == "hello.html"
