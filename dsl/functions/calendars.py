"""Working days and holidays, by country and region.

Which days are holidays is what the library `holidays` knows of each country, for the years that it covers.
"""

from __future__ import annotations

from sojourn.dsl.functions.signature import COUNTRY_KINDS, DAYS, NUMERIC, TEXTUAL, Parameter, Signature
from sojourn.dsl.types import BOOLEAN, DATE, INTEGER, TEXT

__all__ = ["SIGNATURES"]

_DATE = Parameter("date", DAYS)
_WHERE = Parameter("country", COUNTRY_KINDS, optional=True, instead="country", may_be_missing=True)
_LANGUAGE = Parameter("language", TEXTUAL, optional=True, instead="language", may_be_missing=True)
_ERRORS = ("unknown-holidays", "unknown-region", "no-country")

SIGNATURES = (
    Signature(
        "is_weekend", "calendars", (_DATE, _WHERE), BOOLEAN,
        "Whether the date is at the weekend of the country: Saturday and Sunday in most.",
        (('is_weekend(2026-11-28, "DE")', "true"), ('is_weekend(2026-11-27, "EG")', "true")),
        errors=_ERRORS,
    ),
    Signature(
        "is_holiday", "calendars", (_DATE, _WHERE), BOOLEAN,
        "Whether the date is a public holiday in the country, or in one of its regions.",
        (
            ("is_holiday(today)", "false"),
            ('is_holiday(2026-12-25, "DE")', "true"),
            ('is_holiday(2026-01-06, "DE")', "false"),
            ('is_holiday(2026-01-06, "DE-BY")', "true"),
        ),
        errors=_ERRORS,
    ),
    Signature(
        "is_working_day", "calendars", (_DATE, _WHERE), BOOLEAN,
        "Whether the date is neither at the weekend nor a public holiday.",
        (("is_working_day(today)", "true"), ('is_working_day(2026-12-25, "DE")', "false")),
        errors=_ERRORS,
        elsewhere=("is_workday", "is_business_day"),
    ),
    Signature(
        "holiday_name", "calendars", (_DATE, _WHERE, _LANGUAGE), TEXT,
        "The name of the public holiday, in the language where its calendar has it, else in English or the country's "
        "own; missing on other days.",
        (
            ("holiday_name(2026-12-25)", '"Erster Weihnachtstag"'),
            ('holiday_name(2026-07-14, "FR", "en")', '"National Day"'),
        ),
        errors=_ERRORS,
    ),
    Signature(
        "next_holiday", "calendars", (_DATE, _WHERE), DATE,
        "The first public holiday after the date; missing when the calendar knows none within two years.",
        (("next_holiday(today)", "2026-12-25"),),
        errors=_ERRORS,
    ),
    Signature(
        "next_working_day", "calendars", (_DATE, _WHERE), DATE, "The first working day after the date.",
        (("next_working_day(today)", "2026-11-24"), ('next_working_day(2026-12-24, "DE")', "2026-12-28")),
        errors=_ERRORS,
        elsewhere=("next_business_day",),
    ),
    Signature(
        "add_working_days", "calendars", (_DATE, Parameter("number", NUMERIC), _WHERE), DATE,
        "The date so many working days later, or earlier when the number is below 0; 0 gives the date itself. At most "
        "1000.",
        (
            ("add_working_days(today, 5)", "2026-11-30"),
            ('add_working_days(2026-12-24, 2, "DE")', "2026-12-29"),
            ("add_working_days(today, -1)", "2026-11-20"),
        ),
        errors=_ERRORS,
        elsewhere=("workday", "add_business_days"),
    ),
    Signature(
        "working_days_between", "calendars", (Parameter("from", DAYS), Parameter("to", DAYS), _WHERE), INTEGER,
        "How many working days come after the first date, up to and including the second.",
        (("working_days_between(2026-12-21, 2026-12-28)", "4"),),
        errors=_ERRORS,
        elsewhere=("networkdays", "business_days_between"),
    ),
)  # fmt: skip
