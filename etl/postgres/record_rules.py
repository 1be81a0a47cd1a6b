"""Which rule of the database's own refuses a record: a constraint, a trigger, a type, an encoding.

Codes: PostgreSQL's Appendix A. Only what can be a record's fault is named here; all else, such as
a full disk, a deadlock or a missing right, is a fault of the whole.
"""

from __future__ import annotations

import re

import psycopg2
from psycopg2 import errorcodes

OF_RECORDS = {"09", "21", "22", "23", "27", "38", "39", "44", "54", "P0"}
# Any other class is one that somebody's trigger has made up.
OF_POSTGRES = {code for name, code in vars(errorcodes).items() if name.startswith("CLASS_")}
# Row security has the code of a missing right; its place in the server's code is in no language.
ROW_SECURITY = "ExecWithCheckOptions"
# What a Citus worker answers to COPY comes here as a message alone, with XX000 for a code. That of
# a constraint ends, in any language, with its name and the number of the worker's piece; that of a
# month without a partition ends with the table's in Russian, so it is known by its first words.
OF_A_WORKER = "ReportCopyError"
NO_PARTITION_OF_A_WORKER = re.compile("no partition of relation|для строки не найдена секция")
INTEGRITY = errorcodes.INTEGRITY_CONSTRAINT_VIOLATION
CONSTRAINT_OF_A_WORKER = re.compile(r'"([^"]+)_\d+"$')
RAISED_BY = re.compile(r"PL/pgSQL\s(?:function\s)?([\w.]+)\(")


def refusing_rule(error: psycopg2.Error) -> str | None:
    """SQLSTATE, and the name of the constraint, column or function if there is one.

    None when it is no record's fault. A message is no part of it, since it may quote the record.
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
