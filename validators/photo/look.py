"""What the models saw of a picture, and the face laid on a common frame.

All measures of the face are taken on the frame: the face turned upright about its eye line and
scaled to a face width of 160 px, so that a limit means the same on every photo.
"""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image
from validators.photo.models import Array, Detection, FaceModels, Mesh
from validators.photo.parsing import ClassMask, FacePart

CARD_HEIGHT_PX = 441
"""Height of a card photo (guide (2)), to which lengths are brought that are measured in pixels."""
WORK_SIDE_PX = 2 * CARD_HEIGHT_PX
"""Larger pictures are looked at at this length of the longer side."""

FRAME_WIDTH, FRAME_HEIGHT = 272, 400
FACE_WIDTH = 160.0
_FACE_MIDDLE = (136.0, 210.0)

SURE_FACE = 0.5
_REAL_FACE, _LIKELY_FACE = 0.9, 0.3
"""A further face must also fit the mesh: tiles hold knobs and patterns that look like one, and
hair may (mesh 0.04; second persons 1.0). On the whole picture half a face counts too."""
_UPRIGHT_SCORE, _UPRIGHT_MESH = 0.86, 0.98
_TILTED_DEG = 6.0
_SMALL_FACE = 0.33
"""Detector boxes narrower than this share of the picture leave room for other faces."""

LEFT_SIDE, RIGHT_SIDE = 234, 454
FOREHEAD, CHIN, NOSE = 10, 152, 1
EYE_CORNERS = (33, 133, 362, 263)
_BYTES = np.arange(256, dtype=np.float32)
_LAB_UNITS = np.stack([_BYTES * 100 / 255, _BYTES - 128, _BYTES - 128], axis=-1)[None]
T = TypeVar("T", np.uint8, np.float32)
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""Mesh points round the face, clockwise from the forehead."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour: L*, a*, b*."""

    lightness: float
    a: float
    b: float

    @property
    def chroma(self) -> float:
        """Distance from grey."""
        return math.hypot(self.a, self.b)

    @property
    def hue(self) -> float:
        """Angle in degrees, -180 to 180: 0 red, 90 yellow."""
        return math.degrees(math.atan2(self.b, self.a))

    def apart(self, other: Tone) -> float:
        """Distance in the a*b* plane: lightness left out, since shade changes it."""
        return math.hypot(self.a - other.a, self.b - other.b)

    def apart_in_shade(self, other: Tone) -> float:
        """Distance in the a*b* plane, as they are or as this colour would be in the other's light,
        whichever is nearer: shade takes from a* and b* what it takes from L* + 16."""
        lit = (other.lightness + 16) / (self.lightness + 16)
        as_lit = math.hypot(self.a * lit - other.a, self.b * lit - other.b)
        return min(self.apart(other), as_lit)


@dataclass(frozen=True, slots=True, eq=False)
class FaceFrame:
    """The face upright on 272 x 400 px, 160 px from side to side.

    ``lab`` holds L* (0 to 100), a*, b*; ``person`` the segmentation (0 to 1); ``inside`` where
    the frame lies on the picture; ``xy`` the mesh; ``to_frame`` picture pixels to frame pixels;
    ``parts`` what the operator's parsing model found.
    """

    image: Image
    lab: Array
    person: Array
    inside: ClassMask
    xy: Array
    to_frame: NDArray[np.float64]
    parts: dict[FacePart, ClassMask]

    def off(self, colour: Tone, where: tuple[slice, slice]) -> Array:
        """The largest difference of L*, a* or b* from a colour, on a part of the frame."""
        far = np.abs(self.lab[where] - np.array([colour.lightness, colour.a, colour.b], np.float32))
        return np.asarray(np.maximum(np.maximum(far[..., 0], far[..., 1]), far[..., 2]))

    def polygon(self, points: NDArray[np.float32] | Array) -> ClassMask:
        """The inside of a polygon of frame points."""
        mask = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), np.uint8)
        cv2.fillPoly(mask, [np.round(points).astype(np.int32)], (1,))
        return mask.view(np.bool_)

    def patch(self, points: NDArray[np.float32] | Array) -> tuple[tuple[slice, slice], ClassMask]:
        """The box about a polygon of frame points, and where in it the polygon lies on the
        picture."""
        corners = np.round(points).astype(np.int32)
        left, top = np.maximum(corners.min(axis=0), 0)
        right, bottom = np.minimum(corners.max(axis=0) + 1, (FRAME_WIDTH, FRAME_HEIGHT))
        box = slice(int(top), int(max(bottom, top))), slice(int(left), int(max(right, left)))
        inside = self.inside[box]
        mask = np.zeros(inside.shape, np.uint8)
        if mask.size:
            cv2.fillPoly(mask, [corners - (left, top)], (1,))
        return box, np.asarray(mask.view(np.bool_) & inside)

    def to_picture(self, points: NDArray[np.float32] | Array) -> Array:
        """Frame points in picture pixels."""
        back = cv2.invertAffineTransform(self.to_frame)
        return (points @ back[:, :2].T + back[:, 2]).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FaceLook:
    """A picture and what the models saw on it.

    ``image``   the picture, at most 882 px long;
    ``faces``   surest first, of at least SURE_FACE;
    ``turned``  score of the surest face on the picture turned by 180 degrees; None where the
                picture is so surely upright that nobody needs to ask;
    ``person``  how surely each pixel is person;
    ``hand``    how surely a hand is seen; None where the models for that are not there;
    ``text``    how surely each place is text, a map of the picture at about CARD_HEIGHT_PX; None
                where there is no face, or no model for that;
    ``mesh``, ``frame``  of the surest face, None where there is no face.
    """

    image: Image
    faces: tuple[Detection, ...]
    turned: float | None
    person: Array
    mesh: Mesh | None
    frame: FaceFrame | None
    hand: float | None = None
    text: Array | None = None


