"""`sojourn graph` and `sojourn docs`: pictures and a site, looked at by a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.app import sojourn
from sojourn.dsl.picture.relations import Thing, relations
from sojourn.dsl.workspace import compile_folder
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "shop"
SVG = "{http://www.w3.org/2000/svg}"


def run(*args: object) -> Result:
    return CliRunner().invoke(sojourn, [str(arg) for arg in args])


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# -------------------------------------------------------------------- graph


def test_a_journey_is_drawn_into_a_file_of_its_name(tmp_path: Path) -> None:
    result = run("graph", SHOP, "cart_rescue")
    assert result.exit_code == 0, result.output
    assert result.stderr == "cart_rescue.svg is written: open it in a browser.\n"
    tree = ElementTree.parse(tmp_path / "cart_rescue.svg").getroot()
    said = "".join(tree.itertext())
    assert "start on cart_abandoned where" in said and "send last_call" in said


def test_the_map_names_what_leads_to_what(tmp_path: Path) -> None:
    assert run("graph", SHOP, "--out", "map.svg").exit_code == 0
    tree = ElementTree.parse(tmp_path / "map.svg").getroot()
    boxes = {group.get("data-thing") for group in tree.iter(f"{SVG}g") if group.get("data-thing")}
    assert {
        "journey cart_rescue",
        "event purchase",
        "message last_call",
        "topic offers",
        "dataset web",
    } <= boxes
    ways = {title.text for path in tree.iter(f"{SVG}path") for title in path.iter(f"{SVG}title")}
    assert "journey cart_rescue → message last_call" in ways
    assert "message last_call → topic offers" in ways
    places = [
        tuple(float(box[key]) for key in ("x", "y", "width", "height"))
        for group in tree.iter(f"{SVG}g")
        for box in [group.find(f"{SVG}rect").attrib]  # type: ignore[union-attr]
    ]
    assert not any(
        one != other and one[0] == other[0] and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
        for one in places
        for other in places
    )


def test_mermaid_goes_to_the_standard_output() -> None:
    assert run("graph", SHOP, "cart_rescue", "--mermaid").stdout.startswith("%% cart_rescue\n")
    chart = run("graph", SHOP, "--mermaid").stdout
    assert chart.startswith("flowchart LR\n")
    number = dict(reversed(found) for found in re.findall(r'(n\d+)\["(\w+)"\]', chart))
    assert f"  {number['cart_rescue']} --> {number['last_call']}\n" in chart


def test_a_misspelt_journey_is_told_with_the_nearest() -> None:
    result = run("graph", SHOP, "cart_rescu")
    assert result.exit_code == 2
    assert "There is no journey cart_rescu" in result.stderr and "Did you mean cart_rescue?" in result.stderr


def test_ways_go_through_attributes_and_templates() -> None:
    found = relations(compile_folder(SHOP))
    assert (Thing("event", "purchase"), Thing("audience", "vips")) in found.edges  # by way of an attribute
    assert (
        Thing("recommendation", "goes_with_it"),
        Thing("message", "browse_picks"),
    ) in found.edges  # in a template
    assert Thing("audience", "app_users") not in found.things  # of the standard library, and not used here
    assert found.before(Thing("message", "last_call")) == [Thing("journey", "cart_rescue")]


# --------------------------------------------------------------------- docs


class Page(HTMLParser):
    """The links, the ids and the frames of a page; complains of what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.frames: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("a", "link"):
            self.links.append(said.get("href") or "")
        if tag == "iframe":
            self.frames.append(said.get("srcdoc") or "")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    result = run("docs", SHOP, "--out", tmp_path / "site", "--title", "Northlight & sons")
    assert result.exit_code == 0, result.output
    assert re.match(r"\d+ pages written to ", result.stdout)
    return tmp_path / "site"


def pages(site: Path) -> Iterator[tuple[Path, Page]]:
    for path in sorted(site.rglob("*.html")):
        yield path, Page(path.read_text(encoding="utf-8"))


