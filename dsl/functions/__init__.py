"""The functions of the language, each with its one definition.

`FUNCTIONS` has them by name, in the order of the reference. `sojourn.interpreter.functions` carries them out under
the same names; a test holds the two together.
"""

from __future__ import annotations

from sojourn.dsl.functions import calendars, dates, lists, numbers, shown, texts, values
from sojourn.dsl.functions.signature import Parameter, Signature
from sojourn.dsl.types import DATE, DATETIME

__all__ = ["ELSEWHERE", "FUNCTIONS", "GROUPS", "PLAIN_NAMES", "Parameter", "Signature"]

FUNCTIONS: dict[str, Signature] = {
    signature.name: signature
    for module in (texts, numbers, lists, dates, calendars, shown, values)
    for signature in module.SIGNATURES
}

GROUPS = {
    "texts": "Texts",
    "numbers": "Numbers",
    "lists": "Lists",
    "dates": "Dates and moments",
    "calendars": "Working days and holidays",
    "shown": "As people write it",
    "money": "Money",
    "places": "Places",
    "choosing": "Choosing between values",
}
"""The groups of functions in the order of the reference, with their titles."""

ELSEWHERE: dict[str, str] = {
    known: signature.name for signature in FUNCTIONS.values() for known in signature.elsewhere
}
"""What a function is called in spreadsheets and other tools, and what it is called here."""

PLAIN_NAMES = {"now": DATETIME, "today": DATE}
"""What is written without brackets."""
