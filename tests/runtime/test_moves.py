"""Who waits in a journey while its text changes: where they stand afterwards, and when their wait is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.moves import Standing, moved_steps
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.core.building import Shop, c, days, exit_on, hours, minutes, on, send
from tests.runtime.shop import DAY, HOUR, MINUTE, MONDAY, wire


def rescue(*steps: tuple[Any, ...]) -> Program:
    """A shop with one journey of these steps."""
    shop = Shop()
    shop.message("reminder", "service", email={"subject": "Your cart", "body": "<p>Your cart</p>"})
    shop.message("last_call", "service", email={"subject": "Last call", "body": "<p>Last call</p>"})
    shop.journey("rescue", [on("cart_abandoned")], steps, exits=[exit_on("purchase")])
    return shop.program()


ONE_HOUR = ("wait 1 hour", c.Wait(hours(1)))
TWO_HOURS = ("wait 2 hours", c.Wait(hours(2)))
REMIND = ("send reminder", send("reminder"))
LAST_CALL = ("send last_call", send("last_call"))


class Shopkeeper:
    """One store, one clock, and a writer whose program changes."""

    def __init__(self, store: Store, program: Program) -> None:
        self.store = store
        self.clock = EventClock(MONDAY)
        self.writer = Writer(store, program, self.clock)
        self.door = Door(program.workspace)

    def cart(self, who: str, at: int = MONDAY) -> None:
        """Somebody leaves a cart."""
        raw = wire(f"{who}-{at}", at, "cart_abandoned", {"email": f"{who}@example.com"})
        self.writer.take([[self.door.read(raw, at)]])

    def visit(self, who: str, at: int) -> None:
        """Somebody looks at a page."""
        raw = wire(f"{who}-{at}", at, "visit", {"email": f"{who}@example.com"}, {"page": "/"})
        self.writer.take([[self.door.read(raw, at)]])

    def save(self, program: Program) -> None:
        """A new text is live, and everybody has been brought up to date with it."""
        self.writer.use(program)
        while self.writer.sweeping:
            self.writer.sweep()

    def wait(self, until: int) -> None:
        """Time passes."""
        self.clock.advance(until)
        while self.writer.bring_due():
            pass

    def sent(self) -> list[tuple[str, int]]:
        """Messages with the minutes after Monday at which they were due."""
        return [
            (message, (at - MONDAY) // MINUTE)
            for message, at in self.store.rows("SELECT message, at FROM outbox ORDER BY at, number")
        ]

    def ended(self) -> list[str]:
        """Why runs ended."""
        rows = self.store.rows("SELECT json_extract(detail, '$.because') FROM activity WHERE kind = 'ended'")
        return [row[0] for row in rows]


def test_a_longer_wait_holds_for_those_who_wait_already(store: Store) -> None:
    """Ada left her cart at 10:00. At 10:30 the wait becomes two hours: she is written to at 12:00."""
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND))
    shop.cart("ada")
    shop.clock.advance(MONDAY + 30 * MINUTE)
    shop.save(rescue(TWO_HOURS, REMIND))
    assert shop.writer.fates == {("rescue", "kept"): 1, ("rescue", "changed"): 1}
    shop.wait(MONDAY + 119 * MINUTE)
    assert shop.sent() == []
    shop.wait(MONDAY + 3 * HOUR)
    assert shop.sent() == [("reminder", 120)]
    assert shop.ended() == ["finished"]


def test_a_shorter_wait_that_is_over_by_now_is_over_now(store: Store) -> None:
    """After 90 minutes of two hours the wait becomes one hour: the message goes now, and is not backdated."""
    shop = Shopkeeper(store, rescue(TWO_HOURS, REMIND))
    shop.cart("ada")
    shop.clock.advance(MONDAY + 90 * MINUTE)
    shop.save(rescue(ONE_HOUR, REMIND))
    shop.wait(MONDAY + 91 * MINUTE)
    assert shop.sent() == [("reminder", 90)]


def test_whoever_is_touched_first_by_an_event_keeps_the_place_too(store: Store) -> None:
    """An event of Ada's comes before the pass over everybody has reached her."""
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND))
    shop.cart("ada")
    shop.writer.use(rescue(TWO_HOURS, REMIND))
    shop.visit("ada", MONDAY + 70 * MINUTE)
    assert shop.sent() == []
    while shop.writer.sweeping:
        shop.writer.sweep()
    shop.wait(MONDAY + 3 * HOUR)
    assert shop.sent() == [("reminder", 120)]


def test_a_restart_in_the_middle_of_the_change_forgets_nobody(store: Store) -> None:
    """The process ends right after the new text was taken up; the next one finds everybody's place."""
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND))
    shop.cart("ada")
    shop.writer.use(rescue(TWO_HOURS, REMIND))
    again = Writer(store, rescue(TWO_HOURS, REMIND), EventClock(MONDAY + HOUR + MINUTE))
    assert again.sweeping
    while again.bring_due() or again.sweep():
        pass
    assert shop.sent() == []
    again.clock.advance(MONDAY + 2 * HOUR)  # type: ignore[attr-defined]
    again.bring_due()
    assert shop.sent() == [("reminder", 120)]


