"""Messages as people would read them: those that the workspace's own tests have sent.

A preview is never made up: it is what a test of the workspace really sent, rendered with the profile and the events
of that test. A message that no test sends has none, and its page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.dsl import checked
from sojourn.dsl.wording import Wording

if TYPE_CHECKING:
    from sojourn.interpreter.core.effects import Outgoing
    from sojourn.interpreter.testing.runner import TestResult

__all__ = ["Preview", "previews", "tested", "unsent"]


@dataclass(frozen=True, slots=True)
class Preview:
    """One variant of a message as it was sent. `when` is the condition of the variant ("" for none), `parts` are the
    other texts, by name; `html` the body of a mail.
    """

    message: str
    channel: str
    address: str
    test: str
    when: str
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
    from sojourn.interpreter.testing.runner import run_tests

    return run_tests(compile_program(workspace), workspace.tests)


def previews(workspace: checked.Workspace, results: Iterable[TestResult]) -> dict[str, list[Preview]]:
    """By message, one for each of its variants: of all that a test sent, the one with most to read; in the author's
    order.
    """
    found: dict[tuple[str, int], Preview] = {}
    wording = Wording(workspace)
    for result in results:
        for sent in result.sent:
            message = workspace.messages.get(sent.message)
            if message is None:
                continue
            number = _variant(message, sent)
            when = message.variants[number].when
            preview = _preview(message, sent, result.title, "" if when is None else wording.condition(when))
            best = found.setdefault((sent.message, number), preview)
            if preview.length > best.length:
                found[sent.message, number] = preview
    by_message: dict[str, list[Preview]] = {}
    for _, preview in sorted(found.items(), key=lambda one: one[0]):
        by_message.setdefault(preview.message, []).append(preview)
    return by_message


def unsent(workspace: checked.Workspace, message: checked.Message, shown: Iterable[Preview]) -> list[str]:
    """The variants of a message that no test sends, in words: `push`, `email when language is "fr"`."""
    seen = {(preview.channel, preview.when) for preview in shown}
    wording = Wording(workspace)
    found = []
    for variant in message.variants:
        when = "" if variant.when is None else wording.condition(variant.when)
        if (variant.channel, when) not in seen:
            others = any(one.channel == variant.channel and one.when is not None for one in message.variants)
            found.append(
                f"{variant.channel} when {when}" if when else variant.channel + " otherwise" * others
            )
    return found


_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def _variant(message: checked.Message, sent: Outgoing) -> int:
    """The variant that was sent: of those by its channel, the one whose own words stand in it most."""
    of_channel = [n for n, variant in enumerate(message.variants) if variant.channel == sent.channel]

    def likeness(number: int) -> int:
        likeness = 0
        for name, template in message.variants[number].parts.items():
            for piece in _TAGS.split(template.source):
                words = piece.strip()
                likeness += len(words) * (1 if words in sent.parts.get(name, "") else -1)
        return likeness

    return max(of_channel, key=likeness) if len(of_channel) > 1 else of_channel[0]


def _preview(message: checked.Message, sent: Outgoing, test: str, when: str) -> Preview:
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
    return Preview(message.name, sent.channel, sent.address, test, when, tuple(others), html, text)
