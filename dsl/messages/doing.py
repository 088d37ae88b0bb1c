"""The words for what steps do: lists, events of one's own, other journeys, loops, failures."""

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_BASE = """\
profile
  email    email  identity
  country  country
  tags     list of text

event purchase
  total  money
  city   text

event finished
  how  text

message hello
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""
_START = "journey welcome\n  start on purchase\n"
_OTHER = 'journey other\n  start on finished\n  if event.how is "well"\n    send hello\n\n'


def _journey(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the steps of a journey."""
    return Wording(code, says, help, label, _BASE + _START + bad, _BASE + _START + good)


WORDINGS: tuple[Wording, ...] = (
    Wording(
        "webhook-without-post",
        "{name} does not say where to ask.",
        'Write the address: `post "https://crm.example.com/tickets"`.',
        "where?",
        _BASE + "webhook crm\n  retries 2\n",
        _BASE + 'webhook crm\n  post "https://crm.example.com/tickets"\n  retries 2\n',
    ),
    Wording(
        "long-timeout",
        "An answer is waited for 5 minutes at most.",
        "Write a shorter time, as in `timeout 10 seconds`; `retries` tries again.",
        "too long",
        _BASE + 'webhook crm\n  post "https://crm.example.com/tickets"\n  timeout 1 hour\n',
        _BASE + 'webhook crm\n  post "https://crm.example.com/tickets"\n  timeout 10 seconds\n',
    ),
    Wording(
        "many-retries",
        "A webhook is tried again {most} times at most, not {retries} times.",
        "Write a smaller number, as in `retries 3`.",
        "too often",
        _BASE + 'webhook crm\n  post "https://crm.example.com/tickets"\n  retries 99\n',
        _BASE + 'webhook crm\n  post "https://crm.example.com/tickets"\n  retries 3\n',
    ),
    _journey(
        "not-a-reaction",
        "{event} does not say which message it is about, so it cannot be one `of` {message}.",
        "The reactions are {reactions}, and each event with a field `message` of type text.",
        "not about a message",
        "  send hello\n  wait for finished of hello, up to 1 day\n",
        "  send hello\n  wait for email_opened of hello, up to 1 day\n",
    ),
    _journey(
        "no-goal-to-move-toward",
        "{name} is to move its shares toward the goal, but the journey has none.",
        "Add a goal, as in `goal purchase within 3 days`, or leave `toward goal` out.",
        "toward which goal?",
        "  split first toward goal\n    50% plain\n      send hello\n    rest other\n      stop\n",
        "  goal finished within 3 days\n  split first toward goal\n    50% plain\n      send hello\n"
        "    rest other\n      stop\n",
    ),
    _journey(
        "one-arm",
        "{name} has one arm only: there is nothing to choose between.",
        "Add a second arm, or leave `toward goal` out.",
        "the only one",
        "  goal finished within 3 days\n  split first toward goal\n    100% plain\n      send hello\n",
        "  goal finished within 3 days\n  split first\n    100% plain\n      send hello\n",
    ),
    _journey(
        "one-alternative",
        "`wait for first of` has one alternative only.",
        "Write the others below it, or `wait for` this one event.",
        "the only one",
        "  wait for first of, up to 1 day\n    finished\n      stop\n  send hello\n",
        "  wait for first of, up to 1 day\n    finished\n      stop\n    purchase\n      stop\n  send hello\n",
    ),
    _journey(
        "never-first",
        "This alternative is never taken: every {event} goes to the one above it.",
        "Put the one with a condition first, or give the first one a `where`.",
        "comes too late",
        "  wait for first of, up to 1 day\n    purchase\n      stop\n"
        '    purchase where city is "Rome"\n      send hello\n',
        '  wait for first of, up to 1 day\n    purchase where city is "Rome"\n      send hello\n'
        "    purchase\n      stop\n",
    ),
    _journey(
        "not-a-list-field",
        "{name} is {type}: nothing can be put into it with `{word}`.",
        "`add` and `remove` change a field of type `list of …`; `set` changes any other.",
        "not a list",
        '  add "DE" to country\n',
        '  add "german" to tags\n',
    ),
    _journey(
        "enters-itself",
        "{name} enters itself, but whoever is here is in it already.",
        "Repeat steps with `repeat up to 3 times`, or enter another journey.",
        "itself",
        "  wait 1 day\n  enter welcome\n",
        "  repeat up to 3 times\n    wait 1 day\n",
    ),
    Wording(
        "enters-without-event",
        "{target} looks at the event that starts it ({event}), and there is none when it is entered here: {has}.",
        "Use what {target} needs from the profile instead, or `emit` the event that starts it.",
        "without its event",
        _BASE + _OTHER + _START + "  enter other\n",
        _BASE + _OTHER + _START + '  emit finished with how = "well"\n',
    ),
    _journey(
        "loop-without-wait",
        "The block would be repeated at one instant: there is a way through it without a wait.",
        "Put a wait on every way through the block, as in `wait 2 days`.",
        "no wait in here",
        "  repeat up to 3 times\n    send hello\n",
        "  repeat up to 3 times\n    send hello\n    wait 2 days\n",
    ),
    _journey(
        "empty-repeat",
        "There is nothing here to repeat.",
        "Write the steps below it, further to the right.",
        "repeats nothing",
        "  repeat up to 3 times\n  send hello\n",
        "  repeat up to 3 times\n    send hello\n    wait 1 day\n",
    ),
    _journey(
        "empty-block",
        "Nothing stands below `{opener}`{why}.",
        "{way}",
        "nothing below it",
        '  if country is "DE"\n  send hello\n',
        '  if country is "DE"\n    send hello\n',
    ),
    _journey(
        "bad-rounds",
        "A block can be repeated 1 to {most} times, not {times} times.",
        "Write how often at most, as in `repeat up to 3 times`.",
        "how often?",
        "  repeat up to 0 times\n    send hello\n    wait 1 day\n",
        "  repeat up to 3 times\n    send hello\n    wait 1 day\n",
    ),
    _journey(
        "not-in-a-loop",
        "`stop repeating` stands in no `repeat`.",
        "Use it inside a block of `repeat up to 3 times`; `stop` ends the journey.",
        "repeats nothing",
        "  send hello\n  stop repeating if has purchase at least 2 times\n",
        "  repeat up to 3 times\n    send hello\n    wait 1 day\n    stop repeating if has purchase at least 2 times\n",
    ),
    _journey(
        "nothing-to-fail",
        "`if failed` asks about the step before it, but {why}.",
        "Put it right below a `send`, `call`, `set`, `add`, `remove`, `emit` or `wait until`.",
        "what failed?",
        "  wait 1 day\n  if failed\n    stop\n",
        "  send hello\n  if failed\n    stop\n",
    ),
)
