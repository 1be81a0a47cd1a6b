"""Counts as text, half as long as in JSON: base64 VLQ, as in source maps (ECMA-426), unsigned."""

from __future__ import annotations

from collections.abc import Iterable

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
BITS = 5
MORE = 1 << BITS


def packed(counts: Iterable[int]) -> str:
    """Each count in groups of five bits, the lowest first; all but its last group are marked."""
    return "".join(map(_TEXTS.__getitem__, counts))


class _Texts(dict[int, str]):
    """The same small counts come again and again."""

    def __missing__(self, count: int) -> str:
        rest, text = count, ""
        while rest >= MORE:
            text += DIGITS[rest % MORE + MORE]
            rest //= MORE
        self[count] = text + DIGITS[rest]
        return self[count]


_TEXTS = _Texts()
