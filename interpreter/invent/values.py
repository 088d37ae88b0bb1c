"""A made-up value for a field: by its type, by its name, and by what the rules compare it with.

Values are canonical JSON, as they are stored. Addresses are of the domains and the numbers of the ranges that are
kept for examples, so that none of them is anybody's.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.types import Type
from sojourn.dsl.values import (
    DAY,
    HOUR,
    Duration,
    Money,
    duration_to_iso,
    instant_to_iso,
    money_to_text,
    to_datetime,
)
from sojourn.interpreter.invent.places import City

__all__ = ["Maker", "Somebody"]

_FEW_WORDS = (
    "blue",
    "garden",
    "winter",
    "small",
    "classic",
    "north",
    "spring",
    "round",
    "soft",
    "city",
    "light",
)
_RATINGS = {"rating": (1, 5), "stars": (1, 5), "score": (0, 10), "nps": (0, 10), "satisfaction": (1, 5)}


class Somebody:
    """Who a made-up person is: what goes together (a name and its address, a city and its zone) is drawn once."""

    __slots__ = ("birthday", "city", "first", "last", "latitude", "longitude", "number", "street")

    def __init__(
        self, number: int, city: City, first: str, last: str, street: str, birthday: dt.date, rand: Random
    ) -> None:
        self.number = number
        self.city = city
        self.first = first
        self.last = last
        self.street = street
        self.birthday = birthday
        # Most live within some fifteen kilometres of the middle of their city.
        self.latitude = round(city.latitude + rand.gauss(0, 0.07), 5)
        self.longitude = round(city.longitude + rand.gauss(0, 0.09), 5)


class Maker:
    """Makes values for the fields of one workspace. `hints` as `invent.hints.hints` gives them."""

    def __init__(self, workspace: checked.Workspace, hints: dict[str, list[Any]]) -> None:
        self.workspace = workspace
        self.hints = hints
        self.keys = {name: list(catalog.rows) for name, catalog in workspace.catalogs.items()}
        self.currency = self._currency()
        self._phones: dict[str, str] = {}

    def _currency(self) -> str:
        """The workspace's: of the amounts its rules name, else of its catalogs, else euros."""
        for values in self.hints.values():
            for value in values:
                if isinstance(value, Money):
                    return value.currency
        for catalog in self.workspace.catalogs.values():
            for name, field in catalog.fields.items():
                if field.type.kind == "money":
                    for row in catalog.rows.values():
                        if row.get(name):
                            return str(row[name])[-3:]
        return "EUR"

    def value(
        self, field: checked.Field, who: Somebody, rand: Random, now: int, favourites: dict[str, list[str]]
    ) -> Any:
        """A value for a field; `favourites` are the rows of each catalog that this person likes."""
        return self._of(field.type, field.name, who, rand, now, favourites)

    def _of(
        self, type: Type, name: str, who: Somebody, rand: Random, now: int, favourites: dict[str, list[str]]
    ) -> Any:
        hints = self.hints.get(name, [])
        match type.kind:
            case "text":
                return self._text(name, hints, who, rand)
            case "email":
                return self.email(who)
            case "phone":
                return self._phone(who)
            case "url":
                return f"https://example.com/{name.replace('_', '-')}/{rand.randrange(1, 400)}"
            case "country":
                return who.city.country
            case "language":
                return who.city.language
            case "timezone":
                return who.city.timezone
            case "location":
                near = [hint for hint in hints if isinstance(hint, tuple) and len(hint) == 2]
                if near and rand.random() < 0.3:
                    latitude, longitude = rand.choice(near)
                    return [
                        round(latitude + rand.gauss(0, 0.05), 5),
                        round(longitude + rand.gauss(0, 0.05), 5),
                    ]
                return [who.latitude, who.longitude]
            case "one of":
                # The first is the usual one; each further is half as frequent.
                options = list(type.options)
                return rand.choices(options, [0.5**place for place in range(len(options))])[0]
            case "boolean":
                return rand.random() < 0.5
            case "integer":
                return self._integer(name, hints, rand)
            case "number":
                return round(self._around(hints, 20.0, rand), 2)
            case "percent":
                return round(min(0.95, self._around(hints, 0.15, rand)), 2)
            case "money":
                amount = self._around([hint.amount for hint in hints if isinstance(hint, Money)], 48.0, rand)
                return self.money(amount)
            case "date":
                return self._date(name, who, rand, now).isoformat()
            case "time":
                return f"{rand.randrange(8, 20):02d}:{rand.choice((0, 15, 30, 45)):02d}:00"
            case "datetime":
                ahead = rand.randrange(1, 21) * DAY + rand.randrange(24) * HOUR
                past = any(word in name for word in ("created", "since", "last", "first", "started", "_at"))
                return instant_to_iso((now // HOUR) * HOUR + (-ahead if past else ahead))
            case "duration":
                return duration_to_iso(Duration(0, rand.randrange(1, 15), 0))
            case "ref":
                assert type.name is not None
                return self.key(type.name, rand, favourites)
            case "list":
                assert type.of is not None
                if type.of.is_textual and not hints and type.of.kind == "text":
                    return []
                found: list[Any] = []
                for _ in range(rand.choice((1, 1, 2, 3))):
                    item = self._of(type.of, name, who, rand, now, favourites)
                    if item is not None and item not in found:
                        found.append(item)
                return found
            case "schema":
                assert type.name is not None
                return self.schema(self.workspace.schemas[type.name], who, rand, now, favourites)
        return None

    # ---------------------------------------------------------------- parts

    def schema(
        self, schema: checked.Schema, who: Somebody, rand: Random, now: int, favourites: dict[str, list[str]]
    ) -> dict[str, Any]:
        """A value of a schema; what a catalog knows of its row (a price) is taken from there."""
        said: dict[str, Any] = {}
        row: dict[str, Any] = {}
        for name, field in schema.fields.items():
            if field.type.kind == "ref" and field.type.name is not None:
                said[name] = self.key(field.type.name, rand, favourites)
                row.update(self.workspace.catalogs[field.type.name].rows.get(said[name] or "", {}))
        for name, field in schema.fields.items():
            if name in said:
                continue
            if row.get(name) is not None and field.type.kind in ("money", "text", "number", "integer"):
                said[name] = row[name]
            else:
                said[name] = self._of(field.type, name, who, rand, now, favourites)
        return {name: value for name, value in said.items() if value is not None}

    def key(self, catalog: str, rand: Random, favourites: dict[str, list[str]]) -> str | None:
        """A row: mostly one that the person likes, else one by its popularity (a few are wanted by most)."""
        keys = self.keys.get(catalog, [])
        if not keys:
            return None
        liked = favourites.get(catalog)
        if liked and rand.random() < 0.7:
            return rand.choice(liked)
        return keys[min(len(keys) - 1, int(len(keys) * rand.random() ** 2.2))]

    def favourites(self, rand: Random) -> dict[str, list[str]]:
        """For each catalog a few rows that belong together, as people like one kind of things."""
        found: dict[str, list[str]] = {}
        for name, keys in self.keys.items():
            catalog = self.workspace.catalogs[name]
            group = next(
                (f for f in ("category", "kind", "type", "brand", "group") if f in catalog.fields), None
            )
            if group is not None and keys:
                liked = catalog.rows[rand.choice(keys)].get(group)
                found[name] = [key for key in keys if catalog.rows[key].get(group) == liked]
            elif keys:
                found[name] = rand.sample(keys, min(len(keys), 4))
        return found

    def money(self, amount: float) -> str:
        """An amount in the workspace's currency."""
        return money_to_text(Money(Decimal(f"{max(0.5, amount):.2f}"), self.currency))

    @staticmethod
    def email(who: Somebody) -> str:
        """An address that is nobody's, and unlike all others."""
        plain = f"{who.first}.{who.last}".lower().translate(_PLAIN)
        kept = "".join(char for char in plain if char.isascii() and (char.isalnum() or char in ".-"))
        return f"{kept.strip('.-') or 'someone'}.{who.number}@example.com".replace("..", ".")

    def _phone(self, who: Somebody) -> str | None:
        """A mobile number that is valid in the person's country."""
        import phonenumbers

        country = who.city.country
        example = self._phones.get(country)
        if example is None:
            kind = phonenumbers.PhoneNumberType.MOBILE
            number = phonenumbers.example_number_for_type(country, kind)
            if number is None:
                return None
            example = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            self._phones[country] = example
        ending = f"{who.number % 1000:03d}"
        other = example[: -len(ending)] + ending
        try:
            valid = phonenumbers.is_valid_number(phonenumbers.parse(other))
        except phonenumbers.NumberParseException:
            valid = False
        return other if valid else example

    def _text(self, name: str, hints: list[Any], who: Somebody, rand: Random) -> Any:
        low = name.lower()
        known: dict[str, Any] = {
            "first": who.first, "given": who.first, "last_name": who.last, "surname": who.last,
            "family": who.last, "city": who.city.name, "town": who.city.name, "street": who.street,
        }  # fmt: skip
        for word, value in known.items():
            if word in low:
                return value
        if "zip" in low or "postal" in low or "postcode" in low:
            return "".join(str(rand.randrange(10)) if char == "#" else char for char in who.city.postal)
        texts = [hint for hint in hints if isinstance(hint, str) and hint]
        if texts and rand.random() < 0.75:
            return rand.choice(texts)
        if low == "name" or low.endswith("full_name"):
            return f"{who.first} {who.last}"
        if low.endswith(("_id", "id", "number", "key", "token", "code", "sku")):
            return f"{low.removesuffix('_id')[:12].replace('_', '-')}-{rand.getrandbits(36):09x}"
        if low in ("topic",):
            topics = list(self.workspace.topics)
            return rand.choice(topics) if topics else None
        return f"{rand.choice(_FEW_WORDS)} {rand.choice(_FEW_WORDS)}"

    def _integer(self, name: str, hints: list[Any], rand: Random) -> int:
        for word, (low, high) in _RATINGS.items():
            if word in name:
                # Most are content, some are not.
                return max(low, min(high, round(high - abs(rand.gauss(0, (high - low) / 2.5)))))
        if "quantity" in name or "count" in name:
            return rand.choices((1, 2, 3), (80, 15, 5))[0]
        return max(0, round(self._around(hints, 4.0, rand)))

    @staticmethod
    def _around(hints: list[Any], usual: float, rand: Random) -> float:
        """A number above nought, about as often below as above one that the rules name."""
        numbers = [float(hint) for hint in hints if isinstance(hint, int | float | Decimal) and hint > 0]
        middle = rand.choice(numbers) if numbers else usual
        return middle * rand.lognormvariate(0.15, 0.6)

    @staticmethod
    def _date(name: str, who: Somebody, rand: Random, now: int) -> dt.date:
        if "birth" in name:
            return who.birthday
        today = to_datetime(now).date()
        past = any(
            word in name for word in ("since", "first", "last", "joined", "signed", "installed", "bought")
        )
        days = rand.randrange(1, 400 if past else 60)
        return today - dt.timedelta(days) if past else today + dt.timedelta(days)


_PLAIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ê": "e", "à": "a", "â": "a", "ç": "c",
     "á": "a", "í": "i", "ó": "o", "ú": "u", "ñ": "n", "ã": "a", "ł": "l", "ś": "s", "ć": "c", "ø": "o", "å": "a",
     "č": "c", "š": "s", "ž": "z", "ř": "r", "ě": "e", "ý": "y", " ": "-", "'": ""}
)  # fmt: skip
