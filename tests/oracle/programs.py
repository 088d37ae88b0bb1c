"""Workspaces made up at random, as text: small, and full of what touches."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.oracle.shop_programs import shops

DATA = """\
profile
  crm_id     text      identity
  email      email     identity
  device_id  text      identity
  phone      phone
  push_token text
  timezone   timezone
  country    country
  loyalty    one of bronze, silver, gold = bronze
  points     integer
  born       date
  renewal    datetime
  tags       list of text

identity
  crm_id     one per person
  email      one per person
  device_id  many per person

event visit
  page   text
  score  number

event cart
  cart_id  text
  total    money

event purchase
  cart_id  text
  total    money
  due      date

event done
  score  number

topic offers   opt in
topic news     opt out
topic service  always

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello</p>"
  sms
    text "Hello"

message paper about news
  push
    title "News"
    text  "News"
  email when loyalty is gold
    subject "News for gold"
    body    "<p>News</p>"
  email
    subject "News"
    body    "<p>News</p>"

message receipt about service
  email when points > 3
    subject "Receipt"
    body    "<p>Receipt</p>"
  sms
    text "Receipt"
"""

WEBHOOK = """\
webhook desk
  post "https://desk.example.com/"
  answers
    ticket  text     required
    level   integer
"""

REACTIONS = """\
attribute clicks = count of message_clicked in last 2 days
attribute openings = count of email_opened where message is "hello"
attribute bounces = count of message_bounced where kind is hard
attribute complaints = count of message_complained
"""

MERGES = """\
dataset crm
  holds profile
  from csv "crm.csv"

dataset web
  holds profile, visit, cart, purchase
  from http

merge profile by newest
  loyalty, points by crm, web
  country by web
"""

KEEPS = """\
dataset web
  holds visit, cart, purchase
  from http
  keep 62 days
"""

BUSINESS = """\
event sale
  shop     text
  percent  number

catalog product from csv "products.csv" key sku
  sku       text
  name      text
  category  text
"""

HEARD = """\
journey hears_sales
  start on sale for told

  add "sale" to tags

journey hears_changes
  start on change of product.name for told

  add "change" to tags
