"""What is wrong with a paper, as far as an item of the guide's list goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.finding import Finding, Severity
from pipeline.model import Document, DocumentType, Reading
from pipeline.reference import names
from pipeline.reference.dates import add_months, to_date
from validators.guide.facts import Facts
from validators.guide.rows import Accepts, MaterialRow, Says
from validators.person.certainty import is_sure
from validators.person.kinds import first, paper_of
from validators.person.whose import foreign_forms

PaperVerdict = Literal["present", "waived", "unsure", "invalid", "missing"]
VERDICTS: tuple[PaperVerdict, ...] = ("present", "waived", "unsure", "invalid", "missing")
"""How an item may stand, best first."""


@dataclass(frozen=True, slots=True)
class PaperProblem:
    """What it makes of the item, and why. ``rule`` says so where that is not the item's own;
    ``told_by``: beginnings of rules whose findings about the paper say it already. ``cure`` is
    what mends it, where that is not handing in the item."""

    verdict: PaperVerdict
    reason: str
    rule: str | None = None
    told_by: tuple[str, ...] = ()
    cure: str = ""


_PERSON = ("X",)
_PAPER = ("DOC-", "PH-", "X", "E-1")


def find_problems(
    row: MaterialRow,
    way: Accepts,
    document: Document,
    facts: Facts,
    findings: Sequence[Finding],
) -> list[PaperProblem]:
    """Everything for which the item does not count as fulfilled by this paper."""
    problems = [
        *_holder_problems(row, document, facts),
        *_paper_problems(document, facts, findings),
        *_face_problems(way, document),
        *_text_problems(way, document, facts, findings),
        *_issuer_problems(way, document),
        *_mark_problems(row, document),
        *_age_problems(row, document, facts),
    ]
    if way.shows_change:
        problems += _change_problems(document)
    if way.doubt is not None:
        problems.append(PaperProblem("unsure", way.doubt))
    return problems


def _holder_problems(row: MaterialRow, document: Document, facts: Facts) -> list[PaperProblem]:
    if document in foreign_forms(facts.application):
        return [PaperProblem("invalid", "不是申请人本人的申请表", None, ("X14",))]
    if row.holder == "nobody" or document.type == DocumentType.APPLICATION_FORM:
        return []
    holder = facts.papers.holder(document)
    if holder == row.holder or (row.holder == "proxy" and facts.papers.is_own_proxy):
        return []
    who = "申请人本人" if row.holder == "applicant" else "受委托人"
    if holder == "unsure":
        if paper_of(document).person == "either" and not facts.papers.claim(document).says_nothing:
            reason = "写的是他人，没有看出申请人是其家庭成员，请核对"
            return [PaperProblem("unsure", reason, None, _PERSON)]
        return [PaperProblem("unsure", f"未能确认是{who}的材料", None, _PERSON)]
    if document.type == DocumentType.HUKOU:
        return [PaperProblem("invalid", "户口簿中没有申请人本人页", None, _PERSON)]
    return [PaperProblem("invalid", f"不是{who}的材料", None, _PERSON)]


def _paper_problems(
    document: Document, facts: Facts, findings: Sequence[Finding]
) -> Iterator[PaperProblem]:
    if facts.papers.is_expired(document):
        yield PaperProblem("invalid", "已过有效期", None, _PAPER)
    elif facts.papers.is_doubted(document):
        yield PaperProblem("unsure", "有效期未能确认", None, _PAPER)
    photo = document.type == DocumentType.PHOTO
    for found in findings:
        named = found.rule in facts.guide.invalidating or (photo and found.rule.startswith("PH-"))
        if named and found.document == document.id and found.severity == Severity.MEND:
            yield PaperProblem("invalid", found.message.rstrip("。"), None, _PAPER)


def _face_problems(way: Accepts, document: Document) -> Iterator[PaperProblem]:
    for faces in way.faces:
        if not set(faces) & set(document.faces):
            label = "、".join(_FACES.get(face, face) for face in faces)
            own = "member" in faces
            yield PaperProblem(
                "invalid" if own else "unsure", f"没有{label}", None, ("DOC-SIDE", "X6")
            )


_FACES = {"member": "本人页", "head": "首页"}


def _text_problems(
    way: Accepts, document: Document, facts: Facts, findings: Sequence[Finding]
) -> Iterator[PaperProblem]:
    for says in way.says:
        found = first(document, says.fields)
        if found is None:
            yield PaperProblem("unsure", "关键内容未能读出，请核对")
            continue
        field, reading = found
        if says.kinds:
            yield from _kind_problems(says, document, reading, facts)
        elif not says.holds(reading.value):
            doubted = _doubting(document, field, findings)
            if doubted:
                # The paper contradicts itself about it: one look settles both.
                yield PaperProblem("unsure", says.reason, None, doubted)
            else:
                verdict: PaperVerdict = "invalid" if is_sure(reading) else "unsure"
                yield PaperProblem(verdict, says.reason, cure=says.cure)


def _doubting(document: Document, field: str, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The rules by which a person must look at this field of the paper anyway."""
    return tuple(
        f.rule
        for f in findings
        if f.document == document.id
        and f.field == field
        and f.severity == Severity.REVIEW
        and f.rule.startswith("X")
    )


