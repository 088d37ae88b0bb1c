"""A template and all that it shares with others, worked into one before it is compiled.

Jinja looks for the frame that a template extends, sets up its blocks, and runs each macro in a module of its own,
anew for every message. Which text stands where is known before: the blocks are put into the frame, what is
included where it is included, and the body of a macro where it is called, with what is handed to it; then pages
that never change (`link("cart")` in a button) are text. What cannot be told beforehand, or would see other names in
its new place (a block inside a loop, a name set outside of all blocks, `loop` in a file that is included), is
left to Jinja as it stands: `flattened` gives None then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from itertools import chain
from typing import Any

from jinja2 import Environment, nodes

__all__ = ["OWN", "flattened"]

OWN = "_own_"
"""Before the name of something that templates are given: a macro sees that one, and none of a message's own."""

_MOST_NESTED = 20
"""How deep macros, blocks and files may lie in one another."""


class _AsItStandsError(Exception):
    """What a template does cannot be worked into one."""


def flattened(
    env: Environment, source: str, path: str, files: Mapping[str, str], link: Callable[[object], str]
) -> nodes.Template | None:
    """The tree of a template with what it shares worked in; None where that must be left to Jinja.

    `files` are those that templates share, by path; `link` gives the address of a page. What templates are given
    is among the globals of `env` also with `OWN` before its name. Raises TemplateSyntaxError.
    """
    try:
        return _Flattener(env, files, link).flat(env.parse(source), path)
    except (_AsItStandsError, RecursionError):
        return None


class _Macro:
    """A macro, and those beside it in its file."""

    __slots__ = ("beside", "node")

    def __init__(self, node: nodes.Macro, beside: _Macros) -> None:
        self.node = node
        self.beside = beside


_Macros = dict[str, _Macro]


class _Place:
    """Where a part of a template stands: its file, the macros that can be called there, the block it is in, as
    (name, which of the blocks of that name), and whether names are made there, which no other block sees.
    """

    __slots__ = ("block", "macros", "makes_names", "modules", "path")

    def __init__(
        self,
        path: str,
        macros: _Macros,
        modules: Mapping[str, _Macros],
        block: tuple[str, int] | None = None,
        makes_names: bool = False,
    ) -> None:
        self.path = path
        self.macros = macros
        self.modules = modules
        self.block = block
        self.makes_names = makes_names


