"""The words for limits and quiet hours."""

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_BASE = """\
profile
  email     email  identity
  phone     phone
  timezone  timezone

topic offers  opt in

"""


def _line(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are one line."""
    return Wording(code, says, help, label, f"{_BASE}{bad}\n", f"{_BASE}{good}\n")


WORDINGS: tuple[Wording, ...] = (
    _line(
        "cannot-be-limited",
        "{name} is nothing that can be limited.",
        "A limit is for a topic ({topics}), a channel (email, sms or push), a message, or `everything`.",
        "what is limited?",
        "limit offer to 3 messages per 7 days",
        "limit offers to 3 messages per 7 days",
    ),
    _line(
        "limit-absurd",
        "A limit of {count} messages is a slip: it has to be from 1 to {most}.",
        "To send nobody anything about {name}, take the `send` out of the journeys.",
        "how many?",
        "limit offers to 0 messages per 7 days",
        "limit offers to 1 message per 7 days",
    ),
    _line(
        "unknown-calendar",
        "There is no calendar {name} to count by.",
        "Write `per calendar day`, `per calendar week` or `per calendar month`, or a span such as `per 7 days`.",
        "day, week or month",
        "limit sms to 1 message per calendar fortnight",
        "limit sms to 1 message per 14 days",
    ),
    _line(
        "unknown-quiet-channel",
        "There are no quiet hours on {name}.",
        "They are for what reaches a person: {channels}.",
        "not such a channel",
        'quiet hours from 21:00 to 8:00 on webhook in "Europe/Paris"',
        'quiet hours from 21:00 to 8:00 on sms in "Europe/Paris"',
    ),
    _line(
        "quiet-all-day",
        "Quiet hours from {time} to {time} would be all day, or none of it.",
        "Write when they begin and when they end, as in `from 21:00 to 8:00`.",
        "how long?",
        'quiet hours from 21:00 to 21:00 in "Europe/Paris"',
        'quiet hours from 21:00 to 8:00 in "Europe/Paris"',
    ),
    _line(
        "quiet-without-zone",
        "Whose clock is meant? Without a time zone nobody could say when it is night for a person.",
        "Add `{instead}`.",
        "in which zone?",
        "quiet hours from 21:00 to 8:00 on sms",
        'quiet hours from 21:00 to 8:00 on sms in timezone otherwise "Europe/Paris"',
    ),
)