def _kind_problems(
    says: Says, document: Document, reading: Reading, facts: Facts
) -> Iterator[PaperProblem]:
    """Who the proof is about, exactly, and of what time it speaks."""
    kind = facts.guide.proof_kind(reading.value)
    printed = f"（证明上写的是“{reading.value}”）"
    sure: PaperVerdict = "invalid" if is_sure(reading) else "unsure"
    if kind in says.doubtful_kinds:
        yield PaperProblem("unsure", f"{says.reason}{printed}，请核能否作为该证明")
    elif kind not in says.kinds:
        yield PaperProblem(sure, f"{says.reason}{printed}")
    told = document.fields.get("group_state")
    state = told.value if told is not None and told.value else None
    state = state or facts.guide.proof_state(reading.value)
    if state in ("current", *says.states):
        return
    row = next((r for r in facts.guide.table.proof_state if r.state == state), None)
    reason = row.name if row is not None else "证明的时间未能确认"
    if row is None or state in says.doubtful_states or (told is not None and not is_sure(told)):
        yield PaperProblem("unsure", f"{reason}，请核")
    else:
        yield PaperProblem(sure, reason)


def _issuer_problems(way: Accepts, document: Document) -> Iterator[PaperProblem]:
    """A paper of another issuer than the guide's. A person looks: offices hand such duties on."""
    if way.issued_by is None:
        return
    issuer = document.value("issuing_authority") or ""
    if not way.issued_by.is_met(issuer, document.marks.get("seal_text", "")):
        yield PaperProblem("unsure", f"{way.issued_by.lacking}（所见出具单位：{issuer}）")


def _mark_problems(row: MaterialRow, document: Document) -> Iterator[PaperProblem]:
    """What lacks of signature, seal, and the photo's verdict. A mark that the guide does not ask
    for by name (``looked_for``) is only looked at by a person; on a paper whose original is shown
    beside its copy, only where the copy surely lacks it."""
    for mark in row.marks:
        seen = document.marks.get(mark)
        words = _MARKS[mark]
        if seen == words.bad:
            cure = _CURES.get(mark, "").format(signer=row.signer)
            lacking = f"没有{row.signer}的签名" if mark == "signature" else words.lacking
            yield PaperProblem("invalid", lacking, words.rule, words.told_by, cure)
        elif seen != words.good:
            yield PaperProblem("unsure", words.unclear, words.rule, words.told_by)
    for mark in row.looked_for:
        words = _MARKS[mark]
        seen = document.marks.get(mark)
        if seen == words.bad or (seen == "unsure" and not row.show_original):
            yield PaperProblem("unsure", words.unclear, words.rule, words.told_by)


_CURES = {"signature": "请{signer}签名", "seal": "请到出具单位盖章后再交"}


@dataclass(frozen=True, slots=True)
class _MarkWords:
    good: str
    bad: str
    lacking: str
    unclear: str
    rule: str | None = None
    told_by: tuple[str, ...] = ()


_MARKS = {
    "signature": _MarkWords("yes", "no", "没有签名", "是否签名未能确认", "DOC-SIGNATURE", ("X15",)),
    "seal": _MarkWords("yes", "no", "没有公章", "是否盖章未能确认", "DOC-SEAL"),
    "verdict": _MarkWords(
        "pass", "fail", "照片不符合制卡要求", "照片是否符合制卡要求未能确认", None, ("PH-",)
    ),
}


def _age_problems(row: MaterialRow, document: Document, facts: Facts) -> Iterator[PaperProblem]:
    """A proof whose validity nothing says, and that is older than the table's limit (A38)."""
    if not row.ages:
        return
    issued = first(document, ("issue_date", "date"))
    day = to_date(issued[1].value) if issued else None
    months = facts.guide.limits.proof_age_months
    if day is not None and day < add_months(facts.day, -months):
        yield PaperProblem("unsure", f"出具已超过{months}个月，请核是否仍然有效")


def _change_problems(document: Document) -> list[PaperProblem]:
    """A booklet serves as proof of a change only where it shows the change."""
    former = document.fields.get("former_name")
    if "changes" in document.faces or document.tables.get("changes"):
        return []
    if former is not None and former.value and former.value not in names.NONE:
        return []
    if former is None and "member" not in document.faces:
        return [PaperProblem("unsure", "户口簿上是否载明变更前后的信息未能确认")]
    return [PaperProblem("invalid", "户口簿上没有载明变更前后信息的变更记载页")]