class _Flattener:
    """Works one template into one."""

    def __init__(self, env: Environment, files: Mapping[str, str], link: Callable[[object], str]) -> None:
        self._env = env
        self._files = files
        self._link = link
        self._blocks: dict[str, list[tuple[nodes.Block, str]]] = {}
        """Name -> (the block, its file), the one that counts first."""
        self._macros: _Macros = {}
        self._modules: dict[str, _Macros] = {}
        self._depth = 0
        self._made = 0
        """How many names were made for those of macros."""

    def flat(self, tree: nodes.Template, path: str) -> nodes.Template:
        """The one template."""
        levels = [(tree, path)]
        while isinstance(extends := tree.body[0] if tree.body else None, nodes.Extends):
            if len(levels) > _MOST_NESTED:
                raise _AsItStandsError
            tree, path = self._file(extends.template, path)
            levels.append((tree, path))
        for tree, path in levels:
            self._take_blocks(tree, path)
            for node in tree.body:
                if isinstance(node, nodes.Import | nodes.FromImport):
                    self._take_import(node, path)
        for tree, _ in levels[:-1]:
            # What stands beside the blocks of a file that extends another is not shown, but names made there count.
            if not all(
                isinstance(node, nodes.Output | nodes.Block | nodes.Import | nodes.FromImport)
                for node in tree.body[1:]
            ):
                raise _AsItStandsError
        tree, path = levels[-1]
        outermost = [node for node in tree.body if not isinstance(node, nodes.Block)]
        if any(_found(node, nodes.Assign) for node in outermost):
            raise _AsItStandsError
        place = _Place(path, self._macros, self._modules)
        made = nodes.Template(self._statements(_after_imports(tree.body), place), lineno=1)
        made.set_environment(self._env)
        taken = {"self", "super", *self._macros, *self._modules}
        if any(name.name in taken for name in made.find_all(nodes.Name)):
            raise _AsItStandsError
        return made

    def _take_blocks(self, tree: nodes.Template, path: str) -> None:
        here: set[str] = set()
        for block in tree.find_all(nodes.Block):
            if block.scoped or block.required or block.name in here:
                raise _AsItStandsError
            here.add(block.name)
            self._blocks.setdefault(block.name, []).append((block, path))

    # -------------------------------------------------------------- files

    def _file(self, name: nodes.Expr, path: str) -> tuple[nodes.Template, str]:
        if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
            raise _AsItStandsError
        found = self._env.join_path(name.value, path)
        source = self._files.get(found)
        if source is None:
            raise _AsItStandsError
        return self._env.parse(source, found), found

    def _take_import(self, node: nodes.Import | nodes.FromImport, path: str) -> None:
        if node.with_context:
            raise _AsItStandsError
        tree, _ = self._file(node.template, path)
        macros: _Macros = {}
        for part in tree.body:
            if isinstance(part, nodes.Macro) and part.name not in macros:
                macros[part.name] = _Macro(part, macros)
            elif not _is_text(part):
                raise _AsItStandsError
        if isinstance(node, nodes.Import):
            self._is_new(node.target)
            self._modules[node.target] = macros
            return
        for name in node.names:
            known, here = (name, name) if isinstance(name, str) else name
            if known not in macros or known.startswith("_"):
                raise _AsItStandsError
            self._is_new(here)
            self._macros[here] = macros[known]

    def _is_new(self, name: str) -> None:
        if name in self._macros or name in self._modules:
            raise _AsItStandsError

    # --------------------------------------------------------- statements

    def _statements(
        self, body: Iterable[nodes.Node], place: _Place, inside: bool = False
    ) -> list[nodes.Node]:
        """Statements with what they share worked in. `inside` a loop or the like, whose names no block sees."""
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise _AsItStandsError
        found: list[nodes.Node] = []
        for node in body:
            if isinstance(node, nodes.Output):
                found += self._output(node, place, inside)
            elif isinstance(node, nodes.Block):
                found += self._block(node.name, 0, place, inside)
            elif isinstance(node, nodes.Include):
                found += self._include(node, place)
            elif isinstance(node, nodes.If):
                node.body = self._statements(node.body, place, inside)
                node.elif_ = [self._branch(branch, place, inside) for branch in node.elif_]
                node.else_ = self._statements(node.else_, place, inside)
                found.append(node)
            elif isinstance(node, nodes.For) and not node.recursive:
                node.body = self._statements(node.body, place, True)
                node.else_ = self._statements(node.else_, place, True)
                found.append(node)
            elif isinstance(node, nodes.With):
                node.body = self._statements(node.body, place, True)
                found.append(node)
            elif isinstance(node, nodes.Assign):
                found.append(node)
            else:
                raise _AsItStandsError
        self._depth -= 1
        return _joined(found)

    def _branch(self, branch: nodes.If, place: _Place, inside: bool) -> nodes.If:
        branch.body = self._statements(branch.body, place, inside)
        return branch

    def _output(self, node: nodes.Output, place: _Place, inside: bool) -> list[nodes.Node]:
        """What is printed; a call of a macro, of `super()` or of `self.title()` is what it stands for."""
        found: list[nodes.Node] = []
        plain: list[nodes.Expr] = []
        for part in node.nodes:
            worked_in = self._called(part, place, inside) if isinstance(part, nodes.Call) else None
            if worked_in is None:
                plain.append(part)
                continue
            if plain:
                found.append(nodes.Output(plain, lineno=node.lineno))
                plain = []
            found += worked_in
        if plain:
            found.append(nodes.Output(plain, lineno=node.lineno))
        return found

    def _called(self, call: nodes.Call, place: _Place, inside: bool) -> list[nodes.Node] | None:
        """The statements that a call stands for; None for one of something else."""
        called = call.node
        if isinstance(called, nodes.Name):
            if called.name == "super" and place.block is not None:
                _without_arguments(call)
                return self._block(place.block[0], place.block[1] + 1, place, inside)
            macro = place.macros.get(called.name)
            return None if macro is None else self._macro(macro, call)
        if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name):
            if called.node.name == "self":
                _without_arguments(call)
                return self._block(called.attr, 0, place, inside)
            module = place.modules.get(called.node.name)
            if module is not None:
                if called.attr not in module or called.attr.startswith("_"):
                    raise _AsItStandsError
                return self._macro(module[called.attr], call)
        return None

    def _block(self, name: str, number: int, outer: _Place, inside: bool) -> list[nodes.Node]:
        """What stands in a block, or (`super()`) in the one of that name that it takes the place of."""
        known = self._blocks.get(name, ())
        if number >= len(known) or inside or outer.makes_names:
            raise _AsItStandsError
        block, path = known[number]
        body = deepcopy(block.body)
        makes_names = any(_found(node, nodes.Assign) for node in body)
        place = _Place(path, self._macros, self._modules, (name, number), makes_names)
        made = self._statements(body, place)
        return [nodes.Scope(made, lineno=block.lineno)] if makes_names else made

    def _include(self, node: nodes.Include, place: _Place) -> list[nodes.Node]:
        if node.ignore_missing or not node.with_context:
            raise _AsItStandsError
        tree, path = self._file(node.template, place.path)
        if place.makes_names or _found(tree, nodes.Assign | nodes.Block) or _asks_for_a_loop(tree.body):
            raise _AsItStandsError
        return self._statements(tree.body, _Place(path, place.macros, place.modules), True)

    # ------------------------------------------------------------- macros

    def _macro(self, macro: _Macro, call: nodes.Call) -> list[nodes.Node]:
        """The body of a macro, with what a call hands to it."""
        if call.dyn_args is not None or call.dyn_kwargs is not None:
            raise _AsItStandsError
        node = macro.node
        names = [arg.name for arg in node.args]
        given = dict(zip(names, call.args, strict=False))
        for keyword in call.kwargs:
            if keyword.key in given or keyword.key not in names:
                raise _AsItStandsError
            given[keyword.key] = keyword.value
        for name, default in zip(reversed(names), reversed(node.defaults), strict=False):
            if name not in given and isinstance(default, nodes.Const):
                given[name] = default
        if len(call.args) > len(names) or given.keys() != set(names):
            raise _AsItStandsError
        body = deepcopy(node.body)
        read, made = _names(body)
        seen = read - made - set(names) - macro.beside.keys() - {"loop"}
        if (
            not seen <= self._env.globals.keys()
            or made & {*names, *macro.beside, *self._env.globals}
            or _asks_for_a_loop(body)
            or any(_found(part, nodes.Assign) for part in body)
        ):
            raise _AsItStandsError
        constants = {name: value for name, value in given.items() if isinstance(value, nodes.Const)}
        handed = [name for name in names if name not in constants]
        renamed = {name: OWN + name for name in seen}
        for name in (*handed, *sorted(made)):
            self._made += 1
            renamed[name] = f"{OWN}{self._made}_{name}"
        for part in body:
            _put_in(part, constants, renamed)
            self._put_pages_in(part)
        body = self._statements(body, _Place("", macro.beside, {}), True)
        if any(name.name in macro.beside for part in body for name in part.find_all(nodes.Name)):
            raise _AsItStandsError
        if not handed:
            return body
        targets: list[nodes.Expr] = [nodes.Name(renamed[name], "param") for name in handed]
        return [nodes.With(targets, [given[name] for name in handed], body, lineno=call.lineno)]

    def _put_pages_in(self, statement: nodes.Node) -> None:
        """Where the address of a page that never changes is printed, it is text."""
        for output in chain(
            [statement] if isinstance(statement, nodes.Output) else (), statement.find_all(nodes.Output)
        ):
            output.nodes = [self._page(part) for part in output.nodes]

    def _page(self, part: nodes.Expr) -> nodes.Expr:
        if (
            isinstance(part, nodes.Call)
            and isinstance(part.node, nodes.Name)
            and part.node.name == OWN + "link"
            and len(part.args) == 1
            and isinstance(part.args[0], nodes.Const)
            and not (part.kwargs or part.dyn_args or part.dyn_kwargs)
        ):
            return nodes.Const(self._link(part.args[0].value), lineno=part.lineno)
        return part


