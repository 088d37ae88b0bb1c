"""Functions for dates and moments. Where a date is taken, a moment counts with its date where the person is."""

from __future__ import annotations

from sojourn.dsl.functions.signature import DAYS, NUMERIC, WEEKDAY, Parameter, Signature
from sojourn.dsl.types import DATE, DATETIME, INTEGER, TIME

__all__ = ["SIGNATURES"]

_DATE = Parameter("date", DAYS)
_FROM, _TO = Parameter("from", DAYS), Parameter("to", DAYS)
_MOMENT = Parameter("moment", ("datetime",))

SIGNATURES = (
    Signature(
        "age", "dates", (_DATE,), INTEGER, "How many whole years ago the date was.",
        (("age(birthday)", "36"),),
        elsewhere=("datedif", "years_since"),
    ),
    Signature(
        "anniversary", "dates", (_DATE,), DATE,
        "The next day on which the date comes round, today included; that of 29 February is 28 February in other "
        "years.",
        (("anniversary(birthday)", "2027-03-14"),),
        elsewhere=("next_birthday",),
    ),
    Signature(
        "days_until", "dates", (_DATE,), INTEGER,
        "How many days it is from today to the date; less than 0 when it is past.",
        (("days_until(2026-12-24)", "31"),),
    ),
    Signature(
        "days_since", "dates", (_DATE,), INTEGER, "How many days ago the date was; less than 0 when it is to come.",
        (("days_since(last_order)", "3"),),
        elsewhere=("days_ago",),
    ),
    Signature(
        "days_between", "dates", (_FROM, _TO), INTEGER, "How many days it is from one date to another.",
        (("days_between(2026-11-23, 2026-12-24)", "31"),),
        elsewhere=("days", "datediff", "date_diff"),
    ),
    Signature(
        "months_between", "dates", (_FROM, _TO), INTEGER, "How many whole months it is from one date to another.",
        (("months_between(2026-01-31, 2026-03-30)", "1"),),
    ),
    Signature(
        "years_between", "dates", (_FROM, _TO), INTEGER, "How many whole years it is from one date to another.",
        (("years_between(birthday, 2026-03-13)", "35"),),
    ),
    Signature(
        "hours_between", "dates", (Parameter("from", ("datetime",)), Parameter("to", ("datetime",))), INTEGER,
        "How many whole hours it is from one moment to another.",
        (("hours_between(last_order, now)", "63"),),
    ),
    Signature(
        "year", "dates", (_DATE,), INTEGER, "The year of the date.", (("year(birthday)", "1990"),),
    ),
    Signature(
        "quarter", "dates", (_DATE,), INTEGER, "The quarter of the year, from 1 to 4.", (("quarter(today)", "4"),),
    ),
    Signature(
        "month", "dates", (_DATE,), INTEGER, "The month, from 1 to 12.", (("month(birthday)", "3"),),
    ),
    Signature(
        "week", "dates", (_DATE,), INTEGER,
        "The number of the week, from 1 to 53: weeks begin on Monday, the first has the year's first Thursday "
        "(ISO 8601).",
        (("week(today)", "48"),),
        elsewhere=("isoweeknum", "weeknum"),
    ),
    Signature(
        "day", "dates", (_DATE,), INTEGER, "The day of the month, from 1 to 31.", (("day(birthday)", "14"),),
        elsewhere=("day_of_month",),
    ),
    Signature(
        "weekday", "dates", (_DATE,), WEEKDAY, "The day of the week: monday, tuesday, … sunday.",
        (("weekday(today)", "monday"),),
        elsewhere=("day_of_week", "dayofweek"),
    ),
    Signature(
        "hour", "dates", (_MOMENT,), INTEGER, "The hour of the moment where the person is, from 0 to 23.",
        (("hour(last_order)", "18"),),
    ),
    Signature(
        "minute", "dates", (_MOMENT,), INTEGER, "The minute of the moment where the person is, from 0 to 59.",
        (("minute(last_order)", "30"),),
    ),
    Signature(
        "date_of", "dates", (_MOMENT,), DATE, "The date of the moment where the person is.",
        (("date_of(last_order)", "2026-11-20"),),
        elsewhere=("to_date", "todate", "datevalue"),
    ),
    Signature(
        "time_of", "dates", (_MOMENT,), TIME, "The clock time of the moment where the person is.",
        (("time_of(last_order)", "18:30"),),
        elsewhere=("timevalue", "to_time"),
    ),
    Signature(
        "date", "dates", (Parameter("year", NUMERIC), Parameter("month", NUMERIC), Parameter("day", NUMERIC)), DATE,
        "The date of a year, a month and a day; missing when there is none such.",
        (("date(year(today), 12, 24)", "2026-12-24"), ("date(2026, 2, 30) is missing", "true")),
        elsewhere=("make_date", "datefromparts"),
    ),
    Signature(
        "moment", "dates", (Parameter("date", ("date",)), Parameter("time", ("time",))), DATETIME,
        "The moment of a date and a clock time where the person is.",
        (("moment(today, 18:00) > now", "true"),),
        elsewhere=("datetime", "timestamp", "to_datetime"),
    ),
    Signature(
        "next_day", "dates", (_DATE, Parameter("weekday", ("one of", "text"), options=WEEKDAY)), DATE,
        "The first such day of the week after the date.",
        (("next_day(today, friday)", "2026-11-27"), ("next_day(today, monday)", "2026-11-30")),
        elsewhere=("next_weekday",),
    ),
    *(
        Signature(
            f"start_of_{span}", "dates", (_DATE,), DATE, f"The first day of the date's {span}{more}.",
            ((f"start_of_{span}({of})", gives),),
            elsewhere=elsewhere,
        )
        for span, more, of, gives, elsewhere in (
            ("week", ", a Monday", "2026-11-25", "2026-11-23", ("to_start_of_week", "date_trunc")),
            ("month", "", "today", "2026-11-01", ("bomonth",)),
            ("quarter", "", "today", "2026-10-01", ()),
            ("year", "", "today", "2026-01-01", ()),
        )
    ),
    *(
        Signature(
            f"end_of_{span}", "dates", (_DATE,), DATE, f"The last day of the date's {span}{more}.",
            ((f"end_of_{span}(today)", gives),),
            elsewhere=elsewhere,
        )
        for span, more, gives, elsewhere in (
            ("week", ", a Sunday", "2026-11-29", ()),
            ("month", "", "2026-11-30", ("eomonth", "last_day")),
            ("quarter", "", "2026-12-31", ()),
            ("year", "", "2026-12-31", ()),
        )
    ),
)  # fmt: skip
