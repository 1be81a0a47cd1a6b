"""The page as a file: what is in it, what must not be, and how it gets onto the disk."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from etl.dashboard.page import LIBRARY, SCRIPTS, Dashboard, compose_page
from etl.models.errors import Problem, ReportError
from etl.models.figures import PageFigures, Students
from etl.texts import EN
from tests.dashboard import campus
from tests.dashboard.conftest import MADE_AT, Loaded

ROOM = LIBRARY.parents[1]
EMPTY = PageFigures((), Students((), {}, {}, (), ()), (), {}, {}, (), (), ())


SCRIPT, STYLE = (
    re.compile(rf"<{one}\b[^>]*>(.*?)</{one}>", re.DOTALL) for one in ("script", "style")
)


def values(page: str, attribute: str) -> list[str]:
    """Those that the attribute has, in scripts and styles apart."""
    bare = STYLE.sub("", SCRIPT.sub("", page))
    return re.findall(rf'\s{attribute}="([^"]*)"', bare)


@pytest.fixture(params=["ru", "en"])
def page(request: pytest.FixtureRequest, loaded: Loaded) -> str:
    return loaded.pages[request.param].read_text("utf-8")


def test_no_student_is_in_it(loaded: Loaded, page: str) -> None:
    students = campus.students_of(loaded.attempts)
    assert len(students) > 30
    assert [student for student in students if student in page or student[:16] in page] == []


def test_what_people_sent_ends_no_script(page: str) -> None:
    data, *scripts = SCRIPT.findall(page)
    assert len(scripts) == 2
    assert campus.HOSTILE in [task for _, task in json.loads(data)["tasks"]]
    assert "</" not in data
    assert "<!--" not in page.replace(LIBRARY.read_text("utf-8"), "")


def test_only_its_own_style_and_scripts_may_run_and_nothing_may_be_asked_for(page: str) -> None:
    (policy,) = [one for one in values(page, "content") if "default-src" in one]
    rules = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["style-src"].split() == [hashed(text) for text in STYLE.findall(page)]
    assert rules["script-src"].split() == [hashed(text) for text in SCRIPT.findall(page)[1:]]
    assert "unsafe" not in policy
    assert set(rules) == {"default-src", "style-src", "script-src", "base-uri", "form-action"}


def hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode()}'"


def test_it_refers_to_nothing_outside_of_itself(page: str) -> None:
    assert all(address.startswith("#") for address in values(page, "href"))
    for attribute in ("src", "style", "onclick"):
        assert values(page, attribute) == []
    assert "sourceMappingURL" not in page


def test_every_label_and_description_leads_somewhere(page: str) -> None:
    ids = values(page, "id")
    assert len(ids) == len(set(ids)) > 20
    led = [*values(page, "aria-labelledby"), *(one[1:] for one in values(page, "href"))]
    assert set(led) <= set(ids)


def test_a_page_without_data_says_so() -> None:
    page = compose_page(EMPTY, EN, made_at=MADE_AT)
    assert EN.dashboard["empty"] in page
    assert not SCRIPT.search(page)


def test_every_word_is_used() -> None:
    room = [ROOM / name for name in (*SCRIPTS, "template.html.jinja")]
    text = "".join(path.read_text("utf-8") for path in room)
    used = set(re.findall(r"\b(?:w|words)\.(\w+)", text)) | {
        f"{name}_by" for name in ("attempts", "students", "success")
    }
    assert set(EN.dashboard) == used


def test_the_chart_library_is_the_published_one() -> None:
    told = (ROOM / "vendor" / "README.md").read_text("utf-8")
    digest = sha256(LIBRARY.read_bytes()).hexdigest()
    (line,) = [line for line in told.splitlines() if LIBRARY.name in line]
    assert digest in line
    version = re.search(r"Chart\.js v([\d.]+)", LIBRARY.read_text("utf-8"))
    assert version is not None
    assert version.group(1) in line


def test_no_file_of_ours_ends_the_element_that_holds_it() -> None:
    for name in (*SCRIPTS, "dashboard.css", "vendor/chart.umd.min.js"):
        text = (ROOM / name).read_text("utf-8")
        assert not re.search(r"</(script|style)|<!--", text, re.IGNORECASE), name


def test_a_page_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "new" / "dashboard.html"
    dashboard = Dashboard(file, EN)
    assert dashboard.check() == f"{file} can be written; a run makes its folder"
    assert not file.parent.exists()
    told = dashboard.write(lambda: EMPTY, MADE_AT)
    before = file.read_text("utf-8")
    assert f"{len(before.encode()):,} bytes" in told
    with pytest.raises(ZeroDivisionError):
        dashboard.write(lambda: 1 // 0, MADE_AT)
    assert file.read_text("utf-8") == before
    assert list(file.parent.iterdir()) == [file]
    assert dashboard.check() == f"{file} can be written"


@pytest.mark.parametrize("obstacle", [Path.mkdir, Path.touch], ids=["a folder", "below a file"])
def test_what_cannot_be_written_is_shown_and_leaves_nothing(
    tmp_path: Path, obstacle: Callable[[Path], None]
) -> None:
    with pytest.raises(ReportError):
        Dashboard(Path("/"), EN).check()
    place = tmp_path / "place"
    obstacle(place)
    file = place if place.is_dir() else place / "dashboard.html"
    dashboard = Dashboard(file, EN)
    for attempt in (dashboard.check, lambda: dashboard.write(lambda: EMPTY, MADE_AT)):
        with pytest.raises(ReportError) as caught:
            attempt()
        assert caught.value.problem is Problem.DASHBOARD_UNWRITABLE
        assert str(file) in str(caught.value)
    assert list(tmp_path.iterdir()) == [place]
