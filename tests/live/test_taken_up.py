"""What `sojourn run` takes up while it runs: rows of catalogs and lists, and what is deployed. Real processes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.live.running import Running, rows, sojourn, store_of
from tests.waiting import PATIENCE, until

SHOP = """\
profile
  email  email  identity

event bought
  product  ref product

catalog product from csv "products.csv" key sku
  sku    text
  name   text

audience beta from csv "beta.csv"

message thanks
  email
    subject "Thank you for {{ event.product.name }}"
    body    file "thanks.html"

journey thank
  start on bought
  wait 1 second
  send thanks

journey greet
  start when entering beta
  wait 1 day
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "shop.journey").write_text(SHOP, encoding="utf-8")
    (folder / "products.csv").write_text("sku,name\np1,a hat\n", encoding="utf-8")
    (folder / "beta.csv").write_text("email\nben@example.com\n", encoding="utf-8")
    (folder / "thanks.html").write_text("<p>Goodbye</p>", encoding="utf-8")
    return folder


def buy(running: Running, id: str, product: str = "p1", who: str = "ada") -> None:
    profile = {"email": f"{who}@example.com"}
    status, answer = running.post(
        {"event": "bought", "id": id, "profile": profile, "properties": {"product": product}}
    )
    assert (status, answer["accepted"]) == (200, 1), answer


def subjects(folder: Path) -> list[str]:
    found = rows(store_of(folder), "SELECT json_extract(parts, '$.subject') FROM outbox ORDER BY number")
    return [subject for (subject,) in found]


def versions_kept(folder: Path) -> int:
    return int(rows(store_of(folder), "SELECT count(*) FROM program WHERE kept = 1")[0][0])


def test_rows_that_change_are_taken_up_under_the_journeys_that_run(shop: Path) -> None:
    """A journey is edited and not deployed, and a new one written with a mistake in it. Then the catalog gets a row,
    and the list a line: both are live, and the journeys are those that ran before. No version is kept apart for that.
    """
    with Running("run", shop, "--port", "0") as run:
        run.says("Ctrl-C")
        buy(run, "1")
        until(lambda: len(subjects(shop)) == 1)
        (shop / "shop.journey").write_text(SHOP.replace("Thank you", "Not yet"), encoding="utf-8")
        (shop / "thanks.html").write_text("<p>Not yet</p>", encoding="utf-8")
        (shop / "new.journey").write_text("journey broken\n  sned nothing\n", encoding="utf-8")
        buy(run, "2", who="cleo")
        (shop / "products.csv").write_text("sku,name\np1,a red hat\np2,a coat\n", encoding="utf-8")
        run.says(r"✓ products\.csv saved: live in \d+ ms")
        run.says("catalog product changed")
        buy(run, "3", "p2")
        until(lambda: len(subjects(shop)) == 3)
        assert subjects(shop)[-1] == "Thank you for a coat"
        (shop / "beta.csv").write_text("email\nben@example.com\nada@example.com\n", encoding="utf-8")
        run.says(r"✓ beta\.csv saved: live in \d+ ms")
        until(lambda: rows(store_of(shop), "SELECT 1 FROM run WHERE journey = 'greet'") == [(1,)])
        assert versions_kept(shop) == 0
        (shop / "products.csv").write_text("sku,name\np1,a red hat\np1,twice\n", encoding="utf-8")
        run.says("✗ products.csv saved, with a mistake in it")
        buy(run, "4", "p2")
        until(lambda: len(subjects(shop)) == 4)
        assert subjects(shop)[-1] == "Thank you for a coat"
        assert run.end() == 0


def test_a_deploy_is_taken_over_by_the_process_that_runs(shop: Path) -> None:
    """One who waits for a call when it comes ends on the version they began on; who comes after goes by the new one,
    which waits a second. Both get their mails from the same process.
    """
    called = SHOP.replace("catalog product", "event called\n\ncatalog product")
    patient = called.replace("wait 1 second", "wait for called, up to 1 day")
    (shop / "shop.journey").write_text(patient, encoding="utf-8")
    with Running("run", shop, "--port", "0") as run:
        run.says("Ctrl-C")
        buy(run, "1")
        (shop / "shop.journey").write_text(called.replace("Thank you", "Many thanks"), encoding="utf-8")
        done = sojourn("deploy", shop)
        assert done.returncode == 0, done.stderr
        assert f"The changed workspace is live: process {run.process.pid} has taken it over." in done.stdout
        run.says(r"✓ deployed: live in \d+ ms")
        run.says("message thanks changed")
        assert subjects(shop) == []
        buy(run, "2", who="ben")
        until(lambda: subjects(shop) == ["Many thanks for a hat"])
        run.post({"event": "called", "id": "3", "profile": {"email": "ada@example.com"}})
        until(lambda: len(subjects(shop)) == 2)
        assert subjects(shop) == ["Many thanks for a hat", "Many thanks for a hat"]
        came = rows(store_of(shop), "SELECT max(at) FROM event WHERE event = 'called'")[0][0]
        sent = rows(store_of(shop), "SELECT at FROM activity WHERE person = 1 AND kind = 'sent'")
        assert sent[0][0] >= came  # by the wait of the version it began on
        again = sojourn("deploy", shop)
        assert "Nothing has changed" in again.stdout and again.returncode == 0
        assert run.end() == 0


