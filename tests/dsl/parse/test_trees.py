"""What the author wrote, as a tree: where a `where` ends, what a comment belongs to, which words are names."""

from __future__ import annotations

from textwrap import dedent

import pytest

from sojourn.dsl import ast
from sojourn.dsl.parser import KnownBlocks, parse_file
from sojourn.dsl.source import SourceFile


def read(text: str) -> ast.File:
    file, mistakes = parse_file(SourceFile("a.journey", dedent(text)))
    assert mistakes == ()
    return file


def condition(text: str) -> ast.Expr:
    (audience,) = read(f"audience a\n  {text}\n").declarations
    assert isinstance(audience, ast.Audience) and audience.condition is not None
    return audience.condition


def shape(node: ast.Expr) -> object:
    """A condition as nested lists of words: enough to see what belongs to what."""
    match node:
        case ast.Logic():
            return [node.op, *map(shape, node.terms)]
        case ast.Not():
            return ["not", shape(node.term)]
        case ast.Has():
            found: list[object] = ["no" if node.negated else "has", node.event.text]
            if node.quantity:
                found.append(" ".join(map(str, node.quantity)))
            if node.window:
                found.append("window")
            if node.where:
                found.append(["where", shape(node.where)])
            return found
        case ast.Aggregate():
            return [
                node.kind,
                node.event.text,
                *node.field_path,
                *(["where", shape(node.where)] if node.where else []),
            ]
        case ast.Compare():
            return [shape(node.left), node.op, shape(node.right)]
        case ast.Between():
            return [shape(node.item), "between", shape(node.low), shape(node.high)]
        case ast.In():
            return [shape(node.item), "not in" if node.negated else "in", shape(node.options)]
        case ast.InAudience():
            return ["in", node.audience.text]
        case ast.ListLiteral():
            return [shape(item) for item in node.items]
        case ast.Arithmetic():
            return [shape(node.left), node.op, shape(node.right)]
        case ast.Path():
            return ".".join(map(str, node.parts))
        case ast.Text():
            return repr(node.value)
        case ast.Number():
            return str(node.value)
        case ast.MoneyLiteral():
            return f"{node.amount} {node.currency}"
        case ast.DateLiteral():
            return node.value
        case _:
            return type(node).__name__


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("has purchase where total > 20 EUR", ["has", "purchase", ["where", ["total", ">", "20 EUR"]]]),
        # On one line, `and` belongs to the `where` …
        (
            'has purchase where total > 20 EUR and city is "Rome"',
            ["has", "purchase", ["where", ["and", ["total", ">", "20 EUR"], ["city", "is", "'Rome'"]]]],
        ),
        # … a new line begins the next condition …
        (
            'has purchase where total > 20 EUR\n  and city is "Rome"',
            ["and", ["has", "purchase", ["where", ["total", ">", "20 EUR"]]], ["city", "is", "'Rome'"]],
        ),
        # … and so does `and has` and `and no`, which no event can be asked.
        (
            "has purchase where total > 20 EUR and no visit",
            ["and", ["has", "purchase", ["where", ["total", ">", "20 EUR"]]], ["no", "visit"]],
        ),
        (
            "(has purchase where total > 20 EUR) and points > 3",
            ["and", ["has", "purchase", ["where", ["total", ">", "20 EUR"]]], ["points", ">", "3"]],
        ),
        (
            "has purchase where total > 20 EUR at least 3 times in last 7 days",
            ["has", "purchase", "at least 3", "window", ["where", ["total", ">", "20 EUR"]]],
        ),
        ("has purchase at most 1 time", ["has", "purchase", "at most 1"]),
        (
            "has purchase in last 7 days at least 3 times where total > 20 EUR",
            ["has", "purchase", "at least 3", "window", ["where", ["total", ">", "20 EUR"]]],
        ),
        ("has visit at most 1 time in last 7 days", ["has", "visit", "at most 1", "window"]),
        ("no visit exactly 1 time", ["no", "visit", "exactly 1"]),
        ("a > 1 or b > 2 and c > 3", ["or", ["a", ">", "1"], ["and", ["b", ">", "2"], ["c", ">", "3"]]]),
        ("not in vips and a > 1", ["and", "InAudience", ["a", ">", "1"]]),
        ("a between 1 and 5 and b > 2", ["and", ["a", "between", "1", "5"], ["b", ">", "2"]]),
        ("count of purchase between 1 and 5", [["count", "purchase"], "between", "1", "5"]),
        (
            "count of purchase between 2026-01-01 and 2026-02-01 > 3",
            [["count", "purchase"], ">", "3"],
        ),
        ('country in "DE", "AT" and a > 1', ["and", ["country", "in", ["'DE'", "'AT'"]], ["a", ">", "1"]]),
        ("count of purchase in last 3 days > 2", [["count", "purchase"], ">", "2"]),
        ("a + b * 2 - c > 0", [[["a", "+", ["b", "*", "2"]], "-", "c"], ">", "0"]),
        # Words that begin a question about history are names where no question can follow.
        ("last is 3 and count > 2", ["and", ["last", "is", "3"], ["count", ">", "2"]]),
        ("last purchase.total > 20 EUR", [["last", "purchase", "total"], ">", "20 EUR"]),
        ("largest of purchase.total > 20 EUR", [["largest", "purchase", "total"], ">", "20 EUR"]),
    ],
)
def test_a_condition_is_read_as_it_is_meant(text: str, means: object) -> None:
    found = shape(condition(text))
    assert found == means or (
        means == ["and", "InAudience", ["a", ">", "1"]] and found == ["and", ["in", "vips"], ["a", ">", "1"]]
    )


