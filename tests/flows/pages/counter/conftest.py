"""The counter in a real Chromium, over scans whose reading is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError

from flows.outputs import prepare
from tests.flows.desk.conftest import Counter, counter
from tests.flows.pages.counter.serving import Served

__all__ = ["counter"]

DESK_SCREEN = {"width": 1366, "height": 768}


@pytest.fixture
def served(counter: Counter) -> Iterator[Served]:
    prepare(counter.out)
    made = Served(counter)
    made.start()
    yield made
    made.stop()


class Clerk:
    """A clerk before the page: what she sees, presses and hands in."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page, self.served = page, served
        self.errors: list[str] = []
        self.strange: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._look)
        page.on("dialog", lambda dialog: dialog.accept())

    def _look(self, request: object) -> None:
        url = getattr(request, "url", "")
        if not url.startswith((self.served.url, "data:", "blob:")):
            self.strange.append(url)

    def begin(self, *matters: str) -> str:
        """A new application with these matters; its id."""
        self.page.goto(f"{self.served.url}/counter")
        self.page.get_by_role("button", name="新的申请").click()
        for code in matters:
            self.page.check(f"input[name=matters][value={code}]")
        self.page.wait_for_selector("#guide:not([hidden])" if matters else "#answer")
        return self.page.url.rpartition("/")[2]

    def hand_in(self, *files: Path) -> None:
        """Choose files on this machine."""
        self.page.set_input_files("#pick", list(map(str, files)))

    def wait_for(self, state: str) -> None:
        """Until the answer is this."""
        with suppress(TimeoutError):
            self.page.wait_for_selector(f"#answer[data-state={state}]", timeout=60_000)
        assert self.page.get_attribute("#answer", "data-state") == state, self.page.inner_text(
            "#answer"
        )

    @property
    def sentence(self) -> str:
        return self.page.inner_text("#sentence")


@pytest.fixture
def clerk(browser: Browser, served: Served) -> Iterator[Clerk]:
    context = browser.new_context(viewport=DESK_SCREEN, locale="zh-CN")  # type: ignore[arg-type]
    context.add_init_script("window.print = () => document.documentElement.dataset.printed = 'yes'")
    made = Clerk(context.new_page(), served)
    yield made
    context.close()
    assert made.errors == []
    assert made.strange == []  # no request leaves the host
