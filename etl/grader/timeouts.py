"""How long the grader is waited for, how often it is tried again, and how much it may answer.

Two bounds are settings, with their defaults in `etl/settings/sections.py`: API_TIMEOUT_SECONDS for
a silence, API_DEADLINE_SECONDS for one slice with all its tries.
"""

from __future__ import annotations

from datetime import timedelta

# The grader needs half a minute whatever the length of the window; months take it minutes.
LONGEST_WINDOW = timedelta(days=7)
SHORTEST_WINDOW = timedelta(hours=1)

TRIES = 5
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60
CONNECT_TIMEOUT_SECONDS = 10
RETRY_AFTER_CAP_SECONDS = 300

# On disk, see `etl.grader.answer`; a week of a university with 130,000 attempts a day fits.
ANSWER_BYTES_AT_MOST = 512 * 1024 * 1024
# No attempt is that large; what has no comma between records for so long is not worth the memory.
RECORD_BYTES_AT_MOST = 32 * 1024 * 1024
