"""The words for journeys, what they send, and their tests."""

# ruff: noqa: E501  (a line of an example stays one line)

from __future__ import annotations

from sojourn.dsl.messages.examples import BASE, CATALOG, SHOP, START, journey
from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_MESSAGES = (
    Wording(
        "message-without-channel",
        "The message {name} has no channel, so it cannot be sent.",
        "Write `email`, `sms`, `push` or `webhook` below it, with its texts.",
        "by which channel?",
        SHOP + "message empty\n",
        BASE,
    ),
    Wording(
        "channel-twice",
        "The message {name} has two variants for {channel} without `when`; the second would never be sent.",
        'Say when it is meant, as in `{channel} when country is "FR"`.',
        "the second",
        BASE + '  email\n    subject "Hi"\n    body    "Hi"\n',
        BASE + '  email when country is "FR"\n    subject "Salut"\n    body    "Salut"\n',
    ),
    Wording(
        "missing-part",
        "A message by {channel} needs a {part}.",
        'Add `{part} "…"` below {channel}.',
        "no {part}",
        SHOP + 'message hello\n  email\n    subject "Hello"\n',
        SHOP + 'message hello\n  email\n    subject "Hello"\n    body    "Hello"\n',
    ),
    Wording(
        "empty-part",
        "The {part} is empty.",
        "Write what it says.",
        "empty",
        SHOP + 'message hello\n  email\n    subject ""\n    body    "Hello"\n',
        SHOP + 'message hello\n  email\n    subject "Hello"\n    body    "Hello"\n',
    ),
    Wording(
        "no-address",
        "Nobody can be reached by {channel}: the profile has no field for the address.",
        "Give the profile {wants}.",
        "no address",
        SHOP + 'message hello\n  sms\n    text "Hello"\n',
        SHOP.replace("  points ", "  phone     phone\n  points ")
        + 'message hello\n  sms\n    text "Hello"\n',
    ),
)

