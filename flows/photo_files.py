"""What ``yijianshi photo`` does with its files: judge, show, repair, draw.

A clerk waits for the answer, so nothing of the batch or the text models is imported here; a test
holds that.
"""

from __future__ import annotations

import json as json_text
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from pipeline.errors import DependencyError, InputError, StoreError
from pipeline.ocr.weights import locate_faces
from pipeline.settings import Settings, load_settings
from validators.photo import (
    CONFIRM,
    CheckOutcome,
    FaceModels,
    PhotoVerdict,
    RuleVerdict,
    load_models,
)
from validators.photo.annotate import TITLES
from validators.photo.annotate import annotate as draw
from validators.photo.fix import Repair, repair
from validators.photo.judge import Examination, examine_photo
from validators.photo.verdict import OF_THE_FILE, told_rows

_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif"}
    | {".heic", ".heif", ".avif"}
)
MENDED = frozenset(OF_THE_FILE) | {"PH-BORDER"}
"""Rules that a repair mends, whatever the picture shows."""
_WORDS = {CheckOutcome.PASS: "合格", CheckOutcome.FAIL: "不合格", CheckOutcome.REVIEW: "需人工核对"}


def judge_files(
    files: list[Path],
    *,
    as_json: bool = False,
    fix: Path | None = None,
    annotate: Path | None = None,
) -> None:
    """Judge the photos and write what was asked for. Raises InputError, StoreError."""
    settings = load_settings()
    models = _load(settings)
    pictures = list(_pictures(files))
    outputs = _targets(pictures, fix, ".jpg"), _targets(pictures, annotate, ".png")
    for file, fixed, drawn in zip(pictures, *outputs, strict=True):
        data = _read(file, settings.limits.file_bytes)
        examined = examine_photo(data, models, file.name)
        repaired = None if fixed is None else _fix(data, models, fixed)
        if as_json:
            line = examined.verdict.line(str(file))
            if repaired is not None:
                line["fixed"] = _fixed_line(repaired, fixed)
            typer.echo(json_text.dumps(line, ensure_ascii=False))
        else:
            _show(str(file), examined.verdict)
            if repaired is not None:
                _show_fixed(repaired, fixed)
        if drawn is not None:
            _draw(examined, drawn)


def _load(settings: Settings) -> FaceModels | None:
    """The models; without them the content stays unchecked, and that is said once."""
    try:
        return load_models(locate_faces(settings), settings.face_parser)
    except DependencyError as error:
        typer.echo(f"{error.message}{error.hint}", err=True)
        return None


def _pictures(files: list[Path]) -> Iterator[Path]:
    for file in files:
        if file.is_dir():
            pictures = sorted(p for p in file.iterdir() if p.suffix.lower() in _SUFFIXES)
            if not pictures:
                raise InputError(f"文件夹里没有照片：{file}", "请检查路径，或直接给出照片文件。")
            yield from pictures
        elif file.is_file():
            yield file
        else:
            raise InputError(f"没有这个文件：{file}", "请检查路径。")


def _targets(pictures: list[Path], out: Path | None, suffix: str) -> list[Path | None]:
    """Where each picture's output goes: into a folder, or the one file named.

    Raises InputError where two pictures would be written to one file, or over an original.
    """
    if out is None:
        return [None] * len(pictures)
    if len(pictures) == 1 and out.suffix.lower() == suffix and not out.is_dir():
        targets = [out]
    else:
        targets = [out / f"{p.stem}{suffix}" for p in pictures]
    if len(set(targets)) < len(targets):
        raise InputError("有同名的照片，结果会互相覆盖。", "请改名，或分次处理。")
    originals = {p.resolve() for p in pictures}
    if any(target.resolve() in originals for target in targets):
        raise InputError("结果会覆盖原照片。", "请换一个输出文件夹或文件名。")
    return list(targets)


def _read(file: Path, most: int) -> bytes:
    """The file's bytes; of one far too large only the first, which its verdict says."""
    try:
        with file.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise InputError(f"文件无法读取：{file}", "请检查文件是否存在、是否有读取权限。") from error


def _write(data: bytes, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise StoreError(f"无法写入 {target}", "请检查该位置是否存在、是否可写。") from error


def _show(file: str, verdict: PhotoVerdict) -> None:
    typer.echo(f"{file}：{_WORDS[verdict.verdict]}")
    wrong = [row for row in told_rows(verdict) if row.verdict is not CheckOutcome.PASS]
    for line in _what_to_do(wrong):
        typer.echo(f"  {line}")
    for row in wrong:
        mark = "✗" if row.verdict is CheckOutcome.FAIL else "？"
        typer.echo(f"  {mark} {row.rule}  {row.message.removesuffix(CONFIRM).rstrip('。')}")
        if row.cure:
            typer.echo(f"      → {row.cure}")
    if verdict.of("PH-COVER") is not None:
        typer.echo(f"  ○ {CONFIRM}")


def _what_to_do(wrong: list[RuleVerdict]) -> Iterator[str]:
    """In a line each: what must be photographed again, looked at, and what this program mends."""
    retake = [r.rule for r in wrong if r.verdict is CheckOutcome.FAIL and r.rule not in MENDED]
    look = [r.rule for r in wrong if r.verdict is CheckOutcome.REVIEW and r.rule not in MENDED]
    mend = [r.rule for r in wrong if r.rule in MENDED]
    for told, rules in (("要重拍", retake), ("请核对", look), ("可用 --fix 修正", mend)):
        if rules:
            yield f"{told}：{'、'.join(TITLES[rule] for rule in rules)}"


def _draw(examined: Examination, target: Path) -> None:
    picture = draw(examined)
    if picture is None:
        typer.echo("照片无法打开，没有可画的内容。", err=True)
        return
    _write(picture, target)


def _fix(data: bytes, models: FaceModels | None, target: Path) -> Repair:
    outcome = repair(data, models)
    if outcome.mended is not None:
        _write(outcome.mended, target)
    return outcome


def _fixed_line(outcome: Repair, target: Path | None) -> dict[str, Any]:
    """What came of a repair, for the photo's own line: no ``file`` where none could be made."""
    told: dict[str, Any] = {"file": None, "done": outcome.done, "left": outcome.left}
    if outcome.data is None:
        return told
    told |= outcome.verdict.line(str(target))
    return told if outcome.mended is not None else told | {"file": None}


def _show_fixed(outcome: Repair, target: Path | None) -> None:
    """The repair, below the verdict of the photo that it mends."""
    for line in outcome.lines():
        typer.echo(f"  {line}")
    if outcome.mended is None:
        still = "" if outcome.data is None else "（修后仍不合格，请重新拍摄）"
        typer.echo(f"  没有写出修好的照片{still}")
        return
    typer.echo(f"  已写入 {target}：{_WORDS[outcome.verdict.verdict]}")
    for row in outcome.verdict.rules:
        if row.verdict is not CheckOutcome.PASS:
            problem = row.message.removesuffix(CONFIRM).rstrip("。")
            typer.echo(f"    {row.rule} {problem}")
