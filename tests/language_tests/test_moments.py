"""By whose clock a moment is meant that stands in a condition."""

from __future__ import annotations

from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email     email  identity
  timezone  timezone
  joined    datetime
  checked   datetime

event visit
  at  datetime

attribute last_visit = time of last visit

audience early
  last_visit < 2026-03-02 9:00

audience over
  now >= 2026-03-02 12:00

offer morning
  title "Good morning"
  until 2026-03-02 10:00

decision best
  from morning
  pick 1

journey look
  start on visit
  times in "Europe/Paris"

  if now < 2026-03-02 9:00
    set joined to 2026-03-02 9:00
  else
    set joined to 2026-03-01

journey plain
  start on visit

  set checked to 2026-03-02 9:00

"""


def test_a_moment_is_by_the_clock_of_the_person_or_of_the_journey() -> None:
    assert (
        failures(
            SHOP
            + """\
test "in New York"
  profile email = "ada@example.com", timezone = "America/New_York"
  at 2026-03-02 8:59
    visit
  expect in early
  expect joined is 2026-03-01 0:00
  expect checked is 2026-03-02 4:00
  at 2026-03-02 9:59:59
  expect best is morning
  expect not in over
  at 2026-03-02 10:00
  expect best is missing
  at 2026-03-02 12:00
    visit
  expect in over and not in early

test "in Tokyo it is early in Paris, still"
  profile email = "ben@example.com", timezone = "Asia/Tokyo"
  at 2026-03-02 9:30
    visit
  expect not in early
  expect joined is 2026-03-02 17:00
  expect best is morning
  at 2026-03-02 12:00
  expect in over

test "a zone that becomes known moves the moment"
  profile email = "cy@example.com"
  at 2026-03-02 11:59
    visit
  expect not in over
  at 2026-03-02 12:00
  expect in over
"""
        )
        == []
    )