def _after_imports(body: list[nodes.Node]) -> list[nodes.Node]:
    """The outermost statements without the imports, which come before all else."""
    found: list[nodes.Node] = []
    for node in body:
        if not isinstance(node, nodes.Import | nodes.FromImport):
            found.append(node)
        elif not all(map(_is_text, found)):
            raise _AsItStandsError
    return found


def _found(node: nodes.Node, kind: Any) -> bool:
    """Whether a node is, or holds, one of a kind."""
    return isinstance(node, kind) or next(iter(_within(node, kind)), None) is not None


def _within(node: nodes.Node, kind: Any) -> Iterable[nodes.Node]:
    return (inner for inner in node.find_all(nodes.Node) if isinstance(inner, kind))


def _names(body: Iterable[nodes.Node]) -> tuple[set[str], set[str]]:
    """The names that statements read, and those that they make."""
    read: set[str] = set()
    made: set[str] = set()
    for part in body:
        for name in part.find_all(nodes.Name):
            (read if name.ctx == "load" else made).add(name.name)
    return read, made


def _asks_for_a_loop(body: Iterable[nodes.Node]) -> bool:
    """Whether `loop` stands outside of the statements' own loops: it would mean that of whoever they are put into."""
    for node in body:
        if isinstance(node, nodes.Name):
            if node.name == "loop":
                return True
        elif isinstance(node, nodes.For):
            if _asks_for_a_loop([node.iter, *node.else_]):
                return True
        elif _asks_for_a_loop(node.iter_child_nodes()):
            return True
    return False


