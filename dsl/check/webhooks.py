"""Webhooks: where `call` asks, how long it waits, and what may be read in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.dsl import ast, checked
from sojourn.dsl.check.data import check_answers
from sojourn.dsl.check.literals import positive_duration
from sojourn.dsl.check.standards import text_problem
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.types import URL
from sojourn.dsl.values import MINUTE, SECOND

if TYPE_CHECKING:
    from sojourn.dsl.check.steps import Steps

__all__ = ["call", "check_webhooks"]

TIMEOUT = 10 * SECOND
LONGEST = 5 * MINUTE
RETRIES = 3
MOST_RETRIES = 10


def check_webhooks(world: World) -> dict[str, checked.Webhook]:
    """The webhooks by name; their answers can be read from then on."""
    found = {}
    for node in world.names.others:
        if isinstance(node, ast.Webhook):
            webhook = _webhook(world, node)
            world.answers[webhook.name] = webhook.answers
            found[webhook.name] = webhook
    return found


def _webhook(world: World, node: ast.Webhook) -> checked.Webhook:
    report, name = world.report, node.name.text
    post = ""
    if node.post is None:
        report.error("webhook-without-post", node.name.span, name=name)
    else:
        post = node.post.value.strip()
        problem = text_problem(post, URL)
        if problem is not None or not post:
            instead = problem.instead if problem is not None else ()
            fix = Fix(node.post.span, f'"{instead[0]}"', f"write {instead[0]}") if instead else None
            report.error(
                "not-a-value",
                node.post.span,
                candidates=[f'"{text}"' for text in instead],
                fix=fix,
                text=node.post.value,
                what=problem.what if problem is not None else "a web address",
                type="url",
            )
    timeout = TIMEOUT
    length = positive_duration(node.timeout, report, "`timeout`")
    if length is not None and node.timeout is not None:
        timeout = length.microseconds
        if length.days or length.months or timeout > LONGEST:
            report.error("long-timeout", node.timeout.span)
    retries = RETRIES if node.retries is None else node.retries
    if not 0 <= retries <= MOST_RETRIES:
        report.error("many-retries", node.span, retries=str(retries), most=str(MOST_RETRIES))
    fields = check_answers(world, node.answers, f"The answer of {name}")
    answers = checked.Event(name, name, fields, node.description, node.span)
    return checked.Webhook(name, post, timeout, retries, answers, node.description, node.span)


def call(steps: Steps, node: ast.CallStep) -> checked.Operation:
    """`call crm_webhook with total = order.total as answer`."""
    name = node.webhook.text
    values = steps.arguments(node.args)
    if not steps.world.exists("webhook", name, node.webhook.span):
        return checked.Stop()
    alias = node.alias if node.alias is not None else node.webhook
    steps.name_event(alias, name)
    return checked.CallWebhook(name, tuple(values.items()), alias.text)
