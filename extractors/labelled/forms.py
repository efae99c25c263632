"""Papers that print a label beside each value: the forms are data (``forms.toml``).

A form is one face of a paper: which labels it prints and how, what tells it from others.
:mod:`extractors.labelled.matching` holds a sheet's lines against it,
:mod:`extractors.labelled.reading` reads it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from extractors.labelled.tables import load_table
from pipeline.layout.label_words import LabelRule
from pipeline.model import DocumentType, Frozen

TABLES = ("forms.toml", "permits.toml")


class Form(Frozen):
    """One face of a paper, as ``forms.toml`` describes it.

    ``always``       fields that this face prints on every layout: not found, they are missing;
    ``telling``      labels any of which tells the paper as surely as its title;
    ``month_dates``  dates that may be printed to the month only;
    ``never``        labels that this paper does not print: where one is found, it is another;
    ``single``       spans that may print their end alone (有效期至);
    ``years``        how many years a span of validity runs, where it is to tell the paper;
    ``shapes``       values that their shape tells where no label was read: field -> pattern;
    ``under``        labels that count only below another (a telephone number below 监护人 is
                     the guardian's), and not where a surer label gives the same field.
    """

    type: DocumentType
    face: str
    labels: tuple[LabelRule, ...]
    titles: tuple[str, ...] = ()
    needs_title: bool = False
    against: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    need: int = 1
    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    not_prefixes: tuple[str, ...] = ()
    blank: frozenset[str] = frozenset()
    always: tuple[str, ...] = ()
    telling: frozenset[str] = frozenset()
    month_dates: frozenset[str] = frozenset()
    spans: tuple[tuple[str, tuple[str, ...]], ...] = ()
    never: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    under: tuple[tuple[str, str], ...] = ()
    years: frozenset[int] = frozenset()
    shapes: tuple[tuple[str, re.Pattern[str]], ...] = ()

    def bears(self, number: str) -> bool:
        """Whether a number may stand on this paper, by what it begins with."""
        fits = not self.prefixes or number.startswith(self.prefixes)
        return fits and not (self.not_prefixes and number.startswith(self.not_prefixes))

    def gives(self, label: str) -> tuple[str, ...]:
        """The fields that a label's value gives: itself, the two ends of a span, or none."""
        if label in self.never:
            return ()
        return dict(self.spans).get(label, (label,))


def _form(row: dict[str, Any]) -> Form:
    labels = row["labels"]
    rules = tuple(
        LabelRule(
            name,
            tuple(tuple(printing) for printing in label["print"]),
            label.get("lines", 1),
            tuple(label.get("beside", ())),
        )
        for name, label in labels.items()
    )
    derived = {
        "labels": rules,
        "spans": [(name, label["gives"]) for name, label in labels.items() if "gives" in label],
        "never": [name for name, label in labels.items() if label.get("never")],
        "single": [name for name, label in labels.items() if label.get("single")],
        "under": [(name, label["under"]) for name, label in labels.items() if "under" in label],
        "shapes": [(name, _shape(text)) for name, text in row.get("shapes", {}).items()],
    }
    return Form.model_validate(row | derived)


def _shape(text: str) -> re.Pattern[str]:
    """A pattern that stands alone: no letter nor digit goes on before it or behind."""
    return re.compile(f"(?<![0-9A-Za-z])(?:{text})(?![0-9A-Za-z])")


@cache
def forms_of(kind: DocumentType) -> tuple[Form, ...]:
    """The faces of a type of paper."""
    rows = (row for name in TABLES for row in load_table("labelled", name)["form"])
    return tuple(_form(row) for row in rows if row["type"] == kind)
