"""Writes grammar.js from the grammar of the language itself, so that the two cannot drift apart.

    python editors/tree-sitter-journey/generate.py            writes grammar.js, and the parser from it (src/)
    python editors/tree-sitter-journey/generate.py --check    says whether both are up to date (exit code 1 when not)

The parser is made by `tree-sitter generate`, so that program is needed to write (not to check); TREE_SITTER says where
it is if it is not on the path. The first line of src/parser.c says which grammar.js it was made from. What is not
in the grammar but in the layout pass (lines, blocks, where a `where` ends, phrases of several words) is in
src/scanner.c.

How the rules are carried over. A rule of Lark becomes a rule of the same name; one that begins with `?` or `_`
is hidden; an alternative with a name of its own (`-> compare`) becomes a rule of that name. tree-sitter allows no
rule that matches nothing: such a rule is made to match something, and is optional wherever it is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from lark import Token, Tree
from lark.load_grammar import load_grammar

from sojourn.dsl.grammar.build import GRAMMAR

HERE = Path(__file__).parent

# What the scanner makes; the grammar's own names for them, as nodes.
SCANNED = {
    "_NL": "_newline",
    "_INDENT": "_indent",
    "_DEDENT": "_dedent",
    "_END_WHERE": "_end_where",
    "_END_OWN_WHERE": "_end_own_where",
    "_IS_NOT": "is_not",
    "_NOT_IN": "not_in",
    "_NOT_BETWEEN": "not_between_word",
    "_IN_LAST": "in_last",
    "_WINDOW_BETWEEN": "window_between_word",
    "_SINCE_START": "since_start_words",
    "_UP_TO": "up_to_words",
    "_ARG_COMMA": "argument_comma",
    "_AT_LEAST": "at_least_words",
    "_AT_MOST": "at_most_words",
    "_WITHIN_DISTANCE": "within_words",
}

_NUMBER = r"\d+(_\d{3})*(\.\d+)?"
_UNIT = r"(second|minute|hour|day|week|month|year)s?"
_WORD = r"[A-Za-z_]\w*"

TOKENS = {
    "NAME": _WORD,
    "DOTTED": rf"{_WORD}(\.{_WORD}|\[\d+\])+",
    "MOMENT": r"\d{4}-\d\d-\d\d( +|T)\d\d?:\d\d(:\d\d)?",
    "DATE": r"\d{4}-\d\d-\d\d",
    "CLOCK": r"\d\d?:\d\d(:\d\d)?",
    "PERCENT": rf"{_NUMBER} *%",
    "DURATION": rf"{_NUMBER} *{_UNIT}( +{_NUMBER} *{_UNIT})*",
    "DISTANCE": rf"{_NUMBER} *(km|m|miles?)",
    "MONEY": rf"{_NUMBER} *[A-Z]{{3}}",
    "NUMBER": _NUMBER,
    "COMPARE": r"<=|>=|<|>",
    "TIMES_OR_OVER": r"[*/]",
}

# Rules whose `where` goes on over line breaks: nothing else could follow it there (see dsl/tokens.py).
OWN_WHERE = ("start_on_event", "start_on_change", "exit_on", "goal", "awaited")

Rule = Any


class Carrier:
    """The rules of grammar.js in the making: by name, each a node of the form [what, *parts]."""

    def __init__(self) -> None:
        grammar, _ = load_grammar(GRAMMAR.read_text(encoding="utf-8"), GRAMMAR.name, [], False)
        self.defined = {
            str(name): (tree, options) for name, _, tree, options in grammar.rule_defs if name != "start"
        }
        self.rules: dict[str, Rule] = {}
        self.aliases: dict[str, list[Rule]] = {}

    def run(self) -> dict[str, Rule]:
        for name in self.defined:
            tree, _ = self.defined[name]
            self.rules[self.named(name)] = self.node(tree, name)
        for alias, forms in self.aliases.items():
            form = forms[0] if len(forms) == 1 else ["choice", *forms]
            said = alias
            if said in self.rules:
                self.rules[said] = ["choice", self.rules[said], form]
            else:
                self.rules[said] = form
        self.rules["own_where"] = [
            "seq",
            ["word", "where"],
            ["rule", "_condition"],
            ["rule", "_end_own_where"],
        ]
        self.rules["race_awaited"] = self.in_race(self.rules["awaited"])
        self.rules["race"] = self.swapped(self.rules["race"], "awaited", "race_awaited")
        return self.without_nothing(self.rules)

    # ------------------------------------------------------------- names

    def named(self, name: str) -> str:
        """A rule's name in grammar.js: hidden ones begin with an underscore."""
        if name.startswith("_"):
            return name
        options = self.defined[name][1]
        return f"_{name}" if options.expand1 else name

    # ------------------------------------------------------------- rules

    def node(self, tree: Any, inside: str) -> Rule:
        if isinstance(tree, Token):
            raise AssertionError(tree)
        kids = tree.children
        match tree.data:
            case "expansions":
                forms = [self.node(kid, inside) for kid in kids]
                return forms[0] if len(forms) == 1 else ["choice", *forms]
            case "expansion":
                parts = [self.node(kid, inside) for kid in kids]
                return parts[0] if len(parts) == 1 else ["seq", *parts]
            case "alias":
                form = self.node(kids[0], inside)
                if kids[1] is None:
                    return form
                return self.aliased(form, str(kids[1].name), inside)
            case "value":
                return self.value(kids[0], inside)
            case "maybe":
                return ["optional", self.node(kids[0], inside)]
            case "expr":
                part = self.node(kids[0], inside)
                how = {"?": "optional", "*": "repeat", "+": "repeat1"}[str(kids[1])]
                return [how, part]
        raise AssertionError(tree.data)

    def aliased(self, form: Rule, alias: str, inside: str) -> Rule:
        if alias in ("name", "path", "word", "names"):
            return form  # what kind of name it is says the rule's own name
        known = self.aliases.setdefault(alias, [])
        if form not in known:
            known.append(form)
        return ["rule", alias]

    def value(self, said: Any, inside: str) -> Rule:
        if isinstance(said, Tree):
            if said.data == "literal":
                word = str(said.children[0])[1:-1]
                return ["word", word]
            raise AssertionError(said)
        name = str(said.name)
        if name in SCANNED:
            return ["rule", SCANNED[name]]
        if name in TOKENS or name == "TEXT":
            return ["rule", f"_{name.lower()}" if name in ("NAME", "DOTTED") else f"{name.lower()}_token"]
        if name == "where" and inside in OWN_WHERE:
            return ["alias", "own_where", "where"]
        return ["rule", self.named(name)]

    def swapped(self, form: Rule, old: str, new: str) -> Rule:
        if form == ["rule", old]:
            return ["alias", new, old]
        if isinstance(form, list):
            return [self.swapped(part, old, new) for part in form]
        return form

    def in_race(self, form: Rule) -> Rule:
        """What is awaited in a race stands on a line of its own, where a `where` ends as everywhere else."""
        if form == ["alias", "own_where", "where"]:
            return ["rule", "where"]
        if isinstance(form, list):
            return [self.in_race(part) for part in form]
        return form

    # ------------------------------------------------- rules of nothing

    def without_nothing(self, rules: dict[str, Rule]) -> dict[str, Rule]:
        empty: set[str] = set()
        while True:
            more = {name for name, form in rules.items() if name not in empty and nullable(form, empty)}
            if not more:
                break
            empty |= more
        done = {}
        for name, form in rules.items():
            form = something(form, empty) if name in empty else form
            done[name] = optional_uses(form, empty)
        return done