def _joined(body: list[nodes.Node]) -> list[nodes.Node]:
    """The same statements, what is printed one after the other in one: texts beside one another become one text."""
    found: list[nodes.Node] = []
    for node in body:
        before = found[-1] if found else None
        if isinstance(node, nodes.Output) and isinstance(before, nodes.Output):
            before.nodes.extend(node.nodes)
        else:
            found.append(node)
    return found


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(isinstance(part, nodes.TemplateData) for part in node.nodes)


def _without_arguments(call: nodes.Call) -> None:
    if call.args or call.kwargs or call.dyn_args is not None or call.dyn_kwargs is not None:
        raise _AsItStandsError


def _put_in(node: nodes.Node, constants: Mapping[str, nodes.Const], renamed: Mapping[str, str]) -> None:
    """Puts constants where names stand for them, and gives other names to names."""
    for field, value in node.iter_fields():
        if isinstance(value, list):
            value[:] = [_replaced(item, constants, renamed) for item in value]
        elif isinstance(value, nodes.Node):
            setattr(node, field, _replaced(value, constants, renamed))


def _replaced(item: Any, constants: Mapping[str, nodes.Const], renamed: Mapping[str, str]) -> Any:
    if isinstance(item, nodes.Name):
        if item.name in constants and item.ctx == "load":
            return nodes.Const(constants[item.name].value, lineno=item.lineno)
        item.name = renamed.get(item.name, item.name)
    elif isinstance(item, nodes.Node):
        _put_in(item, constants, renamed)
    return item
