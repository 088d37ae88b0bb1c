"""Writes docs/functions.md from the definitions of the functions (dsl/functions).

python -m docs.make_functions            writes the page
python -m docs.make_functions --check    ends with 1 when the page is not current
"""

from __future__ import annotations

import sys
from pathlib import Path

from sojourn.dsl.functions import FUNCTIONS, GROUPS, Signature

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "functions.md"

INTRODUCTION = """\
# Functions

What is worked out from a value: `upper(city)`, `age(birthday)`, `next_working_day(today)`. A function
stands wherever a value or a condition may: in conditions of audiences, journeys and events, in attributes,
after `wait until`, in `set`, in `send … with`, and in the texts of messages, `{{ date_text(now, "long",
"fr") }}`.

- Where something is **missing**, so is what a function makes of it; those that have an answer without it
  say so. What is undefined (the 30 February, the remainder by 0) is missing, too.
- A **date** is taken where one is asked for; so is a moment, which counts with its date where the person is
  (the profile's field of type timezone, else UTC).
- Square brackets are around what may be left out. For `country` then stands the person's, the profile's
  first field of that type; for `language` likewise, and `"en"` where there is none.
- A call with a wrong number of values is [wrong-arguments](errors/wrong-arguments.md), one with a wrong
  kind of value [wrong-argument](errors/wrong-argument.md), one without brackets
  [function-needs-brackets](errors/function-needs-brackets.md), an unknown one
  [unknown-function](errors/unknown-function.md). Other mistakes stand with the function.
- A function of your own is a [define](language.md#define) with values in brackets.

This page is made from the definitions that the checker and the editor read, by `python
docs/make_functions.py`. Every example is run, for this person, on Monday 23 November 2026 at 9:30 in
Berlin:

```journey
profile
  email       email          identity
  first_name  text
  nickname    text
  city        text
  country     country
  language    language
  timezone    timezone
  birthday    date
  home        location
  points      integer
  balance     money
  prices      list of money
  tags        list of text

event purchase
  total  money

catalog shop from csv "data/shops.csv" key id
  id     text
  name   text
  place  location

attribute last_order = time of last purchase
```
"""

NOTES = {
    "calendars": """\
A calendar is a country of ISO 3166, `"DE"`, or a region of one, `"DE-BY"`: what it knows comes from the
library [holidays](https://pypi.org/project/holidays/), some 250 countries and their regions. Where the
person's country is unknown, or has no calendar, Monday to Friday are the working days and there are no
holidays. A journey waits with `wait 3 working days` and `wait until 9:00 on a working day in
"DE"`; `on a weekday` looks at the day of the week alone.

The answers are those of the version of the library that is installed. A new version may know of a holiday
that a government has just made; who waits already keeps the instant that was worked out when the wait
began, so the same events give the same journeys as long as the version is the same.
""",
    "shown": """\
How a language writes money, numbers and dates is what Unicode's CLDR says, through the library
[Babel](https://babel.pocoo.org/). A language that it does not know is written as English. In a message, `{{
event.total | money }}` prints `59.00 EUR` for everybody, and `{{ money_text(event.total) }}` as the
person's language does.
""",
    "choosing": """\
A condition with `and`, `or` or a comma stands in brackets of its own: `if_else((points >= 100 and country
in "DE", "AT"), …)`.
""",
}

PERSON = """\
  profile email = "ada@example.com", first_name = "ADA", city = "Neu Ulm", country = "DE", language = "de"
  profile timezone = "Europe/Berlin", birthday = 1990-03-14, home = location(52.52, 13.405), points = 120
  profile balance = -5.25 EUR, prices = [10 EUR, 20 EUR], tags = ["vip", "news", "vip"]
  at 2026-11-20 18:30
    purchase total = 20 EUR
  at 2026-11-23 9:30
"""


def page() -> str:
    """The text of docs/functions.md."""
    contents = [
        f"- [{title}](#{anchor(title)}): {', '.join(f'`{f.name}`' for f in of_group(group))}"
        for group, title in GROUPS.items()
    ]
    parts = [INTRODUCTION, "\n".join(contents) + "\n", *(section(group) for group in GROUPS)]
    return "\n".join(parts)


def anchor(title: str) -> str:
    """Where a heading is linked."""
    return title.lower().replace(" ", "-")


def of_group(group: str) -> list[Signature]:
    """The functions of a group, in the order they are defined."""
    return [function for function in FUNCTIONS.values() if function.group == group]


def section(group: str) -> str:
    """A group of functions: what each means, and a test that runs the examples."""
    lines = [f"## {GROUPS[group]}", ""]
    if group in NOTES:
        lines += [NOTES[group].rstrip(), ""]
    lines += ["| function | gives | meaning | example |", "|---|---|---|---|"]
    lines += [row(function) for function in of_group(group)]
    lines += ["", "```journey", f'test "{GROUPS[group].lower()}"', PERSON.rstrip()]
    lines += [expectation(*example) for function in of_group(group) for example in function.examples]
    return "\n".join([*lines, "```", ""])


def row(function: Signature) -> str:
    """The row of a function in its table."""
    means = function.means
    if function.errors:
        means += " Mistakes: " + ", ".join(f"[{code}](errors/{code}.md)" for code in function.errors) + "."
    if function.elsewhere:
        means += f" Elsewhere: {', '.join(f'`{name}`' for name in function.elsewhere)}."
    examples = "<br>".join(shown(*example) for example in function.examples)
    return f"| `{function.call}` | {function.gives_said} | {means} | {examples} |"


def shown(call: str, gives: str) -> str:
    """An example in a table."""
    return f"`{call}`" if gives == "true" and " is missing" in call else f"`{call}` is `{gives}`"


def expectation(call: str, gives: str) -> str:
    """An example as a line of a test."""
    if gives in ("true", "false"):
        return f"  expect {'not ' if gives == 'false' else ''}{call}"
    return f"  expect {call} is {gives}"


def main(arguments: list[str]) -> int:
    """Writes the page, or looks whether it is current."""
    text = page()
    if arguments == ["--check"]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
