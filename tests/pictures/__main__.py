"""Draws all pictures into `docs/pictures`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.dashboard.browser import Reader, chromium
from tests.pictures import scenes, terminal
from tests.pictures.clock import Clock, log_stamped_by

PROJECT = Path(__file__).resolve().parents[2]
PICTURES = PROJECT / "docs" / "pictures"
DESKTOP = {"viewport": {"width": 800, "height": 600}}
PHONE = {"viewport": {"width": 375, "height": 667}}
SCREEN = {"viewport": {"width": 1280, "height": 800}}
LETTERS = {
    "letter": ("en", "letter", DESKTOP),
    "letter-phone": ("en", "letter", PHONE),
    "letter-warning": ("en", "letter-warning", DESKTOP),
    "letter-failed": ("en", "letter-failed", DESKTOP),
    "letter-ru": ("ru", "letter", DESKTOP),
    "letter-ru-phone": ("ru", "letter", PHONE),
}
# The period, and whether it is day or night.
DASHBOARDS = {
    "dashboard": ("en", "28", "light"),
    "dashboard-dark": ("en", "90", "dark"),
    "dashboard-ru": ("ru", "28", "light"),
}


def draw() -> None:
    clock = Clock(scenes.GOOD)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        directory.chmod(0o711)  # as root the embedded server is another user, who must enter it
        with log_stamped_by(clock):
            terminal.picture(PICTURES / "demo.svg", directory / "demo", clock)
            files = {one: scenes.play(directory / one, clock, one) for one in ("en", "ru")}
        with chromium() as browser:  # its event loop bears no other beside it
            for picture, (language, letter, options) in LETTERS.items():
                page = Reader(browser, files[language][letter], **options).page
                page.screenshot(path=PICTURES / f"{picture}.png", full_page=True)
            for picture, (language, period, scheme) in DASHBOARDS.items():
                looks = {**SCREEN, "color_scheme": scheme}
                reader = Reader(browser, files[language]["dashboard"], **looks)
                reader.press(period)
                shoot_upper_half(reader.page, PICTURES / f"{picture}.png")
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size / 1000:.0f} kB")


def shoot_upper_half(page: Page, picture: Path) -> None:
    """From the figures at the top to the hours and weekdays: the rest are tables."""
    tasks = page.locator("section:has(#tasks-title)").bounding_box()
    assert tasks is not None
    clip = {"x": 0, "y": 0, "width": 1280, "height": tasks["y"]}
    page.screenshot(path=picture, full_page=True, clip=clip)


if __name__ == "__main__":
    draw()
