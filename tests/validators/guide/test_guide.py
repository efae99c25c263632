"""The tables of the guide: sound as they stand, and refused with line and reason when wrong."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.errors import DependencyError, ExitCode
from pipeline.finding import Severity
from validators.guide.guide import FILES, guide, parse_guide, tables_below
from validators.guide.tables import TableError, table_line, table_text
from validators.guide.vocabulary import VALUES
from validators.output.notice import advices, parse_notice
from validators.output.packet import parse_needs

TEXTS = {name: table_text(name) for name in FILES}


def refused(file: str, old: str, new: str, count: int = 1) -> TableError:
    """The refusal of the guide with a text replaced in one table."""
    assert old in TEXTS[file]
    with pytest.raises(TableError) as caught:
        parse_guide(TEXTS | {file: TEXTS[file].replace(old, new, count)})
    return caught.value


def test_guide_reads() -> None:
    rules = guide()
    assert rules.codes == tuple(f"M{n}" for n in range(1, 10))
    assert rules.ruleset.startswith("2025+") and rules.calendar.startswith("chinesecalendar-")


BROKEN: list[tuple[str, str, str, str]] = [
    ("guide.toml", 'code = "M2"', 'code = "M22"', "matter/2/code"),
    ("guide.toml", 'department = "tax"', 'department = "police"', "matter/9/department"),
    ("guide.toml", "offline_workdays = 8", "offline_workdays = -1", "matter/2/offline_workdays"),
    ("guide.toml", "offline_workdays = 8", "offline_workdays = 80", "超过整体承诺时限"),
    ("guide.toml", "offline_workdays = 8", 'offline_workdays = "eight"', "matter/2/offline"),
    ("guide.toml", 'code = "M3"', 'code = "M2"', "出现两次"),
    ("guide.toml", 'aliases = ["职工参保登记"]', 'aliases = ["城乡居民参保登记"]', "出现两次"),
    ("guide.toml", 'rule = "EXC-M5-M7"', 'rule = "EXC-M5-M77"', "规则目录中没有 EXC-M5-M77"),
    ("guide.toml", 'matters = ["M5", "M7"]', 'matters = ["M5", "M0"]', "没有事项 ['M0']"),
    ("guide.toml", 'severity = "review"', 'severity = "reject"', "来源为 [I]"),
    ("guide.toml", '"postcode", "address"]', '"postcode", "hair"]', "没有名为 ['hair'] 的变更项目"),
    ("guide.toml", "cap_months = 60", "cap_months = 0", "retirement/3/cap_months"),
    ("guide.toml", "proof_age_months = 12", "proof_age = 12", "limits/proof_age"),
    ("guide.toml", '[[matter]]\ncode = "M1"', '[[matter]\ncode = "M1"', "不是 TOML"),
    ("eligibility.toml", 'fact = "flex_type"', 'fact = "flex"', "没有名为 flex 的事实"),
    ("eligibility.toml", 'pass = ["in", "out"]', 'pass = ["in"]', "['out'] 没有处理"),
    ("eligibility.toml", 'pass = ["in", "out"]', 'pass = ["in", "off"]', "没有 ['off'] 这样的值"),
    ("eligibility.toml", 'id = "E-M2-1"', 'id = "E-M2-99"', "规则目录中没有 E-M2-99"),
    ("eligibility.toml", 'unknown_by = "E-0"', 'unknown_by = "E-00"', "没有规则 E-00"),
    ("eligibility.toml", 'unknown_by = "E-0"', 'unknown_by = "E-0"\nunknown = "x"', "只能写一个"),
    ("eligibility.toml", "at_least = 16", "at_most = 16", "at_most"),
    (
        "eligibility.toml",
        'when = { category = ["hmt"] }',
        'when = { category = ["HMT"] }',
        "['HMT']",
    ),
    (
        "eligibility.toml",
        'when = { category = ["hmt"] }',
        'when = { kategory = ["hmt"] }',
        "没有名为 kategory 的事实",
    ),
    ("eligibility.toml", "at_least = 16", 'pass = ["16"]', "需要 at_least 和 below"),
    (
        "eligibility.toml",
        'pass = ["none"]\noutcomes = { proved =',
        'pass = ["none", "proved"]\noutcomes = { proved =',
        "unclaimed_group 有一个值既通过又不通过",
    ),
    (
        "eligibility.toml",
        'severity = "review", reason = "受理日{',
        'severity = "reject", reason = "受理日{',
        "来源为 [I]",
    ),
    (
        "eligibility.toml",
        'employed = { severity = "review"',
        'employed = { severity = "mend"',
        "不允许 ['mend']",
    ),
    ("materials.toml", 'type = "photo"', 'type = "selfie"', "material/"),
    ("materials.toml", 'form = "electronic"', 'form = "fax"', "/form"),
    ("materials.toml", 'item = "4.2"', 'item = "4.3"', "规则目录中没有 MAT-4.3"),
    ("materials.toml", 'group = "SG1"', 'group = "SG9"', "没有特殊对象 SG9"),
    ("materials.toml", 'group = "SG1"', 'group = "SG2"', "特殊对象 ['SG1'] 没有证明材料"),
    ("materials.toml", 'waived_by = "household"', 'waived_by = "moon"', "没有名为 moon 的核验种类"),
    ("materials.toml", 'pattern = "9', 'pattern = "(9', "不是正则表达式"),
    ("materials.toml", 'kinds = ["low_income"]', 'kinds = ["low"]', "没有证明种类 ['low']"),
    ("materials.toml", 'kinds = ["low_income"], ', "", "必须且只能写一个"),
    ("materials.toml", 'in_words = "大陆居民"\n', "", "in_words"),
    ("workdays.toml", "2018-04-15]", "2018-04-16]", "不是周末"),
    ("workdays.toml", "2027-01-01, 2027-02-05", "2026-01-01, 2027-02-05", "不在 2027 年"),
    ("workdays.toml", 'off = ["01-01"', 'off = ["1-1"', "fixed/off"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), BROKEN, ids=[b[3] for b in BROKEN])
def test_wrong_table_is_refused_with_the_reason(file: str, old: str, new: str, reason: str) -> None:
    error = refused(file, old, new)
    assert error.message.startswith(f"规则表有误：{file}")
    assert reason in error.message
    assert isinstance(error, DependencyError) and error.exit_code == ExitCode.DEPENDENCY


LINED = [
    ("guide.toml", 'department = "tax"', 'department = "police"', 0),
    ("guide.toml", "offline_workdays = 8", "offline_workdays = -1", 0),
    ("eligibility.toml", 'fact = "flex_type"', 'fact = "flex"', None),
    ("materials.toml", 'type = "photo"', 'type = "selfie"', 0),
    ("materials.toml", 'form = "electronic"', 'form = "fax"', 0),
    ("materials.toml", 'reason = "证明的不是低保对象"', 'reason = ""', 0),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "offset"), LINED, ids=[f"{x[0]}-{x[2]}" for x in LINED]
)
def test_wrong_table_is_refused_with_the_line(
    file: str, old: str, new: str, offset: int | None
) -> None:
    error = refused(file, old, new)
    lines = TEXTS[file].replace(old, new, 1).splitlines()
    assert error.line is not None
    if offset is None:  # what is wrong with a whole row is told at its head
        assert lines[error.line - 1] == "[[rule]]"
    else:
        assert new in lines[error.line - 1]


TEXT = """
names = [
  "a",
  1,
]
[[row]]
code = "x"
[[row]]
says = [{ word = "y" }]
[fixed]
off = ["01-01"]
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (["names", 1], 2),  # an array stands at its key
        (["row", 1, "says", 0, "word"], 9),
        (["row", 0, "code"], 7),
        (["row", 0, "name"], 6),  # lacking: the row
        (["rows", 2, "code"], None),
        (["fixed", "off"], 11),
        (["fixed", "on"], 10),
        (["fixed"], 10),
        (["row"], 6),
        (["rest"], None),
        ([], None),
    ],
)
def test_line_of_a_value_is_found(place: list[str | int], line: int | None) -> None:
    assert table_line(TEXT, place) == line


