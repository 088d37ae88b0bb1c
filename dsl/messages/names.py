"""The words for names and files: what is declared, what is used, what cannot be read."""

# ruff: noqa: E501  (a line of an example stays one line)

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_DATA = """\
profile
  email    email  identity
  country  country

event purchase
  total  money

"""

_MESSAGE = """\
topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""

_JOURNEY = """\
journey welcome
  start on purchase
  wait 1 day
  split first_touch
    50% plain
      send hello
    rest holdout
      stop

"""

_ALL = _DATA + _MESSAGE + _JOURNEY

WORDINGS: tuple[Wording, ...] = (
    Wording(
        "no-files",
        "There is no .journey file in {folder}.",
        "A workspace is a folder with at least one file whose name ends in .journey; `sojourn new FOLDER` makes one.",
        "nothing to read here",
        "",
        _DATA,
    ),
    Wording(
        "no-folder",
        "There is no folder {folder}.",
        'A folder is named from where the file stands, as in `use "../brand"`.',
        "no such folder",
        _DATA + 'use "../no_such_folder_here"\n',
        _DATA,
    ),
    Wording(
        "file-encoding",
        "{file} is not written in UTF-8: line {line} has the byte {byte}, most likely {likely}.",
        "Save the file as UTF-8 (most editors: Save with encoding, UTF-8).",
        "not UTF-8",
        "",
        _DATA,
    ),
    Wording(
        "file-unreadable",
        "{file} cannot be read: {why}.",
        "The file has to be a text in UTF-8 that you may read.",
        "cannot be read",
        "",
        _DATA,
    ),
    Wording(
        "file-missing",
        "There is no file {file}.",
        "A file is named from the folder of the .journey file that asks for it.",
        "no such file",
        _DATA
        + 'message hello\n  email\n    subject "Hello"\n    body    file "messages/helo.html"\n--- messages/hello.html\n<p>Hi</p>\n',
        _DATA
        + 'message hello\n  email\n    subject "Hello"\n    body    file "messages/hello.html"\n--- messages/hello.html\n<p>Hi</p>\n',
    ),
    Wording(
        "unknown-module",
        "The standard library has no module {name}.",
        'It has: {modules}. A folder of your own stands in quotes: `use "../brand"`.',
        "no such module",
        "use comerce_module\n",
        _DATA,
    ),
    Wording(
        "declared-twice",
        "The name {name} is used twice: for this {what}, and for the {first} before it.",
        "All files of a workspace share their names. Give one of the two another name, or remove it.",
        "a second time here",
        _DATA + 'audience purchase\n  country is "DE"\n',
        _DATA + 'audience buyers\n  country is "DE"\n',
    ),
    Wording(
        "reserved-name",
        "{name} has a meaning of its own in conditions and cannot be a name.",
        "Choose another name: event, profile, consent, item, now and today are taken.",
        "taken",
        "profile\n  email  email  identity\n  today  date\n",
        "profile\n  email    email  identity\n  visited  date\n",
    ),
    Wording(
        "built-in-name",
        "The event {name} is built in.",
        "subscribed and unsubscribed are there without being declared; their field `topic` names a topic.",
        "built in",
        _DATA + "event unsubscribed\n  reason  text\n",
        _DATA + "event complaint\n  reason  text\n",
    ),
    Wording(
        "name-taken",
        "{name} cannot be the name of a {what}: it already means something here.",
        "Choose a name that no field, attribute or other part of the journey has.",
        "already taken",
        _ALL
        + "journey follow\n  start on purchase\n  wait for purchase as country, up to 1 day\n  send hello\n",
        _ALL
        + "journey follow\n  start on purchase\n  wait for purchase as order, up to 1 day\n  send hello\n",
    ),
    Wording(
        "wire-name-twice",
        "Two {what}s are called “{wire}” outside.",
        "What comes in under that name could be either. Change one `called`.",
        "called this as well",
        'profile\n  email  email  identity\n  first  text  called "name"\n  last   text  called "name"\n',
        'profile\n  email  email  identity\n  first  text  called "first name"\n  last   text  called "last name"\n',
    ),
    Wording(
        "two-types",
        "{name} is {type} here and {first} elsewhere.",
        "The profile is the union of all profile blocks, and a field has one type in all of them.",
        "another type",
        "profile\n  email  email  identity\n  born   date\n\nprofile\n  born  text\n",
        "profile\n  email  email  identity\n  born   date\n\nprofile\n  born  date\n",
    ),
    Wording(
        "two-wire-names",
        "{name} is called “{wire}” here and “{first}” elsewhere.",
        "A field has one name outside. Keep one of the two `called`.",
        "another name",
        'profile\n  email  email  identity called "mail"\n\nprofile\n  email  email  called "E-Mail"\n',
        'profile\n  email  email  identity called "mail"\n\nprofile\n  email  email\n',
    ),
    Wording(
        "block-twice",
        "There are two {block} blocks.",
        "A workspace has one {block} block. Put all its lines into one.",
        "the second",
        "profile\n  email  email  identity\n\nidentity\n  email  one per person\n\nidentity\n  email  many per person\n",
        "profile\n  email  email  identity\n\nidentity\n  email  one per person\n",
    ),
    Wording(
        "unknown-name",
        "There is no {what} called {name}.",
        "{have}",
        "not known",
        _ALL + 'audience germans\n  contry is "DE"\n',
        _ALL + 'audience germans\n  country is "DE"\n',
    ),
    Wording(
        "wrong-kind",
        "{name} is {found}, and this has to be {what}.",
        "Write the name of {what} here.",
        "is {found}",
        _ALL + 'audience germans\n  country is "DE"\n\njourney other\n  start on germans\n  wait 1 day\n',
        _ALL
        + 'audience germans\n  country is "DE"\n\njourney other\n  start when entering germans\n  wait 1 day\n',
    ),
    Wording(
        "unknown-field",
        "{owner} has no field {name}.",
        "It has: {have}.",
        "no such field",
        _DATA + "attribute spent = sum of purchase.totl\n",
        _DATA + "attribute spent = sum of purchase.total\n",
    ),
    Wording(
        "event-of-wait",
        "`event` is what started the journey, {event}; {name} is a field of {awaited}, which comes later.",
        "Give it a name where it is awaited, such as `wait for {awaited} as answer`, and write `answer.{name}`.",
        "not of this event",
        _ALL + "event survey\n  stars  integer\n\njourney ask\n  start on purchase\n"
        "  wait for survey, up to 2 days\n    happened\n      if event.stars > 3\n        send hello\n",
        _ALL + "event survey\n  stars  integer\n\njourney ask\n  start on purchase\n"
        "  wait for survey as answer, up to 2 days\n    happened\n      if answer.stars > 3\n        send hello\n",
    ),
    Wording(
        "unknown-type",
        "{name} is no type.",
        "A type is text, number, integer, boolean, date, time, datetime, duration, money, percent, email, phone, url, country, "
        "language, timezone, location, `one of a, b`, `list of T`, `ref CATALOG`, or the name of a schema.",
        "no such type",
        "profile\n  email  email  identity\n  name   string\n",
        "profile\n  email  email  identity\n  name   text\n",
    ),
    Wording(
        "type-is-catalog",
        "{name} is a catalog; a field that names one of its rows is a `ref`.",
        "Write `ref {name}`.",
        "a catalog",
        _DATA
        + 'catalog product from csv "products.csv" key sku\n  sku  text\n\nevent viewed\n  item_seen  product\n--- products.csv\nsku\na\n',
        _DATA
        + 'catalog product from csv "products.csv" key sku\n  sku  text\n\nevent viewed\n  item_seen  ref product\n--- products.csv\nsku\na\n',
    ),
    Wording(
        "unknown-function",
        "There is no function {name}.",
        "docs/functions.md has them all. What you `define` with values in brackets is called like one.",
        "no such function",
        _DATA + 'audience shouting\n  uper(country) is "DE"\n',
        _DATA + 'audience shouting\n  upper(country) is "DE"\n',
    ),
    Wording(
        "unknown-option",
        "“{name}” is not one of the values that are possible here.",
        "Possible are {options}.",
        "not possible",
        "profile\n  email    email  identity\n  loyalty  one of bronze, silver, gold\n\naudience best\n  loyalty is glod\n",
        "profile\n  email    email  identity\n  loyalty  one of bronze, silver, gold\n\naudience best\n  loyalty is gold\n",
    ),
    Wording(
        "unknown-channel",
        "There is no channel {name}.",
        "Channels are {channels}.",
        "no such channel",
        _DATA + 'message hello\n  mail\n    subject "Hello"\n    body    "Hello"\n',
        _DATA + 'message hello\n  email\n    subject "Hello"\n    body    "Hello"\n',
    ),
    Wording(
        "unknown-part",
        "A message by {channel} has no {name}.",
        "It has {parts}.",
        "no such part",
        _DATA + 'message hello\n  email\n    subjct "Hello"\n    body    "Hello"\n',
        _DATA + 'message hello\n  email\n    subject "Hello"\n    body    "Hello"\n',
    ),
    Wording(
        "unknown-arm",
        "The split {split} has no share {name}.",
        "It has {arms}.",
        "no such share",
        _ALL + 'test "the plain share"\n  choose plan in first_touch\n  expect not sent hello\n',
        _ALL + 'test "the plain share"\n  choose plain in first_touch\n  expect not sent hello\n',
    ),
    Wording(
        "unknown-wait",
        "{journey} never waits at “{text}”.",
        "{have}",
        "no such wait",
        _ALL
        + 'test "it waits"\n  at 2026-03-02 10:00\n    purchase\n  expect waiting at "wait 2 days" in welcome\n',
        _ALL
        + 'test "it waits"\n  at 2026-03-02 10:00\n    purchase\n  expect waiting at "wait 1 day" in welcome\n',
    ),
    Wording(
        "unknown-day",
        "{name} is no day of the week.",
        "Days are monday, tuesday, wednesday, thursday, friday, saturday, sunday, weekday and weekend.",
        "no such day",
        _ALL + "journey other\n  start on purchase\n  wait until 9:00 on moonday\n  send hello\n",
        _ALL + "journey other\n  start on purchase\n  wait until 9:00 on monday\n  send hello\n",
    ),
    Wording(
        "unknown-occasion",
        "A journey cannot start every {name}.",
        "It can start every day, weekday, weekend or month (on its first day), or every monday, tuesday and so on. Once a year is "
        "a date: `start at 2027-01-15 9:00 for AUDIENCE`, or one of the person's, `start on birthday at 9:00`.",
        "no such occasion",
        _ALL
        + 'journey other\n  start every moonday at 9:00 for germans\n  send hello\n\naudience germans\n  country is "DE"\n',
        _ALL
        + 'journey other\n  start every monday at 9:00 for germans\n  send hello\n\naudience germans\n  country is "DE"\n',
    ),
    Wording(
        "unknown-conversion",
        "A column cannot be changed by {name}.",
        'It can by lower, upper and trim, or by a date\'s pattern such as "DD/MM/YYYY".',
        "not known",
        _DATA + 'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "Land" to country as uper\n',
        _DATA + 'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "Land" to country as upper\n',
    ),
    Wording(
        "unknown-source",
        "Data cannot come from {name}.",
        "It comes from `csv` or from `http`; a catalog from `csv`.",
        "not known",
        _DATA + 'catalog product from xlsx "products.xlsx" key sku\n  sku  text\n',
        _DATA + 'catalog product from csv "products.csv" key sku\n  sku  text\n--- products.csv\nsku\na\n',
    ),
    Wording(
        "unknown-merge",
        "A profile cannot be merged by {by}.",
        "Write `merge profile by newest`: the newest value of each field stands.",
        "not known",
        _DATA + "merge profile by oldest\n",
        _DATA + "merge profile by newest\n",
    ),
    Wording(
        "list-without-identifier",
        "{file} does not say who is meant: its first line names {have}.",
        "One of its columns has to be called {wants}: these tell people apart.",
        "columns",
        _DATA + 'audience beta from csv "beta.csv"\n--- beta.csv\nname\nAda\n',
        _DATA + 'audience beta from csv "beta.csv"\n--- beta.csv\nemail,name\nada@example.com,Ada\n',
    ),
    Wording(
        "rule-twice",
        "There are two rules for whose {name} stands.",
        "Name all its datasets in one rule, the one that counts most first: `{name} by crm, web`.",
        "a second rule",
        _DATA
        + "dataset web\n  from http\n\nmerge profile by newest\n  email, country by web\n  country by web\n",
        _DATA + "dataset web\n  from http\n\nmerge profile by newest\n  email, country by web\n",
    ),
    Wording(
        "ambiguous-name",
        "{name} could be the field of {event} or of the person.",
        "Write `event.{name}` or `profile.{name}`.",
        "which one?",
        'profile\n  email  email  identity\n  city   text\n\nevent visit\n  city  text\n\naudience a\n  city is "Rome"\n\n'
        'journey j\n  start on visit where city is "Rome"\n  wait 1 day\n',
        'profile\n  email  email  identity\n  city   text\n\nevent visit\n  city  text\n\naudience a\n  city is "Rome"\n\n'
        'journey j\n  start on visit where event.city is "Rome"\n  wait 1 day\n',
    ),
    Wording(
        "bare-audience",
        "{name} is an audience; being a member of it is asked with `in`.",
        "Write `in {name}`.",
        "an audience",
        _ALL + 'audience germans\n  country is "DE"\n\naudience others\n  not germans\n',
        _ALL + 'audience germans\n  country is "DE"\n\naudience others\n  not in germans\n',
    ),
    Wording(
        "bare-event",
        "{name} is an event; whether it happened is asked with `has`.",
        "Write `has {name}`, or one of its fields as `event.FIELD` in a journey.",
        "an event",
        _ALL + 'audience buyers\n  country is "DE" and purchase\n',
        _ALL + 'audience buyers\n  country is "DE" and has purchase\n',
    ),
    Wording(
        "event-by-name",
        "The event at hand is called `event`, not {name}.",
        "Write `event.{rest}`; inside `where`, {rest} alone will do.",
        "the event at hand",
        _ALL + "journey big\n  start on purchase\n  if purchase.total > 20 EUR\n    send hello\n",
        _ALL + "journey big\n  start on purchase\n  if event.total > 20 EUR\n    send hello\n",
    ),
    Wording(
        "event-field-here",
        "{name} is a field of {event}; in a step it is read from the starting event.",
        "Write `event.{name}`.",
        "a field of the event",
        _ALL + "journey big\n  start on purchase\n  if total > 20 EUR\n    send hello\n",
        _ALL + "journey big\n  start on purchase\n  if event.total > 20 EUR\n    send hello\n",
    ),
    Wording(
        "no-event-here",
        "There is no `event` to look at here. {why}",
        "{instead}",
        "no event",
        _ALL + 'audience germans\n  country is "DE" and event.total > 20 EUR\n',
        _ALL + 'audience germans\n  country is "DE" and has purchase where total > 20 EUR\n',
    ),
    Wording(
        "whole-event",
        "{event} is a whole event; a value is one of its fields.",
        "Name the field, as in `event.FIELD`.",
        "which field?",
        _ALL + "journey big\n  start on purchase\n  if event is known\n    send hello\n",
        _ALL + "journey big\n  start on purchase\n  if event.total is known\n    send hello\n",
    ),
    Wording(
        "event-fields-differ",
        "The events this journey starts on do not agree on {name}: {says}.",
        "Start two journeys, or give the field one type in both events.",
        "two types",
        "profile\n  email  email  identity\n\nevent a\n  size  text\n\nevent b\n  size  number\n\n"
        "journey j\n  start on a\n  start on b\n  if event.size is known\n    wait 1 day\n",
        "profile\n  email  email  identity\n\nevent a\n  size  number\n\nevent b\n  size  number\n\n"
        "journey j\n  start on a\n  start on b\n  if event.size is known\n    wait 1 day\n",
    ),
    Wording(
        "no-such-channel",
        "The message {name} has no {channel}.",
        "It is written for {channels}. Add `{channel}` to the message, or leave it out here.",
        "not in the message",
        _ALL + "journey other\n  start on purchase\n  send hello by sms\n",
        _ALL + "journey other\n  start on purchase\n  send hello by email\n",
    ),
    Wording(
        "circle",
        "{name} is built on itself: {circle}.",
        "One of them has to do without the other.",
        "goes in a circle",
        _DATA + "audience a\n  in b\n\naudience b\n  not in a\n",
        _DATA + 'audience a\n  in b\n\naudience b\n  country is "DE"\n',
    ),
)
