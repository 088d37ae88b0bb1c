"""The shape of a code's words."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Wording", "files_of"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What an author reads for one code.

    `says` is one sentence of what is wrong, in their words, with `{fact}` places filled from the diagnostic's
    facts. `help` says what would be right (facts may be used there too; empty when `says` says it all).
    `label` is the short text beside the underline. `bad` is a whole small workspace file that triggers the
    code, `good` the same file mended: both are used by the tests and the documentation.
    """

    code: str
    says: str
    help: str
    label: str
    bad: str
    good: str


def files_of(example: str) -> dict[str, str]:
    """The files of a `bad` or `good` example by their paths: the text up to the first line `--- path` is
    main.journey.
    """
    files: dict[str, str] = {}
    path = "main.journey"
    for line in example.splitlines(keepends=True):
        if line.startswith("--- "):
            path = line[4:].strip()
            files[path] = ""
        else:
            files[path] = files.get(path, "") + line
    return files