"""

TOLD = ("has visit in last 1 day", "loyalty is not gold", "has visit", "email is known and no purchase in last 1 hour",
        "points is missing", "has cart then no purchase within 1 hour")  # fmt: skip

LENGTHS = ("1 minute", "30 minutes", "1 hour", "1 day", "2 days", "1 week", "30 days", "1 month")
WAITS = ("30 minutes", "1 hour", "1 day", "2 days", "1 week", "1 month", "1 day 2 hours")
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago")
SCHEDULES = ("every day at 2:30", "every monday at 9:00", "every weekend", "every month at 9:00",
             "at 2026-03-29 2:30", "every weekday at 0:00")  # fmt: skip
DATES = ("born", "born - 1 day at 9:00", "once on born at 2:30", "renewal", "renewal - 1 day", "renewal + 2 hours",
         "anniversary(born) at 9:00", "renewal at 9:00")  # fmt: skip

SPANS = ("1 hour", "1 day", "2 days", "7 days", "1 month", "60 days",
         "calendar day", "calendar week", "calendar month")  # fmt: skip
LIMITED = ("offers", "news", "service", "email", "sms", "push", "everything", "hello", "paper", "receipt")
HOURS = ("21:00 to 8:00", "21:00 to 8:00", "8:30 to 16:00", "0:00 to 2:30", "2:30 to 3:15", "9:01 to 9:00")

length = st.sampled_from(LENGTHS)
event_name = st.sampled_from(("visit", "cart", "purchase", "visit", "cart", "purchase", "done"))
small = st.integers(0, 4)
amount = st.sampled_from(("0 EUR", "10 EUR", "20 EUR", "20.50 EUR"))


@st.composite
def wheres(draw: st.DrawFn, event: str) -> str:
    """A condition on an event."""
    if event in ("viewed", "ordered"):
        return {"viewed": 'product.category is "shoes"', "ordered": "length(items) > 1"}[event]
    number = draw(small)
    if event == "done":
        return f"score >= {number}"
    if event == "visit":
        return draw(
            st.sampled_from(('page is "/a"', 'page contains "B"', f"score >= {number}", "score is missing"))
        )
    choices = [f"total > {draw(amount)}", f"total <= {draw(amount)}", 'cart_id is not "c1"', "total is known"]
    if event == "purchase":
        choices.append("due is known")
    return draw(st.sampled_from(choices))


@st.composite
def windows(draw: st.DrawFn) -> str:
    """A window, or none."""
    return draw(
        st.one_of(
            st.just(""),
            length.map(lambda d: f" in last {d}"),
            length.map(lambda d: f" in last {d}"),
            st.sampled_from((" since 2026-03-29", " between 2026-03-28 and 2026-03-30")),
        )
    )


@st.composite
def events_said(draw: st.DrawFn, path: str = "") -> str:
    """`purchase in last 2 days where total > 10 EUR`."""
    event = draw(event_name) if not path else path.split(".")[0]
    where = f" where {draw(wheres(event))}" if draw(st.booleans()) else ""
    return f"{path or event}{draw(windows())}{where}"


@st.composite
def values(draw: st.DrawFn) -> str:
    """An attribute's value and how it may be compared, `VALUE ~ COMPARISON`."""
    number = draw(st.integers(1, 3))
    choice = draw(st.integers(0, 9))
    compared = draw(st.sampled_from((">", ">=", "<", "<=", "is", "is not")))
    if choice == 0:
        return f"count of {draw(events_said())} ~ {compared} {number}"
    if choice == 1:
        path = draw(st.sampled_from(("visit.page", "visit.score", "purchase.total", "cart.cart_id")))
        return f"distinct count of {draw(events_said(path))} ~ {compared} {number}"
    if choice == 2:
        kind = draw(st.sampled_from(("sum of", "average", "smallest", "largest", "first", "last")))
        path = draw(st.sampled_from(("purchase.total", "cart.total")))
        return f"{kind} {draw(events_said(path))} ~ {compared} {draw(amount)}"
    if choice == 3:
        kind = draw(st.sampled_from(("sum of", "average", "smallest", "largest", "first", "last")))
        return f"{kind} {draw(events_said('visit.score'))} ~ {compared} {number}"
    if choice == 4:
        kind = draw(st.sampled_from(("first", "last")))
        return f'{kind} {draw(events_said("visit.page"))} ~ {draw(st.sampled_from(("is", "is not")))} "/a"'
    if choice == 5:
        said = draw(st.sampled_from((
            f"most common {draw(events_said('visit.page'))} ~ is \"/a\"",
            f"last 2 {draw(events_said('visit.page'))} ~ contains \"/b\"",
            f"most common {draw(events_said('visit.score'))} ~ {compared} {number}",
        )))  # fmt: skip
        return str(said)
    kind = draw(st.sampled_from(("time of first", "time of last")))
    ago = draw(length)
    compared = draw(st.sampled_from((">", ">=", "<", "<=")))
    limit = draw(st.sampled_from((f"now - {ago}", "2026-03-29 1:00")))
    return f"{kind} {draw(events_said())} ~ {compared} {limit}"


