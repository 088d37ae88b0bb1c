"""Why an offer fits somebody, or does not, and whether it was given."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.why.asking import Asking
from sojourn.interpreter.why.telling import Account, Answer, Because, Fact, place_of

__all__ = ["about_offer"]

MOST_TIMES = 3


def about_offer(asking: Asking, name: str) -> Answer:
    """The answer about one offer."""
    program, log = asking.program, asking.log
    declared = program.workspace.offers[name]
    who = asking.who
    looked = [
        a
        for a in log.activities
        if a.kind == did.OFFERED and (a.detail.get("offer") == name or name in a.detail.get("others", {}))
    ]
    given = [a for a in looked if a.detail.get("offer") == name]
    accounts = [_looked(asking, name, a) for a in looked[-MOST_TIMES:]]
    checks = tuple(_checks(asking, declared))
    refused = program.coder.chooser.refusal(declared, asking.today, asking.now)
    blocked = [check.text for check in checks if check.truth is False]
    different = f"It would fit with {' and '.join(blocked)}." if blocked else ""
    accounts.append(
        Account(f"{asking.begins_now} it {'does not fit' if refused else 'fits'}", None, checks, different)
    )
    for decision in program.workspace.decisions.values():
        if name not in decision.offers and name != decision.otherwise:
            continue
        found = program.coder.chooser.decide(decision.name, asking.today, asking.now)
        picked = name in found.chosen
        reason = found.because.get(name) or found.others.get(name, "")
        because = [Because(f"{name}: {reason}", picked, decides=not picked)]
        because += [Because(f"{o}: {found.because[o]}", None) for o in found.chosen if o != name]
        title = f"{asking.begins_now} {decision.name} would pick {', '.join(found.chosen) or 'nothing'}"
        accounts.append(Account(title, None, tuple(because), place=place_of(decision.span)))
    return Answer(
        who, asking.zone_name, asking.now, "offer", name, _verdict(asking, who, name, given, refused),
        tuple(accounts), place_of(declared.span),
    )  # fmt: skip


def _verdict(asking: Asking, who: str, name: str, given: list[Activity], refused: str) -> str:
    fits = f"it does not fit {asking.at_now}, because {refused}" if refused else f"it fits {asking.at_now}"
    if not given:
        return f"{name} was never given to {who}; {fits}."
    last = f"{name} was given to {who} on {asking.when(given[-1].at)}, by {given[-1].detail['decision']}"
    return f"{last}; {fits}."


def _looked(asking: Asking, name: str, looked: Activity) -> Account:
    """A decision that was made: what it picked, and what became of this offer."""
    detail = looked.detail
    if detail.get("offer") == name:
        title = f"Given by {detail['decision']}, in {detail['message']}"
        return Account(title, looked.at, (Because(f"{name}: {detail['because']}", True),))
    because = (
        Because(f"{name}: {detail['others'][name]}", False, decides=True),
        Because(f"{detail['offer']}: {detail['because']}"),
    )
    return Account(
        f"{detail['decision']} picked {detail['offer']}, in {detail['message']}", looked.at, because
    )


def _checks(asking: Asking, offer: checked.Offer) -> Iterator[Because]:
    place = place_of(offer.span)
    for word, condition in (("its time has begun", offer.since), ("its time is not over", offer.until)):
        if condition is not None:
            seen = asking.seen_now(condition)
            tree = asking.tree(None, seen)
            yield Because(word, seen.trace.truth, (), None, (), () if tree is None else (tree,), place=place)
    if offer.when is not None:
        seen = asking.seen_now(offer.when)
        tree = asking.tree(None, seen)
        if tree is not None:
            yield tree
    had = asking.today.given.get(offer.name, 0)
    if offer.per_person is not None:
        fact = Fact("", f"given {had} of {offer.per_person} times")
        yield Because(
            f"at most {offer.per_person} times per person", had < offer.per_person, (fact,), place=place
        )
    common = asking.today.common
    if offer.in_total is not None and common is not None:
        all_given = common.given(offer.name)
        fact = Fact("", f"given {all_given} of {offer.in_total} times to everybody together")
        yield Because(
            f"at most {offer.in_total} times in total", all_given < offer.in_total, (fact,), place=place
        )
