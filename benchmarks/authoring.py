"""What an author waits for: `check`, the start of a command, a save in `dev`."""

from __future__ import annotations

import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.crowd import SHOP
from benchmarks.measure import Bench, Figure, Result, Spent, at_most, paired, python
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.reload import Bench as Workspace
from sojourn.interpreter.runtime.reload import Reload, Reloader
from sojourn.interpreter.runtime.store import Store

__all__ = ["check", "editor", "reload", "start"]

_HEAD = """\
profile
  email       email     identity  private
  first_name  text
  country     country
  language    language  = "en"
  timezone    timezone
  loyalty     one of bronze, silver, gold = bronze

event cart_abandoned called "Cart Abandoned"
  cart_id  text   required
  total    money  required

event purchase
  order_id  text
  total     money  required

event product_viewed
  product   text  required
  category  text

topic offers opt in

attribute lifetime_value = sum of purchase.total
attribute orders_90d     = count of purchase in last 90 days
"""

# Fifty lines as an author writes them: an attribute, two audiences, a message, a journey, a test.
_CAMPAIGN = """
## How often this person looked at goods of campaign {n}.
attribute views_{n} = count of product_viewed in last {days} days where category is "category {n}"

## Who may be won with campaign {n}.
audience keen_{n}
  views_{n} >= 3
  and no purchase in last 7 days
  and country in "DE", "AT", "CH"

audience lapsed_{n}
  has purchase in last {far} days
  and no purchase in last {days} days
  and lifetime_value >= {days} EUR

message reminder_{n} about offers
  email
    subject "{{{{ profile.first_name }}}}, number {n} is waiting"
    body    \"\"\"
      <p>Hello {{{{ profile.first_name }}}},</p>
      <p>you looked {{{{ views_{n} }}}} times{{% if code %}}; with {{{{ code }}}} it costs less{{% endif %}}.</p>
      \"\"\"
  email when language is "fr"
    subject "Bonjour"
    body    "<p>Bonjour {{{{ profile.first_name }}}}</p>"

journey campaign_{n}
  start when entering keen_{n}
  again after {days} days
  exit on purchase
  goal purchase within 3 days
  times in timezone otherwise "Europe/Paris"

  wait 1 hour
  if in lapsed_{n}
    send reminder_{n} by email with code = "BACK{n}"
  else
    split first_{n}
      50% plain
        send reminder_{n} by email
      rest nothing
        stop
  wait until 9:00 on a weekday
  send reminder_{n}

test "campaign {n} asks for consent"
  profile email = "ada@example.com", country = "DE"
  at 2026-03-02 10:00
    product_viewed product = "p", category = "category {n}"
  after {days} days
  expect not sent reminder_{n}
"""


