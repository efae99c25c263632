"""What the applicant takes home, each a page that prints on A4: the notice (一次性告知书,
``OUT/notices/<case>.html``) and the receipt (回执)."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.files import write_whole
from pipeline.errors import StoreError
from pipeline.record import Record
from validators.output.notice import make_notice
from validators.output.receipt import make_receipt


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("flows"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_notice(record: Record) -> str:
    """The notice of a record as one HTML page that needs no other file."""
    return _environment().get_template("notice.html").render(notice=make_notice(record))


def render_receipt(record: Record, day: date) -> str:
    """The receipt of a record, given on ``day``, as one HTML page that needs no other file. Raises
    ValueError for an application that cannot go on."""
    return _environment().get_template("receipt.html").render(receipt=make_receipt(record, day))


def write_notice(record: Record, path: Path) -> None:
    """Write the notice, whole or not at all. Raises StoreError."""
    try:
        write_whole(path, render_notice(record))
    except OSError as error:
        raise StoreError(
            "一次性告知书写入失败。", "请检查路径、写权限和磁盘空间后重试。"
        ) from error
