"""``yijianshi check``: one case as a clerk reads it on a terminal.

What was read (masked), how each matter stands, which papers are there, and everything that is
missing or wrong, worst first, each with what to do next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flows.counter import FileResult
from flows.report import SEVERITY_LABELS, STATUS_LABELS, names_of
from pipeline.finding import Finding, Severity, field_label, type_label, value_label
from pipeline.privacy import is_name, mask, mask_identity, mask_words, shown
from pipeline.record import Material, Record, RecordDocument
from pipeline.record_document import record_document
from validators.output.notice import Entry, make_notice

MATERIAL_LABELS = {
    "present": "已交",
    "missing": "缺少",
    "waived": "免交",
    "invalid": "无效",
    "unsure": "待核",
}
_SEVERITIES = list(Severity)


def summary(record: Record, *, reveal: bool = False, notes: bool = False) -> Iterator[str]:
    """The lines of the summary; values, and names of persons in the names of files, masked unless
    they are to be compared (``reveal``); notes counted, or listed with the rest (``notes``)."""
    lines = _summary(record, reveal, notes)
    if reveal:
        yield from lines
        return
    names = names_of(record)
    for line in lines:
        yield mask_words(line, names)


def _summary(record: Record, reveal: bool, notes: bool) -> Iterator[str]:
    yield f"申请 {record.case_id}：{STATUS_LABELS[record.status]}"
    yield f"告诉申请人：{_to_applicant(record)}"
    yield from _applicant(record, reveal)
    if record.matters:
        yield ""
        yield "办理事项"
        for matter in record.matters:
            due = f"，{matter.due_on} 前办结" if matter.due_on else ""
            provisional = "（日历暂定）" if matter.calendar == "provisional" else ""
            rests = f"（随 {'、'.join(matter.rests_on)}）" if matter.rests_on else ""
            yield f"  {STATUS_LABELS[matter.status]}  {matter.name}{rests}{due}{provisional}"
        if record.whole:
            yield f"  整件承诺 {record.whole.due_on} 前办结，法定 {record.whole.statutory_on} 前"
    if record.materials:
        yield ""
        yield "申请材料"
        for material in record.materials:
            yield f"  {_material(material)}"
    yield ""
    yield "读到的材料"
    for document in record.documents:
        yield from _document(document, reveal)
    yield ""
    findings = sorted(record.open_findings, key=lambda f: _SEVERITIES.index(f.severity))
    folded = [] if notes else [f for f in findings if f.severity == Severity.NOTE]
    findings = [f for f in findings if f not in folded]
    if not findings:
        yield "没有发现问题。"
    # What is said of several matters in the same words is one line.
    told = {(f.rule, f.severity, f.message, f.document, f.field): f for f in findings}
    if told:
        yield f"需要处理的问题（{len(told)} 项）"
    documents = {d.id: d for d in record.documents}
    for number, found in enumerate(told.values(), start=1):
        yield from _finding(number, found, documents, reveal)
    if folded:
        yield f"另有 {len(folded)} 条提示，不影响办理（--notes 列出）"


def _to_applicant(record: Record) -> str:
    """What the clerk says first, in one line: what is refused, lacking, to be mended, and what the
    office still looks at, of which nothing is asked yet."""
    notice = make_notice(record)
    parts = [
        f"{label}：{'、'.join(dict.fromkeys(entry.title for entry in entries))}"
        for label, entries in (
            ("不能办理", notice.cannot),
            ("请补交", notice.missing),
            ("请更正或更换", notice.mend),
        )
        if entries
    ]
    if notice.questions:
        asked = "、".join(map(_looked_at, notice.questions))
        parts.append(f"正在核对，核对后再告知：{asked}")
    return "；".join(parts) if parts else notice.headline


def _looked_at(entry: Entry) -> str:
    about = "；".join(entry.problems)
    return f"{entry.title}（{about}）" if about else entry.title


def _applicant(record: Record, reveal: bool) -> Iterator[str]:
    a = record.applicant
    name, birth, number = a.name or "", a.birth_date or "", a.id_number or ""
    if not reveal:
        name, birth = mask("name", name), mask("birth_date", birth)
        number = mask_identity(a.id_type, number)
    parts = [name, a.sex or "", birth, number]
    if any(parts):
        yield "申请人 " + "　".join(part for part in parts if part)


def _material(material: Material) -> str:
    original = "，须验原件" if material.show_original and material.status == "present" else ""
    return f"{MATERIAL_LABELS[material.status]}  {material.item} {material.name}{original}"


def _document(document: RecordDocument, reveal: bool = False) -> Iterator[str]:
    places = "、".join(
        page.file + (f" 第{page.page}页" if page.page > 1 else "") for page in document.pages
    )
    yield f"  [{document.id}] {type_label(document.type)}（{places}）"
    values = [
        f"{field_label(name)} {_said(name, reading.text, reveal)}"
        for name, reading in document.fields.items()
        if reading.text
    ]
    if values:
        yield "      " + "；".join(values)


def _said(field: str, value: str, reveal: bool) -> str:
    return value_label(field, value) if reveal else shown(field, value)


def _finding(
    number: int, found: Finding, documents: dict[str, RecordDocument], reveal: bool = False
) -> Iterator[str]:
    document = documents.get(found.document or "")
    where = f"[{document.id}] " if document else ""
    if document is not None and found.file:
        where += f"{found.file} "
    label = type_label(document.type) if document else ""
    # Whatever the message is about is not said before it once more.
    if document is not None and not found.message.startswith(label) and "：" not in found.message:
        where += f"{label}："
    yield f"  {number}. 【{SEVERITY_LABELS[found.severity]}】{where}{found.told}"
    value = _said(found.field or "", found.got, reveal) if found.got else ""
    # What was typed was not read, and what the message says already is not said again.
    # A photo was measured, not read, and its message says what is wrong in words.
    measured = found.rule.startswith("PH-")
    read = bool(value) and document is not None and not measured and value not in found.message
    got = f"读到“{value}”。" if read else ""
    if got or found.hint:
        yield f"     {got}{found.hint}"


def read_lines(result: FileResult) -> Iterator[str]:
    """What ``yijianshi read`` prints for one file without ``--json``."""
    documents = {d.id: record_document(d) for d in result.documents}
    names = {
        reading.text
        for document in documents.values()
        for field, reading in document.fields.items()
        if is_name(field)
    }
    lines = [result.file]
    for document in documents.values():
        lines += _document(document)
    for number, found in enumerate(result.findings, start=1):
        lines += _finding(number, found, documents)
    for line in lines:
        yield mask_words(line, names)


STAGE_LABELS = {
    "decode": "打开文件",
    "plan": "找出各份材料",
    "upright": "判断方向",
    "detect": "文字检测",
    "recognise": "文字识别",
    "extract": "归类取值",
    "marks": "印章签名",
    "quality": "扫描质量",
    "photo": "找照片",
    "write": "写图片",
}


def stage_lines(files: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """Where the time of the files went: a line a stage, the longest first."""
    total: dict[str, float] = {}
    for stages in files:
        for name, seconds in stages.items():
            total[name] = total.get(name, 0.0) + seconds
    whole = sum(total.values())
    for name, seconds in sorted(total.items(), key=lambda item: -item[1]):
        yield f"{seconds:8.2f} 秒 {seconds / whole:4.0%}  {STAGE_LABELS[name]}（{name}）"
    yield f"{whole:8.2f} 秒       合计 {len(files)} 个文件"
