"""``yijianshi doctor --case``: how a case of a result folder stands, why it was set aside, what to
do next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flows.report import STATUS_LABELS
from pipeline.errors import InputError
from pipeline.record import Record
from pipeline.settings import load_settings
from pipeline.store.cases import CaseRow, CaseState, open_there
from pipeline.store.trouble import Trouble

_STATES = {
    CaseState.ARRIVED: "已收到，等待处理",
    CaseState.RUNNING: "处理中断，未完成",
    CaseState.DONE: "已完成",
    CaseState.QUARANTINED: "已搁置",
    CaseState.JOINED: "已并入另一件",
}
DIED = "PoolBroken"


def case_lines(out: Path, case_id: str) -> Iterator[str]:
    """The case as printed.

    Raises InputError where ``out`` holds no results or none of this case, StoreError where the
    store cannot be used.
    """
    row = open_there(load_settings(), out).find_case(case_id)
    if row is None:
        raise InputError(
            f"结果目录中没有案件“{case_id}”。", "案件编号即收件箱中文件夹的名字，请核对后重试。"
        )
    yield f"案件 {case_id}：{_STATES[row.state]}（第 {row.attempts} 次处理）"
    if row.state == CaseState.DONE:
        yield from _done(row, out)
    elif row.state == CaseState.JOINED:
        yield "       → 无需操作：材料都在并入后的那一件里。"
    elif row.trouble is None:
        yield "       → 请再次运行 yijianshi run，该案件会重新处理。"
    else:
        yield from _troubled(row.trouble)


def _done(row: CaseRow, out: Path) -> Iterator[str]:
    if row.record is not None:
        yield f"结论：{STATUS_LABELS[Record.from_json(row.record).status]}"
    yield f"       → 记录和告知书见 {out / 'records'}、{out / 'notices'}。"


def _troubled(trouble: Trouble) -> Iterator[str]:
    yield f"错误：{'，起因 '.join(trouble.kinds)}"
    if trouble.step:
        yield f"当时：{trouble.step}"
    if trouble.places:
        yield "位置（由外到内）："
        yield from (f"  {place}" for place in trouble.places)
    if trouble.kinds[:1] == (DIED,):
        yield (
            "       → 识别进程两次异常退出，多因内存不足，或某个文件使解码程序崩溃。"
            "请用 --workers 1 再次运行；仍被搁置时，用 yijianshi read 单独识别上述文件加以确认，"
            "换一份扫描件。"
        )
    else:
        yield "       → 请再次运行 yijianshi run 重试；仍被搁置时，把以上内容交给维护人员。"