_JOURNEYS = (
    Wording(
        "journey-without-start",
        "The journey {name} never starts.",
        "Say when: `start on EVENT`, or `start when entering AUDIENCE`.",
        "no start",
        BASE + "journey welcome\n  wait 1 day\n  send hello\n",
        BASE + START + "  wait 1 day\n  send hello\n",
    ),
    Wording(
        "journey-without-steps",
        "The journey {name} does nothing: it has no steps.",
        "Write its steps below its settings, such as `wait 1 hour` and `send MESSAGE`.",
        "no steps",
        BASE + START,
        BASE + START + "  send hello\n",
    ),
    Wording(
        "not-a-persons-date",
        "{text} {why}, so it is no date of a person.",
        "Start on a date in the profile, such as `birthday - 3 days`; at a moment for everybody `start at 2026-12-01 9:00 for AUDIENCE`.",
        "whose date?",
        BASE + "journey welcome\n  start on today + 3 days at 9:00\n  send hello\n",
        BASE + "journey welcome\n  start on birthday - 3 days at 9:00\n  send hello\n",
    ),
    Wording(
        "event-of-nobody",
        "{name} is about the business: it happens to nobody.",
        "Nobody's history has it, and no run can wait for it. Declare another event for what happens to a person.",
        "happens to nobody",
        BASE
        + 'event sale\n\naudience germans\n  country is "DE"\n\njourney news\n  start on sale for germans\n  send hello\n\n'
        + START
        + "  exit on sale\n  send hello\n",
        BASE
        + 'event sale\n\naudience germans\n  country is "DE"\n\njourney news\n  start on sale for germans\n  send hello\n\n'
        + START
        + "  exit on purchase\n  send hello\n",
    ),
    Wording(
        "change-for-nobody",
        "A change of a catalog happens to nobody, so the start has to say for whom it is.",
        "Name an audience: `{example}`.",
        "for whom?",
        BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product.price\n  send hello\n\n'
        + CATALOG
        + "sku,price\na,5 EUR\n",
        BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product.price for germans\n  send hello\n\n'
        + CATALOG
        + "sku,price\na,5 EUR\n",
    ),
    Wording(
        "change-of-what",
        "A journey starts on the change of one field of {name}.",
        "Name the field: `start on change of {example} for AUDIENCE`.",
        "which field?",
        BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product for germans\n  send hello\n\n'
        + CATALOG
        + "sku,price\na,5 EUR\n",
        BASE
        + 'audience germans\n  country is "DE"\n\njourney drop\n  start on change of product.price for germans\n  send hello\n\n'
        + CATALOG
        + "sku,price\na,5 EUR\n",
    ),
    journey(
        "setting-twice",
        "`{setting}` stands here twice.",
        "A journey has one `{setting}`.",
        "the second",
        "  again after 7 days\n  again never\n  send hello\n",
        "  again after 7 days\n  send hello\n",
    ),
    journey(
        "no-members",
        "`existing members enter` has no meaning for {name}, which does not start on an audience.",
        "Leave it out, or start the journey `when entering` an audience.",
        "whose members?",
        "  existing members enter\n  send hello\n",
        "  send hello\n",
    ),
    journey(
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
    journey(
        "moment-with-time",
        "{text} is a moment and has its own clock time.",
        "Leave out `at …`, or take its date: `date_of(…)`.",
        "two clock times",
        "  wait until now + 3 days at 9:00\n  send hello\n",
        "  wait until today + 3 days at 9:00\n  send hello\n",
    ),
    journey(
        "never-timed-out",
        "`timed out` never happens: the wait has no end.",
        "Say how long it waits, as in `wait for EVENT, up to 1 day`, or leave `timed out` away.",
        "waits without end",
        "  wait for purchase\n    timed out\n      send hello\n",
        "  wait for purchase, up to 1 day\n    timed out\n      send hello\n",
    ),
    journey(
        "shares",
        "The shares of {name} make {sum}, not 100%.",
        "{advice}",
        "{sum}",
        "  split first\n    50% plain\n      send hello\n    30% other\n      stop\n",
        "  split first\n    50% plain\n      send hello\n    rest other\n      stop\n",
    ),
    journey(
        "empty-share",
        "The share {name} is for nobody.",
        "Give it more than 0%, or remove it.",
        "nobody",
        "  split first\n    0% plain\n      send hello\n    rest other\n      stop\n",
        "  split first\n    10% plain\n      send hello\n    rest other\n      stop\n",
    ),
    journey(
        "two-rests",
        "A split has one `rest`.",
        "Give one of the two a percentage.",
        "the second rest",
        "  split first\n    50% plain\n      send hello\n    rest other\n      stop\n    rest third\n      stop\n",
        "  split first\n    50% plain\n      send hello\n    20% other\n      stop\n    rest third\n      stop\n",
    ),
    journey(
        "set-identifier",
        "{name} tells people apart, so a journey cannot set it.",
        "Identifiers come with events and records.",
        "an identifier",
        '  set email to "new@example.com"\n',
        '  set country to "DE"\n',
    ),
)

_TESTS = (
    Wording(
        "test-expects-nothing",
        "The test “{name}” expects nothing, so it would always pass.",
        "Add a line such as `expect sent MESSAGE`.",
        "no `expect`",
        BASE + START + '  send hello\n\ntest "a purchase"\n  at 2026-03-02 10:00\n    purchase\n',
        BASE
        + START
        + '  send hello\n\ntest "a purchase"\n  at 2026-03-02 10:00\n    purchase\n  expect sent hello\n',
    ),
    Wording(
        "group-of-what",
        "A group of values in brackets is a value of a schema, and {what} is {type}.",
        'As in `items = [(name = "Boots", quantity = 2)]` where items is a list of a schema with these fields.',
        "not a schema",
        SHOP
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = (name = "Rome")\n  expect has purchase\n',
        SHOP
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = "Rome"\n  expect has purchase\n',
    ),
    Wording(
        "group-incomplete",
        "{schema} needs {names}.",
        "Give it, as in `(FIELD = …)`.",
        "incomplete",
        SHOP
        + "schema Item\n  sku  text  required\n  quantity  integer\n\nevent cart\n  items  list of Item\n\n"
        + 'test "a cart"\n  at 2026-03-02 10:00\n    cart items = [(quantity = 2)]\n  expect has cart\n',
        SHOP
        + "schema Item\n  sku  text  required\n  quantity  integer\n\nevent cart\n  items  list of Item\n\n"
        + 'test "a cart"\n  at 2026-03-02 10:00\n    cart items = [(sku = "a")]\n  expect has cart\n',
    ),
    Wording(
        "required-value",
        "The event {event} would be set aside without {names}.",
        "Give the values, as in `{event} FIELD = …`.",
        "incomplete",
        SHOP.replace("money\n  discount", "money  required\n  discount")
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = "Rome"\n  expect has purchase\n',
        SHOP.replace("money\n  discount", "money  required\n  discount")
        + 'test "a purchase"\n  at 2026-03-02 10:00\n    purchase city = "Rome", total = 5 EUR\n  expect has purchase\n',
    ),
)

WORDINGS: tuple[Wording, ...] = (
    *_MESSAGES,
    *_JOURNEYS,
    *_TESTS,
)
