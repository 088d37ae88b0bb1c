"""What a function of the language is: its name, what it takes and gives, what it means, and examples of it.

The definitions are the one source of the checker, of docs/functions.md, and of what an editor shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.dsl.types import Type, one_of

__all__ = [
    "AMOUNT", "BARE", "COUNTRY_KINDS", "DAYS", "NUMERIC", "ORDERED", "TEXTUAL", "WEEKDAY", "Example", "Parameter",
    "Signature",
]  # fmt: skip

TEXTUAL = ("text", "email", "phone", "url", "country", "language", "timezone", "one of", "ref")
NUMERIC = ("integer", "number", "percent")
AMOUNT = (*NUMERIC, "money")
ORDERED = (*AMOUNT, "date", "datetime", "time", "duration")
DAYS = ("date", "datetime")
"""A date, or a moment, which then counts with its date where the person is."""
COUNTRY_KINDS = ("country", "text", "one of")
BARE = (
    "text", "number", "integer", "percent", "boolean", "money", "date", "datetime", "time", "duration", "email",
    "phone", "url", "country", "language", "timezone", "one of", "ref", "location",
)  # fmt: skip
"""Every kind of a single value."""

WEEKDAY = one_of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Example = tuple[str, str]
"""A call, and what it gives for the person of the examples (docs/functions.md)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a function takes.

    `kinds` are the kinds of types it may have, `of` those of a list's items. An `optional` one may be left out;
    `instead` says what stands for it then: "country" or "language" of the person, or a text. `repeats` (the last
    one only): there may be more of the same. `may_be_missing`: the function has an answer without it. `options`
    is the type whose bare words may stand there.
    """

    name: str
    kinds: tuple[str, ...]
    of: tuple[str, ...] = ()
    optional: bool = False
    instead: str = ""
    repeats: bool = False
    may_be_missing: bool = False
    options: Type | None = None

    @property
    def is_day(self) -> bool:
        """Whether it is a date, for which a moment may stand."""
        return self.kinds == DAYS


@dataclass(frozen=True, slots=True)
class Signature:
    """`gives`: a type, the number of a parameter that has the same type, "item" for the type of the first list's
    elements, "average" for that of their average, "row" for a row of the catalog that is named. `alike`: all
    arguments from that number on have one type. `means` is one sentence. `errors` are the codes of mistakes beyond
    a wrong number or kind of values. `elsewhere` are names by which spreadsheets and other tools know it.
    """

    name: str
    group: str
    takes: tuple[Parameter, ...]
    gives: Type | int | str
    means: str
    examples: tuple[Example, ...]
    alike: int | None = None
    errors: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """A call."""
        return self.examples[0][0]

    @property
    def least(self) -> int:
        """The smallest number of values it takes."""
        return sum(not parameter.optional for parameter in self.takes)

    @property
    def most(self) -> int | None:
        """The largest number of values it takes; None for any number."""
        return None if self.takes and self.takes[-1].repeats else len(self.takes)

    def parameter(self, number: int) -> Parameter:
        """The parameter that the argument of that number is for."""
        return self.takes[min(number, len(self.takes) - 1)]

    def takes_missing(self, number: int) -> bool:
        """Whether it has an answer when the argument of that number is missing."""
        return self.parameter(number).may_be_missing

    @property
    def call(self) -> str:
        """How it is called: `is_holiday(date, country)`, the last in square brackets where it may be left out."""
        said = ""
        for number, parameter in enumerate(self.takes):
            joint = ", " if number else ""
            name = f"{parameter.name}, …" if parameter.repeats else parameter.name
            said += f"[{joint}{name}]" if parameter.optional else f"{joint}{name}"
        return f"{self.name}({said})"

    @property
    def gives_said(self) -> str:
        """What it gives, in words."""
        if isinstance(self.gives, Type):
            return "day of the week" if self.gives == WEEKDAY else str(self.gives)
        if self.gives == "item":
            return "an item of the list"
        if self.gives == "average":
            return "number, or money"
        if self.gives == "row":
            return "a row of the catalog"
        return f"the same as {self.takes[int(self.gives)].name}"
