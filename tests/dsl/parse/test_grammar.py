"""The grammar has no conflict, the shipped table is the grammar's, and every state of the parser has words."""

from __future__ import annotations

import json

from sojourn.dsl.construct import ACTIONS
from sojourn.dsl.grammar import load
from sojourn.dsl.grammar.build import TABLE, build
from sojourn.dsl.messages.constructs import CONSTRUCTS, KINDS_OF_NAMES, TERMINALS

MARKS = {"_NL", "_INDENT", "_DEDENT", "_END_WHERE", "$END", "NAME"}


def test_lark_finds_no_conflict_in_the_grammar_and_the_shipped_table_is_what_it_builds() -> None:
    assert build(strict=True) == json.loads(TABLE.read_text(encoding="utf-8"))


def test_every_rule_makes_something() -> None:
    missing = {call for _, _, call, _, single in load().rules if call and not single} - set(ACTIONS)
    # Rules that one child always stands for never make a node.
    assert missing <= {"start", "declaration"}


def test_every_state_knows_what_is_being_read() -> None:
    table = load()
    silent = [names for names in table.reading[1:] if names and not any(name in CONSTRUCTS for name in names)]
    # A name by itself, a literal and a helper say nothing of what they stand in: the states below them do.
    assert {name for names in silent for name in names} <= {
        "name", "word", "names", "path", "text", "number", "money", "percent", "duration", "date", "clock", "moment",
        "distance", "boolean", "true", "false", "block", "start", "$root_start", "called", "required", "private",
        "identifies", "toward_goal", "sticky", "drop", "history", "sequel", "aggregated", "atom", "factor", "instant",
        "with_arguments", "zone", "sent_detail", "modifier", "called_detail", "parts_detail", "emitted_detail",
        "not_emitted_detail", "ended_detail", "started_detail", "row_text", "row_duration", "row_moment",
    }  # fmt: skip


def test_whatever_may_come_is_said_in_words() -> None:
    table = load()
    terminals = {terminal for row in table.actions for terminal in row} - MARKS
    assert terminals - set(TERMINALS) == set()
    wanted = {name for names in table.names for name in names}
    assert wanted - set(KINDS_OF_NAMES) == set()


def test_no_construct_has_words_for_nothing() -> None:
    known = {name for names in load().reading for name in names}
    unused = set(CONSTRUCTS) - known - {"declaration"}
    assert unused == set()
