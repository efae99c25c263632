"""Which materials are there: the rows of ``materials.toml`` over the papers (guide 五).

An item is present, waived (verified electronically by the agency), unsure, invalid or missing;
the best of its papers decides. What is wrong with the paper itself is told by the check that saw
it; a MAT finding is made only where no other finding says why the item does not count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.finding import Finding, Severity, finding, type_label
from pipeline.model import Document, DocumentType
from pipeline.record import Material
from validators.guide.facts import Facts
from validators.guide.rows import Accepts, MaterialRow
from validators.guide.shortcomings import VERDICTS, PaperProblem, PaperVerdict, find_problems
from validators.guide.wording import full_words


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one item stands for one matter.

    ``document`` and ``kind`` are of the paper that decides; ``item`` is the alternative's own
    where one was used; ``reason`` says why it is not simply present, ``rule`` is the rule that
    says so where that is not the item's own, ``told_by`` are beginnings of rules that may have.
    """

    verdict: PaperVerdict
    document: str | None = None
    kind: DocumentType | None = None
    reason: str = ""
    item: str | None = None
    rule: str | None = None
    told_by: tuple[str, ...] = ()
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """How one row stands for the matters that need it."""

    row: MaterialRow
    matters: tuple[str, ...]
    judgement: Judgement


def judge_materials(facts: Facts, findings: Sequence[Finding]) -> tuple[Stand, ...]:
    """Every item that the chosen matters need, matters that stand alike together.

    ``findings`` are those of the papers: some make the paper they name unusable.
    """
    stands: list[Stand] = []
    for row in facts.guide.materials:
        alike: dict[Judgement, list[str]] = {}
        for matter in facts.request.matters:
            if matter in row.matters:
                judgement = _judge(row, matter, facts, findings)
                if judgement is not None:
                    alike.setdefault(judgement, []).append(matter)
        stands += [Stand(row, tuple(matters), j) for j, matters in alike.items()]
    return tuple(sorted(stands, key=lambda s: _place(s, facts)))


def _place(stand: Stand, facts: Facts) -> tuple[int, int]:
    first_row = next(i for i, row in enumerate(facts.guide.materials) if row.item == stand.row.item)
    return first_row, VERDICTS.index(stand.judgement.verdict)


def materials(
    stands: Iterable[Stand], documents: Iterable[Document], channel: str | None = None
) -> tuple[Material, ...]:
    """The record's list. An alternative that was used stands in it under its own item too; rows
    of one item stand best first. The original is to be shown where the guide says so, and at the
    window also of identity papers and where what was handed in is a copy."""
    copies = {document.id for document in documents if document.quality.copy_}
    listed: list[Material] = []
    for stand in stands:
        judgement = stand.judgement
        row = Material(
            item=stand.row.item,
            matters=stand.matters,
            name=stand.row.name,
            status=judgement.verdict,
            documents=(judgement.document,) if judgement.document else (),
            show_original=judgement.verdict != "waived"
            and (
                stand.row.seen_by_guide
                or (channel != "online" and stand.row.show_original)
                or (channel != "online" and judgement.document in copies)
            ),
        )
        listed.append(row)
        if judgement.item is not None and judgement.kind is not None:
            name = type_label(judgement.kind)
            listed.append(row.model_copy(update={"item": judgement.item, "name": name}))
    return tuple(listed)


def check_materials(
    facts: Facts,
    stands: Sequence[Stand],
    findings: Sequence[Finding],
    refused: Collection[str] = (),
) -> Iterator[Finding]:
    """Findings of the family MAT, one a matter; none named where all chosen matters need it.

    For a matter that is ``refused`` nothing is asked.
    """
    chosen = tuple(m for m in facts.request.matters if m not in refused)
    for stand in stands:
        judgement = stand.judgement
        matters = tuple(m for m in stand.matters if m not in refused)
        if judgement.verdict in ("present", "waived") or not matters:
            continue
        severity = Severity.REVIEW if judgement.verdict == "unsure" else Severity.MEND
        if _is_told(judgement, severity, findings):
            continue
        matters = tuple(m for m in matters if not _is_moot(stand, m, stands))
        whole = matters == chosen and len(stand.row.matters) == len(facts.guide.codes)
        for matter in [None] if whole else matters:
            hint, todo = _words(stand.row, judgement, severity)
            yield finding(
                judgement.rule or f"MAT-{judgement.item or stand.row.item}",
                severity=severity,
                matter=matter,
                document=judgement.document,
                name=stand.row.name,
                problem=judgement.reason or _MISSING,
                action=hint,
                hint=hint,
                todo=todo,
            )
    if chosen:
        yield from _signed_copies(facts)


_MISSING = "未提交"


def _is_moot(stand: Stand, matter: str, stands: Iterable[Stand]) -> bool:
    """Whether a paper that must be brought for the same matter anyway (the permit of somebody from
    Hong Kong) will fulfil this item as well, whatever it says: then one demand is enough."""
    if stand.judgement.verdict == "invalid":
        return False
    enough = {
        way.type
        for way in stand.row.accepts
        if way.doubt is None and not way.says and (not way.matters or matter in way.matters)
    }
    return any(
        other.row.item != stand.row.item
        and other.judgement.verdict in ("missing", "invalid")
        and matter in other.matters
        and {way.type for way in other.row.accepts} <= enough
        for other in stands
    )


