"""The syntax tree: what the author wrote, before anything is known of what the names mean.

One frozen dataclass per construct; each docstring shows the syntax. Spans and comments are fields that do
not take part in equality, so two trees are equal when they say the same thing. The parser accepts slightly
too much; the resolver and the checker, which can explain, refuse.

Texts that stand for something else (a template, a path) are kept as written. Names are plain strings;
places where a name may need its own underline carry a `Name`.
"""

from __future__ import annotations

from sojourn.dsl.ast.base import *
from sojourn.dsl.ast.declarations import *
from sojourn.dsl.ast.expressions import *
from sojourn.dsl.ast.files import *
from sojourn.dsl.ast.journeys import *
from sojourn.dsl.ast.stories import *
