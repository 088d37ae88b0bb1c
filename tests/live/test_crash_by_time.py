"""The real command, killed by SIGKILL in the middle of what concerns many at once: a schedule's occurrence, an event
about the business, existing members who enter. Started again, everybody had it once and only once.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from tests.live.running import Running, rows, sojourn, store_of, workspace
from tests.runtime.test_crash import tables
from tests.waiting import until

CLUB = """\
profile
  email     email     identity  private
  timezone  timezone
  member    boolean
  writes_to boolean
  birthday  date

event visit

event sale
  shop  text

topic service always

audience members
  member is true

message digest about service
  email
    subject "Your digest"
    body    "<p>{{ profile.timezone }}</p>"

message news about service
  email
    subject "{{ event.shop }}"
    body    "<p>A sale</p>"

message wish about service
  email
    subject "Happy birthday"
    body    "<p>Happy birthday</p>"
"""

SCHEDULES = """
journey daily
  start every day at 9:00 for members
  times in timezone otherwise "Europe/Paris"

  if writes_to is true
    send digest
  wait 1 hour

journey birthdays
  start on birthday at 9:00
  times in timezone otherwise "Europe/Paris"

  if writes_to is true
    send wish
"""

SALES = """
journey sale_news
  start on sale for members where event.shop is "Paris"

  if writes_to is true
    send news
  wait 10 days
"""

NEWCOMERS = """
journey welcome
  start when entering members
  existing members enter

  if writes_to is true
    send digest
