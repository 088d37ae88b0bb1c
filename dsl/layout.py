"""The layout pass: a file's text becomes blocks of tokens, with indentation made visible.

The algorithm. Lines are read in order. An empty line says nothing; a line that holds only a comment is put aside
for the declaration, field or step that follows. Any other line either goes on with the logical line before it
(it begins with `and` or `or`, or a bracket or a long text is still open) or begins a new one. A logical line at
column 1 begins a block, the unit that is parsed alone: a mistake in one block hides nothing in another, and an
edit parses one block again. Inside a block a deeper line is preceded by _INDENT, a shallower one by as many
_DEDENT as it closes.

Nothing here raises for a mistake of the author's; what cannot be read is reported and the pass goes on with the
likeliest meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Diagnostic, Fix
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.tokens import LEADING, LEXER, Token, finish

__all__ = ["DECLARATIONS", "Block", "Notes", "lay_out"]

DECLARATIONS = (
    "use", "profile", "identity", "schema", "event", "catalog", "dataset", "merge", "attribute", "define", "audience",
    "topic", "message", "limit", "quiet", "offer", "decision", "recommendation", "webhook", "journey", "test",
)  # fmt: skip
"""The words a block may begin with."""

_INSIDE = frozenset(
    (
        "start", "again", "exit", "goal", "times", "one", "existing", "ends", "wait", "if", "else", "match", "split",
        "rest", "send", "set", "add", "remove", "call", "emit", "enter", "stop", "repeat", "happened", "timed",
        "otherwise", "is", "has", "no", "choose", "at", "after", "expect", "holds", "from", "keep", "when", "since",
        "until", "priority", "pick", "by", "except", "post", "timeout", "retries", "answers", "email", "sms", "push",
        "subject", "body", "title", "text",
    )
)  # fmt: skip
"""Words that begin a line inside a block and begin no declaration: such a line at the very left is a slip."""

_FIELDS = frozenset({"profile", "event", "schema", "catalog"})
"""Declarations whose lines begin with the name of a field."""

_QUOTES = {"“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'"}
_DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
"""A date as it is written in much of Europe: day, month, year."""
_SIGNS = {"–": "-", "—": "-", "−": "-", "≥": ">=", "≤": "<=", "×": "*", "\u00a0": " ", "\u202f": " "}
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}


@dataclass(slots=True)
class Notes:
    """The comments around one line: above it, at its end, and after the last line of the block below it.

    `description` is what the `##` lines above say.
    """

    comments: list[ast.Comment] = field(default_factory=list)
    remark: ast.Comment | None = None
    trailing: list[ast.Comment] = field(default_factory=list)
    description: list[ast.Comment] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """One declaration: its tokens, where its text begins and ends, and its comments by the place of their line.

    `line` is the line of the file it begins on; `diagnostics` are mistakes of the layout.
    """

    start: int
    end: int = 0
    line: int = 1
    tokens: list[Token] = field(default_factory=list)
    notes: dict[int, Notes] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


@dataclass(slots=True)
class _Line:
    """A logical line in the making."""

    indent: int
    start: int
    raw: list[Token]
    depth: int = 0
    opened: list[int] = field(default_factory=list)


def lay_out(source: SourceFile) -> tuple[list[Block], list[ast.Comment], list[Diagnostic]]:
    """The blocks of a file, the comments after the last one, and the mistakes that belong to no block."""
    return _Layout(source).run()


class _Layout:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text
        self.blocks: list[Block] = []
        self.stray: list[Diagnostic] = []
        self.pending: list[tuple[int, ast.Comment]] = []
        self.line: _Line | None = None
        # The open levels of the current block: (indent, where the line that opened it begins).
        self.levels: list[tuple[int, int]] = []
        # How far a first line that is indented by mistake moves the lines below it.
        self.shift = 0
        # Whether the line before was empty, and the lines where a tab or a stray sign was told of last.
        self.after_gap = True
        self.tabbed = self.strayed = -1

    def run(self) -> tuple[list[Block], list[ast.Comment], list[Diagnostic]]:
        text = self.text
        size = len(text)
        at = 0
        while at < size:
            end = text.find("\n", at)
            end = size if end == -1 else end
            first = at
            while first < end and text[first] == " ":
                first += 1
            if first < end and text[first] == "\t":
                first = self._tabs(at, first, end)
            if first >= end:
                self.after_gap = True
                at = end + 1
                continue
            at = self._line(at, first, end)
            self.after_gap = False
        self._finish_line()
        self._finish_block(0)
        return self.blocks, [comment for _, comment in self.pending], self.stray

    # -------------------------------------------------------------- lines

    def _line(self, begin: int, first: int, end: int) -> int:
        """Reads one line of the text (more, when a long text is in it); returns where the next begins."""
        text = self.text
        indent = first - begin + text.count("\t", begin, first)
        indent -= self.shift if indent >= self.shift else 0
        line = self.line
        if text[first] == "#":
            self.pending.append((indent, ast.Comment(text[first:end].rstrip(), self._span(first, end))))
            return end + 1
        continues = False
        if line is not None:
            if line.depth > 0:
                if indent == 0 and _word(text, first, end) in DECLARATIONS:
                    self._unclosed(line)
                else:
                    continues = True
            if not continues:
                continues = _word(text, first, end) in ("and", "or")
        if (
            indent == 0
            and "\t" in text[first:end]
            and self._span(first, first).line == self.tabbed + 1
            and _word(text, first, end) not in DECLARATIONS
        ):
            self.tabbed += 1
            return end + 1  # a table that was pasted: its first line is told of
        if text.startswith("//", first) or text.startswith("--", first):
            self._foreign_comment(first, end)
            return end + 1
        if not continues:
            if indent == 0 and self._belongs_above(first, end):
                indent = self._as_above(first)
            self._finish_line()
            line = self.line = _Line(indent, first, [])
            self._open(line)
        elif line is not None and self.pending:
            self._notes(line.start).comments.extend(comment for _, comment in self.pending)
            self.pending = []
        assert line is not None
        return self._tokens(line, first, end, continues)

    def _foreign_comment(self, first: int, end: int) -> None:
        """A comment with the sign of another language: reported, and passed over as a comment is."""
        span = self._span(first, first + 2)
        # No block's: a comment belongs to none, and what a block came to is kept by its text.
        facts = {"sign": self.text[first : first + 2], "instead": "#"}
        self.stray.append(Diagnostic("other-sign", span, facts, fix=Fix(span, "#", "write #")))

    def _belongs_above(self, first: int, end: int) -> bool:
        """Whether a line at the very left goes on with the block above: it follows at once and begins no declaration,
        nor anything that looks like one.
        """
        if self.after_gap or self.line is None or self.pending or not self.blocks or self.blocks[-1].end:
            return False
        word = _word(self.text, first, end)
        if word in DECLARATIONS or "\t" in self.text[first:end]:
            return False
        return word in _INSIDE or (
            self._header().split()[0] in _FIELDS and self._looks_like_a_field(first, end)
        )

    def _looks_like_a_field(self, first: int, end: int) -> bool:
        from difflib import get_close_matches  # only when something is wrong

        words = self.text[first:end].split()
        return (
            len(words) > 1
            and words[0].isidentifier()
            and not get_close_matches(words[0], DECLARATIONS, 1, 0.7)
        )

    def _as_above(self, first: int) -> int:
        """The indentation that such a line should have had; it is reported."""
        top = self.levels[-1][0] or 2
        self._error("not-indented", first, first + len(self._rest(first)), before=self._header(), fix=None)
        return top

    def _rest(self, first: int) -> str:
        """The line from a place to its end, without spaces at the end."""
        end = self.text.find("\n", first)
        return self.text[first : len(self.text) if end == -1 else end].rstrip()

    def _header(self) -> str:
        """The first line of the current block."""
        return self._rest(self.levels[0][1])

    def _tokens(self, line: _Line, at: int, end: int, continues: bool) -> int:
        text = self.text
        raw = line.raw
        match = LEXER.match
        leading = continues and line.depth == 0
        while at < end:
            found = match(text, at)
            assert found is not None
            kind = found.lastgroup
            after = found.end()
            if kind == "SPACE":
                at = after
                continue
            if kind == "COMMENT":
                self._remark(line, at, end)
                break
            value = found.group()
            if kind == "WORD" and leading and value in ("and", "or"):
                raw.append((LEADING, at, after, value))
            elif kind == "SIGN":
                if value in "([":
                    line.depth += 1
                    line.opened.append(at)
                elif value in ")]":
                    line.depth = max(0, line.depth - 1)
                    if line.opened:
                        line.opened.pop()
                raw.append((kind, at, after, value))
            elif kind == "TEXT":
                raw.append((kind, at, after, value))
            elif kind == "LONG":
                after = self._long_text(at, end)
                raw.append(("TEXT", at, after, text[at:after]))
                if after > end:
                    end = text.find("\n", after)
                    end = len(text) if end == -1 else end
            elif kind == "BAD":
                after = self._bad(raw, at, end)
            elif kind == "GROUPED":
                plain = _plain_number(value)
                self._error("number-with-comma", at, after, text=value, instead=plain, fix=plain)
                raw.append(("PERCENT" if plain.endswith("%") else "MONEY", at, after, plain))
            else:
                assert kind is not None
                raw.append((kind, at, after, value))
            leading = False
            at = after
        return end + 1

    def _remark(self, line: _Line, at: int, end: int) -> None:
        comment = ast.Comment(self.text[at:end].rstrip(), self._span(at, end))
        notes = self._notes(line.start)
        if notes.remark is None:
            notes.remark = comment
        else:
            notes.comments.append(comment)

    def _long_text(self, at: int, end: int) -> int:
        """Where the long text that begins at `at` ends."""
        close = self.text.find('"""', at + 3)
        while close != -1 and self.text[close - 1] == "\\":
            close = self.text.find('"""', close + 1)
        if close != -1:
            return close + 3
        self._error("unclosed-text", at, min(at + 3, end), quote='"""')
        return len(self.text)

    def _bad(self, raw: list[Token], at: int, end: int) -> int:
        """A character that begins nothing: reported, and read as what was most likely meant."""
        char = self.text[at]
        if char == '"':
            self._error("unclosed-text", at, end, quote='"')
            raw.append(("TEXT", at, end, self.text[at:end] + '"'))
            return end
        if char in _QUOTES:
            close = at + 1
            while (
                close < end and self.text[close] not in '"' and _QUOTES.get(self.text[close]) != _QUOTES[char]
            ):
                close += 1
            after = min(close + 1, end)
            inside = self.text[at + 1 : close]
            fix = f'"{inside}"'
            self._error("other-quotes", at, after, quote=char, fix=fix)
            raw.append(("TEXT", at, after, fix))
            return after
        if char == "'":
            close = self.text.find("'", at + 1, end)
            after = end if close == -1 else close + 1
            inside = self.text[at + 1 : after - (close != -1)]
            self._error("other-quotes", at, after, quote="'", fix=f'"{inside}"')
            raw.append(("TEXT", at, after, f'"{inside}"'))
            return after
        if char in _SIGNS:
            plain = _SIGNS[char]
            self._error("other-sign", at, at + 1, sign=char, instead=plain.strip() or "a space", fix=plain)
            if plain.strip():
                kind = "COMPARE" if plain in (">=", "<=") else "TIMES_OR_OVER" if plain == "*" else "SIGN"
                raw.append((kind, at, at + 1, plain))
            return at + 1
        if char in _CURRENCIES:
            return self._currency(raw, at, end)
        if char == "\t":
            # A table that was pasted has many: they are told of once.
            line = self._span(at, at).line
            if line - self.tabbed > 1:
                self._error("tab", at, at + 1, fix=" ")
            self.tabbed = line
            return at + 1
        if self.text.startswith(("&&", "||"), at):
            word = "and" if char == "&" else "or"
            self._error("other-comparison", at, at + 2, sign=char * 2, instead=word, fix=word)
            raw.append(("WORD", at, at + 2, word))
            return at + 2
        if self.text.startswith(":=", at):
            self._error("other-comparison", at, at + 2, sign=":=", instead="=", fix="=")
            raw.append(("SIGN", at, at + 2, "="))
            return at + 2
        dotted = _DOTTED_DATE.match(self.text, raw[-1][1]) if char == "." and raw else None
        if dotted and dotted.end() > at:
            written = f"{dotted[3]}-{int(dotted[2]):02d}-{int(dotted[1]):02d}"
            start = raw.pop()[1]
            self._error("other-sign", start, dotted.end(), sign=".", instead=written, fix=written)
            raw.append(("DATE", start, dotted.end(), written))
            return dotted.end()
        if char in "=!":
            return self._comparison(raw, at)
        if char.isalpha():
            after = at
            while after < end and (self.text[after].isalnum() or self.text[after] == "_"):
                after += 1
            begin = raw.pop()[1] if raw and raw[-1][0] == "WORD" and raw[-1][2] == at else at
            self._error("letter-in-name", begin, after, text=self.text[begin:after], letter=char)
            raw.append(("WORD", begin, after, "letter"))
            return after
        if char == ":" and not self.text[at + 1 : end].split("#")[0].strip():
            self._error("colon-at-end", at, at + 1, fix="")
            return at + 1
        last = char in ";." and not self.text[at + 1 : end].split("#")[0].strip()
        after_word = char == ":" and raw and raw[-1][0] == "WORD" and raw[-1][2] == at
        line = self._span(at, at).line
        if line != self.strayed:  # one on a line says enough
            self._error("stray-character", at, at + 1, char=char, fix="" if last or after_word else None)
        self.strayed = line
        return at + 1

    def _currency(self, raw: list[Token], at: int, end: int) -> int:
        """`€20` and `20 €`."""
        sign = self.text[at]
        code = _CURRENCIES[sign]
        if raw and raw[-1][0] == "NUMBER" and not self.text[raw[-1][2] : at].strip():
            _, start, _, number = raw.pop()
            after = at + 1
        else:
            found = LEXER.match(self.text, at + 1)
            if found is None or found.lastgroup not in ("NUMBER", "GROUPED"):
                self._error("stray-character", at, at + 1, char=sign)
                return at + 1
            start, after, number = at, found.end(), found.group()
        written = f"{number.replace(',', '')} {code}"
        self._error("currency-sign", start, after, sign=sign, instead=written, fix=written)
        raw.append(("MONEY", start, after, written))
        return after

    def _comparison(self, raw: list[Token], at: int) -> int:
        """`==`, `!=` and `=>`: signs of other languages."""
        pair = self.text[at : at + 2]
        instead = {"==": "is", "!=": "is not", "=>": ">=", "=<": "<="}.get(pair)
        if instead is None:
            self._error("stray-character", at, at + 1, char=self.text[at])
            return at + 1
        self._error("other-comparison", at, at + 2, sign=pair, instead=instead, fix=instead)
        if instead in (">=", "<="):
            raw.append(("COMPARE", at, at + 2, instead))
        else:
            raw.extend(("WORD", at, at + 2, word) for word in instead.split())
        return at + 2

    def _tabs(self, begin: int, first: int, end: int) -> int:
        """A line indented with tabs: reported; each counts as two spaces. Returns where its text begins."""
        while first < end and self.text[first] in " \t":
            first += 1
        if first < end:
            spaces = self.text[begin:first].replace("\t", "  ")
            self._error("tab", begin, first, fix=spaces)
        return first

    def _unclosed(self, line: _Line) -> None:
        at = line.opened[-1]
        sign = self.text[at]
        self._error("unclosed-bracket", at, at + 1, sign=sign, closing=")" if sign == "(" else "]")
        line.depth = 0

    # ------------------------------------------------------------- blocks

    def _open(self, line: _Line) -> None:
        """Makes room for a new logical line: closes and opens levels, and hands out the comments above it."""
        indent = line.indent
        if not self.blocks or indent == 0:
            self._finish_block(indent)
            number = self.source.span(line.start, line.start).line
            self.blocks.append(Block(line.start - indent, line=number))
            if indent:
                self._error("indented-start", line.start - indent, line.start, fix="")
                self.shift = indent
                line.indent = 0
            self.levels = [(0, line.start)]
        else:
            top = self.levels[-1][0]
            if indent > top:
                self._add(("_INDENT", line.start, line.start, ""))
                self.levels.append((indent, line.start))
            else:
                self._leave_behind(indent)
                self._close(indent, line.start)
                top = self.levels[-1][0]
                if indent != top:
                    fix = " " * top
                    self._error(
                        "uneven-indent",
                        line.start - indent,
                        line.start,
                        have=str(indent),
                        want=str(top),
                        fix=fix,
                    )
                self.levels[-1] = (top, line.start)
        self._hand_out(line)

    def _leave_behind(self, indent: int) -> None:
        """Comments deeper than the line that comes next end the block in which they stand."""
        while self.pending and self.pending[0][0] > indent:
            at, comment = self.pending[0]
            within = [number for number, (level, _) in enumerate(self.levels) if indent < level <= at]
            if not within:
                return
            self.pending.pop(0)
            self._notes(self.levels[within[-1] - 1][1]).trailing.append(comment)

    def _close(self, indent: int, at: int) -> None:
        while len(self.levels) > 1 and indent < self.levels[-1][0] and indent <= self.levels[-2][0]:
            self.levels.pop()
            self._add(("_DEDENT", at, at, ""))

    def _hand_out(self, line: _Line) -> None:
        """Gives the comments since the last line to the line."""
        if not self.pending:
            return
        waiting, self.pending = self.pending, []
        notes = self._notes(line.start)
        for _, comment in waiting:
            (notes.description if comment.text.startswith("##") else notes.comments).append(comment)

    def _finish_line(self) -> None:
        line, self.line = self.line, None
        if line is None:
            return
        if line.depth > 0:
            self._unclosed(line)
        block = self.blocks[-1]
        block.tokens.extend(finish(line.raw))

    def _finish_block(self, indent: int) -> None:
        """Ends the current block; comments that stand inside it by their indentation stay with it."""
        if not self.blocks:
            return
        block = self.blocks[-1]
        if block.end:
            return
        last = block.tokens[-1][2] if block.tokens else block.start
        self._leave_behind(0)
        while len(self.levels) > 1:
            self.levels.pop()
            self._add(("_DEDENT", last, last, ""))
        while self.pending and self.pending[0][0] > 0:
            self._notes(self.levels[0][1]).trailing.append(self.pending.pop(0)[1])
        block.end = max([last, *(c.span.end for notes in block.notes.values() for c in notes.trailing)])

    # ----------------------------------------------------------- little things

    def _add(self, token: Token) -> None:
        self.blocks[-1].tokens.append(token)

    def _notes(self, start: int) -> Notes:
        return self.blocks[-1].notes.setdefault(start, Notes())

    def _span(self, start: int, end: int) -> Span:
        return self.source.span(start, end)

    def _error(self, code: str, start: int, end: int, fix: str | None = None, **facts: str) -> None:
        span = self._span(start, end)
        mend = None if fix is None else Fix(span, fix, f"write {fix.strip()}" if fix.strip() else "remove it")
        into = self.blocks[-1].diagnostics if self.blocks else self.stray
        into.append(Diagnostic(code, span, facts, fix=mend))


def _word(text: str, first: int, end: int) -> str:
    at = first
    while at < end and (text[at].isalnum() or text[at] == "_"):
        at += 1
    return text[first:at]


def _plain_number(value: str) -> str:
    """`1,000 EUR` without its comma; `12,50 EUR` with a point."""
    digits = value.rpartition(",")[2].rstrip("%ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    return value.replace(",", "." if len(digits) < 3 else "")
