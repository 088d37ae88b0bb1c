"""The words for meaning: types, conditions, data, messages, journeys, tests."""

# ruff: noqa: E501  (a line of an example stays one line)

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_DATA = """\
profile
  email     email  identity
  country   country
  birthday  date
  home      location
  spent     money
  points    integer
  tags      list of text

event purchase
  total     money
  discount  percent
  city      text

"""

_MESSAGE = """\
message hello
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""

_BASE = _DATA + _MESSAGE
_START = "journey welcome\n  start on purchase\n"


def _audience(code: str, says: str, help: str, label: str, bad: str, good: str, before: str = "") -> Wording:
    """A wording whose examples are conditions of an audience."""
    base = _DATA + before + "audience chosen\n  "
    return Wording(code, says, help, label, base + bad + "\n", base + good + "\n")


def _journey(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the lines of a journey."""
    return Wording(code, says, help, label, _BASE + _START + bad, _BASE + _START + good)


def _field(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are a line of the profile."""
    base = "profile\n  email  email  identity\n  "
    return Wording(code, says, help, label, base + bad + "\n", base + good + "\n")


_CATALOG = (
    'catalog product from csv "products.csv" key sku\n  sku    text\n  price  money\n\n--- products.csv\n'
)


def _csv(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the lines of a catalog's file."""
    return Wording(code, says, help, label, _DATA + _CATALOG + bad, _DATA + _CATALOG + good)


_SHOPS = (
    'catalog shop from csv "shops.csv" key id\n  id     text\n  place  location\n\n'
    'catalog city from csv "shops.csv" key id\n  id  text\n\n'
)
_PLACES = "\n--- shops.csv\nid,place\nberlin,52.52;13.41\n"


_CLOSEST = "profile\n  phone  phone\n\nmessage visit\n"


def _shop(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are conditions of an audience, beside a catalog of shops."""
    base = _DATA + _SHOPS + "audience close\n  "
    return Wording(code, says, help, label, base + bad + "\n" + _PLACES, base + good + "\n" + _PLACES)


_PRODUCTS = (
    'catalog product from csv "products.csv" key sku\n  sku  text\n  added  date\n\n'
    "schema Item\n  product  ref product\n\n"
    "event ordered\n  items  list of Item\n\nevent viewed\n  product  ref product\n\n"
)
_ROWS = "\n--- products.csv\nsku,added\na1,2026-01-01\n"


def _advice(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the lines of a recommendation."""
    base = _DATA + _PRODUCTS + "recommendation advice\n  "
    return Wording(code, says, help, label, base + bad + "\n" + _ROWS, base + good + "\n" + _ROWS)


VALUES = (
    _audience(
        "not-a-value",
        "“{text}” does not fit the type {type}: it has to be {what}.",
        "",
        "not of type {type}",
        'country is "Germany"',
        'country is "DE"',
    ),
    _audience(
        "not-a-currency",
        "{text} is no currency.",
        "Currencies are written by their ISO 4217 codes, as in `20 EUR` or `20 USD`.",
        "no such currency",
        "spent > 20 EUX",
        "spent > 20 EUR",
    ),
    _audience(
        "no-such-date",
        "There is no {text} in the calendar or on the clock.",
        "Dates are written as year, month, day: `2026-11-23`; clock times as `9:00`.",
        "no such day or time",
        "birthday > 2026-02-30",
        "birthday > 2026-02-28",
    ),
    _audience(
        "no-such-place",
        "There is no place at latitude {latitude}, longitude {longitude}.",
        "Latitude goes from -90 to 90 and comes first, longitude from -180 to 180: `location(48.8566, 2.3522)`.",
        "not on the globe",
        "home within 5 km of location(148.8, 2.35)",
        "home within 5 km of location(48.8, 2.35)",
    ),
    _audience(
        "part-of-a-month",
        "{text} is no length of time: a month is not always equally long.",
        "Write whole months, or the number of days.",
        "not whole",
        "has purchase in last 1.5 months",
        "has purchase in last 45 days",
    ),
    _audience(
        "no-time-at-all",
        "{what} of no time at all has no effect.",
        "Write a length of time such as `1 hour` or `3 days`.",
        "no time",
        "has purchase in last 0 days",
        "has purchase in last 30 days",
    ),
    _audience(
        "too-long",
        "{text} is longer than the calendar goes on.",
        "A length of time is at most a thousand years. Did a digit slip in?",
        "more than 1000 years",
        "has purchase in last 300000000 days",
        "has purchase in last 30 days",
    ),
    _audience(
        "hours-of-a-date",
        "{text} adds hours to a date, which has none.",
        "Add days, weeks, months or years.",
        "a date has no hours",
        "birthday + 3 hours > 2026-01-01",
        "birthday + 3 days > 2026-01-01",
    ),
    _audience(
        "text-needs-quotes",
        "{name} is not the name of a field; a text stands in quotes.",
        'Write "{name}" if you mean the text.',
        "quotes missing?",
        "country is DE",
        'country is "DE"',
    ),
    _audience(
        "money-needs-currency",
        "{what} is money, and {amount} is a number without a currency.",
        "Write an amount of money with its currency: `{amount} EUR`.",
        "which currency?",
        "spent > 20",
        "spent > 20 EUR",
    ),
    _audience(
        "percent-needs-sign",
        "This is a percentage, and {number} would be {number} times the whole.",
        "Write {number}%.",
        "percent?",
        "has purchase where discount > 15",
        "has purchase where discount > 15%",
    ),
    _audience(
        "cannot-compare",
        "{left} and {right} cannot be compared.",
        "{help}",
        "two kinds of value",
        'points is "many"',
        "points is 100",
    ),
    _audience(
        "no-order",
        "{text} is {type}, which has no order: `{op}` cannot tell which is more.",
        "Ask `is`, `is not` or `in`.",
        "no order",
        'country > "DE"',
        'country is "DE"',
    ),
    _journey(
        "same-on-both-sides",
        "{left} and {right} are the same thing, so comparing them says nothing.",
        "Inside `where`, `event` is the event that is being looked at. To compare it with the event that started the journey, give "
        "that one a name, as in `start on purchase as order`, and say `order.total`.",
        "compared with itself",
        "  wait for purchase where city is event.city, up to 1 day\n  send hello\n",
        '  wait for purchase where city is "Rome", up to 1 day\n  send hello\n',
    ),
    _audience(
        "empty-range",
        "Nothing lies between {low} and {high}.",
        "The smaller or earlier one comes first.",
        "nothing in between",
        "points between 10 and 5",
        "points between 5 and 10",
    ),
    _audience(
        "cannot-calculate",
        "{types} cannot be worked out.",
        "{help}",
        "cannot be worked out",
        "birthday + 3 < today",
        "birthday + 3 days < today",
    ),
    _audience(
        "division-by-zero",
        "This divides by zero, so it never has a value.",
        "Divide by another number.",
        "zero",
        "points / 0 > 1",
        "points / 2 > 1",
    ),
    _audience(
        "not-a-condition",
        "{text} is {type}, which is not true or false by itself.",
        "Compare it with something, or ask `{text} is known`.",
        "true when?",
        'points and country is "DE"',
        'points > 10 and country is "DE"',
    ),
    _audience(
        "list-never-missing",
        "{name} is a list, and a list is never missing: it is empty.",
        "Ask `{instead}`.",
        "always there",
        "tags is missing",
        "length(tags) is 0",
    ),
    _audience(
        "empty-condition",
        "The audience {name} looks at nothing, so everybody or nobody would be in it.",
        "Write a condition about the person below its name, such as `has purchase in last 30 days`.",
        "no condition",
        "true",
        "has purchase",
    ),
    _audience(
        "always-true",
        "`has {event} at least 0 times` is true of everybody.",
        "Write `has {event}` for once or more, `no {event}` for never.",
        "always true",
        "has purchase at least 0 times",
        "has purchase at least 1 times",
    ),
    _audience(
        "inexact-now",
        "It cannot be told beforehand when this becomes true or false, because of how `now` is used.",
        "Let `now`, plus or minus a fixed length of time, stand alone on one side of a comparison, as in "
        "`last_order < now - 30 days`; or use `today`.",
        "`now` inside a calculation",
        "hour(now) > 12",
        "weekday(now) is monday",
    ),
    _audience(
        "needs-text",
        "{text} is {type}; `{op}` works on texts.",
        "Compare it with `is`, `<` or `>` instead.",
        "not a text",
        'points contains "1"',
        'country contains "D"',
    ),
    _audience(
        "needs-location",
        "{text} is {type}; a distance is between two locations.",
        "Use a field of type location, or `location(48.86, 2.35)`.",
        "not a location",
        "country within 5 km of home",
        "home within 5 km of location(48.86, 2.35)",
    ),
    _audience(
        "bad-pattern",
        "The pattern cannot be read: {why}.",
        "`matches` takes a regular expression; to find a text as it is, write `contains`.",
        "not a pattern",
        'country matches "(D"',
        'country matches "^D"',
    ),
    _audience(
        "pattern-worked-out",
        "The pattern of `matches` has to stand in the text; {text} is worked out.",
        'Write the pattern, as in `matches "^D"`; to look for a value inside a text, write `contains {text}`.',
        "not a pattern that stands here",
        "country matches email",
        'country matches "^D"',
    ),
    _audience(
        "not-a-list",
        "{name} is {type}, not a list.",
        "Only a list has positions, and only a list can be gone through with `any of`, `all of`, `none of` or `for`.",
        "not a list",
        'any of country where item is "DE"',
        'any of tags where item is "DE"',
    ),
    _audience(
        "list-needs-position",
        "{name} is a list; {part} belongs to each of its items.",
        "Take one by its position, as in `{name}[0].{part}`, or ask `any of {name} where …`.",
        "which one?",
        'has visit where stops.city is "Rome"',
        'has visit where stops[0].city is "Rome"',
        before="schema Stop\n  city  text\n\nevent visit\n  stops  list of Stop\n\n",
    ),
    _audience(
        "no-parts",
        "{name} is {type}, which has no part called {part}.",
        "Use {name} as it is.",
        "no parts",
        'country.name is "Germany"',
        'country is "DE"',
    ),
    _audience(
        "wrong-arguments",
        "{name} takes {wants} values in brackets, and has {got}.",
        "As in `{example}`.",
        "{got} given",
        "age(birthday, today) > 18",
        "age(birthday) > 18",
    ),
    _audience(
        "wrong-argument",
        "{name} cannot take {text} ({type}): it needs {wants}.",
        "As in `{example}`.",
        "not {wants}",
        "age(country) > 18",
        "age(birthday) > 18",
    ),
    _audience(
        "unknown-holidays",
        "There is no calendar of holidays called “{text}”.",
        'A calendar is a country of ISO 3166, as in `is_holiday(today, "DE")`, or a region of one, as in "DE-BY".',
        "no such calendar",
        'is_holiday(today, "Germany")',
        'is_holiday(today, "DE")',
    ),
    _audience(
        "unknown-region",
        "{country} has no region “{region}” with holidays of its own.",
        "{help}",
        "no such region",
        'is_holiday(today, "DE-Bayern")',
        'is_holiday(today, "DE-BY")',
    ),
    Wording(
        "no-country",
        "{name} does not know in which country: {why}.",
        'Name a country, as in `is_holiday(today, "DE")`, or give the profile a field of type country.',
        "in which country?",
        "profile\n  email  email  identity\n\naudience lucky\n  is_holiday(today)\n",
        "profile\n  email    email    identity\n  country  country\n\naudience lucky\n  is_holiday(today)\n",
    ),
    _audience(
        "bad-pattern-of-date",
        "“{text}” does not say how to write a date: {why}.",
        'Write "short", "medium", "long" or "full", or a pattern of D, DD, DDD, DDDD, M, MM, MMM, MMMM, YY and YYYY, as '
        'in "DD.MM.YYYY".',
        "no pattern of a date",
        'date_text(birthday, "dd.mm.yyyy") is "14.03.1990"',
        'date_text(birthday, "DD.MM.YYYY") is "14.03.1990"',
    ),
    Wording(
        "not-in-a-message",
        "{name} looks through a whole catalog and cannot stand in a message.",
        "Give what it finds a name, as in `attribute closest = {example}`, and use that name here.",
        "not in a message",
        _DATA + _SHOPS + _CLOSEST + "  sms\n    text \"{{ nearest(profile.home, 'shop') }}\"\n" + _PLACES,
        _DATA
        + _SHOPS
        + _CLOSEST
        + '  sms\n    text "{{ closest }}"\n\nattribute closest = nearest(home, shop)\n'
        + _PLACES,
    ),
    _journey(
        "how-many-working-days",
        "A wait takes a whole number of working days, from 1 to {most}, not {number}.",
        "Write the number, as in `wait 3 working days`.",
        "how many?",
        "  wait 0 working days\n",
        "  wait 3 working days\n",
    ),
    _journey(
        "country-of-what",
        "A country tells which days are working days, and {days} is the same everywhere.",
        'Leave it out, or write `on a working day in "DE"`.',
        "not needed",
        '  wait until 9:00 on a weekday in "DE"\n',
        '  wait until 9:00 on a working day in "DE"\n',
    ),
    _shop(
        "not-a-catalog",
        "{function} looks for a row of a catalog, and {name} is none.",
        "Name a catalog with a field of type location, as in `nearest(home, shop)`.",
        "no catalog",
        'nearest(home, shops) is "berlin"',
        'nearest(home, shop) is "berlin"',
    ),
    _shop(
        "no-location-field",
        "The catalog {name} has {have} of type location; one says where its rows are.",
        "Give it one field of type location.",
        "where are its rows?",
        'nearest(home, city) is "berlin"',
        'nearest(home, shop) is "berlin"',
    ),
    _audience(
        "function-needs-brackets",
        "{name} is a function and needs brackets.",
        "As in `{example}`.",
        "brackets missing",
        "age > 18",
        "age(birthday) > 18",
    ),
    _audience(
        "where-sees-event",
        "A condition on past events looks at each event as it happened, and {text} is not part of the event.",
        "Say what is about the person, or about now, beside it: `has purchase where total > 20 EUR and …` becomes "
        "`has purchase where total > 20 EUR` and a line `and …` below it. A window says how long ago: `in last 30 days`.",
        "not of the event",
        'has purchase where country is "DE"',
        'has purchase\n  and country is "DE"',
    ),
    _audience(
        "chosen-when-needed",
        "{name} cannot be part of what is always known of a person: {why}.",
        "Ask for it in a step of a journey, as in `if {name} is known`, or in the text of a message.",
        "decided later",
        "gift is ten_percent",
        "points > 10",
        before='offer ten_percent\n  title "10% off"\n  at most 100 times in total\n\ndecision gift\n  from ten_percent\n  pick 1\n\n',
    ),
    _audience(
        "offer-needs-date",
        "{text} is {type}; an offer begins and ends on a date or at a moment.",
        "As in `until 2026-12-31` or `until 2026-12-31 18:00`.",
        "not a date",
        'points > 10\n\noffer ten_percent\n  title "10% off"\n  until points',
        'points > 10\n\noffer ten_percent\n  title "10% off"\n  until 2026-12-31',
    ),
    _audience(
        "how-many-picked",
        "`pick {pick}` does not work: it picks from 1 to {most}.",
        "As in `pick 1 by priority`.",
        "not from 1 to {most}",
        "points > 10\n\ndecision gift\n  from ten_percent\n  pick 0",
        "points > 10\n\ndecision gift\n  from ten_percent\n  pick 1",
        before='offer ten_percent\n  title "10% off"\n\n',
    ),
    _audience(
        "history-in-history",
        "`{text}` looks at past events, and stands inside a condition that goes through other things one by one.",
        "Say it beside the other, with `and`; or give it a name with `attribute` and compare that in a journey.",
        "looks at the past",
        "has purchase where (count of purchase) > 2",
        "has purchase and count of purchase > 2",
    ),
    _audience(
        "window-too-short",
        "In a window of {window} this is never true: that no {second} followed is known only after {within}.",
        "Make the window longer than the time within which {second} has to follow.",
        "over too soon",
        "has purchase then no purchase within 7 days in last 5 days",
        "has purchase then no purchase within 7 days in last 30 days",
    ),
    _audience(
        "how-many-last",
        "`last {limit}` does not work: it gives from 1 to {most} values.",
        "As in `last 5 purchase.city`.",
        "not from 1 to {most}",
        'last 0 purchase.city contains "Rome"',
        'last 5 purchase.city contains "Rome"',
    ),
    _audience(
        "needs-a-field",
        "`{kind}` needs to know which field of {event}.",
        "As in `{kind} of {event}.FIELD`.",
        "of which field?",
        "sum of purchase > 20 EUR",
        "sum of purchase.total > 20 EUR",
    ),
    _audience(
        "cannot-add-up",
        "A field of type {type} has no {kind}.",
        "`sum` and `average` are for numbers and money; `smallest` and `largest` for dates and times as well; "
        "`first` and `last` for everything.",
        "no {kind}",
        "sum of purchase.city > 20",
        "sum of purchase.total > 20 EUR",
    ),
    _audience(
        "window-needs-date",
        "{text} is not a date that stands in the text; `since` and `between` need one.",
        "Write a date, `since 2026-01-01`, or a window that moves along, `in last 30 days`.",
        "not a fixed date",
        "has purchase since birthday",
        "has purchase since 2026-01-01",
    ),
)

ADVICE = (
    _advice(
        "unknown-ranking",
        "Nothing can be ranked by “{name}”.",
        "A ranking is `most EVENT in last 30 days`, `bought together with event.items.product in EVENT`, `newest`, "
        "`seen EVENT` or `bought EVENT`.",
        "not known",
        "pick 3 from product\n  by loudest ordered",
        "pick 3 from product\n  by most ordered",
    ),
    _advice(
        "which-event",
        "`{text}` does not say by which event, and there is no event {usual}.",
        "Name it: `{kind} EVENT`.",
        "which event?",
        "pick 3 from product\n  by seen",
        "pick 3 from product\n  by seen viewed",
    ),
    _advice(
        "which-product",
        "{event} {has}, and has to name each {catalog} it is about in one place.",
        "Give the event one field of type `ref {catalog}`, or a list whose items have one.",
        "which {catalog}?",
        "pick 3 from product\n  by most purchase",
        "pick 3 from product\n  by most viewed",
    ),
    _advice(
        "one-product",
        "{event} names one {catalog} at a time, so nothing in it is bought together.",
        "Count an event that holds a list of them; or rank by `most {event}`.",
        "only one",
        "pick 3 from product\n  by bought together with event.product in viewed",
        "pick 3 from product\n  by bought together with event.product in ordered",
    ),
    _advice(
        "no-such-subject",
        "{text} leads to no {catalog}.",
        "Name what an event or the person has of type `ref {catalog}`, as in `event.items.product`.",
        "no {catalog} here",
        "pick 3 from product\n  by bought together with event.total in ordered",
        "pick 3 from product\n  by bought together with event.items.product in ordered",
    ),
    _advice(
        "no-date-in-catalog",
        "The catalog {catalog} has no date, so it cannot be told what is newest.",
        "Give it a field of type date, such as `added  date`.",
        "no date",
        'pick 3 from shop\n  by newest\n\ncatalog shop from csv "shops.csv" key id\n  id  text\n--- shops.csv\nid\na',
        "pick 3 from product\n  by newest",
    ),
    _advice(
        "except-what",
        "`{text}` does not say what to leave out for this person.",
        "As in `except bought in last 90 days` or `except seen viewed in last 7 days`.",
        "cannot be left out",
        "pick 3 from product\n  by most ordered\n  except most viewed",
        "pick 3 from product\n  by most ordered\n  except seen viewed",
    ),
    _advice(
        "nothing-to-go-by",
        "{name} goes by {text}, and {where}.",
        "Give the recommendation an `otherwise`, such as `otherwise most purchase in last 30 days`, or start the journey "
        "on an event that has it.",
        "nothing to go by",
        "pick 3 from product\n  by bought together with event.items.product in ordered\n\n"
        "journey j\n  start on viewed\n  if length(advice) > 0\n    wait 1 day",
        "pick 3 from product\n  by bought together with event.items.product in ordered\n  otherwise most ordered\n\n"
        "journey j\n  start on viewed\n  if length(advice) > 0\n    wait 1 day",
    ),
)

DATA = (
    _field(
        "does-not-fit",
        "{what} is of type {type}, and {given} does not fit it.",
        "A value of type {type} is written as in {example}.",
        "does not fit",
        "points  integer  = 1.5",
        "points  integer  = 1",
    ),
    _field(
        "not-a-fixed-value",
        "{what} needs a value that stands in the text; {text} has to be worked out.",
        "Write the value itself.",
        "not a fixed value",
        "since  date  = today",
        "since  date  = 2026-01-01",
    ),
    _field(
        "cannot-identify",
        "{name} is {type}, which cannot tell people apart.",
        "An identifier is a text, an email, a phone, a url, an integer or a `ref`.",
        "not an identifier",
        "married  boolean  identity",
        "member_id  text  identity",
    ),
    Wording(
        "identity-elsewhere",
        "{owner} has no identity: {name} cannot be an identifier here.",
        "People are told apart by fields of the profile. What an event carries in its `profile` part is looked up there.",
        "only on the profile",
        _DATA + "event visit\n  visitor  text  identity\n",
        _DATA + "event visit\n  visitor  text\n",
    ),
    Wording(
        "not-an-identifier",
        "{name} is listed under `identity`, but the profile does not mark it as an identifier.",
        "Write `identity` behind the field in the profile, or take it out of the list.",
        "not marked identity",
        "profile\n  email  email  identity\n  phone  phone\n\nidentity\n  email  one per person\n  phone  one per person\n",
        "profile\n  email  email  identity\n  phone  phone  identity\n\nidentity\n  email  one per person\n  phone  one per person\n",
    ),
    Wording(
        "identifier-without-strength",
        "{name} is an identifier, but the `identity` block does not say how strong it is.",
        "Add `{name}  one per person` or `{name}  many per person` at its place in the list, strongest first.",
        "{name} is missing",
        "profile\n  email  email  identity\n  phone  phone  identity\n\nidentity\n  email  one per person\n",
        "profile\n  email  email  identity\n  phone  phone  identity\n\nidentity\n  email  one per person\n  phone  many per person\n",
    ),
    Wording(
        "dataset-without-source",
        "The dataset {name} does not say where it comes from.",
        'Write `from http`, or `from csv "data/file.csv"`.',
        "from where?",
        _DATA + "dataset web\n  holds purchase\n",
        _DATA + "dataset web\n  holds purchase\n  from http\n",
    ),
    Wording(
        "bad-date-pattern",
        "“{text}” is no pattern for {name} ({type}).",
        'A date is read by a pattern of DD, MM, YYYY or YY, hh, mm and ss, as in "DD/MM/YYYY" or "YYYY-MM-DD".',
        "not a date's pattern",
        _DATA
        + 'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "Born" to birthday as "day/month/year"\n',
        _DATA
        + 'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "Born" to birthday as "DD/MM/YYYY"\n',
    ),
    Wording(
        "not-settable",
        "{name} is worked out, so it cannot be given a value.",
        "Only fields of the profile can be set.",
        "worked out",
        _DATA
        + 'attribute orders = count of purchase\n\ntest "a"\n  profile orders = 3\n  expect orders is 0\n',
        _DATA
        + 'attribute orders = count of purchase\n\ntest "a"\n  profile points = 3\n  expect orders is 0\n',
    ),
    Wording(
        "bad-catalog-key",
        "The key {name} is {type}, and rows are found by a text or a whole number.",
        "Choose another field as the key.",
        "cannot be a key",
        _DATA
        + 'catalog product from csv "products.csv" key price\n  price  money\n--- products.csv\nprice\n1 EUR\n',
        _DATA + 'catalog product from csv "products.csv" key sku\n  sku  text\n--- products.csv\nsku\na\n',
    ),
    Wording(
        "window-longer-than-kept",
        "This looks further back than events {event} are kept by {dataset}.",
        "Keep them as long as the window is, or look back less far.",
        "longer than kept",
        _DATA
        + "dataset web\n  holds purchase\n  from http\n  keep 3 months\n\naudience chosen\n  has purchase in last 6 months\n",
        _DATA
        + "dataset web\n  holds purchase\n  from http\n  keep 6 months\n\naudience chosen\n  has purchase in last 6 months\n",
    ),
    _csv(
        "missing-column",
        "The file has no column {name}.",
        'Its first line names {have}. Rename the column, or say what it is called there: `called "…"`.',
        "columns",
        "sku,prize\na,5 EUR\n",
        "sku,price\na,5 EUR\n",
    ),
    _csv(
        "empty-cell",
        "Row {row} has no {column}, and every row needs one.",
        "Fill it in, or remove the row.",
        "empty",
        "sku,price\na,5 EUR\n,6 EUR\n",
        "sku,price\na,5 EUR\nb,6 EUR\n",
    ),
    _csv(
        "bad-cell",
        "“{text}” in row {row}, column {column} does not fit: {why}.",
        "The column is of type {type}.",
        "does not fit",
        "sku,price\na,cheap\n",
        "sku,price\na,5 EUR\n",
    ),
    _csv(
        "too-many-cells",
        "Row {row} has {count} cells where the first line names {columns} columns.",
        'A cell with a comma in it stands in quotes: `"Bags, large"`. A spreadsheet does that by itself when it saves as CSV.',
        "too many cells",
        "sku,price\na,5 EUR,7 EUR\n",
        "sku,price\na,5 EUR\n",
    ),
    _csv(
        "broken-row",
        "Row {row} is not made of cells: one of them has no end.",
        'A cell that begins with a quote mark ends with one; a quote mark inside it is written twice: `"a 21"" screen"`.',
        "no end of a cell",
        'sku,price\n"a,5 EUR\n',
        'sku,price\n"a",5 EUR\n',
    ),
    _csv(
        "key-twice",
        "The key {key} stands in two rows of {name}.",
        "Every row needs a key of its own.",
        "a second time",
        "sku,price\na,5 EUR\na,6 EUR\n",
        "sku,price\na,5 EUR\nb,6 EUR\n",
    ),
)

MESSAGES = (
    Wording(
        "message-without-channel",
        "The message {name} has no channel, so it cannot be sent.",
        "Write `email`, `sms`, `push` or `webhook` below it, with its texts.",
        "by which channel?",
        _DATA + "message empty\n",
        _BASE,
    ),
    Wording(
        "channel-twice",
        "The message {name} has two variants for {channel} without `when`; the second would never be sent.",
        'Say when it is meant, as in `{channel} when country is "FR"`.',
        "the second",
        _BASE + '  email\n    subject "Hi"\n    body    "Hi"\n',
        _BASE + '  email when country is "FR"\n    subject "Salut"\n    body    "Salut"\n',
    ),
    Wording(
        "missing-part",
        "A message by {channel} needs a {part}.",
        'Add `{part} "…"` below {channel}.',
        "no {part}",
        _DATA + 'message hello\n  email\n    subject "Hello"\n',
        _DATA + 'message hello\n  email\n    subject "Hello"\n    body    "Hello"\n',
    ),
    Wording(
        "empty-part",
        "The {part} is empty.",
        "Write what it says.",
        "empty",
        _DATA + 'message hello\n  email\n    subject ""\n    body    "Hello"\n',
        _DATA + 'message hello\n  email\n    subject "Hello"\n    body    "Hello"\n',
    ),
    Wording(
        "no-address",
        "Nobody can be reached by {channel}: the profile has no field for the address.",
        "Give the profile {wants}.",
        "no address",
        _DATA + 'message hello\n  sms\n    text "Hello"\n',
        _DATA.replace("  points ", "  phone     phone\n  points ")
        + 'message hello\n  sms\n    text "Hello"\n',
    ),
)

JOURNEYS = (
    Wording(
        "journey-without-start",
        "The journey {name} never starts.",
        "Say when: `start on EVENT`, or `start when entering AUDIENCE`.",
        "no start",
        _BASE + "journey welcome\n  wait 1 day\n  send hello\n",
        _BASE + _START + "  wait 1 day\n  send hello\n",
    ),
    Wording(
        "journey-without-steps",
        "The journey {name} does nothing: it has no steps.",
        "Write its steps below its settings, such as `wait 1 hour` and `send MESSAGE`.",
        "no steps",
        _BASE + _START,
        _BASE + _START + "  send hello\n",
    ),
    Wording(
        "not-a-persons-date",
        "{text} {why}, so it is no date of a person.",
        "Start on a date in the profile, such as `birthday - 3 days`; at a moment for everybody `start at 2026-12-01 9:00 for AUDIENCE`.",
        "whose date?",
        _BASE + "journey welcome\n  start on today + 3 days at 9:00\n  send hello\n",
        _BASE + "journey welcome\n  start on birthday - 3 days at 9:00\n  send hello\n",
    ),
    Wording(
        "event-of-nobody",
        "{name} is about the business: it happens to nobody.",
        "Nobody's history has it, and no run can wait for it. Declare another event for what happens to a person.",
        "happens to nobody",
        _BASE
        + 'event sale\n\naudience germans\n  country is "DE"\n\njourney news\n  start on sale for germans\n  send hello\n\n'
        + _START
        + "  exit on sale\n  send hello\n",
        _BASE
        + 'event sale\n\naudience germans\n  country is "DE"\n\njourney news\n  start on sale for germans\n  send hello\n\n'
        + _START
        + "  exit on purchase\n  send hello\n",
    ),
    Wording(
        "change-for-nobody",
        "A change of a catalog happens to nobody, so the start has to say for whom it is.",
        "Name an audience: `{example}`.",
        "for whom?",
        _BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product.price\n  send hello\n\n'
        + _CATALOG
        + "sku,price\na,5 EUR\n",
        _BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product.price for germans\n  send hello\n\n'
        + _CATALOG
        + "sku,price\na,5 EUR\n",
    ),
    Wording(
        "change-of-what",
        "A journey starts on the change of one field of {name}.",
        "Name the field: `start on change of {example} for AUDIENCE`.",
        "which field?",
        _BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product for germans\n  send hello\n\n'
        + _CATALOG
        + "sku,price\na,5 EUR\n",
        _BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product.price for germans\n  send hello\n\n'
        + _CATALOG
        + "sku,price\na,5 EUR\n",
    ),
    _journey(
        "setting-twice",
        "`{setting}` stands here twice.",
        "A journey has one `{setting}`.",
        "the second",
        "  again after 7 days\n  again never\n  send hello\n",
        "  again after 7 days\n  send hello\n",
    ),
    _journey(
        "no-members",
        "`existing members enter` has no meaning for {name}, which does not start on an audience.",
        "Leave it out, or start the journey `when entering` an audience.",
        "whose members?",
        "  existing members enter\n  send hello\n",
        "  send hello\n",
    ),
    _journey(
        "bad-run-key",
        "{text} is {type}, which cannot keep runs apart.",
        "`one per` takes a text, a number, a date or a `ref` of the starting event.",
        "cannot keep runs apart",
        "  one per total\n  send hello\n",
        "  one per city\n  send hello\n",
    ),
    Wording(
        "no-fallback-zone",
        "Who has no {text} would have no clock.",
        'Say which zone counts for them: `{said} {text} otherwise "Europe/Paris"`.',
        "and otherwise?",
        "profile\n  email     email  identity\n  timezone  timezone\n\nevent visit\n\n"
        "journey j\n  start on visit\n  times in timezone\n  wait until 9:00\n",
        "profile\n  email     email  identity\n  timezone  timezone\n\nevent visit\n\n"
        'journey j\n  start on visit\n  times in timezone otherwise "Europe/Paris"\n  wait until 9:00\n',
    ),
    _journey(
        "moment-with-time",
        "{text} is a moment and has its own clock time.",
        "Leave out `at …`, or take its date: `date_of(…)`.",
        "two clock times",
        "  wait until now + 3 days at 9:00\n  send hello\n",
        "  wait until today + 3 days at 9:00\n  send hello\n",
    ),
    _journey(
        "never-timed-out",
        "`timed out` never happens: the wait has no end.",
        "Say how long it waits, as in `wait for EVENT, up to 1 day`, or leave `timed out` away.",
        "waits without end",
        "  wait for purchase\n    timed out\n      send hello\n",
        "  wait for purchase, up to 1 day\n    timed out\n      send hello\n",
    ),
    _journey(
        "shares",
        "The shares of {name} make {sum}, not 100%.",
        "{advice}",
        "{sum}",
        "  split first\n    50% plain\n      send hello\n    30% other\n      stop\n",
        "  split first\n    50% plain\n      send hello\n    rest other\n      stop\n",
    ),
    _journey(
        "empty-share",
        "The share {name} is for nobody.",
        "Give it more than 0%, or remove it.",
        "nobody",
        "  split first\n    0% plain\n      send hello\n    rest other\n      stop\n",
        "  split first\n    10% plain\n      send hello\n    rest other\n      stop\n",
    ),
    _journey(
        "two-rests",
        "A split has one `rest`.",
        "Give one of the two a percentage.",
        "the second rest",
        "  split first\n    50% plain\n      send hello\n    rest other\n      stop\n    rest third\n      stop\n",
        "  split first\n    50% plain\n      send hello\n    20% other\n      stop\n    rest third\n      stop\n",
    ),
    _journey(
        "set-identifier",
        "{name} tells people apart, so a journey cannot set it.",
        "Identifiers come with events and records.",
        "an identifier",
        '  set email to "new@example.com"\n',
        '  set country to "DE"\n',
    ),
)

TESTS = (
    Wording(
        "test-expects-nothing",
        "The test “{name}” expects nothing, so it would always pass.",
        "Add a line such as `expect sent MESSAGE`.",
        "no `expect`",
        _BASE + _START + '  send hello\n\ntest "a purchase"\n  at 2026-03-02 10:00\n    purchase\n',
        _BASE
        + _START
        + '  send hello\n\ntest "a purchase"\n  at 2026-03-02 10:00\n    purchase\n  expect sent hello\n',
    ),
    Wording(
        "group-of-what",
        "A group of values in brackets is a value of a schema, and {what} is {type}.",
        'As in `items = [(name = "Boots", quantity = 2)]` where items is a list of a schema with these fields.',
        "not a schema",
        _DATA
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = (name = "Rome")\n  expect has purchase\n',
        _DATA
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = "Rome"\n  expect has purchase\n',
    ),
    Wording(
        "group-incomplete",
        "{schema} needs {names}.",
        "Give it, as in `(FIELD = …)`.",
        "incomplete",
        _DATA
        + "schema Item\n  sku  text  required\n  quantity  integer\n\nevent cart\n  items  list of Item\n\n"
        + 'test "a cart"\n  at 2026-03-02 10:00\n    cart items = [(quantity = 2)]\n  expect has cart\n',
        _DATA
        + "schema Item\n  sku  text  required\n  quantity  integer\n\nevent cart\n  items  list of Item\n\n"
        + 'test "a cart"\n  at 2026-03-02 10:00\n    cart items = [(sku = "a")]\n  expect has cart\n',
    ),
    Wording(
        "required-value",
        "The event {event} would be set aside without {names}.",
        "Give the values, as in `{event} FIELD = …`.",
        "incomplete",
        _DATA.replace("money\n  discount", "money  required\n  discount")
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = "Rome"\n  expect has purchase\n',
        _DATA.replace("money\n  discount", "money  required\n  discount")
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = "Rome", total = 5 EUR\n  expect has purchase\n',
    ),
)

WORDINGS: tuple[Wording, ...] = (*VALUES, *ADVICE, *DATA, *MESSAGES, *JOURNEYS, *TESTS)
