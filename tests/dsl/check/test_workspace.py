"""A folder on the disk becomes one program; what cannot be read is a message, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.dsl import checked
from sojourn.dsl.messages import help_text, sentence
from sojourn.dsl.workspace import ParseCache, compile_folder, compile_texts

PROFILE = "profile\n  email  email  identity\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_all_files_of_a_folder_are_one_program(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "data.journey": PROFILE,
            "more/events.journey": "event visit\n  page  text\n",
            "more/audiences.journey": "audience visitors\n  has visit\n",
            ".hidden/broken.journey": "this is not read\n",
        },
    )
    compiled = compile_folder(tmp_path)
    assert compiled.diagnostics == ()
    assert compiled.workspace is not None and list(compiled.workspace.audiences) == ["visitors"]
    assert [path.relative_to(tmp_path).as_posix() for path in compiled.files] == [
        "data.journey",
        "more/audiences.journey",
        "more/events.journey",
    ]


def test_a_name_declared_twice_points_at_both_places(tmp_path: Path) -> None:
    write(tmp_path, {"a.journey": PROFILE + "event visit\n", "b.journey": "audience visit\n  has visit\n"})
    [diagnostic] = compile_folder(tmp_path).diagnostics
    assert diagnostic.code == "declared-twice"
    assert (diagnostic.span.path, diagnostic.related[0].span.path) == ("b.journey", "a.journey")


def test_another_folder_is_used(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "shop/main.journey": 'use "../brand"\naudience visitors\n  has visit\n',
            "brand/data.journey": PROFILE + "event visit\n",
        },
    )
    compiled = compile_folder(tmp_path / "shop")
    assert compiled.diagnostics == ()
    assert compiled.workspace is not None and "visit" in compiled.workspace.events


def test_what_a_workspace_declares_itself_takes_the_place_of_the_librarys() -> None:
    own = PROFILE + "use commerce\n\nevent purchase\n  total   money  required\n  points  integer\n"
    compiled = compile_texts(
        {"a.journey": own + "\naudience order_shipped\n  has purchase where points > 3\n"}
    )
    assert compiled.diagnostics == () and compiled.workspace is not None
    assert list(compiled.workspace.events["purchase"].fields) == ["total", "points"]
    assert "order_shipped" in compiled.workspace.audiences
    assert "order_shipped" not in compiled.workspace.events
    assert "checkout_started" in compiled.workspace.events


def test_a_block_of_ones_own_with_a_slip_does_not_bring_the_librarys_back() -> None:
    own = PROFILE + "use commerce\n\nevent purchase\n  total money requird\n  points integer\n"
    found = compile_texts(
        {"a.journey": own + "\naudience big\n  has purchase where points > 3\n"}
    ).diagnostics
    assert [(diagnostic.span.path, diagnostic.span.line) for diagnostic in found] == [("a.journey", 6)]


def test_a_mistake_that_shows_in_the_library_is_told_by_the_modules_name() -> None:
    own = PROFILE + "use lifecycle\n\nevent purchase\n\nattribute purchases = sum of purchase.total\n"
    [diagnostic] = compile_texts({"a.journey": own}).diagnostics
    assert (diagnostic.code, diagnostic.span.path) == ("unknown-field", "a.journey")
    own = PROFILE + "use lifecycle\n\naudience purchase\n  email is known\n"
    found = compile_texts({"a.journey": own}).diagnostics
    assert {diagnostic.span.path for diagnostic in found} == {"sojourn/stdlib/lifecycle.journey"}


def test_a_folder_that_is_not_there_gives_one_message(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "shop/main.journey": 'use "../brnd"\naudience visitors\n  has visit\n',
            "brand/data.journey": PROFILE,
        },
    )
    [diagnostic] = compile_folder(tmp_path / "shop").diagnostics
    assert (diagnostic.code, diagnostic.candidates) == ("no-folder", ("brand",))
    [diagnostic] = compile_folder(tmp_path / "nowhere").diagnostics
    assert diagnostic.code == "no-folder"


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    [diagnostic] = compile_folder(tmp_path).diagnostics
    assert diagnostic.code == "no-files"


@pytest.mark.parametrize(
    ("encoding", "likely"), [("latin-1", "Latin-1"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")]
)
def test_another_encoding_is_named_with_its_line(tmp_path: Path, encoding: str, likely: str) -> None:
    text = PROFILE + "## Für alle – immer\nevent visit\n"
    text = text.replace("–", "-") if encoding == "latin-1" else text
    (tmp_path / "a.journey").write_bytes(text.encode(encoding))
    [diagnostic] = compile_folder(tmp_path).diagnostics
    assert diagnostic.code == "file-encoding"
    assert likely in sentence(diagnostic) and "UTF-8" in help_text(diagnostic)
    if encoding != "utf-16":
        assert (diagnostic.span.line, diagnostic.span.column) == (3, 5)


def test_a_template_in_another_encoding_is_reported_where_it_is_asked_for(tmp_path: Path) -> None:
    message = 'message hello\n  email\n    subject "Hi"\n    body file "hello.html"\n'
    write(tmp_path, {"a.journey": PROFILE + message})
    (tmp_path / "hello.html").write_bytes("Grüße".encode("latin-1"))
    [diagnostic] = compile_folder(tmp_path).diagnostics
    assert (diagnostic.code, diagnostic.span.line) == ("file-unreadable", 6)


def test_only_what_was_edited_is_parsed_again(tmp_path: Path) -> None:
    write(tmp_path, {"a.journey": PROFILE, "b.journey": "event visit\n"})
    cache = ParseCache()
    first = compile_folder(tmp_path, cache)
    write(tmp_path, {"b.journey": "event visit\n  page  text\n"})
    second = compile_folder(tmp_path, cache)
    assert first.asts[0] is second.asts[0]
    assert second.workspace is not None and list(second.workspace.events["visit"].fields) == ["page"]


STORY = """\
event purchase
  total  money  required

