"""The words for tests: tables of cases, and what becomes of messages."""

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_SHOP = """\
profile
  email  email  identity

event purchase
  total  money

message hello
  email
    subject "Hello"
    body    "<p>Hello</p>"

journey welcome
  start on purchase
  split first_touch
    50% plain
      send hello
    rest holdout
      stop

"""

_TABLE = _SHOP + 'test "by total"\n  each\n    case    | total\n'


def _test(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the lines of a test."""
    return Wording(code, says, help, label, f'{_SHOP}test "a story"\n{bad}', f'{_SHOP}test "a story"\n{good}')


def _cases(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the rows of a table and what follows it."""
    return Wording(code, says, help, label, _TABLE + bad, _TABLE + good)


_PLAY = "  at 2026-03-02 10:00\n    purchase total = row.total\n  expect has purchase\n"

_TWO = '  person ada email = "ada@example.com"\n  person ben email = "ben@example.com"\n'
_SALE = "event sale\n  shop  text\n\naudience everybody\n  email is known\n\n"
_SALE += "journey sale_news\n  start on sale for everybody\n  send hello\n\n"

WORDINGS: tuple[Wording, ...] = (
    _test(
        "says-not-who",
        "{what} does not say who: {people} are in this test, and it has no `profile`.",
        "Name the person: `{word} {name}`.",
        "who?",
        _TWO + "  at 2026-03-02 10:00\n    purchase total = 5 EUR\n  expect has purchase for ada\n",
        _TWO + "  at 2026-03-02 10:00\n    purchase by ada total = 5 EUR\n  expect has purchase for ada\n",
    ),
    Wording(
        "happens-to-nobody",
        "{event} is about the business and happens to nobody, so it cannot be done by {who}.",
        "Leave `by {who}` out: everybody hears of it.",
        "not by anybody",
        _SHOP
        + _SALE
        + f'test "a story"\n{_TWO}  at 2026-03-02 10:00\n    sale by ada\n  expect sent hello to ada\n',
        _SHOP
        + _SALE
        + f'test "a story"\n{_TWO}  at 2026-03-02 10:00\n    sale\n  expect sent hello to ada\n',
    ),
    _cases(
        "row-length",
        "This row has {has}, and the table has {wants}.",
        "Put a cell between the bars for each column; a cell may be empty.",
        "not as many cells as columns",
        '    "small" | 5 EUR | 3\n' + _PLAY,
        '    "small" | 5 EUR\n' + _PLAY,
    ),
    _cases(
        "unknown-column",
        "The table of this test has no column {name}.",
        "Its columns are {columns}.",
        "no such column",
        '    "small" | 5 EUR\n' + _PLAY.replace("row.total", "row.totl"),
        '    "small" | 5 EUR\n' + _PLAY,
    ),
    _cases(
        "other-cell",
        "In place of {text} there has to be {wanted}.",
        "Write it into this cell so.",
        "something else",
        '    "small" | 5 EUR\n' + _PLAY + "  after row.total\n",
        '    "small" | 5 EUR\n' + _PLAY + "  after 2 hours\n",
    ),
    _cases(
        "needs-a-cell",
        "{text} is empty in a row, and here has to be {wanted}.",
        "Fill the cell, or write the same for all rows here.",
        "nothing in a row",
        '    "small" |\n  after row.total\n  expect no purchase\n',
        '    "small" | 2 hours\n  after row.total\n  expect no purchase\n',
    ),
    _test(
        "no-table",
        "There is no table in this test of which {text} could be a cell.",
        "Put `each` with its columns and rows below the name of the test, or write the value itself.",
        "no table",
        "  after row.delay\n  expect no purchase\n",
        "  after 2 hours\n  expect no purchase\n",
    ),
    _test(
        "not-a-cell",
        "Here {text} cannot stand: only a value as it is, or a cell of the table, such as `row.delay`.",
        "Write the value itself, or a column of the table `each` behind `row.`.",
        "neither a value nor a cell",
        "  after purchase.delay\n  expect no purchase\n",
        "  after 2 hours\n  expect no purchase\n",
    ),
    _test(
        "unknown-reaction",
        "A message cannot be “{name}”.",
        "It is {reactions}; or it `bounces`, or it `fails`.",
        "no such reaction",
        "  message hello is openend after 2 hours\n  expect not sent hello\n",
        "  message hello is opened after 2 hours\n  expect not sent hello\n",
    ),
)
