"""How people and their mailboxes answer to messages: which message a reaction is about, and what it forbids.

A hard bounce and a complaint are final: the address is suppressed, and nothing goes to it any more by that
channel, whatever is consented to. A person's new address is not suppressed.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.records import Record

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["OWN", "is_about", "short_key", "suppress", "suppressed"]

OWN = "delivery"
"""The dataset of the bounces that Sojourn met itself, handing out."""


def short_key(key: str) -> str:
    """A message's key as letters and digits that fit everywhere (a Message-ID, a file's name)."""
    return blake2b(key.encode(), digest_size=12).hexdigest()


def is_about(run: Run, message: str | None, properties: dict[str, Any]) -> bool:
    """Whether an event is about a message that this run sent (True when any event will do).

    By `message_id` where there is one: the key, its short form, or a Message-ID made of that. Else by the
    message's name alone.
    """
    if message is None:
        return True
    id = properties.get("message_id")
    if not id:
        return bool(properties.get("message") == message)
    plain = str(id).strip("<> ").partition("@")[0]
    return any(name == message and (id == key or plain == short_key(key)) for key, name in run.sent.items())


def suppress(program: Program, person: Person, record: Record, at: int) -> None:
    """Takes down that an address is not to be written to any more, when the event says so."""
    properties = record.properties
    if record.event == "message_bounced" and properties.get("kind") == "hard":
        because = "hard bounce"
    elif record.event == "message_complained":
        because = "complaint"
    else:
        return
    channel = properties.get("channel") or "email"
    field = program.addresses.get(channel)
    if field is None:
        return
    # What Sojourn itself could not hand out names its address; what others report may leave that to us.
    address = record.profile.get(field) or (person.fields.get(field) if record.dataset != OWN else None)
    if address:
        known = person.suppressed.get(f"{channel}:{address}")
        if known is None or at < known[0]:
            person.suppressed[f"{channel}:{address}"] = [at, because]


def suppressed(person: Person, channel: str, address: Any) -> str:
    """Why an address is not written to any more; "" when it is."""
    found = person.suppressed.get(f"{channel}:{address}") if person.suppressed else None
    return "" if found is None else f"suppressed ({found[1]})"
