"""The words of the codes of this stage."""

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

WORDINGS: tuple[Wording, ...] = ()
