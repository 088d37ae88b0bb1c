"""What somebody may ask about, by name; and the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sojourn.dsl import checked
from sojourn.interpreter.why.asking import Asking
from sojourn.interpreter.why.audiences import about_attribute, about_audience
from sojourn.interpreter.why.journeys import about_journey
from sojourn.interpreter.why.kept import of_today
from sojourn.interpreter.why.messages import about_message
from sojourn.interpreter.why.offers import about_offer
from sojourn.interpreter.why.story import about_person
from sojourn.interpreter.why.telling import Answer

__all__ = ["UnknownSubject", "answer", "names_of"]


class UnknownSubject(LookupError):
    """Nothing has that name, or had on `day`. `names` are those that there are."""

    def __init__(self, name: str, names: list[str], day: str = "") -> None:
        was = f"On {day} there was" if day else "There is"
        super().__init__(f"{was} no journey, message, audience, offer or attribute “{name}”.")
        self.names = names


_TELLERS: Mapping[str, Callable[[Asking, str], Answer]] = {
    "journey": about_journey,
    "message": about_message,
    "audience": about_audience,
    "offer": about_offer,
    "attribute": about_attribute,
}


def _declared(workspace: checked.Workspace) -> dict[str, Mapping[str, Any]]:
    return {
        "journey": workspace.journeys,
        "message": workspace.messages,
        "audience": workspace.audiences,
        "offer": workspace.offers,
        "attribute": workspace.attributes,
    }


def names_of(workspace: checked.Workspace) -> list[str]:
    """Everything that may be asked about."""
    return [name for names in _declared(workspace).values() for name in names]


def answer(asking: Asking, subject: str | None) -> Answer:
    """The answer about a subject, None for the person's story. A name that is several things may be said with what is
    meant: `message:reminder`. Raises UnknownSubject.
    """
    if subject is None:
        return _with_notes(asking, about_person(asking), None)
    kind, colon, name = subject.partition(":")
    workspace = asking.program.workspace
    for known, names in _declared(workspace).items():
        if (colon and known == kind and name in names) or subject in names:
            chosen = name if colon else subject
            return _with_notes(asking, _TELLERS[known](asking, chosen), names[chosen])
    raise UnknownSubject(subject, names_of(workspace), asking.when(asking.now) if asking.log.as_of else "")


def _with_notes(asking: Asking, found: Answer, declared: Any) -> Answer:
    """What has to be known beside every answer."""
    from dataclasses import replace

    notes = list(found.notes)
    if asking.log.as_of:
        verdict = f"As of {asking.when(asking.now)}: {found.verdict}"
        notes += [*asking.log.unknown, *of_today(asking, declared)]
        return replace(found, verdict=verdict, notes=tuple(notes), as_of=True)
    if asking.overdue is not None and asking.log.place == "the store":
        notes.append(
            f"Something has been due since {asking.when(asking.overdue)}, and nobody has carried it out: "
            "is `sojourn run` running?"
        )
    stale = asking.log.program_of(asking.now)
    if asking.log.place == "the store" and stale.version != asking.program.version:
        notes.append("The files differ from what runs on this store; `now` is told by the files.")
    return replace(found, notes=tuple(notes))