def nullable(form: Rule, empty: set[str]) -> bool:
    match form[0]:
        case "optional" | "repeat":
            return True
        case "seq":
            return all(nullable(part, empty) for part in form[1:])
        case "choice":
            return any(nullable(part, empty) for part in form[1:])
        case "rule":
            return form[1] in empty
        case "repeat1":
            return nullable(form[1], empty)
    return False


def something(form: Rule, empty: set[str]) -> Rule:
    """A form that matches the same but never nothing."""
    match form[0]:
        case "optional":
            return something(form[1], empty)
        case "repeat":
            return ["repeat1", form[1]]
        case "choice":
            return ["choice", *(something(part, empty) for part in form[1:])]
        case "seq":
            if len(form) == 2:
                return something(form[1], empty)
    if not nullable(form, empty):
        return form
    raise AssertionError(f"a sequence of optional parts: {form}")


def optional_uses(form: Rule, empty: set[str]) -> Rule:
    if form[0] == "rule" and form[1] in empty:
        return ["optional", form]
    if form[0] in ("optional", "repeat", "repeat1", "seq", "choice"):
        return [form[0], *(optional_uses(part, empty) for part in form[1:])]
    return form


def flat(form: Rule) -> Rule:
    """Sequences in sequences and choices in choices as one."""
    if not isinstance(form, list) or form[0] in ("rule", "word", "alias"):
        return form
    parts = [flat(part) for part in form[1:]]
    if form[0] in ("seq", "choice"):
        out: list[Rule] = []
        for part in parts:
            out.extend(part[1:] if part[0] == form[0] else [part])
        if form[0] == "choice":
            out = [part for at, part in enumerate(out) if part not in out[:at]]
        return out[0] if len(out) == 1 else [form[0], *out]
    return [form[0], *parts]


