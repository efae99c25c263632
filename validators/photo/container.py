"""What the bytes of a photo say before anyone looks at the picture.

Format is told by content, never by the file's name. Resolution is read from the JFIF header
itself: Pillow's ``info["dpi"]`` hides the unit. Nothing here raises for what is wrong with a
file: what could not be read is said in :class:`Container`.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import cv2
import filetype
import numpy as np
from PIL import Image as Pictures

from pipeline.model import Image

FULL_DECODE_PX = 40_000_000
"""Pictures of more pixels are decoded at an eighth (JPEG) or not at all: 40 million pixels are
120 MB, and no camera held at a counter makes more."""

_ORIENTATION = 0x0112
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_CM_PER_INCH = 2.54
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)
"""The start of a segment: stuffed zeros, restarts and fill bytes are passed over."""
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """Facts of the file.

    ``kind``            format by content: ``jpg``, ``png`` …; empty where unknown;
    ``width_px`` …      as stored, before the EXIF orientation; 0 where unknown;
    ``mode``            Pillow's name of the colour mode: ``RGB``, ``L``, ``CMYK`` …;
    ``density``         x, y and unit of the JFIF header (0 none, 1 per inch, 2 per cm);
    ``exif_dpi``        x and y resolution of EXIF in dots per inch;
    ``orientation``     EXIF orientation, 1 where there is none;
    ``frames``          pictures in the file;
    ``trailing_bytes``  bytes after the end of the picture (JPEG);
    ``whole``           the picture decodes to its end;
    ``pixels``          BGR as people see it (orientation applied), None where not decodable.
    """

    size_bytes: int
    kind: str = ""
    width_px: int = 0
    height_px: int = 0
    mode: str = ""
    density: tuple[int, int, int] | None = None
    exif_dpi: tuple[float, float] | None = None
    orientation: int = 1
    frames: int = 1
    trailing_bytes: int = 0
    whole: bool = False
    pixels: Image | None = None

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as people see it."""
        if self.orientation in (5, 6, 7, 8):
            return self.height_px, self.width_px
        return self.width_px, self.height_px


@dataclass(frozen=True, slots=True)
class _Jpeg:
    """The segments of a JPEG."""

    width: int = 0
    height: int = 0
    components: int = 3
    density: tuple[int, int, int] | None = None
    end: int | None = None


def read_container(data: bytes) -> Container:
    """The facts of a file's bytes. Never raises for what the file holds."""
    guess = filetype.guess(data) if data else None
    kind = str(guess.extension) if guess is not None else ""
    if kind == "jpg":
        jpeg = _walk(data)
        if jpeg.width * jpeg.height > FULL_DECODE_PX:
            return _read_huge(data, jpeg)
        return _read(data, kind, jpeg)
    return _read(data, kind, None)


def _read(data: bytes, kind: str, jpeg: _Jpeg | None) -> Container:
    if kind in ("heic", "avif"):
        import pi_heif  # a phone's picture that was handed in as it is

        pi_heif.register_heif_opener()
    density = jpeg.density if jpeg else None
    trailing = len(data) - jpeg.end if jpeg and jpeg.end is not None else 0
    width, height, mode = (jpeg.width, jpeg.height, "") if jpeg else (0, 0, "")
    unreadable = Container(len(data), kind, width, height, mode, density, trailing_bytes=trailing)
    try:
        with Pictures.open(BytesIO(data)) as picture:
            width, height = picture.size
            mode = picture.mode
            if jpeg:
                mode = _MODES.get(jpeg.components, mode)
            exif = picture.getexif() if jpeg is None or picture.info.get("exif") else {}
            orientation = exif.get(_ORIENTATION, 1)
            orientation = orientation if orientation in range(1, 9) else 1
            pixels, whole = None, False
            if width * height <= FULL_DECODE_PX:
                pixels = _decode(picture)
                whole = pixels is not None and (jpeg is None or jpeg.end is not None)
            return Container(
                size_bytes=len(data),
                kind=kind or (picture.format or "").lower(),
                width_px=width,
                height_px=height,
                mode=mode,
                density=density,
                exif_dpi=_exif_dpi(exif),
                orientation=orientation,
                frames=int(getattr(picture, "n_frames", 1)),
                trailing_bytes=trailing,
                whole=whole,
                pixels=None if pixels is None else _turned(pixels, orientation),
            )
    # Decoders of some twenty formats raise what they like on broken bytes: a file that they
    # cannot open is unreadable, whatever the reason.
    except (Exception, Pictures.DecompressionBombWarning):  # noqa: BLE001
        return unreadable


