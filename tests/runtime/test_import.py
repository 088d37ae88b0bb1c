"""A spreadsheet of customers comes in: new, changed, unchanged, and what did not fit."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sojourn.dsl.checked import Column, Dataset
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.datasets import dataset_records
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.door.sources import SourceError
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.importer import ImportReport, import_dataset
from sojourn.interpreter.runtime.profile import profile_of
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.core.building import entering, known, person, send
from tests.runtime.shop import DAY, MONDAY, shop_builder

CUSTOMERS = """\
E-Mail;Name;Born;Club;Newsletter;Note
Ada@Example.com;Ada;10.12.1815;GOLD;x;first
ben@example.com;Ben;;silver;no;

cy@example.com;Cy;yesterday;;;
not an address;Dee;01.02.1990;;;
eve@example.com;Eve;01.02.1990;platinum;;
fay@example.com;"Fay
of two lines";03.04.1991;bronze;1;ok
"""


@pytest.fixture
def program() -> Program:
    """The shop with a dataset, and a journey that starts for everybody whose name is known."""
    shop = shop_builder()
    shop.audience("named", known(person("first_name")))
    shop.journey("greet", [entering("named")], [("send thanks", send("thanks"))])
    columns = (
        Column("E-Mail", "email"), Column("Name", "first_name"), Column("Born", "birthday", "%d.%m.%Y"),
        Column("Club", "loyalty", "", "lower"), Column("Newsletter", "consent.offers"),
    )  # fmt: skip
    crm = Dataset("crm", ("profile",), "csv", "crm/*.csv", columns)
    return compile_program(dataclasses.replace(shop.workspace(), datasets={"crm": crm}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace's folder with one file of customers, as a spreadsheet saves it."""
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "march.csv").write_bytes(b"\xef\xbb\xbf" + CUSTOMERS.replace("\n", "\r\n").encode())
    return tmp_path


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.read, report.new, report.changed, report.unchanged, report.rejected


def test_a_file_of_customers_twice_then_changed(store: Store, program: Program, folder: Path) -> None:
    """The first time three people are new and three rows do not fit. The second time nothing changes. Then
    Ben's row changes.
    """
    clock = EventClock(MONDAY)
    writer = Writer(store, program, clock)
    first = import_dataset(writer, program.workspace, "crm", folder)
    assert counts(first) == (6, 3, 0, 0, 3)
    assert [rejected.reason for rejected in first.reasons] == [
        "“Born” must be a date written DD.MM.YYYY, not “yesterday”.",
        "“email” must be an email address such as “ada@example.com”, not “not an address”.",
        "“loyalty” must be one of bronze, silver, gold, not “platinum”.",
    ]
    assert first.reasons[0].raw == "cy@example.com;Cy;yesterday;;;"
    ada = profile_of(store, program, "ADA@example.com", MONDAY)
    fields = {field.name: (field.value, field.source) for field in ada.fields}
    assert fields["birthday"] == ("1815-12-10", "crm")
    assert fields["loyalty"] == ("gold", "crm")
    assert fields["consent.offers"] == (True, "crm")
    fay = {field.name: field.value for field in profile_of(store, program, "fay@example.com", MONDAY).fields}
    assert fay["first_name"].split() == ["Fay", "of", "two", "lines"]

    before = store.rows("SELECT * FROM person"), store.rows("SELECT * FROM event")
    clock.advance(MONDAY + DAY)
    again = import_dataset(writer, program.workspace, "crm", folder)
    assert counts(again) == (6, 0, 0, 6, 0)
    assert (store.rows("SELECT * FROM person"), store.rows("SELECT * FROM event")) == before

    path = folder / "crm" / "march.csv"
    path.write_bytes(path.read_bytes().replace(b"silver", b"gold"))
    changed = import_dataset(writer, program.workspace, "crm", folder)
    assert counts(changed) == (6, 0, 1, 2, 3)
    path.write_bytes(path.read_bytes().replace(b"Ben;;gold", b"Ben;;silver").replace(b"first", b"1st"))
    clock.advance(MONDAY + 2 * DAY)
    back = import_dataset(writer, program.workspace, "crm", folder)
    assert counts(back) == (6, 0, 1, 2, 3)
    ben = {field.name: field.value for field in profile_of(store, program, "ben@example.com", MONDAY).fields}
    assert (ben["loyalty"], ben["consent.offers"]) == ("silver", False)


def test_an_import_starts_no_journeys_unless_asked(store: Store, program: Program, folder: Path) -> None:
    writer = Writer(store, program, EventClock(MONDAY))
    import_dataset(writer, program.workspace, "crm", folder)
    assert store.counts()["pending"] == 0
    (folder / "more.csv").write_text("E-Mail,Name,Born,Club,Newsletter\nzoe@example.com,Zoe,,,yes\n")
    import_dataset(writer, program.workspace, "crm", folder, [folder / "more.csv"], start_journeys=True)
    assert store.rows("SELECT address FROM outbox") == [("zoe@example.com",)]


def test_files_that_cannot_be_imported(store: Store, program: Program, folder: Path) -> None:
    writer = Writer(store, program, EventClock(MONDAY))
    with pytest.raises(LookupError, match="no dataset “crn”"):
        import_dataset(writer, program.workspace, "crn", folder)
    with pytest.raises(SourceError, match="There is no file"):
        import_dataset(writer, program.workspace, "crm", folder, [folder / "nowhere.csv"])
    (folder / "other.csv").write_text("Email,Name\na@example.com,A\n")
    with pytest.raises(SourceError, match="no column “E-Mail”; there are “Email”, “Name”"):
        import_dataset(writer, program.workspace, "crm", folder, [folder / "other.csv"])
    (folder / "utf16.csv").write_text("E-Mail\n", encoding="utf-16")
    with pytest.raises(SourceError, match="UTF-16"):
        import_dataset(writer, program.workspace, "crm", folder, [folder / "utf16.csv"])
    (folder / "latin.csv").write_bytes(
        "E-Mail,Name,Born,Club,Newsletter\na@example.com,Zoë,,,\nb@example.com,B,,,\n".encode("latin-1")
    )
    report = import_dataset(writer, program.workspace, "crm", folder, [folder / "latin.csv"])
    assert counts(report) == (2, 1, 0, 0, 1)
    assert "not UTF-8" in report.reasons[0].reason


def test_columns_fill_the_parts_of_a_field(tmp_path: Path) -> None:
    text = (
        'profile\n  email    email    identity\n  address  Address  called "home"\n\n'
        'schema Address\n  city    text  called "town"\n  number  integer\n\n'
        'dataset crm\n  holds profile\n  from csv "crm.csv"\n'
        '    "Mail" to email\n    "City" to address.city as upper\n    "No" to address.number\n'
    )
    compiled = compile_texts({"shop.journey": text})
    assert compiled.workspace is not None, compiled.diagnostics
    workspace = compiled.workspace
    file = tmp_path / "crm.csv"
    file.write_text("Mail,City,No\nada@example.com,Rome,7\nben@example.com,Oslo,\ncy@example.com,Bonn,x\n")
    ada, ben, cy = dataset_records(workspace, workspace.datasets["crm"], file, Door(workspace), lambda: 5)
    assert isinstance(ada, Record) and ada.profile["address"] == {"city": "ROME", "number": 7}
    assert isinstance(ben, Record) and ben.profile["address"] == {"city": "OSLO"}
    assert isinstance(cy, Rejected) and "number" in cy.field + cy.reason
