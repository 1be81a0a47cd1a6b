"""Which students a record names, be it a good one or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from etl.grader.passback import parse_passback
from etl.grader.record import decode_record

# Shorter ids would be found by chance in times and in names of tasks.
LONG_ID = re.compile(r"[\w.@+-]{16,}")
OPEN_EDX_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
NUMBER = re.compile(r'"lti_user_id"\s*:\s*(\d+)')


def named_students(record: str) -> Iterator[str]:
    """Ids that the JSON text has where the grader writes one, and all long words in it."""
    attempt = decode_record(msgspec.Raw(record.encode("utf-8", "surrogateescape")))
    if attempt and attempt.lti_user_id:
        yield attempt.lti_user_id.strip()
    passback = parse_passback(attempt.passback_params) if attempt else None
    if passback and passback.lis_result_sourcedid:
        yield passback.lis_result_sourcedid.rpartition(":")[2]
    yield from NUMBER.findall(record)
    text = unquote(record)
    yield from LONG_ID.findall(text)
    yield from OPEN_EDX_ID.findall(text)
