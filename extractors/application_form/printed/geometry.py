"""Where everything stands on a form that ``yijianshi form`` prints: ``v<version>.toml``.

All lengths are millimetres from the left and top edges of the page. Printer and reader share this.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from pipeline.model import FORM_CODE, Frozen

NEWEST = 2
FormPlace = tuple[float, float]


class FormText(Frozen):
    """Printed words; ``at`` is left and top of the square of their first character."""

    at: FormPlace
    size: float
    text: str
    tone: Literal["ink", "grey"] = "ink"
    weight: Literal["regular", "bold"] = "regular"


class Tick(Frozen):
    """A box that says ``code`` for ``key`` where it is marked."""

    key: str
    code: str
    at: FormPlace
    text: str
    note: str = ""


class Comb(Frozen):
    """A row of boxes, one a character."""

    key: str
    at: FormPlace
    cells: int
    gaps: tuple[int, ...] = ()


class FormArea(Frozen):
    """A place to write in."""

    key: str
    at: FormPlace
    size: FormPlace
    look: Literal["line", "box"]


class FormRule(Frozen):
    """A printed line."""

    start: FormPlace = Field(alias="from")
    end: FormPlace = Field(alias="to")
    width: float


class FormPage(Frozen):
    """One page of the form."""

    number: int
    text: tuple[FormText, ...] = ()
    tick: tuple[Tick, ...] = ()
    comb: tuple[Comb, ...] = ()
    area: tuple[FormArea, ...] = ()
    rule: tuple[FormRule, ...] = ()


class FormCode(Frozen):
    """Where the QR code stands."""

    at: FormPlace
    side: float


class PrintedForm(Frozen):
    """A version of the form. ``marks`` are centres, clockwise from the top left."""

    version: int
    size: FormPlace
    tick: float
    cell: FormPlace
    gap: float
    mark: float
    marks: tuple[FormPlace, FormPlace, FormPlace, FormPlace]
    code: FormCode
    page: tuple[FormPage, ...]

    def cells(self, comb: Comb) -> list[FormPlace]:
        """Left top corners of a comb's boxes."""
        x, y = comb.at
        return [
            (x + i * self.cell[0] + self.gap * sum(g <= i for g in comb.gaps), y)
            for i in range(comb.cells)
        ]

    def code_text(self, page: int) -> str:
        """What the QR code of a page says."""
        return f"{FORM_CODE}/{self.version}/{page}"

    def field_name(self, page: int, key: str, number: int = 1) -> str:
        """Name of a PDF's field: of an answer's first line, or of a further one; of a box to tick
        with its code as ``key:code``."""
        name = f"{self.code_text(page)}/{key}"
        return name if number == 1 else f"{name}/{number}"


@cache
def load_form(version: int = NEWEST) -> PrintedForm | None:
    """The version's layout; None where there is no such version."""
    path = files("extractors.application_form.printed") / f"v{version}.toml"
    if not path.is_file():
        return None
    return PrintedForm.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def find_page(text: str) -> tuple[PrintedForm, FormPage] | None:
    """The form and page that a code names; None where it is another code, or a newer version."""
    parts = text.split("/")
    if len(parts) != 3 or parts[0] != FORM_CODE or not (parts[1] + parts[2]).isascii():
        return None
    if not (parts[1].isdigit() and parts[2].isdigit()):
        return None
    form = load_form(int(parts[1]))
    if form is None:
        return None
    page = next((p for p in form.page if p.number == int(parts[2])), None)
    return None if page is None else (form, page)
