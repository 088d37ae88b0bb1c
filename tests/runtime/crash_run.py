"""Takes a file of events in, and dies by SIGKILL before its nth SQL statement: `crash_run.py STORE FILE N`
(0: lives).

A process of its own, so that the kill is real.
"""

from __future__ import annotations

import os
import signal
import sys

from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.feed import feed, open_where_it_stopped
from sojourn.interpreter.runtime.store import Store
from tests.runtime.shop import DAY, shop_program


def main(path: str, events: str, dies_before: int) -> None:
    """Runs to the end, or dies."""
    store = Store.open(path)
    count = 0

    def traced(statement: str) -> None:
        nonlocal count
        count += 1
        if dies_before and count >= dies_before:
            os.kill(os.getpid(), signal.SIGKILL)

    store.connection.set_trace_callback(traced)
    clock = EventClock(store.last_received())
    engine = Engine(store, shop_program(), clock, linger=0)
    engine.start()
    reading, name = open_where_it_stopped(engine, events)
    feed(engine, reading, name, page=100)
    end = clock.now() + 3 * DAY
    engine.call(lambda: clock.advance(end)).result()
    while (due := engine.call(engine.writer.next_due).result()) is not None and due <= end:  # type: ignore[operator]
        pass
    engine.stop()
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
