"""Everything that is measured on a picture, as numbers; what they must be is in limits.toml.

A measure that could not be taken is absent: the rules then say so (``review``), never pass.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from validators.photo.look import (
    CARD_HEIGHT_PX,
    CHIN,
    EYE_CORNERS,
    FACE_WIDTH,
    FOREHEAD,
    LEFT_SIDE,
    NOSE,
    RIGHT_SIDE,
    FaceFrame,
    FaceLook,
    Tone,
    roll,
)
from validators.photo.measures import cover
from validators.photo.measures.background import Background, find_background, lined_sides
from validators.photo.measures.brim import brim_share
from validators.photo.measures.cast import is_cast, off_tint, without_cast
from validators.photo.measures.clips import steepest_outline
from validators.photo.measures.ears import Ear, find_ears
from validators.photo.measures.patches import steepest_patch
from validators.photo.measures.skin import (
    Crown,
    find_crown,
    hair_mask,
    region_pixels,
    region_tones,
    skin_mask,
    skin_tone,
)
from validators.photo.measures.studs import stud
from validators.photo.measures.tone import (
    colourfulness,
    detail,
    exposure,
    find_face,
    flatness,
    sharpness,
)
from validators.photo.measures.writing import eye_band, surest_text, wall_spots
from validators.photo.models import Array, Mesh
from validators.photo.parsing import ClassMask, FacePart

_STANDARD_WIDTH = 358
_COLOURED_SKIN = 6.0
_LIT_SKIN = 28.0
_ONE_TINT = 4.0
_BALD_LIGHT, _BALD_COLOUR = 20.0, 12.0
_BALD_SPREAD = 5.0
"""Bald heads vary by 2.8 to 4.3 in L*, hair of skin's colour by 6 to 22."""
_ENOUGH_CLOTH = 4000
"""Pixels of the clothes that are measured; of more, every second, third …"""
_NECK_PX = round(0.4 * FACE_WIDTH)


@dataclass(frozen=True, slots=True, eq=False)
class PhotoMeasures:
    """``values`` by name (the names of limits.toml); the rest is what a picture can show."""

    values: Mapping[str, float]
    background: Background | None
    ears: Mapping[str, Ear]
    parsed_ears: Mapping[str, float]


def measure_photo(look: FaceLook) -> PhotoMeasures:
    """All measures of a picture."""
    background = find_background(look)
    values: dict[str, float] = {
        "faces": len(look.faces),
        "colourfulness": colourfulness(look.image),
        "border_sides": sum(lined_sides(look.image)),
        "wall_spots": wall_spots(look),
    }
    if look.hand is not None:
        values["hand"] = look.hand
    if look.faces:
        score = look.faces[0].score
        values["face_score"] = score
        values["upside_down"] = (look.turned or 0.0) - score
    ears: Mapping[str, Ear] = {}
    cast = False
    if look.mesh is not None and look.frame is not None:
        values |= _position(look, look.mesh)
        fine = detail(look, look.mesh)
        if fine is not None:
            values["detail"] = fine
        if look.text is not None:
            values["writing"] = surest_text(look.text, eye_band(look, look.mesh, look.text))
        frame, wall = look.frame, None if background is None else background.tone
        parts = region_pixels(frame)
        skin = skin_tone(parts)
        values["skin_odd"] = _odd_skin(skin)
        spot = stud(look, look.mesh, skin, wall)
        if spot is not None:
            values["stud"] = spot
        tint = off_tint(look.image, look.person) if skin.chroma >= _COLOURED_SKIN else None
        if tint is not None:
            values["off_tint"] = tint
            cast = tint < _ONE_TINT
        if wall is not None and not cast and is_cast(skin, wall):
            cast = True
            frame, wall = without_cast(frame, wall)
            parts = region_pixels(frame)
        more, ears = _face(frame, parts, wall)
        values |= more
    if background is not None:
        values |= _wall(background, cast)
    parsed: Mapping[str, float] = {}
    if look.frame is not None:
        parsed = _parsed_ears(look.frame)
        values |= _parsed_worn(look.frame)
    return PhotoMeasures(values, background, ears, parsed)


