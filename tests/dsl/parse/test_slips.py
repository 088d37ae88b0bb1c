"""Slips that marketers make: one message each, at the right place, and it says what would be right."""

from __future__ import annotations

from textwrap import dedent

import pytest

from sojourn.dsl.messages import help_text, sentence
from sojourn.dsl.parser import KnownBlocks, parse_file
from sojourn.dsl.source import SourceFile

JOURNEY = "journey j\n  start on purchase\n"


def mistakes(text: str) -> list[tuple[str, str]]:
    """Each mistake's code and the text that is underlined."""
    source = SourceFile("a.journey", dedent(text))
    _, found = parse_file(source)
    for diagnostic in found:
        words = sentence(diagnostic) + help_text(diagnostic)
        assert "_NL" not in words and "INDENT" not in words and "NAME" not in words and "%" not in words
    return [(d.code, source.text[d.span.start : d.span.end]) for d in found]


@pytest.mark.parametrize(
    ("text", "code", "underlined"),
    [
        (JOURNEY + "  sned hello\n", "unknown-word", "sned"),
        (JOURNEY + '  send hello by email with code "X"\n', "not-here", '"X"'),
        (JOURNEY + "  wait 3 hrs\n", "unknown-unit", "3 hrs"),
        (JOURNEY + "  wait 3\n", "line-ends-early", "3"),
        (JOURNEY + "  wait\n", "line-ends-early", "wait"),
        (JOURNEY + "  Wait 3 days\n", "capital-letters", "Wait"),
        (JOURNEY + "  if in vips:\n    stop\n", "colon-at-end", ":"),
        (JOURNEY + "  if in vips then\n    stop\n", "not-here", "then"),
        (JOURNEY + "  delay 3 days\n", "unknown-word", "delay"),
        ("segment a\n  points > 3\n", "unknown-declaration", "segment"),
        (JOURNEY + "  wait 1 day\n    send hello\n", "block-not-here", "send hello"),
        (JOURNEY + "  if in vips\n  send hello\n", "", ""),
        (JOURNEY + "  else\n    stop\n", "line-not-here", "else"),
        (JOURNEY + "  set loyalty = silver\n", "other-words", "set loyalty = silver"),
        (JOURNEY + "  send hello, thanks\n", "not-here", ","),
        (JOURNEY + "  wait until monday 9:00\n", "other-words", "wait until monday 9:00"),
        (JOURNEY + "  wait for purchase up to 1 dya\n", "unknown-unit", "1 dya"),
        (JOURNEY + "  send hello\n  exit on purchase\n", "setting-after-step", "exit on purchase"),
        ('audience a\n  country = "DE"\n', "equals-sign", "="),
        ('audience a\n  country == "DE"\n', "other-comparison", "=="),
        ("audience a\n  country is “DE”\n", "other-quotes", "“DE”"),
        ("audience a\n  country is 'DE'\n", "other-quotes", "'DE'"),
        ('audience a\n  country is "DE\n  and points > 3\n', "unclosed-text", '"DE'),
        ("audience a\n  (points > 3\n\nevent b\n", "unclosed-bracket", "("),
        ("audience a\n  points > 3)\n", "not-here", ")"),
        ("audience a\n  points => 3\n", "other-comparison", "=>"),
        ("audience a\n  total > €20\n", "currency-sign", "€20"),
        ("audience a\n  total > 20€\n", "currency-sign", "20€"),
        ("audience a\n  total > 1,000 EUR\n", "number-with-comma", "1,000 EUR"),
        ("audience a\n  total > 12,50 EUR\n", "number-with-comma", "12,50 EUR"),
        ("audience a\n  has purchase in last 90 dayz\n", "unknown-unit", "90 dayz"),
        ("audience a\n  total > 20 euros\n", "unknown-unit", "20 euros"),
        ('audience a\n  points > 3\n  country is "DE"\n', "joint-missing", "country"),
        ("audience a\n", "block-missing", "a"),
        ("audience big-spender\n  points > 3\n", "hyphen-in-name", "big-spender"),
        ("audience große\n  points > 3\n", "letter-in-name", "große"),
        ("profile\n  email text identity\n\tname text\n", "tab", "\t"),
        ("profile\n    email  email\n  name  text\n", "uneven-indent", "  "),
        ("profil\n  email  email\n", "unknown-declaration", "profil"),
        ("profile\n  first name  text\n", "not-here", "text"),
        ("event a\n  total  money  requierd\n", "unknown-word", "requierd"),
        ("topic offers opt-in\n", "hyphen-between-words", "opt-in"),
        ("topic offers\n", "line-ends-early", "offers"),
        ("limit offers to 3 per 7 days\n", "other-words", "limit offers to 3 per 7 days"),
        ("attribute a sum of purchase.total\n", "not-here", "sum"),
        ('message m\n  email\n    subject: "Hi"\n', "stray-character", ":"),
        ("test a story\n  expect in vips\n", "not-here", "a"),
    ],
)
def test_a_slip_gives_one_message_at_its_place(text: str, code: str, underlined: str) -> None:
    assert mistakes(text) == ([(code, underlined)] if code else [])


