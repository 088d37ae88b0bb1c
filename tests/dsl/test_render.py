"""How mistakes are shown: a few facts about a file, and what its author reads."""

from __future__ import annotations

import json
import re

import click
import pytest

from sojourn.dsl.diagnostics import Diagnostic, Fix, Related
from sojourn.dsl.render import findings, hint
from sojourn.dsl.render_json import data
from sojourn.dsl.render_plain import plain
from sojourn.dsl.render_terminal import terminal
from sojourn.dsl.source import SourceFile, Span

CART = SourceFile(
    "journeys/cart.journey",
    """\
event purchase
  total  money

## All they spent.
attribute spent = sum of purchase.totl

journey cart_rescue
  start on purchase

  wait 1 day
  send héllo日本 by mail
""",
)


def place(text: str, source: SourceFile = CART, length: int | None = None) -> Span:
    """Where a text stands first."""
    start = source.text.index(text)
    return source.span(start, start + (len(text) if length is None else length))


def misspelt(**more: object) -> Diagnostic:
    """`purchase.totl`."""
    facts = {"owner": "purchase", "name": "totl", "have": "total"}
    return Diagnostic("unknown-field", place("totl"), facts, **more)  # type: ignore[arg-type]


def shown(*diagnostics: Diagnostic, width: int = 80, sources: tuple[SourceFile, ...] = (CART,)) -> str:
    """What stands on the screen, without colours."""
    found = findings(diagnostics, {source.path: source for source in sources})
    return click.unstyle(terminal(found, width))


def test_a_misspelt_field_is_underlined_and_the_right_one_is_offered() -> None:
    assert shown(misspelt(candidates=("total",))) == (
        """\
✗ purchase has no field totl.
  journeys/cart.journey:5:35   unknown-field

     5 │ attribute spent = sum of purchase.totl
       │                                   ^^^^ no such field

  Did you mean `total`?
  It has: total.

"""
    )


def test_an_indented_line_comes_with_the_line_that_opens_its_block() -> None:
    """The names have letters of two cells; the underline stands below what it means all the same."""
    mail = Diagnostic(
        "unknown-channel", place("mail"), {"name": "mail", "channels": "email, sms"}, ("email",)
    )
    lines = shown(mail).splitlines()
    assert lines[3:7] == [
        "     7 │ journey cart_rescue",
        "       │ …",
        "    11 │   send héllo日本 by mail",
        "       │                     ^^^^ no such channel",
    ]


def test_the_line_right_below_its_block_has_no_gap() -> None:
    start = Diagnostic("unknown-event", place("start on purchase"), {"name": "purchase"})
    with pytest.raises(KeyError):  # there is no such code: a renderer never makes up words
        shown(start)
    there = Diagnostic("unknown-type", place("money"), {"name": "money"})
    assert "│ …" not in shown(there)
    assert "     1 │ event purchase\n     2 │   total  money\n" in shown(there)


def test_a_related_place_in_another_file_is_shown_with_its_own_line() -> None:
    other = SourceFile("data.journey", "event purchase\n  total  money\n")
    twice = Diagnostic(
        "declared-twice",
        place("purchase"),
        {"name": "purchase", "what": "event", "first": "event"},
        related=(Related(place("purchase", other), "the first one"),),
    )
    screen = shown(twice, sources=(CART, other))
    assert "  data.journey:1:7\n     1 │ event purchase\n       │       ^^^^^^^^ the first one\n" in screen


def test_a_fix_is_named_where_there_is_no_name_to_offer() -> None:
    fix = Fix(place("totl"), "total", "write total")
    [finding] = findings([misspelt(fix=fix)], {CART.path: CART})
    assert hint(finding) == "To mend it: write `total`."
    [finding] = findings([misspelt(fix=fix, candidates=("total", "totals"))], {CART.path: CART})
    assert hint(finding) == "Did you mean `total` or `totals`?"