def _is_told(judgement: Judgement, severity: Severity, findings: Sequence[Finding]) -> bool:
    """Whether a finding about the paper says already that it must be mended, or looked at."""
    if judgement.document is None:
        return False
    enough = {Severity.REJECT, Severity.MEND, severity}
    about = [f for f in findings if f.document == judgement.document and f.severity in enough]
    return any(f.rule.startswith(judgement.told_by) for f in about)


def _words(row: MaterialRow, judgement: Judgement, severity: Severity) -> tuple[str, str]:
    """What the clerk and what the applicant does next. A wrong paper is told with the right one's
    name; a signature is whoever's it must be."""
    bring = full_words(row)
    if judgement.cure:
        todo = f"请{judgement.cure.removeprefix('请')}"
        return f"{todo}。", todo
    if judgement.document is None and severity == Severity.REVIEW:
        return f"请核对是否需要提交；需要的，请申请人{bring}。", f"请{bring}"
    if judgement.document is None:
        return f"请申请人{bring}。", f"请{bring}"
    todo = f"请换交“{row.name}”：{bring}"
    if severity == Severity.REVIEW:
        return f"请核对{row.name}；不能作数的，请申请人换交。", todo
    return f"请申请人换交“{row.name}”：{bring}。", todo


# ---------------------------------------------------------------- one item


def _judge(
    row: MaterialRow, matter: str, facts: Facts, findings: Sequence[Finding]
) -> Judgement | None:
    """How the item stands for the matter; None where it is not needed."""
    if row.group is not None and row.group not in facts.request.special_groups:
        return None
    needed, _ = facts.holds(row.when)
    if needed is False:
        return None
    ways = [way for way in row.accepts if not way.matters or matter in way.matters]
    judgements = [
        _judge_paper(row, way, document, facts, findings)
        for way in ways
        if _fits_category(way, facts)
        for document in facts.application.of(way.type)
        if _may_serve(row, document, facts)
    ]
    if row.generated_online and facts.request.channel == "online" and facts.application.typed:
        judgements.append(Judgement("present"))
    if row.waived_by is not None and facts.is_verified(row.waived_by):
        judgements.append(Judgement("waived"))
    best = min(judgements, key=lambda j: VERDICTS.index(j.verdict), default=Judgement("missing"))
    if needed is None and best.verdict not in ("present", "waived"):
        return Judgement("unsure", best.document, best.kind, "是否需要提交不能确定，请核")
    return best


def _fits_category(way: Accepts, facts: Facts) -> bool:
    return not way.category or facts["category"].value in (None, *way.category)


def _may_serve(row: MaterialRow, document: Document, facts: Facts) -> bool:
    """Whether the paper is offered for this item at all: the proxy's card is not offered as the
    applicant's, nor another member's page of the booklet, nor, beside the applicant's own paper, a
    part of one that names nobody."""
    if row.holder == "nobody":
        return True
    holder = facts.papers.holder(document)
    if row.holder == "proxy":
        # Who names himself as his proxy has handed in the proxy's card with his own: X15.
        return holder == ("applicant" if facts.papers.is_own_proxy else "proxy")
    if holder == "proxy":
        return False
    if facts.papers.claim(document).says_nothing and facts.papers.has_own(document.type):
        return False  # a loose back beside the applicant's whole card
    others_page = document.type == DocumentType.HUKOU and holder == "other"
    return not others_page or not facts.papers.owned(DocumentType.HUKOU)


def _judge_paper(
    row: MaterialRow,
    way: Accepts,
    document: Document,
    facts: Facts,
    findings: Sequence[Finding],
) -> Judgement:
    """How the item stands by this paper: the worst of what is wrong with it."""
    problems = find_problems(row, way, document, facts, findings)
    if not problems:
        return Judgement("present", document.id, document.type, item=way.item)
    worst = max(problems, key=_weight)
    return Judgement(
        worst.verdict,
        document.id,
        document.type,
        worst.reason,
        way.item,
        worst.rule,
        worst.told_by,
        worst.cure,
    )


def _weight(problem: PaperProblem) -> tuple[int, bool]:
    """The worst verdict first; of equal ones that which has a rule of its own."""
    return VERDICTS.index(problem.verdict), problem.rule is not None


# ---------------------------------------------------------------- copies signed by the applicant


def _signed_copies(facts: Facts) -> Iterator[Finding]:
    """G3c: where a proxy hands in, every copy bears the applicant's signature."""
    if facts["by_proxy"].value != "yes":
        return
    for document in facts.application.documents:
        if document.type in _NEVER_COPIES or document.quality.copy_ is False:
            continue
        signed = document.marks.get("signature")
        if signed == "yes":
            continue
        if document.quality.copy_ and signed == "no":
            problem, severity = f"{type_label(document.type)}没有申请人本人签名", Severity.MEND
        else:
            problem = f"{type_label(document.type)}是否为复印件、有无申请人本人签名未能确认"
            severity = Severity.REVIEW
        yield finding("MAT-G3c", severity=severity, document=document.id, problem=problem)


_NEVER_COPIES = frozenset(
    {
        DocumentType.APPLICATION_FORM,
        DocumentType.PROXY_UNDERTAKING,
        DocumentType.PHOTO,
        DocumentType.UNKNOWN,
    }
)
