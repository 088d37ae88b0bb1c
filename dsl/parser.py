"""One file's text becomes its part of the syntax tree; every mistake of syntax in it is reported.

Each block (a declaration, found by the layout pass) is parsed alone. Where the parser refuses a token, the mistake is
reported, the line it stands on is left out with all that stands below it, and the rest of the block is parsed again
for further mistakes. A block with a mistake is not in the tree; `resolve` remembers the names it would have declared.
"""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping, Sequence

from sojourn.dsl import ast
from sojourn.dsl.construct import ACTIONS, Maker
from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.grammar import Refusal, parse
from sojourn.dsl.layout import Block, lay_out
from sojourn.dsl.moved import moved
from sojourn.dsl.source import SourceFile
from sojourn.dsl.tokens import Token

__all__ = ["KnownBlocks", "parse_file"]

KnownBlocks = MutableMapping[Hashable, "list[_Known]"]
"""What blocks came to, by all that this follows from but the place, for parsing an edited file again."""

_Known = tuple[int, int, "ast.Declaration | None", tuple[Diagnostic, ...]]
"""Where a block began, on which line, its tree and its mistakes."""

MOST_MISTAKES = 20
"""How many mistakes of syntax are looked for in one block."""

MOST_NESTED = 100
"""How deep things may lie in one another: blocks, brackets, and what is joined by signs in one line. Nobody could read
more, nor could the passes that follow them down.
"""

_LAYOUT = frozenset({"_NL", "_INDENT", "_DEDENT", "$END", "_END_WHERE"})


def parse_file(
    source: SourceFile, known: KnownBlocks | None = None
) -> tuple[ast.File, tuple[Diagnostic, ...]]:
    """The tree of a file, and its mistakes of syntax in the order in which they stand.

    `known` is filled with what each block came to; a block whose text is the same is not parsed again, also when it was
    moved.
    """
    blocks, comments, diagnostics = lay_out(source)
    declarations: list[ast.Declaration] = []
    kept: KnownBlocks = {}
    for block in blocks:
        key = _key(source, block) if known is not None else None
        found = _known(known.get(key, ()), block) if known is not None else None
        if found is None:
            found = (block.start, block.line, *_block(source, block))
        kept.setdefault(key, []).append(found)
        _, _, declaration, mistakes = found
        if declaration is not None:
            declarations.append(declaration)
        diagnostics.extend(mistakes)
    if known is not None:
        known.clear()
        known.update(kept)
    end = len(source.text)
    file = ast.File(source.path, tuple(declarations), span=source.span(0, end), trailing=tuple(comments))
    return file, tuple(sorted(diagnostics, key=lambda d: d.span.start))


def _key(source: SourceFile, block: Block) -> Hashable:
    """The text of a block, and what stands around that: the comments above its first line and below its last, and what
    the layout had to say. All places are counted from where the block begins.
    """
    start, line = block.start, block.line
    said = [(found.code, found.span.start - start) for found in block.diagnostics]
    around = [
        (place - start, kind, comment.span.start - start, comment.span.line - line, comment.text)
        for place, notes in block.notes.items()
        for kind, comments in enumerate((notes.description, notes.comments, notes.trailing))
        for comment in comments
    ]
    column = start - source.line_starts[line - 1]
    return source.text[start : block.end], column, len(block.tokens), tuple(around), tuple(said)


def _known(found: Sequence[_Known], block: Block) -> _Known | None:
    """What a block with the same key came to, moved to its place; None where there is none, or where there are mistakes
    to be told anew.
    """
    for known in found:
        if known[:2] == (block.start, block.line):
            return known
    for start, line, declaration, mistakes in found:
        if declaration is not None and not mistakes:
            there = moved(declaration, block.start - start, block.line - line)
            return block.start, block.line, there, mistakes
    return None


def _block(source: SourceFile, block: Block) -> tuple[ast.Declaration | None, tuple[Diagnostic, ...]]:
    maker = Maker(source, block.notes)
    mistakes = list(block.diagnostics)
    if block.diagnostics and block.diagnostics[0].code == "unclosed-text":
        return None, tuple(mistakes)
    tokens = block.tokens
    if len(tokens) > MOST_NESTED and (deep := _too_deep(tokens)) is not None:
        place = source.span(deep[1], deep[2])
        return None, (*mistakes, Diagnostic("too-deep", place, {"most": str(MOST_NESTED)}))
    declaration: ast.Declaration | None = None
    reported = {_line_of(source, d.span.start) for d in mistakes}
    while True:
        maker.diagnostics = []
        try:
            declaration = parse(tokens, maker, ACTIONS)
        except Refusal as refusal:
            line = _line_of(source, refusal.token[1])
            first = not mistakes
            # After a line was left out, a block that now seems empty or short is no mistake of the author's.
            if first or (refusal.token[0] not in _LAYOUT and line not in reported):
                from sojourn.dsl.refusals import explain  # its words are needed only when something is wrong

                mistakes.append(explain(source, tokens, refusal))
                reported.add(line)
            shorter = _without(tokens, refusal.at)
            if shorter is None or len(mistakes) >= MOST_MISTAKES:
                break
            tokens = shorter
        else:
            # A line that was left out is not missing: what is wrong in it has been told.
            complete = tokens is block.tokens
            mistakes.extend(d for d in maker.diagnostics if complete or d.code != "incomplete-block")
            break
    return (None if mistakes else declaration), tuple(mistakes)


def _too_deep(tokens: list[Token]) -> Token | None:
    """The first token of a block that lies too deep; None where none does."""
    deep = chain = 0
    for token in tokens:
        kind = token[0]
        if kind in ("_INDENT", "(", "["):
            deep += 1
        elif kind in ("_DEDENT", ")", "]"):
            deep -= 1
        elif kind in ("+", "-", "TIMES_OR_OVER") or token[3] == "not":
            chain += 1
        elif kind == "_NL":
            chain = 0
        if deep + chain > MOST_NESTED:
            return token
    return None


def _line_of(source: SourceFile, at: int) -> int:
    return source.span(at, at).line


def _without(tokens: list[Token], at: int) -> list[Token] | None:
    """The tokens without the line that token `at` stands on and what is below it; None for the first line."""
    at = min(at, len(tokens) - 1)
    if tokens[at][0] in ("_DEDENT", "_INDENT") and at:
        at -= 1
    begin = at
    while begin > 0 and tokens[begin - 1][0] not in ("_NL", "_INDENT", "_DEDENT"):
        begin -= 1
    if begin == 0:
        return None
    end = _after_line(tokens, begin)
    word = tokens[begin][3]
    if word in ("if", "else"):
        while end < len(tokens) and tokens[end][3] == "else" and tokens[end][0] == "WORD":
            end = _after_line(tokens, end)
    if tokens[begin - 1][0] == "_INDENT" and end < len(tokens) and tokens[end][0] == "_DEDENT":
        begin, end = begin - 1, end + 1
    return [*tokens[:begin], *tokens[end:]]


def _after_line(tokens: list[Token], at: int) -> int:
    """The token behind a line that begins at `at` and the block below it."""
    while at < len(tokens) and tokens[at][0] != "_NL":
        at += 1
    at += 1
    depth = 0
    while at < len(tokens):
        depth += (tokens[at][0] == "_INDENT") - (tokens[at][0] == "_DEDENT")
        if depth <= 0 and tokens[at][0] != "_DEDENT":
            return at
        if depth < 0:
            return at
        at += 1
    return at