def test_with_move_those_under_way_go_on_by_the_new_text(shop: Path) -> None:
    (shop / "shop.journey").write_text(SHOP.replace("wait 1 second", "wait 1 day"), encoding="utf-8")
    with Running("run", shop, "--port", "0") as run:
        run.says("Ctrl-C")
        buy(run, "1")
        (shop / "shop.journey").write_text(SHOP, encoding="utf-8")
        assert sojourn("deploy", shop, "--move").returncode == 0
        until(lambda: subjects(shop) == ["Thank you for a hat"])
        assert subjects(shop) == ["Thank you for a hat"]
        assert run.end() == 0


def test_killed_before_it_was_taken_over_the_command_does_it(shop: Path) -> None:
    """The process that runs stands still when the workspace is deployed with --move, and is killed: the command, which
    waits for an answer, does it by itself.
    """
    (shop / "shop.journey").write_text(SHOP.replace("wait 1 second", "wait 1 day"), encoding="utf-8")
    answers = []
    with Running("run", shop, "--port", "0") as run:
        run.says("Ctrl-C")
        buy(run, "1")
        run.process.send_signal(signal.SIGSTOP)
        (shop / "shop.journey").write_text(SHOP, encoding="utf-8")
        waiting = threading.Thread(target=lambda: answers.append(sojourn("deploy", shop, "--move")))
        waiting.start()
        store = store_of(shop)
        until(lambda: rows(store, "SELECT outcome FROM deployment") == [("",)])
        os.kill(run.process.pid, signal.SIGKILL)
        run.process.wait(PATIENCE)
        waiting.join(PATIENCE)
    assert answers[0].returncode == 0, answers[0].stderr
    assert "is in place" in answers[0].stdout
    with Running("run", shop, "--port", "0") as run:
        run.says("Ctrl-C")
        until(lambda: subjects(shop) == ["Thank you for a hat"])
        assert run.end() == 0
    assert rows(store, "SELECT outcome FROM deployment") == [("taken",)]


def test_what_a_killed_process_left_the_next_run_takes_up(shop: Path) -> None:
    """The command that deployed is gone as well: what it wrote down is done by the next run."""
    from sojourn.dsl.workspace import compile_folder
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime import deployment

    (shop / "shop.journey").write_text(SHOP.replace("wait 1 second", "wait 1 day"), encoding="utf-8")
    with Running("run", shop, "--port", "0") as run:
        run.says("Ctrl-C")
        buy(run, "1")
        run.kill()
    (shop / "shop.journey").write_text(SHOP, encoding="utf-8")
    workspace = compile_folder(shop).workspace
    assert workspace is not None
    version = compile_program(workspace).version
    number = deployment.ask(store_of(shop), shop, version, True, time.time_ns() // 1000)
    with Running("run", shop, "--port", "0") as run:
        run.says("✓ deployed: live")
        until(lambda: subjects(shop) == ["Thank you for a hat"])
        assert deployment.outcome(store_of(shop), number) == "taken"
        assert run.end() == 0


def test_files_that_changed_again_are_not_taken_over(shop: Path) -> None:
    from sojourn.interpreter.runtime import deployment

    with Running("run", shop, "--port", "0") as run:
        run.says("Ctrl-C")
        number = deployment.ask(store_of(shop), shop, "another version", False, time.time_ns() // 1000)
        run.says("✗ What was deployed is not taken up. The files were changed again before they were read")
        assert "changed again" in deployment.outcome(store_of(shop), number)
        assert run.end() == 0


def test_a_store_that_dev_holds_needs_no_deploy_and_that_is_said(shop: Path, tmp_path: Path) -> None:
    """`dev` takes up what is saved; `deploy` waits until it has, and tells what became of those under way. The files
    of another folder cannot be deployed there, and nothing is left behind that is done later without a word.
    """
    (shop / "shop.journey").write_text(SHOP.replace("wait 1 second", "wait 1 day"), encoding="utf-8")
    with Running("dev", shop, "--port", "0") as dev:
        dev.says("Ctrl-C")
        buy(dev, "1")
        nothing = sojourn("deploy", shop)
        assert nothing.returncode == 0
        assert (
            f"This version runs already: `sojourn dev` (process {dev.process.pid}) takes up" in nothing.stdout
        )
        (shop / "shop.journey").write_text(SHOP, encoding="utf-8")
        done = sojourn("deploy", shop)
        assert done.returncode == 0, done.stderr
        assert re.search("The changed workspace is live|This version runs already", done.stdout)
        assert "Those under way keep their place and go on by the new text" in done.stdout
        until(lambda: subjects(shop) == ["Thank you for a hat"])
        other = tmp_path / "other"
        shutil.copytree(shop, other, ignore=shutil.ignore_patterns(".sojourn"))
        refused = sojourn("deploy", other, "--store", store_of(shop))
        assert refused.returncode == 2
        assert "takes up the files of another folder as they are saved, and not these." in refused.stderr
        assert rows(store_of(shop), "SELECT count(*) FROM deployment") == [(0,)]
        busy = sojourn("run", shop, "--no-http")
        assert f"process {dev.process.pid} runs on it" in busy.stderr and busy.returncode == 2
        assert dev.end() == 0
