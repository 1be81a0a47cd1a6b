"""English: letters, sheet and page with REPORT_LANGUAGE=en; log and stderr always."""

from __future__ import annotations

from etl.models.attempts import Reason
from etl.models.errors import Stage
from etl.models.report import Notice
from etl.texts.catalogue import Catalogue
from etl.texts.en.dashboard import DASHBOARD
from etl.texts.en.letter import WORDS
from etl.texts.en.problems import PROBLEMS, SETTING_PROBLEMS


def form_after(count: float) -> int:
    """Unicode CLDR, plural rules of English, where 1.5 is plural as well."""
    return 0 if count == 1 else 1


STAGES = {
    Stage.CONFIGURATION: "settings",
    Stage.EXTRACT: "asking the grader",
    Stage.TRANSFORM: "checking the records",
    Stage.LOAD: "storing in the database",
    Stage.REPORT: "writing the sheet",
    Stage.NOTIFY: "sending the letter",
}

REASONS = {
    Reason.NOT_AN_OBJECT: "not a JSON object",
    Reason.USER_ID_MISSING: "no student id",
    Reason.USER_ID_INVALID: "invalid student id",
    Reason.ATTEMPT_TYPE_UNKNOWN: "unknown type of attempt",
    Reason.CREATED_AT_INVALID: "invalid time",
    Reason.VERDICT_INVALID: "unknown verdict",
    Reason.VERDICT_ON_RUN: "a run with a verdict",
    Reason.VERDICT_MISSING: "a submit without a verdict",
    Reason.PASSBACK_INVALID: "unreadable passback_params",
    Reason.CONFLICTING: "contradicts a stored attempt",
}

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

NOTICES = {
    Notice.EMPTY_WINDOW: "The grader has no attempts for these days. Is it a holiday, or has it stopped collecting them?",
    Notice.REPEATED_DAYS: "The sheet has more than one row for {days}. The program updates the first; delete the others.",
    Notice.UNUSABLE_RECIPIENTS: "RECIPIENTS_EMAILS has entries that are not addresses: {addresses}. They got no letter.",
    Notice.SEVERAL_TRIES: "The grader answered only after several tries: {requests:request|requests} in all.",
    Notice.NOT_RECONCILED: "Not reconciled: {days}. Another program or the grader has added or deleted attempts.",
    Notice.SHEET_DIFFERS: "Read back, the sheet does not show what was written for {days}. Is there a protected range, or a formula in our columns?",
    Notice.TASKS_DIFFER: "Read back, the tab of tasks does not show what was written. Is there a protected range or a formula in it?",
    Notice.UNUSUAL_DAYS: "Unusually few or many attempts: {days}.",
    Notice.MORE_REJECTED: "Far more records than usual were rejected: {rejected} of {received}. Has the grader changed its format?",
    Notice.DASHBOARD_NOT_WRITTEN: "The dashboard still shows what an earlier run wrote: {cause}.",
    Notice.RECOVERED: "This run has made up for {runs:failed run|failed runs} since {since}.",
    Notice.REPLAYED: "The quarantine was validated again: {accepted:record|records} of {received} accepted now.",
    Notice.SHEET_OFF: "The sheet is off: none of its settings is set. Once it is on, it gets the days it missed.",
    Notice.EMBEDDED_DATABASE: "DB_HOST is not set, so the data is in the embedded PostgreSQL under var/.",
}

DAYS_OF_NOTICES = {
    Notice.NOT_RECONCILED: "on {day} the grader has {received:valid record|distinct valid records} and the database {stored:row|rows}",
    Notice.UNUSUAL_DAYS: "{day} has {attempts}, while {usual} are usual on that weekday",
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
    chart_success="Success, %",
    tasks_title="Tasks of 28 days",
    tasks_header=(
        "Course",
        "Task",
        "Attempts",
        "Students",
        "Solved at first try, %",
        "Success, %",
        "Median attempts to success",
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
