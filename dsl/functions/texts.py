"""Functions for texts."""

from __future__ import annotations

from sojourn.dsl.functions.signature import BARE, NUMERIC, TEXTUAL, Parameter, Signature
from sojourn.dsl.types import INTEGER, NUMBER, TEXT, list_of

__all__ = ["SIGNATURES"]

_TEXT = Parameter("text", TEXTUAL)

SIGNATURES = (
    Signature(
        "lower", "texts", (_TEXT,), TEXT, "The text in lower case.",
        (("lower(city)", '"neu ulm"'),),
        elsewhere=("downcase", "lowercase", "lcase"),
    ),
    Signature(
        "upper", "texts", (_TEXT,), TEXT, "The text in upper case.",
        (("upper(city)", '"NEU ULM"'),),
        elsewhere=("upcase", "uppercase", "ucase"),
    ),
    Signature(
        "capitalize", "texts", (_TEXT,), TEXT, "The text in lower case, its first letter in upper case.",
        (("capitalize(first_name)", '"Ada"'), ('capitalize("HELLO THERE")', '"Hello there"')),
        elsewhere=("sentence_case",),
    ),
    Signature(
        "title_case", "texts", (_TEXT,), TEXT,
        "The text in lower case, the first letter of each word in upper case: a name typed in a hurry.",
        (('title_case("ANNE-MARIE o\'neil")', '"Anne-Marie O\'neil"'),),
        elsewhere=("proper", "titlecase", "title"),
    ),
    Signature(
        "trim", "texts", (_TEXT,), TEXT, "The text without spaces at its beginning and its end.",
        (('trim("  hello ")', '"hello"'),),
        elsewhere=("strip",),
    ),
    Signature(
        "length", "texts", (Parameter("text or list", (*TEXTUAL, "list")),), INTEGER,
        "How many letters a text has, or how many items a list.",
        (("length(city)", "7"), ("length(tags)", "3")),
        elsewhere=("len", "size", "count_items", "array_length", "counta"),
    ),
    Signature(
        "replace", "texts", (_TEXT, Parameter("old", TEXTUAL), Parameter("new", TEXTUAL, may_be_missing=True)),
        TEXT, "The text with each `old` in it replaced by `new`; an empty text as `new` takes it out.",
        (('replace(city, "Neu", "Alt")', '"Alt Ulm"'), ('replace("0-1-2", "-", "")', '"012"')),
        elsewhere=("substitute", "remove_text"),
    ),
    Signature(
        "left", "texts", (_TEXT, Parameter("number", NUMERIC)), TEXT, "The first letters of the text, so many.",
        (("left(city, 3)", '"Neu"'),),
        elsewhere=("truncate", "substring", "first_letters"),
    ),
    Signature(
        "right", "texts", (_TEXT, Parameter("number", NUMERIC)), TEXT, "The last letters of the text, so many.",
        (("right(city, 3)", '"Ulm"'),),
        elsewhere=("last_letters",),
    ),
    Signature(
        "text_before", "texts", (_TEXT, Parameter("mark", TEXTUAL)), TEXT,
        "What stands before the first `mark` in the text; missing where there is none.",
        (('text_before(email, "@")', '"ada"'),),
        elsewhere=("textbefore",),
    ),
    Signature(
        "text_after", "texts", (_TEXT, Parameter("mark", TEXTUAL)), TEXT,
        "What stands after the first `mark` in the text; missing where there is none.",
        (('text_after(email, "@")', '"example.com"'),),
        elsewhere=("textafter", "domain"),
    ),
    Signature(
        "split", "texts", (_TEXT, Parameter("separator", TEXTUAL)), list_of(TEXT),
        "The parts of the text between the separators, spaces around them taken off, empty ones left out.",
        (('length(split("red, green,blue", ","))', "3"), ('last_item(split("red, green,blue", ","))', '"blue"')),
        elsewhere=("textsplit", "explode"),
    ),
    Signature(
        "join", "texts", (Parameter("list", ("list",), of=BARE), Parameter("separator", TEXTUAL)), TEXT,
        "The items of the list in one text, the separator between them; missing for an empty list.",
        (('join(tags, ", ")', '"vip, news, vip"'),),
        elsewhere=("textjoin", "concat", "concatenate", "implode"),
    ),
    Signature(
        "text_of", "texts", (Parameter("value", BARE),), TEXT, "The value as a text, as a message prints it.",
        (("text_of(points)", '"120"'), ("text_of(birthday)", '"1990-03-14"')),
        elsewhere=("to_string", "tostring", "str", "text"),
    ),
    Signature(
        "number_of", "texts", (_TEXT,), NUMBER,
        "The number that the text is, as in `12.5`; missing when it is none.",
        (('number_of("12.5")', "12.5"), ('number_of("a dozen") is missing', "true")),
        elsewhere=("value", "to_number", "tonumber", "toint", "tofloat", "parse_number"),
    ),
)  # fmt: skip
