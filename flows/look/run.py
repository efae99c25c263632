"""``yijianshi look``, run: a file is read and looked at, and what came of it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from extractors import EXTRACTORS
from flows.look.by_tape import write_tape_test
from flows.look.looking import PAGE, SIGHT, TAPE, look_at
from flows.look.sight import SheetSeen, Sight
from flows.photo_face import load_face_models
from flows.worker import ReadingTools, make_engine
from pipeline.contracts import OcrEngine
from pipeline.errors import InputError
from pipeline.intake.source import SourceFile
from pipeline.ocr.replay import ReplayEngine
from pipeline.ocr.weights import locate
from pipeline.settings import Settings, load_settings

PRIVATE = "注意：结果含有扫描件上的个人信息，只有本人可读；请勿外传，用完即删。"
NEVER_COMMIT = (
    "注意：真实材料的扫描件和录带含有个人信息，只能留在本机，绝不能提交到代码库；"
    "只有自己画的样张才可以。"
)
TEST_BYTES = 300_000
"""Size up to which a scan is small enough to be a test."""


def run_look(file: Path, to: Path, *, html: bool, as_test: Path | None, tape: Path | None) -> None:
    """Look at a file as the command says.

    Raises InputError where the file or the tape cannot be used, DependencyError without model
    files, StoreError where a folder cannot be written.
    """
    _require(file)
    typer.echo(PRIVATE, err=True)
    settings = load_settings()
    tools = ReadingTools(settings, _engine(settings, tape), load_face_models(settings), EXTRACTORS)
    source = SourceFile(file.name, file)
    looked = look_at(source, tools, to, html=html, played=tape is not None)
    for line in _summary(looked.sight):
        typer.echo(line)
    written = [SIGHT, TAPE, *([PAGE] if html else [])]
    typer.echo(f"已写入 {to}：{'、'.join(written)} 和图片。", err=True)
    if as_test is not None:
        typer.echo(NEVER_COMMIT, err=True)
        write_tape_test(as_test, file, looked.tape, looked.reading)
        if file.stat().st_size > TEST_BYTES:
            typer.echo(f"扫描件超过 {TEST_BYTES // 1000} kB，作测试偏大，请缩小后再录。", err=True)
        typer.echo(
            f"测试已写入 {as_test}：改好 expected.json 后运行 tests/test_tapes.py。", err=True
        )


def _require(file: Path) -> None:
    if file.is_dir():
        raise InputError(
            f"这是文件夹，不是文件：{file}",
            "请指定其中的一个文件；整件申请请用 yijianshi check。",
        )
    if not file.exists():
        raise InputError(f"找不到文件：{file}", "请检查路径是否正确。")


def _engine(settings: Settings, tape: Path | None) -> OcrEngine:
    return make_engine(settings, locate(settings)) if tape is None else ReplayEngine(tape)


def _summary(sight: Sight) -> Iterator[str]:
    """What was seen in a few lines, without a value."""
    pages, sheets = len(sight.pages), sum(len(p.sheets) for p in sight.pages)
    yield f"{sight.file}：{pages} 页，{sheets} 张材料，用时 {sight.seconds:.1f} 秒"
    yield "  " + "　".join(f"{s.label} {s.seconds:.1f} 秒" for s in sight.stages)
    for page in sight.pages:
        yield f"  第 {page.page} 页"
        for sheet in page.sheets:
            yield from _sheet(sheet)
        for face in page.unread:
            yield f"    {face.label}：" + "，".join(f"{n} {v}" for n, v in face.marks)
    for found in sight.findings:
        yield f"  {found.rule} {found.message}"


def _sheet(sheet: SheetSeen) -> Iterator[str]:
    for face in sheet.faces:
        others = [c for c in sheet.candidates if c.type != face.type and c.score is not None]
        rivals = "、".join(f"{c.label} {c.score:.2f}" for c in others)
        yield f"    {sheet.number}. {face.label}（{face.face_label}）{face.score:.2f}" + (
            f"；其次 {rivals}" if rivals else ""
        )
        for field in face.fields:
            if field.is_doubtful:
                why = "；".join(field.doubts) or f"置信度 {field.confidence:.2f}"
                yield f"       存疑 {field.label}：{why}"
        if face.missing:
            yield "       未读到 " + "、".join(face.missing)
