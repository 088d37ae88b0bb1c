"""A shop of three files for the stories of the command line, and ways to call it: in this process, or in its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.app import sojourn
from tests.waiting import PATIENCE

DATA = """\
## One person, from all sources together.
profile
  crm_id      text   identity
  email       email  identity  private
  device_id   text   identity
  first_name  text
  loyalty     one of bronze, silver, gold = bronze
  timezone    timezone

identity
  crm_id     one per person
  email      one per person
  device_id  many per person

event cart_abandoned called "Cart Abandoned"
  cart_id  text   required
  total    money  required

event purchase
  total  money  required

event visit

dataset crm
  holds profile
  from csv "data/crm.csv"
    "Customer" to crm_id
    "E-Mail"   to email
    "Name"     to first_name
    "Club"     to loyalty as lower
    "Mailings" to consent.offers

attribute spent = sum of purchase.total

audience vips
  spent >= 100 EUR
"""

JOURNEYS = """\
topic offers opt in

message reminder about offers
  email
    subject "Hi {{ profile.first_name | default('you') }}, your cart is waiting"
    body    file "../messages/reminder.html"

## Whoever leaves a cart behind hears of it once.
journey cart_rescue
  start on cart_abandoned where total > 20 EUR
  exit on purchase
  goal purchase within 3 days

  wait 1 hour
  if in vips
    send reminder by email
  else
    split first_touch
      50% plain
        send reminder
      rest holdout
        stop
  wait for visit, up to 1 day
    happened
      set loyalty to silver
    timed out
      wait 2 days
"""

TESTS = """\
test "whoever buys gets no reminder"
  profile email = "ada@example.com", first_name = "Ada", consent.offers = true
  at 2026-03-02 10:00
    cart_abandoned cart_id = "c1", total = 59 EUR
  after 30 minutes
    purchase total = 59 EUR
  after 3 days
  expect not sent reminder
  expect cart_rescue ended because "exit on purchase"

test "the plain arm writes after an hour"
  profile email = "ben@example.com", consent.offers = true
  choose plain in first_touch
  at 2026-03-02 10:00
    cart_abandoned cart_id = "c2", total = 59 EUR
  after 2 hours
  expect sent reminder by email at 2026-03-02 11:00 with subject containing "cart"
"""

CRM = """\
Customer,E-Mail,Name,Club,Mailings
c-1,ada@example.com,Ada,Gold,yes
c-2,ben@example.com,Ben,bronze,no
c-3,cy at example,Cy,bronze,yes
"""


class Folder:
    """A workspace on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str | bytes) -> Path:
        """Writes a file of the workspace; a text is dedented."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return target

    def edit(self, name: str, old: str, new: str) -> None:
        """Changes a file as an author would, and saves it as editors do: another file is renamed over the old one."""
        target = self.path / name
        text = target.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        saved = target.with_name(f".{target.name}.saved")
        saved.write_text(text.replace(old, new), encoding="utf-8")
        os.replace(saved, target)

    def events(self, *lines: str | dict[str, Any], name: str = "events/web.jsonl") -> Path:
        """Writes events as JSON lines."""
        return self.write(
            name, "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        )

    def __str__(self) -> str:
        return str(self.path)


def event(id: str, time: str, name: str, email: str = "", **properties: Any) -> dict[str, Any]:
    """An event as it comes over the wire; `device_id` among the properties is the person's."""
    profile = {"email": email} if email else {}
    if "device_id" in properties:
        profile["device_id"] = properties.pop("device_id")
    record: dict[str, Any] = {"id": id, "time": f"2026-03-{time}:00Z", "event": name, "profile": profile}
    return {**record, "properties": properties} if properties else record


WEEK = (
    event("1", "02T10:00", "Cart Abandoned", "ada@example.com", cart_id="a", total="59 EUR"),
    event("2", "02T10:05", "Cart Abandoned", "ben@example.com", cart_id="b", total="59 EUR"),
    event("3", "02T10:10", "Cart Abandoned", "dee@example.com", cart_id="d", total="20 EUR"),
    event("4", "02T10:20", "visit", device_id="d-9"),
    event("5", "02T12:00", "visit", "ada@example.com", device_id="d-9"),
    event("6", "03T09:00", "purchase", "ada@example.com", total="120 EUR"),
    event("6", "03T09:00", "purchase", "ada@example.com", total="120 EUR"),
)
"""A few days in the shop. Ada (of whom the CRM knows) leaves a cart and buys, Ben leaves one and does not, Dee's is too
small, a visitor turns out to be Ada, and her purchase is told twice.
"""


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    """The shop, without mistakes, with a week of events."""
    folder = Folder(tmp_path / "shop")
    folder.write("data.journey", DATA)
    folder.write("journeys/cart.journey", JOURNEYS)
    folder.write("tests.journey", TESTS)
    folder.write("messages/reminder.html", "<p>Your cart is waiting.</p>\n")
    folder.write("data/crm.csv", CRM)
    folder.events(*WEEK)
    return folder


Call = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call() -> Call:
    """`call("check", folder)` types `sojourn check folder` in this process."""

    def typed(*words: object, **more: Any) -> Result:
        return CliRunner(env={"COLUMNS": "100"}).invoke(sojourn, [str(word) for word in words], **more)

    return typed


@pytest.fixture
def process() -> Process:
    """The same in a process of its own. `env` adds variables, `input` is what it reads."""

    def ran(
        *words: object, env: dict[str, str] | None = None, **more: Any
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sojourn", *map(str, words)],
            env=environment(env or {}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            **more,
        )

    return ran


def environment(more: dict[str, str]) -> dict[str, str]:
    """The variables of a process that finds this Sojourn, installed or not."""
    paths = os.pathsep.join(path for path in sys.path if path)
    inherited = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**inherited, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", **more}
