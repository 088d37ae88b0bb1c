"""Files that are not what they should be: each is a sentence with a way out, and no file is lost."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Folder, environment
from tests.waiting import PATIENCE

COMMANDS = ("check", "lint", "fmt", "test", "simulate", "graph", "verify", "plan", "deploy")
CATALOG = '\ncatalog product from csv "products.csv" key sku\n  sku    text\n  price  money\n'


def instead_of(path: Path, kind: str) -> None:
    """Something that is no ordinary file in the place of one."""
    path.unlink()
    if kind == "a link to itself":
        path.symlink_to(path.name)
    elif kind == "a link to nowhere":
        path.symlink_to("nowhere.journey")
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "kind", ["a link to itself", "a link to nowhere", "a pipe", "a device without an end"]
)
def test_a_journey_file_that_is_no_file(shop: Folder, call: Call, command: str, kind: str) -> None:
    instead_of(shop.path / "data.journey", kind)
    result = call(command, shop)
    assert result.exit_code == 2, result.output
    assert "data.journey" in result.output and "cannot be read" in result.output


@pytest.mark.parametrize("kind", ["a link to itself", "a pipe", "a device without an end"])
def test_a_template_that_is_no_file(shop: Folder, call: Call, kind: str) -> None:
    instead_of(shop.path / "messages" / "reminder.html", kind)
    result = call("check", shop)
    assert result.exit_code in (1, 2)
    assert "reminder.html" in result.output and "no ordinary file" in result.output


def test_a_folder_that_cannot_be_looked_into_is_told(
    shop: Folder, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its journeys would be missing from the program without a word."""
    look = os.scandir

    def scandir(path: str = ".") -> object:
        if str(path).endswith("journeys"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    result = call("check", shop)
    assert result.exit_code == 2
    assert "journeys cannot be read: permission denied" in " ".join(result.output.split())


def test_a_sign_that_no_path_has(shop: Folder, call: Call) -> None:
    shop.edit("journeys/cart.journey", "../messages/reminder.html", "../messages/\0.html")
    for more in ((), ("--json",)):
        result = call("check", shop, *more)
        assert result.exit_code in (1, 2) and "file-missing" in result.output


@pytest.mark.parametrize(
    "rows",
    ['sku,price\n"p1,5 EUR\np2,6 EUR\n', 'sku,price\np1,"5" EUR\n', f"sku,price\n{'p' * 200_000},5 EUR\n"],
)
def test_a_row_of_a_catalog_that_is_none(shop: Folder, call: Call, rows: str) -> None:
    """A cell without an end takes in all rows behind it: that is told, and none is taken for the name of a product."""
    shop.write("catalog.journey", CATALOG)
    shop.write("products.csv", rows)
    result = call("check", shop)
    assert result.exit_code == 1, result.output
    assert "Row 2 is not made of cells" in result.output and "products.csv:2" in result.output


def test_a_column_that_is_there_twice(shop: Folder, call: Call, tmp_path: Path) -> None:
    """Nobody can tell which of them counts. Where nobody asks for that column it does not matter."""
    shop.write(
        "data/crm.csv",
        "Customer,E-Mail,E-Mail,Name,Club,Mailings\nc-1,a@example.com,b@example.com,Ada,Gold,yes\n",
    )
    result = call("import", shop, "crm")
    assert result.exit_code == 2
    assert "has two columns “E-Mail”" in result.stderr
    shop.write(
        "data/crm.csv", "Customer,E-Mail,Name,Club,Mailings,Notes,Notes\nc-1,a@example.com,Ada,Gold,yes,,x\n"
    )
    assert call("import", shop, "crm").exit_code == 0
    events = shop.write(
        "web.csv", "event,id,profile.email,profile.email\nvisit,v1,a@example.com,b@example.com\n"
    )
    result = call("run", shop, "--once", "--no-http", "-e", events)
    assert result.exit_code == 0
    assert "The first line names the column “profile.email” twice." in result.output
    assert "a@example.com,b@example.com" in call("rejected", shop).output


def test_a_full_disk_leaves_the_file_as_it_was(shop: Folder) -> None:
    """There is room for the first bytes of the file only."""
    journeys = shop.path / "journeys" / "cart.journey"
    text = journeys.read_text().replace("  wait 1 hour", "  wait   1 hour")
    text += "".join(f"# Remark {n}.\n" for n in range(600))
    journeys.write_text(text)

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    ran = subprocess.run(
        [sys.executable, "-B", "-m", "sojourn", "fmt", str(shop)],
        capture_output=True, text=True, env=environment({}), preexec_fn=little_room, timeout=PATIENCE,
    )  # fmt: skip
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "cannot be written" in ran.stderr and "The file is as it was." in ran.stderr
    assert journeys.read_text() == text
    assert [path.name for path in journeys.parent.iterdir()] == ["cart.journey"]


def test_a_link_stays_a_link_and_a_file_keeps_its_rights(shop: Folder, call: Call) -> None:
    cart = shop.path / "journeys" / "cart.journey"
    elsewhere = shop.path.parent / "elsewhere.journey"
    cart.rename(elsewhere)
    cart.symlink_to(elsewhere)
    elsewhere.write_text(elsewhere.read_text().replace("wait 1 hour", "wait   1 hour"))
    elsewhere.chmod(0o640)
    result = call("fmt", cart)
    assert result.exit_code == 0 and "changed" in result.output
    assert cart.is_symlink() and "  wait 1 hour\n" in elsewhere.read_text()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640


def test_what_the_system_says_of_a_file_is_no_mistake_of_ours(
    shop: Folder, call: Call, tmp_path: Path
) -> None:
    """The report is to go where there is a folder of that name."""
    (tmp_path / "report.html").mkdir()
    result = call("simulate", shop, "--html", tmp_path / "report.html")
    assert result.exit_code == 2
    assert "report.html" in result.stderr and "mistake in Sojourn" not in result.stderr
