"""The nouns, from scan to document.

One coordinate convention: pixels, origin top-left, x to the right, y down. A :class:`Quad`
runs clockwise from the top-left corner *of the text or card as it is read*.

Pixels live in memory only: :class:`Page` and :class:`Sheet` never cross a process or a task
boundary. What crosses is :class:`Face` and all below it: frozen, and JSON both ways.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from pipeline.wire import DESCRIBED, CountyCode, GroupCode, MatterCode, Sha256

Image = NDArray[np.uint8]
"""H x W x 3 (BGR) or H x W (grey), uint8."""

Matrix = NDArray[np.float64]
"""3 x 3 homography."""

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


class Frozen(BaseModel):
    """A value: immutable, and nothing in it that was not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentType(StrEnum):
    """Document types of contract.md."""

    ID_CARD = "id_card"
    TEMPORARY_ID_CARD = "temporary_id_card"
    HUKOU = "hukou"
    DISABILITY_CERTIFICATE = "disability_certificate"
    RESIDENCE_PERMIT = "residence_permit"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit"
    HK_MACAO_TRAVEL_PERMIT = "hk_macao_travel_permit"
    TAIWAN_TRAVEL_PERMIT = "taiwan_travel_permit"
    PASSPORT = "passport"
    FOREIGN_PERMANENT_RESIDENT_CARD = "foreign_permanent_resident_card"
    SOCIAL_SECURITY_CARD = "social_security_card"
    APPLICATION_FORM = "application_form"
    PROXY_UNDERTAKING = "proxy_undertaking"
    PHOTO = "photo"
    TRANSFER_LETTER = "transfer_letter"
    SEPARATION_DOCUMENT = "separation_document"
    CIVIL_AFFAIRS_PROOF = "civil_affairs_proof"
    GROUP_PROOF = "group_proof"
    POLICE_CHANGE_PROOF = "police_change_proof"
    LODGING_REGISTRATION = "lodging_registration"
    UNKNOWN = "unknown"


# ---------------------------------------------------------------- pixels and lines (in memory)


@dataclass(frozen=True, slots=True)
class Char:
    """One recognised character of a line.

    ``left`` and ``right`` are fractions (0 to 1) of the way along the line; ``alternatives``
    are the next-best characters with their scores, best first. ``compared``: the scores are chances
    by engine and picture together (:mod:`pipeline.ocr.glyphs`). ``contested``: something else than
    the picture says another one, so that no further look at the picture makes it surer.
    """

    text: str
    score: float
    left: float
    right: float
    alternatives: tuple[tuple[str, float], ...] = ()
    compared: bool = False
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: where it lies and what was read.

    ``chars`` is empty where the engine gave no single characters (a PDF's text layer has
    them with score 1). ``lost`` are characters that were almost read: where a rare character
    is dropped from the text, it often still shows here.
    """

    text: str
    score: float
    quad: Quad
    chars: tuple[Char, ...] = ()
    lost: tuple[Char, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Which page of which file. ``page`` counts from 1, as people do."""

    file: str
    page: int
    sha256: str


