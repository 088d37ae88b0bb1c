"""Webhooks where there is no network: in a test and in a simulation they answer at once, by what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sojourn.interpreter.core.calls import CALL, Answer, answer
from sojourn.interpreter.core.effects import Effect, Outgoing
from sojourn.interpreter.core.person import Person

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program

__all__ = ["NOTHING_SAID", "answer_calls"]

NOTHING_SAID = Answer({})
"""What a webhook answers of which nothing was said: yes, with no fields."""


def answer_calls(
    program: Program, person: Person, effects: list[Effect], now: int,
    answers: Mapping[str, Answer], choices: Mapping[str, str] | None,
) -> list[Effect]:  # fmt: skip
    """The effects, and what follows when the calls among them are answered at the same instant."""
    if not program.workspace.webhooks:
        return effects
    found: list[Effect] = []
    todo = list(effects)
    while todo:
        effect = todo.pop(0)
        found.append(effect)
        if isinstance(effect, Outgoing) and effect.channel == CALL:
            answered = answers.get(effect.message, NOTHING_SAID)
            todo += answer(program, person, effect.key, answered, now, choices)
    return found
