"""Our own form filled in on a computer: what was typed is read as it was typed, whatever program
filled it in; printed and scanned, it is read like any other form."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from extractors import EXTRACTORS
from extractors.application_form.printed import NO_NUMBER
from extractors.application_form.printed.geometry import load_form
from flows.form_print import print_form
from flows.form_print.fields import fields_of
from pipeline.image import rotation_matrix, warp
from pipeline.model import Face, Image, Line, Page, Quad
from pipeline.ocr.openvino_engine import OpenVinoEngine
from pipeline.ocr.weights import locate
from pipeline.reference.text import squeeze
from pipeline.settings import load_settings
from pipeline.steps import read_pages
from tests.pipeline.sheets.scans import read_pages as pages_of

pytestmark = pytest.mark.drawn

TEXTS = {
    "name": "韦·艾则孜",
    "ethnicity": "壮族",
    "id_number": "450103199003079121",
    "mobile": "13800138000",
    "postcode": "530021",
    "address": "广西壮族自治区南宁市青秀区南湖街道东葛路24号",
    "address/2": "翡翠园3栋2单元1102号房",
    "current_address": "南宁市兴宁区朝阳路1-2号",
    "enrol_place": "广西南宁市青秀区",
    "delivery_address": "桂林市象山区中山中路 16 号 B 座（前台转）",
    "date": "20261123",
    "accepted_on": "20261124",
}
TICKS = ("id_type:id_card", "sex:女", "matters:M3", "matters:M7", "delivery:mail", "channel:mail")
READ = {
    "name": "韦·艾则孜",
    "ethnicity": "壮",
    "id_number": "450103199003079121",
    "mobile": "13800138000",
    "postcode": "530021",
    "address": "广西壮族自治区南宁市青秀区南湖街道东葛路24号翡翠园3栋2单元1102号房",
    "current_address": "南宁市兴宁区朝阳路1-2号",
    "enrol_place": "广西南宁市青秀区",
    "delivery_address": "桂林市象山区中山中路 16 号 B 座（前台转）",
    "date": "2026-11-23",
    "accepted_on": "2026-11-24",
    "id_type": "id_card",
    "sex": "女",
    "matters": "M3,M7",
    "delivery": "mail",
    "channel": "mail",
}

Values = Mapping[str, str]


class Deaf:
    """An engine that reads no text: nothing here may rest on reading."""

    fingerprint = "none"

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        return []

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        return [Line("", 0.0, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return []


@cache
def blank(*numbers: int) -> bytes:
    form = load_form()
    assert form is not None
    return print_form(form, [p for p in form.page if p.number in (numbers or (1,))])


def named(texts: Values, ticks: Sequence[str], page: int = 1) -> dict[str, str]:
    """Values by the names of the fields, as pypdf takes them."""
    form = load_form()
    assert form is not None
    code = form.code_text(page)
    return {f"{code}/{key}": text for key, text in texts.items()} | {
        f"{code}/{key}": "/Yes" for key in ticks
    }


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def writer_of(data: bytes) -> PdfWriter:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(data)))
    return writer


def values_alone(data: bytes, values: Values) -> bytes:
    """A program that writes values and leaves showing them to the next."""
    writer = writer_of(data)
    for page in writer.pages:
        for note in page["/Annots"]:  # type: ignore[attr-defined]
            field = note.get_object()
            value = values.get(field["/T"])
            if value == "/Yes":
                field[NameObject("/V")] = NameObject(value)
                field[NameObject("/AS")] = NameObject(value)
            elif value is not None:
                field[NameObject("/V")] = TextStringObject(value)
    return written(writer)


@pytest.mark.filterwarnings("ignore")
def pypdf_drawing(data: bytes, values: Values, *, again: bool = False) -> bytes:
    """A program that draws what it writes, in a font that may lack the characters; ``again``: and
    asks to have it drawn again (NeedAppearances)."""
    writer = writer_of(data)
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(values), auto_regenerate=again)
    return written(writer)


def pypdf_asking(data: bytes, values: Values) -> bytes:
    return pypdf_drawing(data, values, again=True)


def browser(data: bytes, values: Values) -> bytes:
    """The engine of Chrome's viewer, typing into one field after the other."""
    document = pdfium.PdfDocument(data)
    document.init_forms()
    env = document.formenv
    for page in document:
        for i in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
            note = pdfium_c.FPDFPage_GetAnnot(page, i)
            size = pdfium_c.FPDFAnnot_GetFormFieldName(env, note, None, 0)
            buffer = ctypes.create_string_buffer(size)
            place = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
            pdfium_c.FPDFAnnot_GetFormFieldName(env, note, place, size)
            value = values.get(buffer.raw[: size - 2].decode("utf-16-le"))
            if value is not None:
                assert pdfium_c.FORM_SetFocusedAnnot(env, note)
                if value == "/Yes":
                    pdfium_c.FORM_OnChar(env, page, 0x20, 0)
                else:
                    text = (value + "\0").encode("utf-16-le")
                    wide = ctypes.cast(
                        ctypes.create_string_buffer(text), ctypes.POINTER(ctypes.c_ushort)
                    )
                    pdfium_c.FORM_ReplaceSelection(env, page, wide)
                pdfium_c.FORM_ForceToKillFocus(env)
            pdfium_c.FPDFPage_CloseAnnot(note)
        page.close()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def page_of(data: bytes, folder: Path) -> Page:
    path = folder / "表.pdf"
    path.write_bytes(data)
    (page,) = pages_of(path)
    return page


