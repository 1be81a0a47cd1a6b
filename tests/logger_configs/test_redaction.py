"""No secret leaves the program, in whatever form it travels."""

from __future__ import annotations

import base64
import json
import re
from math import ceil
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from etl.models.peers import one_line
from etl.settings.redaction import MASK, Redactor

STUDENT = "3583bf109f8b458e13ae1ac9d85c396a"
# What means something to regular expressions, to URLs, to JSON, or takes two bytes.
ALPHABET = "aZ0.*+?^$()[]{}|\\/&=%#:@;, \"'<>~_-é"
# Bytes that no secret here has, with all bits, none and half of them set.
NEIGHBOURS = st.builds(bytes.__mul__, st.sampled_from([b"\0", b"\xff", b"U"]), st.integers(0, 7))
SECRETS = st.text(ALPHABET, min_size=4, max_size=24)


def text_forms(secret: str) -> list[str]:
    in_urls = [quote(secret, safe=""), quote(secret), quote_plus(secret)]
    lower = re.sub("%..", lambda found: found[0].lower(), quote_plus(secret))
    plain, ascii_ = (json.dumps(secret, ensure_ascii=one)[1:-1] for one in (False, True))
    quoted = [plain, ascii_, repr(secret)[1:-1]]
    in_quoted = [json.dumps(form)[1:-1] for form in quoted]
    folded = " ".join(secret.split())
    return [secret, *in_urls, lower, *quoted, *in_quoted, *([folded] if len(folded) >= 4 else [])]


@given(secret=SECRETS, other=SECRETS)
@example(secret="a+b/c&d", other="b/c&")
@example(secret="$(.*)", other=".*)$")
@example(secret="caca0", other="cacaX")
@bounded(max_examples=100, deadline=None)
def test_a_secret_is_gone_in_each_form_that_it_takes_in_a_text(secret: str, other: str) -> None:
    redact = Redactor([other, secret])
    for form in text_forms(secret):
        assert form not in redact(f"«{form}»")


def test_a_part_that_also_ends_in_front_of_the_whole_does_not_save_the_whole() -> None:
    """Read from the left, `ca` would be found first and the rest of `abcabcX` be left."""
    assert Redactor(["abcabcX", "ca"])("see cabcabcX") == f"see c{MASK}"


def test_s3_a_secret_inside_of_another_does_not_hide_it_in_another_spelling() -> None:
    inner, rest = "inner-password", r"X\Z<3|~*Yc"
    spelled = json.dumps(repr(f"{inner}&{rest}"))
    assert Redactor([inner, f"{inner}&{rest}"]).hide_secrets(spelled) == MASK


SPELLINGS = {
    "PHP": r"9f\/2K=R&D x",
    "Go": r"9f/2K\u003dR\u0026D x",
    "JavaScript": r"9f%u002F2K\u{3d}R&D x",
    "Python, C": r"9f\x2f2K\075R&D x",
    "Perl": r"9f\x{2f}2K\x{3D}R\46D\40x",
    "HTML": "9f/2K=R&amp;D x 9f&#47;2K&#x3d;R&ampD x",
    "percent twice": "9f%252F2K%253DR%2526D%2520x",
    "percent of JSON": "9f%5C/2K=R%5Cu0026D+x",
    "each character by another": r"9f%2f2K&#61;R\x26D+x",
    "JSON of percent of HTML": r"9f\/2K=R\u0025\u0032\u0036amp;D x",
    "base64 of JSON": base64.urlsafe_b64encode(rb'{"key":"9f\/2K=R&D x"}').decode().rstrip("="),
    "percent of base64": "%4fWYvMks9UiZEIHg%3d",
    "quoted-printable": "9f=2F2K=3DR&D=20x",
    "without an end": r"\u0025" + "25" * 300,
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_s3_a_text_with_a_secret_in_another_spelling_goes_as_a_whole(spelling: str) -> None:
    redact = Redactor(["other", "9f/2K=R&D x"])
    assert redact(f"<b>100% of 'R&D' said: {spelling}\\!</b>") == MASK
    harmless = r"<a href='?a=1&amp;b=%2F+\u0041'>C:\new</a> aW5ub2NlbnQgdGV4dA=="
    assert redact(harmless) == harmless


@pytest.mark.parametrize("spelling", [r"\xd0\xB7", r"\320\267", r"\U00000437", "\\\\u0437"])
def test_s3_letters_beyond_ascii_may_be_escaped_by_bytes(spelling: str) -> None:
    assert Redactor(["зуб-9f"])(f"<b>{spelling}уб-9f</b>") == MASK


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_s3_a_key_in_utf_16_is_found_once_it_is_on_one_line(encoding: str) -> None:
    page = "Bad key: 9f/2K=R".encode(encoding).decode("utf-8", "replace")
    assert Redactor(["9f/2K=R"])(one_line(page)).endswith(f"Bad key: {MASK}")


@given(secret=SECRETS, before=NEIGHBOURS, after=NEIGHBOURS, safe=st.booleans())
@example(secret="aaaa", before=b"\xff", after=b"", safe=False)
@bounded(max_examples=100, deadline=None)
def test_a_secret_is_gone_inside_base64_wherever_it_begins(
    secret: str, before: bytes, after: bytes, safe: bool
) -> None:
    """A character of base64 that shares its six bits with what stands beside it may stay."""
    encode = base64.urlsafe_b64encode if safe else base64.b64encode
    text = encode(before + secret.encode() + after).decode()
    head, *middle, tail = Redactor([secret])(text).split(MASK)
    assert middle == []
    assert text.startswith(head)
    assert text.endswith(tail)
    assert len(head) <= ceil(len(before) * 8 / 6)
    assert len(tail.rstrip("=")) <= ceil(len(after) * 8 / 6) + 1


@pytest.mark.parametrize(
    ("around", "redacted"),
    [
        ("{}", "<id>"),
        ("a%3a{}%3b", "a%3a<id>%3b"),
        (r"\n{}G", r"\n<id>G"),
        ("{}0", None),  # a longer number
    ],
)
def test_a_student_is_gone_wherever_he_stands(around: str, redacted: str | None) -> None:
    text = around.format(STUDENT)
    assert Redactor([])(text) == (redacted or text)


def test_without_secrets_a_text_stays_and_a_secret_that_is_no_text_is_gone() -> None:
    for text in ("nothing (.*) to hide: ***", STUDENT[:-1], STUDENT.upper()):
        assert Redactor([""])(text) == text
    for secret in ("abc\ud800def", "abc\udce4def"):
        assert Redactor([secret])(f"<{secret}>") == f"<{MASK}>"