def test_a_first_line_that_is_indented_is_one_slip_however_much_stands_below() -> None:
    source = SourceFile("a.journey", "  profile\n    email  email\n    name   text\n\n  event a\n")
    _, found = parse_file(source)
    assert [d.code for d in found] == ["indented-start"]


def test_several_slips_in_one_block_are_all_told() -> None:
    text = """\
        journey j
          start on purchase
          sned hello
          if in vips
            wait 3 hrs
          else
            send hello maybe email
          stop
        """
    assert [code for code, _ in mistakes(text)] == ["unknown-word", "unknown-unit", "not-here"]


def test_a_slip_hides_nothing_in_the_next_block() -> None:
    text = "audiance a\n  points > 3\n\naudience b\n  points = 3\n\nevent c\n"
    source = SourceFile("a.journey", text)
    file, found = parse_file(source)
    assert [d.code for d in found] == ["unknown-declaration", "equals-sign"]
    assert [type(d).__name__ for d in file.declarations] == ["Event"]


def test_the_nearest_word_is_offered_with_a_fix() -> None:
    (found,) = parse_file(SourceFile("a.journey", JOURNEY + "  sned hello\n"))[1]
    assert found.candidates[0] == "send"
    assert found.fix is not None and found.fix.text == "send"


def test_what_could_come_is_said_in_words() -> None:
    (found,) = parse_file(SourceFile("a.journey", JOURNEY + "  send\n"))[1]
    assert sentence(found) == "This line ends too early: `send` is not complete."
    assert "the name of a message" in help_text(found)
    (found,) = parse_file(SourceFile("a.journey", JOURNEY + "  send hello maybe email\n"))[1]
    assert help_text(found).startswith(
        "After `send hello` comes `by`, `expires`, `with` or the end of the line."
    )


@pytest.mark.parametrize("before", ["", "topic offers opt in\n\n", "# so\n"])
def test_a_comment_of_another_language_is_told_wherever_it_stands(before: str) -> None:
    text = before + "// the news\ntopic news opt in\n"
    known: KnownBlocks = {}
    file, found = parse_file(SourceFile("a.journey", text.replace("//", "# ", 1)), known)
    assert found == ()
    file, found = parse_file(SourceFile("a.journey", text), known)
    assert [(d.code, text[d.span.start : d.span.end]) for d in found] == [("other-sign", "//")]
    assert len(file.declarations) == text.count("topic")


def test_declarations_with_tabs_one_below_the_other_are_all_read() -> None:
    text = "topic offers\topt in\ntopic news\topt in\n"
    assert [code for code, _ in mistakes(text)] == ["tab"]
    file, _ = parse_file(SourceFile("a.journey", text.replace("offers\t", "offers ")))
    assert [d.code for d in parse_file(SourceFile("a.journey", text.replace("offers\t", "offers ")))[1]] == [
        "tab"
    ]
    assert len(file.declarations) == 1
