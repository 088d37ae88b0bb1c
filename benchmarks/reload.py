"""How long it takes from a save until it is live, in a workspace of 1,000 lines: `python benchmarks/reload.py`.

A real folder, a real watcher, a running engine on a real store with people waiting. Each round edits one wait of one
journey, as an editor saves it (another file, renamed over the old one), and waits until the engine uses the new
program. The time is measured from before the rename, outside of Sojourn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from sojourn.interpreter.runtime.live import Listener, Live
from sojourn.interpreter.runtime.reload import Bench, Fate, Reload, Reloader

HEAD = """\
profile
  email       email  identity
  first_name  text
  country     country

event visit
  page  text

event cart_abandoned
  cart_id  text
  total    money  required

event purchase
  total  money  required

topic offers opt in
topic service always

"""

BLOCK = """\
## What people of kind {n} spent.
attribute spent_{n} = sum of purchase.total in last {n} days

audience keen_{n}
  has visit at least 2 times in last {n} days
  and no purchase in last {n} days

message reminder_{n} about service
  email
    subject "{{{{ profile.first_name }}}}, something is waiting ({n})"
    body    "<p>Dear {{{{ profile.first_name }}}}, it is {{{{ event.total }}}}.</p>"

## A journey like many others.
journey rescue_{n}
  start on cart_abandoned where total > {n} EUR
  again after 7 days
  exit on purchase
  goal purchase within 3 days

  wait {wait}
  if in keen_{n}
    send reminder_{n} by email
  else
    wait for purchase, up to 1 day
      timed out
        send reminder_{n}

"""


def block(n: int, wait: str = "1 hour") -> str:
    """One journey with all that belongs to it: 26 lines."""
    return BLOCK.format(n=n, wait=wait)


def main() -> None:
    """Prints the times of all rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=30)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        measure(Path(place), said.lines, said.files, said.people, said.rounds)


def measure(place: Path, lines: int, files: int, people: int, rounds: int) -> None:
    """One measurement."""
    folder = place / "workspace"
    folder.mkdir()
    (folder / "data.journey").write_text(HEAD)
    height = block(1).count("\n")
    count = max(1, (lines - HEAD.count("\n")) // height)
    of_file = [list(range(1 + at, count + 1, files)) for at in range(min(files, count))]
    for at, numbers in enumerate(of_file):
        (folder / f"journeys_{at}.journey").write_text("".join(map(block, numbers)))
    bench = Bench(folder)
    began = time.perf_counter()
    loaded = bench.load()
    cold = time.perf_counter() - began
    assert loaded.program is not None, loaded.compiled.diagnostics
    live = Live(place / "store.db", loaded.program, Listener(), {})
    live.start()
    come = threading.Event()
    told: list[Reload] = []
    fates: list[list[Fate]] = []

    def reloaded(reload: Reload) -> None:
        told.append(reload)
        come.set()

    reloader = Reloader(bench, live.engine, loaded, reloaded, fates.append)
    reloader.start()
    now = live.engine.clock.receives()
    items = [
        live.engine.door.read_object(
            {"event": "cart_abandoned", "id": f"e{n}", "profile": {"email": f"p{n}@example.com"},
             "properties": {"total": "15 EUR"}}, now,
        )
        for n in range(people)
    ]  # fmt: skip
    live.engine.submit(items).result()
    time.sleep(0.5)
    outside: list[float] = []
    for turn in range(rounds):
        numbers = of_file[turn % len(of_file)]
        path = folder / f"journeys_{turn % len(of_file)}.journey"
        edited = numbers[turn % len(numbers)]
        text = "".join(block(n, f"{61 + turn} minutes" if n == edited else "1 hour") for n in numbers)
        other = folder / ".saved"
        other.write_text(text)
        come.clear()
        began = time.perf_counter()
        os.replace(other, path)
        assert come.wait(10), "the save was not noticed"
        outside.append(time.perf_counter() - began)
        time.sleep(0.1)
    reloader.stop()
    live.stop()
    live.close()
    good = [reload for reload in told if not reload.mistakes and reload.changes]
    assert len(good) == rounds, told
    total = sum(path.read_text().count("\n") for path in folder.glob("*.journey"))
    middle, worst = statistics.median(outside) * 1000, max(outside) * 1000
    print(f"{total:,} lines in {len(of_file) + 1} files, {count} journeys, {people:,} people")
    print(f"first load {cold * 1000:.0f} ms; from save to live: median {middle:.0f} ms, worst {worst:.0f} ms")
    before = 0.0
    for stage in ("noticed", "compiled", "live"):
        until = statistics.median(reload.stages[stage] for reload in good)
        print(f"  {stage:<9} {(until - before) * 1000:6.1f} ms")
        before = until


if __name__ == "__main__":
    main()