def face_of(page: Page) -> Face:
    ((_, (face,), findings),) = read_pages([page], Deaf(), EXTRACTORS)
    assert findings == ()
    return face


FILLERS = (values_alone, pypdf_drawing, pypdf_asking, browser)


@pytest.mark.parametrize("fill", FILLERS)
def test_what_was_typed_is_read_exactly(
    fill: Callable[[bytes, Values], bytes], tmp_path: Path
) -> None:
    face = face_of(page_of(fill(blank(), named(TEXTS, TICKS)), tmp_path))
    read = {key: reading.value for key, reading in face.fields.items()}
    assert read == {**READ, "enrol_division": "450103"}
    own = [reading for key, reading in face.fields.items() if key != "enrol_division"]
    assert {(r.source, r.confidence, r.doubts) for r in own} == {("form", 1.0, ())}
    assert face.fields["address"].raw == TEXTS["address"] + TEXTS["address/2"]
    assert face.marks == {"signature": "no"}


@pytest.mark.parametrize("fill", FILLERS)
def test_the_page_shows_it_in_its_box(
    fill: Callable[[bytes, Values], bytes], tmp_path: Path
) -> None:
    page = page_of(fill(blank(), named(TEXTS, TICKS)), tmp_path)
    plain = page_of(blank(), tmp_path)
    for reading in face_of(page).fields.values():
        assert reading.box is not None
        xs, ys = zip(*reading.box, strict=True)
        part = slice(round(min(ys)), round(max(ys))), slice(round(min(xs)), round(max(xs)))
        assert np.abs(page.image[part].astype(int) - plain.image[part]).max() > 150


def test_an_older_drawing_is_not_shown(tmp_path: Path) -> None:
    """A program that changes the value alone leaves what was drawn before."""
    before = pypdf_drawing(blank(), named({"mobile": "13900139000"}, ()))
    after = page_of(values_alone(before, named({"mobile": "13800138000"}, ())), tmp_path)
    at_once = page_of(values_alone(blank(), named({"mobile": "13800138000"}, ())), tmp_path)
    assert face_of(after).fields["mobile"].value == "13800138000"
    assert np.array_equal(after.image, at_once.image)


def test_a_turned_page_keeps_its_boxes(tmp_path: Path) -> None:
    writer = writer_of(values_alone(blank(), named(TEXTS, TICKS)))
    writer.pages[0].rotate(90)
    page = page_of(written(writer), tmp_path)
    face = face_of(page)
    assert {key: face.fields[key].value for key in READ} == READ
    xs, ys = zip(*(face.fields["name"].box or ()), strict=True)
    assert max(xs) - min(xs) < max(ys) - min(ys) and min(xs) > page.image.shape[1] * 0.8


def test_further_pages_and_changes(tmp_path: Path) -> None:
    texts = {
        "name": "韦晓芳",
        "change_old:address": "南宁市青秀区",
        "change_new:address": "南宁市兴宁区朝阳路",
        "change_new:address/2": "1号",
        "change_old:mobile": "13900139000",
        "change_new:mobile": "13800138000",
        "proxy_name": "黄大勇",
        "proxy_id_number": "450103198501019012",
    }
    filled = values_alone(
        blank(1, 2), named(TEXTS, TICKS) | named(texts, ("special_groups:SG3",), 2)
    )
    path = tmp_path / "两页.pdf"
    path.write_bytes(filled)
    faces = [f for _, own, _ in read_pages(pages_of(path), Deaf(), EXTRACTORS) for f in own]
    assert [face.face for face in faces] == ["form", "form2"]
    rows = [{k: r.value for k, r in row.items()} for row in faces[1].tables["changes"]]
    assert rows == [
        {"item": "mobile", "old": "13900139000", "new": "13800138000"},
        {"item": "address", "old": "南宁市青秀区", "new": "南宁市兴宁区朝阳路1号"},
    ]
    assert faces[1].fields["special_groups"].value == "SG3"
    assert faces[1].fields["proxy_id_number"].value == "450103198501019012"


def test_two_ticks_where_one_is_asked_for_are_doubted(tmp_path: Path) -> None:
    filled = values_alone(blank(), named({}, ("delivery:mail", "delivery:online")))
    reading = face_of(page_of(filled, tmp_path)).fields["delivery"]
    assert (reading.value, reading.doubts) == ("", ("只能选一项，却勾选了多项",))


