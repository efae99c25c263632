"""``OUT/report.html``: what came of a run, as a page a person likes to look at.

Counts, then each case with its papers as thumbnails, its findings, and the crop of every doubtful
field. Values are masked; beside its crop a value is opened on purpose, by a click. The pictures lie
in ``OUT/pictures`` beside it.
"""

from __future__ import annotations

import base64
import glob
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.charts import stacked_bars
from flows.pictures import field_picture, page_picture
from pipeline.finding import Finding, Severity, field_label, type_label, value_label
from pipeline.intake.inbox import Unprocessed
from pipeline.privacy import is_name, mask, mask_identity, mask_words, shown
from pipeline.record import Record, RecordDocument
from pipeline.status import Status
from pipeline.store.figures import Course

STATUS_LABELS = {
    Status.READY.value: "可以受理",
    Status.REVIEW.value: "待人工复核",
    Status.INCOMPLETE.value: "需补正材料",
    Status.INELIGIBLE.value: "不符合条件",
    "quarantined": "处理失败",
}
SEVERITY_LABELS = {
    Severity.REJECT.value: "不符合",
    Severity.MEND.value: "需补正",
    Severity.REVIEW.value: "待复核",
    Severity.NOTE.value: "提示",
}
DEPARTMENT_LABELS = {"hrss": "人社", "medical": "医保", "tax": "税务"}
OPEN_UP_TO = 30
"""Cases up to which those that need somebody are shown unfolded."""
_SEVERITIES = list(Severity)

