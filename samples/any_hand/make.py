"""Papers of any hand: pictures with their truth, by kind, family and level."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from random import Random

from samples.any_hand import foreign
from samples.any_hand.booklets import hukou
from samples.any_hand.card import draw_faces
from samples.any_hand.certificates import (
    disability_gen3,
    id_card,
    residence_permit,
    social_security_card,
    temporary_id_card,
)
from samples.any_hand.changes import draw_changes
from samples.any_hand.faces import Part, shelf
from samples.any_hand.family import families
from samples.any_hand.filling import Face, Filling
from samples.any_hand.letter import KINDS as LETTER_KINDS
from samples.any_hand.letter import draw_letter, offices
from samples.any_hand.page import Crowded, Page
from samples.any_hand.permits import (
    foreign_permanent_resident_card,
    hk_macao_travel_permit,
    hmt_residence_permit,
    taiwan_travel_permit,
)
from samples.any_hand.spreads import disability_gen2, lodging_registration, passport
from samples.any_hand.wear import LEVELS, PHOTOS, manner, wear
from samples.draw import Drawn, Kit
from samples.fonts import Shelf
from samples.specimens import Specimen, make_truth

_CARD_PX = 1600
"""Faces with a longer side are no cards: at 300 DPI 135 mm."""
_TRIES = 8
"""Fillings tried before a family is given up: long addresses do not fit every layout."""


@dataclass(frozen=True)
class Job:
    """One picture to make."""

    kind: str
    family: str
    part: Part
    level: str
    seed: str
    index: int

    @property
    def file(self) -> str:
        """The picture's file name."""
        return f"{self.kind}_{self.level}_{self.index:03d}.jpg"


def _by_name(*fillers: Callable[[Filling], list[Face]]) -> dict[str, Callable[..., list[Face]]]:
    return {filler.__name__: filler for filler in fillers}


CARDS = _by_name(
    id_card, temporary_id_card, residence_permit, hmt_residence_permit, hk_macao_travel_permit,
    taiwan_travel_permit, foreign_permanent_resident_card, social_security_card, disability_gen3,
)  # fmt: skip
SPREADS = _by_name(hukou, passport, disability_gen2, lodging_registration)
KINDS: tuple[str, ...] = (*CARDS, *SPREADS, *LETTER_KINDS, "unknown")


def names(kind: str, part: Part) -> tuple[str, ...]:
    """The names of a kind's families. Raises KeyError where there is no such kind."""
    if kind == "unknown":
        return foreign.kinds(part)
    rows = offices(kind, part) if kind in LETTER_KINDS else families(kind, part)
    return tuple(row.name for row in rows)


def draw(
    kind: str, name: str, part: Part, seed: str, fonts: Shelf
) -> tuple[list[Drawn], list[Page]]:
    """All faces of one paper of a family, with the pages that tell where their text lies.

    Raises Crowded where no filling fits the family's layout.
    """
    last = Crowded(name)
    for attempt in range(_TRIES):
        own = f"{seed}/{attempt}"
        try:
            if kind == "unknown":
                return foreign.draw(name, part, own, fonts)
            if kind in LETTER_KINDS:
                office = next(o for o in offices(kind, part) if o.name == name)
                return draw_letter(office, own, fonts)
            family = next(f for f in families(kind, part) if f.name == name)
            filler = (CARDS | SPREADS)[kind]
            faces = filler(Filling(family, Random(f"{own}/filling")))
            drawn, pages = draw_faces(family, faces, own, fonts)
            if kind == "hukou":
                page = draw_changes(family, own, fonts)
                drawn, pages = [*drawn, page[0]], [*pages, page[1]]
            return drawn, pages
        except Crowded as error:
            last = error
    raise last


_VIEWS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "id_card": (
        ("id_card_front", ("portrait",)), ("id_card_back", ("emblem",)),
        ("id_card", ("portrait", "emblem")),
    ),
    "hukou": (
        ("hukou_head", ("head",)), ("hukou_member", ("member",)),
        ("hukou_changes", ("changes",)), ("hukou", ("head", "member")),
    ),
}  # fmt: skip
"""Which faces a picture may show and what the truth then calls it; elsewhere the first or all."""


def view(kind: str, faces: Sequence[Drawn], rng: Random, *, alone: bool) -> tuple[str, list[Drawn]]:
    """The truth's type, and the faces that the picture shows; one where it stands alone."""
    if kind in _VIEWS:
        name, wanted = rng.choice(
            [v for v in _VIEWS[kind] if len(v[1]) == 1] if alone else _VIEWS[kind]
        )
        return name, [f for f in faces if f.name in wanted]
    if len(faces) == 1:
        return kind, list(faces)
    # a back alone is brought seldom, and then as a photo
    if alone:
        return kind, [faces[1] if rng.random() < 0.15 and _telling(faces[1]) else faces[0]]
    return kind, list(faces) if rng.random() < 0.7 else [faces[0]]


def _telling(face: Drawn) -> bool:
    return "permit_number" in face.fields or "issuing_authority" in face.fields


def make_one(job: Job, fonts: Shelf) -> Specimen:
    """The picture of a job and its truth; the same for the same job and fonts."""
    seed = f"{job.seed}/{job.kind}/{job.level}/{job.index}"
    rng = Random(f"any-hand/{seed}")
    faces, _ = draw(job.kind, job.family, job.part, seed, fonts)
    how = manner(job.level, rng)
    name, shown = view(job.kind, faces, rng, alone=how in PHOTOS)
    kit = Kit(rng, fonts)
    card = max(shown[0].image.shape[:2]) < _CARD_PX
    shot = wear([f.image for f in shown], how, rng, kit, card=card)
    truth = make_truth(name, job.level, shown, shot)
    truth["capture"] |= {"family": f"{job.kind}/{job.family}", "part": job.part}
    return Specimen(shot.image, shot.quality, truth)


def jobs(
    part: Part,
    count: int,
    seed: str,
    kinds: Sequence[str] = KINDS,
    levels: Sequence[str] = LEVELS,
) -> Iterator[Job]:
    """``count`` jobs that go round kinds, families and levels evenly."""
    turns = {kind: names(kind, part) for kind in kinds}
    for index in range(count):
        kind = kinds[index % len(kinds)]
        turn = index // len(kinds)
        yield Job(kind, turns[kind][turn % len(turns[kind])], part,
                  levels[(turn + index) % len(levels)], seed, index)  # fmt: skip


@cache
def fonts_of(part: Part) -> Shelf:
    """The fonts of a part. Raises FileNotFoundError where they are not installed."""
    return shelf(part)


def drawings(todo: Sequence[Job], fonts: Shelf) -> Mapping[str, Callable[[], Specimen]]:
    """File name -> what makes the picture."""
    return {job.file: partial(make_one, job, fonts) for job in todo}