@st.composite
def simple_conditions(draw: st.DrawFn, attributes: tuple[str, ...], audiences: tuple[str, ...]) -> str:
    """One condition on a person."""
    kinds = ["has", "has", "has", "sequence", "field", "field", "time"]
    kinds += ["attribute", "attribute"] if attributes else []
    kinds += ["audience"] if audiences else []
    kind = draw(st.sampled_from(kinds))
    if kind == "has":
        event = draw(event_name)
        quantity = draw(
            st.sampled_from(
                ("", "", " at least 2 times", " at most 1 time", " exactly 1 time", " at least 3 times")
            )
        )
        where = f" where {draw(wheres(event))}" if draw(st.booleans()) else ""
        word = draw(st.sampled_from(("has", "has", "no"))) if not quantity else "has"
        return f"{word} {event}{quantity}{draw(windows())}{where}"
    if kind == "sequence":
        first, second = draw(event_name), draw(event_name)
        word = draw(st.sampled_from(("then", "then no")))
        where = f" where {draw(wheres(first))}" if draw(st.integers(0, 2)) == 0 else ""
        then_where = f" where {draw(wheres(second))}" if draw(st.integers(0, 2)) == 0 else ""
        window = draw(windows()) if word == "then" else draw(st.sampled_from(("", " in last 60 days")))
        return f"has {first}{window}{where} {word} {second}{then_where} within {draw(length)}"
    if kind == "attribute":
        return draw(st.sampled_from(attributes))
    if kind == "audience":
        return draw(st.sampled_from(("in ", "in ", "not in "))) + draw(st.sampled_from(audiences))
    if kind == "time":
        return draw(
            st.sampled_from(
                (
                    "renewal <= now + 2 days",
                    "renewal > now - 1 day",
                    "renewal < now",
                    "now - renewal >= 1 hour",
                    "age(born) >= 18",
                    "anniversary(born) is today",
                    'weekday(today) in "saturday", "sunday"',
                    "days_between(today, born) > 5",
                    "today >= 2026-03-29",
                    "now between 2026-03-29 0:00 and 2026-03-30 0:00",
                    "date_of(renewal) is today",
                    "month(today) is 3",
                )
            )
        )
    return draw(
        st.sampled_from(
            (
                "loyalty is gold",
                "loyalty is not bronze",
                'country in "DE", "FR"',
                'country not in "DE", "FR"',
                "country is known",
                "points >= 2",
                "points is missing",
                "points between 1 and 3",
                "points * 2 > 3",
                "born is known",
                'tags contains "x"',
                "length(tags) > 0",
                "consent.offers is true",
            )
        )
    )


@st.composite
def conditions(draw: st.DrawFn, attributes: tuple[str, ...] = (), audiences: tuple[str, ...] = ()) -> str:
    """One to three conditions, joined."""
    simple = simple_conditions(attributes, audiences)
    terms = [f"({draw(simple)})" for _ in range(draw(st.sampled_from((1, 1, 2, 2, 3))))]
    terms = [f"not {term}" if draw(st.integers(0, 5)) == 0 else term for term in terms]
    if len(terms) == 3:
        a, b = draw(st.sampled_from((("and", "or"), ("or", "and"), ("and", "and"), ("or", "or"))))
        return f"{terms[0]} {a} ({terms[1]} {b} {terms[2]})"
    return f" {draw(st.sampled_from(('and', 'or')))} ".join(terms)


