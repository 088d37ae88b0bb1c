"""Streams of records made up at random: few people, and times that meet the boundaries of windows and waits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from sojourn.dsl.values import DAY, HOUR, MINUTE, SECOND, instant_to_iso, parse_instant
from sojourn.interpreter.core.records import Record

BEGINNINGS = tuple(
    parse_instant(text)
    for text in (
        "2026-03-28T09:00:00Z",  # a day before the clocks of Paris go forward
        "2026-03-07T23:30:00Z",  # and those of New York
        "2026-10-24T00:30:00Z",  # a day before those of Paris go back
        "2026-04-03T14:00:00Z",  # those of Lord Howe go back by half an hour
        "2026-01-31T12:00:00Z",
        "2027-12-31T23:59:59.5Z",
        "2028-02-28T23:00:00Z",
    )
)
GAPS = (0, 0, 1, SECOND, MINUTE, 30 * MINUTE, HOUR, HOUR, HOUR - 1, 23 * HOUR, DAY, DAY, DAY - 1, DAY + 1, 2 * DAY,
        25 * HOUR, 7 * DAY, 7 * DAY - SECOND, 30 * DAY, 31 * DAY, 45 * DAY)  # fmt: skip
LATE = (1, SECOND, 30 * MINUTE, HOUR, HOUR + 1, DAY, 2 * DAY, 7 * DAY, 30 * DAY)
REACTIONS = ("email_opened", "message_clicked", "message_bounced", "message_complained")
THE_LATEST = "the latest"
"""Stands for the `message_id` of the latest message of that name to the person, which only who plays can know."""

REACHED = {"phone": "+33612345678", "push_token": "t1", "consent.offers": True}
"""What is known of somebody who can be written to in every way."""


@dataclass
class Arrival:
    """A record as it is sent, and when it comes. `at` is when it happened."""

    now: int
    at: int
    id: str
    event: str
    profile: dict[str, Any]
    properties: dict[str, Any] = field(default_factory=dict)
    dataset: str = ""

    def about(self, id: str) -> Arrival:
        """The same, about the message that has this id; any of its name without one."""
        properties = {name: said for name, said in self.properties.items() if name != "message_id"}
        return replace(self, properties=properties | ({"message_id": id} if id else {}))

    @property
    def asks_for_the_latest(self) -> bool:
        """Whether who plays has to say which message this is about."""
        return self.properties.get("message_id") == THE_LATEST

    def record(self) -> Record:
        """As it comes through the door."""
        return Record(
            self.id, self.event, self.at, self.now, dict(self.profile), dict(self.properties), self.dataset
        )

    def wire(self) -> dict[str, Any]:
        """As it comes over the wire."""
        wire: dict[str, Any] = {"id": self.id, "time": instant_to_iso(self.at)}
        if self.profile:
            wire["profile"] = self.profile
        if self.dataset:
            wire["dataset"] = self.dataset
        if self.event:
            wire |= {"event": self.event, "properties": self.properties}
        return wire


product = st.sampled_from(("p1", "p2", "p3", "p4", "p5", "p1", "p2", "p9"))
"""A key of products.csv, or (p9) none."""


ruled = st.fixed_dictionaries(
    {},
    optional={
        "loyalty": st.sampled_from(("bronze", "silver", "gold", None)),
        "points": st.sampled_from((0, 1, 3, None)),
        "country": st.sampled_from(("DE", "FR", None)),
    },
)
"""What a record says of the fields that have a merge rule; None takes back what the dataset has said."""


@st.composite
def identities(draw: st.DrawFn, people: int) -> dict[str, Any]:
    """Who a record says it is about."""
    who = draw(st.integers(1, people))
    email, device = f"p{who}@example.com", f"d{draw(st.integers(1, people))}"
    return draw(
        st.sampled_from(
            (
                {"email": email},
                {"email": email},
                {"device_id": f"d{who}"},
                {"email": email, "device_id": f"d{who}"},
                {"email": email, "device_id": device},
                {"crm_id": f"k{who}"},
                {"crm_id": f"k{who}", "email": email},
                {"crm_id": f"k{who}", "device_id": device},
            )
        )
    )


@st.composite
def fields_said(draw: st.DrawFn, now: int) -> dict[str, Any]:
    """What a record says of the person."""
    said: dict[str, Any] = {}
    if draw(st.integers(0, 2)) == 0:
        name, values = draw(
            st.sampled_from(
                (
                    (
                        "timezone",
                        ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
                    ),
                    ("country", ("DE", "FR", "US")),
                    ("loyalty", ("bronze", "silver", "gold")),
                    ("points", (0, 1, 2, 3)),
                    ("born", ("2008-03-29", "2008-02-29", "2000-12-31", instant_to_iso(now + DAY)[:10])),
                    ("renewal", tuple(instant_to_iso(now + d) for d in (-HOUR, HOUR, DAY, 2 * DAY, 9 * DAY))),
                    ("phone", ("+33612345678", "+33612345678", "+33687654321")),
                    ("push_token", ("t1", "t2")),
                    ("consent.offers", (True, False)),
                    ("consent.news", (True, False)),
                    ("tags", (["x"], ["y", "x"], [])),
                )
            )
        )
        said[name] = draw(st.sampled_from(values))
    return said


@st.composite
def properties(draw: st.DrawFn, event: str) -> dict[str, Any]:
    """What an event says; any of it may be missing."""
    said: dict[str, Any] = {}

    def perhaps(name: str, *values: Any) -> None:
        if draw(st.integers(0, 4)):
            said[name] = draw(st.sampled_from(values))

    if event in REACTIONS:
        said["message"] = draw(st.sampled_from(("hello", "hello", "paper", "receipt")))
        said |= draw(st.sampled_from(({}, {}, {"message_id": "another"}, {"message_id": THE_LATEST})))
        if event == "message_bounced":
            said["kind"] = draw(st.sampled_from(("hard", "soft")))
        if event != "email_opened":
            perhaps("channel", "email", "sms", "push")
    elif event == "sale":
        perhaps("shop", "Paris", "Rome")
        perhaps("percent", 5, 20)
    elif event == "change of product.name":
        said |= {"product": draw(product), "before": "Hat", "after": draw(st.sampled_from(("Cap", "Boot")))}
    elif event == "viewed":
        said["product"] = draw(product)
    elif event == "ordered":
        said["items"] = [{"product": key} for key in draw(st.lists(product, max_size=3))]
    elif event == "done":
        perhaps("score", 0, 1, 2)
    elif event == "visit":
        perhaps("page", "/a", "/b")
        perhaps("score", 0, 1, 2.5, 3)
    elif event in ("cart", "purchase"):
        perhaps("cart_id", "c1", "c2")
        perhaps("total", "0 EUR", "10 EUR", "15 EUR", "20.50 EUR", "20 USD")
    elif event:
        perhaps("topic", "offers", "news")
    return said


@st.composite
def streams(
    draw: st.DrawFn, focus: str = "", most: int = 14, late: bool = True, alone: bool = False
) -> list[Arrival]:
    """Records in the order in which they arrive; some happened earlier, some come twice.

    `alone`: nobody turns out to be somebody else, and nobody moves to another zone.
    """
    people = draw(st.integers(1, 2 if focus else 3))
    now = draw(st.sampled_from(BEGINNINGS))
    found: list[Arrival] = []
    if focus:  # they can be written to, and much happens to them
        for who in range(1, people + 1):
            found.append(Arrival(now, now, f"known{who}", "", {"email": f"p{who}@example.com", **REACHED}))
    for number in range(draw(st.integers(6 if focus else 1, most))):
        now += draw(st.sampled_from(GAPS if focus in ("", "keeps") else GAPS[:-7]))
        if found and draw(st.integers(0, 11)) == 0:
            again = draw(st.sampled_from(found))
            found.append(replace(again, now=now))
            continue
        events = ("visit", "visit", "cart", "purchase", "purchase", "", "subscribed", "unsubscribed", "done")
        if focus:
            events = ("visit", "cart", "purchase", "visit", "cart", "purchase", draw(st.sampled_from(events)))
        if focus == "offers":
            events = ("viewed", "ordered", "viewed", "ordered", "viewed", draw(st.sampled_from(events)))
        if focus == "business" and draw(st.integers(0, 2)) == 0:
            what = draw(st.sampled_from(("sale", "sale", "change of product.name")))
            found.append(Arrival(now, now, f"e{number}", what, {}, draw(properties(what))))
            now += 1  # who is first seen at the very instant of such an event may or may not have been there
            continue
        if focus == "reactions":
            events = (*events, *REACTIONS, *REACTIONS)
        event = draw(st.sampled_from(events))
        at = now - draw(st.sampled_from(LATE)) if late and draw(st.integers(0, 5)) == 0 else now
        said = draw(fields_said(now))
        profile = {**draw(identities(people)), **(said if not focus or draw(st.booleans()) else {})}
        dataset = ""
        if focus == "merges":
            dataset = draw(st.sampled_from(("", "crm", "crm", "web", "web")))
            profile |= draw(ruled)
            event = "" if dataset == "crm" else event
        if alone:
            profile = {
                name: value
                for name, value in profile.items()
                if name not in ("crm_id", "device_id", "timezone")
            }
            profile["email"] = f"p{draw(st.integers(1, people))}@example.com"
        found.append(Arrival(now, at, f"e{number}", event, profile, draw(properties(event)), dataset))
    return found
