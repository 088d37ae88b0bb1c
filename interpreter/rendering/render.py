"""Messages: Jinja2 templates, sandboxed, filled in with what is known of a person and a run.

In a template are `profile` (fields and attributes), `event` (the one that started the run), the run's
variables, what `send … with` gives, every attribute by its own name, what decisions and recommendations picked,
and `link('cart')`. What is missing prints nothing. Money prints as `59.00 EUR`, a date as `2026-11-23`, a
moment as `2026-11-23 09:00` in the person's time zone. A `ref` is followed to its catalog's row:
`event.items[0].product.name`; by itself it prints its key.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from jinja2 import ChainableUndefined, DictLoader, Template, TemplateError, meta, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sojourn.dsl import checked
from sojourn.dsl.functions import FUNCTIONS
from sojourn.dsl.types import DATETIME, Type
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.functions import person_zone
from sojourn.interpreter.library.in_messages import in_message
from sojourn.interpreter.rendering.flattened import OWN, flattened
from sojourn.interpreter.rendering.values import (
    NOTHING,
    VIEWS,
    Offer,
    Profile,
    Shapes,
    Show,
    date_filter,
    money_filter,
    money_shown,
    printed,
    printed_html,
    printed_text,
)  # fmt: skip

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["RenderError", "Renderer", "money_shown"]


class RenderError(Exception):
    """A template that could not be filled in. The text says which and why, for the record."""


class _Link:
    """`link('cart')` in a message: a page below where links lead, or a whole address as it is."""

    __slots__ = ("_links",)

    def __init__(self, links: str) -> None:
        self._links = links

    def __call__(self, target: Any = "") -> str:
        text = str(target)
        if text.startswith(("https://", "http://")):
            return text
        return self._links + quote(text.lstrip("/"), safe="/?=&#%")


class _Generator(CodeGenerator):
    """Jinja's compiler, which here prints what is filled in by one function."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.printed_{'html' if frame.eval_ctx.autoescape else 'text'}(")

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile:
            super()._output_child_post(node, frame, finalize)
        else:
            self.write(")")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which does not look at our own views and `link` again each time they are used: there is
    nothing in them but what a template may see. Half of the time of a message went into that.
    """

    code_generator_class = _Generator
    printed_html = staticmethod(printed_html)
    printed_text = staticmethod(printed_text)

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind: type = obj.__class__
        if kind in VIEWS and not attribute.startswith("_"):
            return obj[attribute]
        return super().getattr(obj, attribute)

    def join_path(self, template: str, parent: str) -> str:
        """A file is named from the folder of the file that asks for it."""
        return os.path.normpath(os.path.join(os.path.dirname(parent), template)).replace(os.sep, "/")

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        if __obj.__class__ is _Link and not kwargs:
            return __obj(*args)
        return super().call(__context, __obj, *args, **kwargs)


def environment(html: bool, files: Mapping[str, str] | None = None) -> ImmutableSandboxedEnvironment:
    """The sandbox in which templates are read; `html` escapes what is filled in. `files` are those that templates
    share, by path.
    """
    loader = DictLoader(files) if files else None
    made = _Sandbox(autoescape=html, undefined=ChainableUndefined, finalize=printed, loader=loader)
    made.filters["money"] = money_filter
    made.filters["date"] = date_filter
    made.globals = {"range": made.globals["range"], "dict": made.globals["dict"]}
    return made


class _Parts(NamedTuple):
    """The parts of a message or an offer; the names that are used in them, and among them those of decisions and
    recommendations (`choices`), of attributes and of functions.
    """

    templates: dict[str, Template | str]
    names: frozenset[str]
    choices: tuple[str, ...]
    attributes: tuple[str, ...]
    functions: tuple[str, ...]


class Renderer:
    """The templates of a program, each compiled when first used."""

    __slots__ = ("_chosen", "_environments", "_globals", "_link", "_made", "_offers", "_program", "_shapes")

    def __init__(self, program: Program) -> None:
        self._program = program
        self._link = _Link(program.links)
        self._shapes = Shapes(program.coder)
        self._chosen = program.workspace.decisions.keys() | program.workspace.recommendations.keys()
        self._environments = {html: environment(html, program.workspace.templates) for html in (False, True)}
        for env in self._environments.values():
            env.globals["link"] = self._link
            env.globals |= {OWN + name: given for name, given in env.globals.items()}
        self._globals = dict(self._environments[False].globals)
        self._made: dict[tuple[str, int], _Parts] = {}
        self._offers: dict[str, _Parts] = {}

    def choices(self, message: str, variant: int) -> Sequence[str]:
        """The decisions and recommendations that a message's variant shows, in order. Raises RenderError."""
        if not self._chosen:
            return ()
        return self._parts(message, variant).choices

    def _offer(self, offer: str, person: Person, run: Run | None, now: int) -> Offer:
        """An offer as a template sees it."""
        made = self._offers.get(offer)
        if made is None:
            made = self._offers[offer] = self._read(
                f"the offer {offer}", self._program.workspace.offers[offer].parts
            )
        parts = made

        def filled(template: Template | str) -> Callable[[], str]:
            if isinstance(template, str):
                return lambda: template
            return lambda: template.render(self._context(parts, person, run, {}, now))

        return Offer(offer, {part: filled(template) for part, template in parts.templates.items()})

    def _read(self, owner: str, parts: Mapping[str, checked.Template]) -> _Parts:
        workspace = self._program.workspace
        found: dict[str, Template | str] = {}
        names: set[str] = set()
        for name, template in parts.items():
            if template.constant:
                found[name] = template.source
                continue
            env = self._environments[template.html]
            try:
                for text in (template.source, *(workspace.templates[file] for file in template.files)):
                    names |= meta.find_undeclared_variables(env.parse(text))
                found[name] = self._compiled(env, template)
            except TemplateError as error:
                raise RenderError(f"{owner}: its {name} cannot be read: {error}") from error
        return _Parts(
            found,
            frozenset(names),
            tuple(sorted(names & self._chosen)),
            tuple(sorted(name for name in names if name in workspace.attributes)),
            tuple(sorted(name for name in names if name in FUNCTIONS and name not in workspace.attributes)),
        )

    def _compiled(self, env: ImmutableSandboxedEnvironment, template: checked.Template) -> Template:
        """What `from_string` does, with a name: what a template shares with others is looked for from there."""
        one = None
        if template.files:
            one = flattened(
                env, template.source, template.path, self._program.workspace.templates, self._link
            )
        code = env.compile(template.source if one is None else one, template.path)
        # A plain dictionary: Jinja goes through its names for every message.
        return env.template_class.from_code(env, code, dict(env.globals))

    def _parts(self, message: str, variant: int) -> _Parts:
        found = self._made.get((message, variant))
        if found is None:
            found = self._read(message, self._program.workspace.messages[message].variants[variant].parts)
            self._made[message, variant] = found
        return found

    def render(
        self,
        message: str,
        variant: int,
        person: Person,
        run: Run | None,
        args: Mapping[str, tuple[Type, Any]],
        now: int,
        offers: Mapping[str, Sequence[str]] | None = None,
    ) -> dict[str, str]:
        """The parts of a message's variant. `args` are (type, in-memory value), `offers` what each decision
        picked. Raises RenderError.
        """
        made = self._parts(message, variant)
        context: dict[str, Any] | None = None
        parts: dict[str, str] = {}
        for name, template in made.templates.items():
            if isinstance(template, str):
                parts[name] = template
                continue
            if context is None:
                context = self._context(made, person, run, args, now)
                for decision, chosen in (offers or {}).items():
                    shown = [self._offer(offer, person, run, now) for offer in chosen]
                    one = self._program.workspace.decisions[decision].pick == 1
                    context[decision] = shown if not one else shown[0] if shown else NOTHING
            try:
                # What `render` does, without a copy of the context for each part.
                filled = template.root_render_func(template.new_context(context, shared=True))
                parts[name] = "".join(filled)
            except Exception as error:
                # Whatever a template does wrong is the failure of its own step, never of the run.
                raise RenderError(f"{message}: its {name} could not be filled in: {error}") from error
        return parts

    def _context(
        self,
        parts: _Parts,
        person: Person,
        run: Run | None,
        args: Mapping[str, tuple[Type, Any]],
        now: int,
    ) -> dict[str, Any]:
        program = self._program
        workspace = program.workspace
        show = Show(self._shapes, person_zone(workspace.timezone_field, person))
        context: dict[str, Any] = dict(self._globals)
        for name in parts.attributes:
            context[name] = show.attribute(name, person, now)
        for name in parts.functions:
            call = program.coder.functions[name]
            context[name] = in_message(name, call, person, now, workspace.profile, show.memory)
        context["link"] = self._link
        if "now" in parts.names:
            context["now"] = show.memory(DATETIME, now)
        if "today" in parts.names and "today" not in workspace.attributes:
            context["today"] = program.coder.functions["today"](person, now)
        context["profile"] = Profile(show, person, now)
        if run is not None:
            context["event"] = show.caught(run.event)
            for name, caught in run.variables.items():
                context[name] = show.caught(caught)
        for name, (type, value) in args.items():
            context[name] = show.memory(type, value)
        return context
