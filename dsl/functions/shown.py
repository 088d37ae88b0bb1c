"""Functions that write a value as people of a language do, by the tables of Unicode's CLDR."""

from __future__ import annotations

from sojourn.dsl.functions.signature import AMOUNT, DAYS, NUMERIC, TEXTUAL, Parameter, Signature
from sojourn.dsl.types import TEXT

__all__ = ["SIGNATURES"]

_LANGUAGE = Parameter("language", TEXTUAL, optional=True, instead="language", may_be_missing=True)

SIGNATURES = (
    Signature(
        "money_text", "shown", (Parameter("amount", ("money",)), _LANGUAGE), TEXT,
        "The amount as it is written in the language.",
        (("money_text(1234.5 EUR)", '"1.234,50 €"'), ('money_text(1234.5 EUR, "en")', '"€1,234.50"')),
        elsewhere=("currency_format", "format_money", "dollar", "money_with_currency"),
    ),
    Signature(
        "number_text", "shown",
        (
            Parameter("number", AMOUNT[:3]),
            Parameter("digits", NUMERIC, optional=True, may_be_missing=True),
            _LANGUAGE,
        ),
        TEXT,
        "The number as it is written in the language, with so many digits after the point, or as many as it has (three "
        "at most) where none are said; a percentage with its sign.",
        (("number_text(1234.5)", '"1.234,5"'), ('number_text(1234.5, 2, "en")', '"1,234.50"')),
        elsewhere=("format_number", "fixed", "number_with_delimiter"),
    ),
    Signature(
        "date_text", "shown",
        (
            Parameter("date", DAYS),
            Parameter("pattern", TEXTUAL, optional=True, instead='"long"', may_be_missing=True),
            _LANGUAGE,
        ),
        TEXT,
        'The date as it is written in the language: "short", "medium", "long" or "full"; or by a pattern of D, DD, M, '
        "MM, YY, YYYY, and MMM, MMMM, DDD, DDDD for the names of the month and the day.",
        (
            ("date_text(today)", '"23. November 2026"'),
            ('date_text(today, "DD.MM.YYYY")', '"23.11.2026"'),
            ('date_text(today, "full", "fr")', '"lundi 23 novembre 2026"'),
            ('date_text(today, "DDDD, D MMM", "en")', '"Monday, 23 Nov"'),
        ),
        errors=("bad-pattern-of-date",),
        elsewhere=("format_date", "formatdatetime", "strftime", "dateformat"),
    ),
    Signature(
        "time_text", "shown", (Parameter("time", ("time", "datetime")), _LANGUAGE), TEXT,
        "The clock time as it is written in the language, without seconds: of a moment that where the person is.",
        (("time_text(last_order)", '"18:30"'), ('time_text(18:30, "en")', '"6:30 PM"')),
        elsewhere=("format_time", "clock"),
    ),
    Signature(
        "country_name", "shown", (Parameter("country", ("country", "text", "one of")), _LANGUAGE), TEXT,
        "The name of the country in the language; missing for a code that is none.",
        (("country_name(country)", '"Deutschland"'), ('country_name("FR", "en")', '"France"')),
    ),
    Signature(
        "language_name", "shown", (Parameter("code", ("language", "text", "one of")), _LANGUAGE), TEXT,
        "The name of a language in the language; missing for a code that is none.",
        (('language_name("fr", "en")', '"French"'),),
    ),
)  # fmt: skip
