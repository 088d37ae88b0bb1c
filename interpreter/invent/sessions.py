"""What made-up people do: visits in which one thing leads to another, and what follows an order days later.

An event's part in a story is known by its name (`product_viewed` comes before `purchase`, `order_delivered` after
it); one whose name says nothing happens now and then. In a visit everybody looks, fewer fill a cart, and of those
some buy, and the others leave the cart behind: then, and only then, an event of abandoning happens. Who came to an
order keeps its number in all that follows. Some people are known from the beginning, the others become known on
the way, first by their device, where there is an identifier of which one person may have several.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from random import Random
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.values import DAY, HOUR, MINUTE, from_datetime, local_to_instant, to_datetime, zone
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.invent.hints import hints
from sojourn.interpreter.invent.places import CITIES
from sojourn.interpreter.invent.values import Maker, Somebody

__all__ = ["BEGINNING", "invent"]

BEGINNING = from_datetime(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
"""When made-up people begin, unless said: the same day for ever, so that the same seed gives the same events."""

_LATER = ("delivered", "shipped", "dispatched", "review", "rated", "rating", "feedback", "survey", "nps", "refund",
          "returned", "cancel", "invoice", "attended")  # fmt: skip
_ONCE = ("signed_up", "signup", "sign_up", "registered", "account_created", "trial_started", "installed", "joined",
         "onboard")  # fmt: skip
_RARE = ("fail", "ticket", "complain", "declined", "expired", "dispute", "deleted", "support")
_STAGES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (3, ("abandon",)),
    (
        4,
        (
            "purchase",
            "bought",
            "donat",
            "reserv",
            "order",
            "paid",
            "payment",
            "booked",
            "booking",
            "subscription",
            "checkout_completed",
        ),
    ),
    (2, ("cart", "checkout", "added", "basket", "wishlist")),
    (1, ("view", "search", "watched", "category", "read", "play", "click")),
    (0, ("visit", "session", "page", "open", "screen", "login", "logged")),
)
_LOOK, _CART, _LEFT, _BUY = 1, 2, 3, 4

_HOURS = (1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 10, 9, 8, 8, 9, 11, 13, 15, 16, 14, 9, 4)
"""How many of a day's visits begin in each hour of the person's own clock."""

_OFTEN = 2.2
"""Visits of a person in thirty days: the middle of a long-tailed distribution."""

_KNOWN = {"required": 1.0, "birthday": 0.5, "phone": 0.45, "location": 0.6, "push_token": 0.3, "list": 0.4}
_EVERY = 200


def invent(
    workspace: checked.Workspace,
    people: int,
    days: int = 30,
    seed: int = 1,
    begin: int = BEGINNING,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> list[Record]:
    """The records of so many people in so many days from `begin` (an instant), by time.

    `on_progress` is called now and then with (people made, people in all, ""). Raises ModuleNotFoundError where the
    library of names (faker) is not installed.
    """
    world = _World(workspace, days, seed, begin)
    records: list[Record] = []
    for number in range(people):
        records += world.person(number)
        if on_progress is not None and not number % _EVERY:
            on_progress(number, people, "")
    records += world.business()
    records.sort(key=lambda record: record.at)
    return records


class _World:
    def __init__(self, workspace: checked.Workspace, days: int, seed: int, begin: int) -> None:
        self.workspace = workspace
        self.days = days
        self.seed = seed
        self.begin = begin
        self.end = begin + days * DAY
        self.maker = Maker(workspace, hints(workspace))
        self.names: dict[str, Any] = {}
        business = workspace.business
        from sojourn.dsl.resolve import BUILT_IN_EVENTS, REACTIONS

        own = [
            event
            for event in workspace.events.values()
            if event.name not in (*BUILT_IN_EVENTS, *REACTIONS, *business) and event.of_change is None
        ]
        self.stages: dict[int, list[checked.Event]] = {}
        self.later: list[checked.Event] = []
        self.once: list[checked.Event] = []
        self.rare: list[checked.Event] = []
        self.others: list[checked.Event] = []
        for event in own:
            self._place(event)
        self.topics = [field for name, field in workspace.profile.items() if name.startswith("consent.")]
        names = [identifier.name for identifier in workspace.identifiers]
        shared = [identifier.name for identifier in workspace.identifiers if not identifier.unique]
        self.device = shared[0] if shared else ""
        self.own = [name for name in names if name not in shared]

    def _place(self, event: checked.Event) -> None:
        name = event.name.lower()
        apart: tuple[tuple[tuple[str, ...], list[checked.Event]], ...] = (
            (_LATER, self.later), (_ONCE, self.once), (_RARE, self.rare),
        )  # fmt: skip
        for said, where in apart:
            if any(word in name for word in said):
                where.append(event)
                return
        for stage, words in _STAGES:
            if any(word in name for word in words):
                self.stages.setdefault(stage, []).append(event)
                return
        self.others.append(event)

    # --------------------------------------------------------------- people

    def person(self, number: int) -> list[Record]:
        """All that one person does."""
        return _Person(self, number).records()

    def somebody(self, number: int, rand: Random) -> Somebody:
        """Who it is."""
        countries = {hint for hint in self.maker.hints.get("country", ()) if isinstance(hint, str)}
        weights = [city.weight * (4 if city.country in countries else 1) for city in CITIES]
        city = rand.choices(CITIES, weights)[0]
        faker = self.names.get(city.names)
        if faker is None:
            from faker import Faker

            faker = self.names[city.names] = Faker(city.names)
        faker.seed_instance(f"{self.seed}:{number}")
        romanized = hasattr(faker, "first_romanized_name")
        first = faker.first_romanized_name() if romanized else faker.first_name()
        last = faker.last_romanized_name() if romanized else faker.last_name()
        age = min(88, max(16, round(rand.gauss(41, 14))))
        today = to_datetime(self.begin).date()
        birthday = today - dt.timedelta(days=round(age * 365.25) + rand.randrange(365))
        return Somebody(number, city, first, last, faker.street_address().replace("\n", ", "), birthday, rand)

    def business(self) -> list[Record]:
        """Events about the business: one or two a week."""
        found: list[Record] = []
        rand = Random(f"{self.seed}:business")
        who = self.somebody(0, rand)
        for name in sorted(self.workspace.business):
            event = self.workspace.events[name]
            for number in range(max(1, self.days // 5)):
                at = self.begin + rand.randrange(self.days * DAY // MINUTE) * MINUTE
                said = {f.name: self.maker.value(f, who, rand, at, {}) for f in event.fields.values()}
                self._changed(event, said, rand)
                values = {key: value for key, value in said.items() if value is not None}
                found.append(Record(f"made-business-{name}-{number}", name, at, at, {}, values))
        return found

    def _changed(self, event: checked.Event, said: dict[str, Any], rand: Random) -> None:
        """A change of a row's field begins with what the catalog says, and is a little more or less."""
        if event.of_change is None:
            return
        catalog, field = event.of_change
        row = self.workspace.catalogs[catalog].rows.get(said.get(catalog) or "", {})
        said["before"] = row.get(field)
        if (
            isinstance(said["before"], str)
            and self.workspace.catalogs[catalog].fields[field].type.kind == "money"
        ):
            amount = float(said["before"][:-4]) * rand.choice((0.8, 0.9, 1.1))
            said["after"] = f"{amount:.2f}{said['before'][-4:]}"


