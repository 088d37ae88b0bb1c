"""Functions for money, for places, and for choosing between values."""

from __future__ import annotations

from sojourn.dsl.functions.signature import BARE, NUMERIC, TEXTUAL, Parameter, Signature
from sojourn.dsl.types import LOCATION, MONEY, NUMBER, TEXT

__all__ = ["SIGNATURES"]

_PLACE = Parameter("location", ("location",))

SIGNATURES = (
    Signature(
        "amount", "money", (Parameter("money", ("money",)),), NUMBER,
        "The amount as a number; `total.amount` says the same.", (("amount(balance)", "-5.25"),),
    ),
    Signature(
        "currency", "money", (Parameter("money", ("money",)),), TEXT,
        "The currency's code; `total.currency` says the same.", (("currency(balance)", '"EUR"'),),
    ),
    Signature(
        "money", "money", (Parameter("amount", NUMERIC), Parameter("currency", TEXTUAL)), MONEY,
        "A number as an amount of a currency: `money(amount(total) * rate, \"USD\")` converts one; missing when there "
        "is no such currency.",
        (('money(12.5, "EUR")', "12.50 EUR"), ('money(amount(balance) * 2, "USD")', "-10.50 USD")),
        errors=("not-a-value",),
        elsewhere=("to_money", "convert_currency", "convert"),
    ),
    Signature(
        "location", "places", (Parameter("latitude", NUMERIC), Parameter("longitude", NUMERIC)), LOCATION,
        "The place of a latitude and a longitude in degrees; missing when there is none such.",
        (("latitude(location(48.8566, 2.3522))", "48.8566"),),
        errors=("no-such-place",),
        elsewhere=("point", "geo_point", "coordinates"),
    ),
    Signature(
        "latitude", "places", (_PLACE,), NUMBER, "The latitude of the place in degrees, north above 0.",
        (("latitude(home)", "52.52"),),
    ),
    Signature(
        "longitude", "places", (_PLACE,), NUMBER, "The longitude of the place in degrees, east above 0.",
        (("longitude(home)", "13.405"),),
    ),
    Signature(
        "distance", "places", (_PLACE, Parameter("other", ("location",))), NUMBER,
        "How many kilometres lie between two places, on the globe. `home within 5 km of place` asks it as a condition.",
        (("round(distance(home, location(48.8566, 2.3522)))", "877"),),
        elsewhere=("geo_distance", "haversine"),
    ),
    Signature(
        "nearest", "places", (_PLACE, Parameter("catalog", ("catalog",))), "row",
        "The row of the catalog that lies nearest, by its field of type location; missing when none has a place.",
        (("nearest(home, shop)", '"berlin"'),),
        errors=("not-a-catalog", "no-location-field"),
    ),
    Signature(
        "first_known", "choosing",
        (Parameter("a", BARE, may_be_missing=True), Parameter("b", BARE, may_be_missing=True, repeats=True)), 0,
        "The first of the values that is not missing.",
        (('first_known(nickname, first_name, "friend")', '"ADA"'),),
        alike=0,
        elsewhere=("coalesce", "ifnull", "default", "iferror", "ifempty", "nvl"),
    ),
    Signature(
        "if_else", "choosing",
        (
            Parameter("condition", ("boolean",), may_be_missing=True),
            Parameter("then", BARE, may_be_missing=True),
            Parameter("otherwise", BARE, may_be_missing=True),
        ),
        1,
        "The second value where the condition is true, else the third.",
        (('if_else(points >= 100, "a regular", "a guest")', '"a regular"'),),
        alike=1,
        elsewhere=("iff", "iif", "ifs", "when", "ternary", "choose", "multiif"),
    ),
)  # fmt: skip