define big = purchase_total > 100 EUR
attribute purchase_total = last purchase.total

audience spenders
  big

audience buyers
  has purchase

journey thanks
  start when entering spenders
  wait 1 day

journey welcome
  start when entering buyers
  wait 2 days
"""


def test_only_what_an_edit_concerns_is_checked_again(tmp_path: Path) -> None:
    """What is the same as before is the same object; what depends on the edit is made anew."""
    cache = ParseCache()

    def checked_as(story: str) -> checked.Workspace:
        write(tmp_path, {"a.journey": PROFILE, "b.journey": story})
        found = compile_folder(tmp_path, cache).workspace
        assert found is not None
        return found

    first = checked_as(STORY)
    waits = checked_as(STORY.replace("wait 2 days", "wait 9 days"))
    assert waits.journeys["welcome"] != first.journeys["welcome"]
    assert waits.journeys["thanks"] is first.journeys["thanks"]
    assert waits.audiences["spenders"].condition is first.audiences["spenders"].condition
    more = checked_as(STORY.replace("100 EUR", "200 EUR"))
    assert more.audiences["spenders"].condition is not first.audiences["spenders"].condition
    assert more.audiences["buyers"].condition is first.audiences["buyers"].condition
    assert more.journeys["thanks"] is first.journeys["thanks"]


def test_what_moved_in_its_file_is_told_at_its_new_place(tmp_path: Path) -> None:
    cache = ParseCache()
    write(tmp_path, {"a.journey": PROFILE, "b.journey": STORY})
    compile_folder(tmp_path, cache)
    write(tmp_path, {"b.journey": "# A note.\n\n" + STORY})
    moved = compile_folder(tmp_path, cache).workspace
    write(tmp_path, {"b.journey": "# A note.\n\n" + STORY.replace("wait 2 days", "wait 2 dayz")})
    [diagnostic] = compile_folder(tmp_path, cache).diagnostics
    assert moved is not None and moved.journeys["welcome"].span.line == 19
    assert (diagnostic.span.line, diagnostic.span.path) == (21, "b.journey")


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    compiled = compile_texts({"a.journey": "\ufeffprofile\r\n  email  email  identity\r\n"})
    assert compiled.diagnostics == () and compiled.workspace is not None


def test_a_wrong_cell_is_reported_at_its_row_in_the_csv() -> None:
    catalog = 'catalog product from csv "p.csv" key sku\n  sku  text\n  price  money\n'
    compiled = compile_texts({"a.journey": PROFILE + catalog, "p.csv": 'sku,price\n"a\nb",5 EUR\nc,cheap\n'})
    [diagnostic] = compiled.diagnostics
    assert (diagnostic.code, diagnostic.span.path, diagnostic.span.line) == ("bad-cell", "p.csv", 4)
    assert "p.csv" in compiled.sources


def test_the_rows_of_a_catalog_are_canonical_values() -> None:
    catalog = (
        'catalog product from csv "p.csv" key sku\n  sku  text\n  price  money called "Price"\n  since date\n'
    )
    compiled = compile_texts(
        {"a.journey": PROFILE + catalog, "p.csv": "\ufeffsku,Price,since\na,5 EUR,2026-01-02\nb,,\n"}
    )
    assert compiled.workspace is not None
    rows = compiled.workspace.catalogs["product"].rows
    assert rows == {"a": {"sku": "a", "price": "5 EUR", "since": "2026-01-02"}, "b": {"sku": "b"}}


def test_a_used_folder_finds_its_own_files_wherever_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = 'message hello\n  email\n    subject "Hi"\n    body file "texts/hello.html"\n'
    write(
        tmp_path,
        {
            "shop/main.journey": 'use "../brand"\n',
            "brand/all.journey": PROFILE + message,
            "brand/texts/hello.html": "<p>Hi {{ profile.email }}</p>",
        },
    )
    monkeypatch.chdir(tmp_path)
    compiled = compile_folder(Path("shop"))
    assert [sentence(d) for d in compiled.diagnostics] == []
    assert (tmp_path / "brand" / "texts" / "hello.html").resolve() in [
        path.resolve() for path in compiled.files
    ]
