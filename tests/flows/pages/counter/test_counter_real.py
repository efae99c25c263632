"""The clerk's way with everything real: engine, processes, store, browser. ``PICTURES_TO=folder``
in the environment keeps what the screens show, at the sizes of a desk, a large screen and a tablet.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from flows.counter import today
from flows.desk.desk import Desk
from flows.outputs import prepare
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.status import Status
from pipeline.store.cases import open_store
from pipeline.store.objects import open_objects
from tests.flows.desk.conftest import Counter
from tests.flows.desk.papers import Scans
from tests.flows.pages.counter.conftest import Clerk
from tests.flows.pages.counter.serving import Served
from tests.flows.pages.counter.test_counter_page import check_accessible

CASE = Path(__file__).parents[4] / "samples" / "inbox" / "b04-grade-three"
SIZES = {"desk": (1366, 768), "large": (1920, 1080), "tablet": (820, 1180)}

pytestmark = [pytest.mark.engine, pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Served]:
    settings, out = Settings(), tmp_path / "out"
    prepare(out)
    objects = open_objects(None, out / "objects", settings.cache)
    with (
        open_store(settings, out) as store,
        Desk(settings, out, store, objects, today=today) as desk,
    ):
        desk.warm.warm()
        made = Served(Counter(settings, out, store, objects, Scans(tmp_path), desk))
        made.start()
        yield made
        made.stop()


def test_from_files_to_the_notice_with_the_real_engine(browser: Browser, real: Served) -> None:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", has_touch=True
    )
    context.add_init_script("window.print = () => document.documentElement.dataset.printed = 'yes'")
    clerk = Clerk(context.new_page(), real)
    page = clerk.page
    draft = clerk.begin("M2")
    picture(clerk, "checklist")
    clerk.hand_in(*sorted(CASE.glob("*.jpg")))
    page.wait_for_selector("#papers .paper", timeout=300_000)  # the first, while others are read
    page.wait_for_selector("#answer[data-state=incomplete]", timeout=300_000)
    expect(page.locator("#answer")).to_contain_text("残疾等级不是一级、二级")
    expect(page.locator("#papers h3")).to_have_count(4)
    picture(clerk, "answer")
    page.locator("#papers").get_by_role("button", name="打开内容").first.click()
    expect(page.locator("#papers .edit").first).to_be_attached()
    picture(clerk, "opened")
    check_accessible(page)
    with context.expect_page() as opened:
        page.get_by_role("link", name="打印一次性告知书").click()
    notice = opened.value
    expect(notice.locator("html")).to_have_attribute("data-printed", "yes")
    expect(notice.locator("body")).to_contain_text("残疾")
    notice.close()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_have_text("已提交", timeout=60_000)
    row = real.counter.store.find_case(draft)
    assert row is not None
    assert row.record is not None, (row.state, row.trouble)
    assert Record.from_json(row.record).status == Status.INCOMPLETE
    assert (clerk.errors, clerk.strange) == ([], [])
    context.close()


def picture(clerk: Clerk, name: str) -> None:
    """Keep what the screen shows at each size, where somebody asked for it."""
    folder = os.environ.get("PICTURES_TO")
    if folder is None:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        clerk.page.set_viewport_size({"width": width, "height": height})
        clerk.page.evaluate("scrollTo(0, 0)")
        clerk.page.wait_for_timeout(600)
        clerk.page.screenshot(path=f"{folder}/counter-{name}-{size}.png")
    clerk.page.set_viewport_size({"width": 1366, "height": 768})
