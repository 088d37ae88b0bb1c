"""The statements of a template, and of the files it shares with others.

A file that is included is walked where it is included, with all that is known there; a file that is extended with
the blocks that take the place of its own; a macro once by itself, and once more for every call, with what the call
hands to it. So a misspelt field is found in the shared file, at its line, with the types it has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn.dsl.check.messages import TextFile
from sojourn.dsl.check.report import nearest
from sojourn.dsl.check.shapes import ANY, Shape
from sojourn.dsl.check.template_files import File, SharedFiles, template_tree
from sojourn.dsl.check.template_values import Names, Sure, Values, View, names_in
from sojourn.dsl.diagnostics import Related

__all__ = ["Walk"]

_GIVEN_TO_MACROS = ("varargs", "kwargs", "caller")


@dataclass(frozen=True, slots=True)
class _Macro:
    """A macro, where it was written and what it sees there."""

    node: Any
    file: File
    names: Names = field(compare=False)
    view: View = field(compare=False)

    def uses(self, name: str) -> bool:
        """Whether a name of Jinja2's own (`varargs`) stands in its body."""
        return any(name in names_in(child) for child in self.node.body)


@dataclass(frozen=True, slots=True)
class _Super:
    """`super()` in a block: the block of that name that it takes the place of."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class _Module:
    """A file that was imported: the names it gives."""

    file: File
    names: Names = field(compare=False)


@dataclass
class Walk(Values):
    """Walks one template, in one view. `blocks` are those of the file at hand and of the files it extends, the one
    that counts first; `top` the names made outside of all blocks.
    """

    files: SharedFiles = field(kw_only=True)
    blocks: dict[str, list[tuple[Any, File]]] = field(default_factory=dict)
    top: Names = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _called_now: list[Any] = field(default_factory=list)
    _above: list[tuple[str, int]] = field(default_factory=list)
    """The blocks being walked, and which of the blocks of that name each is."""

    def walk(self) -> None:
        """The whole template."""
        self._file(self.file, {}, frozenset())

    # -------------------------------------------------------------- files

    @contextmanager
    def _at(self, file: File) -> Iterator[None]:
        outer, self.file = self.file, file
        yield
        self.file = outer

    def _tree(self, file: File) -> Any:
        """The tree of a file, or None after a report."""
        from jinja2 import TemplateSyntaxError

        try:
            return template_tree(file.text)
        except TemplateSyntaxError as error:
            why = _plain(error.message or "it cannot be read")
            self.world.report.error("template-syntax", file.place(error.lineno, ""), why=why)
            return None

    def _file(self, file: File, local: Names, sure: Sure) -> None:
        """A file with all that it extends. `local` are the names in sight where it is included."""
        outer = self.blocks, self.top
        self.blocks, self.top = {}, local
        local["self"] = ANY
        self._open.append(file.path)
        opened = 1
        with self._at(file):
            tree = self._tree(file)
            while tree is not None:
                self._take_blocks(tree)
                extends = self._extends(tree)
                if extends is None:
                    self._statements(tree.body, self.top, sure)
                    break
                self._outside_of_blocks(tree, sure)
                parent = self._shared(extends, extends.template)
                if parent is None:
                    break
                self._has_such_blocks(tree, parent)
                self._open.append(parent.path)
                opened += 1
                self.file = parent
                tree = self._tree(parent)
        del self._open[-opened:]
        self.blocks, self.top = outer

    def _shared(self, node: Any, name: Any) -> File | None:
        """The file that a tag asks for; None after a report, or where it may be missing."""
        from jinja2 import nodes

        report, tag = self.world.report, type(node).__name__.lower().removeprefix("from")
        if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
            report.error("template-which-file", self.file.place(node.lineno, ""), tag=tag)
            return None
        place = self.file.place(node.lineno, name.value)
        found = self.files.named(self.file.path, name.value)
        if isinstance(found, TextFile):
            if not getattr(node, "ignore_missing", False):
                code = "template-file-missing" if found.problem == "missing" else "file-unreadable"
                report.error(code, place, candidates=found.nearest, file=name.value, why=found.problem)
            return None
        if found.path in self._open:
            way = [*self._open[self._open.index(found.path) :], found.path]
            report.error("template-circle", place, file=name.value, circle=" → ".join(way))
            return None
        return found

    # ------------------------------------------------------- extends, block

    def _extends(self, tree: Any) -> Any:
        """The `extends` of a file, which stands outside of everything else; None where there is none."""
        from jinja2 import nodes

        outside = [node for node in tree.body if isinstance(node, nodes.Extends)]
        for node in tree.find_all(nodes.Extends):
            if node not in outside[:1]:
                self.world.report.error("template-extends-first", self.file.place(node.lineno, ""))
        return outside[0] if outside else None

    def _take_blocks(self, tree: Any) -> None:
        """Notes the blocks of a file behind those of the files that extend it."""
        from jinja2 import nodes

        here: dict[str, Any] = {}
        for node in tree.find_all(nodes.Block):
            if node.name in here:
                related = [Related(self.file.place(here[node.name].lineno, node.name), "the first one")]
                place = self.file.place(node.lineno, node.name)
                facts = {"name": node.name, "what": "block", "first": "block"}
                self.world.report.error("declared-twice", place, related=related, **facts)
                continue
            here[node.name] = node
            self.blocks.setdefault(node.name, []).append((node, self.file))

    def _outside_of_blocks(self, tree: Any, sure: Sure) -> None:
        """What stands beside the blocks of a file that extends another: names are made, text is never shown."""
        from jinja2 import nodes

        for node in tree.body:
            if isinstance(node, nodes.Output):
                lost: Any = next((part for part in node.nodes if _shows(part)), None)
                if lost is not None:
                    skipped = lost.data[: len(lost.data) - len(lost.data.lstrip())] if _is_text(lost) else ""
                    place = self.file.place(lost.lineno + skipped.count("\n"), "")
                    self.world.report.error("template-outside-blocks", place)
            elif not isinstance(node, (nodes.Block, nodes.Extends)):
                self._statement(node, self.top, sure)

    def _has_such_blocks(self, tree: Any, parent: File) -> None:
        """Whether each block of a file takes the place of one in the files it extends."""
        from jinja2 import TemplateSyntaxError, nodes

        known: list[str] = []
        seen: set[str] = set()
        above: File | TextFile | None = parent
        while isinstance(above, File) and above.path not in seen:
            seen.add(above.path)
            try:
                other = template_tree(above.text)
            except TemplateSyntaxError:
                return
            known += [node.name for node in other.find_all(nodes.Block)]
            further: list[Any] = [node.template for node in other.body if isinstance(node, nodes.Extends)]
            if further and not isinstance(further[0], nodes.Const):
                return
            above = self.files.named(above.path, str(further[0].value)) if further else None
        for node in tree.body:
            if isinstance(node, nodes.Block) and node.name not in known:
                self.world.report.error(
                    "template-no-block",
                    self.file.place(node.lineno, node.name),
                    candidates=nearest(node.name, known),
                    name=node.name,
                    file=parent.path,
                    have=", ".join(known) or "none",
                )

    def _block(self, name: str, number: int, local: Names, sure: Sure) -> None:
        """The block of that name that counts (number 0), or one that it takes the place of (`super()`)."""
        ways = self.blocks.get(name, [])
        if number >= len(ways) or (name, number) in self._above:
            return
        node, file = ways[number]
        self._above.append((name, number))
        inside = dict(local if node.scoped else self.top)
        inside["super"] = Shape("super", holds=_Super(name, number + 1))
        with self._at(file):
            self._statements(node.body, inside, sure)
        self._above.pop()

    # ------------------------------------------------------------- import

    def _import(self, node: Any, local: Names) -> None:
        """`{% import "x" as m %}` and `{% from "x" import a %}`."""
        targets = _imported(node)
        local.update({name: ANY for _, name in targets})
        file = self._shared(node, node.template)
        tree = self._tree(file) if file is not None else None
        if file is None or tree is None:
            return
        outer, inside = self.view, dict(local) if node.with_context else {}
        if not node.with_context:
            self.view = replace(outer, alone=True)
        before = set(inside)
        self._open.append(file.path)
        with self._at(file):
            self._statements(tree.body, inside, frozenset())
        self._open.pop()
        self.view = outer
        given = {name: shape for name, shape in inside.items() if name not in before and name[0] != "_"}
        module = _Module(file, given)
        for name, target in targets:
            if not name:
                local[target] = Shape(target, holds=module)
            else:
                local[target] = self._of_module(module, name, node)

    def _of_module(self, module: _Module, name: str, node: Any) -> Shape:
        if name in module.names:
            return module.names[name]
        self.world.report.error(
            "template-no-macro",
            self.file.place(node.lineno, name),
            candidates=nearest(name, module.names),
            name=name,
            file=module.file.path,
            have=", ".join(module.names) or "nothing",
        )
        return ANY

    def _into(self, base: Shape, name: str, node: Any) -> Shape:
        if isinstance(base.holds, _Module):
            return self._of_module(base.holds, name, node)
        return super()._into(base, name, node)

    # -------------------------------------------------------------- macros

    def _macro(self, node: Any, local: Names) -> None:
        macro = _Macro(node, self.file, local, self.view)
        local[node.name] = Shape(node.name, holds=macro)
        self._body(macro, {})

    def _body(self, macro: _Macro, given: Names) -> None:
        """The body of a macro, with what is handed to it."""
        if any(macro.node is node for node in self._called_now):
            return
        node = macro.node
        inside: Names = {**macro.names, **dict.fromkeys(_GIVEN_TO_MACROS, ANY)}
        outer, self.view = self.view, macro.view
        self._called_now.append(node)
        with self._at(macro.file):
            first = len(node.args) - len(node.defaults)
            for number, argument in enumerate(node.args):
                default = (
                    self._shape(node.defaults[number - first], inside, frozenset())
                    if number >= first
                    else ANY
                )
                inside[argument.name] = given.get(argument.name, default if given else ANY)
            self._statements(node.body, inside, frozenset())
        self._called_now.pop()
        self.view = outer

    def _called(self, node: Any, called: Shape, local: Names, sure: Sure) -> Shape:
        macro = called.holds
        if isinstance(macro, _Super):
            self._block(macro.name, macro.number, local, sure)
            return ANY
        if not isinstance(macro, _Macro):
            return ANY
        names = [argument.name for argument in macro.node.args]
        too_many = len(node.args) > len(names) and node.dyn_args is None and not macro.uses("varargs")
        strange = [pair.key for pair in node.kwargs if pair.key not in names and not macro.uses("kwargs")]
        if strange:
            self.world.report.error(
                "template-no-argument",
                self.file.place(node.lineno, strange[0]),
                candidates=nearest(strange[0], names),
                name=strange[0],
                macro=macro.node.name,
                have=", ".join(names) or "nothing",
            )
        elif too_many:
            self.world.report.error(
                "wrong-arguments",
                self.file.place(node.lineno, macro.node.name),
                name=macro.node.name,
                wants=str(len(names)),
                got=str(len(node.args)),
                example=f"{macro.node.name}({', '.join(names)})",
            )
        given = {key: self._shape(value, local, sure) for key, value in zip(names, node.args, strict=False)}
        given.update({pair.key: self._shape(pair.value, local, sure) for pair in node.kwargs})
        if given:
            self._body(macro, given)
        return ANY

    # ---------------------------------------------------------- statements

    def _statements(self, nodes: list[Any], local: Names, sure: Sure) -> None:
        """`local` are names the template itself makes; `sure` are names whose presence was asked for around
        here.
        """
        for node in nodes:
            self._statement(node, local, sure)

    def _statement(self, node: Any, local: Names, sure: Sure) -> None:
        kind = type(node).__name__
        if kind == "Output":
            for part in node.nodes:
                if type(part).__name__ != "TemplateData":
                    self._shape(part, local, sure)
        elif kind == "If":
            asked = sure | names_in(node.test)
            before = len(self.world.report.found)
            self._shape(node.test, local, asked)
            if len(self.world.report.found) > before:  # whatever it meant to ask for
                asked |= self.view.maybe
            self._statements(node.body, local, asked)
            for other in node.elif_:
                self._statement(other, local, sure)
            self._statements(node.else_, local, sure)
        elif kind == "For":
            self._for(node, local, sure)
        elif kind == "Assign":
            shape = self._shape(node.node, local, sure)
            for name in _targets(node.target):
                local[name] = shape if type(node.target).__name__ == "Name" else ANY
        elif kind == "AssignBlock":
            self._statements(node.body, dict(local), sure)
            local.update(dict.fromkeys(_targets(node.target), ANY))
        elif kind == "With":
            inside = dict(local)
            for target, value in zip(node.targets, node.values, strict=True):
                shape = self._shape(value, local, sure)
                inside.update(dict.fromkeys(_targets(target), shape))
            self._statements(node.body, inside, sure)
        elif kind == "Macro":
            self._macro(node, local)
        elif kind == "CallBlock":
            self._shape(node.call, local, sure)
            self._statements(node.body, {**local, **{argument.name: ANY for argument in node.args}}, sure)
        elif kind == "Include":
            file = self._shared(node, node.template)
            if file is not None:
                self._file(file, dict(local), sure)
        elif kind in ("Import", "FromImport"):
            self._import(node, local)
        elif kind == "Block":
            self._block(node.name, 0, local, sure)
        elif kind != "Extends":
            for child in node.iter_child_nodes():
                self._shape(child, local, sure) if _is_expression(child) else self._statement(
                    child, local, sure
                )

    def _for(self, node: Any, local: Names, sure: Sure) -> None:
        items = self._shape(node.iter, local, sure)
        item = self._item(items, node)
        inside = dict(local)
        for name in _targets(node.target):
            inside[name] = item if type(node.target).__name__ == "Name" else ANY
        inside["loop"] = ANY
        if node.test is not None:
            self._shape(node.test, inside, sure)
        self._statements(node.body, inside, sure)
        self._statements(node.else_, local, sure)


def _imported(node: Any) -> list[tuple[str, str]]:
    """(the name in the file, the name here) of what is imported; "" for the whole file."""
    if type(node).__name__ == "Import":
        return [("", node.target)]
    return [(name, name) if isinstance(name, str) else (name[0], name[1]) for name in node.names]


def _is_text(node: Any) -> bool:
    return type(node).__name__ == "TemplateData"


def _shows(node: Any) -> bool:
    """Whether a part of the output shows anything."""
    return not _is_text(node) or bool(node.data.strip())


def _targets(node: Any) -> list[str]:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return [node.name]
    return [found.name for found in node.find_all(nodes.Name)]


def _is_expression(node: Any) -> bool:
    from jinja2 import nodes

    return isinstance(node, nodes.Expr)


_IN_OTHER_WORDS = (
    (r"expected token '(?:end of .*)', got '='", "two values are compared with `==`, not with `=`"),
    (
        r"expected token 'end of print statement', got '(.+)'",
        r"“\1” is one word too many inside `{{ … }}` (a name has no spaces in it)",
    ),
    (r"expected token 'end of statement block', got '(.+)'", r"“\1” is one word too many inside `{% … %}`"),
    (
        r"(?:expected an expression, got|unexpected) 'end of print statement'\.?",
        "a value is missing before `}}`",
    ),
    (
        r"(?:expected an expression, got|unexpected) 'end of statement block'\.?",
        "a condition is missing before `%}`",
    ),
    (
        r"expected token 'name', got '\|'",
        "`|` stands twice: it is `or` that is written between two conditions",
    ),
    (r"expected token 'name', got '.*'", "a name is missing, such as that of a filter behind `|`"),
    (r"expected name or number", "a name is missing behind the point"),
    (r"expected token ':', got '}'", "there is a brace too many: a value stands between two pairs of them"),
    (r"unexpected char '&' at .*", "it is `and` that is written between two conditions, not `&`"),
    (r"unexpected char '\?' at .*", "it is `A if CONDITION else B` that chooses between two values, not `?`"),
    (r"unexpected char '\"' at .*", "a text begins with a quotation mark and never ends"),
    (r"unexpected char '(.)' at .*", r"the sign `\1` has no meaning there"),
    (r"expected token '(.+)', got 'end of .*'", r"`\1` is missing"),
    (r"expected token '(.+)', got '(.+)'", r"`\1` is missing before “\2”"),
    (r"[Uu]nexpected end of template.*", "it ends in the middle of a tag"),
)
"""What Jinja2 says of a slip, and how it is said to an author."""


def _plain(message: str) -> str:
    """Jinja2's message as the rest of a sentence, in the author's words where it has words of its own."""
    open_block = re.search(r"innermost block that needs to be closed is '(\w+)'", message)
    if open_block:
        word = open_block[1]
        return f"`{{% {word} … %}}` begins and never ends: `{{% end{word} %}}` is missing"
    sign = re.match(r"unexpected '(.)'", message)
    if sign and sign[1] in "{}":
        return f"a brace is missing or one too many, near `{sign[1]}`"
    unknown = re.match(r"Encountered unknown tag '(\w+)'", message)
    if unknown:
        return f"`{{% {unknown[1]} %}}` is not known, or closes what was never opened"
    for pattern, words in _IN_OTHER_WORDS:
        found = re.fullmatch(pattern, message)
        if found:
            return found.expand(words)
    message = message.rstrip(".")
    return message[0].lower() + message[1:] if message[:2].istitle() else message