def _decode(picture: Pictures.Image) -> Image | None:
    """BGR pixels; None where the data break off or are damaged."""
    try:
        rgb = picture if picture.mode == "RGB" else _on_white(picture)
        return np.asarray(cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR), dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, EOFError, struct.error):
        return None


def _on_white(picture: Pictures.Image) -> Pictures.Image:
    """The picture as RGB, what is transparent as white, as a print shows it."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        white = Pictures.new("RGBA", rgba.size, "white")
        return Pictures.alpha_composite(white, rgba).convert("RGB")
    if picture.mode.startswith("I;16"):
        # Pillow clips what is over 255 instead of scaling it.
        high = np.asarray(picture).astype(np.uint16) >> 8
        return Pictures.fromarray(high.astype(np.uint8)).convert("RGB")
    return picture.convert("RGB")


def _read_huge(data: bytes, jpeg: _Jpeg) -> Container:
    """A JPEG too large to decode as it is: at an eighth of its size, for the content rules."""
    flags = cv2.IMREAD_REDUCED_COLOR_8 | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        pixels = None
    return Container(
        size_bytes=len(data),
        kind="jpg",
        width_px=jpeg.width,
        height_px=jpeg.height,
        mode=_MODES.get(jpeg.components, ""),
        density=jpeg.density,
        trailing_bytes=0 if jpeg.end is None else len(data) - jpeg.end,
        whole=jpeg.end is not None and pixels is not None,
        pixels=None if pixels is None else np.asarray(pixels, dtype=np.uint8),
    )


def _walk(data: bytes) -> _Jpeg:
    """The segments of a JPEG, to the end of its (first) picture."""
    width = height = 0
    components = 3
    density: tuple[int, int, int] | None = None
    at = 2
    while (found := _MARKER.search(data, at)) is not None:
        at = found.start()
        marker = data[at + 1]
        if marker == 0xD9:
            return _Jpeg(width, height, components, density, at + 2)
        if at + 4 > len(data):
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker == 0xE0 and body[:5] == b"JFIF\0" and len(body) >= 12 and density is None:
            unit, x, y = struct.unpack(">BHH", body[7:12])
            density = (x, y, unit)
        elif marker in _FRAMES and len(body) >= 6 and not width:
            height, width, components = struct.unpack(">HHB", body[1:6])
        at += 2 + max(length, 2)
    return _Jpeg(width, height, components, density, None)


def _exif_dpi(exif: object) -> tuple[float, float] | None:
    get = getattr(exif, "get", None)
    if get is None or get(_X_RESOLUTION) is None:
        return None
    try:
        x = float(get(_X_RESOLUTION))
        y = float(get(_Y_RESOLUTION, x))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (math.isfinite(x) and math.isfinite(y)):  # 350/0 is a number to Pillow
        return None
    factor = _CM_PER_INCH if get(_RESOLUTION_UNIT, 2) == 3 else 1.0
    return x * factor, y * factor


def _turned(pixels: Image, orientation: int) -> Image:
    """The pixels as EXIF wants them shown."""
    turns: dict[int, Callable[[Image], Image]] = {
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, -1),
        7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
        8: lambda p: np.rot90(p),
    }
    turn = turns.get(orientation)
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))
