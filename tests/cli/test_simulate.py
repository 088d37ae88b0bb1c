"""`sojourn simulate`: a week in the shop, played in a moment."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.cli.conftest import WEEK, Call, Folder, Process, environment, event
from tests.waiting import PATIENCE


def test_a_week_is_told_in_numbers_beside_the_journey(shop: Folder, call: Call) -> None:
    """Two carts are worth a reminder. Ada's share of the split is the one without; Ben agreed to nothing."""
    result = call("simulate", shop)
    assert result.exit_code == 0
    out = result.stdout
    assert out.startswith(
        "2 to 3 March 2026, 1 day\n"
        "3 people and 6 events. 1 journey started twice and sent no messages. Of 2 runs with a goal 1 (50%)\n"
    )
    rows = [" ".join(line.replace("━", " ").replace("╸", " ").split()) for line in out.splitlines()]
    assert rows[rows.index("wait 1 hour 2") - 1] == "Whoever leaves a cart behind hears of it once."
    assert "else 2 100%" in rows
    assert "1 not sent: no consent to offers" in rows
    assert "vips 1 1 0" in rows
    assert "1 × “email” must be an email address such as “ada@example.com”, not “cy at example”." in rows
    assert "1 record that came twice and counted once" in " ".join(rows)


def test_links_lead_where_the_settings_say(shop: Folder, call: Call) -> None:
    shop.write("sojourn.toml", 'links = "https://shop.example.org/"\n')
    shop.write(
        "journeys/linked.journey",
        """\
        message linked
          email
            subject "{{ link('cart') }}"
            body    "<p>Here</p>"

        journey lead
          start on cart_abandoned
          send linked
        """,
    )
    told = call("simulate", shop, "--person", "ada@example.com").stdout
    assert "https://shop.example.org/cart" in told


def test_the_numbers_for_a_program(shop: Folder, call: Call) -> None:
    data = json.loads(call("simulate", shop, "--json").stdout)
    assert data["events"] == {"cart_abandoned": 3, "visit": 2, "purchase": 1}
    assert (data["people"], data["duplicates"], data["merged"]) == (3, 1, 1)
    rescue = data["journeys"]["cart_rescue"]
    assert (rescue["started"], rescue["converted"]) == (2, 1)
    assert [(wait["label"], wait["waited"]) for wait in rescue["waits"]][:1] == [("wait 1 hour", 2)]
    assert data["audiences"]["vips"]["at_last_event"] == 1
    assert [setback["reason"] for setback in data["rejected"]] == [
        "“email” must be an email address such as “ada@example.com”, not “cy at example”."
    ]


def test_one_persons_story(shop: Folder, call: Call) -> None:
    """Ada is asked for by the device she was seen on before it was known to be hers. The CRM knew her first."""
    result = call("simulate", shop, "--person", "d-9")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("crm_id:c-1  times in UTC")
    assert "email ada@example.com" in lines[1] and "device_id d-9" in lines[1]
    story = "\n".join(lines[3:])
    assert re.search(r"^2026-03-02 10:00 +● profile from crm: crm_id c-1", story, re.M)
    assert "● cart_abandoned cart_id a, total 59 EUR" in story
    assert "waits 1 hour (until 11:00)" in story
    assert "▸ cart_rescue converted: purchase" in story
    assert "◆ entered vips" in story
    assert call("simulate", shop, "--person", "ADA@example.com").output == result.output
    data = json.loads(call("simulate", shop, "--person", "email:ada@example.com", "--json").stdout)
    assert (data["person"], data["zone"]) == ("crm_id:c-1", "UTC")
    assert data["timeline"][0]["kind"] == "event"


def test_somebody_unknown_is_answered_with_the_nearest(shop: Folder, call: Call) -> None:
    result = call("simulate", shop, "--person", "ada@exmaple.com")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: Nobody in these events is “ada@exmaple.com”.\nDid you mean ada@example.com?\n"
    )
    assert "For instance there is " in call("simulate", shop, "--person", "zzzzzz").stderr