@dataclass
class _Writer:
    """Writes a journey's steps."""

    draw: st.DrawFn
    attributes: tuple[str, ...]
    audiences: tuple[str, ...]
    event: str
    others: tuple[str, ...] = ()
    focus: str = ""
    splits: int = 0
    repeating: int = 0  # what `since start` takes in a second round is not settled
    variables: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def condition(self) -> str:
        if self.event in ("done", "visit", "cart", "purchase") and self.draw(st.integers(0, 3)) == 0:
            path = {
                "done": "event.score > 1",
                "visit": "event.score >= 2",
                "cart": "event.total > 10 EUR",
                "purchase": "event.total < 20 EUR",
            }
            return path[self.event]
        return self.draw(conditions(self.attributes, self.audiences))

    def block(self, depth: int, most: int, indent: str) -> None:
        for _ in range(self.draw(st.integers(1, most))):
            kinds = ["send", "send", "wait", "wait", "until", "for", "for", "set", "set", "list", "emit"]
            kinds += ["enter"] if self.others else []
            kinds += _MORE.get(self.focus, [])
            kinds += ["if", "if", "split", "match", "repeat"] if depth else []
            if self.focus and not self.lines:
                kinds = _MORE[self.focus]
            kind = self.draw(st.sampled_from(kinds))
            getattr(self, f"say_{kind}")(depth, indent)
        if depth < 2 and self.draw(st.integers(0, 4)) == 0:
            self.lines.append(f"{indent}stop")

    def say_send(self, depth: int, indent: str) -> None:
        said = (
            "send hello",
            "send hello by sms, email",
            "send paper",
            "send receipt",
            "send receipt by sms, email",
        )
        expires = ""
        if self.focus == "limits" and self.draw(st.integers(0, 2)) == 0:
            expires = f" expires after {self.draw(st.sampled_from(LENGTHS[1:5]))}"
        self.lines.append(indent + self.draw(st.sampled_from(said)) + expires)

    def say_wait(self, depth: int, indent: str) -> None:
        self.lines.append(f"{indent}wait {self.draw(st.sampled_from(WAITS))}")

    def say_until(self, depth: int, indent: str) -> None:
        said = ("9:00", "2:30 on a weekday", "0:00", "12:00 on monday", "2026-03-29 2:30", "2026-03-31",
                "born - 1 day at 9:00", "renewal - 1 day", "renewal", "born", "anniversary(born) at 2:30")  # fmt: skip
        self.lines.append(f"{indent}wait until {self.draw(st.sampled_from(said))}")
        if self.draw(st.integers(0, 5)) == 0:
            self.lines += [
                f"{indent}if failed",
                f"{indent}  send receipt",
                f"{indent}else",
                f"{indent}  send paper",
            ]

    def say_for(self, depth: int, indent: str) -> None:
        event = self.draw(event_name)
        where = f" where {self.draw(wheres(event))}" if self.draw(st.booleans()) else ""
        since = " since start" if not self.repeating and self.draw(st.integers(0, 2)) == 0 else ""
        up_to = (
            f"{since}, up to {self.draw(st.sampled_from(WAITS))}" if self.draw(st.integers(0, 4)) else since
        )
        self.lines.append(f"{indent}wait for {event}{where}{up_to}")
        for word in ("happened", "timed out") if ", up to" in up_to else ("happened",):
            if self.draw(st.booleans()):
                self.lines.append(f"{indent}  {word}")
                self.block(depth - 1 if depth else 0, 2, indent + "    ")

    def say_race(self, depth: int, indent: str) -> None:
        up_to = f", up to {self.draw(st.sampled_from(WAITS))}" if self.draw(st.integers(0, 4)) else ""
        self.lines.append(f"{indent}wait for first of{up_to}")
        reactions = ("email_opened of hello", "message_clicked of hello", "message_bounced of receipt",
                     "message_clicked of paper", "message_bounced of hello where kind is hard")  # fmt: skip
        ways: list[str] = []
        for number in range(3):
            way = self.draw(st.sampled_from(reactions)) if self.focus == "reactions" else ""
            if not way or self.draw(st.booleans()):
                event = self.draw(event_name)
                way = f"{event} where {self.draw(wheres(event))}" if self.draw(st.booleans()) else event
            if any(way.split()[0] == other.split()[0] and " where " not in other for other in ways):
                way = "subscribed" if number == 2 else "unsubscribed"  # the one before it would take them all
            ways.append(way)
            self.lines.append(f"{indent}  {way}")
            self.block(0, 2, indent + "    ")
        if up_to:
            self.lines.append(f"{indent}  timed out")
            self.block(0, 1, indent + "    ")

    def say_react(self, depth: int, indent: str) -> None:
        """A message, and a wait for what becomes of it."""
        message = self.draw(st.sampled_from(("hello", "hello", "paper", "receipt")))
        if self.draw(st.integers(0, 5)):
            self.lines.append(f"{indent}send {message}")
        event = self.draw(st.sampled_from(("email_opened", "message_clicked", "message_bounced")))
        since = self.draw(st.sampled_from(("", "", " since start"))) if not self.repeating else ""
        self.lines.append(
            f"{indent}wait for {event} of {message}{since}, up to {self.draw(st.sampled_from(WAITS))}"
        )
        self.lines.append(f"{indent}  happened")
        self.block(0, 2, indent + "    ")

    def say_pitch(self, depth: int, indent: str) -> None:
        self.lines.append(
            indent + self.draw(st.sampled_from(("send pitch", "send pitch", "send pitch by sms, email")))
        )

    def say_ask(self, depth: int, indent: str) -> None:
        """A condition on what would be offered or recommended now."""
        asked = ("best is o0", "best is known", "length(goods) > 1", 'goods[0].category is "shoes"',
                 "best in o1, o2", 'any of goods where name contains "a"')  # fmt: skip
        self.lines.append(f"{indent}if {self.draw(st.sampled_from(asked))}")
        self.lines.append(
            f"{indent}  {self.draw(st.sampled_from(('send pitch', 'set points to 3', 'send receipt')))}"
        )

    def say_call(self, depth: int, indent: str) -> None:
        said = self.draw(
            st.sampled_from(("", " with who = country, points = points", " with score = points * 2"))
        )
        self.lines.append(f"{indent}call desk{said} as answer")
        match self.draw(st.integers(0, 3)):
            case 0:
                self.lines += [f"{indent}if failed", f'{indent}  add "failed" to tags']
            case 1:
                self.lines += [f"{indent}if answer.level >= 2", f'{indent}  add "urgent" to tags']
            case 2:
                self.lines.append(f"{indent}set points to answer.level")

    def say_set(self, depth: int, indent: str) -> None:
        said = ("loyalty to gold", "loyalty to silver", "points to 2", "points to points + 1", "consent.offers to true",
                "consent.news to false", 'country to "FR"', "renewal to now + 1 day", "born to today")  # fmt: skip
        self.lines.append(f"{indent}set {self.draw(st.sampled_from(said))}")

    def say_list(self, depth: int, indent: str) -> None:
        self.lines.append(
            indent
            + self.draw(st.sampled_from(('add "x" to tags', 'remove "x" from tags', "add country to tags")))
        )

    def say_emit(self, depth: int, indent: str) -> None:
        self.lines.append(f"{indent}emit done with score = {self.draw(small)}")

    def say_enter(self, depth: int, indent: str) -> None:
        self.lines.append(f"{indent}enter {self.draw(st.sampled_from(self.others))}")

    def say_repeat(self, depth: int, indent: str) -> None:
        self.lines.append(f"{indent}repeat up to {self.draw(st.integers(1, 3))} times")
        self.lines.append(f"{indent}  wait {self.draw(st.sampled_from(WAITS))}")
        self.repeating += 1
        self.block(depth - 1, 2, indent + "  ")
        self.repeating -= 1
        if self.draw(st.booleans()):
            self.lines.append(f"{indent}  stop repeating if {self.condition()}")

    def say_if(self, depth: int, indent: str) -> None:
        self.lines.append(f"{indent}if {self.condition()}")
        self.block(depth - 1, 2, indent + "  ")
        if self.draw(st.booleans()):
            self.lines.append(f"{indent}else if {self.condition()}")
            self.block(depth - 1, 2, indent + "  ")
        if self.draw(st.booleans()):
            self.lines.append(f"{indent}else")
            self.block(depth - 1, 2, indent + "  ")

    def say_match(self, depth: int, indent: str) -> None:
        self.lines.append(f"{indent}match loyalty")
        for case in ("is gold", "is silver, bronze"):
            self.lines.append(f"{indent}  {case}")
            self.block(depth - 1, 1, indent + "    ")

    def say_split(self, depth: int, indent: str) -> None:
        self.splits += 1
        self.lines.append(f"{indent}split s{self.splits}")
        for share in ("50% a", "20% b", "rest c"):
            self.lines.append(f"{indent}  {share}")
            self.block(depth - 1, 1, indent + "    ")


