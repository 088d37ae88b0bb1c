"""Why somebody is in an audience, or is not, and since when."""

from __future__ import annotations

from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.why.asking import Asking
from sojourn.interpreter.why.kept import dropped_of
from sojourn.interpreter.why.telling import Account, Answer, place_of

__all__ = ["about_attribute", "about_audience"]

_BY = {
    "event": "by what came in", "time": "by time alone", "change": "by a change that a journey made",
    "file": "by its file",
}  # fmt: skip


def about_audience(asking: Asking, name: str) -> Answer:
    """The answer about one audience."""
    log, program = asking.log, asking.program
    declared = program.workspace.audiences[name]
    who = asking.who
    changes = [
        (place, a)
        for place, a in enumerate(log.activities)
        if a.kind in (did.ENTERED, did.LEFT) and a.detail.get("audience") == name
    ]
    now = asking.seen_now(declared.condition)
    accounts: list[Account] = []
    if changes:
        accounts.append(_last_change(asking, name, *changes[-1]))
    rule_changed = bool(accounts) and bool(accounts[0].notes)
    if not changes or rule_changed or (changes[-1][1].kind == did.ENTERED) is not now.trace.truth:
        tree = asking.tree(None, now)
        accounts.append(Account(asking.begins_now, None, () if tree is None else (tree,)))
    wish = asking.teller.wish(program, now.trace, not now.trace.truth, asking.now)
    different = ""
    if now.trace.truth is not None and wish:
        different = f"{who} would {'not be' if now.trace.truth else 'be'} in {name} with {wish}."
    turns = asking.turns(name)
    notes = []
    if turns is not None:
        does = "leaves" if now.trace.truth else "enters"
        notes.append(f"If nothing else happens, {who} {does} {name} on {asking.when(turns)}, by time alone.")
    accounts[-1] = _with(accounts[-1], different, notes)
    verdict = _verdict(asking, who, name, changes, now.trace.truth)
    if asking.log.as_of and dropped_of(asking, declared):
        verdict = _not_known(asking, who, name, changes)
    return Answer(
        who, asking.zone_name, asking.now, "audience", name, verdict,
        tuple(accounts), place_of(declared.span),
    )  # fmt: skip


def _verdict(
    asking: Asking, who: str, name: str, changes: list[tuple[int, Activity]], member: bool | None
) -> str:
    if member is None:
        return f"Whether {who} is in {name} cannot be worked out."
    if member:
        since = asking.today.audiences.get(name)
        return f"{who} is in {name}" + (f" since {asking.when(since)}." if since is not None else ".")
    if not changes:
        return f"{who} is not in {name}, and never was."
    last = changes[-1][1]
    if last.kind == did.LEFT:
        return f"{who} is not in {name}: left on {asking.when(last.at)}, {_BY.get(last.detail.get('why', ''), '')}."
    return f"{who} is not in {name} any more."


def _not_known(asking: Asking, who: str, name: str, changes: list[tuple[int, Activity]]) -> str:
    """Of a moment of the past whose events are not stored any more only what was recorded is known."""
    said = "nothing is recorded of it"
    if changes:
        last = changes[-1][1]
        did_what = "entered" if last.kind == did.ENTERED else "left"
        said = f"recorded is that they {did_what} on {asking.when(last.at)}, and nothing after that"
    return f"Whether {who} is in {name} is not known: what it depends on is not stored any more; {said}."


def _last_change(asking: Asking, name: str, place: int, change: Activity) -> Account:
    """How they came in, or went, with what is true now beside it."""
    log = asking.log
    program = log.program_of(change.at)
    declared = program.workspace.audiences.get(name)
    today = asking.program.workspace.audiences[name]
    notes: list[str] = []
    if declared is None or declared.condition == today.condition:
        declared, program = today, asking.program
    else:
        notes.append("The rule has been changed since then; below stands how it was.")
    then = asking.seen_then(place, program, declared.condition)
    entered = change.kind == did.ENTERED
    events = {r.event for r in log.records if r.received == change.at and r.event}
    by = _BY.get(str(change.detail.get("why", "")), "")
    if change.detail.get("why") == "event" and len(events) == 1:
        by = f"with the event {events.pop()}"
    title = f"{'Entered' if entered else 'Left'} {by}".rstrip()
    if then is None:
        notes.append("What was known of them then is not stored any more.")
    elif then.trace.truth is not None and then.trace.truth is not entered:
        notes.append(unproven(asking, then.at))
    now = None if notes else asking.seen_now(today.condition)
    tree = asking.tree(then, now)
    return Account(title, change.at, () if tree is None else (tree,), "", tuple(notes))


def unproven(asking: Asking, at: int) -> str:
    """Why what is stored does not bear a decision out any more."""
    gone = [f"{event} before {asking.when(before)}" for event, before in asking.log.dropped.items()]
    if gone:
        return f"What decided then is not stored any more: events are dropped after their time ({', '.join(gone)})."
    return (
        "By what is stored now it would have come out otherwise: the files it was decided by are not those that "
        f"are here, or what was known has been corrected since {asking.when(at)}."
    )


def about_attribute(asking: Asking, name: str) -> Answer:
    """The answer about the value of an attribute."""
    program = asking.program
    declared = program.workspace.attributes[name]
    who = asking.who
    from sojourn.interpreter.why.tracing import Tracer

    trace = Tracer(program, asking.today, asking.now).value(declared.value)
    tree = asking.teller.one(program, trace, asking.now)
    said = asking.teller.said(declared.value, trace.value)
    return Answer(
        who, asking.zone_name, asking.now, "attribute", name, f"{name} of {who} is {said}.",
        (Account(asking.begins_now, None, (tree,)),), place_of(declared.span),
    )  # fmt: skip


def _with(account: Account, different: str, notes: list[str]) -> Account:
    from dataclasses import replace

    return replace(account, different=different, notes=(*account.notes, *notes))