def test_after_start_exit_goal_and_wait_a_where_goes_on_with_the_next_line() -> None:
    (journey,) = read(
        """\
        journey j
          start on purchase where total > 20 EUR
            and city is "Rome"
          exit when has refund where total > 20 EUR
            and points > 3
          wait for purchase where total > 1 EUR
            and city is "Rome" as order, up to 1 day
        """
    ).declarations
    assert isinstance(journey, ast.Journey)
    start, leave = journey.settings
    (wait,) = journey.steps
    assert isinstance(start, ast.StartOnEvent) and start.where is not None
    assert shape(start.where) == ["and", ["total", ">", "20 EUR"], ["city", "is", "'Rome'"]]
    assert isinstance(leave, ast.ExitWhen)
    assert shape(leave.condition) == [
        "and", ["has", "refund", ["where", ["total", ">", "20 EUR"]]], ["points", ">", "3"],
    ]  # fmt: skip
    assert isinstance(wait, ast.WaitFor) and wait.awaited is not None and wait.awaited.where is not None
    assert shape(wait.awaited.where) == ["and", ["total", ">", "1 EUR"], ["city", "is", "'Rome'"]]
    assert wait.awaited.alias == ast.Name("order") and wait.up_to is not None


def test_keywords_are_names_wherever_no_keyword_can_stand() -> None:
    profile, event = read(
        """\
        profile
          type      text
          list      list of text
          message   text  required
          one       one of last, first, wait = wait
        event send
          to    text
          from  text
        """
    ).declarations
    assert isinstance(profile, ast.Profile) and isinstance(event, ast.Event)
    assert [field.name.text for field in profile.fields] == ["type", "list", "message", "one"]
    assert profile.fields[3].type.options == ("last", "first", "wait")
    assert profile.fields[3].default == ast.Path(("wait",))
    assert [field.name.text for field in event.fields] == ["to", "from"]


COMMENTED = """\
# About the file.

## Who bought something.
## Lately, that is.
# (checked by Ada)
audience buyers  # for the newsletter
  # What counts is the last month.
  has purchase in last 30 days

journey hello
  # The start.
  start on purchase  # any purchase
  ## not a description: a step has none
  wait 1 day
  if in buyers  # most of them
    # a greeting
    send hello
    # the block's last word
  else
    stop
  # the journey's last word

# The end.
"""


def comments_of(file: ast.File) -> list[str]:
    """Every comment of the tree in the order in which it stands in the file."""
    found: list[ast.Comment] = []

    def walk(value: object) -> None:
        if isinstance(value, ast.Comment):
            found.append(value)
        elif isinstance(value, tuple):
            for item in value:
                walk(item)
        elif isinstance(value, ast.Node):
            for name in value.__dataclass_fields__:
                walk(getattr(value, name))

    walk(file)
    return [c.text for c in sorted(found, key=lambda c: c.span.start)]


def test_every_comment_is_kept_once_with_what_it_belongs_to() -> None:
    file = read(COMMENTED)
    audience, journey = file.declarations
    assert isinstance(audience, ast.Audience) and isinstance(journey, ast.Journey)
    assert audience.description == "Who bought something.\nLately, that is."
    assert [c.text for c in audience.comments] == ["# About the file.", "# (checked by Ada)"]
    assert audience.remark is not None and audience.remark.text == "# for the newsletter"
    assert [c.text for c in journey.trailing] == ["# the journey's last word"]
    assert [c.text for c in file.trailing] == ["# The end."]
    choice = journey.steps[1]
    assert isinstance(choice, ast.If)
    assert [c.text for c in choice.trailing] == ["# the block's last word"]
    written = [line[line.index("#") :] for line in COMMENTED.splitlines() if "#" in line]
    assert comments_of(file) == [
        text for text in written if text not in ("## Who bought something.", "## Lately, that is.")
    ]


def test_places_are_those_of_the_words() -> None:
    text = 'audience a\n  has purchase\n  and product.category is "shoes"\n'
    (audience,) = read(text).declarations
    assert isinstance(audience, ast.Audience) and isinstance(audience.condition, ast.Logic)
    has, compare = audience.condition.terms
    assert text[has.span.start : has.span.end] == "has purchase"
    assert isinstance(compare, ast.Compare) and isinstance(compare.left, ast.Path)
    assert [text[s.start : s.end] for s in compare.left.part_spans] == ["product", "category"]
    assert (compare.span.line, compare.span.column) == (3, 7)
    assert text[audience.span.start : audience.span.end] == text.rstrip("\n")


def test_a_long_text_loses_its_common_indentation_and_knows_where_it_began() -> None:
    text = 'message m\n  email\n    subject "a \\"b\\""\n    body """\n      <p>\n        Hi\n      </p>\n      """\n'
    (message,) = read(text).declarations
    assert isinstance(message, ast.Message)
    subject, body = message.variants[0].parts
    assert subject.text.value == 'a "b"'
    assert body.text.value == "<p>\n  Hi\n</p>"
    assert text[body.text.value_start :].startswith("      <p>")


def test_an_edited_file_is_read_again_only_where_it_changed() -> None:
    known: KnownBlocks = {}
    before = "event a\n  x  text\n\nevent b\n  y  text\n\nevent c\n"
    first, _ = parse_file(SourceFile("a.journey", before), known)
    second, _ = parse_file(SourceFile("a.journey", before.replace("y  text", "z  text")), known)
    assert [a is b for a, b in zip(first.declarations, second.declarations, strict=True)] == [
        True,
        False,
        True,
    ]
