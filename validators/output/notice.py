"""一次性告知书: what the applicant is told, all at once and in plain words.

What somebody must act on is told: what is missing, what is wrong with which paper, what does not go
together, and what to do; for a refused matter nothing is asked. What the office still looks at is
told as an open question with what its answer may ask for, since as long as one is open nobody can
promise that the list is all. Rule ids and how surely something was read are the office's business.
Names and numbers are masked.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date
from functools import cache

from pipeline.finding import Finding, Severity, type_label
from pipeline.model import Frozen
from pipeline.privacy import mask, mask_identity
from pipeline.record import Matter, Record
from pipeline.status import Status
from validators.guide.guide import guide
from validators.guide.tables import TableError, parse_table, table_text
from validators.guide.wording import full_words
from validators.output.given_back import asks_nothing, given_back
from validators.request.typed import FILE


class Advice(Frozen):
    """What a rule says to the applicant."""

    what: str = ""
    todo: str


class Question(Frozen):
    """What is asked about (empty: the finding's own words), and what the answer may ask of the
    applicant."""

    about: str = ""
    then: str


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
    remark: str = ""


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
    questions: tuple[Entry, ...]
    give_back: tuple[str, ...]
    originals: tuple[str, ...]
    originals_when: str
    whole: str
    source: str

    @property
    def is_long(self) -> bool:
        """Whether the page must be set close to stay one page."""
        entries = (*self.cannot, *self.missing, *self.mend, *self.questions)
        return len(entries) > 5


class NoticeTable(Frozen):
    """notice.toml: what each rule says to the applicant, and what is asked where a person looks:
    by the beginning of the rule, the longest wins."""

    advice: dict[str, Advice]
    question: dict[str, Question]


@cache
def _table() -> NoticeTable:
    return parse_notice(table_text("notice.toml", "validators.output"))


def advices() -> Mapping[str, Advice]:
    """What each rule says to the applicant. Raises TableError where the table is wrong."""
    return _table().advice


def questions() -> Mapping[str, Question]:
    """What is asked where a person looks, by beginnings of rules."""
    return _table().question


def parse_notice(text: str) -> NoticeTable:
    """The table of a text. Raises TableError with line and reason."""
    table = parse_table(text, NoticeTable, "notice.toml")
    for rows in (table.advice, table.question):
        if OTHER not in rows:
            raise TableError("notice.toml", None, f"缺少 {OTHER}")
    return table


OTHER = "other"
"""What is said for a rule that has no words of its own."""


_STATES = {
    Status.READY: "材料齐全，可以受理",
    Status.REVIEW: "材料已收到，正在核对",
    Status.INCOMPLETE: "需要补正材料",
    Status.INELIGIBLE: "目前不能办理",
}


def _headline(record: Record, asked: int) -> tuple[str, str]:
    """What stands on top, and what it promises. As long as something is being looked at, or the
    matters are not known, nobody may promise that the list is all."""
    looking = f"另有{asked}项正在核对（见下），核对后可能还需要您补充。" if asked else ""
    if not record.matters and record.status != Status.REVIEW:
        text = "请先备齐下面的材料，填写申请表并写明要办理的事项；其余材料待确认申请事项后再告知。"
        return "申请事项不明", text
    if record.status == Status.READY:
        return "材料齐全", "您提交的材料齐全，符合受理条件，不需要再补充。"
    if record.status == Status.REVIEW:
        text = f"您提交的材料已经收到，有{asked}项正在核对（见下），核对后再告知是否需要补充材料。"
        return "材料已收到", text
    if record.status == Status.INCOMPLETE:
        rest = looking or "清单以外的材料不需要再交。"
        return "需要补正", f"请按下面的清单一次备齐，再来办理。{rest}"
    others = [m for m in record.matters if m.status != Status.INELIGIBLE]
    text = "下面写明了不能办理的事项、原因和您可以怎么做。"
    if any(m.status == Status.INCOMPLETE for m in others):
        text = f"{text[:-1]}；其余事项请按清单一次备齐材料。"
    return "有事项不能办理", text + looking


def make_notice(record: Record) -> Notice:
    """What the applicant is told about this record."""
    refused = {
        f.matter
        for f in record.open_findings
        if f.severity == Severity.REJECT and not f.rule.startswith("EXC-")
    } - {None}
    closed = refused | {
        m.code for m in record.matters if m.status == Status.INELIGIBLE and m.rests_on
    }
    all_closed = bool(closed) and closed >= {m.code for m in record.matters}
    findings = [
        f
        for f in record.open_findings
        if f.severity == Severity.REJECT
        or (f.matter not in closed and not (all_closed and f.matter is None))
    ]
    rejected = [f for f in findings if f.severity == Severity.REJECT]
    mends = [f for f in findings if f.severity == Severity.MEND]
    missing = [f for f in mends if f.rule.startswith("MAT-") and f.document is None]
    # That nothing was handed in is said by the list of what is missing.
    mend = [f for f in mends if f not in missing and not (missing and f.rule == "SRC-EMPTY")]
    asked = tuple(_questions([f for f in findings if f.severity == Severity.REVIEW], record))
    headline, lead = _headline(record, len(asked))
    applicant = record.applicant
    online = record.channel == "online"
    return Notice(
        case_id=record.case_id,
        name=mask("name", applicant.name) if applicant.name else "",
        id_number=mask_identity(applicant.id_type, applicant.id_number or ""),
        headline=headline,
        lead=lead,
        matters=tuple(_matter(record)),
        cannot=tuple(_cannot(rejected)),
        missing=tuple(_missing(missing, {f.matter for f in rejected})),
        mend=tuple(_mend(mend, record)),
        questions=asked,
        give_back=given_back(record),
        originals=tuple(
            dict.fromkeys(
                m.name
                for m in record.materials
                if m.show_original and m.status == "present" and set(m.matters) - closed
            )
        ),
        originals_when=(
            "线上申请的，还要到窗口出示以下材料的原件" if online else "需要出示原件查验的"
        ),
        whole=_whole(record),
        source=guide().table.name,
    )


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _whole(record: Record) -> str:
    """When the whole is due, where it is known that it can go on."""
    whole, limits = record.whole, guide().limits
    if whole is None or record.status != Status.READY:
        return ""
    text = (
        f"整件承诺{limits.promised_workdays}个工作日内（{_day(whole.due_on)}前）办结，"
        f"法定办结时限合计{limits.statutory_workdays}个工作日"
    )
    return text + ("（以正式公布的放假安排为准）" if whole.calendar == "provisional" else "")


def _matter(record: Record) -> Iterable[NoticeMatter]:
    departments = guide().table.departments
    for matter in record.matters:
        due = ""
        if matter.due_on is not None and matter.status == Status.READY:
            due = f"承诺办结日：{_day(matter.due_on)}"
            if matter.calendar == "provisional":
                due += "（以正式公布的放假安排为准）"
        yield NoticeMatter(
            name=matter.name,
            department=departments[matter.department],
            state=_state(matter),
            due=due,
            remark=(
                guide().matter(matter.code).remark if matter.status != Status.INELIGIBLE else ""
            ),
        )


def _state(matter: Matter) -> str:
    """How the matter stands, in words. What rests on another goes with it."""
    if not matter.rests_on or matter.status == Status.READY:
        return _STATES[matter.status]
    named = "、".join(f"“{name}”" for name in _short(matter.rests_on))
    if matter.status == Status.INELIGIBLE:
        return "所依据的事项不能办理"
    return f"随{named}一并办理"


def _short(codes: Iterable[str | None]) -> tuple[str, ...]:
    named = dict.fromkeys(c for c in codes if c is not None)
    return tuple(guide().matter(code).short for code in sorted(named))


def _advice(rule: str) -> Advice:
    table = advices()
    return table.get(rule, table[OTHER])


def _cannot(findings: Iterable[Finding]) -> Iterable[Entry]:
    """Why a matter cannot be done: one entry a reason, with the matters that it stops."""
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        by_rule.setdefault((found.rule, _after_subject(found.message)), []).append(found)
    for (_, message), group in by_rule.items():
        matters = _short(f.matter for f in group)
        title = "、".join(matters) or "本次申请"
        yield Entry(title=title, problems=(message,), todo=(_todo(group[0]),))


def _after_subject(message: str) -> str:
    """The message without what it is about, which stands above it: “城乡居民养老保险：…”."""
    subject, colon, rest = message.partition("：")
    return (rest if colon and len(subject) < _SUBJECT_LENGTH else message).rstrip("。")


_SUBJECT_LENGTH = 40
"""Characters: the longest name of a material has 30."""


def _missing(findings: Iterable[Finding], excluded: Container[str | None]) -> Iterable[Entry]:
    """What was not handed in: one entry an item, with its form and why it is needed. Of a pair of
    which one must be chosen, what that one would need."""
    rows = {(f"MAT-{row.item}", row.name): row for row in guide().materials}
    by_row: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        key = next((k for k in rows if k[0] == found.rule and found.message.startswith(k[1])), None)
        if key is None:  # the record was made by other tables: told in its own words
            yield Entry(
                title=found.message.partition("：")[0],
                problems=(_after_subject(found.message),),
                todo=(_todo(found),),
                matters=_short((found.matter,)),
            )
        else:
            by_row.setdefault(key, []).append(found)
    for key, group in by_row.items():
        row = rows[key]
        matters = _short(f.matter for f in group)
        needed_by = f"用于{'、'.join(matters)}" if matters else "用于所有事项"
        why = f"{row.in_words}须提交，{needed_by}" if row.in_words else f"必交，{needed_by}"
        if matters and all(f.matter in excluded for f in group):
            why = f"选择办理{'、'.join(matters)}时须提交"
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
    for found in findings:
        by_paper.setdefault(found.document, []).append(found)
    for document, group in by_paper.items():
        title = type_label(types[document]) if document in types else _elsewhere(group)
        yield Entry(
            title=title,
            problems=tuple(dict.fromkeys(_problem(f, title) for f in group)),
            todo=tuple(dict.fromkeys(_todo(f) for f in group)),
            matters=_short(f.matter for f in group),
        )


def _elsewhere(findings: Iterable[Finding]) -> str:
    """Where the fault lies that no paper shows: in a file, or in what the form says."""
    files = all(f.rule.startswith("SRC-") for f in findings)
    return "提交的材料" if files else "申请表填写的内容"


def _problem(found: Finding, title: str) -> str:
    """What is wrong, without the paper's name, which stands above it."""
    advice = advices().get(found.rule)
    if advice is not None and advice.what:
        return advice.what
    if found.rule.startswith(("MAT-", "E-", "X14", "X15", "DOC-SIGNATURE", "DOC-SEAL")):
        return _after_subject(found.message)
    rest = found.message.removeprefix(title).rstrip("。")
    return re.sub(r"^(?:上的|的)?", "", rest) or found.message.rstrip("。")


def _todo(found: Finding) -> str:
    if found.todo:
        return found.todo
    if found.rule.startswith("MAT-") and found.rule not in advices():
        return found.hint.replace("请申请人", "请").rstrip("。")
    return _advice(found.rule).todo


# ---------------------------------------------------------------- what is being looked at


def _questions(findings: Iterable[Finding], record: Record) -> Iterable[Entry]:
    """What the office looks at: one entry a paper, or a matter, with what the answer may ask."""
    types = {d.id: d.type for d in record.documents}
    grouped: dict[str, list[tuple[Finding, Question]]] = {}
    papers: set[str] = set()
    told = list(findings)
    if any(map(_is_our_slip, told)):
        yield Entry(title="窗口录入的申请信息", problems=(), todo=("有误的，由窗口更正",))
    for found in told:
        if _is_our_slip(found):
            continue
        question = _question(found.rule)
        if _is_unopened(found):
            question = _question(OTHER)
            title = question.about
        elif found.rule.startswith("MAT-"):
            title = found.message.partition("：")[0]
            papers.add(title)
        elif found.document in types and not found.rule.startswith("E-"):
            title = type_label(types[found.document])
            papers.add(title)
        else:
            title = question.about or _asked(found)
        grouped.setdefault(title, []).append((found, question))
    for title, group in grouped.items():
        about = dict.fromkeys(
            text for f, q in group if (text := _about(f, q, title)) and text != title
        )
        then = dict.fromkeys(_then(f, q) for f, q in group)
        yield Entry(
            title=title,
            problems=tuple(about),
            todo=tuple(then),
            matters=_short(f.matter for f, _ in group) if title in papers else (),
        )


def _is_our_slip(found: Finding) -> bool:
    """Whether a finding is about what the office typed, which is not the applicant's to mend."""
    if found.rule == "X14":
        return found.file == FILE
    return found.rule == "E-0" and (
        found.file == FILE or found.field in ("accepted_on", "verified")
    )


def _about(found: Finding, question: Question, title: str) -> str:
    """What is asked about. Of another person's paper it is said whose it is."""
    if asks_nothing(found):
        return _problem(found, title)
    return question.about or _asked(found)


def _is_unopened(found: Finding) -> bool:
    """Whether what lacks may lie in a file that the office could not open."""
    absent = found.document is None and found.rule.startswith(("MAT-", "E-", "EXC-"))
    return found.file is not None and (absent or found.rule == "DOC-SIDE")


def _asked(found: Finding) -> str:
    """What the finding itself asks, for rules whose words are plain enough for everybody."""
    return _after_subject(found.message).removesuffix("，请核").removesuffix("请核")


def _question(rule: str) -> Question:
    rows = questions()
    prefix = max((p for p in rows if _begins(rule, p)), key=len, default=OTHER)
    return rows[prefix]


def _begins(rule: str, prefix: str) -> bool:
    """Whether a rule's id begins so; a number in it as a whole: X1 does not begin X17."""
    rest = rule.removeprefix(prefix)
    return rule.startswith(prefix) and not (prefix[-1].isdigit() and rest[:1].isdigit())


def _then(found: Finding, question: Question) -> str:
    """What the answer may ask for: of a paper that may not count, the right one."""
    if _is_unopened(found):
        return question.then
    if found.rule.startswith("MAT-") and found.todo:
        return f"{'需要的' if found.document is None else '不能作数的'}，{found.todo}"
    if found.todo and (found.rule == "X14" or asks_nothing(found)):
        return found.todo
    return question.then
