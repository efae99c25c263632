"""Good portraits framed as card photos on a white wall, and where on them things are worn.

A portrait before another wall is cut out: the person's share of a pixel comes from the
segmentation, sharpened by the picture's own edges (a guided filter), and the colour at the rim from
the nearest pixel that is surely the person's. Turning, cropping and size are those of ``--fix``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image
from tests.validators.photo.portraits import jpeg
from validators.photo.fix import repair
from validators.photo.look import (
    FOREHEAD,
    LEFT_SIDE,
    OVAL,
    RIGHT_SIDE,
    FaceLook,
    lab_of,
    look_at_photo,
)
from validators.photo.measures.background import find_background
from validators.photo.measures.skin import off_material, region_pixels, skin_tone
from validators.photo.models import FaceModels

Plane = NDArray[np.float32]
Point = tuple[float, float]

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
_SHARP_PX, _EVEN = 9, 30.0
_SURE = 0.95
_WHITE = 97.0
_OFF_WALL = 12.0
_ON_HAIR = 1.5
_STRANDS = 1.4
"""Of L*: bald heads 1.0 to 1.35, hair 1.45 to 6.5."""
_MOST_ENLARGED = 1.5


@dataclass(frozen=True, eq=False)
class Portrait:
    """A good card photo, and what the models see of it.

    ``card``    358 x 441 BGR; ``person`` how surely each pixel is person;
    ``xy``      468 mesh points; ``width`` of the face, in pixels; all lengths go by it;
    ``skin``    BGR of the face; ``off_skin`` how unlike skin each pixel is (1.5: something else).
    """

    name: str
    card: Image
    person: Plane
    xy: Plane
    width: float
    skin: Plane
    off_skin: Plane

    def at(self, *points: int) -> Point:
        """The middle of some mesh points."""
        x, y = self.xy[list(points)].mean(axis=0)
        return float(x), float(y)

    def px(self, share: float) -> float:
        """Pixels of the card for a share of the face's width."""
        return share * self.width

    @cached_property
    def light(self) -> Plane:
        """How much light falls on each part of the person, 1 in the middle; flattened, since dark
        hair is not in shade."""
        person = (self.person > 0.5).astype(np.float32)
        grey = cv2.GaussianBlur(self.card.mean(axis=-1, dtype=np.float32) * person, (0, 0), 40)
        mean = grey / np.maximum(cv2.GaussianBlur(person, (0, 0), 40), 1e-3)
        flat = (mean / max(float(np.median(mean[person > 0])), 1.0)) ** 0.4
        return np.asarray(np.clip(flat, 0.8, 1.15), np.float32)

    @cached_property
    def lobes(self) -> tuple[Point, ...]:
        """The lobes of the ears that are seen beside the face: the lower end of what stands out
        there before the wall."""
        off = (255.0 - self.card.min(axis=-1)) > _OFF_WALL
        top, bottom = int(self.at(33, 263)[1]), int(self.at(61, 291)[1])
        found = []
        for side, outward in ((LEFT_SIDE, -1), (RIGHT_SIDE, 1)):
            x = self.xy[side][0]
            near, far = x + outward * 0.035 * self.width, x + outward * 0.16 * self.width
            columns = slice(max(int(min(near, far)), 0), int(max(near, far)))
            ear = off[top:bottom, columns].astype(np.uint8)
            count, labels, stats, _ = cv2.connectedComponentsWithStats(ear)
            if count < 2:
                continue
            best = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
            rows = np.flatnonzero((labels == best).any(axis=1))
            if len(rows) < 0.1 * self.width or rows[-1] >= bottom - top - 1:
                continue
            # The middle of the lobe: as far from the wall as it gets near the ear's lower end.
            inward = cv2.distanceTransform(off.astype(np.uint8), cv2.DIST_L2, 5)
            lobe = np.where(labels == best, inward[top:bottom, columns], 0)
            lobe[: max(int(rows[-1] - 0.1 * self.width), 0)] = 0
            y, x = np.unravel_index(int(lobe.argmax()), lobe.shape)
            found.append((float(columns.start + x), float(top + y)))
        return tuple(found)

    def hair_at(self, degrees: float) -> tuple[Point, float] | None:
        """The middle of the hair in a direction from the face's middle (0 is up, clockwise), and
        how thick it lies there; None where there is hardly any."""
        x0, y0 = self.at(LEFT_SIDE, RIGHT_SIDE)
        angle = np.radians(degrees)
        steps = np.arange(0.3, 1.4, 1 / self.width) * self.width
        xs, ys = x0 + steps * np.sin(angle), y0 - steps * np.cos(angle)
        height, width = self.person.shape
        on = (xs >= 1) & (ys >= 1) & (xs < width - 1) & (ys < height - 1)
        at = ys[on].astype(int), xs[on].astype(int)
        hair = (self.person[at] > 0.5) & (self.off_skin[at] > _ON_HAIR) & (at[0] < y0)
        hair &= (255.0 - self.card[at].min(axis=-1)) > 2 * _OFF_WALL
        rows = np.flatnonzero(hair)
        if len(rows) < 0.08 * self.width:
            return None
        middle = steps[on][round(float(np.median(rows)))]
        return (float(x0 + middle * np.sin(angle)), float(y0 - middle * np.cos(angle))), len(rows)

    @cached_property
    def has_hair(self) -> bool:
        """Whether the crown has strands: nothing is worn on a bald head."""
        x, y = self.at(FOREHEAD)
        reach = int(0.3 * self.width)
        crown = np.s_[: max(int(y - 0.05 * self.width), 1), int(x) - reach : int(x) + reach]
        on = cv2.erode((self.person[crown] > 0.9).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        lightness = lab_of(self.card)[..., 0]
        fine = np.abs(lightness - cv2.GaussianBlur(lightness, (0, 0), 0.02 * self.width))[crown]
        return bool(on.any()) and float(fine[on].mean()) > _STRANDS

    @cached_property
    def hair(self) -> Plane:
        """Where hair is, 0 to 1: the person about and above the forehead that is not skin."""
        mask = ((self.person > 0.5) & (self.off_skin > _ON_HAIR)).astype(np.float32)
        mask[int(self.at(FOREHEAD)[1] + 0.35 * self.width) :] = 0
        cv2.fillPoly(mask, [np.round(self.xy[list(OVAL)]).astype(np.int32)], (0.0,))
        mask *= self.card.min(axis=-1) < 225
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.0), np.float32)


