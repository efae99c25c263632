"""The keys of readings and cases: each part changes its key, what is no part does not; and what is
kept comes back only where all of it is the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from flows import case, reading
from flows.batch import Batch
from flows.case import case_key
from flows.outputs import prepare
from flows.photo_face import load_face_models
from flows.progress import Progress
from flows.reading import Reader, reading_parts
from pipeline.content_key import key_of
from pipeline.errors import DependencyError
from pipeline.finding import finding
from pipeline.intake.case import CaseFiles, list_case
from pipeline.intake.refusal import Refused
from pipeline.intake.source import SourceFile
from pipeline.ocr.weights import Weights
from pipeline.settings import Limits, Settings
from pipeline.store.cases import ONCE, CaseState, Store
from tests.flows.fake_reading import InlinePool, fake_reader, inline_batch, model_folders
from tests.pipeline.sheets.scans import noise, scanned_pdf
from validators.guide.guide import guide

DAY = date(2026, 11, 23)
FILE = SourceFile("scan.jpg", Path("scan.jpg"), sha256="ab" * 32)


# ---------------------------------------------------------------- a reading's key


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    return model_folders(tmp_path / "models")


def settings(**changes: Any) -> Settings:
    return Settings.model_validate(changes)


def key(weights: Weights, *, pictures: bool = True, **changes: Any) -> str:
    return key_of(**reading_parts(settings(**changes), weights, pictures=pictures))


@pytest.mark.parametrize(
    "changes",
    [{"engine": "paddleocr"}, {"limits": {"pages": 2}}, {"limits": {"pixels": 9_000_000}}],
    ids=str,
)
def test_a_setting_that_reads_changes_the_key(weights: Weights, changes: dict[str, Any]) -> None:
    assert key(weights, **changes) != key(weights)


@pytest.mark.parametrize(
    "changes",
    [{"workers": 7}, {"cache": "/elsewhere"}, {"limits": {"seconds": 9}}],
    ids=str,
)
def test_a_setting_that_reads_nothing_leaves_the_key(
    weights: Weights, changes: dict[str, Any]
) -> None:
    assert key(weights, **changes) == key(weights)


@pytest.mark.parametrize(
    "changed",
    [
        lambda w: replace(w, digests={**w.digests, "det": "0" * 64}),
        lambda w: replace(w, digests={**w.digests, "rec": "0" * 64}),
        lambda w: replace(w, face_digests={"mesh.tflite": "0" * 64}),
        lambda w: replace(w, face_digests={}),
    ],
    ids=["detector", "recogniser", "face model", "no face models"],
)
def test_another_model_changes_the_key(
    weights: Weights, changed: Callable[[Weights], Weights]
) -> None:
    assert key(changed(weights)) != key(weights)


def test_another_description_of_a_text_model_changes_the_key(weights: Weights) -> None:
    before = key(weights)
    (weights.recogniser / "inference.yml").write_text("other characters")
    assert key(weights) != before


def test_the_same_models_elsewhere_leave_the_key(weights: Weights, tmp_path: Path) -> None:
    assert key(model_folders(tmp_path / "elsewhere")) == key(weights)


@pytest.mark.parametrize(
    ("engine", "module", "package"),
    [
        ("openvino", "openvino_engine", "openvino"),
        ("paddleocr", "paddle", "paddleocr"),
        ("paddleocr", "paddle", "paddlex"),
        ("paddleocr", "paddle", "onnxruntime"),
    ],
)
def test_another_version_of_the_engine_changes_the_key(
    weights: Weights, engine: str, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(weights, engine=engine)
    monkeypatch.setattr(
        f"pipeline.ocr.{module}.version", lambda name: "99" if name == package else version(name)
    )
    assert key(weights, engine=engine) != before


def test_another_engine_changes_the_key(weights: Weights) -> None:
    assert key(weights, engine="paddleocr") != key(weights, engine="openvino")


def test_another_direction_classifier_changes_the_key(weights: Weights, tmp_path: Path) -> None:
    seen = {key(weights)}
    for content in (b"one", b"other"):
        (tmp_path / "cls.onnx").write_bytes(content)
        seen.add(key(replace(weights, direction=tmp_path / "cls.onnx")))
    assert len(seen) == 3


def test_a_file_read_is_told_at_once_the_largest_first(tmp_path: Path) -> None:
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for size, path in zip((40, 400), paths, strict=True):
        cv2.imwrite(str(path), np.random.default_rng(1).integers(0, 255, (size, size, 3)))
    told: list[str] = []
    with fake_reader(settings(), tmp_path / "models", Store(tmp_path / "s.sqlite")) as reader:
        readings = reader.read(
            [SourceFile(p.name, p) for p in paths], seen=lambda source, _: told.append(source.name)
        )
    assert told == ["b.png", "a.png"]
    assert [f.page.file for r in readings for f in r.faces] == ["a.png", "b.png"]


def test_another_version_of_a_decoder_changes_the_key(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(weights)
    monkeypatch.setattr(reading, "library_versions", lambda: {"pillow": "99"})
    assert key(weights) != before


def test_the_code_that_reads_is_in_the_key(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []

    def digest(*places: str) -> str:
        seen.append(places)
        return f"digest {len(seen)}"

    monkeypatch.setattr(reading, "code_digest", digest)
    assert key(weights) != key(weights)
    assert {"pipeline", "extractors", "validators.photo", "flows.photo_face"} <= set(seen[0])


def test_a_face_parser_its_card_and_its_model_change_the_key(
    weights: Weights, tmp_path: Path
) -> None:
    card, model = tmp_path / "parser.toml", tmp_path / "parser.onnx"
    text = 'model = "parser.onnx"\nside_px = 512\nmean = [0.5, 0.5, 0.5]\nstd = [0.2, 0.2, 0.2]\n'
    keys = {key(weights), key(weights, face_parser=card)}  # none, and one that is not there
    card.write_text(f"{text}[classes]\near = [7]\n")
    model.write_bytes(b"one")
    keys.add(key(weights, face_parser=card))
    assert key(weights, face_parser=card) in keys
    model.write_bytes(b"two")
    keys.add(key(weights, face_parser=card))
    card.write_text(f"{text}[classes]\near = [8]\n")
    keys.add(key(weights, face_parser=card))
    assert len(keys) == 5


def test_nothing_is_read_when_the_face_parser_cannot_be_used(tmp_path: Path) -> None:
    """Said once and at once (exit code 4): the photos would go unchecked in the children."""
    named = settings(face_parser=tmp_path / "parser.toml")
    with pytest.raises(DependencyError, match="人脸分区模型") as raised:
        fake_reader(named, tmp_path, Store(tmp_path / "s.sqlite"))
    assert "YIJIANSHI_FACE_PARSER" in raised.value.hint
    assert raised.value.exit_code == 4
    with pytest.raises(DependencyError, match="人脸分区模型"):
        load_face_models(named)


def test_pictures_beside_a_reading_are_in_its_key(weights: Weights) -> None:
    assert key(weights, pictures=True) != key(weights, pictures=False)


def test_bytes_and_kind_of_a_file_are_in_its_key_and_its_name_is_not(tmp_path: Path) -> None:
    reader = fake_reader(settings(), tmp_path, Store(tmp_path / "s.sqlite"))
    keys = {
        reader.key(FILE),
        reader.key(replace(FILE, sha256="cd" * 32)),
        reader.key(replace(FILE, name="scan.pdf")),
    }
    assert len(keys) == 3
    assert reader.key(replace(FILE, name="other/SCAN 2.JPG", path=Path("x"))) == reader.key(FILE)


# ---------------------------------------------------------------- a case's key

CASE = CaseFiles("07", (FILE,), b"{}", ())


@pytest.mark.parametrize(
    ("changed", "keys", "day"),
    [
        (replace(CASE, case_id="08"), ("k",), DAY),
        (replace(CASE, files=(replace(FILE, name="b.jpg"),)), ("k",), DAY),
        (replace(CASE, files=()), (), DAY),
        (replace(CASE, application=b'{"matters": []}'), ("k",), DAY),
        (replace(CASE, application=b""), ("k",), DAY),
        (replace(CASE, application=None), ("k",), DAY),
        (replace(CASE, findings=(finding("SRC-ENCRYPTED", file="a.zip"),)), ("k",), DAY),
        (CASE, ("other",), DAY),
        (CASE, ("k",), date(2026, 11, 24)),
    ],
    ids=["id", "name", "files", "typed", "empty", "nothing typed", "findings", "reading", "day"],
)
def test_every_part_of_a_case_changes_its_key(
    changed: CaseFiles, keys: tuple[str, ...], day: date
) -> None:
    assert case_key(changed, keys, day) != case_key(CASE, ("k",), DAY)


def test_a_finding_with_another_limit_is_another_finding() -> None:
    first, second = (
        replace(CASE, findings=(finding("SRC-TOO-LARGE", file="a", reason=f"上限 {n} 页"),))
        for n in (2, 3)
    )
    assert case_key(first, ("k",), DAY) != case_key(second, ("k",), DAY)


def test_where_a_file_lies_is_no_part_of_a_case() -> None:
    moved = replace(CASE, files=(replace(FILE, path=Path("elsewhere.jpg")),))
    assert case_key(moved, ("k",), DAY) == case_key(CASE, ("k",), DAY)


def test_rules_and_their_tables_are_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = case_key(CASE, ("k",), DAY)
    seen: list[str] = []

    def digest(*places: str) -> str:
        seen.extend(places)
        return "other"

    monkeypatch.setattr(case, "code_digest", digest)
    assert case_key(CASE, ("k",), DAY) != before
    assert {"pipeline", "extractors", "validators", "flows.case", "flows.templates"} <= set(seen)


def test_the_calendar_is_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = case_key(CASE, ("k",), DAY)
    rules = replace(guide(), calendar="another")
    monkeypatch.setattr("flows.case.guide", lambda: rules)
    assert case_key(CASE, ("k",), DAY) != before


# ---------------------------------------------------------------- through the store


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "07"
    folder.mkdir(parents=True)
    (folder / "scan.pdf").write_bytes(scanned_pdf([noise(n) for n in range(3)]))
    return folder.parent


def run(inbox: Path, out: Path, pool: InlinePool, **changes: Any) -> Batch:
    """One run over the inbox, without Prefect."""
    made = settings(**changes)
    prepare(out)
    store = Store(out / "s.sqlite")
    with fake_reader(made, out / "models", store, pool) as reader, Progress("-", 1) as progress:
        batch = inline_batch(inbox, out, made, store, reader, progress, DAY)
        for case_id in batch.take_in(1):
            batch.process(case_id)
    return batch


def rules_of(batch: Batch) -> set[str]:
    row = batch.work.store.find_case("07")
    assert row is not None and row.state == CaseState.DONE and row.record is not None
    return {name for name in ("SRC-TOO-LARGE", "SRC-UNREADABLE") if name in row.record}


def test_a_raised_limit_reads_the_file_that_was_too_large(inbox: Path, tmp_path: Path) -> None:
    small = run(inbox, tmp_path / "out", InlinePool(), limits={"pages": 2})
    assert (rules_of(small), small.work.pages_read) == ({"SRC-TOO-LARGE"}, 0)
    raised = run(inbox, tmp_path / "out", InlinePool(), limits={"pages": 200})
    assert (rules_of(raised), raised.work.pages_read, raised.resumed) == (set(), 3, 0)


def test_the_same_run_again_reads_nothing(inbox: Path, tmp_path: Path) -> None:
    run(inbox, tmp_path / "out", InlinePool())
    pool = InlinePool()
    again = run(inbox, tmp_path / "out", pool)
    assert (again.resumed, again.work.pages_read, pool.asked) == (1, 0, 0)


def test_a_reading_that_was_kept_serves_another_case(inbox: Path, tmp_path: Path) -> None:
    run(inbox, tmp_path / "out", InlinePool())
    (inbox / "07").rename(inbox / "08")
    pool = InlinePool()
    again = run(inbox, tmp_path / "out", pool)
    assert (again.resumed, pool.asked) == (0, 0)
    assert again.work.store.find_case("08") is not None


def test_a_case_with_a_file_that_was_locked_is_taken_up_anew(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: Path, limit_bytes: int) -> Any:
        raise Refused("SRC-UNREADABLE", "没有读取权限", passing=True)

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.store.arrivals.open_regular", locked)
        broken = run(inbox, tmp_path / "out", InlinePool())
    assert rules_of(broken) == {"SRC-UNREADABLE"}
    row = broken.work.store.find_case("07")
    assert row is not None and row.content_key == ONCE
    mended = run(inbox, tmp_path / "out", InlinePool())
    assert (rules_of(mended), mended.work.pages_read, mended.resumed) == (set(), 3, 0)


def test_a_key_is_the_same_in_every_reader(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite")
    readers: list[Reader] = [fake_reader(settings(), tmp_path, store) for _ in range(2)]
    assert readers[0].key(FILE) == readers[1].key(FILE)


def test_listed_files_have_the_digest_that_the_key_takes(inbox: Path) -> None:
    (file,) = list_case(inbox / "07", Limits()).files
    assert len(file.sha256) == 64
