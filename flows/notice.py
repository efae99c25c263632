"""What the applicant takes home, each a page that prints on A4: the notice (一次性告知书,
``OUT/notices/<case>.html``) and the receipt (回执)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.files import write_whole
from pipeline.errors import StoreError
from pipeline.record import Record
from pipeline.settings import Settings
from validators.guide.guide import guide
from validators.output.notice import make_notice
from validators.output.receipt import make_receipt


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who gives the sheet, where to ask, and within how many workdays to bring what is asked
    for."""

    office: str = ""
    phone: str = ""
    mend_workdays: int | None = None

    @property
    def digest(self) -> str:
        """What tells a sheet of this letterhead from one of another."""
        said = (self.office, self.phone, self.mend_workdays)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    def stands_on(self, page: str) -> bool:
        """Whether a notice was made with this letterhead."""
        return f'<meta name="letterhead" content="{escape(self.digest)}">' in page

    def until(self, day: date) -> str:
        """By when to bring what is asked for on ``day``; empty where the office sets no limit."""
        if self.mend_workdays is None:
            return ""
        due = guide().workdays.after(day, self.mend_workdays)
        text = f"{in_words(due.day)}（告知之日起{self.mend_workdays}个工作日）"
        return text + ("，以正式公布的放假安排为准" if due.calendar == "provisional" else "")


def letterhead(settings: Settings) -> Letterhead:
    """The letterhead of this office."""
    return Letterhead(
        settings.office.strip(), settings.office_phone.strip(), settings.mend_workdays
    )


def in_words(day: date) -> str:
    """A day as letters write it."""
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("flows"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_notice(record: Record, day: date, head: Letterhead) -> str:
    """The notice of a record, given on ``day``, as one HTML page that needs no other file."""
    notice = make_notice(record)
    asks = notice.missing or notice.mend
    return (
        _environment()
        .get_template("notice.html")
        .render(notice=notice, head=head, day=in_words(day), until=head.until(day) if asks else "")
    )


def render_receipt(record: Record, day: date, head: Letterhead) -> str:
    """The receipt of a record, given on ``day``, as one HTML page that needs no other file. Raises
    ValueError for an application that cannot go on."""
    receipt = make_receipt(record, in_words(day))
    return _environment().get_template("receipt.html").render(receipt=receipt, head=head)


def write_notice(record: Record, path: Path, day: date, head: Letterhead) -> None:
    """Write the notice, whole or not at all. Raises StoreError."""
    try:
        write_whole(path, render_notice(record, day, head))
    except OSError as error:
        raise StoreError(
            "一次性告知书写入失败。", "请检查路径、写权限和磁盘空间后重试。"
        ) from error
