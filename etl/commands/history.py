"""`--history`: prints the last runs and the state of the data, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from etl.models.errors import Stage
from etl.models.figures import Journal, JournalRow
from etl.pipeline import notices, terminal
from etl.pipeline.run import Run
from etl.postgres.journal import read_journal
from etl.texts import EN

REASONS_AT_MOST = 3
LOOK = '--psql -- -c "SELECT reason, record FROM rejected_attempts ORDER BY id DESC LIMIT 5"'
MARKS = {"succeeded": "✅", "running": "…"}


def history(run: Run) -> None:
    """Prints the last runs, days not loaded or not in the sheet, unsent letters, bad records."""
    run.require_settings()
    run.show("reading the journal")
    now, settings = run.result.started_at, run.settings
    journal = read_journal(run.components.server(), settings.run.zone, run.options.runs)
    if not journal.runs:
        terminal.say("No run yet: the database has no journal of any.")
    terminal.print_beside(
        (f"{row.started_at:%Y-%m-%d %H:%M}  ", _lines(row)) for row in journal.runs
    )
    if journal.last_due_at:
        terminal.say(_next_run(journal.last_due_at, now, settings.run.window_days))
    sentences = [
        *_loaded(journal, is_sheet_on=settings.sheet is not None),
        *_letters(run.components.outbox.count()),
        *_quarantine(journal),
    ]
    terminal.say(" ".join(sentences))


def _lines(run: JournalRow) -> Iterator[str]:
    about = [run.command or "run", f"version {run.version}" if run.version else ""]
    yield f"{MARKS.get(run.status, '❌')} {', '.join(filter(None, about))}: {_end(run)}"
    if run.days:
        first, last = run.days
        days = f"{first}" if first == last else f"{first}..{last}"
        yield f"{days}: {run.counts}" if run.counts.received else days
    if run.error and not run.was_killed:
        yield " ".join(run.error.splitlines()[:2])  # what happened, and what to do


def _end(run: JournalRow) -> str:
    if run.status == "running":
        return "at work"
    if run.finished_at is None:
        return "ended without a word: it was killed, or the host went down"
    took = EN.seconds((run.finished_at - run.started_at).total_seconds())
    if run.status == "succeeded":
        return f"done in {took}"
    stage = EN.stages[Stage(run.failed_stage)] if run.failed_stage else "somewhere"
    kept = "; what it had loaded is kept" if run.status == "partial" else ""
    return f"failed after {took} ({stage}){kept}"


def _loaded(journal: Journal, *, is_sheet_on: bool) -> Iterator[str]:
    if journal.loaded_until is None:
        yield "Nothing is loaded yet."
        return
    last = journal.loaded_until - timedelta(microseconds=1)
    if gap := [day for day in journal.unloaded if day <= last.date()]:
        yield f"Loaded up to and including {last:%Y-%m-%d}, but never"
        yield EN.fill("{count:day|days} of {days}: --from and --to load them.", _facts(gap))
    else:
        yield f"All is loaded up to and including {last:%Y-%m-%d}."
    if not is_sheet_on:
        yield "The sheet is off."
    elif journal.owed:
        lacking = "The sheet lacks {count:day|days} or their last changes ({days});"
        yield EN.fill(lacking, _facts(journal.owed))
        yield "the next run or --report-only writes them."
    else:
        yield "The sheet lacks no day."


def _facts(days: Sequence[date]) -> dict[str, object]:
    return {"count": len(days), "days": f"{days[0]}..{days[-1]}"}


def _letters(waiting: int | None) -> Iterator[str]:
    if waiting is None:
        yield "Whether letters wait is unknown: this user cannot read var/outbox."
    elif waiting:
        yield EN.fill("{count:letter waits|letters wait} in var/outbox", {"count": waiting})
        yield "for a mail server that takes them; --check says what is wrong."
    else:
        yield "No letter waits."


def _quarantine(journal: Journal) -> Iterator[str]:
    count = sum(journal.quarantine.values())
    if not count:
        yield "The quarantine is empty."
        return
    most = [f"{EN.reasons.get(code, code)} ({n})" for code, n in journal.quarantine.items()]
    if len(most) > REASONS_AT_MOST:
        most[REASONS_AT_MOST:] = ["…"]
    yield EN.fill("The quarantine holds {count:record|records}:", {"count": count})
    yield f"{', '.join(most)}. Look at some of them ({LOOK});"
    yield "once their cause is mended, --replay-rejected loads what is valid then."


def _next_run(last_due_at: datetime, now: datetime, window_days: int) -> str:
    """Returns a sentence: how many runs are missing, or when the next one is expected."""
    last = last_due_at.date()
    count = notices.missing_runs(last_due_at, now, window_days)
    if not count:
        next_by = last + timedelta(days=window_days)
        return f"The next run is expected by {next_by}; the schedule says when exactly."
    missing = EN.fill("{count:run|runs}", {"count": count})
    return (
        f"⚠️ No run has begun since {last}, so {missing} did not happen or could not open"
        " the database: look at the crontab or the timer, and into logs."
        " The next run makes up for all of it."
    )
