"""What is said and offered: topics, messages, limits, quiet hours, offers, decisions, recommendations, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sojourn.dsl import ast
from sojourn.dsl.construct.expressions import number_of
from sojourn.dsl.construct.maker import Maker, only, plain
from sojourn.dsl.grammar import Action

__all__ = ["ACTIONS"]


@dataclass(frozen=True, slots=True)
class _Item:
    """One line of an offer, a decision, a recommendation or a webhook: what it says, and where."""

    what: str
    value: Any
    start: int
    end: int


def _item(what: str, value: Callable[[list[Any]], Any] = lambda c: c[0]) -> Action:
    return lambda make, start, end, c: _Item(what, value(c), start, end)


def _items(make: Maker, start: int, c: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The lines of a declaration by what they say, each once, and the comments of all of them."""
    found: dict[str, Any] = {}
    around = make.described(start)
    comments = list(around.get("comments", ()))
    trailing = list(around.get("trailing", ()))
    for item in only(_Item, c):
        if item.what in found:
            make.error("said-twice", make.span(item.start, item.end), what=f"`{item.what}`")
            continue
        found[item.what] = item.value
        inner = make.around(item.start)
        comments.extend(inner.get("comments", ()))
        if inner.get("remark") is not None:
            comments.append(inner["remark"])
        trailing.extend(inner.get("trailing", ()))
    around["comments"] = tuple(comments)
    around["trailing"] = tuple(trailing)
    return found, around


def _count(c: list[Any]) -> int:
    return int(number_of(c[0]))


def _topic(mode: str) -> Action:
    return lambda make, start, end, c: ast.Topic(
        c[0], mode, span=make.span(start, end), **make.described(start)
    )


def _message(make: Maker, start: int, end: int, c: list[Any]) -> ast.Message:
    return ast.Message(c[0], c[1], only(ast.Variant, c), span=make.span(start, end), **make.described(start))


def _variant(make: Maker, start: int, end: int, c: list[Any]) -> ast.Variant:
    return ast.Variant(c[0], c[1], only(ast.Part, c), span=make.span(start, end), **make.around(start))


def _part(make: Maker, start: int, end: int, c: list[Any]) -> ast.Part:
    is_file = make.text[c[0].span.end : c[-1].span.start].strip() == "file"
    return ast.Part(c[0], c[-1], is_file, span=make.span(start, end), **make.around(start))


def _limit_per(make: Maker, start: int, end: int, c: list[Any]) -> ast.Limit:
    return ast.Limit(c[0], _count(c[1:]), c[2], span=make.span(start, end), **make.around(start))


def _limit_calendar(make: Maker, start: int, end: int, c: list[Any]) -> ast.Limit:
    return ast.Limit(
        c[0], _count(c[1:]), calendar=c[2].text, span=make.span(start, end), **make.around(start)
    )


def _quiet_hours(make: Maker, start: int, end: int, c: list[Any]) -> ast.QuietHours:
    return ast.QuietHours(
        c[0], c[1], c[2] or (), c[4] is not None, c[3], span=make.span(start, end), **make.around(start)
    )


def _offer(make: Maker, start: int, end: int, c: list[Any]) -> ast.Offer:
    found, around = _items(make, start, c)
    return ast.Offer(
        c[0],
        found.get("when"),
        only(ast.Part, c),
        found.get("since"),
        found.get("until"),
        found.get("at most … per person"),
        found.get("at most … in total"),
        found.get("priority"),
        span=make.span(start, end),
        **around,
    )


def _decision(make: Maker, start: int, end: int, c: list[Any]) -> ast.Decision:
    found, around = _items(make, start, c)
    span = make.span(start, end)
    for needed in ("from", "pick"):
        if needed not in found:
            make.error("incomplete-block", c[0].span, what=f"decision {c[0].text}", needs=f"`{needed} …`")
    pick, by = found.get("pick", (1, None))
    return ast.Decision(c[0], found.get("from", ()), pick, by, found.get("otherwise"), span=span, **around)


def _recommendation(make: Maker, start: int, end: int, c: list[Any]) -> ast.Recommendation:
    found, around = _items(make, start, c)
    if "pick" not in found:
        make.error(
            "incomplete-block", c[0].span, what=f"recommendation {c[0].text}", needs="`pick … from CATALOG`"
        )
    pick, catalog = found.get("pick", (1, c[0]))
    return ast.Recommendation(
        c[0],
        pick,
        catalog,
        found.get("by"),
        found.get("except"),
        found.get("otherwise"),
        span=make.span(start, end),
        **around,
    )


def _ranking_together(make: Maker, start: int, end: int, c: list[Any]) -> ast.Ranking:
    return ast.Ranking("bought together with", c[0], c[1], c[2], span=make.span(start, end))


def _ranking_most(make: Maker, start: int, end: int, c: list[Any]) -> ast.Ranking:
    return ast.Ranking("most", None, c[0], c[1], span=make.span(start, end))


def _ranking_plain(make: Maker, start: int, end: int, c: list[Any]) -> ast.Ranking:
    return ast.Ranking(c[0].text, None, c[1], c[2], span=make.span(start, end))


def _webhook(make: Maker, start: int, end: int, c: list[Any]) -> ast.Webhook:
    found, around = _items(make, start, c)
    return ast.Webhook(
        c[0],
        found.get("post"),
        found.get("timeout"),
        found.get("retries"),
        found.get("answers", ()),
        span=make.span(start, end),
        **around,
    )


ACTIONS: dict[str, Action] = {
    "topic_opt_in": _topic("opt in"),
    "topic_opt_out": _topic("opt out"),
    "topic_always": _topic("always"),
    "message": _message,
    "variant": _variant,
    "part": _part,
    "limit_per": _limit_per,
    "limit_calendar": _limit_calendar,
    "quiet_hours": _quiet_hours,
    "quiet_zone": plain(ast.Times),
    "drop": lambda make, start, end, c: True,
    "offer": _offer,
    "offer_when": _item("when"),
    "offer_since": _item("since"),
    "offer_until": _item("until"),
    "offer_per_person": _item("at most … per person", _count),
    "offer_in_total": _item("at most … in total", _count),
    "offer_priority": _item("priority"),
    "decision": _decision,
    "decision_from": _item("from", tuple),
    "decision_pick": _item("pick", lambda c: (_count(c), c[1])),
    "decision_otherwise": _item("otherwise"),
    "recommendation": _recommendation,
    "recommendation_pick": _item("pick", lambda c: (_count(c), c[1])),
    "recommendation_by": _item("by"),
    "recommendation_except": _item("except"),
    "recommendation_otherwise": _item("otherwise"),
    "ranking_together": _ranking_together,
    "ranking_most": _ranking_most,
    "ranking_plain": _ranking_plain,
    "webhook": _webhook,
    "webhook_post": _item("post"),
    "webhook_timeout": _item("timeout"),
    "webhook_retries": _item("retries", _count),
    "webhook_answers": _item("answers", tuple),
}
