"""English, for letters and the sheet with REPORT_LANGUAGE=en, and always for log and stderr."""

from __future__ import annotations

from etl.models.attempts import Reason
from etl.models.errors import Stage
from etl.models.result import Notice
from etl.texts.catalogue import Catalogue
from etl.texts.en.dashboard import DASHBOARD
from etl.texts.en.letter import WORDS
from etl.texts.en.problems import PROBLEMS
from etl.texts.en.setting_problems import SETTING_PROBLEMS


def form_after(count: float) -> int:
    """Unicode CLDR, plural rules of English, where 1.5 is plural as well."""
    return 0 if count == 1 else 1


STAGES = {
    Stage.CONFIGURATION: "settings",
    Stage.EXTRACT: "asking the grader",
    Stage.TRANSFORM: "validating the records",
    Stage.LOAD: "storing in the database",
    Stage.REPORT: "writing the sheet",
    Stage.NOTIFY: "sending the letter",
}

REASONS = {
    Reason.NOT_AN_OBJECT: "not a JSON object",
    Reason.USER_ID_MISSING: "no student id",
    Reason.USER_ID_INVALID: "invalid student id",
    Reason.ATTEMPT_TYPE_UNKNOWN: "neither a run nor a submission",
    Reason.CREATED_AT_INVALID: "invalid time",
    Reason.VERDICT_INVALID: "unknown verdict",
    Reason.VERDICT_ON_RUN: "a code run with a verdict",
    Reason.VERDICT_MISSING: "a submission without a verdict",
    Reason.PASSBACK_INVALID: "unreadable passback_params",
    Reason.CONFLICTING: "contradicts a stored attempt",
    Reason.REFUSED_BY_DATABASE: "refused by the database",
}

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

NOTICES = {
    Notice.EMPTY_WINDOW: "The grader has no attempts at all for these days. Is it a holiday, or is its collector down?",
    Notice.NEVER_LOADED: "These days were never loaded, so they have no figures and get no rows in the sheet: {days}. To load them: python etl/main.py --from {first} --to {last}",
    Notice.REPEATED_DAYS: "The sheet has more than one row for {days}. The first one is kept up to date; delete the others.",
    Notice.UNUSABLE_RECIPIENTS: "Some entries of RECIPIENTS_EMAILS are not addresses and got no letter: {addresses}.",
    Notice.UNUSABLE_NAMES: "Some lines of TASK_NAMES_FILE cannot be used: {lines}. Each needs a course, and no task has two names; the other lines hold.",
    Notice.SEVERAL_TRIES: "The grader did not answer at the first try: {requests:request|requests} in all.",
    Notice.NOT_RECONCILED: "Not reconciled: {days}. Another program or the grader added or deleted attempts.",
    Notice.SUMMARIES_REPAIRED: "Somebody has changed the table attempts for {days}; the figures of these days were counted anew. If more was changed, run --rebuild.",
    Notice.SHEET_DIFFERS: "Read back, the sheet does not show what was written for {days}. Are there merged cells, or a formula, in our columns?",
    Notice.TASKS_DIFFER: "Read back, the tab with the tasks does not show what was written. Does it have merged cells or a formula?",
    Notice.UNUSUAL_DAYS: "Unusually few or many attempts: {days}.",
    Notice.MORE_REJECTED: "Far more records than usual were rejected: {rejected} of {received} ({percent} %, usually {usual_percent} %). Has the grader's format changed?",
    Notice.REFUSED_BY_DATABASE: "The database refused {refused:record|records} by rules of its own: {rules}. They are in rejected_attempts; once the rules are changed, --replay-rejected loads them.",
    Notice.DASHBOARD_NOT_WRITTEN: "The dashboard still shows what an earlier run wrote: {cause}.",
    Notice.MISSED_RUNS: "Since {since}, {runs:run|runs} did not happen or could not open the database. Their days are in the period of this run. If no letter said why, look at the crontab or the timer.",
    Notice.RECOVERED: "This run made up for {runs:failed run|failed runs} since {since}.",
    Notice.REPLAYED: "The quarantine was validated again: {accepted} of {received:record|records} were accepted.",
    Notice.OF_FORGOTTEN: "Left out, and not among what was received: {records:record|records} of students whose data was removed on request.",
    Notice.QUARANTINE_EXPIRED: "Deleted from the quarantine after REJECTED_KEEP_DAYS, though never accepted: {records:record|records}.",
    Notice.SHEET_OFF: "The sheet is off, since none of its settings is set. Once it is on, it gets these days too.",
    Notice.EMBEDDED_DATABASE: "DB_HOST is not set, so the data is in the embedded PostgreSQL under var/.",
}

DAYS_OF_NOTICES = {
    Notice.NOT_RECONCILED: "on {day} the grader has {received:distinct valid record|distinct valid records} and the database {stored:row|rows}",
    Notice.UNUSUAL_DAYS: "{day} has {attempts}; on that weekday {usual} is usual",
}

EN = Catalogue(
    language="en",
    sheet_header=(
        "Date",
        "Total attempts",
        "Unique users",
        "Successful attempts",
        "(%) successful attempts",
        "Ran code",
        "Checked code",
    ),
    sheet_date_pattern="yyyy-mm-dd",
    chart_title="Attempts, users and success by day",
    chart_counts="Attempts and users",
    tasks_title="Tasks of 28 days",
    tasks_header=(
        "Course",
        "Task",
        "Attempts",
        "Students",
        "Solved at first try, %",
        "Success, %",
        "Attempts to success, median",
    ),
    date_format="%Y-%m-%d",
    short_day="{weekday} {day} {month_name:.3}",
    thousands=",",
    decimal=".",
    months=MONTHS,
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    time_units=("h", "min", "s"),
    gap=" ",  # people search the log for these sentences
    form_after=form_after,
    words=WORDS,
    dashboard=DASHBOARD,
    stages=STAGES,
    reasons=REASONS,
    notices=NOTICES,
    days_of_notices=DAYS_OF_NOTICES,
    causes={},
    problems=PROBLEMS,
    setting_problems=SETTING_PROBLEMS,
)
