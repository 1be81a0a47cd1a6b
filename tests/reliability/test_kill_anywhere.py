"""SIGKILL at every line of the log and at random moments between, then one run: nothing shows.

A failure prints the seed; run it again with `KILL_SEED=... python -m pytest tests/reliability`.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import threading
from pathlib import Path
from time import monotonic

from etl.main import main
from tests.conftest import NOW, Select, World

SEED = int(os.environ.get("KILL_SEED", random.randrange(10**6)))
RANDOM_KILLS = 15
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows SIGTERM kills, too
# What a run imports is there before it begins, so that the kills meet its work.
WARM = [__name__, "etl.pipeline.stages", "etl.components.data_processor", "etl.mail.letter"]
WARM += ["etl.components.google_sheets_reporter", "etl.components.email_notifier"]
WARM += ["etl.components.api_client", "etl.components.database_inserter"]

STORED = """
SELECT user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url, is_correct,
       attempt_type, created_at FROM attempts ORDER BY user_id, attempt_type, created_at
"""
QUARANTINED = "SELECT reason, record FROM rejected_attempts ORDER BY record"
# A killed run's last statement may still be at work, and would deadlock with this one.
FORGET = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE application_name = 'lms-etl' AND datname = current_database();
TRUNCATE attempts, rejected_attempts, etl_slices, etl_runs RESTART IDENTITY; SELECT 1
"""


class KillAtLine(logging.Handler):
    """Kills its own process when the log gets its line of that number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._left = number

    def emit(self, record: logging.LogRecord) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), KILL)


def run_and_die(environ: dict[str, str], root: Path, line: int, seconds: float | None) -> None:
    """The body of a process of its own; at most one of the two ways to die is given."""
    if line:
        logging.getLogger("etl").addHandler(KillAtLine(line))
    if seconds is not None:
        threading.Timer(seconds, os.kill, (os.getpid(), KILL)).start()
    os._exit(main([], environ=environ, now=lambda: NOW, root=root))


class Killer:
    """Starts runs in processes of their own, which begin warm: nothing is imported twice."""

    def __init__(self, environ: dict[str, str], root: Path) -> None:
        method = "forkserver" if os.name == "posix" else "spawn"
        self._context = multiprocessing.get_context(method)
        self._context.set_forkserver_preload(WARM)
        self._environ = environ
        self._root = root

    def run(self, *, line: int = 0, seconds: float | None = None) -> bool:
        """Whether the run was killed before its end."""
        arguments = (self._environ, self._root, line, seconds)
        process = self._context.Process(target=run_and_die, args=arguments)
        process.start()
        process.join(timeout=60)
        # 75: the database has not noticed yet that the killed run is gone.
        assert process.exitcode in {0, -KILL, KILL, 75}
        return process.exitcode != 0


def test_d7_a_run_killed_anywhere_is_repaired_by_the_next(
    world: World, database_settings: dict[str, str], select: Select, tmp_path: Path
) -> None:
    print(f"KILL_SEED={SEED}")
    dice = random.Random(SEED)
    killer = Killer({**world.environ, **database_settings}, tmp_path)
    assert not killer.run()
    undisturbed = seen_from_outside(select, world)
    begun = monotonic()
    assert not killer.run()
    longest_seconds = monotonic() - begun
    assert seen_from_outside(select, world) == undisturbed
    start_anew(select, world)

    kills = 0
    while killer.run(line=kills + 1):
        kills += 1
        if dice.random() < 0.3:
            start_anew(select, world)
    lines = kills
    while kills < lines + RANDOM_KILLS:
        if dice.random() < 0.5:
            start_anew(select, world)
        kills += killer.run(seconds=dice.uniform(0, longest_seconds))
    while killer.run():
        """The database has not noticed yet."""

    assert lines >= 10
    assert seen_from_outside(select, world) == undisturbed


def start_anew(select: Select, world: World) -> None:
    select(FORGET)
    tab = world.google.spreadsheet.tabs[0]
    rows = len(tab.rows())
    tab.put("A1", [[None] * 7] * rows)


def seen_from_outside(select: Select, world: World) -> list[object]:
    return [select(STORED), select(QUARANTINED), world.google.spreadsheet.tabs[0].rows()]