_MORE = {
    "limits": ["send", "send", "send"],
    "reactions": ["race", "race", "react", "react", "react"],
    "calls": ["call", "call", "call", "race"],
    "business": ["send", "wait", "for", "list"],
    "joining": ["send", "wait", "list", "set"],
    "merges": ["if", "set", "set", "send"],
    "keeps": ["if", "wait", "for", "send"],
    "offers": ["pitch", "pitch", "pitch", "ask"],
}
"""Of which steps there are more in a workspace about something."""


@st.composite
def journeys(
    draw: st.DrawFn,
    name: str,
    attributes: tuple[str, ...],
    audiences: tuple[str, ...],
    others: tuple[str, ...] = (),
    focus: str = "",
) -> str:
    """A journey with settings and steps."""
    lines = [f"journey {name}"]
    event = draw(st.sampled_from(("visit", "cart", "purchase")) if focus else event_name)
    if focus == "offers":
        event = draw(st.sampled_from(("visit", "purchase", "viewed", "ordered", "viewed", "ordered")))
    starts = draw(
        st.sampled_from(
            ("event", "event", "audience", "both", "schedule", "date")
            if audiences and not focus
            else ("event", "event", "event", "event", "audience")
            if audiences
            else ("event", "event", "event", "event", "event" if focus else "date")
        )
    )
    if focus in ("business", "joining") and draw(st.integers(0, 3)):
        starts = focus
    if starts == "business":
        about = draw(st.sampled_from(("sale", "sale", "change of product.name")))
        condition = {"sale": ("", " where percent > 10", ' where shop is "Paris" and points > 0'),
                     "change of product.name": ("", ' where change.after contains "a"')}[about]  # fmt: skip
        lines.append(
            f"  start on {about} for {draw(st.sampled_from(audiences))}{draw(st.sampled_from(condition))}"
        )
        if draw(st.integers(0, 2)) == 0:
            lines.append("  one per shop" if about == "sale" else "  one per product")
    if starts == "joining":
        lines.append(f"  start when entering {draw(st.sampled_from(audiences))}")
        over = draw(st.sampled_from(("", " over 6 hours", " over 1 day")))
        lines.append(f"  existing members enter{over}")
    if starts == "schedule":
        every = draw(st.sampled_from(SCHEDULES))
        lines.append(f"  start {every} for {draw(st.sampled_from(audiences))}")
    if starts == "date":
        date = draw(st.sampled_from(DATES))
        lines.append(f"  start {date}" if date.startswith("once") else f"  start on {date}")
    if starts in ("event", "both"):
        where = f" where {draw(wheres(event))}" if draw(st.integers(0, 5 if focus else 2)) == 0 else ""
        lines.append(f"  start on {event}{where}")
    else:
        event = ""
    if starts in ("audience", "both"):
        word = draw(st.sampled_from(("entering", "entering", "leaving")))
        lines.append(f"  start when {word} {draw(st.sampled_from(audiences))}")
    again = draw(
        st.sampled_from(("", "", "again always", "again never", "again after 1 day", "again after 1 week"))
    )
    if again:
        lines.append(f"  {again}")
    if name == "j0" and event in ("cart", "purchase") and starts == "event" and draw(st.integers(0, 3)) == 0:
        lines.append("  one per cart_id")
    if draw(st.integers(0, 4 if focus else 1)) == 0:
        exit_event = draw(event_name)
        where = f" where {draw(wheres(exit_event))}" if draw(st.booleans()) else ""
        lines.append(f"  exit on {exit_event}{where}")
    if draw(st.integers(0, 8 if focus else 2)) == 0:
        lines.append(f"  exit when {draw(conditions(attributes, audiences))}")
    if draw(st.integers(0, 1)) == 0:
        goal = draw(event_name)
        where = f" where {draw(wheres(goal))}" if draw(st.integers(0, 2)) == 0 else ""
        within = f" within {draw(length)}" if draw(st.booleans()) else ""
        lines.append(f"  goal {goal}{where}{within}")
    zone = draw(st.sampled_from(("", *(f'times in timezone otherwise "{z}"' for z in ZONES))))
    if zone:
        lines.append(f"  {zone}")
    if draw(st.integers(0, 2)) == 0:
        lines.append(f"  ends after {draw(st.sampled_from(LENGTHS[2:]))}")
    lines.append("")
    writer = _Writer(
        draw, attributes, audiences, event if starts == "event" and name == "j0" else "", others, focus
    )
    writer.block(2, 3, "  ")
    return "\n".join([*lines, *writer.lines])