def js(form: Rule) -> str:
    match form[0]:
        case "word":
            return json.dumps(form[1])
        case "rule":
            return f"$.{form[1]}"
        case "alias":
            return f"alias($.{form[1]}, $.{form[2]})"
    return f"{form[0]}({', '.join(js(part) for part in form[1:])})"


def grammar() -> str:
    """The text of grammar.js."""
    rules = {name: flat(form) for name, form in Carrier().run().items()}
    externals = ",\n    ".join(f"$.{name}" for name in SCANNED.values())
    body = "\n\n".join(f"    {name}: $ => {js(form)}," for name, form in rules.items())
    tokens = []
    for name, pattern in TOKENS.items():
        said = f"_{name.lower()}" if name in ("NAME", "DOTTED") else f"{name.lower()}_token"
        regex = pattern.replace("/", r"\/")
        tokens.append(f"    {said}: $ => /{regex}/,")
    return f"""\
// Made by generate.py from the grammar of the language (dsl/grammar/journey.lark). Do not edit.

module.exports = grammar({{
  name: "journey",

  externals: $ => [
    {externals},
    $._name,
    $._text_long,
    $._error_sentinel,
  ],

  extras: $ => [/[ \\t\\r\\n]/, $.comment],

  word: $ => $._name,

  rules: {{
    source_file: $ => repeat($._declaration),

{body}

{chr(10).join(tokens)}

    text_token: $ => choice($._text_short, $._text_long),

    _text_short: $ => /"([^"\\\\\\n]|\\\\.)*"/,

    comment: $ => token(/#[^\\n]*/),
  }},
}});
"""


def fingerprint(text: str) -> str:
    return f"/* made from grammar.js {hashlib.blake2b(text.encode(), digest_size=8).hexdigest()} */\n"


def main() -> int:
    target, parser = HERE / "grammar.js", HERE / "src" / "parser.c"
    text = grammar()
    if "--check" in sys.argv[1:]:
        with parser.open(encoding="utf-8") as file:
            made_from = file.readline()
        if target.read_text(encoding="utf-8") == text and made_from == fingerprint(text):
            return 0
        print("The tree-sitter grammar is not what the grammar of the language says: run generate.py")
        return 1
    target.write_text(text, encoding="utf-8")
    program = os.environ.get("TREE_SITTER", "tree-sitter")
    if shutil.which(program) is None:
        print("grammar.js is written; for the parser, install tree-sitter's command line and run this again")
        return 1
    subprocess.run([program, "generate", "--no-bindings"], cwd=HERE, check=True)
    parser.write_text(fingerprint(text) + parser.read_text(encoding="utf-8"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
