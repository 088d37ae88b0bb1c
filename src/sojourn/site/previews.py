"""Messages as people would read them: those that the workspace's own tests have sent.

A preview is never made up: it is what a test of the workspace really sent, rendered with the profile and the events
of that test. A message that no test sends has none, and its page says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.dsl import checked

if TYPE_CHECKING:
    from sojourn.interpreter.core.effects import Outgoing
    from sojourn.interpreter.testing import TestResult

__all__ = ["Preview", "previews", "tested"]


@dataclass(frozen=True, slots=True)
class Preview:
    """One message as it was sent by one channel. `parts` are the other texts, by name; `html` the body of a mail."""

    message: str
    channel: str
    address: str
    test: str
    parts: tuple[tuple[str, str], ...]
    html: str
    text: str

    @property
    def length(self) -> int:
        """How many characters it has."""
        return len(self.html) + len(self.text) + sum(len(said) for _, said in self.parts)


def tested(workspace: checked.Workspace) -> list[TestResult]:
    """What came of the workspace's own tests."""
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.testing import run_tests

    return run_tests(compile_program(workspace), workspace.tests)


def previews(workspace: checked.Workspace, results: Iterable[TestResult]) -> dict[str, list[Preview]]:
    """By message, one for each channel: of all that a test sent, the one with most to read."""
    found: dict[tuple[str, str], Preview] = {}
    for result in results:
        for sent in result.sent:
            message = workspace.messages.get(sent.message)
            if message is None:
                continue
            preview = _preview(message, sent, result.title)
            best = found.setdefault((sent.message, sent.channel), preview)
            if preview.length > best.length:
                found[sent.message, sent.channel] = preview
    by_message: dict[str, list[Preview]] = {}
    for preview in found.values():
        by_message.setdefault(preview.message, []).append(preview)
    return by_message


def _preview(message: checked.Message, sent: Outgoing, test: str) -> Preview:
    html = text = ""
    others = []
    pages = {
        name
        for variant in message.variants
        if variant.channel == sent.channel
        for name, template in variant.parts.items()
        if template.html
    }
    for name, said in sent.parts.items():
        if name in pages and not html:
            html = said
        elif name in ("body", "text"):
            text = said
        else:
            others.append((name, said))
    return Preview(message.name, sent.channel, sent.address, test, tuple(others), html, text)