@st.composite
def limits(draw: st.DrawFn) -> str:
    """Some limits, and perhaps quiet hours."""
    lines = []
    for target in draw(st.lists(st.sampled_from(LIMITED), min_size=1, max_size=3, unique=True)):
        count = draw(st.integers(1, 2))
        lines.append(
            f"limit {target} to {count} message{'s' * (count > 1)} per {draw(st.sampled_from(SPANS))}"
        )
    if draw(st.integers(0, 3)):
        on = draw(st.sampled_from(("", "", " on sms", " on email, push")))
        zone = draw(st.sampled_from((' in "Asia/Kathmandu"', ' in timezone otherwise "Europe/Paris"')))
        drop = draw(st.sampled_from(("", "", " drop")))
        lines.append(f"quiet hours from {draw(st.sampled_from(HOURS))}{on}{zone}{drop}")
    return "\n".join(lines)


@st.composite
def programs(draw: st.DrawFn, focus: str = "", most_journeys: int = 3) -> str:
    """A whole workspace as text; `focus` says what there is much of."""
    parts = [DATA]
    more: list[str] = []
    if focus == "limits":
        parts.append(draw(limits()))
    if focus == "reactions":
        parts.append(REACTIONS)
    if focus == "calls":
        parts.append(WEBHOOK)
    if focus == "business":
        parts.append(BUSINESS)
        parts.append(f"audience told\n  {draw(st.sampled_from(TOLD))}")
        more.append("told")
        parts.append(HEARD)
    if focus == "joining":
        parts.append(f"audience told\n  {draw(st.sampled_from(TOLD))}")
        more.append("told")
    if focus in ("merges", "keeps"):
        parts.append(MERGES if focus == "merges" else KEEPS)
    if focus == "offers":
        text, may_ask = draw(shops())
        parts.append(text)
        if may_ask and draw(st.booleans()):
            asked = draw(st.sampled_from(("best is o1", "best in o0, o2", "best is not o0")))
            parts.append(f"audience offered\n  {asked}")
            more.append("offered")
    attributes: list[str] = []
    for n in range(draw(st.integers(0, 2))):
        value, compared = draw(values()).split(" ~ ")
        parts.append(f"attribute a{n} = {value}")
        attributes.append(f"a{n} {compared}")
    audiences = more
    for n in range(draw(st.integers(0, 3))):
        condition = draw(conditions(tuple(attributes), tuple(audiences)))
        parts.append(f"audience g{n}\n  {condition}")
        audiences.append(f"g{n}")
    for n in range(draw(st.integers(1, most_journeys))):
        others = tuple(
            f"j{m}" for m in range(1, n)
        )  # a journey that looks at its starting event cannot be entered
        parts.append(draw(journeys(f"j{n}", tuple(attributes), tuple(audiences), others, focus)))
    return "\n\n".join(parts) + "\n"
