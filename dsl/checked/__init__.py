"""The checked workspace: what the author means, with every name resolved and every expression typed.

This is the contract between the checker (`sojourn.dsl.check`), the compiler (`sojourn.interpreter.compile`), the
oracle in the tests and every tool. Everything is frozen; everything can be printed as JSON
(`sojourn check --print program`). Spans are outside equality, as in the syntax tree.

Constants are held as in-memory values (`sojourn.dsl.values`), never as text.
"""

from __future__ import annotations

from sojourn.dsl.checked.data import *
from sojourn.dsl.checked.expressions import *
from sojourn.dsl.checked.journeys import *
from sojourn.dsl.checked.messages import *
from sojourn.dsl.checked.stories import *
from sojourn.dsl.checked.workspace import *
