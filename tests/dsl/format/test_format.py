"""The formatter: one shape, the same meaning, every comment; and it checks itself."""

from __future__ import annotations

import random
import re
from pathlib import Path
from textwrap import dedent

import pytest

from sojourn.dsl.format import comments_of, format_file
from sojourn.dsl.parser import parse_file
from sojourn.dsl.source import SourceFile

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(r"^```journey\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def texts() -> list[tuple[str, str]]:
    """Every journey text of the project: files, and blocks of the documentation."""
    found = []
    for folder in ("docs", "examples", "stdlib", "src/sojourn/template", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.journey")):
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / folder).rglob("*.md")):
            for number, block in enumerate(BLOCK.findall(path.read_text(encoding="utf-8"))):
                found.append((f"{path.relative_to(ROOT)}#{number}", block))
    return found


TEXTS = texts()


def shaped(text: str) -> str:
    result = format_file(SourceFile("a.journey", text))
    assert result.text is not None, result.diagnostics
    return result.text


def shuffled(text: str, seed: int) -> str:
    """The same text with other spaces: columns, ends of lines, empty lines; texts, comments and indents kept."""
    chance = random.Random(seed)
    lines = []
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        pieces = re.split(r"(\"(?:[^\"\\]|\\.)*\"|#.*)", line[indent:])
        if '"""' not in line:
            pieces = [
                re.sub(r" +", lambda _: " " * chance.randint(1, 4), piece) if number % 2 == 0 else piece
                for number, piece in enumerate(pieces)
            ]
        lines.append(" " * indent + "".join(pieces))
        if not line.strip() and chance.random() < 0.3:
            lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize("text", [text for _, text in TEXTS], ids=[name for name, _ in TEXTS])
def test_every_text_of_the_project_keeps_its_meaning_its_comments_and_its_shape(text: str) -> None:
    once = shaped(text)
    before, after = (parse_file(SourceFile("a.journey", t))[0] for t in (text, once))
    assert after == before
    assert comments_of(after) == comments_of(before)
    assert shaped(once) == once


@pytest.mark.parametrize("seed", range(30))
def test_other_spaces_give_the_same_shape(seed: int) -> None:
    name, text = TEXTS[seed % len(TEXTS)]
    if '"""' in text:
        text = re.sub(r'"""(?:.|\n)*?"""', '"long"', text)
    assert shaped(shuffled(text, seed)) == shaped(text), name


MESSY = """\
# The file.
profile
    email   email identity    # how we write
    loyalty one of bronze,silver = bronze
    spent money
topic  offers   opt in
topic news opt   out
audience vips
  has purchase where total>20 EUR and city is "Rome" and no refund
  or (spent>=1000 EUR) and not (loyalty is bronze)
journey j
  start on purchase where total > 20 EUR and city is "Rome" and street is "Appia" and postcode is "001" and x > 3
  again after   7days
  # what happens
  wait 1   hour


  send hello by email,sms with code="A",total = 3 EUR
  if in vips   # the best
        stop
  else
        wait for purchase where total > 5 EUR as order,up to 1 day
          timed out
            stop
"""

NEAT = """\
# The file.
profile
  email    email  identity  # how we write
  loyalty  one of bronze, silver = bronze
  spent    money

topic offers  opt in
topic news    opt out

audience vips
  (has purchase where total > 20 EUR and city is "Rome") and no refund
  or spent >= 1000 EUR and not loyalty is bronze

journey j
  start on purchase where total > 20 EUR
    and city is "Rome"
    and street is "Appia"
    and postcode is "001"
    and x > 3
  again after 7 days

  # what happens
  wait 1 hour

  send hello by email, sms with code = "A", total = 3 EUR
  if in vips  # the best
    stop
  else
    wait for purchase where total > 5 EUR as order, up to 1 day
      timed out
        stop
"""


def test_the_one_shape() -> None:
    assert shaped(MESSY) == NEAT


def test_a_file_with_mistakes_is_left_alone() -> None:
    result = format_file(SourceFile("a.journey", "audiance a\n  points > 3\n"))
    assert result.text is None
    assert [d.code for d in result.diagnostics] == ["unknown-declaration"]


@pytest.mark.parametrize(
    "condition",
    [
        "(a > 1 or b > 2) and c > 3",
        "not (a > 1 and b > 2)",
        "a > 1 and (b > 2 and c > 3)",
        "(a + b) * 2 > -(c - 1)",
        "a - (b - c) > 0",
        '(has purchase where total > 1 EUR) and city is "Rome"',
        "(count of purchase where total > 1 EUR) > 3",
        "has purchase where (a > 1 or b > 2) and c > 3",
        "(any of items where price > 2 EUR) or a > 1",
        "not (has purchase where total > 1 EUR) or a > 1",
        '(country in "DE", "AT") is true',
        "a in [1]",
        'has purchase then no visit where page is "x" within 2 days',
        "(a is known) is b",
    ],
)
def test_brackets_stand_only_where_they_are_needed(condition: str) -> None:
    text = f"audience a\n  {condition}\n"
    once = shaped(text)
    assert parse_file(SourceFile("a.journey", once))[0] == parse_file(SourceFile("a.journey", text))[0]
    assert once.count("(") <= text.count("(")


def test_a_long_text_is_moved_with_its_line() -> None:
    text = dedent(
        '''\
        message m
            email
                subject "Hi"
                body """
                    <p>

                      Hi \\"""
                    </p>
                    """
        '''
    )
    assert shaped(text) == dedent(
        '''\
        message m
          email
            subject "Hi"
            body    """
              <p>

                Hi \\"""
              </p>
              """
        '''
    )


def test_a_comment_that_is_set_off_stays_set_off() -> None:
    text = dedent("""\
        # The whole file.

        ## What is for sale.
        topic offers opt in

        # A part.

        # Its first thing.
        topic service always
        """)
    assert shaped(text) == text
    assert shaped(text + "\n# The end.\n\n") == text + "\n# The end.\n"


def test_once_is_one_time() -> None:
    text = (
        "audience a\n  has visit at least 1 time in last 7 days\n\naudience b\n  has visit at least 2 times\n"
    )
    assert shaped(text.replace("1 time ", "1 times ")) == text


def test_the_name_of_a_start_comes_last() -> None:
    text = "journey j\n  start on purchase where total > 3 EUR as order\n\n  wait 1 day\n"
    assert shaped(text.replace(" as order", "   as   order")) == text


def test_a_comment_without_a_space_behind_its_sign_gets_one() -> None:
    """Above a declaration, above a step, at the end of a line, at the end of the file."""
    text = (
        "# who\nprofile\n  email  email  identity  # how\n\njourney j\n  start on visit\n\n  # then\n  stop\n"
    )
    assert shaped(text) == text
    assert shaped(text.replace("# ", "#")) == text
    signs = "#!/usr/bin/env sojourn\n#\ntopic news opt in\n"
    assert shaped(signs) == signs


@pytest.mark.parametrize("sign", ["\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_sign_that_some_take_for_the_end_of_a_line_stays_in_its_text(sign: str) -> None:
    text = f'message hello\n  email\n    subject "one{sign}two"\n    body    "<p>Hello</p>"\n'
    assert shaped(text) == text
