"""Finds the database's rule that refused a record: a constraint, trigger, type or encoding.

Codes: PostgreSQL's Appendix A. Only those that a record can cause are named here; all others, such
as of a full disk, a deadlock or a missing right, stop the whole slice.
"""

from __future__ import annotations

import re

import psycopg2
from psycopg2 import errorcodes

OF_RECORDS = {"09", "21", "22", "23", "27", "38", "39", "44", "54", "P0"}
# PostgreSQL's classes; any other is made up by somebody's trigger.
OF_POSTGRES = {code for name, code in vars(errorcodes).items() if name.startswith("CLASS_")}
# Row security has the code of a missing right; the server's function tells it in any language.
ROW_SECURITY = "ExecWithCheckOptions"
# Citus passes on a worker's error in COPY as a message alone, with the code XX000. In any language
# that of a constraint ends with its name and the shard's number. So does, in Russian, that of a
# missing partition, with the table's name: it is known by its first words.
OF_A_WORKER = "ReportCopyError"
NO_PARTITION_OF_A_WORKER = re.compile("no partition of relation|для строки не найдена секция")
INTEGRITY = errorcodes.INTEGRITY_CONSTRAINT_VIOLATION
CONSTRAINT_OF_A_WORKER = re.compile(r'"([^"]+)_\d+"$')
RAISED_BY = re.compile(r"PL/pgSQL\s(?:function\s)?([\w.]+)\(")


def refusing_rule(error: psycopg2.Error) -> str | None:
    """Returns SQLSTATE, and the name of the constraint, column or function if there is one.

    Returns None if no record is at fault. Quotes no message, since it may quote the record.
    """
    code = error.pgcode or ""
    if error.diag.source_function == OF_A_WORKER:
        message = error.diag.message_primary or ""
        if NO_PARTITION_OF_A_WORKER.match(message):
            return errorcodes.CHECK_VIOLATION
        found = CONSTRAINT_OF_A_WORKER.search(message)
        return found and f"{INTEGRITY} {found[1]}"
    kind = code[:2]
    is_made_up = bool(code) and kind not in OF_POSTGRES
    if not (kind in OF_RECORDS or is_made_up or error.diag.source_function == ROW_SECURITY):
        return None
    function = RAISED_BY.search(error.diag.context or "")
    name = error.diag.constraint_name or error.diag.column_name or (function and function[1])
    return f"{code} {name}" if name else code
