"""Writes the dashboard: template, style, scripts and data in one file that needs no network."""

from __future__ import annotations

import errno
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from etl.dashboard.data import course_names, page_data
from etl.models.errors import Problem, ReportError, Stage
from etl.models.figures import FEW_SUBMITS, SPANS, JournalRow, PageFigures
from etl.models.files import PUBLIC, replacing, target_of
from etl.models.peers import root_cause
from etl.models.window import day_ranges
from etl.texts import Catalogue

ROOM = Path(__file__).parent
LIBRARY = ROOM / "vendor" / "chart.umd.min.js"
SCRIPTS = ("figures.js", "tables.js", "dashboard.js")

PAGES = Environment(
    loader=FileSystemLoader(ROOM),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# `tojson` escapes `<`, `>`, `&` and `'`, so no text can end the element that holds it.
PAGES.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}


class Dashboard:
    """A writer of the dashboard, the HTML page `file` in the language of `catalogue`."""

    def __init__(self, file: Path, catalogue: Catalogue) -> None:
        self._file = file
        self._catalogue = catalogue

    def check(self) -> str:
        """Returns a sentence for people if the page can be written, else raises `ReportError`."""
        with _unwritable(self._file):
            file = target_of(self._file)
            folder = next((one for one in file.parents if one.exists()), file)
            code = errno.EISDIR if file.is_dir() else 0 if folder.is_dir() else errno.ENOTDIR
            if code or not os.access(folder, os.W_OK | os.X_OK):
                raise OSError(code, os.strerror(code or errno.EACCES))
        then = "" if folder == file.parent else "; a run makes its folder"
        return f"{self._file} can be written{then}"

    def write(self, read: Callable[[], PageFigures], made_at: datetime) -> str:
        """Writes a page of the figures that `read` returns, with the moment `made_at`.

        Returns the page's path and size as a text. Raises `ReportError` if the file cannot be
        written; the old file then stays as it was.
        """
        page = compose_page(read(), self._catalogue, made_at=made_at).encode("utf-8")
        with _unwritable(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._file, PUBLIC) as stream:
                stream.write(page)
        return f"{self._file}, {len(page):,} bytes"


@contextmanager
def _unwritable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        cause = root_cause(error)
        raise ReportError(Problem.DASHBOARD_UNWRITABLE, file=file, cause=cause) from error


def compose_page(figures: PageFigures, catalogue: Catalogue, *, made_at: datetime) -> str:
    """Returns the dashboard as HTML, which shows the aware moment `made_at` in its time zone."""
    style = (ROOM / "dashboard.css").read_text("utf-8")
    called = course_names(figures)
    courses = sorted(figures.courses, key=lambda one: called[one.course])
    figures = replace(figures, courses=courses)
    # Without its last line, for which developer tools would ask for another file.
    library, _, _ = LIBRARY.read_text("utf-8").partition("//# sourceMappingURL=")
    scripts = [library, "".join((ROOM / name).read_text("utf-8") for name in SCRIPTS)]
    return PAGES.get_template("template.html.jinja").render(
        t=catalogue,
        w=catalogue.dashboard,
        figures=figures,
        made_at=made_at,
        few_submits=FEW_SUBMITS,
        spans=SPANS,
        few_courses=0 < len(courses) < len(called),  # the page has no room for some
        course_names=called,
        gaps=day_ranges(figures.unloaded),
        cause_of=_cause_of,
        data=page_data(figures, catalogue) if figures.days else None,
        style=Markup(style),  # noqa: S704 - our own files, without a closing tag: a test looks
        scripts=[Markup(script) for script in scripts],  # noqa: S704
        hash_of=_hash,
    )


def _cause_of(catalogue: Catalogue, run: JournalRow) -> str:
    """Returns stage and cause of a failed run; rows of older versions have the cause in English."""
    if not run.failed_stage:
        return ""
    sentences = (run.failure or {}).get("what_happened", {})
    sentence = sentences.get(catalogue.language) or (run.error or "").partition("\n")[0]
    return f"{catalogue.stages[Stage(run.failed_stage)]}: {sentence}"


def _hash(text: str) -> str:
    """Returns the hash by which a Content-Security-Policy lets this text run (CSP 3, 2.3.1)."""
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")
