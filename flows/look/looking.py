"""One file read as always, and everything that was seen of it put into a folder.

The folder is for its owner's eyes: what a scan holds is personal data, and so is its tape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from extractors import EXTRACTORS
from flows.counter import result_of
from flows.files import PRIVATE_FOLDER, write_whole
from flows.look.observer import Observer
from flows.look.page import render_sight
from flows.look.sight import FindingSeen, Sight, StageSeen
from flows.look.watched import Answers, watched
from flows.look.words import look_words
from flows.worker import ReadingTools, read_with
from pipeline.errors import StoreError
from pipeline.file_reading import FileReading
from pipeline.finding import Severity
from pipeline.intake.source import SourceFile
from pipeline.ocr.replay import Recorder
from pipeline.watch import watching

SIGHT, PAGE, TAPE = "look.json", "index.html", "tape.json.gz"
"""What lies in the folder, beside the pictures."""
_SHOWN_AT_FIELDS = frozenset({"OCR-LOW", "OCR-MISSING"})
"""Rules whose findings are shown beside the field that they speak of."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it: the reading itself, what was seen, and the engine's answers."""

    reading: FileReading
    sight: Sight
    tape: bytes


def look_at(
    source: SourceFile, tools: ReadingTools, to: Path, *, html: bool, played: bool
) -> Looked:
    """Read a file and write what was seen into the folder ``to``, which is made where it is not
    there. ``played``: the engine is a tape. Raises StoreError."""
    try:
        _prepare(to)
        looked = _look(source, tools, to, played=played)
        data = json.dumps(asdict(looked.sight), ensure_ascii=False, indent=1)
        write_whole(to / SIGHT, data, private=True)
        write_whole(to / TAPE, looked.tape, private=True)
        if html:
            write_whole(to / PAGE, render_sight(looked.sight), private=True)
        return looked
    except OSError as error:
        raise StoreError(f"无法写入 {to}。", "请检查路径、写权限和磁盘空间后重试。") from error


def _prepare(folder: Path) -> None:
    """An empty folder for its owner alone; one that an earlier look wrote is cleared. It is marked
    as a look's at once, so that one that ends early does not stand in the next one's way."""
    if not folder.exists():
        folder.mkdir(PRIVATE_FOLDER, parents=True)
    elif any(folder.iterdir()) and not (folder / SIGHT).exists():
        raise StoreError(f"{folder} 里有别的文件，没有写入。", "请换一个空的或新的文件夹。")
    folder.chmod(PRIVATE_FOLDER)
    for path in (*folder.glob("page-*.jpg"), folder / SIGHT, folder / PAGE, folder / TAPE):
        path.unlink(missing_ok=True)
    write_whole(folder / SIGHT, "{}", private=True)


def _look(source: SourceFile, tools: ReadingTools, to: Path, *, played: bool) -> Looked:
    answers = Answers()
    recorder = Recorder(tools.engine)
    observer = Observer(to, answers)
    watching_tools = replace(tools, engine=recorder, extractors=watched(EXTRACTORS, answers))
    with watching(observer.told):
        reading = read_with(watching_tools, source, observer.show)
    stages = tuple(_stages(reading))
    sight = Sight(
        file=source.name,
        sha256=observer.pages[0].sha256 if observer.pages else "",
        engine=recorder.fingerprint,
        played=played,
        seconds=round(sum(stage.seconds for stage in stages), 3),
        stages=stages,
        pages=tuple(observer.pages),
        findings=tuple(_findings(source.name, reading)),
    )
    return Looked(reading, sight, recorder.tape())


def _stages(reading: FileReading) -> Iterator[StageSeen]:
    """The stages of reading, without the time that looking itself took (``write``)."""
    for name, label in look_words().stages.items():
        if name in reading.stages:
            yield StageSeen(name, label, reading.stages[name])


def _findings(file: str, reading: FileReading) -> Iterator[FindingSeen]:
    order = list(Severity)
    for found in sorted(result_of(file, reading).findings, key=lambda f: order.index(f.severity)):
        if found.rule not in _SHOWN_AT_FIELDS:
            yield FindingSeen(found.rule, found.severity.value, found.message, found.hint)
