"""Somebody in short: what they are in, what they got, what is waiting and until when."""

from __future__ import annotations

from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.why.asking import Asking
from sojourn.interpreter.why.journeys import standing
from sojourn.interpreter.why.messages import delivery_told
from sojourn.interpreter.why.telling import Account, Answer, Because, Fact

__all__ = ["about_person"]

MOST = 8


def about_person(asking: Asking) -> Answer:
    """The answer to a question without a subject."""
    log, today = asking.log, asking.today
    who = asking.who
    accounts = []
    runs = list(log.person.runs.values())
    inside = [
        Because(f"{run.journey}, since {asking.when(run.began)}: {standing(asking, run)}") for run in runs
    ]
    members = [Because(f"{name}, since {asking.when(since)}") for name, since in today.audiences.items()]
    got = []
    missed = []
    for done in log.activities:
        if done.kind == did.SENT:
            truth, facts = delivery_told(asking, done)
            text = f"{asking.when(done.at)}  {done.detail['message']} by {done.detail['channel']}"
            got.append(Because(text, truth, facts))
        elif done.kind == did.NOT_SENT:
            text = f"{asking.when(done.at)}  {done.detail['message']}: {done.detail['because']}"
            missed.append(Because(text, False))
    waiting = [
        Because(f"{d.message} by {d.channel}", None, delivery_of(asking, d.key))
        for d in log.deliveries.values()
        if d.status == "pending" and d.channel != CALL
    ]
    waiting += [
        Because(f"enters {journey} on {asking.when(when)}, as an existing member of {audience}")
        for journey, (when, audience) in log.person.entering.items()
    ]
    waiting += [Because(f"enters {held['journey']} when it is resumed") for held in log.person.held]
    for title, found in (
        ("In these journeys", inside),
        ("In these audiences", members),
        ("Messages", got),
        ("Not sent", missed),
        ("Waiting", waiting),
    ):
        if found:
            more = f", the last {MOST} of {len(found)}" if len(found) > MOST else ""
            accounts.append(Account(title + more, None, tuple(found[-MOST:])))
    verdict = (
        f"{who} is in {_count(len(runs), 'journey')} and {_count(len(members), 'audience')}, and was sent "
        f"{_count(len(got), 'message')}."
    )
    return Answer(who, asking.zone_name, asking.now, "person", who, verdict, tuple(accounts))


def delivery_of(asking: Asking, key: str) -> tuple[Fact, ...]:
    """What is known of a message that waits in the outbox."""
    sent = next((a for a in asking.log.activities if a.kind == did.SENT and a.detail.get("key") == key), None)
    return delivery_told(asking, sent)[1] if sent is not None else ()


def _count(count: int, word: str) -> str:
    return f"no {word}" if not count else f"{count} {word}{'' if count == 1 else 's'}"
