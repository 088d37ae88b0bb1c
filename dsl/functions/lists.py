"""Functions for lists. `tags[0]` is an item by its number, `length` and `join` stand with the texts."""

from __future__ import annotations

from sojourn.dsl.functions.signature import BARE, NUMERIC, ORDERED, TEXTUAL, Parameter, Signature

__all__ = ["SIGNATURES"]

_ANY = Parameter("list", ("list",))
_BARE = Parameter("list", ("list",), of=BARE)
_OTHER = Parameter("other", ("list",), of=BARE)
_NUMBER = Parameter("number", NUMERIC)

SIGNATURES = (
    Signature(
        "first_item", "lists", (_ANY,), "item", "The first item; missing for an empty list.",
        (("first_item(tags)", '"vip"'),),
        elsewhere=("first", "head"),
    ),
    Signature(
        "last_item", "lists", (_ANY,), "item", "The last item; missing for an empty list.",
        (("last_item([1, 2, 3])", "3"),),
        elsewhere=("last", "tail"),
    ),
    Signature(
        "first_items", "lists", (_ANY, _NUMBER), 0, "The first items, at most so many.",
        (('join(first_items(tags, 2), ", ")', '"vip, news"'),),
        elsewhere=("slice", "take", "limit", "arrayslice"),
    ),
    Signature(
        "last_items", "lists", (_ANY, _NUMBER), 0, "The last items, at most so many.",
        (('join(last_items(tags, 2), ", ")', '"news, vip"'),),
        elsewhere=("takelast",),
    ),
    Signature(
        "unique", "lists", (_BARE,), 0, "The list with each item once, where it stands first.",
        (('join(unique(tags), ", ")', '"vip, news"'),),
        elsewhere=("uniq", "distinct", "arraydistinct", "dedupe"),
    ),
    Signature(
        "sort", "lists", (Parameter("list", ("list",), of=(*ORDERED, *TEXTUAL)),), 0,
        "The list in order, smallest first; texts by the alphabet, upper and lower case alike. Amounts of several "
        "currencies give an empty list.",
        (('join(sort(tags), ", ")', '"news, vip, vip"'), ("first_item(sort([3, 1, 2]))", "1")),
        elsewhere=("sorted", "order_by", "arraysort"),
    ),
    Signature(
        "reverse", "lists", (_ANY,), 0, "The list backwards.",
        (("first_item(reverse([1, 2, 3]))", "3"),),
        elsewhere=("reversed", "arrayreverse"),
    ),
    Signature(
        "combine", "lists", (_BARE, _OTHER), 0, "The items of both lists, each once.",
        (('length(combine(tags, ["news", "sale"]))', "3"),),
        alike=0,
        elsewhere=("union", "array_concat", "merge", "vstack"),
    ),
    Signature(
        "in_both", "lists", (_BARE, _OTHER), 0, "The items that stand in both lists, each once.",
        (('join(in_both(tags, ["news", "sale"]), ", ")', '"news"'),),
        alike=0,
        elsewhere=("intersect", "intersection", "has_any"),
    ),
    Signature(
        "without", "lists", (_BARE, _OTHER), 0, "The items of the first list that do not stand in the other.",
        (('join(without(tags, ["vip"]), ", ")', '"news"'),),
        alike=0,
        elsewhere=("difference", "except", "minus"),
    ),
)  # fmt: skip
