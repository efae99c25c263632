"""Our own application form (``yijianshi form``), printed and filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pypdfium2
from PIL import Image

from extractors.application_form.printed.geometry import (
    NEWEST,
    Comb,
    FormArea,
    FormPage,
    PrintedForm,
    load_form,
)
from flows.form_print import print_form
from samples.draw import DPI, Canvas, Drawn, Ink, Kit
from samples.layouts.application_form import GROUPS, make_request
from samples.layouts.ticks import Mark, Ticks
from samples.ornament import signature, watermark
from samples.persons import TODAY, Person, make_address, make_person, place

LINE_MM = 4.6
"""Size of what is written on a line."""


def draw_printed(
    person: Person,
    kit: Kit,
    request: Mapping[str, Any] | None = None,
    *,
    by_hand: bool | None = None,
    signed: bool = True,
    version: int = NEWEST,
) -> list[Drawn]:
    """Both pages, filled in for this request, by pen or by typewriter."""
    rng = kit.rng
    asked = dict(request if request is not None else make_request(person, rng))
    by_hand = rng.random() < 0.6 if by_hand is None else by_hand
    form = load_form(version)
    assert form is not None
    enrol = place(asked["enrol_division"]) if asked.get("enrol_division") else person.place
    texts = {
        "name": str(asked.get("name", person.name)),
        "ethnicity": person.ethnicity,
        "address": person.address,
        "current_address": person.address if rng.random() < 0.7 else make_address(rng, enrol),
        "enrol_place": f"广西{enrol.prefecture}{enrol.county}",
    }
    numbers = {key: str(asked.get(key) or "") for key in ("id_number", "mobile", "postcode")} | {
        "date": f"{TODAY:%Y%m%d}",
        "enrol_division": str(asked.get("enrol_division") or ""),
    }
    proxy = asked.get("proxy") or {}
    texts["proxy_name"], numbers["proxy_id_number"] = (
        str(proxy.get("name", "")),
        str(proxy.get("id_number", "")),
    )
    if asked.get("delivery") == "mail":
        texts["delivery_address"] = str(asked.get("address", ""))
    for change in asked.get("changes", ()):
        for when in ("old", "new"):
            texts[f"change_{when}:{change['item']}"] = change[when]
    ticked = set(_ticked(asked)) | {("sex", person.sex), ("id_type", "id_card")}
    pen = (
        kit.ink("hand", rng.choice(((20, 28, 92), (24, 24, 28))), "hand")
        if by_hand
        else kit.ink(rng.choice(("kai", "hei")), (22, 22, 24))
    )
    marks: tuple[Mark, ...] = ("tick", "cross", "fill") if by_hand else ("typed", "fill")
    mark: Mark = rng.choice(marks)
    signer = str(proxy.get("name") or texts["name"]) if signed else ""
    pages = []
    for page in form.page:
        filler = _Filler(form, page, kit, pen, mark)
        filler.fill(texts, numbers, ticked, signer)
        fields = {
            key: value
            for key in (*(c.key for c in page.comb), *(a.key for a in page.area))
            if (value := {**numbers, **texts}.get(key)) and ":" not in key
        }
        fields |= {
            t.key: t.code
            for t in page.tick
            if t.key in ("sex", "id_type") and (t.key, t.code) in ticked
        }
        if "date" in fields:
            fields["date"] = TODAY.isoformat()
        pages.append(
            Drawn(
                "form" if page.number == 1 else f"form{page.number}",
                filler.canvas.pixels(),
                fields,
                marks={"signature": "yes" if signed else "no"} if page.number == 1 else {},
                notes={
                    "layout": "printed",
                    "by_hand": by_hand,
                    "mark": mark,
                    "offers": ",".join(_offers(page)),
                },
                request={
                    k: v
                    for k, v in asked.items()
                    if k not in ("channel", "verified", "accepted_on")
                },
            )
        )
    return pages


def _offers(page: FormPage) -> list[str]:
    """The keys of a request for which the page has a place."""
    places = [p.key for p in page.tick] + [p.key for p in page.comb] + [p.key for p in page.area]
    keys = ["changes" if key.startswith("change_") else key for key in places]
    return list(dict.fromkeys(key for key in keys if key not in ("signature", "date")))


def _ticked(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Which boxes say this request."""
    for key in ("matters", "special_groups"):
        yield from ((key, code) for code in request.get(key, ()))
    for key in ("flex_type", "employment", "insured_pension", "insured_medical", "delivery"):
        if key in request:
            yield key, request[key]
    for key in ("is_student", "card_applied_before"):
        if key in request:
            yield key, "true" if request[key] else "false"
    for key, code in (request.get("archive") or {}).items():
        yield f"archive_{key}", code