def test_the_same_result_every_time(shop: Folder, process: Process) -> None:
    first = process("simulate", shop, env={"PYTHONHASHSEED": "1"})
    second = process("simulate", shop, env={"PYTHONHASHSEED": "4711"})
    assert first.returncode == 0
    assert first.stdout == second.stdout
    assert " a second." in first.stderr


def test_the_story_that_is_offered_next_can_be_looked_at(shop: Folder, process: Process) -> None:
    out = process("simulate", shop).stdout
    command = out.splitlines()[-1].split()
    assert command[:2] == ["sojourn", "simulate"]
    ran = process(*command[1:])
    assert ran.returncode == 0
    assert "cart_rescue started" in ran.stdout


def test_the_clock_stops_where_it_is_told_to(shop: Folder, call: Call) -> None:
    data = json.loads(call("simulate", shop, "--until", "2026-03-02 10:30", "--json").stdout)
    assert (data["ended_at"], data["later"]) == ("2026-03-02T10:30:00Z", 3)
    assert data["journeys"]["cart_rescue"]["running"] == 2
    day = json.loads(call("simulate", shop, "--until", "2026-03-03", "--json").stdout)
    assert day["ended_at"] == "2026-03-03T00:00:00Z"
    result = call("simulate", shop, "--until", "yesterday")
    assert result.exit_code == 2
    assert "“yesterday” is no moment; write 2026-04-12 or “2026-04-12 9:00” (UTC)." in result.stderr
    assert call("simulate", shop, "--until", "2026-02-30").exit_code == 2
    zoned = json.loads(call("simulate", shop, "--until", "2026-03-02T12:30:00+02:00", "--json").stdout)
    assert zoned["ended_at"] == "2026-03-02T10:30:00Z"


def test_files_can_be_named_and_csv_is_read(shop: Folder, call: Call) -> None:
    rows = "event,id,time,profile.email,total,cart_id\nCart Abandoned,9,2026-03-02T10:00:00Z,zoe@example.com,59 EUR,z\n"
    table = shop.write("elsewhere/week.csv", rows)
    data = json.loads(call("simulate", shop, "--events", table, "--without-datasets", "--json").stdout)
    assert (data["events"], data["people"]) == ({"cart_abandoned": 1}, 1)
    both = json.loads(
        call("simulate", shop, "--events", table, "--events", shop.path / "events", "--json").stdout
    )
    assert both["events"]["cart_abandoned"] == 4
    piped = call("simulate", shop, "--events", "-", "--json", input=json.dumps(WEEK[0]) + "\n")
    assert json.loads(piped.stdout)["events"] == {"cart_abandoned": 1}


def test_without_events_it_says_where_they_are_looked_for(shop: Folder, call: Call) -> None:
    (shop.path / "events" / "web.jsonl").unlink()
    result = call("simulate", shop)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: There are no events in {shop}/events.\n")
    (shop.path / "events").rmdir()
    result = call("simulate", shop)
    assert result.exit_code == 2
    assert f"Error: There are no sample events: {shop}/events is not there.\n" in result.stderr
    assert "--events FILE" in result.stderr
    result = call("simulate", shop, "--events", shop.path / "nothing.jsonl")
    assert (result.exit_code, result.stderr) == (2, f"Error: There is no file {shop}/nothing.jsonl.\n")


def test_events_that_do_not_fit_are_counted_with_their_reasons(shop: Folder, call: Call) -> None:
    """One is cut in half, one is of an unknown event, one lacks its money, one does not say when it happened."""
    shop.events(
        '{"id": "1", "event": "purch',
        event("2", "02T10:00", "purchse", "ada@example.com", total="3 EUR"),
        event("3", "02T10:00", "purchase", "ada@example.com"),
        {"id": "4", "event": "visit", "profile": {"device_id": "d-1"}},
        event("5", "02T11:00", "visit", device_id="d-1"),
        {"id": "6", "event": "visit", "profile": {"device_id": "d-1"}},
    )
    result = call("simulate", shop, "--without-datasets")
    assert result.exit_code == 0
    out = result.stdout
    assert "4 records set aside" in out
    assert '  1 × The record is cut off: its last } is missing.\n      {"id": "1", "event": "purch\n' in out
    assert "There is no event “purchse”: did you mean “purchase”?" in out
    assert "“total” is missing" in out
    assert "The record does not say when it happened" not in out.split("set aside")[0]
    assert "visit           2" in re.sub(" +", " ", out).replace("visit 2", "visit           2")


