"""What can go wrong, in English: what happened and what is known, and what to do about it."""

from __future__ import annotations

from etl.models.errors import Problem
from etl.texts.catalogue import Sentences
from etl.texts.en.sheet_problems import SHEET_PROBLEMS

NEXT_RUN = "If it lasts, ask those who run the server; the next run catches up by itself."

PROBLEMS = {
    Problem.SETTINGS: Sentences(
        "The settings are wrong, so nothing was started: {variables}.",
        "Correct these variables in .env (see .env.example), then run --check. --demo needs no settings.",
    ),
    Problem.USAGE: Sentences(
        "The command line is wrong, so nothing was started: {variables}.",
        "Correct it and start again; --help shows all options.",
    ),
    Problem.BUG: Sentences(
        "Unexpected error: {kind}.",
        "Send the details below to those who maintain the program: this is a bug in it.",
    ),
    Problem.INTERRUPTED: Sentences(
        "The run was stopped with Ctrl-C and rolled back what it had begun.",
        "Ask again for days that you had asked for; otherwise the next run catches up. Slices that were finished are kept.",
    ),
    Problem.TERMINATED: Sentences(
        "The run was stopped (SIGTERM) and rolled back what it had begun.",
        "Nothing needs to be done: the next run catches up. If nobody stopped it, look at the host's log.",
    ),
    Problem.API_UNREACHABLE: Sentences(
        "The grader at {host} cannot be reached: {said}.",
        "Check API_URL, and from this host the network and DNS. " + NEXT_RUN,
    ),
    Problem.API_CREDENTIALS: Sentences(
        "The grader refused the request: {said}.",
        "Check API_CLIENT and API_CLIENT_KEY: the grader's owners give and renew them.",
    ),
    Problem.API_REQUEST_REFUSED: Sentences(
        "The grader refused the request: {said}.",
        "Check API_URL: this answer usually means that the address has changed.",
    ),
    Problem.API_BUSY: Sentences(
        "The grader asks for no requests until {again} UTC: {said}.",
        "Nothing needs to be done: the first run after that time catches up.",
    ),
    Problem.API_BROKEN: Sentences(
        "The grader keeps failing: {said}.",
        "Nothing needs to be done: the fault is not here. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_CUT: Sentences(
        "The grader's answer breaks off in the middle every time.",
        "See whether a proxy on the way limits sizes; otherwise the fault is not here. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_UNEXPECTED: Sentences(
        "The grader's answer is not a list of attempts: “{said}”.",
        "Check API_URL and the proxy if it is a web page; otherwise ask the grader's owners.",
    ),
    Problem.API_ANSWER_TOO_LARGE: Sentences(
        "The grader's answer for a single hour is larger than {megabytes} MB.",
        "Ask the grader's owners whether this can be right.",
    ),
    Problem.NO_ROOM: Sentences(
        "The folder for temporary files has no room for the grader's answer: {cause}.",
        "Make room there (/tmp, or the folder that the environment variable TMPDIR names). "
        + NEXT_RUN,
    ),
    Problem.API_TOO_SLOW: Sentences(
        "The grader did not finish its answer within {seconds} s.",
        "Raise API_TIMEOUT_SECONDS or API_DEADLINE_SECONDS if it is only slow. " + NEXT_RUN,
    ),
    Problem.API_REDIRECT: Sentences(
        "The grader redirects to {host}; that was refused, since the key would go there too.",
        "Put its new address into API_URL if the grader has moved; otherwise ask its owners.",
    ),
    Problem.TOO_MANY_REJECTED: Sentences(
        "{rejected} of {received} records ({percent} %) for {window} were rejected; the limit is {limit_percent} %. Reasons: {reasons}.",
        "Look into the table rejected_attempts, where a run keeps them: has the grader's format changed? If they may be left out, run once with a larger MAX_REJECTED_SHARE. This slice was not loaded.",
    ),
    Problem.DATABASE_LOCKED: Sentences(
        "Another run is at work on this database, so this one did nothing.",
        "Nothing needs to be done. If no other run can be alive, look for a forgotten process.",
    ),
    Problem.DATABASE_POOLER: Sentences(
        "DB_HOST and DB_PORT lead to a connection pooler in transaction mode: behind it, two runs could be at work at once.",
        "Set DB_PORT to the server's own port, or to a pool in session mode (PgBouncer: pool_mode=session).",
    ),
    Problem.DATABASE_UNREACHABLE: Sentences(
        "The database cannot be reached: {cause}.",
        "Check DB_HOST, DB_PORT and DB_SSLMODE, and that PostgreSQL runs and accepts connections from this host.",
    ),
    Problem.DATABASE_LOGIN: Sentences(
        "The database refused the login: {message}.",
        "Check DB_USER and DB_PASSWORD, and the server's pg_hba.conf.",
    ),
    Problem.DATABASE_MISSING: Sentences(
        "The server has no such database.",
        "Check DB_NAME, or create the database (README, “Database”).",
    ),
    Problem.DATABASE_RIGHT: Sentences(
        "The database user lacks a right: {message}.",
        "Ask the owner to grant it (README, “Database”), or to run the SQL below.",
    ),
    Problem.DATABASE_TABLE: Sentences(
        "A table of the database is not as expected: {message}.",
        "Compare it with the README's “Tables”; perhaps DB_NAME names another database.",
    ),
    Problem.DATABASE_COLUMNS: Sentences(
        "The table attempts lacks columns: {columns}.",
        "Compare it with the README's “Tables”; perhaps DB_NAME names another database.",
    ),
    Problem.DATABASE_WAIT: Sentences(
        "The database made the run wait too long: {message}.",
        "See in pg_stat_activity who holds the table. " + NEXT_RUN,
    ),
    Problem.DATABASE_FULL: Sentences(
        "The database's disk is full: {message}.",
        "Make room on the database server; the next run catches up by itself.",
    ),
    Problem.DATABASE_READ_ONLY: Sentences(
        "The database refuses writes: {message}.",
        "Point DB_HOST to the primary server, not to a replica; there, turn default_transaction_read_only off for the role and the database.",
    ),
    Problem.DATABASE_CONNECTION_LOST: Sentences(
        "The connection to the database broke: {message}.",
        "Nothing needs to be done: what was not committed was rolled back. " + NEXT_RUN,
    ),
    Problem.DATABASE_REFUSES: Sentences(
        "The table attempts refused more than {limit_percent} % of the {received} records for {window}. Its rules, by SQLSTATE and name: {rules}.",
        "Look for these constraints and triggers (--psql, then \\d attempts); once the table is mended, the next run catches up. If these records may be left out, run once with a larger MAX_REJECTED_SHARE. This slice was not loaded.",
    ),
    Problem.DATABASE_PARTITION: Sentences(
        "The table attempts has no partition for {months} (UTC).",
        "Have the table's owner run the SQL below (--psql); the next run then catches up. docs/scale.md shows how partitions are made in advance.",
    ),
    Problem.DATABASE_ERROR: Sentences(
        "The database refused: {message} (code {code}).",
        "Look up the code in PostgreSQL's Appendix A, and this moment in the server's log.",
    ),
    Problem.DATABASE_EMBEDDED: Sentences(
        "The embedded PostgreSQL in {directory} does not start: {cause}.",
        "See what the server wrote: the file log in the folder postgres-run beside it. The data is untouched.",
    ),
    Problem.DATABASE_NEWER: Sentences(
        "A newer version of this program has changed the tables (schema {found}, and this one knows {known}), so nothing was done.",
        "Upgrade the program on this machine, or let only the newer one run (docs/operations.md, “Upgrade, and go back”).",
    ),
    Problem.DATABASE_NOT_EMPTY: Sentences(
        "The database has data already, so nothing was restored.",
        "Name an empty database in DB_NAME; for the embedded one, move var/postgres away.",
    ),
    Problem.SUMMARIES_MISSING: Sentences(
        "The figures have not been counted out of the attempts yet, or only in part.",
        "Run python etl/main.py --rebuild once; an ordinary run does it too.",
    ),
    Problem.CLIENT_FAILED: Sentences(
        "{program} failed: {message}.",
        "Check the file, and that DB_HOST names the server you mean. The database is as it was.",
    ),
    Problem.BACKUP_FILE: Sentences(
        "The file {file} cannot be used: {cause}.",
        "Check the path: a file to be restored must be there and readable; the folder of a backup must be there and writable.",
    ),
    **SHEET_PROBLEMS,
    Problem.DASHBOARD_UNWRITABLE: Sentences(
        "The dashboard cannot be written to {file}: {cause}.",
        "Choose another file or make its folder writable; the data is in the database.",
    ),
    Problem.MAIL_UNREACHABLE: Sentences(
        "The mail server {host} (port {port}) cannot be reached: {cause}.",
        "Check SMTP_SERVER and SMTP_PORT, and that this host may connect to them.",
    ),
    Problem.MAIL_NO_STARTTLS: Sentences(
        "The mail server {host} (port {port}) does not offer encryption (STARTTLS), so the password was not sent.",
        "Check SMTP_PORT: 465 for TLS, 587 for STARTTLS.",
    ),
    Problem.MAIL_CERTIFICATE: Sentences(
        "The certificate of the mail server {host} cannot be trusted ({cause}), so the password was not sent.",
        "Check SMTP_SERVER; if the certificate comes from your own authority, set SSL_CERT_FILE.",
    ),
    Problem.MAIL_LOGIN: Sentences(
        "The mail server {host} refused the login of {user}: {message}.",
        "Put an application password into SENDER_PASSWORD, not the mailbox's own (README, “Mail”).",
    ),
    Problem.MAIL_SENDER: Sentences(
        "The mail server does not let this account send from SENDER_EMAIL ({code}).",
        "Put the account's own address into SENDER_EMAIL.",
    ),
    Problem.MAIL_RECIPIENTS: Sentences(
        "The mail server refused every recipient ({code}).",
        "Check RECIPIENTS_EMAILS.",
    ),
    Problem.MAIL_ERROR: Sentences(
        "The mail server refused the letter ({code}): {message}.",
        "Find out whether the number or the size of letters is limited: that is the usual cause.",
    ),
    Problem.WATCHDOG_UNREACHABLE: Sentences(
        "The server of HEALTHCHECK_URL cannot be reached: {cause}.",
        "Check the address, and that this host may connect to it; runs go on without it.",
    ),
}