"""

PEOPLE = 1200
"""Of ten, nine are members and one is written to: as many as several pages of work, and not too many files."""

MEMBERS = PEOPLE * 9 // 10
ZONES = ("Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
FIRST = dt.datetime(2026, 3, 27, 0, 0, tzinfo=dt.UTC)


def _line(event: str, id: str, at: dt.datetime, who: str = "", **said: object) -> str:
    record: dict[str, object] = {"id": id, "time": at.isoformat()}
    if event:
        record |= {"event": event, "properties": said}
    if who:
        record["profile"] = {"email": f"{who}@example.com", **({} if event else said)}
    return json.dumps(record)


def _people() -> list[str]:
    lines = []
    for n in range(PEOPLE):
        said = {"member": n % 10 != 9, "writes_to": n % 10 == 0, "timezone": ZONES[n % 4]}
        at = FIRST + dt.timedelta(milliseconds=n)
        lines.append(_line("", f"m{n}", at, f"m{n}", birthday=f"1980-03-{28 + n % 2}", **said))
    return lines


def _started(folder: Path, journey: str) -> int:
    store = store_of(folder)
    if not store.exists():
        return 0
    sql = f"SELECT count(*) FROM activity WHERE kind = 'started' AND journey = '{journey}'"
    try:
        return int(rows(store, sql)[0][0])
    except Exception:  # its tables are being made
        return 0


def _storm(folder: Path, command: tuple[str | Path, ...], journey: str, kills: int, all_in_all: int) -> int:
    """Starts the process and kills it as soon as it has begun more runs of a journey, again and again, until all have
    begun. How often it was half way.
    """
    half_way = 0
    for _ in range(kills):
        before = _started(folder, journey)
        with Running("run", folder, *command) as run:
            until(lambda n=before, run=run: _started(folder, journey) > n or run.process.poll() is not None)  # type: ignore[misc]
            if run.process.poll() is None:
                run.kill()
                half_way += 0 < _started(folder, journey) < all_in_all
    return half_way


def _same(calm: Path, stormy: Path) -> dict[str, list[object]]:
    one, other = tables(store_of(calm)), tables(store_of(stormy))
    for table, found in one.items():
        assert other[table] == found, table
    for sql in ("SELECT * FROM occurrence ORDER BY 1, 2, 3", "SELECT * FROM start ORDER BY 1, 2"):
        assert rows(store_of(calm), sql) == rows(store_of(stormy), sql)
    outboxes = [
        sorted(p.name for p in (folder / ".sojourn" / "outbox").iterdir()) for folder in (calm, stormy)
    ]
    assert outboxes[0] == outboxes[1]
    assert len(outboxes[0]) == 2 * len(one["outbox"])
    return one


def test_an_occurrence_of_a_schedule_comes_once_and_only_once(tmp_path: Path) -> None:
    """1,080 members have a digest each morning at nine where they live, over the night in which clocks go forward;
    the process dies again and again while they have it.
    """
    calm, stormy = (workspace(tmp_path / name, CLUB + SCHEDULES) for name in ("calm", "stormy"))
    events = tmp_path / "events.jsonl"
    lines = _people()
    for day in range(3):  # each evening so many visits that the next day is not read together with it
        evening = FIRST + dt.timedelta(days=day, hours=20)
        lines += [_line("visit", f"v{day}-{n}", evening, f"m{n}") for n in range(600)]
    events.write_text("\n".join(lines) + "\n")
    command = ("--events", events, "--clock", "events")
    done = sojourn("run", calm, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    members = [n for n in range(PEOPLE) if n % 10 != 9]
    # On Lord Howe the first nine o'clock is that of the next day.
    occurrences = sum(2 if ZONES[n % 4] == "Australia/Lord_Howe" else 3 for n in members)
    assert _storm(stormy, command, "daily", 6, occurrences) >= 2
    done = sojourn("run", stormy, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    told = _same(calm, stormy)
    for folder in (calm, stormy):
        found = rows(
            store_of(folder),
            "SELECT person, json_extract(detail, '$.occurrence'), count(*) FROM activity "
            "WHERE kind = 'started' AND journey = 'daily' GROUP BY 1, 2",
        )
        assert {count for _, _, count in found} == {1}
        assert len({person for person, _, _ in found}) == len(members)
        assert sorted({day for _, day, _ in found}) == ["2026-03-27", "2026-03-28", "2026-03-29"]
        assert len(found) == occurrences
    births = [line for line in told["activity"] if line[2:4] == ("started", "birthdays")]  # type: ignore[index]
    assert len(births) == PEOPLE
    written_to = [n for n in members if n % 10 == 0]
    letters = sum(2 if ZONES[n % 4] == "Australia/Lord_Howe" else 3 for n in written_to) + len(written_to)
    assert len(told["outbox"]) == letters


def test_an_event_about_the_business_reaches_everybody_once(tmp_path: Path) -> None:
    """A sale is told to 1,080 members; the process dies while it goes through them. Some join a second later."""
    calm, stormy = (workspace(tmp_path / name, CLUB + SALES) for name in ("calm", "stormy"))
    lines = _people()
    sale = FIRST + dt.timedelta(hours=12)
    lines += [_line("sale", "s1", sale, shop="Paris"), _line("sale", "s2", sale, shop="Rome")]
    lines += [
        _line("", f"j{n}", sale + dt.timedelta(seconds=1), f"m{n}", member=True)
        for n in range(9, PEOPLE, 100)
    ]
    lines += [_line("visit", f"v{n}", sale + dt.timedelta(minutes=n), f"m{n}") for n in range(20)]
    events = tmp_path / "events.jsonl"
    events.write_text("\n".join(lines) + "\n")
    command = ("--events", events, "--clock", "events")
    done = sojourn("run", calm, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _storm(stormy, command, "sale_news", 4, MEMBERS) >= 1
    done = sojourn("run", stormy, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    one = _same(calm, stormy)
    assert len(one["outbox"]) == PEOPLE // 10
    found = rows(
        store_of(stormy),
        "SELECT person, count(*) FROM activity WHERE kind = 'started' AND journey = 'sale_news' GROUP BY 1",
    )
    assert {count for _, count in found} == {1}
    assert len(found) == MEMBERS


def test_existing_members_enter_once(tmp_path: Path) -> None:
    """A journey is added for those who are members already; the process dies while they enter."""
    folder = workspace(tmp_path / "club", CLUB)
    events = tmp_path / "events.jsonl"
    events.write_text("\n".join(_people()) + "\n")
    command = ("--events", events, "--clock", "events")
    assert sojourn("run", folder, *command).returncode == 0
    (folder / "shop.journey").write_text(CLUB + NEWCOMERS, encoding="utf-8")
    assert _storm(folder, command, "welcome", 3, MEMBERS) >= 1
    for _ in range(2):
        done = sojourn("run", folder, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    found = rows(
        store_of(folder),
        "SELECT person, count(*) FROM activity WHERE kind = 'started' AND journey = 'welcome' GROUP BY 1",
    )
    assert {count for _, count in found} == {1}
    assert len(found) == MEMBERS
    assert rows(store_of(folder), "SELECT count(*), count(DISTINCT key) FROM outbox") == [
        (PEOPLE // 10, PEOPLE // 10)
    ]
    assert len(list((folder / ".sojourn" / "outbox").glob("*.eml"))) == PEOPLE // 10