FORM_CODE = "YIJIANSHI-FORM"
"""How the code on each page of our own form begins, and the names of its PDF's fields."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed into a field of our own form's PDF: the field's name, its text, and where it
    lies, in pixels of the page."""

    name: str
    text: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came in, EXIF orientation applied. ``lines`` is the text layer of a
    born-digital PDF page, empty for a scan; ``entries`` what was typed into our own form."""

    image: Image
    source: Source
    dpi: float | None = None
    lines: tuple[Line, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One card, booklet page or letter cut from a page, upright and flat, with what was read.

    ``image``      pixels of the sheet;
    ``lines``      in pixels of ``image``;
    ``to_page``    homography from sheet pixels to pixels of the *upright* page, that is the
                   page turned clockwise by ``rotation`` degrees;
    ``rotation``   0, 90, 180 or 270: how far the page must be turned clockwise;
    ``entries``    what was typed into our own form, where the sheet is the whole page.
    """

    image: Image
    source: Source
    rotation: int
    to_page: Matrix
    lines: tuple[Line, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def ref(self) -> PageRef:
        """Where the sheet lies, as documents name it."""
        return PageRef(
            file=self.source.file,
            page=self.source.page,
            sha256=self.source.sha256,
            rotation=self.rotation,
        )


# ---------------------------------------------------------------- values (cross boundaries)

ReadingSource = Literal["ocr", "derived", "form", "human"]


class UnsureChar(Frozen):
    """A character of a reading's ``raw`` that the engine was not sure of: where it stands there,
    how likely it is, and what else it may be, best first."""

    at: int
    score: float
    alternatives: tuple[str, ...] = ()


class Reading(Frozen):
    """One field's value beside the piece of paper it was read from.

    ``value`` is canonical (dates ISO, ``长期``, ``1990-03``; a blank on the page is ``""``);
    ``raw`` is what was read; ``box`` lies in pixels of the upright page; ``page`` indexes the
    document's pages, from 0; ``doubts`` name why a person should look, for OCR-LOW; ``unsure`` are
    the characters that a person should look at first.
    """

    value: str
    raw: str
    confidence: float
    page: int = 0
    box: Quad | None = None
    source: ReadingSource = "ocr"
    doubts: tuple[str, ...] = ()
    unsure: tuple[UnsureChar, ...] = ()


class PageRef(Frozen):
    """Where a document's page lies."""

    model_config = DESCRIBED

    file: str
    """Name of the scan, with its folders within the case."""
    page: int
    """Page of the file, from 1."""
    sha256: Sha256
    """Of the file's bytes."""
    rotation: int = 0
    """How far the page must be turned clockwise to stand upright, in degrees: 0, 90, 180, 270."""
    width: int | None = None
    """Of the upright page, in pixels: what boxes are measured in."""
    height: int | None = None
    """Of the upright page, in pixels."""


class Quality(Frozen):
    """How good the scan is. ``None``: not measured. Fractions run from 0 to 1."""

    copy_: bool | None = None
    screen: bool | None = None
    blur: float | None = None
    glare: float | None = None
    cut: bool | None = None


class Face(Frozen):
    """One side of a card, one page of a booklet or letter: what an extractor makes of a sheet.

    ``face`` names it within its type (``portrait``, ``emblem``, ``head``, ``member``,
    ``changes`` …); ``fields`` holds what was found, ``missing`` the fields that this face
    prints but that could not be read; ``tables`` holds rows (hukou changes); ``marks`` hold
    what is not text: ``seal``, ``seal_text``, ``signature`` … as ``yes``, ``no``, ``unsure`` or
    text.
    """

    type: DocumentType
    face: str
    score: float
    page: PageRef
    outline: Quad | None = None
    fields: dict[str, Reading] = {}
    missing: tuple[str, ...] = ()
    tables: dict[str, tuple[dict[str, Reading], ...]] = {}
    marks: dict[str, str] = {}
    quality: Quality = Quality()


class Document(Frozen):
    """A paper of the case: its faces put together."""

    id: str
    type: DocumentType
    pages: tuple[PageRef, ...]
    faces: tuple[str, ...] = ()
    fields: dict[str, Reading] = {}
    missing: tuple[str, ...] = ()
    tables: dict[str, tuple[dict[str, Reading], ...]] = {}
    marks: dict[str, str] = {}
    quality: Quality = Quality()

    def value(self, name: str) -> str | None:
        """The field's value, or None where it was not read."""
        reading = self.fields.get(name)
        return None if reading is None else reading.value


# ---------------------------------------------------------------- what was asked for


class Change(Frozen):
    """One item of a change registration (M6, M8)."""

    model_config = DESCRIBED

    item: Literal[
        "name",
        "id_number",
        "birth_date",
        "ethnicity",
        "sex",
        "office_phone",
        "mobile",
        "postcode",
        "address",
        "other",
    ]
    """What changes."""
    old: str = ""
    """As it stood."""
    new: str = ""
    """As it shall stand."""


class Archive(Frozen):
    """Which way the personnel archive goes, and who holds it (M1)."""

    model_config = DESCRIBED

    direction: Literal["in", "out"]
    """in: it is to be received; out: it is to be handed over."""
    holder: Literal["state_unit", "talent_centre", "school", "other"]
    """Who holds it now: a unit of the state, a public talent centre, a school, another."""
    kind: Literal["left_unit", "graduate", "flexible", "other"] | None = None
    """Whose archive it is (guide 四/(一)/2/(1)): of somebody who left a unit of the state, of a
    graduate, of a flexible worker, of another."""
    former_division: CountyCode | None = None
    """County of the former employer (guide 四/(一)/2/(2))."""
    archive_division: CountyCode | None = None
    """County where the archive lies (guide 四/(一)/2/(2))."""


class Proxy(Frozen):
    """Who hands the application in for the applicant."""

    model_config = DESCRIBED

    name: str
    """As on the proxy's own identity paper."""
    id_number: str = ""
    """公民身份号码 of the proxy."""


class Verification(Frozen):
    """What the agency verified electronically, and may therefore be left out (guide, 五, 注)."""

    model_config = DESCRIBED

    kind: Literal["household", "disability", "low_income", "extreme_poverty", "returned_poverty"]
    """What was verified: 户籍, 残疾, 低保, 特困, 返贫致贫."""
    ref: str
    """Number under which the verification is on file."""
    on: date
    """The day of it, not after the acceptance."""


IdentityPaper = Literal[
    "id_card",
    "temporary_id_card",
    "hmt_residence_permit",
    "hk_macao_travel_permit",
    "taiwan_travel_permit",
    "foreign_permanent_resident_card",
    "passport",
]
"""Papers that say who somebody is (guide 五)."""
IDENTITY_PAPERS: tuple[IdentityPaper, ...] = get_args(IdentityPaper)


class Request(Frozen):
    """What was asked for: ``application.json`` of contract.md, or the scanned form.

    ``None`` means not said; a rule that needs it answers *unknown*.
    """

    model_config = DESCRIBED

    channel: Literal["window", "online", "mail"] | None = None
    """How the application came in: 窗口, 线上, 邮寄."""
    accepted_on: date | None = None
    """受理日期: "today" for every rule; time limits run from it."""
    matters: tuple[MatterCode, ...] = ()
    """The matters applied for, each once: M1 人事档案, M2 居民养老, M3 灵活就业养老, M4 社会保障卡,
    M5 居民医保, M6 居民医保变更, M7 灵活就业医保, M8 灵活就业医保变更, M9 缴费申报."""
    name: str | None = None
    """Of the applicant."""
    id_number: str | None = None
    """公民身份号码, or the number of the permit or passport."""
    id_type: IdentityPaper | None = None
    """What paper the number is of."""
    mobile: str | None = None
    """Telephone number of the applicant."""
    postcode: str | None = None
    """Six digits."""
    address: str | None = None
    """Where mail reaches the applicant."""
    flex_type: Literal["sole_proprietor", "part_time", "other"] | None = None
    """Kind of flexible worker: 无雇工个体工商户, 非全日制从业人员, 其他 (新业态 among them)."""
    employment: Literal["unemployed", "flexible", "employed", "public_institution"] | None = None
    """How the applicant works now: not, flexibly, employed by a unit, 机关事业单位."""
    is_student: bool | None = None
    """在校学生."""
    insured_pension: Literal["none", "resident", "employee"] | None = None
    """Pension insurance that the applicant is in now: none, 城乡居民, 企业职工."""
    insured_medical: Literal["none", "resident", "employee"] | None = None
    """Medical insurance that the applicant is in now: none, 城乡居民, 职工."""
    card_applied_before: bool | None = None
    """Whether a 社会保障卡 was applied for before."""
    enrol_division: CountyCode | None = None
    """参保地: county-level division code."""
    special_groups: tuple[GroupCode, ...] = ()
    """Special groups of M2 (domain.md 1.8), each once."""
    changes: tuple[Change, ...] = ()
    """What is to change (M6, M8)."""
    archive: Archive | None = None
    """The personnel archive (M1)."""
    proxy: Proxy | None = None
    """Who hands the application in, where it is not the applicant."""
    delivery: Literal["online", "mail", "pickup"] | None = None
    """How the result goes back (guide 七/(三)): 线上反馈, 邮寄送达, 窗口领取."""
    verified: tuple[Verification, ...] = ()
    """What the agency verified electronically."""


@dataclass(frozen=True, slots=True)
class Application:
    """One case as the rules see it: what was asked for and the papers that came with it.

    ``request`` is what counts: ``typed`` (application.json) where there is one, completed by
    ``form`` (the scanned form). Both are kept so that rules can compare them (X14). ``aside`` are
    papers that are surely another person's, and not among ``documents``.
    """

    case_id: str
    request: Request
    documents: tuple[Document, ...]
    typed: Request | None = None
    form: Request | None = None
    files: tuple[str, ...] = field(default=())
    aside: tuple[Document, ...] = field(default=())

    def of(self, *types: DocumentType) -> tuple[Document, ...]:
        """The documents of these types, in order."""
        return tuple(d for d in self.documents if d.type in types)
