"""The program: a checked workspace made ready to run.

What `step` needs to find quickly is indexed here: for every kind of event the aggregates it can change and
the journeys it can start, and among those the ones whose condition asks that a value of the event be equal to
a constant (`where product.category is "shoes"`) by that constant; for every aggregate and profile field the
audiences that listen to it. Functions are compiled when they are first called, so that a program of ten
thousand journeys is ready in a moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, MutableMapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from types import CodeType
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.interpreter.compile.crossings import WORTH_IT, Crossing, comparisons, turns
from sojourn.interpreter.compile.equalities import equalities, equality, field_equality
from sojourn.interpreter.compile.expressions import Coder, Compiled
from sojourn.interpreter.compile.journeys import Journey
from sojourn.interpreter.compile.kept import Kept, with_kept
from sojourn.interpreter.compile.latches import FEW, latch
from sojourn.interpreter.compile.meaning import digest
from sojourn.interpreter.compile.nobody import guard_of, of_nobody
from sojourn.interpreter.compile.occasions import Occasion, occasion_of
from sojourn.interpreter.compile.plans import Audience, EventPlan, Feature, FieldListeners, Start
from sojourn.interpreter.compile.timing import Dependencies, Flip, dependencies, flips
from sojourn.interpreter.core.aggregates import slot
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.recommendations import Counter
from sojourn.interpreter.core.sequences import Second, Then, ThenNo
from sojourn.interpreter.core.slots import Slot, Watcher
from sojourn.interpreter.functions import span_of

if TYPE_CHECKING:
    from sojourn.interpreter.core.broadcasts import Entering
    from sojourn.interpreter.rendering.render import Renderer

__all__ = ["Program"]


class Program:
    """A workspace ready to run. Nothing in it changes by use, save that functions are compiled when first
    needed.

    `version` is the hash of everything that is meant, `rules` that of the aggregates and audiences; `slots`
    are the keys of the aggregates. `kept` has the journeys of
    older versions that runs still go by, `own` the workspace without what only those need. `links` is where
    `link('…')` leads in messages. `occasions` are the starts by time
    alone, indexed by what must be known of a person for them to come (a driver may set their `since`), and
    `timing` is the hash of them ("" without any).
    """

    __slots__ = (
        "added",
        "addresses",
        "aggregates",
        "always_flips",
        "audiences",
        "born",
        "business",
        "channels",
        "coder",
        "controls",
        "entering",
        "events",
        "exit_whens",
        "field_flips",
        "field_listeners",
        "flips",
        "identifiers",
        "journeys",
        "kept",
        "kept_for",
        "leaving",
        "links",
        "listed",
        "members",
        "merges",
        "occasions",
        "occasions_always",
        "occasions_by_audience",
        "occasions_by_field",
        "occasions_by_slot",
        "own",
        "renderer",
        "rules",
        "slot_flips",
        "slots",
        "splits",
        "timed_slots",
        "timing",
        "unique",
        "version",
        "workspace",
    )

    def __init__(
        self,
        workspace: checked.Workspace,
        codes: MutableMapping[str, CodeType],
        links: str,
        kept: Sequence[Kept] = (),
    ) -> None:
        self.own = own = workspace
        workspace, old_journeys = with_kept(workspace, kept)
        self.workspace = workspace
        self.links = links
        profile = {name: (field.type, field.default) for name, field in workspace.profile.items()}
        self.merges = {name: tuple(rule) for name, rule in workspace.merges.items()}
        rules = (workspace.aggregates, workspace.attributes, workspace.audiences, profile)
        self.rules = digest(*rules, self.merges) if self.merges else digest(*rules)
        self.version = digest(
            own.profile,
            own.identifiers,
            own.schemas,
            own.events,
            own.catalogs,
            own.topics,
            own.messages,
            own.journeys,
            digest(
                own.aggregates,
                own.attributes,
                own.audiences,
                profile,
                *([self.merges] if self.merges else []),
            ),
            links,
            *(
                more
                for more in (
                    own.lists,
                    own.offers,
                    own.decisions,
                    own.recommendations,
                    own.webhooks,
                    own.kept_for,
                    own.limits,
                    own.quiet_hours,
                    own.templates,
                )
                if more
            ),
        )
        self.aggregates: dict[str, Slot] = {}
        self.coder = Coder(workspace, self.aggregates, codes)
        self.slots = frozenset(workspace.aggregates)
        self.events: dict[str, EventPlan] = {name: EventPlan() for name in workspace.events}
        self.audiences: list[Audience] = []
        self.members: dict[str, Audience] = {}
        self.field_listeners: dict[str, FieldListeners] = {}
        self.timed_slots: dict[str, Slot] = {}
        self.slot_flips: dict[str, tuple[Flip, ...]] = {}
        self.field_flips: dict[str, tuple[Flip, ...]] = {}
        self.always_flips: tuple[Flip, ...] = ()
        self.listed: tuple[int, ...] = ()
        """The numbers of the audiences whose members are listed in a file."""
        self.born: tuple[int, ...] = ()
        """The numbers of the audiences that may be true of somebody of whom nothing is known."""
        self.journeys = {name: Journey(journey) for name, journey in workspace.journeys.items()}
        self.kept = {
            version: {name: Journey(journey) for name, journey in journeys.items()}
            for version, journeys in old_journeys.items()
        }
        self.exit_whens = any(
            journey.exit_whens for known in (self.journeys, *self.kept.values()) for journey in known.values()
        )
        """Whether any journey has an `exit when`."""
        self.entering: dict[str, list[Start]] = {}
        self.leaving: dict[str, list[Start]] = {}
        self.unique = {identifier.name: identifier.unique for identifier in workspace.identifiers}
        self.identifiers = tuple(self.unique.items())
        """(its name, whether one person has one) of every identifier, the strongest first."""
        self.addresses = {
            variant.channel: variant.address
            for message in workspace.messages.values()
            for variant in message.variants
            if variant.address is not None
        }
        """Channel -> the profile field with its addresses."""
        self.channels = {
            name: tuple(dict.fromkeys(variant.channel for variant in message.variants))
            for name, message in workspace.messages.items()
        }
        """Message -> the channels it is written for, in order."""
        self.splits: dict[int, tuple[checked.Split, tuple[int, ...]]] = {}
        self.renderer: Renderer | None = None
        features: dict[tuple[str, Expr], Feature] = {}
        self._add_slots(features)
        for statistic in workspace.statistics.values():
            plan = self.events.setdefault(statistic.event, EventPlan())
            plan.counters.append(Counter(statistic, self.coder.json(statistic.products, statistic.event)))
        self._add_audiences()
        self.flips = bool(self.always_flips or self.slot_flips or self.field_flips)
        """Whether any audience compares something with the clock."""
        self.kept_for = workspace.kept_for
        """Event -> how long its events are kept."""
        self.controls: dict[str, str] = {}
        """The journeys that are "paused", "closed" or "stopped": none begins. A driver keeps it."""
        self.added: dict[str, int] = {}
        """Journey -> from when on it is there, of those that came to a store in which others ran. A driver keeps it."""
        self.business: dict[str, list[Start]] = {}
        """The starts on events about the business."""
        self.occasions: list[Occasion] = []
        self.occasions_always: list[Occasion] = []
        self.occasions_by_audience: dict[str, list[Occasion]] = {}
        self.occasions_by_field: dict[str, list[Occasion]] = {}
        self.occasions_by_slot: dict[str, list[Occasion]] = {}
        self._add_starts(features)
        self.timing = digest([self._timing(o) for o in self.occasions]) if self.occasions else ""

    # ---------------------------------------------------------- building

    def _lazy(self, holder: Any, name: str, make: Callable[[], Compiled]) -> Compiled:
        """A function that compiles itself when it is first called, and takes its own place in `holder`."""

        def first(P: Any, E: Any, V: Any, now: int) -> Any:
            function = make()
            setattr(holder, name, function)
            return function(P, E, V, now)

        return first

    def _feature(
        self, features: dict[tuple[str, Expr], Feature], event: str, where: Expr | None
    ) -> tuple[Feature, tuple[Any, ...]] | None:
        """The value of the event that `where` asks to be one of some constants, if it does."""
        found = None if where is None else equality(where)
        if found is None:
            return None
        expr, values = found
        feature = features.get((event, expr))
        if feature is None:
            feature = features[event, expr] = Feature(self._none)
            feature.value = self._lazy(feature, "value", lambda: self.coder.json(expr, event))
            self.events[event].features.append(feature)
        return feature, values

    @staticmethod
    def _none(P: Any, E: Any, V: Any, now: int) -> Any:
        return None

    def _add_slots(self, features: dict[tuple[str, Expr], Feature]) -> None:
        for key, aggregate in self.workspace.aggregates.items():
            made = slot(aggregate, None, None)
            where, value, event = aggregate.where, aggregate.value, aggregate.event
            if where is not None:
                made = slot(aggregate, self._none, None)
                made.where = self._lazy(made, "where", self._condition(where, event))
            if value is not None:
                made.value = self._lazy(made, "value", self._json(value, event))
            self.aggregates[key] = made
            self._place(features, made, event, where)
            sequel = aggregate.sequel
            if sequel is not None and isinstance(made, Then | ThenNo):
                if sequel.where is not None:
                    made.second_where = self._lazy(
                        made, "second_where", self._condition(sequel.where, sequel.event)
                    )
                self._place(features, Second(made), sequel.event, sequel.where)

    def _place(
        self, features: dict[tuple[str, Expr], Feature], made: Slot, event: str, where: Expr | None
    ) -> None:
        """Puts a slot where its event finds it."""
        plan = self.events.setdefault(event, EventPlan())
        found = self._feature(features, event, where)
        if found is None:
            plan.slots.append(made)
        else:
            for constant in found[1]:
                found[0].slots[constant].append(made)

    def _condition(self, expr: Expr, event: str | None) -> Callable[[], Compiled]:
        return lambda: self.coder.condition(expr, event)

    def _json(self, expr: Expr, event: str | None) -> Callable[[], Compiled]:
        return lambda: self.coder.json(expr, event)

    def _add_audiences(self) -> None:
        workspace = self.workspace
        number_of: dict[str, int] = {}
        deps_of: list[Dependencies] = []
        for name in _in_order(workspace.audiences):
            declared = workspace.audiences[name]
            made = Audience(len(self.audiences), name, self._none)
            made.test = self._lazy(made, "test", self._condition(declared.condition, None))
            number_of[name] = made.number
            self.audiences.append(made)
            self.members[name] = made
            deps_of.append(dependencies(workspace, declared.condition))
        by_slot: dict[str, list[int]] = defaultdict(list)
        by_field: dict[str, list[int]] = defaultdict(list)
        by_value: dict[str, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
        by_guard: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        dependents: dict[int, list[int]] = defaultdict(list)
        slot_flips: dict[str, list[Flip]] = defaultdict(list)
        field_flips: dict[str, list[Flip]] = defaultdict(list)
        always: list[Flip] = []
        known: dict[Any, Flip] = {}
        for audience, deps in zip(self.audiences, deps_of, strict=True):
            number = audience.number
            condition = workspace.audiences[audience.name].condition
            for key in deps.slots:
                by_slot[key].append(number)
                if self.aggregates[key].windowed:
                    self.timed_slots[key] = self.aggregates[key]
            equal = {
                str(e.path[0]): values
                for e, values in equalities(condition)
                if e.scope == "profile" and len(e.path) == 1
            }
            guard = guard_of(workspace, condition)
            for field in deps.fields:
                if guard is not None:
                    by_guard[field][guard].append(number)
                elif field in equal:
                    for value in equal[field]:
                        by_value[field][value].append(number)
                else:
                    by_field[field].append(number)
            for used in deps.audiences:
                if used in number_of:
                    dependents[number_of[used]].append(number)
            if isinstance(condition, checked.Listed):
                self.listed = (*self.listed, number)
            if deps.timed:
                for flip in flips(self.coder, condition):
                    shared = known.setdefault(flip.meaning, flip)
                    if number not in shared.owners[-1:]:
                        shared.owners.append(number)
                    if shared is not flip:
                        continue
                    needs = flip.fields - {workspace.timezone_field}
                    if not needs and not flip.slots:
                        always.append(flip)
                    for key in flip.slots:
                        slot_flips[key].append(flip)
                    for field in needs:
                        # A default stands for what is not known: then the clock has always something to
                        # compare with.
                        meant = workspace.profile.get(str(field))
                        if meant is not None and meant.default is not None:
                            always.append(flip)
                        else:
                            field_flips[str(field)].append(flip)
        for key, numbers in by_slot.items():
            held = self.aggregates[key]
            held.timed = key in self.timed_slots
            counts = held.kind == "count" and held.timed
            many = len(numbers) >= WORTH_IT
            if counts or many:
                uses_of = [
                    comparisons(workspace, workspace.audiences[self.audiences[number].name].condition, key)
                    for number in numbers
                ]
                if counts:
                    held.turns = turns(uses_of)
                if many:
                    crossed: list[tuple[str, Any, int]] = []
                    others: list[int] = []
                    for number, uses in zip(numbers, uses_of, strict=True):
                        if uses is None:
                            others.append(number)
                        else:
                            crossed.extend((op, value, number) for op, value in uses)
                    held.crossing = Crossing(crossed) if crossed else None
                    numbers = others
            held.listeners = tuple(numbers)
            if counts and held.crossing is None and len(numbers) <= FEW:
                held.watchers = self._watchers(key, numbers)
        for field in {*by_field, *by_value, *by_guard}:
            meant = workspace.profile.get(field)
            listeners = self.field_listeners[field] = FieldListeners(
                meant.default if meant is not None else None
            )
            listeners.always = tuple(by_field.get(field, ()))
            listeners.by_slot = dict(by_guard.get(field, {}))
            listeners.by_value = {value: tuple(numbers) for value, numbers in by_value.get(field, {}).items()}
        for number, numbers in dependents.items():
            self.audiences[number].dependents = tuple(numbers)
        self.slot_flips = {key: tuple(found) for key, found in slot_flips.items()}
        self.field_flips = {key: tuple(found) for key, found in field_flips.items()}
        self.always_flips = tuple(always)
        truth: dict[str, bool | None] = {}
        nobody = Person("", 0, "")
        born: list[int] = []
        for audience, deps in zip(self.audiences, deps_of, strict=True):
            found = of_nobody(workspace, workspace.audiences[audience.name].condition, truth)
            if found is None and not deps.timed and not deps.audiences:
                found = bool(audience.test(nobody, None, None, 0))
            truth[audience.name] = found
            # What is built on an audience that holds of nobody known is asked too: the first record may make
            # that one false, and there is no leaving then that would tell.
            if found is not False or any(truth[used] is not False for used in deps.audiences):
                born.append(audience.number)
        self.born = tuple(born)

    def _watchers(self, key: str, numbers: list[int]) -> tuple[Watcher, ...] | None:
        """The audiences of a count in a window, as far as it can be told whom its turns concern."""
        found = []
        for number in numbers:
            name = self.audiences[number].name
            needed, others = latch(self.workspace, self.workspace.audiences[name].condition)
            made = Watcher(name)
            if key in others:
                if needed is None:
                    return None
                made.could = self._lazy(made, "could", self._condition(needed, None))
            found.append(made)
        return tuple(found)

    def _add_starts(self, features: dict[tuple[str, Expr], Feature]) -> None:
        number = 0
        for journey in self.workspace.journeys.values():
            for start in journey.starts:
                number += 1
                if isinstance(start, (checked.StartOnSchedule, checked.StartOnDate)):
                    self._add_occasion(journey, start, Start(number, journey.name, start.label, None))
                    continue
                if isinstance(start, checked.StartOnAudience):
                    side, word = (self.entering, "entering") if start.entering else (self.leaving, "leaving")
                    made = Start(number, journey.name, f"{word} {start.audience}", None)
                    side.setdefault(start.audience, []).append(made)
                    continue
                made = Start(number, journey.name, start.event, None)
                if start.where is not None:
                    made.where = self._lazy(made, "where", self._condition(start.where, start.event))
                if start.audience is not None:
                    made.audience = start.audience
                    self.business.setdefault(start.event, []).append(made)
                    continue
                plan = self.events.setdefault(start.event, EventPlan())
                found = self._feature(features, start.event, start.where)
                field = None if found is not None or start.where is None else field_equality(start.where)
                if field is not None:
                    declared = self.workspace.profile.get(field[0])
                    default = declared.default if declared is not None else None
                    by_value = plan.by_field.setdefault(field[0], (default, {}))[1]
                    for constant in field[1]:
                        by_value.setdefault(constant, []).append(made)
                elif found is None:
                    plan.starts.append(made)
                else:
                    for constant in found[1]:
                        found[0].starts[constant].append(made)

    def _add_occasion(
        self, journey: checked.Journey, start: checked.StartOnSchedule | checked.StartOnDate, made: Start
    ) -> None:
        """Adds a start by time alone, found by the first thing that must be known of a person for it to come."""
        # Without its clock time: an edit of that does not make another occasion of it.
        moment = isinstance(start, checked.StartOnSchedule) and start.moment is not None
        slot = f"{journey.name}/{'at' if moment else start.label.partition(' at ')[0]}"
        number = sum(known.slot.partition(" (")[0] == slot for known in self.occasions)
        if number:
            slot = f"{slot} ({number + 1})"
        occasion = occasion_of(self.coder, journey, start, made, slot)
        self.occasions.append(occasion)
        needs = occasion.needs
        for key in needs.slots:
            held = self.aggregates[key]
            if held.windowed:
                self.timed_slots[key] = held
                held.timed, held.turns = True, None
        if occasion.audience is not None:
            self.occasions_by_audience.setdefault(occasion.audience, []).append(occasion)
            return
        for field in sorted(needs.fields - {self.workspace.timezone_field}):
            meant = self.workspace.profile.get(field)
            if meant is None or meant.default is None:
                self.occasions_by_field.setdefault(field, []).append(occasion)
                return
        for key in sorted(needs.slots):
            self.occasions_by_slot.setdefault(key, []).append(occasion)
            return
        self.occasions_always.append(occasion)

    def _timing(self, occasion: Occasion) -> object:
        journey = self.workspace.journeys[occasion.start.journey]
        return occasion.slot, occasion.label, journey.starts, journey.zone, journey.zone_fallback

    # ----------------------------------------------------------- lookups

    def journey_of(self, run: Run) -> Journey | None:
        """The journey a run goes by: that of the version it began on, where that is kept and another than today's.
        None when it is gone.
        """
        if self.kept:
            kept = self.kept.get(run.version)
            found = kept.get(run.journey) if kept else None
            if found is not None:
                return found
        return self.journeys.get(run.journey)

    def entering_existing(self) -> list[Entering]:
        """For each journey that existing members enter, and each audience it starts on: who enters, and how fast."""
        from sojourn.interpreter.core.broadcasts import Entering

        found: list[Entering] = []
        for journey in self.workspace.journeys.values():
            if journey.existing_members != "enter":
                continue
            over = span_of(journey.existing_over) if journey.existing_over is not None else 0
            for start in journey.starts:
                if isinstance(start, checked.StartOnAudience) and start.entering:
                    found.append(Entering(journey.name, start.audience, over))
        return found

    def test(self, expr: Expr, event: str | None = None) -> Compiled:
        """The compiled condition."""
        return self.coder.condition(expr, event)

    def bounds(self, operation: checked.Split) -> tuple[int, ...]:
        """For each arm of a split, the number below which a 64-bit hash falls to it or to an arm before
        it."""
        known = self.splits.get(id(operation))
        if known is not None:
            return known[1]
        total, found = Decimal(0), []
        for arm in operation.arms:
            total += arm.share
            found.append(ceil(Fraction(total) * 2**64))
        bounds = tuple(found)
        self.splits[id(operation)] = (operation, bounds)
        return bounds


def _in_order(audiences: Any) -> list[str]:
    """The audiences by name, each after those it is built on."""
    done: dict[str, None] = {}
    for name in audiences:
        stack = [name]
        while stack:
            top = stack[-1]
            waiting = [
                used
                for used in audiences[top].uses
                if used not in done and used in audiences and used not in stack
            ]
            if top in done or not waiting:
                done[stack.pop()] = None
            else:
                stack.extend(waiting)
    return list(done)