environment = Environment(
    loader=PackageLoader("flows"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def render_report(
    records: Sequence[Record],
    quarantined: Iterable[str],
    *,
    made_at: datetime,
    out: Path,
    seconds: float | None = None,
    resumed: int = 0,
    unprocessed: Sequence[Unprocessed] = (),
    gone: Sequence[str] = (),
    course: Course | None = None,
) -> str:
    """The report as HTML. ``out`` is where it will lie: pictures and results are looked for there
    and linked relative to it. ``unprocessed`` are entries of the inbox that are no cases, ``gone``
    cases of earlier runs that the inbox holds no more; ``course``: how the work went, over the last
    nights too."""
    reasons = {} if course is None else {one.case_id: one.reason for one in course.set_aside}
    cases = [_case(record, out) for record in records]
    cases += [_quarantined(case_id, reasons.get(case_id, "")) for case_id in quarantined]
    order = ["quarantined", "ineligible", "incomplete", "review", "ready"]
    cases.sort(key=lambda c: (order.index(c["status"]), c["id"]))
    for case in cases:
        case["open"] = case["status"] != "ready" and len(cases) <= OPEN_UP_TO
        case["due"] = min((m["due_on"] for m in case["matters"] if m["due_on"]), default=None)
        case["late"] = case["due"] is not None and case["due"] < made_at.date().isoformat()
        case["links"] = list(_links(case["id"], out))
    counts = {label: sum(c["status"] == label for c in cases) for label in STATUS_LABELS}
    script = (
        environment.loader.get_source(environment, "report.js")[0] if environment.loader else ""
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("report.html").render(
        script=Markup(script),
        script_digest=digest,
        unprocessed=unprocessed,
        gone=gone,
        cases=cases,
        counts=counts,
        labels=STATUS_LABELS,
        severities=SEVERITY_LABELS,
        made_at=made_at.strftime("%Y年%m月%d日 %H:%M"),
        seconds=_duration(seconds),
        seen=_seen(course, len(cases), seconds),
        resumed=resumed,
    )


def _case(record: Record, out: Path) -> dict[str, Any]:
    documents = {d.id: d for d in record.documents}
    findings = sorted(record.open_findings, key=lambda f: _SEVERITIES.index(f.severity))
    applicant = record.applicant
    number = mask_identity(applicant.id_type, applicant.id_number or "")
    who = [mask("name", applicant.name or ""), number]
    names = names_of(record)
    name = mask_words(record.case_id, names)
    return {
        "id": record.case_id,
        "name": name,
        "status": record.status.value,
        "who": "　".join(part for part in who if part),
        "summary": _summary(findings),
        "matters": [
            {
                "name": m.name,
                "status": m.status.value,
                "due_on": m.due_on,
                "provisional": m.calendar == "provisional",
            }
            for m in record.matters
        ],
        "papers": [_paper(d, i, out, names) for d in record.documents for i in range(len(d.pages))],
        "findings": [_finding(f, documents, out, names) for f in findings],
    }


def names_of(record: Record) -> set[str]:
    """The names of all persons that a record knows."""
    names = {record.applicant.name}
    if record.declared is not None:
        names.add(record.declared.name)
        if record.declared.proxy is not None:
            names.add(record.declared.proxy.name)
    for document in record.documents:
        names |= {reading.text for field, reading in document.fields.items() if is_name(field)}
    return {name for name in names if name}


def _links(case_id: str, out: Path) -> Iterator[tuple[str, str]]:
    """(what, where) of the results of a case that lie in OUT."""
    for label, folder, suffix in (("告知书", "notices", "html"), ("记录", "records", "json")):
        if (out / folder / f"{case_id}.{suffix}").exists():
            yield label, f"{folder}/{quote(case_id)}.{suffix}"
    packets = out / "packets"
    for path in sorted(packets.rglob(f"{glob.escape(case_id)}.json")):
        held = "（暂存）" if path.parent.parent != packets else ""
        department = DEPARTMENT_LABELS.get(path.parent.name, path.parent.name)
        yield f"{department}{held}", quote(path.relative_to(out).as_posix())


def _seen(course: Course | None, cases: int, seconds: float | None) -> dict[str, Any] | None:
    """How the work went, in words: throughput, what took long, what was doubted often, the last
    nights as a chart."""
    if course is None:
        return None
    facts = []
    if seconds and course.ended:
        facts.append(f"这次每小时约 {cases * 3600 / seconds:.0f} 件")
    if course.mean_seconds is not None:
        facts.append(f"平均每件 {course.mean_seconds:.1f} 秒")
    doubted = [
        f"{type_label(one.document_type) if one.document_type else '申请信息'}·"
        f"{field_label(one.field)} {one.count} 次"
        for one in course.doubted
    ]
    nights = [(night.day, night.counts) for night in course.nights]
    return {
        "facts": facts,
        "slowest": [f"{one.case_id} {one.seconds:.0f} 秒" for one in course.slowest[:5]],
        "doubted": doubted,
        "chart": stacked_bars(nights, STATUS_LABELS, "最近各夜首次核验的件数"),
        "nights": sum(night.total for night in course.nights),
    }


def _quarantined(case_id: str, reason: str) -> dict[str, Any]:
    return {
        "id": case_id,
        "name": case_id,
        "status": "quarantined",
        "who": "",
        "summary": "",
        "matters": [],
        "papers": [],
        "findings": [
            {
                "severity": "mend",
                "rule": "",
                "message": "这一件处理时出错，已单独搁置，其余各件不受影响。"
                + (f"原因：{reason}" if reason else ""),
                "hint": "请联系维护人员；修复后重新运行即会再次处理这一件。",
                "basis": "",
                "picture": None,
                "label": "",
                "values": [],
            }
        ],
    }


def _summary(findings: Sequence[Finding]) -> str:
    parts = []
    for severity, label in SEVERITY_LABELS.items():
        count = sum(f.severity == severity for f in findings)
        if count:
            parts.append(f"{label} {count}")
    return " · ".join(parts)


def _paper(document: RecordDocument, index: int, out: Path, names: set[str]) -> dict[str, Any]:
    ref = document.pages[index]
    return {
        "label": type_label(document.type),
        "file": mask_words(ref.file, names),
        "page": ref.page,
        "picture": _link(page_picture(ref), out),
    }


def _finding(
    found: Finding, documents: dict[str, RecordDocument], out: Path, names: set[str]
) -> dict[str, Any]:
    document = documents.get(found.document or "")
    reading = document.fields.get(found.field or "") if document else None
    picture = None
    if document and reading and reading.box:
        name = field_picture(document.page_of(reading), found.field or "", reading.box)
        picture = _link(name, out)
    return {
        "severity": found.severity.value,
        "rule": found.rule,
        "message": mask_words(
            (f"{type_label(document.type)}：" if document else "") + found.told, names
        ),
        "hint": found.hint,
        "basis": found.basis,
        "label": field_label(found.field) if found.field else "",
        "picture": picture,
        "values": list(_values(found, is_compared=picture is not None)),
    }


def _values(found: Finding, *, is_compared: bool) -> Iterator[dict[str, str]]:
    """The doubted value, and what it should agree with: each masked, and whole where its crop
    stands beside it. What was measured of a photo its message says in words."""
    if not found.got or found.rule.startswith("PH-"):
        return
    field = found.field or ""
    told = [("读到", found.got)]
    if found.rule.startswith("X") and found.expected:
        told.append(("另一处", found.expected))
    for label, value in told:
        masked, whole = shown(field, value), value_label(field, value)
        full = whole if is_compared and whole != masked else ""
        yield {"label": label, "masked": masked, "full": full}


def _link(name: str, out: Path) -> str | None:
    return f"pictures/{name}" if (out / "pictures" / name).exists() else None


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"