def _wall(background: Background, cast: bool) -> dict[str, float]:
    """The wall's colour; under a cast, which darkens a white wall too, how strong it is, and how
    much darker than the rest of the wall its shadows are."""
    values = {"background_share": background.share, "background_spread": background.spread}
    if cast:
        return values | {
            "background_cast": background.chroma,
            "background_dark": 100 - background.tone.lightness + background.dark,
        }
    return values | {
        "background_dark": background.dark,
        "background_lightness": background.tone.lightness,
        "background_white": background.white,
        "background_chroma": background.chroma,
    }


def _position(look: FaceLook, mesh: Mesh) -> dict[str, float]:
    """Where the head is and how it is held; lengths in pixels of a picture 441 px high."""
    height, width = look.image.shape[:2]
    scale = CARD_HEIGHT_PX / height
    xy = mesh.xy
    eyes = xy[list(EYE_CORNERS)].mean(axis=0)
    middle = (xy[LEFT_SIDE] + xy[RIGHT_SIDE]) / 2
    side = float(np.hypot(*(xy[RIGHT_SIDE] - xy[LEFT_SIDE])))
    tall = float(np.hypot(*(xy[CHIN] - xy[FOREHEAD])))
    across = (xy[RIGHT_SIDE] - xy[LEFT_SIDE]) / max(side, 1e-3)
    yaw = 2 * float((xy[NOSE] - middle) @ across) / max(side, 1e-3)
    found = {
        "mesh_score": mesh.score,
        "roll_deg": abs(roll(mesh)),
        "yaw": abs(yaw),
        "stretch": tall / max(side, 1e-3),
        "face_width_px": side * scale,
        "off_centre_px": abs(float(eyes[0]) - width / 2) * scale,
        "eye_height_px": (height - float(eyes[1])) * scale,
    }
    person = look.person > 0.5
    columns = slice(max(int(middle[0] - side / 4), 0), max(int(middle[0] + side / 4), 1))
    rows = np.flatnonzero(person[:, columns].any(axis=1))
    if len(rows):
        found["hair_top_px"] = float(rows[0]) * scale
    return found


def _face(
    frame: FaceFrame, parts: Mapping[str, Array], wall: Tone | None
) -> tuple[dict[str, float], Mapping[str, Ear]]:
    """Light and covering of the face; ``parts`` are its pixels by region."""
    skin = skin_tone(parts)
    tones = region_tones(parts)
    crown = find_crown(frame)
    box, face = find_face(frame)
    bare = skin_mask(frame, skin)
    hair = hair_mask(frame, skin, crown)
    burnt, black = exposure(frame, box, face)
    values = {
        "skin_lightness": skin.lightness,
        "burnt_out": burnt,
        "blacked_out": black,
        "sharpness": sharpness(frame),
        "flat_face": flatness(frame, box, face),
        "eyes_darker": cover.eye_lightness(frame, skin),
        "eyes_open": _eyes_open(frame.xy),
    }
    if wall is not None:
        values["lobe_ornament"] = cover.lobe_ornament(frame, wall, crown)
    if "cheek_left" in tones and "cheek_right" in tones:
        left, right = tones["cheek_left"].lightness, tones["cheek_right"].lightness
        values["side_light"] = abs(left - right)
    if skin.chroma < _COLOURED_SKIN or skin.lightness < _LIT_SKIN:
        return values, {}
    forehead = cover.forehead_share(frame, bare)
    values |= {
        "forehead_share": forehead,
        "mask_distance": cover.mask_distance(frame, tones, skin),
        "lens_tint": cover.lens_tint(frame, skin),
        "lens_loss": cover.lens_loss(frame),
        "odd_region": cover.odd_region(tones, skin),
    }
    patch = steepest_patch(frame, skin)
    if patch is not None:
        values["face_edge"] = patch
    over = cover.forehead_tone(frame, bare)
    if over is not None and forehead < 0.9:
        foreign = over.chroma > 12 and not (crown and cover.is_hair(over, crown))
        values["forehead_cover"] = over.apart_in_shade(skin) if foreign else 0.0
    brim = brim_share(frame, wall)
    if brim is not None:
        bald = crown is not None and _is_bald(crown, skin)
        values["bald_brim" if bald else "brim"] = brim
    if crown is not None:
        values["crown_colour"] = cover.crown_colour(crown)
        if crown.spread is not None:
            values["crown_spread"] = crown.spread
            if not _is_bald(crown, skin):
                values["hair_spread"] = crown.spread
        values["hair_edge"] = steepest_outline(frame, crown, skin, wall)
        values["hair_ornament"] = cover.hair_ornament(frame, crown, skin, wall)
    ears = find_ears(frame, bare, hair, wall)
    values |= _clothes(frame, bare)
    return values, ears


