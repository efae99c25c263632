"""Results come back: each department puts its decisions into a folder, a JSON file each
(``yijianshi schema result``). A file that was taken moves to ``taken/``; one that cannot be used
stays where it is, is told, and tried again: it may still be coming."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.trace import log
from pipeline.errors import InputError, StoreError
from pipeline.intake.names import readable, unique
from pipeline.intake.refusal import Refused
from pipeline.intake.source import open_regular
from pipeline.store.cases import Store
from pipeline.store.outcomes import RESULT_VERSION, DepartmentResult, take_result
from pipeline.wire import published

TAKEN = "taken"
RESULT_BYTES = 1_000_000


@dataclass(slots=True)
class TakenResults:
    """What came of a folder. ``wrong``: (file, why it was not taken)."""

    taken: int = 0
    same: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)


def result_schema() -> dict[str, Any]:
    """The published JSON Schema of a department's result."""
    return published(DepartmentResult, "result", RESULT_VERSION, mode="validation")


def take_results(store: Store, folder: Path, department: str | None = None) -> TakenResults:
    """Take in every result of a folder; ``department``: whose folder it is, where that is known.

    Raises InputError where the folder cannot be read, StoreError.
    """
    try:
        files = sorted(
            p for p in folder.iterdir() if p.suffix.lower() == ".json" and p.name[:1] != "."
        )
    except OSError as error:
        raise InputError(
            f"无法读取结果文件夹“{readable(folder.name)}”。", "请检查路径和读取权限。"
        ) from error
    came = TakenResults()
    for file in files:
        try:
            result = read_result(file)
            if department is not None and result.department != department:
                raise InputError(f"结果的部门是 {result.department}，不是这个文件夹的 {department}")
            with store.begin() as connection:
                is_new = take_result(connection, result)
        except InputError as error:
            came.wrong.append((readable(file.name), error.message.rstrip("。")))
            continue
        came.taken += is_new
        came.same += not is_new
        if is_new:
            log.info("result taken", case=result.case_id, target=result.department)
        if not _put_away(file):
            came.wrong.append((readable(file.name), "已收下，但无法移到 taken 文件夹"))
    return came


def read_result(file: Path) -> DepartmentResult:
    """The result of a file. Raises InputError that says what is wrong."""
    try:
        with open_regular(file, RESULT_BYTES) as stream:
            text = stream.read(RESULT_BYTES + 1)
        data = json.loads(text.decode("utf-8-sig"))
    except (OSError, Refused, StoreError) as error:
        raise InputError("无法读取") from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError("不是完整的 JSON（UTF-8）") from error
    try:
        return DepartmentResult.model_validate_json(json.dumps(data))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{place}：{_in_chinese(first)}" if place else _in_chinese(first)
        ) from None


_TOLD = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "literal_error": "不是允许的值",
    "timezone_aware": "须带时区（如 +08:00）",
    "bool_parsing": "应为 true 或 false",
    "too_short": "至少一项",
}


def _in_chinese(error: Any) -> str:
    said = str(error["msg"]).removeprefix("Value error, ")
    return said if re.search("[一-鿿]", said) else _TOLD.get(error["type"], "写法不对")


def _put_away(file: Path) -> bool:
    """Move a file that was taken out of the way. Where that cannot be done it stays: it is known by
    its number and never taken twice."""
    folder = file.parent / TAKEN
    try:
        folder.mkdir(exist_ok=True)
        names = [entry.name for entry in folder.iterdir()]
        file.rename(folder / unique([*names, file.name])[-1])
    except OSError:
        return False
    return True
