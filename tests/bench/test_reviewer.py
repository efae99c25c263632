"""A simulated reviewer settles the doubts of the sample inbox as the real engine left them: keys as
a person would press them, and the server's time for each, printed and never asserted.

``OUT=folder`` is a finished ``yijianshi run samples/inbox --out folder`` (by default ``out``); it
is copied and left as it is. What the reviewer reads from the paper is what was drawn on it: the
cases are drawn again, and a case whose scans come out as the inbox has them tells its truth.
A Chinese character is one key: what an input method takes for it is not the page's.
"""

from __future__ import annotations

import difflib
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from flows.counter import today
from flows.desk.desk import Desk
from flows.pages.app import create_app
from flows.pages.context import PageContext
from flows.pages.passwords import hash_password
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.store import people
from pipeline.store.cases import STORE_FILE, Store
from pipeline.store.objects import FolderObjects
from pipeline.store.people import Account, Role
from samples.draw import Drawn
from samples.folder import Folder
from samples.fonts import Shelf
from samples.inbox import CASES, SEED
from tests.flows.pages.browser import running_browser, serving, visiting

ROOT = Path(__file__).parents[2]
INBOX = ROOT / "samples" / "inbox"
PASSWORD = "correct horse battery"
DOUBTS = int(os.environ.get("DOUBTS", "100"))

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]


class Recorded(Folder):
    """A case in the making that remembers its faces."""

    def __init__(self, case_id: str, shelf: Shelf) -> None:
        super().__init__(case_id, SEED, shelf)
        self.faces: list[Drawn] = []

    def scan(self, name: str, face: Drawn) -> None:
        self.faces.append(face)
        super().scan(name, face)

    def photo(self, name: str, face: Drawn, long_side: int = 1920) -> None:
        self.faces.append(face)
        super().photo(name, face, long_side)

    def page(self, *faces: Drawn, **options: Any) -> Any:
        self.faces += faces
        return super().page(*faces, **options)


@cache
def drawn(case_id: str) -> list[Drawn]:
    """The faces of a case; none where its scans are not those of the inbox."""
    folder = Recorded(case_id, Shelf.system())
    CASES[case_id](folder)
    kept = INBOX / case_id
    same = folder.zipped or all(
        (kept / name).read_bytes() == data for name, data in folder.files.items()
    )
    return folder.faces if same else []


def truth(faces: list[Drawn], kind: str, name: str, machine: str) -> str | None:
    """What stands on the paper: of several of its kind the one that the machine came nearest to."""
    said = {
        face.fields[name]
        for face in faces
        if face.name.split("_")[0] == kind.split("_")[0] and name in face.fields
    }
    return max(
        said, key=lambda text: difflib.SequenceMatcher(None, text, machine).ratio(), default=None
    )


@dataclass
class Tally:
    """Keys and milliseconds of each doubt, by what kind of doubt it was."""

    keys: dict[str, list[int]] = field(default_factory=dict)
    server_ms: list[float] = field(default_factory=list)

    def note(self, kind: str, keys: int, answer: Response) -> None:
        self.keys.setdefault(kind, []).append(keys)
        timing = answer.request.timing
        self.server_ms.append(timing["responseStart"] - timing["requestStart"])

    @property
    def count(self) -> int:
        return len(self.server_ms)


@contextmanager
def office(folder: Path) -> Iterator[tuple[str, Store]]:
    """The pages over a result folder, with a reviewer."""
    settings = Settings(sample_rate=0.0)
    objects = FolderObjects(folder / "objects")
    with (
        Store(folder / STORE_FILE) as store,
        Desk(settings, folder, store, objects, today=today) as desk,
    ):
        with store.begin() as connection:
            account = Account(name="bench", display_name="bench", role=Role.REVIEWER)
            people.add_account(connection, account, hash_password(PASSWORD))
        app = create_app(PageContext(settings, store, objects, folder, desk))
        with serving(app) as address:
            yield address, store


def test_a_hundred_doubts(tmp_path: Path) -> None:
    out = Path(os.environ.get("OUT") or ROOT / "out")
    if not (out / STORE_FILE).is_file():
        pytest.skip(f"no finished run in {out}: make run")
    tally = Tally()
    rounds = 0
    with running_browser() as browser:
        while tally.count < DOUBTS:
            rounds += 1
            folder = tmp_path / f"out{rounds}"
            shutil.copytree(out, folder)
            with office(folder) as (address, store), visiting(browser, address) as (_, page):
                page.goto("/login")
                page.get_by_label("登录名").fill("bench")
                page.get_by_label("口令").fill(PASSWORD)
                page.get_by_role("button", name="登录").click()
                page.wait_for_url(lambda url: not url.endswith("/login"))
                page.goto("/review")
                before = tally.count
                settle_all(page, store, tally)
                assert tally.count > before, "nothing to settle"
    report(tally, rounds)


