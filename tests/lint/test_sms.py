"""How many SMS a text is: the lengths of GSM 03.38 and UCS-2, at their edges."""

from __future__ import annotations

import pytest

from sojourn.dsl.lint.sms import is_gsm, segments


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # two places each
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the euro sign is not cut in two: it begins the second piece
        ("ü" * 160, 1),
        ("–" + "a" * 69, 1),  # one long dash: UCS-2
        ("–" + "a" * 70, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),  # a surrogate pair takes two
        ("😀" * 36, 2),
        ("a" * 66 + "😀" + "a" * 67, 3),
    ],
)
def test_a_text_is_sent_as_so_many_pieces(text: str, pieces: int) -> None:
    assert segments(text) == pieces


def test_which_characters_are_in_the_alphabet() -> None:
    assert all(is_gsm(char) for char in "abcXYZ019 @£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉÄÖÑÜ§¿äöñüà^{}\\[~]|€\n")
    assert not any(is_gsm(char) for char in "“”–…ç`•ąşж😀")