def look_at_photo(picture: Image, models: FaceModels) -> FaceLook:
    """Run the models on a picture (BGR)."""
    image = _fitted(picture)
    # The segmentation takes longest, and the face is found and framed without it.
    with ThreadPoolExecutor(1) as beside:
        segmented = beside.submit(models.segment, image)
        reached = beside.submit(models.find_hand, image)
        faces = _find_faces(image, models)
        mesh = _fit_mesh(image, faces[0], models) if faces else None
        frame = None if mesh is None else _frame(image, segmented, mesh, models)
        person, hand = segmented.result(), reached.result()
    text = None
    if mesh is not None and models.text is not None:
        text = models.text.find_text(image, CARD_HEIGHT_PX)
    turned = None
    if mesh is not None and not _is_surely_upright(faces[0], mesh, person):
        upside_down = models.detect(np.ascontiguousarray(image[::-1, ::-1]))
        turned = max((f.score for f in upside_down), default=0.0)
    return FaceLook(image, tuple(faces), turned, person, mesh, frame, hand, text)


def _find_faces(image: Image, models: FaceModels) -> list[Detection]:
    faces = [f for f in models.detect(image) if f.score >= SURE_FACE]
    least = _LIKELY_FACE
    if not faces or faces[0].width < _SMALL_FACE * image.shape[1]:
        faces = [f for f in models.detect_small(image) if f.score >= SURE_FACE]
        least = _REAL_FACE
    return faces[:1] + [f for f in faces[1:] if models.fit_mesh(image, f).score >= least]


def _fit_mesh(image: Image, face: Detection, models: FaceModels) -> Mesh:
    mesh = models.fit_mesh(image, face)
    return models.refit_mesh(image, mesh) if abs(roll(mesh)) > _TILTED_DEG else mesh


def _is_surely_upright(face: Detection, mesh: Mesh, person: Array) -> bool:
    """The mesh fits upside-down faces too; but those are found with less certainty, and the body
    hangs from the upper edge."""
    edge = max(1, person.shape[0] // 20)
    below, above = float(person[-edge:].mean()), float(person[:edge].mean())
    return face.score >= _UPRIGHT_SCORE and mesh.score >= _UPRIGHT_MESH and below > above + 0.2


def roll(mesh: Mesh) -> float:
    """How far the head leans, in degrees: outer eye corners against the horizontal."""
    dx, dy = mesh.xy[EYE_CORNERS[3]] - mesh.xy[EYE_CORNERS[0]]
    return math.degrees(math.atan2(float(dy), float(dx)))


def _fitted(picture: Image) -> Image:
    height, width = picture.shape[:2]
    scale = WORK_SIDE_PX / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _frame(
    image: Image, segmented: Future[Array], mesh: Mesh, models: FaceModels
) -> FaceFrame | None:
    xy = mesh.xy
    width = float(np.hypot(*(xy[RIGHT_SIDE] - xy[LEFT_SIDE])))
    if width < 8:
        return None
    scale = FACE_WIDTH / width
    angle = math.radians(roll(mesh))
    middle = (xy[LEFT_SIDE] + xy[RIGHT_SIDE]) / 2
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    to_frame = np.array(
        [
            [cos, sin, _FACE_MIDDLE[0] - cos * middle[0] - sin * middle[1]],
            [-sin, cos, _FACE_MIDDLE[1] + sin * middle[0] - cos * middle[1]],
        ]
    )
    size = (FRAME_WIDTH, FRAME_HEIGHT)
    crop = np.asarray(
        cv2.warpAffine(
            image, to_frame, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=np.uint8,
    )
    corners = np.array(
        [[0, 0], [image.shape[1], 0], [image.shape[1], image.shape[0]], [0, image.shape[0]]]
    )
    inside = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), np.uint8)
    outline = corners @ to_frame[:, :2].T + to_frame[:, 2]
    cv2.fillConvexPoly(inside, np.round(outline).astype(np.int32), (1,))
    lab = lab_of(crop)
    # The segmentation is coarser than the frame: there is nothing between its pixels.
    cut = cv2.warpAffine(
        segmented.result(), to_frame, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    return FaceFrame(
        image=crop,
        lab=lab,
        person=np.asarray(cut, dtype=np.float32),
        inside=inside.astype(bool),
        xy=(xy @ to_frame[:, :2].T + to_frame[:, 2]).astype(np.float32),
        to_frame=to_frame,
        parts=dict(models.parser.parse(crop)) if models.parser else {},
    )


def lab_of(image: Image) -> Array:
    """CIELAB (D65) in its own units: L* 0 to 100, a* and b* about 0 for grey."""
    lab = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_BGR2LAB), _LAB_UNITS)
    return np.asarray(lab, dtype=np.float32)


def at_card_height(picture: NDArray[T], method: int = cv2.INTER_AREA) -> NDArray[T]:
    """A picture, or what is known of its pixels, at the height of a card photo: writing and studs
    are looked for at the size that they would have there. ``method`` of resizing is OpenCV's."""
    height, width = picture.shape[:2]
    if height == CARD_HEIGHT_PX:
        return picture
    size = (max(1, round(width * CARD_HEIGHT_PX / height)), CARD_HEIGHT_PX)
    return np.asarray(cv2.resize(picture, size, interpolation=method), picture.dtype)
