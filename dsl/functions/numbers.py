"""Functions for numbers, and for amounts of money as numbers."""

from __future__ import annotations

from sojourn.dsl.functions.signature import AMOUNT, NUMERIC, ORDERED, Parameter, Signature
from sojourn.dsl.types import NUMBER

__all__ = ["SIGNATURES"]

_AMOUNTS = Parameter("list", ("list",), of=AMOUNT)
_SORTABLE = Parameter("list", ("list",), of=ORDERED)

SIGNATURES = (
    Signature(
        "round", "numbers",
        (Parameter("number", AMOUNT), Parameter("digits", NUMERIC, optional=True, instead="0")), 0,
        "The number, or amount of money, with so many digits after the point (none unless said); a half goes away "
        "from zero.",
        (("round(12.5)", "13"), ("round(balance, 1)", "-5.3 EUR"), ("round(1234, -2)", "1200")),
    ),
    Signature(
        "floor", "numbers", (Parameter("number", AMOUNT),), 0, "The next smaller whole number, or amount.",
        (("floor(12.9)", "12"),),
        elsewhere=("rounddown", "int", "trunc"),
    ),
    Signature(
        "ceiling", "numbers", (Parameter("number", AMOUNT),), 0, "The next larger whole number, or amount.",
        (("ceiling(12.1)", "13"),),
        elsewhere=("ceil", "roundup"),
    ),
    Signature(
        "absolute", "numbers", (Parameter("number", AMOUNT),), 0, "The number, or amount, without its minus sign.",
        (("absolute(balance)", "5.25 EUR"),),
        elsewhere=("abs",),
    ),
    Signature(
        "remainder", "numbers", (Parameter("number", NUMERIC), Parameter("divisor", NUMERIC)), NUMBER,
        "What is left over when a number is divided: each third order has the remainder 0 by 3. By 0 it is missing.",
        (("remainder(points, 50)", "20"),),
        elsewhere=("mod", "modulo"),
    ),
    Signature(
        "smaller", "numbers", (Parameter("a", ORDERED), Parameter("b", ORDERED, repeats=True)), 0,
        "The smallest of the values: numbers, money of one currency, dates, moments, clock times, lengths of time.",
        (("smaller(points, 100)", "100"), ("smaller(3, 1, 2)", "1")),
        alike=0,
        elsewhere=("min", "minimum", "least", "at_most", "minof", "earlier"),
    ),
    Signature(
        "larger", "numbers", (Parameter("a", ORDERED), Parameter("b", ORDERED, repeats=True)), 0,
        "The largest of the values.",
        (("larger(points, 100)", "120"), ("larger(2026-01-01, 2026-02-01)", "2026-02-01")),
        alike=0,
        elsewhere=("max", "maximum", "greatest", "at_least", "maxof", "later"),
    ),
    Signature(
        "sum_of", "numbers", (_AMOUNTS,), "item",
        "The sum of a list of numbers or of amounts of one currency; missing for an empty list.",
        (("sum_of([1, 2, 3])", "6"), ("sum_of(prices)", "30 EUR")),
        elsewhere=("array_sum", "arraysum", "sum", "total"),
    ),
    Signature(
        "average_of", "numbers", (_AMOUNTS,), "average",
        "The average of a list of numbers or of amounts of one currency; missing for an empty list.",
        (("average_of([1, 2, 6])", "3"), ("average_of(prices)", "15 EUR")),
        elsewhere=("avg", "mean", "average"),
    ),
    Signature(
        "smallest_of", "numbers", (_SORTABLE,), "item",
        "The smallest item of a list: a number, an amount of one currency, a date; missing for an empty list.",
        (("smallest_of(prices)", "10 EUR"),),
        elsewhere=("array_min", "small"),
    ),
    Signature(
        "largest_of", "numbers", (_SORTABLE,), "item",
        "The largest item of a list: a number, an amount of one currency, a date; missing for an empty list.",
        (("largest_of(prices)", "20 EUR"),),
        elsewhere=("array_max", "large"),
    ),
)  # fmt: skip