class _Person:
    def __init__(self, world: _World, number: int) -> None:
        self.world = world
        self.rand = Random(f"{world.seed}:{number}")
        self.number = number
        self.who = world.somebody(number, self.rand)
        self.zone = zone(self.who.city.timezone)
        self.favourites = world.maker.favourites(self.rand)
        self.found: list[Record] = []
        self.known = self.rand.random() < 0.65 or not world.device
        self.profile = self._profile()
        self.once_done: set[str] = set()
        self.came = False

    def records(self) -> list[Record]:
        rand, world = self.rand, self.world
        if self.known:
            self._say(world.begin, quiet=True)
        rate = _OFTEN * world.days / 30 * rand.lognormvariate(0, 0.9)
        visits = _poisson(rate, rand)
        # Of whom nothing is known before, the first visit is all there is.
        for at in sorted(self._moment() for _ in range(visits if self.known else max(1, visits))):
            self._visit(at)
        if not self.found:  # came, did nothing, and left their address
            self._become_known(self._moment())
        return self.found

    def _moment(self) -> int:
        """The beginning of a visit: a day, and an hour at which people are up."""
        local = to_datetime(self.world.begin, self.zone).date()
        day = local + dt.timedelta(days=self.rand.randrange(self.world.days))
        hour = self.rand.choices(range(24), _HOURS)[0]
        moment = dt.datetime.combine(day, dt.time(hour, self.rand.randrange(60), self.rand.randrange(60)))
        return min(
            max(local_to_instant(moment, self.zone), self.world.begin + MINUTE), self.world.end - MINUTE
        )

    # -------------------------------------------------------------- profile

    def _profile(self) -> dict[str, Any]:
        """What will be known of the person, their identifiers among it."""
        world, rand = self.world, self.rand
        said: dict[str, Any] = {}
        for name, field in world.workspace.profile.items():
            if name.startswith("consent."):
                continue
            if field.identity:
                said[name] = self._identifier(name, field)
                continue
            chance = _KNOWN.get(name, _KNOWN.get(field.type.kind, 0.85))
            if field.required or rand.random() < chance:
                said[name] = world.maker.value(field, self.who, rand, world.begin, self.favourites)
        for field in world.topics:
            topic = world.workspace.topics.get(field.name.partition(".")[2])
            mode = topic.mode if topic is not None else ""
            if mode == "opt in":
                said[field.name] = True if rand.random() < 0.55 else None
            elif mode == "opt out":
                said[field.name] = False if rand.random() < 0.08 else None
        return {name: value for name, value in said.items() if value is not None and value != []}

    def _identifier(self, name: str, field: checked.Field) -> Any:
        seed = f"{self.world.seed}-{self.number}"
        if field.type.kind == "integer":
            return 1_000_000 + self.number
        if field.type.kind in ("email", "phone"):
            return self.world.maker.value(field, self.who, self.rand, self.world.begin, {})
        if name == self.world.device:
            return f"device-{seed}"
        if field.type.kind == "url":
            return f"https://example.com/people/{seed}"
        return f"{name.removesuffix('_id').replace('_', '-')}-{seed}"

    def _identifiers(self) -> dict[str, Any]:
        """What an event carries: the device always, the others once the person is known."""
        names = [*([self.world.device] if self.world.device else []), *(self.world.own if self.known else [])]
        found = {name: self.profile[name] for name in names if name in self.profile}
        return found or {name: self.profile[name] for name in self.world.own if name in self.profile}

    def _say(self, at: int, quiet: bool = False) -> None:
        """A record of all that is known of the person; where it comes from is the dataset that holds profiles."""
        id = f"made-{self.number}-{len(self.found)}"
        self.found.append(Record(id, "", at, at, dict(self.profile), {}, quiet=quiet))

    def _become_known(self, at: int) -> None:
        if not self.known:
            self.known = True
            self._say(at)

    # --------------------------------------------------------------- visits

    def _visit(self, at: int) -> None:
        """One visit: from looking around to an order, as far as it goes."""
        world, rand = self.world, self.rand
        stages = world.stages
        carried: dict[str, Any] = {}
        if not self.came:
            self.came = True
            for event in world.once:
                if event.name not in self.once_done and rand.random() < 0.8:
                    self.once_done.add(event.name)
                    self._become_known(at)
                    self._happens(event, at, carried)
                    at += rand.randrange(1, 9) * MINUTE
        for event in stages.get(0, ()):
            if rand.random() < 0.75:
                self._happens(event, at, {})
                at += self._moments()
        for event in stages.get(_LOOK, ()):
            for _ in range(rand.choices((0, 1, 2, 4), (35, 30, 20, 15))[0]):
                self._happens(event, at, {})
                at += self._moments()
        for event in (*world.others, *world.rare):
            if rand.random() < (0.18 if event in world.others else 0.02):
                self._happens(event, at, {})
                at += self._moments()
        if rand.random() >= (0.38 if stages.get(0) or stages.get(_LOOK) else 0.7):
            return
        filled = False
        for event in stages.get(_CART, ()):
            if rand.random() < 0.85:
                self._happens(event, at, carried)
                at += self._moments()
                filled = True
        left = stages.get(_LEFT, ())
        if rand.random() < (0.4 if left or filled else 0.6):
            self._buy(at + rand.randrange(1, 12) * MINUTE, carried)
            return
        for event in left:
            at += rand.randrange(5, 40) * MINUTE
            self._happens(event, at, carried)
        if left and rand.random() < 0.22:  # some come back to the cart by themselves
            self._buy(at + round(rand.expovariate(1 / (20 * HOUR))) + 10 * MINUTE, carried)

    def _moments(self) -> int:
        return round(self.rand.expovariate(1 / (2 * MINUTE))) + 5_000_000

    def _buy(self, at: int, carried: dict[str, Any]) -> None:
        buys = self.world.stages.get(_BUY, ())
        if not buys or at >= self.world.end:
            return
        self._become_known(at)
        self._happens(buys[0] if len(buys) == 1 else self.rand.choice(buys), at, carried)
        for event in self.world.later:
            name = event.name
            chance, usual = 0.3, 7.0
            if any(word in name for word in ("deliver", "shipp", "shipment", "dispatch")):
                chance, usual = 0.92, 3.0
            elif any(word in name for word in ("refund", "return", "cancel")):
                chance, usual = 0.07, 6.0
            if self.rand.random() < chance:
                after = at + round(usual * DAY * self.rand.lognormvariate(0, 0.4))
                self._happens(event, after, carried)

    def _happens(self, event: checked.Event, at: int, carried: dict[str, Any]) -> None:
        """One event; what `carried` says of the same cart or order is said again, and kept for what follows."""
        if not self.world.begin <= at < self.world.end:
            return
        said: dict[str, Any] = {}
        for name, field in event.fields.items():
            if name in carried and _fits(carried[name], field):
                said[name] = carried[name]
                continue
            if not field.required and field.default is None and self.rand.random() < 0.12:
                continue
            said[name] = self.world.maker.value(field, self.who, self.rand, at, self.favourites)
        self._add_up(event, said)
        said = {name: value for name, value in said.items() if value is not None}
        for name, value in said.items():
            if name.endswith("_id") or event.fields[name].type.kind in ("money", "list", "ref"):
                carried[name] = value
        id = f"made-{self.number}-{len(self.found)}"
        self.found.append(Record(id, event.name, at, at, self._identifiers(), said))

    def _add_up(self, event: checked.Event, said: dict[str, Any]) -> None:
        """The one amount of an event that has a list of items is what they cost together."""
        amounts = [name for name, field in event.fields.items() if field.type.kind == "money"]
        if len(amounts) != 1:
            return
        for name, field in event.fields.items():
            of = field.type.of
            if field.type.kind == "list" and of is not None and of.kind == "schema" and said.get(name):
                schema = self.world.workspace.schemas[of.name]
                costs = [self._cost(schema, item) for item in said[name]]
                if any(cost is not None for cost in costs):
                    said[amounts[0]] = self.world.maker.money(sum(cost or 0.0 for cost in costs))
                return
            if field.type.kind == "ref" and said.get(name):
                row = self.world.workspace.catalogs[field.type.name].rows.get(said[name], {})
                price = next((row[n] for n in ("price", amounts[0]) if isinstance(row.get(n), str)), None)
                if price is not None and price[-4:-3] == " ":
                    said[amounts[0]] = price

    def _cost(self, schema: checked.Schema, item: dict[str, Any]) -> float | None:
        """What an item of a cart costs: by its own amount, else by that of its row in a catalog."""
        price = next((item.get(name) for name, f in schema.fields.items() if f.type.kind == "money"), None)
        if price is None:
            for name, field in schema.fields.items():
                if field.type.kind == "ref" and item.get(name):
                    row = self.world.workspace.catalogs[field.type.name].rows.get(item[name], {})
                    price = price or row.get("price")
        if not isinstance(price, str) or price[-4:-3] != " ":
            return None
        return float(price[:-4]) * int(item.get("quantity") or 1)


def _fits(value: Any, field: checked.Field) -> bool:
    """Whether what an earlier event said can stand in this field."""
    match field.type.kind:
        case "money":
            return isinstance(value, str) and value[-4:-3] == " "
        case "list":
            return isinstance(value, list)
        case "text" | "ref":
            return isinstance(value, str)
    return False


def _poisson(mean: float, rand: Random) -> int:
    """How often something happens that happens so often on average (Knuth's way; rounded for large means)."""
    if mean > 60:
        return max(0, round(rand.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rand.random(), 0
    while product > limit:
        product *= rand.random()
        count += 1
    return count