def test_a_file_that_is_no_text(shop: Folder, call: Call) -> None:
    zipped = shop.write("events/web.jsonl", b"\x1f\x8b\x08\x00")
    result = call("simulate", shop)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {zipped} is a compressed file or a spreadsheet: save it as UTF-8 text (CSV or JSON lines).\n"
    )
    shop.write("events/web.jsonl", '{"id": "1"}\n'.encode("utf-16"))
    assert "is UTF-16 text" in call("simulate", shop).stderr


def test_a_dataset_whose_file_is_missing_is_said_and_left_out(shop: Folder, call: Call) -> None:
    (shop.path / "data" / "crm.csv").unlink()
    result = call("simulate", shop)
    assert result.exit_code == 0
    assert "The dataset crm has no files" in result.stderr
    assert "The simulation goes on without it." in result.stderr


def test_a_long_simulation_shows_a_bar_at_a_terminal_only(shop: Folder, tmp_path: Path) -> None:
    """The events come slowly, through a pipe. The bar is drawn on the standard error, which is a terminal here;
    the report is not disturbed.
    """
    lines = [
        json.dumps(event(str(n), f"02T{n // 60 % 24:02d}:{n % 60:02d}", "visit", device_id=f"d-{n % 700}"))
        for n in range(6000)
    ]
    ours, theirs = pty.openpty()
    with open(tmp_path / "out", "w+") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "sojourn", "simulate", str(shop), "--without-datasets", "--events", "-"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=theirs,
            env=environment({"TERM": "xterm", "COLUMNS": "100"}),
            text=True,
        )
        os.close(theirs)
        assert running.stdin is not None
        for start in range(0, len(lines), 1000):
            running.stdin.write("\n".join(lines[start : start + 1000]) + "\n")
            running.stdin.flush()
            time.sleep(0.2)
        running.stdin.close()
        screen = b""
        with contextlib.suppress(OSError):  # the other side is closed
            while piece := os.read(ours, 65536):
                screen += piece
        assert running.wait(PATIENCE) == 0
        out.seek(0)
        report = out.read()
    assert b"reading events" in screen
    assert "6,000 events" in report
    assert "\x1b" not in report and "reading" not in report


def test_every_kind_of_step_has_its_numbers(shop: Folder, call: Call) -> None:
    """Two visitors are written to in rounds: one three times, one until she has visited twice. Counted by hand."""
    shop.edit("data.journey", "  first_name  text\n", "  first_name  text\n  tags        list of text\n")
    shop.write(
        "journeys/nudge.journey",
        """\
        topic service always

        message hello about service
          email
            subject "Hello"
            body    "Hello"

        event nudged

        journey nudge
          start on visit

          repeat up to 3 times
            send hello
            if failed
              add "broken" to tags
            wait 2 days
            stop repeating if has visit at least 2 times
          add "done" to tags
          emit nudged
          match loyalty
            is gold
              stop
            is silver
              enter greet
            otherwise
              remove "done" from tags

        journey greet
          start on nudged

          wait until 9:00
        """,
    )
    shop.events(
        event("1", "01T10:00", "visit", "ada@example.com"),
        event("2", "02T10:00", "visit", "ben@example.com"),
        event("3", "03T09:00", "visit", "ben@example.com"),
    )
    result = call("simulate", shop, "--without-datasets")
    assert result.exit_code == 0, result.output
    rows = [" ".join(line.replace("━", " ").replace("╸", " ").split()) for line in result.stdout.splitlines()]
    nudge = next(place for place, row in enumerate(rows) if row.startswith("nudge ─"))
    assert rows[nudge + 1 : nudge + 17] == [
        "repeat up to 3 times 4 rounds",
        "send hello 4",
        "if failed 0 0%",
        'add "broken" to tags 0',
        "wait 2 days 4",
        "stop repeating if has visit at least 2 times 1 25%",
        'add "done" to tags 2',
        "emit nudged 2",
        "match loyalty",
        "is gold 0 0%",
        "stop 0",
        "is silver 0 0%",
        "enter greet 0",
        "otherwise 2 100%",
        'remove "done" from tags 2',
        "ended: 2 came to the end",
    ]
    greet = next(place for place, row in enumerate(rows) if row.startswith("greet ─"))
    assert rows[greet + 1 : greet + 3] == ["wait until 9:00 2", "ended: 2 came to the end"]


