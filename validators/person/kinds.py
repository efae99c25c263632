"""What the checks must know of each kind of paper: ``kinds.toml`` as values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache, wraps
from importlib.resources import files
from typing import Literal

from pipeline.contracts import Check
from pipeline.finding import Finding
from pipeline.model import Application, Document, Frozen, Reading


class Paper(Frozen):
    """One kind of paper; the meaning of each key stands at the head of kinds.toml."""

    name: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    person: Literal["applicant", "household", "either"] = "applicant"
    sides: dict[str, tuple[str, ...]] = {}
    expiry: tuple[str, ...] = ()
    renew: str = "换领后带有效的证件"
    dated: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()


@cache
def _papers() -> dict[str, Paper]:
    text = (files("validators.person") / "kinds.toml").read_text(encoding="utf-8")
    return {kind: Paper.model_validate(row) for kind, row in tomllib.loads(text).items()}


_NOTHING = Paper()


def judged_fields(document: Document) -> frozenset[str]:
    """Fields by which every matter that counts on a paper of this kind judges it: whose it is, how
    long it holds, and what else kinds.toml names."""
    paper = paper_of(document)
    return frozenset((*paper.name, *paper.number, *paper.expiry, *paper.judged))


def paper_of(document: Document) -> Paper:
    """What is known of the document's kind; nothing for forms, photos and unknown papers."""
    return _papers().get(document.type, _NOTHING)


def first(document: Document, names: tuple[str, ...]) -> tuple[str, Reading] | None:
    """The first of the fields that was read and is not blank, with its name."""
    for name in names:
        reading = document.fields.get(name)
        if reading is not None and reading.value:
            return name, reading
    return None


def matters_touched(application: Application, document: Document) -> tuple[str | None, ...]:
    """The chosen matters that a finding about this paper concerns: ``(None,)`` for all of them,
    empty where the paper was handed in though no chosen matter asks for it."""
    needed = paper_of(document).matters
    if not needed or not application.request.matters:
        return (None,)
    return tuple(m for m in application.request.matters if m in needed)


def scoped(check: Check) -> Check:
    """The check, with each finding about a paper that only some of the chosen matters need given
    once for each of these (contract.md). A paper that no chosen matter needs keeps its findings
    as they are: who the applicant is concerns all."""

    @wraps(check)
    def named(application: Application, today: date) -> Iterator[Finding]:
        documents = {d.id: d for d in application.documents}
        for finding in check(application, today):
            document = documents.get(finding.document or "")
            if document is None or finding.matter is not None:
                yield finding
                continue
            for matter in matters_touched(application, document) or (None,):
                yield finding.model_copy(update={"matter": matter})

    return named
