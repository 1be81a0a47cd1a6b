"""What must hold of each field; `docs/grader-api.md` says what has been seen in them, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from etl.models.records import Reason

USER_ID = re.compile("[!-~]{1,32}")  # printable ASCII without blanks; `user_id` is VARCHAR(32)
ATTEMPT_TYPES = ("run", "submit")
# JSON's true, false, 1.0 and 0.0 are equal to these numbers and count as they do.
VERDICTS = {None: None, 0: False, 1: True}

Holds = Callable[[Any], object]
Fields = Mapping[str, Any]  # by name, the values of all records in their order

# What must hold of which field. The first rule that a record breaks is its reason.
RULES: dict[Reason, tuple[str, Holds]] = {
    Reason.NOT_AN_OBJECT: ("is_object", bool),
    Reason.USER_ID_MISSING: ("user_id", lambda user: user and user.strip()),
    Reason.USER_ID_INVALID: ("user_id", lambda user: user and USER_ID.fullmatch(user)),
    Reason.ATTEMPT_TYPE_UNKNOWN: ("attempt_type", lambda kind: kind in ATTEMPT_TYPES),
    Reason.CREATED_AT_INVALID: ("is_moment", bool),
    Reason.VERDICT_INVALID: ("is_correct", lambda verdict: verdict in VERDICTS),
    Reason.VERDICT_ON_RUN: ("judged", lambda judged: judged not in {("run", 0), ("run", 1)}),
    Reason.VERDICT_MISSING: ("judged", lambda judged: judged != ("submit", None)),
    Reason.PASSBACK_INVALID: ("is_passback", bool),
}
