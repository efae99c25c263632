"""灵活就业参保“一件事”申请表, as other offices would build it: not other words in one table, but
other kinds of forms.

``running``     choices run on in the text of table cells, their boxes characters of the font;
``column``      one matter a row, with a column to tick;
``lines``       no table: labels and answers on lines, choices with brackets;
``two_columns`` two matters side by side, the box behind the words;
``answers``     a text: what was chosen is written out, nothing is ticked;
``rows``        a table of level rules only, labels to the left;
``margin``      a plain list, a tick written by hand before what is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Literal

from samples.draw import Canvas, Drawn, Ink, Kit
from samples.fonts import MissingGlyph
from samples.layouts.application_form import GROUPS, MATTERS, choices_of, make_request
from samples.layouts.dates import han, printed
from samples.layouts.ticks import Ticks
from samples.ornament import signature, watermark
from samples.persons import TODAY, Person, make_address, place

LAYOUTS = ("running", "column", "lines", "two_columns", "answers", "rows", "margin")
Choices = list[tuple[str, bool]]
How = Literal["glyph", "bracket", "drawn"]

_GLYPHS = (
    ("□", "■"), ("□", "☑"), ("☐", "☑"), ("☐", "☒"), ("□", "√"), ("○", "●"), ("◻", "☑"), ("□", "✔"),
)  # fmt: skip
_BRACKETS = (
    ("（　）", "（√）"),
    ("[ ]", "[√]"),
    ("( )", "(√)"),
    ("【　】", "【√】"),
    ("（ ）", "（✓）"),
)
_LABELS = {
    "name": ("姓名", "申请人姓名", "参保人姓名"),
    "sex": ("性别",),
    "ethnicity": ("民族",),
    "birth_date": ("出生日期", "出生年月日"),
    "id_number": ("身份证号", "公民身份号码", "证件号码", "身份证号码", "居民身份证号码"),
    "mobile": ("手机号码", "联系电话", "移动电话", "手机号", "本人联系电话"),
    "postcode": ("邮政编码", "邮编"),
    "address": ("户籍地址", "户籍所在地", "户口所在地"),
    "current_address": ("现住址", "通讯地址", "常住地址", "联系地址", "居住地址"),
    "enrol_place": ("参保地", "申请参保地", "参保所在地"),
}
_QUESTIONS = {
    "matters": ("申请办理事项", "办理事项", "申办事项", "申请事项"),
    "flex_type": ("灵活就业类型", "灵活就业人员类型", "人员类别"),
    "employment": ("就业状况", "就业状态", "目前就业情况"),
    "is_student": ("是否在校学生", "是否为在校学生"),
    "insured_pension": ("养老保险参保情况", "养老保险"),
    "insured_medical": ("医疗保险参保情况", "医疗保险"),
    "card_applied_before": ("是否申领过社会保障卡", "是否已有社会保障卡", "是否办理过社保卡"),
    "special_groups": ("特殊参保对象", "特殊群体", "困难群体"),
    "delivery": ("结果送达方式", "领取方式", "办理结果送达方式"),
}
_SIGN = ("申请人签名：", "申请人（签字）：", "本人签名：", "申请人签字：")


@dataclass(frozen=True)
class _Facts:
    """What is filled in: texts by field, choices by group."""

    texts: Mapping[str, str]
    groups: Mapping[str, Choices]


class _Form:
    """A page in the making: where the pen is, how choices are printed and marked."""

    def __init__(self, kit: Kit, layout: str) -> None:
        rng = kit.rng
        self.kit, self.rng, self.layout = kit, rng, layout
        self.canvas: Canvas = kit.canvas(210, 297)
        self.text = kit.ink(rng.choice(("song", "hei", "fang")))
        self.value = kit.ink(rng.choice(("kai", "hei", "song")), (22, 22, 24))
        self.x, self.w, self.y = 20.0, 170.0, 30.0
        self.size = rng.choice((3.5, 3.7, 3.9))
        self.how: How = "bracket" if layout == "lines" else "glyph"
        if layout in ("two_columns", "rows") and rng.random() < 0.5:
            self.how = "drawn"
        self.after = layout == "two_columns" or (layout == "running" and rng.random() < 0.25)
        pairs = _BRACKETS if self.how == "bracket" else _GLYPHS
        self.pair = rng.choice([p for p in pairs if self._has("".join(p))])
        self.ticks = Ticks(
            self.canvas, self.text, rng.choice(("tick", "cross", "fill", "typed")),
            round_=False, after=self.after,
        )  # fmt: skip

    @property
    def mark(self) -> str:
        """How choices are marked, for the truth."""
        if self.layout == "answers":
            return "written"
        if self.layout == "margin":
            return "tick before"
        return self.ticks.mark if self.how == "drawn" else self.pair[1]

    def _has(self, text: str) -> bool:
        """Whether a font at hand draws these characters."""
        try:
            self.wide(text)
        except MissingGlyph:
            return False
        return True

    # ------------------------------------------------------------------ words

    def write(self, x: float, y: float, text: str, ink: Ink | None = None) -> float:
        """One line; returns where it ends."""
        return self.canvas.write(x, y, text, self.size, ink or self.text)

    def wide(self, text: str) -> float:
        """Width of a line in millimetres."""
        return self.canvas.measure(text, self.size, self.text)

    def choices(self, x: float, y: float, width: float, choices: Choices) -> float:
        """Choices one after another, broken between them. Returns the height they take."""
        if self.how == "drawn":
            return self.ticks.options(x, y, width, choices, self.size)
        at, top = x, y
        for words, marked in choices:
            sign = self.pair[marked]
            text = f"{words}{sign}" if self.after else f"{sign}{words}"
            if at > x and at + self.wide(text) > x + width:
                at, top = x, top + self.size * 1.6
            for line in self.canvas.wrap(text, width, self.size, self.text):
                if at + self.wide(line) > x + width + 0.1:
                    at, top = x, top + self.size * 1.6
                at = self.write(at, top, line)
            at += self.size
        return top + self.size * 1.6 - y

    def high(self, width: float, choices: Choices) -> float:
        """Height of such choices."""
        rows, at = 1, 0.0
        for words, _ in choices:
            own = self.wide(words) + 2.2 * self.size
            if at and at + own > width:
                rows, at = rows + 1, 0.0
            rows += int(own // width)
            at += own + self.size
        return rows * self.size * 1.6

    def value_at(self, x: float, y: float, width: float, text: str) -> None:
        """An answer, smaller where the place is short."""
        size = self.size
        while text and self.canvas.measure(text, size, self.value) > width and size > 2.2:
            size -= 0.1
        self.canvas.write(x, y + (self.size - size) / 2, text, size, self.value)

    # ------------------------------------------------------------------ rows

    def cells(self, row: Sequence[tuple[str, str, float]], high: float = 8.6) -> None:
        """Label and answer in boxes side by side; the share is that of both."""
        x, y = self.x, self.y
        for label, value, share in row:
            whole = self.w * share
            tag = min(max(self.wide(label) + 3, 18), whole * 0.55)
            if self.layout == "rows":
                self.canvas.line(x, y + high, x + whole, y + high, 0.2)
                self.write(x + 1, y + high / 2 - 2, label)
            else:
                self.canvas.box(x, y, tag, high, 0.2)
                self.canvas.box(x + tag, y, whole - tag, high, 0.2)
                self.canvas.centre(x + tag / 2, y + high / 2 - 2, label, self.size, self.text)
            self.value_at(x + tag + 1.2, y + high / 2 - 2, whole - tag - 2, value)
            x += whole
        self.y += high

    def asked(self, question: str, choices: Choices, tag: float = 34) -> None:
        """A question to the left, its choices to the right."""
        room = self.w - tag - 3
        high = self.high(room, choices) + 3
        if self.layout == "rows":
            self.canvas.line(self.x, self.y + high, self.x + self.w, self.y + high, 0.2)
        else:
            self.canvas.box(self.x, self.y, tag, high, 0.2)
            self.canvas.box(self.x + tag, self.y, self.w - tag, high, 0.2)
        lines = self.canvas.wrap(question, tag - 2, self.size, self.text)
        for i, line in enumerate(lines):
            self.write(self.x + 1.2, self.y + high / 2 + (i - len(lines) / 2) * 4.4, line)
        self.choices(self.x + tag + 1.5, self.y + 1.8, room, choices)
        self.y += high

    def line(self, parts: Sequence[tuple[str, str, float]]) -> None:
        """Labels with answers upon underscores, without a table."""
        x = self.x
        for label, value, share in parts:
            end = self.write(x, self.y, f"{label}：")
            stop = x + self.w * share - 3
            self.canvas.line(end, self.y + self.size + 0.9, stop, self.y + self.size + 0.9, 0.2)
            self.value_at(end + 1, self.y, stop - end - 1.5, value)
            x += self.w * share
        self.y += self.size * 2.1

    def led(self, question: str, choices: Choices) -> None:
        """A question with its choices behind it on the line."""
        end = self.write(self.x, self.y, f"{question}：")
        self.y += self.choices(end + 1, self.y, self.x + self.w - end - 1, choices)
        self.y += self.size * 0.5


def draw_office_form(
    person: Person,
    kit: Kit,
    layout: str,
    request: Mapping[str, Any] | None = None,
    *,
    signed: bool = True,
) -> Drawn:
    """A filled form of one of ``LAYOUTS``."""
    rng = kit.rng
    request = request if request is not None else make_request(person, rng)
    form = _Form(kit, layout)
    facts = _facts(person, request, rng)
    label = {key: rng.choice(words) for key, words in (*_LABELS.items(), *_QUESTIONS.items())}
    title = rng.choice(("灵活就业参保“一件事”申请表", "灵活就业人员参保一件事申请登记表"))
    form.canvas.centre(105, 15, title, 6, kit.ink("hei"), 0.2)
    if layout in ("lines", "answers", "margin"):
        _person_lines(form, facts, label)
    else:
        _person_cells(form, facts, label)
    if layout == "answers":
        _answers(form, facts, label)
    else:
        if layout == "column":
            _tick_column(form, facts, label["matters"])
        elif layout == "margin":
            _margin(form, facts, label["matters"])
        elif layout == "two_columns":
            _two_columns(form, facts, label["matters"])
        for key in _QUESTIONS:
            if key == "matters" and layout in ("column", "margin", "two_columns"):
                continue
            if layout in ("lines", "margin"):
                form.led(label[key], facts.groups[key])
            else:
                form.asked(label[key], facts.groups[key])
    _sign(form, signed, facts.texts["name"])
    watermark(form.canvas, 186, 20, 5.5, kit.ink("hei"), 0.3)
    return Drawn(
        "form",
        form.canvas.pixels(),
        dict(facts.texts),
        marks={"signature": "yes" if signed else "no"},
        notes={
            "layout": layout,
            "mark": form.mark,
            "offers": ",".join((*_QUESTIONS, "enrol_division")),
        },
        request={
            k: v for k, v in request.items() if k not in ("channel", "verified", "accepted_on")
        },
    )


def _facts(person: Person, request: Mapping[str, Any], rng: Random) -> _Facts:
    enrol = place(request["enrol_division"]) if request.get("enrol_division") else person.place
    texts = {
        "name": str(request.get("name", person.name)),
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth.isoformat(),
        "id_number": str(request.get("id_number", person.id_number)),
        "mobile": str(request.get("mobile", "")),
        "postcode": str(request.get("postcode", "")),
        "address": person.address,
        "current_address": person.address if rng.random() < 0.6 else make_address(rng, enrol),
        "enrol_place": f"广西{enrol.prefecture}{enrol.county}",
    }
    wanted, special = request.get("matters", ()), request.get("special_groups", ())
    groups: dict[str, Choices] = {
        "matters": [(rng.choice(MATTERS[code]), code in wanted) for code in MATTERS],
        "special_groups": [(words, code in special) for code, words in GROUPS.items()],
    }
    for key in ("flex_type", "employment", "insured_pension", "insured_medical", "delivery"):
        groups[key] = choices_of(key, request, rng)
    for key in ("is_student", "card_applied_before"):
        groups[key] = [("是", request.get(key) is True), ("否", request.get(key) is False)]
    return _Facts({k: v for k, v in texts.items() if v}, groups)


def _person_cells(form: _Form, facts: _Facts, label: Mapping[str, str]) -> None:
    t = dict.fromkeys(label, "") | dict(facts.texts)
    t["birth_date"] = printed_date(t["birth_date"], form.rng)
    form.cells(
        [(label[k], t[k], s) for k, s in (("name", 0.4), ("sex", 0.25), ("ethnicity", 0.35))]
    )
    form.cells(
        [(label["id_number"], t["id_number"], 0.6), (label["birth_date"], t["birth_date"], 0.4)]
    )
    form.cells([(label["mobile"], t["mobile"], 0.5), (label["postcode"], t["postcode"], 0.5)])
    for key in ("address", "current_address", "enrol_place"):
        form.cells([(label[key], t[key], 1)])


def _person_lines(form: _Form, facts: _Facts, label: Mapping[str, str]) -> None:
    t = dict.fromkeys(label, "") | dict(facts.texts)
    t["birth_date"] = printed_date(t["birth_date"], form.rng)
    form.line([(label[k], t[k], s) for k, s in (("name", 0.4), ("sex", 0.25), ("ethnicity", 0.35))])
    form.line(
        [(label["birth_date"], t["birth_date"], 0.45), (label["postcode"], t["postcode"], 0.55)]
    )
    form.line([(label["id_number"], t["id_number"], 1)])
    form.line([(label["mobile"], t["mobile"], 0.6)])
    for key in ("address", "current_address", "enrol_place"):
        form.line([(label[key], t[key], 1)])


def printed_date(iso: str, rng: Random) -> str:
    """A date as forms have it."""
    return printed(date.fromisoformat(iso), rng)


def _numbered(choices: Choices, rng: Random) -> Choices:
    style = rng.choice(("{}.{}", "{}、{}", "（{}）{}", "{}．{}"))
    return [(style.format(i, words), marked) for i, (words, marked) in enumerate(choices, 1)]


def _tick_column(form: _Form, facts: _Facts, question: str) -> None:
    """One matter a row: number, name, and a column in which a sign says that it is asked for."""
    rng = form.rng
    head = rng.choice(("是否办理（打√）", "申请（打“√”）", "选择", "请打√"))
    first = rng.random() < 0.3
    widths = [26.0, 12.0, form.w - 38] if first else [12.0, form.w - 38, 26.0]
    titles = [head, "序号", question] if first else ["序号", question, head]
    place_ = 0 if first else 2
    pen = form.kit.ink("hei", (20, 20, 22))
    rows = [titles] + [
        ["", str(i), words] if first else [str(i), words, ""]
        for i, (words, _) in enumerate(facts.groups["matters"], 1)
    ]
    by_hand = rng.random() < 0.5
    for number, row in enumerate(rows):
        x = form.x
        for i, (text, wide) in enumerate(zip(row, widths, strict=True)):
            form.canvas.box(x, form.y, wide, 7.4, 0.2)
            if i == place_ and number and facts.groups["matters"][number - 1][1]:
                if by_hand:
                    form.ticks.mark = "tick"
                    form.ticks.put(x + wide / 2 - 2, form.y + 1.6, 4)
                else:
                    form.canvas.centre(x + wide / 2, form.y + 1.8, "√", form.size, pen)
            elif len(text) > 6 and number:
                form.write(x + 1.5, form.y + 1.8, text)
            else:
                size = min(form.size, wide / (len(text) + 0.5)) if text else form.size
                form.canvas.centre(x + wide / 2, form.y + 1.9, text, size, form.text)
            x += wide
        form.y += 7.4


def _two_columns(form: _Form, facts: _Facts, question: str) -> None:
    """Two matters a row."""
    form.canvas.box(form.x, form.y, form.w, 7, 0.2)
    form.write(
        form.x + 2, form.y + 1.6, f"{question}（在□内打√）" if form.how == "drawn" else question
    )
    form.y += 7
    # The boxes that are drawn do not break into lines: the matters' shorter names.
    plain = [(words.split("（职")[0].split("（城")[0].split("（灵")[0], marked)
             for words, marked in facts.groups["matters"]]  # fmt: skip
    rows = _numbered(plain if form.how == "drawn" else facts.groups["matters"], form.rng)
    half = form.w / 2
    for i in range(0, len(rows), 2):
        high = max(form.high(half - 4, [choice]) for choice in rows[i : i + 2]) + 2.6
        for j, choice in enumerate(rows[i : i + 2]):
            form.canvas.box(form.x + j * half, form.y, half, high, 0.2)
            form.choices(form.x + j * half + 1.5, form.y + 1.6, half - 3, [choice])
        if len(rows[i : i + 2]) == 1:
            form.canvas.box(form.x + half, form.y, half, high, 0.2)
        form.y += high


def _margin(form: _Form, facts: _Facts, question: str) -> None:
    """A list; who fills it in puts a tick before what is meant."""
    form.how, form.pair = "glyph", ("□", "■")
    form.write(form.x, form.y, f"{question}（请在所选事项前打√）：")
    form.y += form.size * 1.9
    for words, marked in _numbered(facts.groups["matters"], form.rng):
        form.write(form.x + 9, form.y, words)
        if marked:
            form.ticks.mark = "tick"
            form.ticks.put(form.x + 3, form.y - 0.2, 4)
        form.y += form.size * 1.65
    form.y += 1


def _answers(form: _Form, facts: _Facts, label: Mapping[str, str]) -> None:
    """What was chosen, written out behind its question."""
    chosen = [words for words, marked in facts.groups["matters"] if marked]
    if form.rng.random() < 0.5:
        text = "；".join(f"{i}.{words}" for i, words in enumerate(chosen, 1))
    else:
        text = "、".join(chosen)
    for key in _QUESTIONS:
        own = [words for words, marked in facts.groups[key] if marked]
        said = text if key == "matters" else "、".join(own) or "无"
        said = f"{label[key]}：{said}"
        form.y = form.canvas.paragraph(
            form.x, form.y, form.w, said, form.size, form.text, leading=1.7
        )
        form.y += 1.2


def _sign(form: _Form, signed: bool, name: str) -> None:
    rng = form.rng
    form.y += 4
    form.y = form.canvas.paragraph(
        form.x + 2, form.y, form.w - 4,
        "　　本人承诺以上内容真实有效，如有虚假，愿承担相应责任。", form.size, form.text,
    )  # fmt: skip
    form.y += 5
    end = form.write(form.x + 80, form.y, rng.choice(_SIGN))
    if signed:
        signature(
            form.canvas, end + 2, form.y - 3, name, rng.uniform(6.5, 8.5), form.kit.ink("hand"),
            scribble=rng.random() < 0.5,
        )  # fmt: skip
        form.write(form.x + 110, form.y + 9, han(TODAY), form.value)
    else:
        form.write(form.x + 110, form.y + 9, "年　　月　　日")


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """One page of one of the layouts; in a few of ten nobody has signed."""
    layout = kit.rng.choice(LAYOUTS)
    return [draw_office_form(person, kit, layout, signed=kit.rng.random() < 0.8)]
