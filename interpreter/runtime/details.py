"""What about a declaration is another, in sentences of the language: "`country is "DE"` is new"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.values import Duration, in_words
from sojourn.dsl.wording import Wording, times_text

__all__ = ["Sides", "condition_changed", "described", "details_of", "journey_settings_changed", "rule_name"]

LONGEST = 90
"""How many characters of a text are shown."""


class Sides:
    """Two workspaces, and how to speak of what stands in each."""

    def __init__(self, before: checked.Workspace, after: checked.Workspace) -> None:
        self.before = before
        self.after = after
        self.old = Wording(before)
        self.new = Wording(after)
        self.old_where = Wording(before, bare=True)
        self.new_where = Wording(after, bare=True)


def turned(old: str, new: str) -> str:
    """`a` is now `b`."""
    return f"`{old}` is now `{new}`"


def _lists(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """What of a list of sentences is gone, new, or, where one took the place of one, another."""
    gone = [said for said in old if said not in new]
    came = [said for said in new if said not in old]
    if len(gone) == len(came):
        return [turned(a, b) for a, b in zip(gone, came, strict=True)]
    found = []
    for said in gone:
        # What begins alike speaks of the same thing: `points >= 2` became `points >= 3`.
        alike = next((other for other in came if other.split(" ", 1)[0] == said.split(" ", 1)[0]), None)
        if alike is None or alike.startswith(("has ", "no ", "in ", "not ")):
            found.append(f"`{said}` is gone")
        else:
            came.remove(alike)
            found.append(turned(said, alike))
    return [*found, *(f"`{said}` is new" for said in came)]


def _terms(expr: Expr) -> tuple[str, tuple[Expr, ...]]:
    if isinstance(expr, checked.Logic):
        return expr.op, expr.terms
    return "", (expr,)


def condition_changed(sides: Sides, old: Expr, new: Expr, bare: bool = False) -> list[str]:
    """What of a condition is another: of two lists of `and` (or `or`) the terms that differ, else the whole."""
    say_old, say_new = (sides.old_where, sides.new_where) if bare else (sides.old, sides.new)
    (op_old, old_terms), (op_new, new_terms) = _terms(old), _terms(new)
    if op_old == op_new or not (op_old and op_new):
        before = [say_old.condition(term) for term in old_terms]
        after = [say_new.condition(term) for term in new_terms]
        found = _lists(before, after)
        if found:
            return found
    was, now = say_old.condition(old), say_new.condition(new)
    return [turned(was, now)] if was != now else []


# ----------------------------------------------------------------- journeys


def _settings_of(say: Wording, journey: checked.Journey) -> dict[str, list[str]]:
    """The settings of a journey as its lines, by what they settle."""
    where = Wording(say.workspace, bare=True)

    def on(event: str, condition: Expr | None) -> str:
        return event + (f" where {where.condition(condition)}" if condition is not None else "")

    starts = []
    for start in journey.starts:
        match start:
            case checked.StartOnEvent():
                business = f" for {start.audience}" if start.audience is not None else ""
                named = f" as {start.alias}" if start.alias is not None else ""
                condition = f" where {where.condition(start.where)}" if start.where is not None else ""
                starts.append(f"start on {start.event}{business}{condition}{named}")
            case checked.StartOnAudience():
                starts.append(f"start when {'entering' if start.entering else 'leaving'} {start.audience}")
            case checked.StartOnSchedule():
                starts.append(f"start {start.label} for {start.audience}")
            case checked.StartOnDate():
                starts.append(
                    f"start {'on ' if start.yearly else 'once on '}{start.label.removeprefix('once on ')}"
                )
    exits = [
        f"exit on {on(exit.event, exit.where)}"
        if isinstance(exit, checked.ExitOnEvent)
        else f"exit when {say.condition(exit.condition)}"
        for exit in journey.exits
    ]
    goal = []
    if journey.goal is not None:
        within = f" within {in_words(journey.goal.within)}" if journey.goal.within is not None else ""
        goal = [f"goal {on(journey.goal.event, journey.goal.where)}{within}"]
    again = (
        f"again after {in_words(journey.again_after)}" if journey.again_after else f"again {journey.again}"
    )
    over = f" over {in_words(journey.existing_over)}" if journey.existing_over is not None else ""
    zone = f'times in {say.value(journey.zone)} otherwise "{journey.zone_fallback}"' if journey.zone else ""
    return {
        "starts": starts,
        "again": [again],
        "one per": [f"one per {where.value(journey.one_per)}"] if journey.one_per is not None else [],
        "exits": exits,
        "goal": goal,
        "zone": [zone] if zone else [],
        "ends": [f"ends after {in_words(journey.ends_after)}"] if journey.ends_after is not None else [],
        "existing": [f"existing members {journey.existing_members}{over}"],
    }


def journey_settings_changed(sides: Sides, old: checked.Journey, new: checked.Journey) -> list[str]:
    """The settings of a journey that are others."""
    before, after = _settings_of(sides.old, old), _settings_of(sides.new, new)
    return [said for part, lines in before.items() for said in _lists(lines, after[part])]


# ------------------------------------------------------------------- others


def _audience(sides: Sides, old: checked.Audience, new: checked.Audience) -> list[str]:
    return condition_changed(sides, old.condition, new.condition)


def _attribute(sides: Sides, old: checked.Attribute, new: checked.Attribute) -> list[str]:
    return [turned(sides.old.value(old.value), sides.new.value(new.value))] if old.value != new.value else []


def _field(name: str, old: checked.Field, new: checked.Field) -> list[str]:
    found = []
    if old.type != new.type:
        found.append(f"{name} was {old.type} and is {new.type} now")
    for word in ("required", "private", "identity"):
        before, after = getattr(old, word), getattr(new, word)
        if before != after:
            found.append(f"{name} is {'now' if after else 'no longer'} {word}")
    if old.default != new.default:
        found.append(
            f"{name} is {new.default if new.default is not None else 'missing'} where nothing is said of it"
        )
    if old.wire != new.wire:
        found.append(f"{name} is called “{new.wire}” outside, and was “{old.wire}”")
    return found


def _fields(sides: Sides, old: Any, new: Any) -> list[str]:
    """Of an event, a schema, a catalog."""
    found = [
        f"the field {name} ({field.type}) is new"
        for name, field in new.fields.items()
        if name not in old.fields
    ]
    found += [f"the field {name} is gone" for name in old.fields if name not in new.fields]
    for name, field in new.fields.items():
        if name in old.fields:
            found += _field(name, old.fields[name], field)
    if getattr(old, "wire", "") != getattr(new, "wire", ""):
        found.append(f"it is called “{new.wire}” outside, and was “{old.wire}”")
    return found


def _topic(sides: Sides, old: checked.Topic, new: checked.Topic) -> list[str]:
    return [turned(old.mode, new.mode)] if old.mode != new.mode else []


def _part(variant: checked.Variant, say: Wording) -> str:
    return variant.channel + (f" when {say.condition(variant.when)}" if variant.when is not None else "")


def _message(sides: Sides, old: checked.Message, new: checked.Message) -> list[str]:
    found = []
    if old.topic != new.topic:
        found.append(f"it is about {new.topic or 'no topic'}, and was about {old.topic or 'no topic'}")
    before = {_part(v, sides.old): v for v in old.variants}
    after = {_part(v, sides.new): v for v in new.variants}
    found += _lists(list(before), list(after))
    if list(before) != list(after) and set(before) == set(after):
        found.append("the order of its channels")
    for name, variant in after.items():
        if name in before:
            found += _texts(name, before[name].parts, variant.parts)
    return found


def _texts(of: str, old: Mapping[str, checked.Template], new: Mapping[str, checked.Template]) -> list[str]:
    found = []
    for part in {**old, **new}:
        if old.get(part) == new.get(part):
            continue
        if part not in old or part not in new:
            found.append(f"the {part} of {of} is {'new' if part in new else 'gone'}")
        elif _short(was := old[part].source.strip()) and _short(now := new[part].source.strip()):
            found.append(f"the {part} of {of} is “{now}”, and was “{was}”")
        else:
            found.append(f"the {part} of {of} says something else")
    return found


def _short(text: str) -> bool:
    return len(text) <= LONGEST and "\n" not in text


def _offer(sides: Sides, old: checked.Offer, new: checked.Offer) -> list[str]:
    found: list[str] = []
    for word in ("when", "since", "until", "priority"):
        before, after = getattr(old, word), getattr(new, word)
        lines = [f"{word} {sides.old.condition(before)}"] if before is not None else []
        others = [f"{word} {sides.new.condition(after)}"] if after is not None else []
        found += _lists(lines, others)
    for name, words in (("per_person", "per person"), ("in_total", "in total")):
        before, after = getattr(old, name), getattr(new, name)
        found += _lists(
            [f"at most {times_text(before)} {words}"] if before is not None else [],
            [f"at most {times_text(after)} {words}"] if after is not None else [],
        )
    return found + _texts(old.name, old.parts, new.parts)


def _decision(sides: Sides, old: checked.Decision, new: checked.Decision) -> list[str]:
    def lines(say: Wording, meant: checked.Decision) -> list[str]:
        ranks = sorted({say.value(rank) for rank in meant.ranks.values()})
        return [
            f"from {', '.join(meant.offers)}",
            f"pick {meant.pick}" + (f" by {', '.join(ranks)}" if ranks else ""),
            *([f"otherwise {meant.otherwise}"] if meant.otherwise is not None else []),
        ]

    return _lists(lines(sides.old, old), lines(sides.new, new))


def _webhook(sides: Sides, old: checked.Webhook, new: checked.Webhook) -> list[str]:
    def lines(meant: checked.Webhook) -> list[str]:
        timeout = in_words(Duration(0, 0, meant.timeout))
        return [f'post "{meant.post}"', f"timeout {timeout}", f"retries {meant.retries}"]

    return _lists(lines(old), lines(new)) + _fields(sides, old.answers, new.answers)


def _dataset(sides: Sides, old: checked.Dataset, new: checked.Dataset) -> list[str]:
    def lines(meant: checked.Dataset) -> list[str]:
        columns = [
            f'"{c.source}" to {c.target}' + (f" as {c.function}" if c.function else "") for c in meant.columns
        ]
        kept = [f"keep {in_words(meant.keep)}"] if meant.keep is not None else []
        place = f' "{meant.location}"' if meant.location else ""
        return [f"holds {', '.join(meant.holds)}", f"from {meant.source}{place}", *columns, *kept]

    return _lists(lines(old), lines(new))


def _labelled(sides: Sides, old: Any, new: Any) -> list[str]:
    return [turned(old.label, new.label)] if old.label != new.label else []


def _profile_field(sides: Sides, old: checked.Field, new: checked.Field) -> list[str]:
    return [said.removeprefix(f"{new.name} ") for said in _field(new.name, old, new)]


def _recommendation(sides: Sides, old: checked.Recommendation, new: checked.Recommendation) -> list[str]:
    def lines(meant: checked.Recommendation) -> list[str]:
        found = [f"pick {meant.pick} from {meant.catalog}", meant.by.label]
        return [*found, *(r.label for r in (meant.excluded, meant.otherwise) if r is not None)]

    return _lists(lines(old), lines(new))


def _identifier(sides: Sides, old: checked.Identifier, new: checked.Identifier) -> list[str]:
    return [f"a person may have {'one value' if new.unique else 'many values'} of it"] if old != new else []


_OF: Mapping[str, Callable[[Sides, Any, Any], list[str]]] = {
    "audience": _audience,
    "attribute": _attribute,
    "event": _fields,
    "schema": _fields,
    "profile field": _profile_field,
    "topic": _topic,
    "message": _message,
    "offer": _offer,
    "decision": _decision,
    "recommendation": _recommendation,
    "webhook": _webhook,
    "dataset": _dataset,
    "limit": _labelled,
    "quiet hours": _labelled,
    "identifier": _identifier,
}


def described(workspace: checked.Workspace, kind: str, name: str) -> list[str]:
    """What something new says, in a few lines; nothing where its name says enough."""
    say = Wording(workspace)
    match kind:
        case "journey":
            journey = workspace.journeys[name]
            settings = _settings_of(say, journey)
            lines = [
                *settings["starts"],
                *settings["exits"],
                *settings["goal"],
                *(s.label for s in journey.steps),
            ]
            return [f"`{line}`" for line in lines]
        case "audience":
            return [f"`{say.condition(workspace.audiences[name].condition)}`"]
        case "attribute":
            return [f"`{say.value(workspace.attributes[name].value)}`"]
        case "message":
            message = workspace.messages[name]
            about = f"about {message.topic}, " if message.topic is not None else ""
            return [about + "by " + ", ".join(_part(variant, say) for variant in message.variants)]
        case "topic":
            return [f"`{workspace.topics[name].mode}`"]
        case "profile field":
            return [f"of type {workspace.profile[name].type}"]
        case "event" | "schema":
            fields = (workspace.events if kind == "event" else workspace.schemas)[name].fields
            return (
                [f"with {', '.join(f'{field} ({meant.type})' for field, meant in fields.items())}"]
                if fields
                else []
            )
        case "limit" | "quiet hours":
            rules: Sequence[Any] = workspace.limits if kind == "limit" else workspace.quiet_hours
            return [f"`{rule.label}`" for rule in rules if name.startswith(rule_name(rule))][:1]
    return []


def rule_name(rule: checked.Limit | checked.QuietHours) -> str:
    """Limits and quiet hours have no name: what they are for stands for it."""
    if isinstance(rule, checked.Limit):
        return f"of {rule.target or 'everything'}"
    return f"on {', '.join(rule.channels)}"


def details_of(sides: Sides, kind: str, old: Any, new: Any) -> Iterable[str]:
    """What is another, for a kind of declaration by its word in the language; nothing where it cannot be said."""
    made = _OF.get(kind)
    return made(sides, old, new) if made is not None else ()