def test_changed_limit_takes_effect_without_touching_code() -> None:
    text = TEXTS["guide.toml"].replace("offline_workdays = 8", "offline_workdays = 6")
    changed = parse_guide(TEXTS | {"guide.toml": text})
    assert changed.matter("M2").offline_workdays == 6
    assert changed.ruleset != guide().ruleset and changed.calendar == guide().calendar


def test_ruleset_rests_on_the_tables_of_every_room() -> None:
    package = Path(str(files("validators")))
    there = {p.name for kind in ("*.toml", "*.csv") for p in package.rglob(kind)}
    assert {entry.name for entry in tables_below(files("validators"))} == there
    assert {"limits.toml", "kinds.toml", "packets.toml"} <= there


ALIASES = """
M1 流动人员人事档案接收和转递
M1 办理档案的接收和转递——流动人员档案接收
M1 办理档案的接收和转递——流动人员人事档案转出
M2 城乡居民基本养老保险参保登记
M2 城乡居民养老保险参保登记
M2 城乡居民养老保险登记
M3 灵活就业人员养老保险登记
M3 职工参保登记
M4 社会保障卡（含电子社保卡）申领
M4 社会保障卡(含电子 社保卡)申领
M5 城乡居民基本医疗保险参保登记
M5 城乡居民参保登记
M6 城乡居民基本医疗保险参保信息变更登记
M6 城乡居民参保信息变更登记
M6 城乡居民医疗保险参保变更登记
M7 灵活就业人员医疗保险参保登记
M7 ：“灵活就业人员医疗保险申报”
M8 灵活就业人员医疗保险参保信息变更登记
M8 职工参保信息变更登记
M8 职工参保变更
M9 灵活就业人员社会保险费申报
"""


