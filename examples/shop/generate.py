"""Makes the sample of this example: weeks of a shop's life, the same for the same seed.

    python examples/shop/generate.py                               writes what is committed here
    python examples/shop/generate.py --people 20000 --weeks 12 --seed 1 --out /tmp/events --crm /tmp/crm.csv

It writes `web.jsonl` and `mobile.jsonl` into the folder of --out, as docs/design.md describes them ("Events on the
wire"), and the customers who were there before into --crm. It needs nothing but Python.

The people in it look around, fill carts, buy or leave, sign up after a while as anonymous visitors, use an app beside
the website, share a tablet at home. They do not know of any message: what they do is written down before. So compare
what your journeys *do* with it, not what they *earn*.

As in life, some records are wrong (they are set aside, with the reason), some come twice (the second counts for
nothing), and some of the app's come hours late (a phone was offline).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday. With six weeks it ends on 13 April 2026."""

Profile = dict[str, Any]
Item = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where people live: `offset` is the hours to UTC, near enough for the hour at which they shop."""

    country: str
    zone: str
    offset: int
    language: str
    weight: int


PLACES = (
    Place("DE", "Europe/Berlin", 1, "de", 26),
    Place("FR", "Europe/Paris", 1, "fr", 22),
    Place("AT", "Europe/Vienna", 1, "de", 8),
    Place("NL", "Europe/Amsterdam", 1, "en", 10),
    Place("GB", "Europe/London", 0, "en", 14),
    Place("PT", "Europe/Lisbon", 0, "en", 4),
    Place("US", "America/New_York", -5, "en", 9),
    Place("US", "America/Los_Angeles", -8, "en", 4),
    Place("IN", "Asia/Kolkata", 5, "en", 3),
)

NAMES = {
    "de": "Anna Lena Jonas Felix Mia Emma Paul Lukas Sophie Marie Jan Tim Nele Ida Karl Greta Moritz Clara Till Frieda",
    "fr": "Chloé Hugo Inès Jules Léa Louis Manon Noé Camille Zoé Adèle Bastien Élise Gabin Margaux Rémi Alice Théo",
    "en": "Ada Ben Grace Liam Olivia Noah Ruby Jack Amara Priya Arjun Sofia Tom Ella Max Isla Omar Maya Leo Nina",
}
HOURS = (1, 1, 0, 0, 0, 1, 3, 5, 6, 6, 6, 7, 10, 9, 6, 6, 7, 8, 10, 13, 15, 14, 9, 4)
"""How much is going on at each hour of the day where somebody lives."""

VERSIONS = ("4.1.0", "4.1.2", "4.2.0")


class Chance:
    """A source of chance that says the same in every version of Python: nothing but `random()` is asked."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def happens(self, share: float) -> bool:
        return self._random() < share

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def between(self, low: float, high: float) -> float:
        return low + self._random() * (high - low)

    def one_of(self, options: Sequence[Any]) -> Any:
        return options[self.below(len(options))]

    def weighted(self, weights: Sequence[int]) -> int:
        """The number of one of the weights."""
        left = self._random() * sum(weights)
        for number, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return number
        return len(weights) - 1


@dataclass
class Person:
    """Somebody, and what the shop knows of them so far."""

    number: int
    first_name: str
    email: str
    place: Place
    taste: str
    web: str
    app: str = ""
    crm_id: str = ""
    known: bool = False
    consents: Profile = field(default_factory=dict)
    has_app: bool = False
    orders: int = 0


@dataclass(frozen=True)
class Line:
    """A line of a file: when it arrives, and which."""

    arrives: datetime
    number: int
    text: str


