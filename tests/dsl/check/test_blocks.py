"""A line that opens a block, with nothing in the block: mostly the next line was meant to be inside."""

from __future__ import annotations

import pytest

from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.workspace import compile_texts

SHOP = """\
use commerce

profile
  email    email  identity
  country  country

audience vips
  has purchase at least 3 times

message gift
  email
    subject "A gift"
    body    "<p>For you.</p>"

journey thanks
  start on purchase
  again after 7 days

"""


def found(steps: str) -> list[Diagnostic]:
    return list(compile_texts({"shop.journey": SHOP + steps}).diagnostics)


def mended(steps: str) -> str:
    """The steps after the quick fix of the only mistake in them."""
    (mistake,) = found(steps)
    fix = mistake.fix
    assert fix is not None and not fix.safe
    text = SHOP + steps
    return (text[: fix.span.start] + fix.text + text[fix.span.end :]).removeprefix(SHOP)


@pytest.mark.parametrize(
    "steps",
    [
        "  if in vips\n  send gift\n",
        "  if in vips\n    stop\n  else if country is missing\n  send gift\n",
        "  if in vips\n    stop\n  else\n  send gift\n",
        "  send gift\n  if failed\n  stop\n",
        "  if in vips\n",
        '  if in vips\n    if country is "DE"\n  send gift\n',
        "  match country\n  send gift\n",
        '  match country\n    is "DE"\n    otherwise\n  send gift\n',
        "  wait for purchase, up to 1 day\n    happened\n  send gift\n",
        "  wait for purchase, up to 1 day\n    happened\n    timed out\n  send gift\n",
    ],
)
def test_a_block_that_decides_nothing_is_a_mistake(steps: str) -> None:
    assert [mistake.code for mistake in found(steps)] == ["empty-block"]


@pytest.mark.parametrize(
    "steps",
    [
        "  if in vips\n  else\n    send gift\n",
        "  split first\n    50% gift\n      send gift\n    rest holdout\n  wait 1 day\n",
        '  match country\n    is "DE"\n    otherwise\n      send gift\n',
        "  wait for purchase, up to 1 day\n    happened\n    timed out\n      send gift\n",
        "  wait for first of, up to 1 day\n    purchase\n    product_viewed\n  send gift\n",
        "  wait for purchase, up to 1 day\n  send gift\n",
    ],
)
def test_an_arm_that_leads_past_the_others_may_be_empty(steps: str) -> None:
    assert found(steps) == []


def test_what_cannot_be_read_inside_is_told_alone() -> None:
    assert [m.code for m in found("  if in vips\n    sned gift\n  stop\n")] == ["unknown-word"]
    assert [m.code for m in found("  repeat up to 3 times\n    sned gift\n  stop\n")] == ["unknown-word"]


def test_the_fix_indents_the_next_step_with_all_that_belongs_to_it() -> None:
    slip = '  if in vips\n  # the loyal\n  if country is "DE"\n    send gift\n\n    stop\n  stop\n'
    right = '  if in vips\n    # the loyal\n    if country is "DE"\n      send gift\n\n      stop\n  stop\n'
    assert mended(slip) == right
    assert found(right) == []


def test_the_fix_of_a_repeat_and_of_a_line_before_an_else() -> None:
    assert mended("  repeat up to 3 times\n  wait 1 day\n  send gift\n") == (
        "  repeat up to 3 times\n    wait 1 day\n  send gift\n"
    )
    assert mended("  if in vips\n  send gift\n  wait 1 day\n  else\n    stop\n") == (
        "  if in vips\n    send gift\n    wait 1 day\n  else\n    stop\n"
    )
