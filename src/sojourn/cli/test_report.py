"""The results of tests: for people, as JSON, and as JUnit's XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.output import counted
from sojourn.dsl.render import quote
from sojourn.dsl.render_terminal import quoted, worded

if TYPE_CHECKING:
    from sojourn.dsl.source import SourceFile
    from sojourn.interpreter.testing.runner import Failure as Unexpected
    from sojourn.interpreter.testing.runner import TestResult

__all__ = ["Listing", "data", "junit", "summary"]

_EXAMPLE = """\
    test "a newcomer is welcomed"
      profile email = "ada@example.com"
      at 2026-03-02 10:00
        signed_up
      expect sent welcome"""


class Listing:
    """The tests by file, in order, as they come; the cases of a table below their test; what went wrong below each
    that failed.
    """

    def __init__(self, sources: Mapping[str, SourceFile], room: int) -> None:
        self._sources = sources
        self._room = room
        self._path = ""
        self._test = ""

    def lines(self, result: TestResult) -> Iterator[str]:
        """The lines of one more result."""
        if result.span.path != self._path:
            self._path, self._test = result.span.path, ""
            yield click.style(self._path, bold=True)
        margin = "  "
        name = result.name
        if result.case:
            if self._test != result.name:
                yield f"    {result.name}"
            margin, name = "      ", result.case
        self._test = result.name
        if result.passed:
            yield f"{margin}{click.style('✓', fg='green')} {name}"
            return
        yield f"{margin}{click.style('✗', fg='red', bold=True)} {click.style(name, bold=True)}"
        margin += "    "
        for failure in result.failures:
            yield from self._unexpected(failure, margin)
        if result.timeline:
            yield f"\n{margin}{click.style('What happened:', bold=True)}"
            from sojourn.cli.story import told

            for line in told(result.timeline, self._room - len(margin) - 2):
                yield f"{margin}  {line}".rstrip()
        yield ""

    def _unexpected(self, failure: Unexpected, margin: str) -> Iterator[str]:
        yield ""
        for line in worded(failure.text, self._room - len(margin), fg="red"):
            yield f"{margin}{line}"
        yield f"{margin}{click.style(str(failure.span), fg='cyan')}"
        seen = quote(failure.span, self._sources)
        if seen is not None:
            yield from quoted(seen, "", self._room, indent=margin)


def summary(results: Sequence[TestResult], where: object, seconds: float, left: int = 0) -> str:
    """How many passed and failed; `left` were not run, because the first failure ended it."""
    if not results:
        return f"There are no tests in {where}. One looks like this:\n\n{_EXAMPLE}\n"
    failed = sum(not result.passed for result in results)
    passed = len(results) - failed
    took = click.style(f" ({seconds:.2f} s)", dim=True)
    if not failed:
        return "\n" + click.style(f"{counted(passed, 'test')} passed.", fg="green", bold=True) + took
    more = f" {counted(left, 'test')} not run." if left else ""
    return (
        click.style(f"{counted(failed, 'test')} failed", fg="red", bold=True)
        + f", {passed:,} passed.{more}{took}"
    )


def data(results: Sequence[TestResult]) -> dict[str, Any]:
    """The results as JSON data."""
    from sojourn.dsl.values import instant_to_iso

    return {
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "tests": [
            {
                "name": result.name,
                **({"case": result.case} if result.case else {}),
                "path": result.span.path,
                "line": (result.row if result.case else result.span).line,
                "passed": result.passed,
                "failures": [
                    {
                        "path": failure.span.path,
                        "line": failure.span.line,
                        "column": failure.span.column,
                        "message": failure.text,
                    }
                    for failure in result.failures
                ],
                "timeline": [
                    {
                        "at": instant_to_iso(line.at),
                        "when": line.when,
                        "kind": line.kind,
                        "journey": line.journey,
                        "text": line.text,
                        **({"person": line.who} if line.who else {}),
                    }
                    for line in result.timeline
                ],
            }
            for result in results
        ],
    }


def junit(results: Sequence[TestResult]) -> str:
    """The results as the XML that build servers read: a suite for each file, a case for each test or row."""
    from xml.etree import ElementTree as tree

    root = tree.Element("testsuites")
    _counts(root, "sojourn", results)
    for path in dict.fromkeys(result.span.path for result in results):
        own = [result for result in results if result.span.path == path]
        suite = tree.SubElement(root, "testsuite")
        _counts(suite, path, own)
        for result in own:
            place = result.row if result.case else result.span
            case = tree.SubElement(
                suite, "testcase",
                classname=path.removesuffix(".journey").replace("/", "."), name=_plain(result.title),
                file=path, line=str(place.line), time=f"{result.seconds:.3f}",
            )  # fmt: skip
            if result.passed:
                continue
            first = tree.SubElement(case, "failure", message=_plain(result.failures[0].text))
            said = [str(failure) for failure in result.failures]
            story = ["", "What happened:", *map(str, result.timeline)] if result.timeline else []
            first.text = _plain("\n".join([*said, *story]))
    tree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tree.tostring(root, encoding="unicode")}\n'


def _counts(element: Any, name: str, results: Sequence[TestResult]) -> None:
    element.set("name", name)
    element.set("tests", str(len(results)))
    element.set("failures", str(sum(not result.passed for result in results)))
    element.set("errors", "0")
    element.set("time", f"{sum(result.seconds for result in results):.3f}")


def _plain(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(char for char in text if char in "\n\t" or char >= " ")
