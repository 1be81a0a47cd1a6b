"""What can go wrong with the sheet, in English."""

from __future__ import annotations

from etl.models.errors import Problem
from etl.texts.catalogue import Sentences

SHEET_PROBLEMS = {
    Problem.SHEET_CREDENTIALS: Sentences(
        "GOOGLE_SHEETS_CREDENTIALS_BASE64 is not the base64 of a service account's JSON key.",
        "Make it again: base64 -w0 key.json (README, “Google Sheet”).",
    ),
    Problem.SHEET_LOGIN: Sentences(
        "Google does not accept the login of the service account {client_email}: {said}.",
        "Check this host's clock (timedatectl set-ntp true). If it is right, create a new key in the Google Cloud console and put it into GOOGLE_SHEETS_CREDENTIALS_BASE64.",
    ),
    Problem.SHEET_NOT_SHARED: Sentences(
        "The sheet is not shared with the service account, or not as Editor: {said}.",
        "Share the sheet with {client_email} as Editor.",
    ),
    Problem.SHEET_NOT_FOUND: Sentences(
        "Google cannot read a spreadsheet with this SPREADSHEET_ID: {said}.",
        "Copy the part between /d/ and /edit out of the sheet's address into SPREADSHEET_ID; a folder, a document, a form, a PDF or a published page will not do.",
    ),
    Problem.SHEET_OFFICE_FILE: Sentences(
        "The file with this SPREADSHEET_ID is an Excel file, which Google Sheets opens only in a browser: {said}.",
        "Open it, choose File → Save as Google Sheets, share the new sheet with the service account and put its id into SPREADSHEET_ID.",
    ),
    Problem.SHEET_API_OFF: Sentences(
        "The Google Sheets API is switched off in the service account's project: {said}.",
        "Switch it on: Google Cloud console, “APIs & Services”, “Google Sheets API”, “Enable”.",
    ),
    Problem.SHEET_TAB_MISSING: Sentences(
        "The spreadsheet has no tab “{title}”.",
        "Correct WORKSHEET_TITLE, or leave it empty for the first tab.",
    ),
    Problem.SHEET_FOREIGN_HEADER: Sentences(
        "The first row of the tab “{title}” is not ours, so nothing was written.",
        "Name an empty tab in WORKSHEET_TITLE, or give the tab this header: {expected}.",
    ),
    Problem.SHEET_PROTECTED: Sentences(
        "Cells of the tab “{title}” that the figures belong into are protected, and the service account may not edit them.",
        "Let {client_email} edit them in Data → Protect sheets and ranges, or remove the protection.",
    ),
    Problem.SHEET_REFUSED: Sentences(
        "Google refused to write the figures to the tab “{title}”: {said}.",
        "See whether cells of the tab are protected (let {client_email} edit them in Data → Protect sheets and ranges), merged, or in a table with typed columns, or whether the spreadsheet is full (10 million cells). Undo that, or name another tab in WORKSHEET_TITLE; the next run writes the missed days.",
    ),
    Problem.SHEET_UNREACHABLE: Sentences(
        "Google Sheets cannot be reached: {said}.",
        "Check that this host reaches sheets.googleapis.com. The next run writes the missed days.",
    ),
    Problem.SHEET_FOREIGN_ANSWER: Sentences(
        "Something other than Google answers in place of Google Sheets, such as a proxy.",
        "Check what stands between this host and sheets.googleapis.com: https_proxy, a firewall, GOOGLE_SHEETS_API_URL. The next run writes the missed days.",
    ),
    Problem.SHEET_QUOTA: Sentences(
        "Google asks for fewer requests: {said}.",
        "Nothing needs to be done: the next run writes the missed days. If it lasts, see who else uses this service account.",
    ),
}
