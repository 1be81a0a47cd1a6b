"""English, for letters and the sheet with REPORT_LANGUAGE=en, and always for log and stderr."""

from __future__ import annotations

from etl.models import Reason, Stage
from etl.reports import Notice
from etl.texts.catalogue import Catalogue, Words
from etl.texts.en_dashboard import DASHBOARD
from etl.texts.en_problems import PROBLEMS, SETTING_PROBLEMS


def _new_attempts(count: int) -> str:
    return f"{count:,} new attempt{'' if count == 1 else 's'}"


WORDS = Words(
    title="LMS analytics",
    new_attempts=_new_attempts,
    failed="failed",
    verdict_done="All done: every record of the window is accounted for.",
    verdict_attention="Done, with something to look at.",
    verdict_failed="The run failed at the stage “{stage}”.",
    window="Days",
    what_to_do="What to do",
    what_is_safe="What is safe",
    safe_stored="{count} of this run are in the database; the next run goes on from there.",
    safe_nothing="Nothing of these days has been stored by this run; the next run asks for them again.",
    safe_loaded="The data is in the database; the next run writes the missing days into the sheet.",
    safe_by_hand="{count} of this run are in the database; for the rest repeat the command with the same days.",
    safe_untouched="Nothing was started, so nothing has changed.",
    details="Details",
    to_look_at="Worth knowing",
    counts_title="What came and what became of it",
    received="Received",
    inserted="New",
    duplicates="Known already",
    conflicting="Contradict a stored attempt",
    rejected="Rejected",
    out_of_window="Outside the days asked for",
    reasons_title="Why records were rejected",
    days_title="Day by day",
    more_days="Earlier days, not shown here: {count}.",
    reconciled="Reconciled: on every day the grader's distinct attempts, the database's rows and the sheet's number are equal.",
    sheet="Sheet",
    dashboard="Dashboard",
    sheet_changes="Rows in the sheet: {added} added, {updated} corrected, {unchanged} right already.",
    duration="Duration",
    waited="of it waiting for the grader",
    started="Started",
)

STAGES = {
    Stage.CONFIGURATION: "settings",
    Stage.EXTRACT: "asking the grader",
    Stage.TRANSFORM: "checking the records",
    Stage.LOAD: "storing in the database",
    Stage.REPORT: "writing the sheet",
    Stage.NOTIFY: "sending the letter",
}

REASONS = {
    Reason.NOT_AN_OBJECT: "not a record at all",
    Reason.USER_ID_MISSING: "no student",
    Reason.USER_ID_INVALID: "impossible student id",
    Reason.ATTEMPT_TYPE_UNKNOWN: "neither run nor submit",
    Reason.CREATED_AT_INVALID: "impossible time",
    Reason.VERDICT_INVALID: "unknown verdict",
    Reason.VERDICT_ON_RUN: "a run with a verdict",
    Reason.VERDICT_MISSING: "a submission without a verdict",
    Reason.PASSBACK_INVALID: "unreadable passback_params",
    Reason.CONFLICTING: "contradicts a stored attempt",
}

NOTICES = {
    Notice.EMPTY_WINDOW: "The grader has no attempts at all for these days. Holidays, or is its collector down?",
    Notice.REPEATED_DAYS: "The sheet has more than one row for {0}. The first one is kept right; delete the others.",
    Notice.UNUSABLE_RECIPIENTS: "RECIPIENTS_EMAILS has entries that are no addresses: {0}. They got no letter.",
    Notice.SEVERAL_TRIES: "The grader answered only after several tries: {0} requests in all.",
    Notice.NOT_RECONCILED: "Not reconciled. Distinct valid records from the grader, and rows in the database: {0}. Another program, or the grader, has added or deleted attempts.",
    Notice.SHEET_DIFFERS: "The sheet, read back, does not show what was written for {0}. A protected range, or a formula in our columns?",
    Notice.UNUSUAL_DAYS: "Unusually few or many attempts (in brackets what is usual on that weekday): {0}.",
    Notice.MORE_REJECTED: "Far more records than usual were rejected: {0}. Has the grader's format changed?",
    Notice.DASHBOARD_NOT_WRITTEN: "The dashboard still shows what an earlier run wrote: {0}.",
    Notice.RECOVERED: "Recovered after failed runs (how many, since when): {0}. This run has made up for what they missed.",
    Notice.REPLAYED: "The quarantine was looked at again; accepted now: {0}.",
    Notice.SHEET_OFF: "The sheet is off: none of its settings is set. Its days are kept for the day it is on.",
    Notice.EMBEDDED_DATABASE: "DB_HOST is not set, so the data is in the embedded PostgreSQL under var/.",
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
    date_format="%Y-%m-%d",
    thousands=",",
    decimal=".",
    words=WORDS,
    dashboard=DASHBOARD,
    stages=STAGES,
    reasons=REASONS,
    notices=NOTICES,
    problems=PROBLEMS,
    setting_problems=SETTING_PROBLEMS,
)