def test_numbers_are_judged_by_the_paper_they_are_of(tmp_path: Path) -> None:
    def number(text: str, kind: str) -> tuple[str, ...]:
        filled = values_alone(blank(), named({"id_number": text}, (f"id_type:{kind}",)))
        reading = face_of(page_of(filled, tmp_path)).fields["id_number"]
        assert reading.value == text
        return reading.doubts

    assert number("E12345678", "passport") == ()
    assert number("H12345678", "hk_macao_travel_permit") == ()
    assert number("E12345678", "id_card") != ()
    assert number("450103199003079122", "id_card") != ()
    filled = values_alone(blank(), named({"mobile": "1380013"}, ()))
    assert face_of(page_of(filled, tmp_path)).fields["mobile"].doubts == (NO_NUMBER,)


def test_what_a_pen_tool_adds_is_seen(tmp_path: Path) -> None:
    """Somebody types the form and signs it in the viewer: strokes on the page."""
    over = io.BytesIO()
    form = load_form()
    assert form is not None
    (area,) = [a for a in form.page[0].area if a.key == "signature"]
    canvas = Canvas(over, pagesize=(form.size[0] * mm, form.size[1] * mm))
    canvas.setLineWidth(2)
    x, y = area.at[0] + 8, form.size[1] - area.at[1] - 9
    for i in range(6):
        canvas.line((x + 6 * i) * mm, y * mm, (x + 6 * i + 5) * mm, (y + 5) * mm)
        canvas.line((x + 6 * i) * mm, (y + 4) * mm, (x + 6 * i + 5) * mm, y * mm)
    canvas.save()
    writer = writer_of(values_alone(blank(), named(TEXTS, TICKS)))
    writer.pages[0].merge_page(PdfReader(io.BytesIO(over.getvalue())).pages[0])
    face = face_of(page_of(written(writer), tmp_path))
    assert face.marks == {"signature": "yes"}
    assert {key: face.fields[key].value for key in READ} == READ


def test_names_of_fields_that_are_not_ours_are_left_to_the_page(tmp_path: Path) -> None:
    """A field renamed by a program that merged two forms is read where it is shown."""
    writer = writer_of(values_alone(blank(), named({"mobile": "13800138000"}, ("sex:男",))))
    for note in writer.pages[0]["/Annots"]:  # type: ignore[attr-defined]
        field = note.get_object()
        if field["/T"].endswith("/mobile"):
            field[NameObject("/T")] = TextStringObject(field["/T"] + "#1")
    page = page_of(written(writer), tmp_path)
    assert [entry.name.rpartition("/")[2] for entry in page.entries] == ["sex:男", "mobile#1"]
    assert "mobile" not in face_of(page).fields  # nothing reads here
    assert face_of(page).fields["sex"].value == "男"


def test_every_place_has_a_field_with_a_name_that_people_understand() -> None:
    form = load_form()
    assert form is not None
    fields = [field for page in form.page for field in fields_of(form, page)]
    assert len({field.name for field in fields}) == len(fields)
    lines = sum(a.look == "line" for page in form.page for a in page.area)
    places = sum(len(page.tick) + len(page.comb) for page in form.page)
    assert len(fields) == lines + places
    assert not [field.label for field in fields if field.label.isascii() or "_" in field.label]


# ---------------------------------------------------------------- on paper


@pytest.fixture(scope="module")
def engine() -> OpenVinoEngine:
    return OpenVinoEngine(locate(load_settings()))


@pytest.mark.engine
@pytest.mark.long
def test_printed_and_scanned_it_is_read_like_a_form(engine: OpenVinoEngine, tmp_path: Path) -> None:
    page = page_of(values_alone(blank(), named(TEXTS, TICKS)), tmp_path)
    height, width = page.image.shape[:2]
    scan = warp(page.image, rotation_matrix(1.1, (width / 2, height / 2)), (width, height))
    grain = np.random.default_rng(5).normal(-6, 5, scan.shape)
    scan = np.clip(scan + grain, 0, 255).astype(np.uint8)
    paper = Page(scan, page.source, 200.0)
    ((_, (face,), _),) = read_pages([paper], engine, EXTRACTORS)
    assert {reading.source for reading in face.fields.values()} == {"ocr", "derived"}
    read = {key: face.fields[key].value for key in READ if key in face.fields}
    squeezed = {key: squeeze(value) for key, value in READ.items()}
    assert read == squeezed


@pytest.mark.engine
@pytest.mark.long
def test_flattened_its_print_is_not_lost(engine: OpenVinoEngine, tmp_path: Path) -> None:
    """A form saved as a plain PDF has its answers in the text layer, and all else as outlines."""
    values = named({k: TEXTS[k] for k in ("id_number", "mobile", "date")}, TICKS)
    writer = writer_of(blank())
    writer.update_page_form_field_values(
        writer.pages[0], values, auto_regenerate=False, flatten=True
    )
    writer.remove_annotations(subtypes="/Widget")
    page = page_of(written(writer), tmp_path)
    assert page.entries == () and page.lines == ()
    ((_, (face,), _),) = read_pages([page], engine, EXTRACTORS)
    for key in ("id_number", "mobile", "date", *(tick.partition(":")[0] for tick in TICKS)):
        assert face.fields[key].value == READ[key], key