def framed_portraits(folder: Path, models: FaceModels) -> Iterator[Portrait]:
    """Every portrait of a folder that can be framed, by name."""
    for path in sorted(folder.iterdir()):
        picture = cv2.imread(str(path)) if path.suffix.lower() in PICTURES else None
        if picture is None:
            continue
        card = frame_on_white(np.asarray(picture, np.uint8), models)
        found = None if card is None else portrait_of(path.stem, card, models)
        if found is not None:
            yield found


def frame_on_white(picture: Image, models: FaceModels) -> Image | None:
    """The portrait as a card photo before a white wall; None where no single face is found, or it
    is so small that the card would have to be enlarged much."""
    look = look_at_photo(picture, models)
    if look.mesh is None or len(look.faces) != 1:
        return None
    wall = find_background(look)
    if wall is None or wall.tone.lightness < _WHITE or wall.dark < _WHITE - 2:
        picture = cut_out(look)
    ok, data = cv2.imencode(".png", picture)
    made = repair(data.tobytes(), models) if ok else None
    if made is None or made.data is None:
        return None
    sharp = made.verdict.of("PH-SHARP")
    enlarged = 1.0 if sharp is None else float(sharp.measure.get("enlarged") or 1.0)
    if enlarged > _MOST_ENLARGED:
        return None
    card = cv2.imdecode(np.frombuffer(made.data, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(card, np.uint8)


def cut_out(look: FaceLook) -> Image:
    """The person of a picture before a white wall."""
    image = look.image.astype(np.float32)
    grey = np.asarray(cv2.cvtColor(look.image, cv2.COLOR_BGR2GRAY), np.float32)
    share = np.clip((_guided(grey, look.person) - 0.15) / 0.7, 0, 1)
    sure = (look.person > _SURE) & (share > _SURE)
    if not sure.any():
        return look.image
    _, labels = cv2.distanceTransformWithLabels(
        (~sure).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    at = np.flatnonzero(sure)
    index = np.zeros(int(labels.max()) + 1, np.int64)
    index[labels.ravel()[at]] = at
    own = image.reshape(-1, 3)[index[labels]]
    rim = (share < 1)[..., None]
    person = np.where(rim, (image * share[..., None] + own * (1 - share[..., None])), image)
    white = person * share[..., None] + 255 * (1 - share[..., None])
    return np.asarray(np.clip(np.round(white), 0, 255), np.uint8)


def _guided(guide: Plane, mask: Plane) -> Plane:
    """The mask with the guide's edges (He et al., Guided Image Filtering, 2010)."""
    side = (2 * _SHARP_PX + 1, 2 * _SHARP_PX + 1)

    def mean(values: Plane) -> Plane:
        return np.asarray(cv2.blur(values, side), np.float32)

    of_guide, of_mask = mean(guide), mean(mask)
    slope = (mean(guide * mask) - of_guide * of_mask) / (
        mean(guide * guide) - of_guide**2 + _EVEN**2 / 10
    )
    return np.asarray(mean(slope) * guide + mean(of_mask - slope * of_guide), np.float32)


def portrait_of(name: str, card: Image, models: FaceModels) -> Portrait | None:
    """A card photo with what the models see of it; None where they see no face."""
    look = look_at_photo(card, models)
    if look.mesh is None or look.frame is None:
        return None
    tone = skin_tone(region_pixels(look.frame))
    xy = look.mesh.xy
    lab = np.array([[[tone.lightness, tone.a, tone.b]]], np.float32)
    return Portrait(
        name=name,
        card=card,
        person=look.person,
        xy=xy,
        width=float(np.hypot(*(xy[RIGHT_SIDE] - xy[LEFT_SIDE]))),
        skin=np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR)[0, 0] * 255, np.float32),
        off_skin=off_material(lab_of(card), tone),
    )


def encoded(card: Image) -> bytes:
    """A card photo as the file that is handed in."""
    return jpeg(card, size=42_000)