def workspace_of(folder: Path, lines: int) -> int:
    """A workspace of about so many lines in files of some 500; returns how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "customers.journey").write_text(_HEAD)
    total, number = _HEAD.count("\n"), 0
    while total < lines:
        text = ""
        while text.count("\n") < 500 and total + text.count("\n") < lines:
            number += 1
            text += _CAMPAIGN.format(n=number, days=7 + number % 60, far=180 + number % 60)
        (folder / f"campaigns_{number:04}.journey").write_text(text.lstrip())
        total += text.count("\n")
    return total


def command(arguments: Sequence[str]) -> Callable[[], Spent]:
    """A command from a cold start: a process of its own, that is waited for."""

    def timed() -> Spent:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        try:
            python(["-m", "sojourn", *arguments])
        except subprocess.CalledProcessError as error:
            raise SystemExit(f"sojourn {' '.join(arguments)}: {error.stdout}") from None
        real = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return Spent(real, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    return timed


def check(bench: Bench) -> Result:
    """`sojourn check` of many lines."""
    folder = bench.folder / "large"
    lines = workspace_of(folder, bench.sizes.lines)
    run = command(["check", str(folder)])
    run()
    (spent,) = paired(bench, "check", run)
    return Result(
        "", "",
        f"{lines:,} lines in {len(list(folder.iterdir()))} files",
        (
            at_most("the whole command", spent.processor * 1000, "ms", 1500),
            Figure("the same, real time", spent.real * 1000, "ms"),
        ),
    )  # fmt: skip


def editor(bench: Bench) -> Result:
    """What an editor waits for behind an edit in a workspace of 5,000 lines, as the language server answers it."""
    from sojourn.editor import completion, hover
    from sojourn.editor.snapshot import Workspace as Opened

    folder = bench.folder / "editor"
    lines = workspace_of(folder, 5_000)
    opened = Opened(folder)
    assert opened.snapshot().linted
    path = sorted(folder.glob("*.journey"))[3]
    text = path.read_text(encoding="utf-8")
    middle = text.index("wait 1 hour", len(text) // 2)
    completed, hovered, looked, below = [], [], [], []
    for number in range(20):
        edited = f"{text[:middle]}wait {number + 2} hours{text[middle + len('wait 1 hour') :]}"
        opened.drafts[path.resolve()] = edited
        place = edited.rindex("send ") + len("send ")
        began = time.process_time()
        sketch = opened.sketch()
        assert completion.complete(sketch, sketch.path_of(path), place)
        completed.append(time.process_time() - began)
        began = time.process_time()
        snapshot = opened.snapshot()
        assert hover.hover(snapshot, snapshot.path_of(path), place + 1)
        hovered.append(time.process_time() - began)
        began = time.process_time()
        assert snapshot.linted
        looked.append(time.process_time() - began)
        opened.drafts[path.resolve()] = f"# {number}\n{text}"  # everything in the file moves
        began = time.process_time()
        snapshot = opened.snapshot()
        assert not snapshot.compiled.diagnostics
        below.append(time.process_time() - began)
    return Result(
        "", "",
        f"{lines:,} lines, {2 * len(completed)} edits",
        (
            at_most("what can stand here, right behind an edit", median(completed) * 1000, "ms", 50),
            at_most("all mistakes, and what is this", median(hovered) * 1000, "ms", 50),
            at_most("all mistakes, when 500 lines have moved", median(below) * 1000, "ms", 50),
            Figure("what lint says, on top", median(looked) * 1000, "ms"),
        ),
    )  # fmt: skip


def start(bench: Bench) -> Result:
    """`sojourn --help` and `sojourn check examples/shop`, beside Python itself doing nothing."""
    nothing = lambda: _python_alone()  # noqa: E731 - it takes its turn among the others
    lines = sum(path.read_text().count("\n") for path in SHOP.rglob("*.journey"))
    sides = (command(["--help"]), command(["check", str(SHOP)]), nothing)
    for side in sides:
        side()
    helped, checked, alone = paired(bench, "help, check, nothing", *sides, pairs=2 * bench.sizes.pairs)
    return Result(
        "", "",
        f"the shop has {lines:,} lines",
        (
            at_most("--help", helped.processor * 1000, "ms", 150),
            Figure("--help, real time", helped.real * 1000, "ms"),
            at_most("check of the shop", checked.processor * 1000, "ms", 400),
            Figure("check of the shop, real time", checked.real * 1000, "ms"),
            Figure("Python itself, real time", alone.real * 1000, "ms"),
        ),
    )  # fmt: skip


def _python_alone() -> Spent:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    python(["-c", "pass"])
    real = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(real, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def reload(bench: Bench) -> Result:
    """From the save until the change is live in a running engine, by the real watcher."""
    folder = bench.folder / "edited"
    lines = workspace_of(folder, 1_000)
    workspace = Workspace(folder)
    loaded = workspace.load()
    assert loaded.program is not None, loaded.compiled.diagnostics[:3]
    edited = sorted(folder.glob("campaigns_*.journey"))[-1]
    text = edited.read_text()
    told = threading.Event()
    problems: list[str] = []

    def on_reload(reload: Reload) -> None:
        if reload.mistakes or reload.problem or not reload.changes:
            problems.append(reload.problem or "the save was not taken up")
        told.set()

    waits, spent = [], []
    with Store.open(bench.folder / "store.db") as store:
        engine = Engine(store, loaded.program)
        engine.start()
        reloader = Reloader(workspace, engine, loaded, on_reload, lambda fates: None)
        reloader.start()
        try:
            for turn in range(max(3, 2 * bench.sizes.pairs)):
                bench.say(f"save {turn + 1}")
                time.sleep(0.3)
                told.clear()
                saved = edited.with_suffix(".new")
                saved.write_text(text.replace("wait 1 hour", f"wait {turn + 2} hours"))
                began, before = time.perf_counter(), time.process_time()
                shutil.move(saved, edited)
                if not told.wait(10):
                    problems.append("a save was not noticed within 10 seconds")
                waits.append(time.perf_counter() - began)
                spent.append(time.process_time() - before)
        finally:
            reloader.stop()
            engine.stop()
    if problems:
        raise RuntimeError(problems[0])
    return Result(
        "", "",
        f"{lines:,} lines, {len(waits)} saves",
        (
            at_most("until it is live", median(waits) * 1000, "ms", 100),
            Figure("the slowest", max(waits) * 1000, "ms"),
            Figure("one core's time", median(spent) * 1000, "ms"),
        ),
    )  # fmt: skip