class _Filler:
    """Writes on one printed page."""

    def __init__(self, form: PrintedForm, page: FormPage, kit: Kit, pen: Ink, mark: Mark) -> None:
        self.form, self.page, self.kit, self.pen, self.mark = form, page, kit, pen, mark
        self.canvas: Canvas = kit.canvas(*form.size)
        with pypdfium2.PdfDocument(print_form(form, [page])) as document:
            printed = document[0].render(scale=DPI / 72).to_pil().convert("RGB")
        size = (self.canvas.image.width, self.canvas.image.height)
        self.canvas.image.paste(printed.resize(size, Image.Resampling.LANCZOS), (0, 0))

    def fill(
        self,
        texts: Mapping[str, str],
        numbers: Mapping[str, str],
        ticked: set[tuple[str, str]],
        signer: str,
    ) -> None:
        """Ticks, numbers, texts, signature."""
        ticks = Ticks(self.canvas, self.pen, self.mark, round_=False, after=False)
        for tick in self.page.tick:
            if (tick.key, tick.code) in ticked:
                ticks.put(*tick.at, self.form.tick)
        for comb in self.page.comb:
            self._number(comb, numbers.get(comb.key, ""))
        left = dict(texts)
        for i, area in enumerate(self.page.area):
            if area.key == "signature":
                if signer:
                    x, y = area.at
                    signature(
                        self.canvas, x + 6, y + 2, signer, 9, self.kit.ink("hand"), scribble=True
                    )
                continue
            text = left.get(area.key, "")
            if any(other.key == area.key for other in self.page.area[i + 1 :]):
                fitting = self._fitting(area, text)
                text, left[area.key] = text[:fitting], text[fitting:]
            self._text(area, text)
        watermark(self.canvas, 150, 30, 5.5, self.kit.ink("hei"), 0.3)

    def _number(self, comb: Comb, text: str) -> None:
        wide, high = self.form.cell
        rng = self.kit.rng
        size = rng.uniform(4.6, 5.6) if self.pen.mode == "hand" else 4.6
        for (x, y), char in zip(self.form.cells(comb), text, strict=False):
            away = (rng.gauss(0, 0.35), rng.gauss(0, 0.3)) if self.pen.mode == "hand" else (0, 0)
            left = x + (wide - self.canvas.measure(char, size, self.pen)) / 2 + away[0]
            self.canvas.write(left, y + (high - size) / 2 + away[1], char, size, self.pen)

    def _fitting(self, area: FormArea, text: str) -> int:
        """How many characters go on a line; the rest goes on the next."""
        fitting = len(text)
        while self.canvas.measure(text[:fitting], LINE_MM, self.pen) > area.size[0] - 3:
            fitting -= 1
        return fitting

    def _text(self, area: FormArea, text: str) -> None:
        (x, y), (width, height) = area.at, area.size
        size = LINE_MM
        while self.canvas.measure(text, size, self.pen) > width - 3:
            size -= 0.2
        self.canvas.write(x + 1.5, y + height - 1.2 - size, text, size, self.pen)


def fill_both(request: Mapping[str, Any], person: Person, rng: Random) -> dict[str, Any]:
    """The request with more that stands on the second page: a proxy, further changes, groups."""
    made = dict(request)
    if rng.random() < 0.5:
        other = make_person(rng)
        made["proxy"] = {"name": other.name, "id_number": other.id_number}
    if rng.random() < 0.5:
        old, new = make_person(rng), f"53{rng.randrange(1000, 9000)}"
        changes = [
            {"item": "name", "old": old.name, "new": person.name},
            {"item": "mobile", "old": old.mobile, "new": person.mobile},
            {"item": "postcode", "old": "530001", "new": new},
            {"item": "address", "old": old.address, "new": person.address},
        ]
        made["changes"] = [c for c in changes if rng.random() < 0.5]
    if rng.random() < 0.5:
        made["special_groups"] = sorted(rng.sample(list(GROUPS), rng.randrange(1, 4)))
    if rng.random() < 0.5:
        made["archive"] = {
            "direction": rng.choice(("in", "out")),
            "holder": rng.choice(("state_unit", "talent_centre", "school", "other")),
        }
    return made


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """Both pages; in a few of ten nobody has signed."""
    asked = fill_both(make_request(person, kit.rng), person, kit.rng)
    return draw_printed(person, kit, asked, signed=kit.rng.random() < 0.8)