def test_without_a_file_to_show_there_is_the_sentence_alone() -> None:
    nothing = Diagnostic("no-files", Span("", 0, 0, 1, 1), {"folder": "shop"})
    assert shown(nothing).startswith("✗ There is no .journey file in shop.\n  no-files\n\n  A workspace is")
    unread = Diagnostic("file-unreadable", Span("a.journey", 0, 0, 1, 1), {"file": "a.journey", "why": "x"})
    assert "│" not in shown(unread)


def test_a_long_line_is_shown_around_what_is_wrong() -> None:
    long = SourceFile("a.journey", "audience all\n  " + "country is known and " * 20 + "contry is known\n")
    start = long.text.index("contry")
    wrong = Diagnostic("unknown-type", long.span(start, start + 6), {"name": "contry"})
    screen = shown(wrong, width=72, sources=(long,))
    assert all(len(line) <= 72 for line in screen.splitlines())
    rows = screen.splitlines()
    mark = next(row for row in rows if "^" in row)
    line = rows[rows.index(mark) - 1]
    assert line[mark.index("^") : mark.rindex("^") + 1] == "contry"
    assert "…" in line


def test_a_tab_and_a_control_character_cannot_upset_the_terminal() -> None:
    odd = SourceFile("a.journey", "journey a\n\tsend \x1b[31mhello\n")
    wrong = Diagnostic("unknown-type", place("hello", odd), {"name": "he\x1b[2Jllo"})
    screen = shown(wrong, sources=(odd,))
    assert "→   send �[31mhello" in screen
    sequences = re.findall(r"\x1b(\[[0-9;]*.)", terminal(findings([wrong], {odd.path: odd})))
    assert sequences and all(sequence.endswith("m") for sequence in sequences)
    assert "[31mhello" in screen and "\x1b" not in screen
    assert "\x1b" not in plain(findings([wrong], {odd.path: odd}))


@pytest.mark.parametrize("width", [1, 40, 60, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    screen = shown(misspelt(candidates=("total",)), width=width)
    assert max(map(len, screen.splitlines())) <= max(width, 40) + 6
    assert "^^^^" in screen


def test_a_mark_at_the_end_of_a_file_or_on_an_empty_line() -> None:
    text = SourceFile("a.journey", "journey a\n")
    end = Diagnostic("unknown-type", text.span(10, 10), {"name": "x"})
    assert "     2 │\n       │ ^ no such type" in shown(end, sources=(text,))
    block = Diagnostic("unknown-type", text.span(0, 10), {"name": "x"})
    assert "       │ ^^^^^^^^^ no such type" in shown(block, sources=(text,))


def test_plain_text_is_one_line_for_each_place() -> None:
    twice = Diagnostic(
        "declared-twice",
        place("purchase"),
        {"name": "purchase", "what": "event", "first": "event"},
        related=(Related(place("spent ="), "the first one"),),
    )
    text = plain(findings([misspelt(candidates=("total",)), twice], {CART.path: CART}))
    first, second, third = text.splitlines()
    assert first == (
        "journeys/cart.journey:5:35: error: purchase has no field totl. Did you mean `total`? It has: total. "
        "[unknown-field]"
    )
    assert second.startswith("journeys/cart.journey:1:7: error: ") and second.endswith("[declared-twice]")
    assert third == "  journeys/cart.journey:5:11: the first one"
    assert plain(()) == ""


def test_a_program_reads_places_and_fixes() -> None:
    fix = Fix(place("totl"), "total", "write total")
    [item] = json.loads(
        json.dumps(data(findings([misspelt(fix=fix, candidates=("total",))], {CART.path: CART})))
    )
    assert item["code"] == "unknown-field"
    assert item["severity"] == "error"
    assert item["message"] == "purchase has no field totl."
    assert (item["path"], item["line"], item["column"], item["end_line"], item["end_column"]) == (
        "journeys/cart.journey", 5, 35, 5, 39,
    )  # fmt: skip
    assert CART.text[item["start"] : item["end"]] == "totl"
    assert item["candidates"] == ["total"]
    mended = CART.text[: item["fix"]["start"]] + item["fix"]["text"] + CART.text[item["fix"]["end"] :]
    assert "sum of purchase.total\n" in mended
    assert item["related"] == []