def test_every_link_leads_somewhere(site: Path) -> None:
    checked = 0
    for path, page in pages(site):
        for link in page.links:
            if link == "#names":  # on a phone the names stand below
                assert '<nav aria-label="All pages" id="names">' in path.read_text(encoding="utf-8")
                continue
            assert (path.parent / link).resolve().is_file(), (path, link)
            checked += 1
    assert checked > 500


def test_a_message_is_shown_as_a_test_sent_it(site: Path) -> None:
    text = (site / "message" / "cart_reminder.html").read_text(encoding="utf-8")
    [frame] = Page(text).frames
    assert "You left something behind" in frame
    assert "As the test “" in text and "By push" in text
    assert "{{" not in frame


def test_each_language_of_a_message_is_shown_and_one_that_no_test_sends_is_named(tmp_path: Path) -> None:
    (tmp_path / "main.journey").write_text(
        """\
profile
  email     email     identity
  language  language  = "en"

event joined

topic service always

message hello about service
  email
    subject "Welcome, {{ profile.email }}"
    body    "<p>Good that you are here.</p>"
  email when language is "de"
    subject "Willkommen, {{ profile.email }}"
    body    "<p>Schön, dass du da bist.</p>"
  email when language is "fr"
    subject "Bienvenue"
    body    "<p>Nous voilà.</p>"

journey welcome
  start on joined

  send hello

test "in English"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    joined
  expect sent hello

test "in German"
  profile email = "ben@example.com", language = "de"
  at 2026-03-02 10:00
    joined
  expect sent hello
""",
        encoding="utf-8",
    )
    assert run("docs", tmp_path, "--out", tmp_path / "site").exit_code == 0
    text = (tmp_path / "site" / "message" / "hello.html").read_text(encoding="utf-8")
    english, german = Page(text).frames
    assert "Good that you are here" in english and "Schön, dass du da bist" in german
    assert "<h3>By email</h3>" in text and "<h3>By email when language is &#34;de&#34;</h3>" in text
    assert "No test sends <code>email when language is &#34;fr&#34;</code>" in text


def test_a_journey_has_its_picture_its_tests_and_its_text(site: Path) -> None:
    text = (site / "journey" / "cart_rescue.html").read_text(encoding="utf-8")
    assert 'class="sojourn-picture"' in text
    assert "<li>the other arm has a code</li>" in text
    assert '<span class="kd">journey</span>' in text
    assert '<a href="../message/last_call.html">last_call</a>' in text


def test_names_and_texts_cannot_break_a_page(tmp_path: Path) -> None:
    workspace = tmp_path / "odd"
    workspace.mkdir()
    (workspace / "main.journey").write_text(
        "## <script>alert(1)</script> & more\nprofile\n  email  email  identity\n\n"
        "event e\n  ## <b>bold</b>\n  x  text\n",
        encoding="utf-8",
    )
    assert run("docs", workspace, "--title", "<i>odd</i>").exit_code == 0
    for path, _ in pages(tmp_path / "site"):
        text = path.read_text(encoding="utf-8")
        assert "<script>alert" not in text and "<b>bold" not in text and "<i>odd" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in (tmp_path / "site" / "event" / "e.html").read_text(encoding="utf-8")


def test_a_browser_shows_the_site_without_a_word_of_complaint(site: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium): the site is not looked at")
    done = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--enable-logging=stderr", "--v=0", f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom",
            (site / "message" / "cart_reminder.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert "cart_reminder</h1>" in done.stdout
    assert "CONSOLE" not in done.stderr


def test_a_workspace_with_mistakes_has_no_site(tmp_path: Path) -> None:
    (tmp_path / "main.journey").write_text("topic x opt inn\n", encoding="utf-8")
    result = run("docs", tmp_path)
    assert result.exit_code == 1
    assert not (tmp_path / "site").exists()
    assert "1 mistake" in result.stderr
