"""The pictures of the README: pages that people see, as a headless browser shows them.

``python -m tools.make_pictures OUT docs/pictures`` takes the report and a notice from OUT, a run of
``samples/inbox``, looks at one of our own specimens, and has the pages show a draft, the queue and
a case (:mod:`tools.page_pictures`). Needs Chromium (``make browser``) and the model files. ``make
pictures`` does all of it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from flows.cli import run_command
from tools.browser import FLAGS, find_chromium, with_fonts
from tools.page_pictures import show_pages

ROOT = Path(__file__).parents[1]
HEADLESS = ("--headless", *FLAGS, "--hide-scrollbars")
OPEN_CASE = "d03-name-online"
"""The case that is unfolded on the report's picture."""
NOTICE = "b02-booklet-missing"
SPECIMEN = ROOT / "samples" / "papers" / "hukou_office_00.jpg"
WIDE_PX = 1100
"""Width of a picture in the README."""
COLOURS = 256
LARGEST_BYTES = 300_000


def main(out: Path, to: Path) -> int:
    """Make all pictures; an exit code."""
    browser = find_chromium()
    if browser is None:
        sys.stderr.write("需要 Chromium：请运行 make browser\n")
        return 4
    if not (out / "report.html").exists():
        sys.stderr.write(f"{out} 里没有 report.html：请先运行 make run\n")
        return 3
    to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        look = ["look", str(SPECIMEN), "--to", str(folder / "look"), "--html"]
        if code := run_command(look):
            return code
        pages = {
            "report.png": (_unfolded(out), (1366, 1120)),
            "notice.png": (out / "notices" / f"{NOTICE}.html", (900, 1130)),
            "look.png": (folder / "look" / "index.html", (1366, 1180)),
        }
        for picture, (page, size) in pages.items():
            _show(browser, page, size, folder / picture)
            _small(folder / picture, to / picture)
        for shown in show_pages(browser, out, folder):
            _small(shown, to / shown.name)
    return 0


def _unfolded(out: Path) -> Path:
    """A copy of the report, beside it, with this one case unfolded."""
    page = (out / "report.html").read_text(encoding="utf-8").replace('" open>', '">')
    before, case, after = page.partition(f'<span class="id">{OPEN_CASE}</span>')
    at = before.rindex("<details") + len("<details")
    copy = out / "report-unfolded.html"
    copy.write_text(f"{before[:at]} open{before[at:]}{case}{after}", encoding="utf-8")
    return copy


def _show(browser: Path, page: Path, size: tuple[int, int], picture: Path) -> None:
    with TemporaryDirectory() as profile:
        subprocess.run(
            [
                str(browser),
                *HEADLESS,
                f"--user-data-dir={profile}",
                f"--window-size={size[0]},{size[1]}",
                f"--screenshot={picture}",
                page.resolve().as_uri(),
            ],
            check=True,
            capture_output=True,
            env=with_fonts(Path(profile)),
            timeout=120,
        )


def _small(shown: Path, picture: Path) -> None:
    """The picture as it is committed: narrower, of few colours."""
    with Image.open(shown) as image:
        full = image.convert("RGB")
    if full.width > WIDE_PX:
        full = full.resize(
            (WIDE_PX, round(full.height * WIDE_PX / full.width)), Image.Resampling.LANCZOS
        )
    full.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE).save(picture, optimize=True)
    sys.stderr.write(f"{picture} {picture.stat().st_size}\n")
    if picture.stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{picture} is larger than {LARGEST_BYTES} bytes")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