class Shop:
    """The shop, while it is being made up."""

    def __init__(self, chance: Chance, products: list[dict[str, str]], weeks: int) -> None:
        self.chance = chance
        self.products = products
        self.by_sku = {product["sku"]: product for product in products}
        self.end = START + timedelta(weeks=weeks)
        self.days = weeks * 7
        self.web: list[Line] = []
        self.mobile: list[Line] = []
        self.count = 0
        self.carts = 0
        self.orders = 0

    # ------------------------------------------------------------ records

    def record(
        self,
        person: Person,
        at: datetime,
        event: str,
        profile: Profile,
        properties: dict[str, Any] | None = None,
        app: bool = False,
    ) -> None:
        """Writes one record, unless it lies behind the end of the sample."""
        if at >= self.end:
            return
        self.count += 1
        record: dict[str, Any] = {}
        if event:
            record["event"] = event
        record["id"] = f"{'m' if app else 'w'}-{self.count}"
        record["time"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        record["profile"] = profile
        if properties:
            record["properties"] = properties
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        lines = self.mobile if app else self.web
        arrives = at
        if app and self.chance.happens(0.04):
            arrives += timedelta(minutes=self.chance.between(20, 1800))
        lines.append(Line(arrives, self.count, text))
        if self.chance.happens(0.006):
            # The sender did not hear that it had arrived, and sends it once more.
            lines.append(Line(arrives + timedelta(seconds=30), self.count, text))

    def who(self, person: Person, app: bool) -> Profile:
        """The profile part of a record from one of somebody's devices."""
        return {"device_id": person.app if app else person.web}

    # ------------------------------------------------------------ a life

    def live(self, person: Person) -> None:
        """All that somebody does in these weeks."""
        chance = self.chance
        for at in self.visits(person):
            app = person.has_app and chance.happens(0.55)
            self.visit(person, at, app)

    def visits(self, person: Person) -> list[datetime]:
        """When somebody comes: a few come often, most seldom; more in the evening and on Sundays."""
        chance = self.chance
        wanted = (1, 2, 3, 5, 8, 12)[
            chance.weighted((54, 24, 12, 6, 3, 1) if not person.crm_id else (34, 29, 18, 11, 6, 2))
        ]
        found = []
        first = chance.below(self.days) if not person.crm_id else 0
        for number in range(wanted):
            day = first if number == 0 and not person.crm_id else first + chance.below(self.days - first)
            if (START + timedelta(days=day)).weekday() == 6 or chance.happens(0.85):
                local = chance.weighted(HOURS)
                at = START + timedelta(
                    days=day, hours=local - person.place.offset, seconds=chance.below(3600)
                )
                if at >= START:
                    found.append(at)
        return sorted(found)

    def visit(self, person: Person, at: datetime, app: bool) -> None:
        """One visit: look, perhaps fill a cart, perhaps buy."""
        chance = self.chance
        who = self.who(person, app)
        if app:
            self.record(
                person, at, "app_opened", who, {"platform": "ios" if person.number % 3 else "android"}, app
            )
            at += timedelta(seconds=chance.between(3, 20))
        seen = []
        for _ in range(1 + chance.weighted((37, 28, 16, 10, 6, 3))):
            product = self.product(person)
            seen.append(product)
            self.record(person, at, "Product Viewed", who, {"product": product["sku"]}, app)
            at += timedelta(seconds=chance.between(25, 400))
        if not person.known and chance.happens(0.34):
            self.sign_up(person, at, app)
            at += timedelta(seconds=chance.between(20, 200))
        if person.known and not person.has_app and chance.happens(0.06):
            self.install(person, at + timedelta(minutes=chance.between(5, 600)))
        if chance.happens(0.36 if person.known else 0.16):
            self.cart(person, at, app, seen)
        if person.known and person.consents and chance.happens(0.012):
            topic = chance.one_of(("offers", "newsletter"))
            self.record(person, at, "unsubscribed", {"email": person.email}, {"topic": topic}, app)

    def product(self, person: Person) -> dict[str, str]:
        """What somebody looks at: mostly things of their taste, the first of a category most."""
        chance = self.chance
        taste = person.taste if chance.happens(0.6) else chance.one_of(self.products)["category"]
        shelf = [product for product in self.products if product["category"] == taste]
        return shelf[chance.weighted([12 // (n + 1) + 1 for n in range(len(shelf))])]

    def sign_up(self, person: Person, at: datetime, app: bool) -> None:
        """A visitor becomes somebody with a name; one of the CRM's customers signs in."""
        chance = self.chance
        person.known = True
        profile = {**self.who(person, app), "email": person.email}
        if person.crm_id:
            self.record(person, at, "Signed In", profile, None, app)
            return
        person.consents = {"consent.newsletter": chance.happens(0.55), "consent.offers": chance.happens(0.7)}
        profile |= {
            "firstName": person.first_name,
            "country": person.place.country,
            "language": person.place.language,
            "timezone": person.place.zone,
            **person.consents,
        }
        if chance.happens(0.2):
            profile["phone"] = f"+4366412{10000 + person.number % 90000}"
        self.record(
            person, at, "Signed Up", profile, {"method": chance.one_of(("email", "email", "google"))}, app
        )

    def install(self, person: Person, at: datetime) -> None:
        """Somebody known takes the app: another device of theirs."""
        person.has_app = True
        profile: Profile = {"device_id": person.app, "email": person.email}
        if self.chance.happens(0.7):
            profile["push_token"] = f"push-{person.number:05}"
        properties = {
            "platform": "ios" if person.number % 3 else "android",
            "version": self.chance.one_of(VERSIONS),
        }
        self.record(person, at, "app_installed", profile, properties, app=True)

    # ------------------------------------------------------ carts, orders

    def cart(self, person: Person, at: datetime, app: bool, seen: list[dict[str, str]]) -> None:
        """A cart is filled; then it is bought, or left, or left and bought later."""
        chance = self.chance
        self.carts += 1
        cart = f"c-{self.carts}"
        items: list[Item] = []
        for product in seen[-1 - chance.weighted((70, 22, 8)) :]:
            if not any(item["product"] == product["sku"] for item in items):
                items.append({"product": product["sku"], "quantity": 1 + chance.weighted((80, 14, 6))})
        total = self.total(items)
        who = self.who(person, app)
        self.record(person, at, "cart_updated", who, {"cart_id": cart, "items": items, "total": total}, app)
        at += timedelta(seconds=chance.between(40, 900))
        if chance.happens(0.43):
            self.order(person, at, app, items, total)
            return
        left = at + timedelta(minutes=30)
        properties = {"cart_id": cart, "items": items, "total": total}
        self.record(person, left, "Cart Abandoned", who, properties, app)
        if chance.happens(0.24):
            hours = chance.between(0.2, 5) if chance.happens(0.5) else chance.between(5, 60)
            self.order(person, left + timedelta(hours=hours), app, items, total)

    def order(self, person: Person, at: datetime, app: bool, items: list[Item], total: str) -> None:
        """An order, and what becomes of it: sent, delivered, reviewed, sent back."""
        chance = self.chance
        self.orders += 1
        person.orders += 1
        order = f"o-{self.orders}"
        # Whoever buys says who they are, with an account or without.
        who = {**self.who(person, app), "email": person.email}
        self.record(
            person, at, "Order Completed", who, {"order_id": order, "items": items, "total": total}, app
        )
        by_email = {"email": person.email}
        sent = at + timedelta(hours=chance.between(8, 40))
        carrier = chance.one_of(("DHL", "La Poste", "UPS"))
        self.record(person, sent, "order_shipped", by_email, {"order_id": order, "carrier": carrier})
        if chance.happens(0.03):
            return  # lost on the way
        there = sent + timedelta(hours=chance.between(20, 90))
        self.record(person, there, "order_delivered", by_email, {"order_id": order})
        if chance.happens(0.16):
            rating = 1 + chance.weighted((3, 4, 9, 30, 54))
            reviewed = there + timedelta(days=chance.between(3, 12))
            review = {"product": items[0]["product"], "rating": rating}
            self.record(person, reviewed, "review_written", by_email, review)
        elif chance.happens(0.07):
            back = there + timedelta(days=chance.between(2, 12))
            self.record(person, back, "order_refunded", by_email, {"order_id": order, "total": total})

    def total(self, items: list[Item]) -> str:
        """The sum of a cart, exact to the cent."""
        cents = 0
        for item in items:
            whole, _, part = self.by_sku[item["product"]]["price"].split(" ")[0].partition(".")
            cents += item["quantity"] * (int(whole) * 100 + int(part.ljust(2, "0") or 0))
        return f"{cents // 100}.{cents % 100:02} EUR" if cents % 100 else f"{cents // 100} EUR"

    # -------------------------------------------------------- wrong ones

    def wrong(self) -> None:
        """Records that do not fit, spread over the weeks: each is set aside with its reason."""
        total = "39 EUR"
        email = {"email": "ada.lovelace@example.com"}
        records: list[Any] = [
            {
                "event": "Product Veiwed",
                "profile": {"device_id": "web-1"},
                "properties": {"product": "la-01"},
            },
            {"event": "Order Completed", "profile": email, "properties": {"order_id": "o-x1"}},
            {
                "event": "Order Completed",
                "profile": email,
                "properties": {"order_id": "o-x2", "total": "free"},
            },
            {"event": "Signed Up", "profile": {"email": "no at sign", "firstName": "Al"}},
            {"event": "Signed Up", "profile": {**email, "timezone": "Mars/Olympus"}},
            {"event": "Signed Up", "profile": {**email, "country": "Germny"}},
            {"event": "Product Viewed", "profile": {}, "properties": {"product": "te-02"}},
            {
                "event": "Cart Abandoned",
                "profile": {"device_id": "web-2"},
                "properties": {"total": total, "items": "none"},
            },
            {"event": "Product Viewed", "profile": {"device_id": "web-3"}, "properties": {}},
            {"profile": {"email": "bob@example.com", "nickname": "Bob"}},
        ]
        step = (self.end - START) / (len(records) + 2)
        at = START
        for number, record in enumerate(records, 1):
            at += step
            self.count += 1
            whole = (
                {"event": record.pop("event"), "id": f"x-{number}"}
                if "event" in record
                else {"id": f"x-{number}"}
            )
            whole |= {"time": at.strftime("%Y-%m-%dT%H:%M:%SZ"), **record}
            text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
            self.web.append(Line(at, self.count, text))
        at += step
        self.count += 1
        # The connection broke in the middle.
        cut = '{"event":"Cart Abandoned","id":"x-11","time":"2026-04-08T19:12:44Z","profile":{"device'
        self.web.append(Line(at, self.count, cut))


def people(chance: Chance, count: int, categories: list[str]) -> list[Person]:
    """Everybody; about a quarter were customers before, and are in the CRM."""
    found = []
    for number in range(1, count + 1):
        place = PLACES[chance.weighted([place.weight for place in PLACES])]
        name = chance.one_of(NAMES[place.language].split())
        plain = name.lower().translate(str.maketrans("éèëïôÉ", "eeeioe"))
        person = Person(
            number,
            name,
            f"{plain}.{number}@example.com",
            place,
            chance.one_of(categories),
            web=f"web-{number:04x}{chance.below(4096):03x}",
            app=f"app-{number:04x}{chance.below(4096):03x}",
        )
        if chance.happens(0.26):
            person.crm_id = f"C{10000 + number}"
            person.has_app = chance.happens(0.2)
        elif found and chance.happens(0.02):
            # Two at home share a tablet.
            person.web = found[-1].web
        found.append(person)
    return found


def crm_rows(chance: Chance, everybody: list[Person]) -> list[list[str]]:
    """The customers who were there before, as their system exports them; one row in it is wrong."""
    rows = [
        [
            "Customer",
            "E-Mail",
            "First name",
            "Born",
            "Country",
            "Language",
            "Time zone",
            "Club",
            "Mobile",
            "Offers",
            "News",
        ]
    ]
    for person in everybody:
        if not person.crm_id:
            continue
        born = f"{1 + chance.below(28):02}/{1 + chance.below(12):02}/{1950 + chance.below(56)}"
        club = ("Bronze", "Silver", "Gold")[chance.weighted((70, 22, 8))]
        phone = f"+4366413{10000 + person.number % 90000}" if chance.happens(0.3) else ""
        offers, news = ("yes" if chance.happens(share) else "no" for share in (0.66, 0.5))
        person.consents = {"consent.offers": offers == "yes"}
        rows.append(
            [
                person.crm_id, person.email, person.first_name, born, person.place.country,
                person.place.language, person.place.zone, club, phone, offers, news,
            ]
        )  # fmt: skip
    rows.insert(
        min(200, len(rows)),
        ["C99999", "nobody", "Nobody", "31/02/1990", "DE", "de", "Europe/Berlin", "Bronze", "", "no", "no"],
    )
    return rows


def generate(count: int, weeks: int, seed: int) -> dict[str, str]:
    """The three files by name: `web.jsonl`, `mobile.jsonl` and `crm.csv`."""
    with (HERE / "data" / "products.csv").open(encoding="utf-8", newline="") as file:
        products = list(csv.DictReader(file))
    chance = Chance(seed)
    categories = list(dict.fromkeys(product["category"] for product in products))
    everybody = people(chance, count, categories)
    rows = crm_rows(chance, everybody)
    shop = Shop(chance, products, weeks)
    for person in everybody:
        if person.has_app:
            shop.install(person, START + timedelta(hours=chance.between(0, 24 * 5)))
            person.known = True
        shop.live(person)
    shop.wrong()
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return {
        "web.jsonl": "".join(line.text + "\n" for line in in_order(shop.web)),
        "mobile.jsonl": "".join(line.text + "\n" for line in in_order(shop.mobile)),
        "crm.csv": out.getvalue(),
    }


def in_order(lines: list[Line]) -> list[Line]:
    """Lines as they arrive."""
    return sorted(lines, key=lambda line: (line.arrives, line.number))


def main() -> None:
    """Writes the files."""
    parser = argparse.ArgumentParser(description="Makes sample events for the example shop.")
    parser.add_argument("--people", type=int, default=3000, help="how many people (3000)")
    parser.add_argument("--weeks", type=int, default=6, help="how many weeks (6)")
    parser.add_argument("--seed", type=int, default=3, help="the same seed gives the same sample (3)")
    parser.add_argument("--out", type=Path, default=HERE / "events", help="folder for the events")
    parser.add_argument(
        "--crm", type=Path, default=HERE / "data" / "crm.csv", help="file for the CRM's customers"
    )
    given = parser.parse_args()
    if given.people < 1 or given.weeks < 1:
        parser.error("there must be at least one person and one week")
    files = generate(given.people, given.weeks, given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    given.crm.parent.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = given.crm if name == "crm.csv" else given.out / name
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path}: {text.count(chr(10)):,} lines, {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
