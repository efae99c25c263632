"""Scans by content: written whole or not at all, never changed, read from wherever they lie."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store.objects import FolderObjects, Objects, RemoteObjects, open_objects

BYTES = b"scan " * 1000
SHA256 = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture(params=["folder", "remote"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return open_objects(None, tmp_path / "objects", tmp_path)
    return open_objects(f"file://{tmp_path / 'far'}", tmp_path / "objects", tmp_path / "cache")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "扫描.jpg"
    path.write_bytes(BYTES)
    return path


def put(objects: Objects, path: Path) -> str:
    with path.open("rb") as stream:
        kept = objects.put(stream)
    assert kept.size_bytes == path.stat().st_size
    return kept.sha256


def test_what_was_put_is_there_by_its_content(objects: Objects, scan: Path) -> None:
    assert not objects.has(SHA256)
    assert put(objects, scan) == put(objects, scan) == SHA256
    scan.unlink()
    assert objects.has(SHA256)
    assert objects.local(SHA256).read_bytes() == BYTES


def test_nothing_lies_beside(objects: Objects, scan: Path, tmp_path: Path) -> None:
    put(objects, scan)
    put(objects, scan)
    left = {p.name for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {scan.name, SHA256}


def test_what_is_not_there_is_said(objects: Objects) -> None:
    with pytest.raises(StoreError, match="缺少一个扫描件"):
        objects.local("0" * 64)
    with pytest.raises(StoreError):
        objects.local("../../etc/passwd")


def test_an_error_of_the_stream_is_the_callers(objects: Objects, tmp_path: Path) -> None:
    class Torn(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise PermissionError

    with pytest.raises(PermissionError):
        objects.put(Torn())
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path, scan: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="对象库"):
        put(FolderObjects(tmp_path / "file" / "objects"), scan)


def test_another_machine_reads_what_one_put(tmp_path: Path, scan: Path) -> None:
    here = RemoteObjects(f"file://{tmp_path / 'far'}", tmp_path / "here")
    there = RemoteObjects(f"file://{tmp_path / 'far'}", tmp_path / "there")
    put(here, scan)
    assert there.local(SHA256).read_bytes() == BYTES
    (tmp_path / "far" / SHA256[:2] / SHA256[2:4] / SHA256).write_bytes(b"other")
    elsewhere = RemoteObjects(f"file://{tmp_path / 'far'}", tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="已改变"):
        elsewhere.local(SHA256)


def test_an_address_of_no_known_kind_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="YIJIANSHI_OBJECTS"):
        open_objects("nothing://bucket", tmp_path, tmp_path)


def test_a_folder_named_in_the_settings_is_used(tmp_path: Path, scan: Path) -> None:
    objects = open_objects(str(tmp_path / "named"), tmp_path / "objects", tmp_path)
    assert isinstance(objects, FolderObjects)
    put(objects, scan)
    assert (tmp_path / "named").is_dir()
