"""一次性告知书: what the applicant is told, all at once and in plain words.

Only what somebody must act on is told: what is missing, what is wrong with which paper, what does
not go together, and what to do. What the office must still look at is its own business, and so are
rule ids and how surely something was read. Names and numbers are masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from pydantic import RootModel

from pipeline.finding import Finding, Severity, type_label
from pipeline.model import Frozen
from pipeline.privacy import mask
from pipeline.record import Record, Status
from validators.guide.guide import guide
from validators.guide.tables import TableError, parse_table, table_text
from validators.guide.wording import full_words


class Advice(Frozen):
    """What a rule says to the applicant."""

    what: str = ""
    todo: str


class Entry(Frozen):
    """One thing to act on. ``matters`` are short names; empty: all of them."""

    title: str
    problems: tuple[str, ...]
    todo: tuple[str, ...]
    matters: tuple[str, ...] = ()


class NoticeMatter(Frozen):
    """One matter as the applicant sees it."""

    name: str
    department: str
    state: str
    due: str = ""


class Notice(Frozen):
    """Everything on the page."""

    case_id: str
    name: str
    id_number: str
    headline: str
    lead: str
    matters: tuple[NoticeMatter, ...]
    cannot: tuple[Entry, ...]
    missing: tuple[Entry, ...]
    mend: tuple[Entry, ...]
    originals: tuple[str, ...]
    source: str

    @property
    def is_long(self) -> bool:
        """Whether the page must be set close to stay one page."""
        return len(self.cannot) + len(self.missing) + len(self.mend) > 5


class Advices(RootModel[dict[str, Advice]]):
    """notice.toml."""


@cache
def advices() -> Mapping[str, Advice]:
    """What each rule says to the applicant. Raises TableError where it is wrong."""
    return parse_advices(table_text("notice.toml", "validators.output"))


def parse_advices(text: str) -> Mapping[str, Advice]:
    """The table of a text. Raises TableError with line and reason."""
    table = parse_table(text, Advices, "notice.toml").root
    if OTHER not in table:
        raise TableError("notice.toml", None, f"缺少 [{OTHER}]")
    return table


OTHER = "other"
"""What is said for a rule that has no words of its own."""


_STATES = {
    Status.READY: "材料齐全，可以受理",
    Status.REVIEW: "材料已收到，正在核对",
    Status.INCOMPLETE: "需要补正材料",
    Status.INELIGIBLE: "目前不能办理",
}
_HEADLINES = {
    Status.READY: ("材料齐全", "您提交的材料齐全，符合受理条件，不需要再补充。"),
    Status.REVIEW: ("材料已收到", "您提交的材料已经收到，正在核对。现在不需要您补充材料。"),
    Status.INCOMPLETE: ("需要补正", "请按下面的清单一次备齐，再来办理。清单以外的材料不需要再交。"),
    Status.INELIGIBLE: (
        "有事项不能办理",
        "下面写明了不能办理的事项、原因和您可以怎么做；其余事项请按清单一次备齐材料。",
    ),
}


def make_notice(record: Record) -> Notice:
    """What the applicant is told about this record."""
    findings = [f for f in record.open_findings if f.severity in (Severity.REJECT, Severity.MEND)]
    rejected = [f for f in findings if f.severity == Severity.REJECT]
    missing = [f for f in findings if f.rule.startswith("MAT-") and f.document is None]
    mend = [f for f in findings if f not in rejected and f not in missing]
    headline, lead = _HEADLINES[record.status]
    applicant = record.applicant
    return Notice(
        case_id=record.case_id,
        name=mask("name", applicant.name) if applicant.name else "",
        id_number=mask("id_number", applicant.id_number) if applicant.id_number else "",
        headline=headline,
        lead=lead,
        matters=tuple(_matter(record)),
        cannot=tuple(_cannot(rejected)),
        missing=tuple(_missing(missing)),
        mend=tuple(_mend(mend, record)),
        originals=tuple(
            dict.fromkeys(
                m.name for m in record.materials if m.show_original and m.status == "present"
            )
        ),
        source=guide().table.name,
    )


def _matter(record: Record) -> Iterable[NoticeMatter]:
    departments = guide().table.departments
    for matter in record.matters:
        due = ""
        if matter.due_on is not None and matter.status == Status.READY:
            day = date.fromisoformat(matter.due_on)
            due = f"承诺办结日：{day.year}年{day.month}月{day.day}日"
            if matter.calendar == "provisional":
                due += "（以正式公布的放假安排为准）"
        yield NoticeMatter(
            name=matter.name,
            department=departments[matter.department],
            state=_STATES[matter.status],
            due=due,
        )


def _short(codes: Iterable[str | None]) -> tuple[str, ...]:
    named = dict.fromkeys(c for c in codes if c is not None)
    return tuple(guide().matter(code).short for code in sorted(named))


def _advice(rule: str) -> Advice:
    table = advices()
    return table.get(rule, table[OTHER])


def _cannot(findings: Iterable[Finding]) -> Iterable[Entry]:
    """Why a matter cannot be done: one entry a rule, with the matters that it stops."""
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        by_rule.setdefault((found.rule, found.message), []).append(found)
    for (rule, message), group in by_rule.items():
        matters = _short(f.matter for f in group)
        title = "、".join(matters) or "本次申请"
        yield Entry(title=title, problems=(message.rstrip("。"),), todo=(_advice(rule).todo,))


def _missing(findings: Iterable[Finding]) -> Iterable[Entry]:
    """What was not handed in: one entry an item, with its form and why it is needed."""
    rows = {(f"MAT-{row.item}", row.name): row for row in guide().materials}
    by_row: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        key = next((k for k in rows if k[0] == found.rule and found.message.startswith(k[1])), None)
        if key is not None:
            by_row.setdefault(key, []).append(found)
    for key, group in by_row.items():
        row = rows[key]
        matters = _short(f.matter for f in group)
        needed_by = f"用于{'、'.join(matters)}" if matters else "用于所有事项"
        why = f"{row.in_words}须提交，{needed_by}" if row.in_words else f"必交，{needed_by}"
        yield Entry(
            title=row.name,
            problems=(why,),
            todo=(full_words(row),),
            matters=matters,
        )


def _mend(findings: Iterable[Finding], record: Record) -> Iterable[Entry]:
    """What is wrong with what was handed in: one entry a paper."""
    types = {d.id: d.type for d in record.documents}
    by_paper: dict[str | None, list[Finding]] = {}
    every = tuple(findings)
    unsigned = {f.document for f in every if f.rule == "DOC-SIGNATURE"}
    for found in every:
        if found.rule == "X15" and found.field == "signature" and found.document in unsigned:
            continue  # the same said of the paper itself
        by_paper.setdefault(found.document, []).append(found)
    for document, group in by_paper.items():
        problems = dict.fromkeys(_problem(f) for f in group)
        todo = dict.fromkeys(_todo(f) for f in group)
        yield Entry(
            title=type_label(types[document]) if document in types else _elsewhere(group),
            problems=tuple(problems),
            todo=tuple(todo),
            matters=_short(f.matter for f in group),
        )


def _elsewhere(findings: Iterable[Finding]) -> str:
    """Where the fault lies that no paper shows: in a file, or in what the form says."""
    files = all(f.rule.startswith("SRC-") for f in findings)
    return "提交的材料" if files else "申请表填写的内容"


def _problem(found: Finding) -> str:
    advice = advices().get(found.rule)
    if advice is not None and advice.what:
        return advice.what
    if found.rule.startswith("MAT-"):
        # "name：problem。" of the catalogue: the problem alone, the paper stands above it.
        return found.message.partition("：")[2].rstrip("。")
    return _advice(found.rule).what or found.message.rstrip("。")


def _todo(found: Finding) -> str:
    if found.rule.startswith("MAT-") and found.rule not in advices():
        return found.hint.removeprefix("请申请人").rstrip("。")
    return _advice(found.rule).todo
