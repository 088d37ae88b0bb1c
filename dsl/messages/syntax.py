"""The words for the shape of the text: characters, indentation, and what may stand where."""

# ruff: noqa: E501  (a line of an example stays one line)

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_DATA = """\
profile
  email    email  identity
  country  country
  points   integer

event purchase
  total  money
  city   text

message hello
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""
_JOURNEY = _DATA + "journey welcome\n  start on purchase\n"
_AUDIENCE = _DATA + "audience chosen\n  "
_AS_IN = "As in:\n\n{example}"

LAYOUT = (
    Wording(
        "tab",
        "Here is a tab; lines are indented with spaces.",
        "Two spaces for each level. Most editors can do that when the Tab key is pressed.",
        "a tab",
        "profile\n\temail  email  identity\n",
        "profile\n  email  email  identity\n",
    ),
    Wording(
        "uneven-indent",
        "This line is indented by {have} spaces, which fits no line above it.",
        "Lines of one block begin in the same column: {want} spaces here, most likely.",
        "{have} spaces",
        "profile\n    email    email  identity\n  country  country\n",
        "profile\n  email    email  identity\n  country  country\n",
    ),
    Wording(
        "indented-start",
        "The first line of a declaration begins at the very left.",
        "Remove the spaces before it.",
        "begins at the left",
        "  profile\n    email  email  identity\n",
        "profile\n  email  email  identity\n",
    ),
    Wording(
        "not-indented",
        "This line belongs below `{before}`, and it is not indented.",
        "Begin it two spaces further to the right than the line it belongs to.",
        "belongs further right",
        _JOURNEY + "  if has purchase\n  send hello\n  else\n    stop\n",
        _JOURNEY + "  if has purchase\n    send hello\n  else\n    stop\n",
    ),
    Wording(
        "too-far-right",
        "This line stands too far to the right.",
        "Begin it {where}.",
        "belongs further left",
        _JOURNEY + "  if has purchase\n    send hello\n    else\n      stop\n",
        _JOURNEY + "  if has purchase\n    send hello\n  else\n    stop\n",
    ),
    Wording(
        "missing-word",
        "A word is missing here, such as `{missing}`.",
        "Write `{instead}`. " + _AS_IN,
        "a word is missing",
        _JOURNEY + "  send hello email\n",
        _JOURNEY + "  send hello by email\n",
    ),
    Wording(
        "name-in-quotes",
        "Names stand without quotes.",
        "Write {name}. Quotes are for texts.",
        "without quotes",
        _JOURNEY + '  send "hello"\n',
        _JOURNEY + "  send hello\n",
    ),
    Wording(
        "unclosed-text",
        "The text that begins here never ends.",
        "Close it with {quote}.",
        "no {quote} follows",
        _AUDIENCE + 'country is "DE\n',
        _AUDIENCE + 'country is "DE"\n',
    ),
    Wording(
        "unclosed-bracket",
        "The bracket `{sign}` that opens here is never closed.",
        "Close it with `{closing}`.",
        "no `{closing}` follows",
        _AUDIENCE + '(country is "DE" or points > 3\n',
        _AUDIENCE + '(country is "DE" or points > 3)\n',
    ),
    Wording(
        "other-quotes",
        "A text stands in straight double quotes, not in {quote}.",
        'Write it as in "Hello". Word processors change quotes on their own: copy from an editor for plain text.',
        "other quotes",
        _AUDIENCE + "country is “DE”\n",
        _AUDIENCE + 'country is "DE"\n',
    ),
    Wording(
        "other-sign",
        "The sign `{sign}` is not the one that is meant here.",
        "Write {instead} instead.",
        "another sign",
        _AUDIENCE + "points ≥ 3\n",
        _AUDIENCE + "points >= 3\n",
    ),
    Wording(
        "other-comparison",
        "`{sign}` is written otherwise here.",
        "Write `{instead}`.",
        "`{instead}`",
        _AUDIENCE + 'country == "DE"\n',
        _AUDIENCE + 'country is "DE"\n',
    ),
    Wording(
        "send-at-once",
        "`send` happens at once, to the person who is in the journey: `{word}` cannot stand behind it.",
        "When it is to be sent is said on the line above, as in `wait until 9:00` or `wait 1 day`; to whom by what starts the journey, "
        "or by an `if` around it.",
        "not here",
        _JOURNEY + "  send hello at 9:00\n",
        _JOURNEY + "  wait until 9:00\n  send hello\n",
    ),
    Wording(
        "one-event-a-line",
        "Each event stands on a line of its own.",
        "Write a line for each: `{before}`, and below it another `{word} on …`.",
        "another line",
        _JOURNEY.replace("start on purchase\n", "start on purchase, order_paid\n") + "  send hello\n",
        _JOURNEY + "  send hello\n",
    ),
    Wording(
        "other-words",
        "`{found}` is said otherwise here.",
        "Write `{instead}`.",
        "other words",
        _JOURNEY + "  wait a week\n  send hello\n",
        _JOURNEY + "  wait 1 week\n  send hello\n",
    ),
    Wording(
        "since-start-here",
        "`since start` is for a `wait for`: it takes an event that came earlier in this run.",
        "To look back write how far, as in `has purchase in last 7 days`; a journey that is to end when it happens "
        "says so above its steps: `exit on purchase`.",
        "only in a `wait for`",
        _JOURNEY + "  wait 7 days\n  if no purchase since start\n    send hello\n",
        _JOURNEY + "  wait 7 days\n  if no purchase in last 7 days\n    send hello\n",
    ),
    Wording(
        "else-if-failed",
        "Below `if failed` there is only `else`, without a condition.",
        "Write `else`, and the `if` on a line of its own inside it.",
        "no condition here",
        _JOURNEY + "  send hello\n  if failed\n    stop\n  else if has purchase\n    send hello\n",
        _JOURNEY + "  send hello\n  if failed\n    stop\n  else\n    if has purchase\n      send hello\n",
    ),
    Wording(
        "currency-sign",
        "Money is written with the code of its currency, not with {sign}.",
        "Write {instead}.",
        "which currency?",
        _AUDIENCE + "has purchase where total > €20\n",
        _AUDIENCE + "has purchase where total > 20 EUR\n",
    ),
    Wording(
        "number-with-comma",
        "A comma inside a number can be misread.",
        "Write {instead}: a point before the decimals, and nothing between thousands (or `_`, as in 1_000).",
        "a comma",
        _AUDIENCE + "has purchase where total > 1,000 EUR\n",
        _AUDIENCE + "has purchase where total > 1000 EUR\n",
    ),
    Wording(
        "letter-in-name",
        "“{letter}” cannot stand in a name.",
        "Names are made of the letters a to z, digits and `_`. In texts between quotes every letter may stand.",
        "not a letter of a name",
        "profile\n  email  email  identity\n  größe  number\n",
        "profile\n  email  email  identity\n  groesse  number\n",
    ),
    Wording(
        "colon-at-end",
        "No colon stands at the end of a line.",
        "Remove it; what belongs below the line is shown by its indentation alone.",
        "remove it",
        _DATA + "audience chosen:\n  has purchase\n",
        _DATA + "audience chosen\n  has purchase\n",
    ),
    Wording(
        "stray-character",
        "“{char}” has no meaning here.",
        "Remove it, or put the text it belongs to in quotes.",
        "no meaning",
        _AUDIENCE + 'country is "DE" ?\n',
        _AUDIENCE + 'country is "DE"\n',
    ),
)

PLACES = (
    Wording(
        "unknown-declaration",
        "“{found}” does not begin a declaration.",
        "At the very left stands one of {kinds}. A line that belongs to the one above is indented with spaces.",
        "what is this?",
        _DATA + "audiance chosen\n  has purchase\n",
        _DATA + "audience chosen\n  has purchase\n",
    ),
    Wording(
        "unknown-word",
        "“{found}” is not understood here.",
        _AS_IN,
        "misspelt?",
        _JOURNEY + "  sned hello\n",
        _JOURNEY + "  send hello\n",
    ),
    Wording(
        "line-not-here",
        "A line that begins with “{found}” cannot stand here.",
        "Here may stand {expected}. " + _AS_IN,
        "not here",
        _JOURNEY + "  hello by email\n",
        _JOURNEY + "  send hello\n",
    ),
    Wording(
        "not-here",
        "“{found}” cannot stand here.",
        "After `{before}` comes {expected}. " + _AS_IN,
        "not here",
        _JOURNEY + "  send hello please\n",
        _JOURNEY + "  send hello by email\n",
    ),
    Wording(
        "line-ends-early",
        "This line ends too early: {what} is not complete.",
        "After `{before}` comes {expected}. " + _AS_IN,
        "and then?",
        _JOURNEY + "  send\n",
        _JOURNEY + "  send hello\n",
    ),
    Wording(
        "block-not-here",
        "This line is indented, but nothing belongs below `{before}`.",
        "Begin it in the same column as the line above. A condition goes on in the next line with `and` or `or`.",
        "indented too far",
        _JOURNEY + "  wait 1 day\n    send hello\n",
        _JOURNEY + "  wait 1 day\n  send hello\n",
    ),
    Wording(
        "block-missing",
        "Something is missing below `{before}`.",
        "What belongs to it stands in the next line, indented by two more spaces. " + _AS_IN,
        "and below it?",
        _DATA + "audience chosen\n",
        _DATA + "audience chosen\n  has purchase\n",
    ),
    Wording(
        "unknown-unit",
        "“{unit}” is not a unit that is known here.",
        "Write {instead}. Lengths of time are in seconds, minutes, hours, days, weeks, months or years; distances in km, m or miles; "
        "money has a code such as EUR.",
        "which unit?",
        _JOURNEY + "  wait 3 hrs\n  send hello\n",
        _JOURNEY + "  wait 3 hours\n  send hello\n",
    ),
    Wording(
        "equals-sign",
        "Two values are compared with `is`, not with `=`.",
        'As in `country is "DE"`.',
        "`is`",
        _AUDIENCE + 'country = "DE"\n',
        _AUDIENCE + 'country is "DE"\n',
    ),
    Wording(
        "hyphen-in-name",
        "A hyphen cannot stand in a name.",
        "Write {instead}.",
        "a hyphen",
        _DATA + "audience big-spender\n  has purchase\n",
        _DATA + "audience big_spender\n  has purchase\n",
    ),
    Wording(
        "hyphen-between-words",
        "No hyphen stands between these words.",
        "Write {instead}.",
        "a hyphen",
        _DATA + "topic offers opt-in\n",
        _DATA + "topic offers opt in\n",
    ),
    Wording(
        "joint-missing",
        "Two conditions stand one below the other, and it is not said how they go together.",
        "Begin this line with `and` when both have to be true, with `or` when one of them is enough.",
        "and? or?",
        _AUDIENCE + 'has purchase\n  country is "DE"\n',
        _AUDIENCE + 'has purchase\n  and country is "DE"\n',
    ),
    Wording(
        "capital-letters",
        "The words of the language are written in small letters.",
        "Write `{word}`.",
        "`{word}`",
        _JOURNEY + "  Send hello\n",
        _JOURNEY + "  send hello\n",
    ),
    Wording(
        "said-twice",
        "{what} is said twice here.",
        "Keep one of the two.",
        "the second",
        "profile\n  email  email  identity identity\n",
        "profile\n  email  email  identity\n",
    ),
    Wording(
        "half-a-time",
        "{text} is not a whole number of times.",
        "Write a whole number, as in `at least 3 times`.",
        "not whole",
        _AUDIENCE + "has purchase at least 2.5 times\n",
        _AUDIENCE + "has purchase at least 3 times\n",
    ),
    Wording(
        "setting-after-step",
        "`{text}` is a setting of the whole journey and stands before its first step.",
        "Move it up, below the journey's name.",
        "before the steps",
        _JOURNEY + "  send hello\n  exit on purchase\n",
        _JOURNEY + "  exit on purchase\n  send hello\n",
    ),
    Wording(
        "sequence-within",
        "It is not said within which time {second} has to follow {first}.",
        "Write it at the end: `has {first} then {no}{second} within 2 days`.",
        "within which time?",
        _AUDIENCE + "has purchase then no purchase\n",
        _AUDIENCE + "has purchase\n",
    ),
    Wording(
        "sequence-times",
        "How often {first} has to happen cannot be said in a sequence.",
        "Write the two conditions one after the other, joined by `and`.",
        "a number of times",
        _AUDIENCE + "has purchase at least 2 times then purchase within 2 days\n",
        _AUDIENCE + "has purchase at least 2 times\n",
    ),
    Wording(
        "too-deep",
        "More than {most} things lie in one another here.",
        "Give a part of it a name of its own: `define big_spender = …`, or an audience.",
        "too deep",
        _AUDIENCE + "(" * 101 + '\n    country is "DE"\n  ' + ")" * 101 + "\n",
        _AUDIENCE + 'country is "DE"\n',
    ),
    Wording(
        "incomplete-block",
        "The {what} lacks a line {needs}.",
        "Add it below the first line.",
        "incomplete",
        _DATA + "decision best\n  pick 1\n",
        _DATA,
    ),
)

WORDINGS: tuple[Wording, ...] = (*LAYOUT, *PLACES)