def test_people_are_made_up_where_there_are_no_events(shop: Folder, call: Call, tmp_path: Path) -> None:
    """The same seed gives the same report; their events can be kept, and played from the file."""
    first = call("simulate", shop, "--people", 120, "--without-datasets", "--json")
    again = call("simulate", shop, "--people", 120, "--without-datasets", "--json")
    other = call("simulate", shop, "--people", 120, "--seed", 2, "--without-datasets", "--json")
    assert first.exit_code == 0, first.output
    assert first.stdout == again.stdout != other.stdout
    data = json.loads(first.stdout)
    assert data["people"] == 120
    assert data["journeys"]["cart_rescue"]["started"] > 20
    assert data["rejected"] == []

    kept = tmp_path / "made.jsonl"
    assert call("simulate", shop, "--people", 120, "--save-events", kept, "--json").exit_code == 0
    played = json.loads(call("simulate", shop, "--events", kept, "--without-datasets", "--json").stdout)
    assert played["rejected"] == []
    assert played["events"]["cart_abandoned"] == data["events"]["cart_abandoned"]


def test_what_goes_with_made_up_people_is_refused_without_them(shop: Folder, call: Call) -> None:
    result = call("simulate", shop, "--seed", 3)
    assert result.exit_code == 2
    assert "--seed is about people who are made up: give --people N, too." in result.stderr
    result = call("simulate", shop, "--people", 3, "--events", "events.jsonl")
    assert result.exit_code == 2
    assert "give one of them" in result.stderr


def test_the_report_as_a_page_and_the_pictures(shop: Folder, call: Call, tmp_path: Path) -> None:
    page, pictures = tmp_path / "report.html", tmp_path / "pictures"
    result = call("simulate", shop, "--people", 60, "--html", page, "--pictures", pictures)
    assert result.exit_code == 0, result.output
    text = page.read_text(encoding="utf-8")
    assert "Played: 60 people who were made up, over 30 days, from seed 1." in text
    assert "Conversions by arm of first_touch" in text
    assert [path.name for path in pictures.iterdir()] == ["cart_rescue.svg"]
    assert f"The report is in {page}." in result.stderr
    call("simulate", shop, "--people", 60, "--html", page)
    assert page.read_text(encoding="utf-8") == text


def test_the_history_of_a_store_is_played_through_the_files(shop: Folder, call: Call, tmp_path: Path) -> None:
    """What went live goes through the files again, as it came; what a journey emitted is not played twice."""
    from sojourn.dsl.workspace import compile_folder
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.invent import invent
    from sojourn.interpreter.runtime.store import Store
    from sojourn.interpreter.runtime.writer import Writer
    from sojourn.interpreter.simulation.simulate import simulate
    from tests.oracle.playing import HandClock

    workspace = compile_folder(shop.path).workspace
    assert workspace is not None
    program = compile_program(workspace)
    records = invent(workspace, 40)
    path = tmp_path / "live.db"
    clock = HandClock(0)
    with Store.open(path) as store:
        writer = Writer(store, program, clock)
        for record in records:
            clock.hands = record.at
            while writer.bring_due():
                pass
            writer.take([[record]])
    result = call("simulate", shop, "--store", path, "--json")
    assert result.exit_code == 0, result.output
    played = json.loads(result.stdout)
    expected = simulate(program, invent(workspace, 40)).report.to_data()
    assert played["journeys"] == expected["journeys"]
    assert played["events"] == expected["events"]