def settle_all(page: Page, store: Store, tally: Tally) -> None:
    """Take case after case until there is none, or there were enough doubts."""
    page.get_by_role("button", name="下一件").click()
    while tally.count < DOUBTS:
        page.wait_for_load_state()
        if "/review/cases/" not in page.url:
            return
        case_id = page.locator("#main").get_attribute("data-case") or ""
        faces = drawn(case_id)
        row = store.find_case(case_id)
        assert row is not None and row.record is not None
        types = {d.id: d.type for d in Record.from_json(row.record).documents}
        expect(page.locator("#main[data-ready=yes] .work[data-mine=yes]")).to_be_visible()
        while tally.count < DOUBTS and (item := current(page)) is not None:
            settle(page, item, faces, types, tally)
        if tally.count >= DOUBTS:
            return
        page.keyboard.press("Enter")  # the next case
        page.wait_for_function(
            "now => document.querySelector('#main')?.dataset.case !== now", arg=case_id
        )


def current(page: Page) -> dict[str, Any] | None:
    """What the page asks now, as its script has it; None where it asks nothing more."""
    asked: dict[str, Any] | None = page.evaluate(
        """() => {
          const article = document.querySelector('article.item:not([hidden])');
          const data = JSON.parse(article.dataset.item);
          return data.key ? data : null;
        }"""
    )
    return asked


def settle(
    page: Page, item: dict[str, Any], faces: list[Drawn], types: Mapping[str, str], tally: Tally
) -> None:
    """Settle what is in focus with as few keys as a person needs who sees the paper."""
    kind, keys = plan(item, faces, types)
    with page.expect_response(lambda answer: answer.url.endswith("/decide")) as answered:
        for key in keys:
            if len(key) == 1 and not key.isascii():
                page.keyboard.insert_text(key)
            else:
                page.keyboard.press(key)
    answer = answered.value
    answer.finished()
    assert answer.ok, (item, answer.text())
    page.wait_for_function("!document.getElementById('main').classList.contains('busy')")
    tally.note(kind, len(keys), answer)


def plan(
    item: dict[str, Any], faces: list[Drawn], types: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """What kind of doubt it is, and the keys that settle it."""
    if not item["is_field"]:
        return "a question of the rules", ("Enter",)
    _, document, name = item["key"].split("-", 2)
    machine = item["value"]
    true = truth(faces, types.get(document, ""), name, machine)
    if not machine and not true:
        return "not to be read", ("F2",)
    if true is None or true == machine:
        return "the machine was right", ("Enter",)
    texts = [machine, *item["alternatives"]]
    if true in texts:
        downs = texts.index(true)
        ways = (("ArrowDown",) * downs, ("ArrowUp",) * (len(texts) - downs), (f"Alt+{downs}",))
        return "among the alternatives", (*min(ways[:2] if downs > 5 else ways, key=len), "Enter")
    if machine and selected(item, machine, true):
        return "one wrong character", (true[weakest(item)], "Enter")
    return "typed", (*("Control+a", *true), "Enter")


def weakest(item: dict[str, Any]) -> int:
    """Where the character stands that the page selects; -1 where it selects none."""
    unsure = sorted(item["unsure"], key=lambda char: char["score"])
    return int(unsure[0]["at"]) if unsure else -1


def selected(item: dict[str, Any], machine: str, true: str) -> bool:
    """Whether the character that the page selects is the only one that is wrong."""
    at = weakest(item)
    return (
        0 <= at < len(machine) == len(true) and machine[:at] + true[at] + machine[at + 1 :] == true
    )


def report(tally: Tally, rounds: int) -> None:
    lines = [f"{tally.count} doubts of the sample inbox, {rounds} rounds"]
    for kind, keys in sorted(tally.keys.items()):
        spread = ", ".join(f"{n}: {times}x" for n, times in sorted(Counter(keys).items()))
        lines.append(f"  {kind:26} {len(keys):4}   keys {spread}")
    every = [n for keys in tally.keys.values() for n in keys]
    lines.append(f"  keys a doubt: median {median(every):.0f}, mean {sum(every) / len(every):.2f}")
    spent = sorted(tally.server_ms)
    lines.append(
        f"  at the server: median {median(spent):.0f} ms, worst tenth from "
        f"{spent[len(spent) * 9 // 10]:.0f} ms, worst {spent[-1]:.0f} ms"
    )
    sys.stderr.write("\n" + "\n".join(lines) + "\n")
