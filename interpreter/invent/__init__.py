"""People who never were: their profiles and their events, made up from what a workspace declares.

    places.py      cities with their country, language, time zone and place on the map
    hints.py       what the rules of the workspace compare each field with
    values.py      a value for a field, by its type, its name and the hints
    sessions.py    what one person does: visits in an order that makes sense, and what follows an order
    reactions.py   what people do with the messages that a simulation sends them

The same seed makes the same people, each independent of how many others there are.
"""

from __future__ import annotations

from sojourn.interpreter.invent.reactions import Reactions
from sojourn.interpreter.invent.sessions import BEGINNING, invent

__all__ = ["BEGINNING", "Reactions", "invent"]