def _is_bald(crown: Crown, skin: Tone) -> bool:
    """Whether the crown is bare skin, which is smooth as well."""
    if crown.spread is not None and crown.spread > _BALD_SPREAD:
        return False
    light = abs(crown.tone.lightness - skin.lightness)
    return light < _BALD_LIGHT and crown.tone.apart(skin) < _BALD_COLOUR


def _odd_skin(skin: Tone) -> float:
    """How far the skin's colour is from any that skin has in daylight: 0 within, else degrees of
    hue (or units of chroma) beyond."""
    if skin.chroma < 8:
        return 8 - skin.chroma
    return max(-5 - skin.hue, skin.hue - 85, 0.0)


def _parsed_ears(frame: FaceFrame) -> dict[str, float]:
    """Ear areas by the operator's parsing model, in thousandths of a squared face width; empty
    without one."""
    ear = frame.parts.get("ear")
    if ear is None:
        return {}
    middle = int(frame.xy[NOSE][0])
    scale = 1000 / FACE_WIDTH**2
    return {
        "left": float(ear[:, :middle].sum()) * scale,
        "right": float(ear[:, middle:].sum()) * scale,
    }


def _parsed_worn(frame: FaceFrame) -> dict[str, float]:
    """Hat and earrings by the operator's parsing model, in the same unit."""
    scale = 1000 / FACE_WIDTH**2
    worn: tuple[FacePart, ...] = ("hat", "earring")
    return {
        f"{part}_parsed": float(frame.parts[part].sum()) * scale
        for part in worn
        if part in frame.parts
    }


def _clothes(frame: FaceFrame, bare: ClassMask) -> dict[str, float]:
    """Shares of near-white and of pale grey among the clothes, and how much clothes there are."""
    part = (slice(max(int(frame.xy[CHIN][1]) + 8, 0), None, 2), slice(None, None, 2))
    cloth = frame.inside[part] & (frame.person[part] > 0.6)
    # Red and brown clothes have skin's colour: only about the neck does that mean skin.
    middle, reach = int(frame.xy[CHIN][0]) // 2, _NECK_PX // 2
    neck = slice(max(middle - reach, 0), max(middle + reach, 0))
    cloth[:, neck] &= ~bare[part][:, neck]
    count = int(cloth.sum())
    values = {"clothes_area": 4 * count / FACE_WIDTH**2}
    if count < 12:
        return values
    at = np.divmod(np.flatnonzero(cloth)[:: 1 + count // _ENOUGH_CLOTH], cloth.shape[1])
    blue, green, red = frame.image[part][at].T
    low = np.minimum(np.minimum(blue, green), red)
    high = np.maximum(np.maximum(blue, green), red)
    values["clothes_white"] = float(((low >= 215) & (high - low < 22)).mean())
    lightness, a, b = frame.lab[part][at].T
    pale = (lightness > 75) & (a * a + b * b < 12 * 12)
    values["clothes_pale"] = float(pale.mean())
    return values


def _eyes_open(xy: Array) -> float:
    """The less open eye: lid opening by the distance from eye line to chin."""
    chin = math.dist(xy[CHIN], xy[list(EYE_CORNERS)].mean(axis=0))
    gaps = (math.dist(xy[159], xy[145]), math.dist(xy[386], xy[374]))
    return min(gaps) / max(chin, 1e-3)
