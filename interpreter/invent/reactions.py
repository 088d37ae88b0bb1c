"""What made-up people do with messages: some open them, fewer follow a link, a few say no, a few addresses bounce."""

from __future__ import annotations

from random import Random

from sojourn.dsl import checked
from sojourn.dsl.values import DAY, HOUR, MINUTE
from sojourn.interpreter.core.effects import Outgoing
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record

__all__ = ["Reactions"]

BOUNCES, OPENS, CLICKS, UNSUBSCRIBES, COMPLAINS = 0.012, 0.34, 0.12, 0.012, 0.0008
"""The shares of messages (clicks and the rest: of those that were opened), as usual in the trade."""


class Reactions:
    """The reactions to a simulation's messages; the same for the same seed."""

    def __init__(self, workspace: checked.Workspace, seed: int = 1) -> None:
        self.workspace = workspace
        self.seed = seed
        self.identifiers = [identifier.name for identifier in workspace.identifiers]

    def __call__(self, message: Outgoing, person: Person) -> list[Record]:
        """The records that come of one message, each at its own time after it."""
        rand = Random(f"{self.seed}:{message.key}")
        profile = {
            name: next(iter(person.identifiers[name]))
            for name in self.identifiers
            if person.identifiers.get(name)
        }
        found: list[Record] = []

        def comes(event: str, after: int, **more: str) -> None:
            declared = self.workspace.events.get(event)
            if declared is None:
                return
            said = {"message": message.message, "message_id": message.key, "channel": message.channel, **more}
            values = {name: value for name, value in said.items() if name in declared.fields}
            at = message.at + after
            id = f"made-{event}-{message.key}"
            found.append(
                Record(
                    id, event, at, at, dict(profile), values, "delivery" if event == "message_bounced" else ""
                )
            )

        if message.channel == "email" and rand.random() < BOUNCES:
            comes(
                "message_bounced",
                2_000_000,
                kind="hard" if rand.random() < 0.6 else "soft",
                reason="no such mailbox",
            )
            return found
        comes("message_delivered", 3_000_000)
        if rand.random() >= OPENS:
            return found
        # Half are read within two hours, and hardly any after three days.
        opened = min(3 * DAY, round(2 * HOUR * rand.lognormvariate(0, 1.3))) + MINUTE
        if message.channel == "email":
            comes("email_opened", opened)
        if rand.random() < CLICKS:
            comes("message_clicked", opened + MINUTE, link="https://example.com/")
        if rand.random() < UNSUBSCRIBES:
            topic = self.workspace.messages[message.message].topic or ""
            if topic:
                comes("unsubscribed", opened + 2 * MINUTE, topic=topic)
        if rand.random() < COMPLAINS:
            comes("message_complained", opened + 2 * MINUTE)
        return found
