"""Colours for `.journey` text in everything that uses Pygments: Sphinx, MkDocs, `rich`, a wiki.

The lexer asks the language's own layout and grammar, so that a word is a keyword here exactly where it is one for the
parser. Behind a mistake in a declaration every word of it is taken for a name. Installed as the entry point `journey`
of `pygments.lexers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import Lexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, _TokenType

from sojourn.dsl.grammar import keywords_among
from sojourn.dsl.layout import DECLARATIONS, lay_out
from sojourn.dsl.source import SourceFile
from sojourn.dsl.tokens import Token

__all__ = ["JourneyLexer"]

_NUMBERS = {
    "NUMBER": Number, "MONEY": Number, "PERCENT": Number, "DURATION": Number, "DISTANCE": Number,
    "DATE": Number, "CLOCK": Number, "MOMENT": Number,
}  # fmt: skip
_WORD_OPERATORS = frozenset(
    {"and", "or", "not", "is", "in", "between", "contains", "starts", "ends", "matches"}
)
_PHRASES = {"_IS_NOT", "_NOT_IN", "_NOT_BETWEEN"}


class JourneyLexer(Lexer):
    """Pygments' lexer of customer journeys written for Sojourn."""

    name = "Sojourn journey"
    aliases: ClassVar[list[str]] = ["journey", "sojourn"]
    filenames: ClassVar[list[str]] = ["*.journey"]
    mimetypes: ClassVar[list[str]] = ["text/x-journey"]

    def get_tokens_unprocessed(self, text: str, **_: Any) -> Iterator[tuple[int, _TokenType, str]]:
        """(offset, kind, text) for every piece of `text`, in order and without gaps."""
        at = 0
        for start, end, kind in sorted(_pieces(text)):
            if start < at:
                continue
            if start > at:
                yield at, Text.Whitespace, text[at:start]
            yield start, kind, text[start:end]
            at = end
        if at < len(text):
            yield at, Text.Whitespace, text[at:]


def _pieces(text: str) -> Iterator[tuple[int, int, _TokenType]]:
    blocks, comments, _ = lay_out(SourceFile("text.journey", text))
    for block in blocks:
        keywords = keywords_among(block.tokens)
        for number, token in enumerate(block.tokens):
            _, start, end, _ = token
            if end > start:
                yield start, end, _kind(block.tokens, number, number in keywords)
        for notes in block.notes.values():
            for comment in (*notes.comments, *notes.description, *notes.trailing):
                comments.append(comment)
            if notes.remark is not None:
                comments.append(notes.remark)
    for comment in comments:
        kind = Comment.Special if comment.text.startswith("##") else Comment.Single
        yield comment.span.start, comment.span.end, kind


def _kind(tokens: list[Token], number: int, keyword: bool) -> _TokenType:
    kind, _, _, value = tokens[number]
    if kind == "TEXT":
        return String.Double
    if kind in _NUMBERS:
        return _NUMBERS[kind]
    if kind in ("COMPARE", "TIMES_OR_OVER", "=", "+", "-"):
        return Operator
    if keyword:
        if number == 0 and value in DECLARATIONS:
            return Keyword.Declaration
        if value in ("true", "false", "yes", "missing", "known"):
            return Keyword.Constant
        return Operator.Word if value in _WORD_OPERATORS else Keyword
    if kind in _PHRASES:
        return Operator.Word
    if kind == "_ARG_COMMA" or kind in "()[],":
        return Punctuation
    if kind.startswith("_"):
        return Keyword
    return _name(tokens, number)


def _name(tokens: list[Token], number: int) -> _TokenType:
    """What a name is, by the words beside it."""
    after = tokens[number + 1][0] if number + 1 < len(tokens) else ""
    if number == 1:
        return Name.Class
    if after == "(":
        return Name.Function
    return Name.Attribute if after == "=" else Name
