"""The counter beside its promises: what an answer costs beyond reading, how soon a paper is shown
after it was read, and how much a batch beside it slows a case.

Everything is real: engine, processes, store, server-side of the page. Only the browser is left out.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest
from PIL import Image

from flows.counter import today
from flows.desk.desk import Desk
from flows.telling import PageTold
from pipeline.settings import load_settings
from pipeline.store.cases import open_store
from pipeline.store.drafts import Draft
from pipeline.store.objects import open_objects

ROOT = Path(__file__).parents[2]
PAPERS = sorted((ROOT / "samples" / "papers").glob("*.jpg"))
FIVE = 5
ROUNDS = 3


def fresh(folder: Path, number: int) -> list[Path]:
    """Five papers whose bytes nothing has read yet: the specimens, each written anew with a
    comment of its own (pixels as they are)."""
    made = []
    for path in PAPERS[:FIVE]:
        target = folder / f"{number}-{path.name}"
        with Image.open(path) as picture:
            picture.save(target, quality="keep", comment=f"{number}".encode(), dpi=(300, 300))
        made.append(target)
    return made


def time_case(desk: Desk, files: list[Path]) -> float:
    """Seconds from the first file until all are read and the answer stands."""
    began = time.perf_counter()
    draft = desk.begin("bench", None)
    draft = desk.say(draft, {"request": {"matters": ["M2", "M4"], "channel": "window"}})
    for file in files:
        desk.files.put(draft, file.name, file)
    while desk.stand(draft).waits:
        time.sleep(0.05)
    return time.perf_counter() - began


def answer_seconds(desk: Desk, draft: Draft) -> float:
    began = time.perf_counter()
    stand = desk.stand(draft)
    assert not stand.waits
    return time.perf_counter() - began


@pytest.mark.bench
@pytest.mark.engine
@pytest.mark.timeout(1800)
def test_counter(tmp_path: Path) -> None:
    settings = load_settings()
    out = tmp_path / "out"
    objects = open_objects(settings.objects, out / "objects", settings.cache)
    told: dict[str, list[float]] = {}
    with (
        open_store(settings, out) as store,
        Desk(settings, out, store, objects, today=today) as desk,
    ):
        hear = desk.warm._hear

        def timed(page: PageTold) -> None:
            heard = time.perf_counter()
            hear(page)
            told.setdefault(page.sha256, []).append(time.perf_counter() - heard)

        desk.warm._ear._heard = timed
        desk.warm.warm()
        time_case(desk, fresh(tmp_path, 0))  # models load, code is read
        alone = [time_case(desk, fresh(tmp_path, n)) for n in range(1, ROUNDS + 1)]
        drafts = desk.open_drafts("bench")
        answers = sorted(answer_seconds(desk, draft) for draft in drafts for _ in range(5))
        with batch_beside(tmp_path):
            beside = [time_case(desk, fresh(tmp_path, 100 + n)) for n in range(ROUNDS)]
    shown = sorted(seconds for times in told.values() for seconds in times)
    print(f"\nfive papers, warm, from the first file to the answer: {median(alone):.2f} s")  # noqa: T201
    print(f"everything but reading: median {median(answers):.3f} s, worst {answers[-1]:.3f} s")  # noqa: T201
    print(f"a page told to its draft: median {median(shown):.4f} s, worst {shown[-1]:.4f} s")  # noqa: T201
    print(f"a batch beside it: {median(beside):.2f} s, {median(beside) / median(alone):.2f} times")  # noqa: T201


@contextmanager
def batch_beside(folder: Path) -> Iterator[None]:
    """``yijianshi run`` over many papers, reading with as many processes as cores."""
    inbox = folder / "inbox"
    for number in range(40):
        case = inbox / f"{number:03}"
        case.mkdir(parents=True)
        for made in fresh(folder, 1000 + number):
            shutil.move(made, case / made.name)
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.run_batch", inbox, folder / "batch"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 900
        while not any((folder / "batch" / "pictures").glob("*.jpg")):  # it reads
            assert run.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
        yield
        assert run.poll() is None, "the batch ended before the cases did"
    finally:
        os.killpg(run.pid, signal.SIGINT)
        run.wait(60)
