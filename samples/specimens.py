"""A specimen: one picture of one or several faces of a paper, with its truth.

The truth is that of contract.md: ``{"type", "level", "faces", "fields", "derived", "capture"}``,
with ``tables`` for pages of changes and ``marks`` for seals and signatures where they are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from samples.draw import Drawn, Kit, Pixels
from samples.fonts import Shelf
from samples.layouts import (
    application_form,
    archive_letters,
    disability_booklet,
    disability_card,
    foreign_pages,
    hmt_residence_permit,
    hukou,
    id_card,
    lodging,
    lodging_local,
    lodging_slips,
    office_forms,
    passports,
    plain_cards,
    printed_form,
    proofs,
    residence_permit,
    travel,
    wordings,
)
from samples.persons import Person, make_hmt_person, make_person
from samples.phone import photograph
from samples.scanner import Shot, flatbed, office, rounded

LEVELS = ("flatbed", "office", "phone")


@dataclass(frozen=True)
class Recipe:
    """How a kind of specimen is made.

    ``views`` are the choices of faces that a picture may show: the truth's type name and the
    faces' names. One that shows several faces is only made by a copier.
    """

    draw: Callable[[Person, Kit], list[Drawn]]
    views: tuple[tuple[str, tuple[str, ...]], ...]
    person: Callable[[Random], Person] = make_person
    card: bool = True


def _working_life(rng: Random) -> Person:
    """Somebody old enough to have worked for some years."""
    return make_person(rng, ages=(29, 62))


def _at_times_without(
    mark: str, draw: Callable[..., list[Drawn]], share: float = 0.25
) -> Callable[[Person, Kit], list[Drawn]]:
    """A share of the papers without seal (``sealed``) or signature (``signed``); who the paper is
    for decides, so that nothing else about it changes."""

    def drawn(person: Person, kit: Kit) -> list[Drawn]:
        bare = Random(f"{mark}/{person.id_number}/{person.name}").random() < share
        return draw(person, kit, **{mark: False}) if bare else draw(person, kit)

    return drawn


RECIPES: dict[str, Recipe] = {
    "id_card": Recipe(
        id_card.draw,
        (
            ("id_card_front", ("portrait",)),
            ("id_card_back", ("emblem",)),
            ("id_card", ("portrait", "emblem")),
        ),
    ),
    "hukou": Recipe(
        hukou.draw,
        (
            ("hukou_member", ("member",)),
            ("hukou_head", ("head",)),
            ("hukou", ("head", "member")),
            ("hukou_changes", ("changes",)),
            ("hukou_address_changes", ("address_changes",)),
            ("hukou", ("member", "changes")),
        ),
        card=False,
    ),
    "disability_gen2": Recipe(
        disability_booklet.draw, (("disability_gen2", ("spread",)),), card=False
    ),
    "disability_gen3": Recipe(
        disability_card.draw,
        (("disability_gen3", ("front",)), ("disability_gen3", ("front", "back"))),
    ),
    "residence_permit": Recipe(
        residence_permit.draw,
        (("residence_permit", ("front",)), ("residence_permit", ("front", "back"))),
    ),
    "hmt_residence_permit": Recipe(
        hmt_residence_permit.draw,
        (
            ("hmt_residence_permit", ("portrait",)),
            ("hmt_residence_permit", ("back",)),
            ("hmt_residence_permit", ("portrait", "back")),
        ),
        make_hmt_person,
    ),
    "application_form": Recipe(
        application_form.draw, (("application_form", ("form",)),), card=False
    ),
    "office_form": Recipe(office_forms.draw, (("application_form", ("form",)),), card=False),
    "printed_form": Recipe(
        printed_form.draw,
        (("application_form", ("form",)), ("application_form", ("form2",))),
        card=False,
    ),
    "temporary_id_card": Recipe(
        plain_cards.draw_temporary,
        (("temporary_id_card", ("portrait",)), ("temporary_id_card", ("portrait", "title"))),
    ),
    "social_security_card": Recipe(
        plain_cards.draw_social_security, (("social_security_card", ("face",)),)
    ),
    "hk_macao_travel_permit": Recipe(
        travel.draw_hk_macao,
        (("hk_macao_travel_permit", ("front",)), ("hk_macao_travel_permit", ("front", "back"))),
        make_hmt_person,
    ),
    "taiwan_travel_permit": Recipe(
        travel.draw_taiwan, (("taiwan_travel_permit", ("front",)),), make_hmt_person
    ),
    "passport": Recipe(travel.draw_passport, (("passport", ("data_page",)),), card=False),
    "passport_worded": Recipe(passports.draw, (("passport", ("data_page",)),), card=False),
    "foreign_permanent_resident_card": Recipe(
        travel.draw_permanent_resident,
        (
            ("foreign_permanent_resident_card", ("front",)),
            ("foreign_permanent_resident_card", ("front", "back")),
        ),
    ),
    **{
        kind: Recipe(_at_times_without(mark, draw), ((kind, (face,)),), _working_life, card=False)
        for kind, draw, face, mark in (
            ("proxy_undertaking", proofs.draw_undertaking, "letter", "signed"),
            ("transfer_letter", archive_letters.draw_transfer_letter, "letter", "sealed"),
            ("separation_document", archive_letters.draw_separation, "letter", "sealed"),
            ("civil_affairs_proof", proofs.draw_civil_affairs, "letter", "sealed"),
            ("group_proof", proofs.draw_group, "letter", "sealed"),
            ("police_change_proof", proofs.draw_police_change, "letter", "sealed"),
            ("lodging_registration", lodging.draw, "form", "sealed"),
        )
    },
    **{
        f"{kind}_worded": Recipe(
            wordings.draw(kind), ((kind, ("letter",)),), _working_life, card=False
        )
        for kind in wordings.KINDS
    },
    "lodging_registration_worded": Recipe(
        lodging_slips.draw, (("lodging_registration", ("form",)),), _working_life, card=False
    ),
    "lodging_registration_local": Recipe(
        lodging_local.draw, (("lodging_registration", ("form",)),), _working_life, card=False
    ),
    "unknown": Recipe(foreign_pages.draw, (("unknown", ("page",)),), _working_life, card=False),
}


@dataclass(frozen=True)
class Specimen:
    """A picture and its truth."""

    image: Pixels
    quality: int
    truth: dict[str, Any]


def merge(faces: list[Drawn]) -> dict[str, str]:
    """The fields of all faces. Rows of a page of changes override what the others print."""
    fields: dict[str, str] = {}
    for face in faces:
        fields |= face.fields
    return fields


def make_truth(kind: str, level: str, faces: list[Drawn], shot: Shot) -> dict[str, Any]:
    """The truth of one picture."""
    notes: dict[str, Any] = {}
    truth: dict[str, Any] = {
        "type": kind,
        "level": level,
        "faces": len(faces),
        "fields": merge(faces),
        "derived": sorted({name for face in faces for name in face.derived}),
    }
    for face in faces:
        notes |= face.notes
        for key, rows in face.tables.items():
            truth.setdefault("tables", {})[key] = rows
        if face.request:
            truth["request"] = face.request
        if face.marks:
            truth["marks"] = truth.get("marks", {}) | face.marks
    truth["capture"] = shot.capture | notes
    return truth


def make_specimen(
    kind: str, level: str, seed: str, index: int, shelf: Shelf, *, small: bool = False
) -> Specimen:
    """The ``index``-th specimen of a kind at a level; the same for the same seed and fonts.

    ``small`` gives pictures fit to be kept in a repository: 200 DPI, 1600 pixels, low quality.
    """
    rng = Random(f"{seed}/{kind}/{level}/{index}")
    return make_by(RECIPES[kind], level, rng, index, shelf, small=small)


def make_by(
    recipe: Recipe, level: str, rng: Random, index: int, shelf: Shelf, *, small: bool = False
) -> Specimen:
    """A specimen by a recipe; ``index`` chooses among its views."""
    kit = Kit(rng, shelf)
    drawn = {face.name: face for face in recipe.draw(recipe.person(rng), kit)}
    views = [v for v in recipe.views if level == "office" or len(v[1]) == 1]
    if level == "office":
        views = [v for v in views if len(v[1]) > 1] * 3 + views
    there = [v for v in views if all(name in drawn for name in v[1])]
    if there:
        name, wanted = there[index % len(there)]
    else:
        name, wanted = recipe.views[0][0], tuple(drawn)
    faces = [drawn[face] for face in wanted]
    images = [rounded(f.image) if recipe.card and len(drawn) > 1 else f.image for f in faces]
    if level == "flatbed":
        shot = flatbed(images[0], rng, dpi=200 if small else 300)
    elif level == "phone":
        shot = photograph(faces[0].image, rng, long_side=1400 if small else None)
    else:
        shot = office(images, rng, kit)
    quality = min(shot.quality, 58) if small else shot.quality
    return Specimen(shot.image, quality, make_truth(name, level, faces, shot))
