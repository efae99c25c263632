"""The answer in one look: a sentence, what is missing and wrong with its cure, then the papers.

Nothing is judged here. What is missing and what to bring comes from the notice
(:mod:`validators.output.notice`), what is wrong from the record's findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flows.desk.stands import Stand
from flows.report import SEVERITY_LABELS
from pipeline.evidence.evidence import is_doubtful
from pipeline.finding import Finding, Severity, field_label, page_label, type_label, value_label
from pipeline.model import Document, DocumentType, Frozen, PageRef, Quad, Reading
from pipeline.privacy import mask
from pipeline.record import Record
from pipeline.status import Status
from validators.output.notice import Entry, Notice, make_notice

REASON_CHARS = 30
"""A longer reason stands below the sentence."""
MOST_NAMED = 4
"""Missing papers that the sentence names; how many more there are it counts."""


class Value(Frozen):
    """A value beside the piece of paper it was read from. ``shown`` is masked unless the paper was
    opened; ``hidden``: whether anything is masked."""

    field: str
    label: str
    shown: str
    value: str
    hidden: bool
    doubtful: bool
    human: bool
    page: int
    box: Quad | None


class Paper(Frozen):
    """A paper as it was read. ``key`` stays the same whatever else comes."""

    id: str
    key: str
    type: str
    label: str
    pages: tuple[PageRef, ...]
    values: tuple[Value, ...]
    marks: tuple[str, ...]
    is_photo: bool
    is_open: bool
    has_hidden: bool


class Doubt(Frozen):
    """Something that is wrong, or that a person must look at, with what to do next."""

    severity: Severity
    severity_label: str
    rule: str
    where: str
    message: str
    hint: str
    basis: str
    matters: tuple[str, ...]
    position: int
    paper: Paper | None = None
    value: Value | None = None
    field: str | None = None


class Answer(Frozen):
    """All that the page says of an application. ``state`` is ``empty``, ``waiting`` or a status."""

    state: str
    sentence: str
    after: str
    missing: tuple[Entry, ...]
    cannot: tuple[Entry, ...]
    wrong: tuple[Doubt, ...]
    doubts: tuple[Doubt, ...]
    notes: tuple[Doubt, ...]
    papers: tuple[Paper, ...]
    notice: Notice
    waits: int
    may_submit: bool


def answer_of(stand: Stand, opened: Iterable[str] = ()) -> Answer:
    """The answer of a draft as it stands; ``opened`` are the keys of papers whose values are shown
    whole."""
    record = stand.result.record
    notice = make_notice(record)
    open_keys = frozenset(opened)
    papers = tuple(_paper(document, open_keys) for document in stand.result.documents)
    by_id = {paper.id: paper for paper in papers}
    told = [
        _doubt(position, found, by_id, record)
        for position, found in enumerate(once(record.open_findings))
    ]
    by_severity = {
        severity: tuple(d for d in told if d.severity == severity) for severity in Severity
    }
    listed = {
        f.rule for f in record.open_findings if f.rule.startswith("MAT-") and f.document is None
    }
    wrong = tuple(d for d in by_severity[Severity.MEND] if d.rule not in listed or d.paper)
    has_files = any(file.parts for file in stand.files) or bool(stand.listed.findings)
    state = record.status.value if has_files else "empty"
    if stand.waits:
        state = "waiting"
    # What is missing is known once everything was read: before, it would only unsettle.
    is_whole = state not in ("empty", "waiting")
    return Answer(
        state=state,
        sentence=_sentence(state, notice, wrong, by_severity[Severity.REVIEW], stand),
        after=_after(record, notice),
        missing=notice.missing if is_whole else (),
        cannot=notice.cannot if is_whole else (),
        wrong=wrong if is_whole else (),
        doubts=by_severity[Severity.REVIEW] if is_whole else (),
        notes=by_severity[Severity.NOTE] if is_whole else (),
        papers=papers,
        notice=notice,
        waits=stand.waits,
        may_submit=has_files and not stand.waits and bool(record.matters),
    )


def _sentence(
    state: str, notice: Notice, wrong: Sequence[Doubt], doubts: Sequence[Doubt], stand: Stand
) -> str:
    """What the clerk says first."""
    if state == "waiting":
        return f"正在识别，还有 {stand.waits} 个文件"
    if state == "empty":
        return "还没有放入材料"
    if not stand.result.record.matters:
        return "还不知道要办什么：请选择事项，或放入申请表"
    if state == Status.READY:
        return "可以受理：材料齐全"
    parts = []
    if notice.cannot:
        parts.append(_refusal(notice.cannot))
    if notice.missing:
        names = [entry.title for entry in notice.missing]
        more = f"等 {len(names)} 样" if len(names) > MOST_NAMED else ""
        parts.append(f"还差{'、'.join(names[:MOST_NAMED])}{more}")
    if wrong:
        parts.append(_correction(wrong))
    if doubts:
        parts.append(f"{len(doubts)} 处要当面核对")
    return "；".join(parts) or "请看下面的事项"


def _refusal(entries: Sequence[Entry]) -> str:
    """What cannot be done, and why where one reason is short enough for a sentence."""
    titles = "、".join(dict.fromkeys(entry.title for entry in entries))
    reason = entries[0].problems[0]
    short = len(entries) == 1 and len(reason) <= REASON_CHARS
    return f"不能办：{titles}（{reason}）" if short else f"不能办：{titles}"


def _correction(wrong: Sequence[Doubt]) -> str:
    """What must be corrected: the papers by name, where they are few and all known."""
    papers = list(dict.fromkeys(doubt.paper.label for doubt in wrong if doubt.paper))
    named = len(papers) <= MOST_NAMED and all(doubt.paper for doubt in wrong)
    return f"{'、'.join(papers)}要更正或更换" if named else f"{len(wrong)} 处要更正"


def _after(record: Record, notice: Notice) -> str:
    """What stands beneath the sentence: until when, or what follows."""
    if record.status == Status.READY and notice.whole:
        return notice.whole
    return notice.lead if record.matters else ""


def once(findings: Iterable[Finding]) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    """What is said of several matters in the same words, said once, with the matters."""
    grouped: dict[tuple[object, ...], tuple[Finding, list[str]]] = {}
    for found in findings:
        key = (found.rule, found.severity, found.message, found.document, found.field, found.file)
        _, matters = grouped.setdefault(key, (found, []))
        if found.matter is not None and found.matter not in matters:
            matters.append(found.matter)
    for found, matters in grouped.values():
        yield found, tuple(matters)


def _doubt(
    position: int, told: tuple[Finding, tuple[str, ...]], papers: dict[str, Paper], record: Record
) -> Doubt:
    found, matters = told
    paper = papers.get(found.document or "")
    value = next((v for v in paper.values if v.field == found.field), None) if paper else None
    names = {matter.code: matter.name for matter in record.matters}
    return Doubt(
        severity=found.severity,
        severity_label=SEVERITY_LABELS[found.severity.value],
        rule=found.rule,
        where=paper.label if paper else (found.file or ""),
        message=found.message,
        hint=found.hint,
        basis=found.basis,
        matters=tuple(names.get(code, code) for code in matters),
        position=position,
        paper=paper,
        value=value,
        field=found.field,
    )


def paper_key(document: Document) -> str:
    """A paper by its first page: the same whatever else comes."""
    ref = document.pages[0]
    place = next((r.box[0] for r in document.fields.values() if r.box and r.page == 0), (0, 0))
    return f"{ref.sha256[:20]}-{ref.page}-{document.type}-{round(place[0])}-{round(place[1])}"


def _paper(document: Document, opened: frozenset[str]) -> Paper:
    key = paper_key(document)
    is_open = key in opened
    values = tuple(
        _value(name, field, is_open) for name, field in document.fields.items() if field.value
    )
    return Paper(
        id=document.id,
        key=key,
        type=document.type,
        label=page_label(document.marks.get("page", "")) or type_label(document.type),
        pages=document.pages,
        values=values,
        marks=tuple(_marks(document)),
        is_photo=document.type == DocumentType.PHOTO,
        is_open=is_open,
        has_hidden=any(mask(v.field, v.value) != v.value for v in values),
    )


def _value(name: str, field: Reading, is_open: bool) -> Value:
    words = value_label(name, field.value)
    masked = mask(name, words)
    return Value(
        field=name,
        label=field_label(name),
        shown=words if is_open else masked,
        value=field.value,
        hidden=not is_open and masked != words,
        doubtful=is_doubtful(name, field),
        human=field.source == "human",
        page=field.page,
        box=field.box,
    )


_MARK_WORDS = {
    ("seal", "yes"): "有印章",
    ("seal", "no"): "没有印章",
    ("seal", "unsure"): "印章不清",
    ("signature", "yes"): "有签名",
    ("signature", "no"): "没有签名",
    ("signature", "unsure"): "签名不清",
}


def _marks(document: Document) -> Iterator[str]:
    """Seals, signatures and faults of the scan, in words."""
    for mark, state in document.marks.items():
        words = _MARK_WORDS.get((mark, state))
        if words:
            yield words
    if document.quality.copy_:
        yield "复印件"
    if document.quality.screen:
        yield "翻拍屏幕"
    if document.quality.cut:
        yield "边缘缺失"
