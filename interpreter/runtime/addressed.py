"""Whose reaction it is that names nobody, only the message it is about.

Mail services post back the id of the message (`message_id`) and not always the address it went to. The outbox knows
whom it went to: by the key that it was handed out under, or by the short form of it that stands in its Message-ID.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sojourn.interpreter.core.reactions import short_key
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Rejected

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program
    from sojourn.interpreter.runtime.batch import Batch

__all__ = ["address", "short_of"]


def short_of(message_id: str) -> str:
    """The short form of a message's id: of a key, of a Message-ID (`<…@example.com>`), or that form itself."""
    plain = message_id.strip("<> ").partition("@")[0]
    return plain if len(plain) == 24 and "/" not in plain else short_key(message_id)


def address(
    program: Program, connection: sqlite3.Connection, batch: Batch, record: Record
) -> Rejected | None:
    """Gives a reaction the identifier of whoever the message went to, and the message's name where it lacks one.
    Returns what is set aside when no such message was handed out.
    """
    message_id = str(record.properties.get("message_id") or "")
    row = connection.execute(
        "SELECT person, message FROM outbox WHERE id = ? AND id <> '' ORDER BY number DESC LIMIT 1",
        (short_of(message_id),),
    ).fetchone()
    if row is not None:
        number, message = row
        known = batch.load(number).identifiers
        for identifier in program.workspace.identifiers:
            if known.get(identifier.name):
                record.profile[identifier.name] = min(known[identifier.name])
                record.properties.setdefault("message", message)
                return None
    reason = f"No message with the “message_id” {message_id[:100]} went out, so nobody can tell whose record this is."
    return Rejected(record.raw or repr(record), reason, "message_id", record.received, record.dataset)
