"""Takes the shop with its recommendations up in a store and counts, and dies by SIGKILL before its nth SQL statement
(0: lives): `counting_run.py STORE N`. A process of its own, so that the kill is real.
"""

from __future__ import annotations

import os
import signal
import sys

from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.test_counting import RECOMMENDED, compiled


def main(path: str, dies_before: int) -> None:
    """Runs to the end, or dies."""
    with Store.open(path) as store:
        statements = 0

        def traced(statement: str) -> None:
            nonlocal statements
            statements += 1
            if dies_before and statements >= dies_before:
                os.kill(os.getpid(), signal.SIGKILL)

        store.connection.set_trace_callback(traced)
        writer = Writer(store, compiled(RECOMMENDED), EventClock(store.last_received()))
        while writer.count():
            pass


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