@pytest.mark.parametrize("line", ALIASES.split("\n")[1:-1])
def test_every_name_in_the_guide_finds_its_matter(line: str) -> None:
    code, _, name = line.partition(" ")
    assert guide().find_matter(name) == code


@pytest.mark.parametrize("name", ["", "职工参保", "养老保险登记", "城乡居民", "职工参保登记表"])
def test_other_names_find_no_matter(name: str) -> None:
    assert guide().find_matter(name) is None


def test_every_row_says_where_it_comes_from() -> None:
    rules = guide()
    table = rules.table
    sources = [row.source for row in table.matter]
    sources += [row.source for row in table.exclusion]
    sources += [row.source for row in table.change_class]
    sources += [row.source for row in table.special_group]
    sources += [row.source for row in rules.eligibility]
    sources += [row.source for row in rules.materials]
    assert all(sources)


def test_every_fact_is_computed() -> None:
    from validators.assess import WAYS

    assert set(WAYS) == {*VALUES, "age"}


def test_change_class_is_defined_for_every_item() -> None:
    from validators.guide.vocabulary import CHANGE_ITEMS

    classes = {item: guide().change_class(item).class_ for item in CHANGE_ITEMS}
    assert {i for i, c in classes.items() if c == "A"} == {"name", "id_number", "birth_date"}
    assert {i for i, c in classes.items() if c == "C"} == {"other"}


def test_notice_table_is_refused_when_wrong() -> None:
    text = table_text("notice.toml", "validators.output")
    with pytest.raises(TableError, match=r"notice\.toml 第 \d+ 行.*X1"):
        parse_notice(text.replace('[advice."X1"]\ntodo', '[advice."X1"]\ntod', 1))
    with pytest.raises(TableError, match="other"):
        parse_notice(text.replace('[advice."other"]', '[advice."another"]'))
    assert advices()["X1"].todo


def test_packet_table_is_refused_when_wrong() -> None:
    text = table_text("packets.toml", "validators.output")
    for old, new, reason in (
        (
            'applicant = ["household"]',
            'applicant = ["house"]',
            r"第 \d+ 行：M1\.applicant：没有 \['house'\]",
        ),
        ("[M9", "[M0", "缺少 .'M9'."),
        (
            'declared = ["insured_medical", "changes", "enrol_division"]',
            'declared = ["salary"]',
            "M6.declared",
        ),
        ("photo = []", "selfie = []", "selfie"),
    ):
        with pytest.raises(TableError, match=reason):
            parse_needs(text.replace(old, new))


def test_rule_that_may_reject_never_rests_on_inference() -> None:
    for row in guide().eligibility:
        if Severity.REJECT in row.severities:
            assert not row.source.startswith("[I]")
