"""What the pages show, for the README: a draft at the counter, the reviewers' queue, and a case.

Over a copy of a run's results, so that nothing is added to them; persons are those of our own
specimens (样本).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from flows.counter import today
from flows.desk.desk import Desk
from flows.pages import passwords
from flows.pages.app import create_app
from flows.pages.context import PageContext
from pipeline.settings import load_settings
from pipeline.store import people
from pipeline.store.cases import Store, open_store
from pipeline.store.objects import open_objects
from pipeline.store.people import Account, Role
from tests.flows.pages.browser import SIZES, serving, visiting
from tools.browser import FLAGS, with_fonts

CASES = Path(__file__).parents[1] / "samples" / "inbox"
HANDED_IN = "b04-grade-three"
"""Whose files the clerk hands in."""
REVIEWED = "c01-number-wrong"
"""The case that the reviewer looks at."""
PEOPLE = (
    Account(name="picture-clerk", display_name="样本窗口", role=Role.CLERK, window="3 号窗口"),
    Account(name="picture-reviewer", display_name="样本复核", role=Role.REVIEWER),
)
PATIENCE_MS = 300_000
FLIGHT_MS = 1500
"""The paper moves to the field in focus for a moment."""


def show_pages(browser: Path, out: Path, folder: Path) -> Iterator[Path]:
    """Pictures of the pages over the results in ``out``, made in ``folder``, each in two sizes."""
    copy = folder / "out"
    shutil.copytree(out, copy)
    settings = load_settings().model_copy(update={"database_url": None, "objects": None})
    store = open_store(settings, copy)
    objects = open_objects(None, copy / "objects", settings.cache)
    password = _let_in(store)
    with Desk(settings, copy, store, objects, today=today) as desk:
        app = create_app(PageContext(settings, store, objects, copy, desk))
        with serving(app) as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=str(browser),
                args=[*FLAGS, "--lang=zh-CN"],
                env={**with_fonts(folder), "LANGUAGE": "zh_CN"},
            )
            expect.set_options(timeout=PATIENCE_MS)
            for size in SIZES.values():
                for account, show in zip(PEOPLE, (_counter, _review), strict=True):
                    with visiting(chromium, address, size) as (context, page):
                        context.set_default_timeout(PATIENCE_MS)
                        _log_in(page, account, password)
                        for shown in show(page):
                            path = folder / f"{shown}-{size[0]}.png"
                            page.screenshot(path=path)
                            yield path
            chromium.close()


def _let_in(store: Store) -> str:
    password = passwords.new_password()
    with store.begin() as connection:
        for account in PEOPLE:
            people.add_account(connection, account, passwords.hash_password(password))
    return password


def _log_in(page: Page, account: Account, password: str) -> None:
    page.goto("/login")
    page.get_by_label("登录名").fill(account.name)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: not url.endswith("/login"))


def _counter(page: Page) -> Iterator[str]:
    page.goto("/counter")
    page.get_by_role("button", name="新的申请").click()
    page.check("input[name=matters][value=M2]")
    page.wait_for_selector("#guide:not([hidden])")
    page.set_input_files("#pick", sorted((CASES / HANDED_IN).glob("*.jpg")))
    page.wait_for_selector("#answer[data-state=incomplete]")
    expect(page.locator("#files .busy")).to_have_count(0)
    expect(page.locator("#uploads li")).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_load_state("load")
    yield "counter"


def _review(page: Page) -> Iterator[str]:
    page.goto("/review")
    expect(page.locator("main")).to_contain_text(REVIEWED)
    yield "queue"
    page.goto(f"/review/cases/{REVIEWED}")
    claim = page.get_by_role("button", name="认领并开始复核")
    if claim.count():
        claim.click()
    page.wait_for_selector("html[data-flown]")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(FLIGHT_MS)
    yield "case"