def test_two_edits_in_a_row_and_one_taken_back(store: Store) -> None:
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND))
    shop.cart("ada")
    for wait in (TWO_HOURS, ("wait 3 hours", c.Wait(hours(3))), ONE_HOUR, TWO_HOURS):
        shop.writer.use(rescue(wait, REMIND))
    shop.cart("ben", MONDAY + MINUTE)
    shop.save(rescue(("wait 5 hours", c.Wait(hours(5))), REMIND))
    shop.wait(MONDAY + DAY)
    assert shop.sent() == [("reminder", 300), ("reminder", 301)]


def test_a_wait_that_is_taken_out_for_good_ends_the_run_even_after_an_old_edit(store: Store) -> None:
    """`wait 1 hour` was once edited into another wait; much later it is there again, and is taken out."""
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND, TWO_HOURS, LAST_CALL))
    shop.save(rescue(("wait 30 minutes", c.Wait(minutes(30))), REMIND, TWO_HOURS, LAST_CALL))
    shop.save(rescue(ONE_HOUR, ("wait 30 minutes", c.Wait(minutes(30))), REMIND, TWO_HOURS, LAST_CALL))
    shop.cart("ada")
    shop.save(rescue(("wait 30 minutes", c.Wait(minutes(30))), REMIND, TWO_HOURS, LAST_CALL))
    assert shop.ended() == ["step removed"]
    assert shop.sent() == []


def test_steps_around_a_wait_may_come_and_go(store: Store) -> None:
    """Another step before and after: Ada stays at `wait 1 hour` and goes on to what is new after it."""
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND))
    shop.cart("ada")
    shop.save(rescue(LAST_CALL, ONE_HOUR, LAST_CALL, REMIND))
    assert shop.writer.fates == {("rescue", "kept"): 1}
    shop.wait(MONDAY + HOUR)
    assert shop.sent() == [("last_call", 60), ("reminder", 60)]


def test_a_wait_becomes_a_wait_for_something_else(store: Store) -> None:
    """`wait 1 hour` becomes `wait for visit, up to 2 days`: the visit ends it."""
    waits = c.WaitFor("visit", None, None, days(2), False, 1, 2)
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND))
    shop.cart("ada")
    shop.save(rescue(("wait for visit, up to 2 days", waits), REMIND))
    shop.wait(MONDAY + 5 * HOUR)
    assert shop.sent() == []
    shop.visit("ada", MONDAY + 6 * HOUR)
    assert shop.sent() == [("reminder", 360)]


def test_the_journey_is_gone(store: Store) -> None:
    shop = Shopkeeper(store, rescue(ONE_HOUR, REMIND))
    shop.cart("ada")
    shop.save(Shop().program())
    assert shop.ended() == ["journey removed"]
    assert shop.writer.fates == {("rescue", "removed"): 1}


def steps(text: str) -> list[Standing]:
    """`w1 s1 x w2`: waits begin with w, sends with s."""
    kinds = {"w": "wait", "s": "send"}
    return [Standing(word, word, kinds.get(word[0], "")) for word in text.split()]


def test_waits_are_paired_between_the_steps_that_stayed() -> None:
    def moved(before: str, after: str) -> dict[str, str]:
        return moved_steps(steps(before), steps(after))

    assert moved("w1 a w2 b", "w1 a w3 b") == {"w2": "w3"}
    assert moved("w1 a w2 b", "w3 a w4 b") == {"w1": "w3", "w2": "w4"}
    assert moved("w1 a w2 b", "a b") == {}
    assert moved("w1 a w2 b", "a w2 b") == {}
    assert moved("w1 w2 a", "w3 a") == {"w1": "w3"}
    assert moved("w1 a", "x w3 y w4 a") == {"w1": "w3"}
    assert moved("w1 a w2", "w2 a w1") == {}
    assert moved("w1 s1 a", "w2 s2 a") == {"w1": "w2", "s1": "s2"}
    assert moved("s1 a", "w1 a") == {}


def test_a_message_that_quiet_hours_hold_goes_as_the_new_one(tmp_path: Path) -> None:
    """Ada's cart is left at 22:30, her reminder is held at 23:30. In the night the send is edited: in the morning she
    gets the message that stands there then.
    """
    text = """\
profile
  email     email  identity
  timezone  timezone

event cart_abandoned

topic service always

quiet hours from 21:00 to 8:00 on email in "UTC"

message reminder about service
  email
    subject "Your cart"
    body    "<p>It is waiting</p>"

message last_call about service
  email
    subject "Last call"
    body    "<p>It is going</p>"

journey rescue
  start on cart_abandoned
  wait 1 hour
  send reminder
"""

    def program(text: str) -> Program:
        compiled = compile_texts({"shop.journey": text})
        assert compiled.workspace is not None, compiled.diagnostics
        return compile_program(compiled.workspace)

    with Store.open(tmp_path / "shop.db") as store:
        shop = Shopkeeper(store, program(text))
        shop.cart("ada", MONDAY + 12 * HOUR + 30 * MINUTE)
        shop.wait(MONDAY + 16 * HOUR)
        assert shop.sent() == []
        shop.save(program(text.replace("send reminder", "send last_call")))
        assert shop.writer.fates == {("rescue", "kept"): 1, ("rescue", "changed"): 1}
        shop.wait(MONDAY + DAY)
        assert [message for message, _ in shop.sent()] == ["last_call"]
        assert shop.ended() == ["finished"]
