"""Several papers on one scan, of one person or of two: what copiers and hurried clerks produce.

The truth has no ``fields`` of its own but ``documents``, one entry a paper, in the order in which
they lie on the sheet.
"""

from __future__ import annotations

from random import Random
from typing import Any

from samples.draw import Drawn, Kit
from samples.fonts import Shelf
from samples.layouts import disability_card, hukou, id_card, plain_cards, residence_permit
from samples.persons import Person, make_person
from samples.scanner import office, rounded
from samples.specimens import Specimen, merge


def _two_cards(person: Person, kit: Kit) -> list[tuple[str, list[Drawn]]]:
    return [("id_card", id_card.draw(person, kit)),
            ("residence_permit", residence_permit.draw_card(person, kit))]  # fmt: skip


def _disabled(person: Person, kit: Kit) -> list[tuple[str, list[Drawn]]]:
    return [("id_card", id_card.draw(person, kit)),
            ("disability_certificate", disability_card.draw(person, kit))]  # fmt: skip


def _two_people(person: Person, kit: Kit) -> list[tuple[str, list[Drawn]]]:
    other = make_person(kit.rng)
    return [("id_card", id_card.draw(person, kit)), ("id_card", id_card.draw(other, kit))]


def _card_and_page(person: Person, kit: Kit) -> list[tuple[str, list[Drawn]]]:
    member = [face for face in hukou.draw(person, kit) if face.name == "member"]
    return [("id_card", id_card.draw(person, kit)[:1]), ("hukou", member)]


def _insured(person: Person, kit: Kit) -> list[tuple[str, list[Drawn]]]:
    return [("id_card", id_card.draw(person, kit)),
            ("social_security_card", plain_cards.draw_social_security(person, kit))]  # fmt: skip


_MIXES = (_two_cards, _disabled, _two_people, _card_and_page, _insured)


def make_mixed(seed: str, index: int, shelf: Shelf) -> Specimen:
    """The ``index``-th sheet of several papers."""
    rng = Random(f"{seed}/mixed/{index}")
    kit = Kit(rng, shelf)
    papers = _MIXES[index % len(_MIXES)](make_person(rng), kit)
    faces = [face for _, drawn in papers for face in drawn]
    images = [rounded(f.image) if f.image.shape[1] < 1100 else f.image for f in faces]
    shot = office(images, rng, kit)
    documents: list[dict[str, Any]] = [
        {"type": kind, "faces": [f.name for f in drawn], "fields": merge(drawn)}
        for kind, drawn in papers
    ]
    truth = {"type": "mixed", "level": "office", "faces": len(faces), "fields": {}, "derived": [],
             "documents": documents, "capture": shot.capture}  # fmt: skip
    return Specimen(shot.image, shot.quality, truth)
