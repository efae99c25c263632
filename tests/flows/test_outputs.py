"""What a run leaves in OUT: a set for each case, held packets apart, one run at a time."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from flows.case import CaseResult
from flows.notice import Letterhead
from flows.outputs import cases_without, check_apart, is_written, prepare, write_outputs
from flows.packets import PHOTO_MAX_BYTES
from pipeline.errors import StoreError, UsageError
from pipeline.status import Status
from pipeline.store.objects import FolderObjects
from tests.validators.applications import TODAY, applied, card, form, photo, record


def made(*matters: str, case_id: str = "c1", **request: str) -> CaseResult:
    application = applied(list(matters), form(), card(), photo(), **request)
    return CaseResult(
        record(application).model_copy(update={"case_id": case_id}), application.request
    )


def packets_in(out: Path) -> list[str]:
    folder = out / "packets"
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*.json"))


def test_packets_of_a_ready_case_lie_by_department(tmp_path: Path) -> None:
    prepare(tmp_path)
    result = made("M3", "M7")
    assert result.record.status == Status.READY
    write_outputs(result, tmp_path, TODAY, Letterhead())
    assert packets_in(tmp_path) == ["hrss/c1.json", "medical/c1.json"]
    packet = json.loads((tmp_path / "packets" / "medical" / "c1.json").read_text("utf-8"))
    assert packet["department"] == "medical"
    assert is_written(result, tmp_path, Letterhead())


def test_what_a_case_gives_no_more_is_removed(tmp_path: Path) -> None:
    prepare(tmp_path)
    write_outputs(made("M3", case_id="c2"), tmp_path, TODAY, Letterhead())
    write_outputs(made("M3"), tmp_path, TODAY, Letterhead())
    changed = made("M7")
    assert not is_written(changed, tmp_path, Letterhead())
    write_outputs(changed, tmp_path, TODAY, Letterhead())
    assert packets_in(tmp_path) == ["hrss/c2.json", "medical/c1.json"]


def test_packets_of_a_case_that_is_not_ready_are_held(tmp_path: Path) -> None:
    prepare(tmp_path)
    ready = made("M3")
    write_outputs(ready, tmp_path, TODAY, Letterhead())
    application = applied(["M3"], form(signature="no"), card())
    lacking = CaseResult(
        record(application).model_copy(update={"case_id": "c1"}), application.request
    )
    assert lacking.record.status != Status.READY
    write_outputs(lacking, tmp_path, TODAY, Letterhead())
    assert packets_in(tmp_path) == ["held/hrss/c1.json"]
    write_outputs(ready, tmp_path, TODAY, Letterhead())
    assert packets_in(tmp_path) == ["hrss/c1.json"]


def test_cases_that_left_the_inbox_are_known(tmp_path: Path) -> None:
    prepare(tmp_path)
    for case_id in ("a", "b"):
        write_outputs(made("M3", case_id=case_id), tmp_path, TODAY, Letterhead())
    assert cases_without(tmp_path, {"b"}) == ["a"]


def test_results_may_not_lie_in_the_inbox(tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "结果", tmp_path / "a" / ".." / "结果"):
        with pytest.raises(UsageError, match="不能放在收件箱里"):
            check_apart(tmp_path, out)
    check_apart(tmp_path / "inbox", tmp_path / "out")
    check_apart(tmp_path / "in", tmp_path / "inbox-out")


def test_a_folder_that_cannot_be_made_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "records").write_text("in the way")
    with pytest.raises(StoreError):
        prepare(tmp_path)


def test_a_packet_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    prepare(tmp_path)
    (tmp_path / "packets" / "hrss").write_text("in the way")
    with pytest.raises(StoreError):
        write_outputs(made("M3"), tmp_path, TODAY, Letterhead())


JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100


@pytest.mark.parametrize(
    ("matter", "content", "carried"),
    [
        ("M4", JPEG, True),
        ("M3", JPEG, False),
        ("M4", b"%PDF-1.7 a scan that the photo lies on", False),
        ("M4", JPEG + bytes(PHOTO_MAX_BYTES), False),
    ],
)
def test_the_packet_carries_the_card_photo_where_the_matter_asks(
    matter: str, content: bytes, carried: bool, tmp_path: Path
) -> None:
    objects = FolderObjects(tmp_path / "objects")
    sha256 = objects.put(io.BytesIO(content)).sha256
    result = made(matter)
    documents = [
        d.model_copy(update={"pages": (d.pages[0].model_copy(update={"sha256": sha256}),)})
        if d.type == "photo"
        else d
        for d in result.record.documents
    ]
    result = replace(
        result, record=result.record.model_copy(update={"documents": tuple(documents)})
    )
    prepare(tmp_path)
    write_outputs(result, tmp_path, TODAY, Letterhead(), objects)
    (path,) = (tmp_path / "packets").rglob("hrss/c1.json")
    photo = json.loads(path.read_text("utf-8")).get("photo", {})
    assert ("data" in photo) is carried
    if carried:
        assert base64.b64decode(photo["data"]) == content
    assert (photo.get("sha256") == sha256) is (matter == "M4")


def test_a_notice_of_another_letterhead_is_written_again(tmp_path: Path) -> None:
    prepare(tmp_path)
    result = made("M3")
    head = Letterhead(office="青秀区政务服务中心", phone="0771-5550000")
    write_outputs(result, tmp_path, TODAY, Letterhead())
    assert not is_written(result, tmp_path, head)
    write_outputs(result, tmp_path, TODAY, head)
    assert is_written(result, tmp_path, head)
    assert not is_written(result, tmp_path, Letterhead())
    (tmp_path / "notices" / "c1.html").unlink()
    assert not is_written(result, tmp_path, head)
