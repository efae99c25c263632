"""A scan as a test without an engine: its picture, its tape, and what was read of it.

A folder of ``tests/tapes`` holds ``scan.<extension>``, ``tape.json.gz`` and ``expected.json``;
``tests/test_tapes.py`` plays every one of them through the whole reading.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extractors import EXTRACTORS
from flows.files import PRIVATE_FOLDER, write_whole
from flows.worker import ReadingTools, read_with
from pipeline.errors import InputError, StoreError
from pipeline.evidence.evidence import is_doubtful
from pipeline.file_reading import FileReading
from pipeline.intake.source import SourceFile
from pipeline.model import DocumentType, Face, Page, Reading
from pipeline.ocr.replay import ReplayEngine
from pipeline.settings import load_settings

TEST_TAPE, TEST_EXPECTED, TEST_SCAN = "tape.json.gz", "expected.json", "scan"


def read_by_tape(scan: Path, tape: Path) -> FileReading:
    """Read a scan with the answers on a tape; photos are not told from papers, for that takes
    models. Raises InputError where the tape does not answer."""
    tools = ReadingTools(load_settings(), ReplayEngine(tape), None, EXTRACTORS)
    return read_with(tools, SourceFile(scan.name, scan), _ignore)


def write_tape_test(folder: Path, scan: Path, tape: bytes, reading: FileReading) -> None:
    """Make a folder of ``tests/tapes`` of a scan that was read as ``reading``; what an earlier call
    wrote there is replaced.

    Raises InputError where the reading rests on more than the engine (a photo), StoreError where
    the folder cannot be written.
    """
    if any(face.type == DocumentType.PHOTO for face in reading.faces):
        raise InputError(
            "这个文件里有照片，照片由人脸模型判断，不经文字识别，不能做成录带测试。",
            "请只用其中的材料页另存一份后再试；照片请用 yijianshi photo 检查。",
        )
    try:
        data = scan.read_bytes()  # before anything is replaced: the scan may be the test's own
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        for old in folder.glob(f"{TEST_SCAN}.*"):
            old.unlink()
        copied = folder / f"{TEST_SCAN}{scan.suffix.lower()}"
        write_whole(copied, data, private=True)
        write_whole(folder / TEST_TAPE, tape, private=True)
        expected = expected_of(read_by_tape(copied, folder / TEST_TAPE))
        text = json.dumps(expected, ensure_ascii=False, indent=1) + "\n"
        write_whole(folder / TEST_EXPECTED, text, private=True)
    except OSError as error:
        raise StoreError(f"无法写入 {folder}。", "请检查路径、写权限和磁盘空间后重试。") from error


def expected_of(reading: FileReading) -> dict[str, Any]:
    """What a tape's test compares: types, fields, doubts, marks and findings; no places and no
    exact confidence, which every change of geometry moves a little."""
    return {
        "pages": reading.pages,
        "faces": [_face(face) for face in reading.faces],
        "findings": [found.rule for found in reading.findings],
    }


def _face(face: Face) -> dict[str, Any]:
    return {
        "type": face.type.value,
        "face": face.face,
        "rotation": face.page.rotation,
        "fields": _fields(face.fields),
        "tables": {name: [_fields(row) for row in rows] for name, rows in face.tables.items()},
        "missing": list(face.missing),
        "marks": dict(face.marks),
        "copy": face.quality.copy_,
        "screen": face.quality.screen,
        "cut": face.quality.cut,
    }


def _fields(fields: dict[str, Reading]) -> dict[str, Any]:
    return {
        name: {
            "value": reading.value,
            "doubtful": is_doubtful(name, reading),
            "doubts": list(reading.doubts),
        }
        for name, reading in fields.items()
    }


def _ignore(page: Page, faces: tuple[Face, ...]) -> None:
    """Nobody looks at the pages."""
