"""Pictures: JPEG, PNG, TIFF (all its pages), BMP, WebP, HEIC -> pages in BGR."""

from __future__ import annotations

import ctypes
import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeVar

import cv2
import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
    _imaging,
)
from PIL import Image as Pillow

from pipeline.finding import Finding
from pipeline.intake.refusal import TOO_LARGE, UNREADABLE, Clock, Refused
from pipeline.model import Image, Page, Source
from pipeline.settings import Limits

PLUGINS = (
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    TiffImagePlugin.TiffImageFile,
    BmpImagePlugin.BmpImageFile,
    WebPImagePlugin.WebPImageFile,
    pi_heif.HeifImageFile,
)
"""The decoders that hostile bytes may reach. Naming them also loads them: Pillow loads most
only when it needs them."""
FORMATS = tuple(str(plugin.format) for plugin in PLUGINS)
SMALLEST_PX = 32
"""A picture with a shorter side is an icon or a tracking dot, not a scan."""
DPI_SAID = (90.0, 2400.0)
"""Resolutions outside are defaults of programs (72) or nonsense, not measurements."""
SQUARE = 1.05
"""Pixels whose sides differ by more than this factor (fax: 204 x 98 dpi) are made square."""
SHAPE_MAX = 4.5
"""Largest ratio of a pixel's sides that a device makes: fax at 204 x 49 dpi (standard, halved)."""

ORIENTATION = 0x0112
"""EXIF 2.3 and TIFF 6.0."""
SUBFILE_TYPE = 254
REDUCED = 1
"""TIFF 6.0, NewSubfileType: bit 0 marks a thumbnail of another page of the file."""

pi_heif.register_heif_opener()
# Pillow complains into the log about what a file lacks; we report that as findings.
logging.getLogger("PIL").setLevel(logging.CRITICAL)
# Our own check looks at the header, before anything is decoded, and knows the caller's limit;
# Pillow's fixed one would only warn.
Pillow.MAX_IMAGE_PIXELS = None


def _silence_libtiff() -> None:
    """libtiff, inside Pillow, writes what it thinks of a file straight to the terminal. A build of
    Pillow in which its switch cannot be found goes on doing so."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(_imaging.__file__)
        for switch in (library.TIFFSetErrorHandler, library.TIFFSetWarningHandler):
            switch.argtypes, switch.restype = [ctypes.c_void_p], ctypes.c_void_p
            switch(None)


_silence_libtiff()

_warnings = threading.Lock()

T = TypeVar("T")


def read_image(
    data: bytes, name: str, sha256: str, limits: Limits, clock: Clock
) -> Iterator[Page | Finding]:
    """The pages of a picture file, one in memory at a time.

    What cannot be read becomes a finding: of a page where others of the file can be read.
    """
    with clock.running():
        picture = _attempt(lambda: Pillow.open(io.BytesIO(data), formats=FORMATS))
    paged = picture.format == "TIFF"
    if paged:
        with clock.running():
            count = _attempt(lambda: int(getattr(picture, "n_frames", 1)))
        if count > limits.pages:
            raise Refused(TOO_LARGE, f"共 {count} 页，上限 {limits.pages} 页")
        paged = count > 1
    thumbnails = _thumbnails(picture, count) if paged else frozenset()
    for index in range(count if paged else 1):
        if index in thumbnails:
            continue
        number = index + 1
        try:
            with clock.running():
                page = _read_frame(picture, index, Source(name, number, sha256), limits)
        except Refused as refused:
            clock.check()
            yield refused.finding(name, number if paged else None)
            continue
        yield page


def _thumbnails(picture: Pillow.Image, count: int) -> frozenset[int]:
    """The frames that are small pictures of another page; none where all say so of themselves.
    A frame that cannot be looked at is left to its own reading."""
    reduced = set()
    for index in range(count):
        with suppress(Refused):
            _attempt(partial(picture.seek, index))
            if int(getattr(picture, "tag_v2", {}).get(SUBFILE_TYPE, 0)) & REDUCED:
                reduced.add(index)
    return frozenset(reduced) if len(reduced) < count else frozenset()


def _read_frame(picture: Pillow.Image, index: int, source: Source, limits: Limits) -> Page:
    """One page."""
    if index or picture.tell():
        _attempt(lambda: picture.seek(index))
    width, height = picture.size
    check_size(width, height, limits)
    dpi = _attempt(lambda: _resolution(picture))
    upright = _attempt(lambda: _upright(picture))
    image = _attempt(lambda: to_bgr(upright))
    shape = dpi or _attempt(lambda: _shape(picture))
    if shape is not None and max(shape) / min(shape) > SQUARE:
        image, squared = _squared(image, shape, limits)
        dpi = None if dpi is None else squared
    return Page(image, source, None if dpi is None else round(sum(dpi) / 2, 1))


def check_size(width: int, height: int, limits: Limits) -> None:
    """Raise Refused for a picture that is too large to decode, or too small to be a scan."""
    if width * height > limits.pixels or max(width, height) > limits.side_px:
        raise Refused(
            TOO_LARGE,
            f"图像为 {width}×{height} 像素，上限 {limits.pixels // 10_000} 万像素、"
            f"单边 {limits.side_px} 像素",
        )
    if min(width, height) < SMALLEST_PX:
        raise Refused(UNREADABLE, f"图像仅 {width}×{height} 像素，不是扫描件")


def to_bgr(picture: Pillow.Image) -> Image:
    """Any colour mode -> H x W x 3, BGR; what is transparent lies on white."""
    if picture.mode.startswith("I") or picture.mode == "F":
        grey = _to_8_bit(np.asarray(picture, dtype=np.float32))
        return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    if "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA", "La", "RGBa"):
        layer = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        alpha = layer.getchannel("A")
        colours = layer.convert("RGB")
        if not np.asarray(alpha).any() and float(np.ptp(np.asarray(colours))) > 0:
            # A picture that is all invisible: its channel says nothing, and viewers ignore it.
            alpha = Pillow.new("L", layer.size, 255)
        ground = Pillow.new("RGB", layer.size, "white")
        ground.paste(layer, mask=alpha)
        picture = ground
    rgb = picture if picture.mode == "RGB" else picture.convert("RGB")
    # Pillow keeps four bytes a pixel: to take them as they are costs a quarter of packing three.
    kept = np.frombuffer(rgb.tobytes("raw", "RGBX"), np.uint8).reshape(rgb.height, rgb.width, 4)
    return np.asarray(cv2.cvtColor(kept, cv2.COLOR_RGBA2BGR), dtype=np.uint8)


def _to_8_bit(grey: NDArray[np.float32]) -> Image:
    """Grey of 8, 12, 16 or 32 bits, or fractions from 0 to 1, as 8 bits."""
    finite = np.nan_to_num(grey, nan=0.0, posinf=0.0, neginf=0.0)
    top = float(finite.max(initial=0.0))
    full = next((f for f in (1.0, 255.0, 4095.0, 65535.0) if top <= f), top)
    return np.asarray(np.clip(np.rint(finite * (255.0 / full)), 0, 255), dtype=np.uint8)


def _upright(picture: Pillow.Image) -> Pillow.Image:
    """The decoded picture, turned as its EXIF orientation says."""
    picture.load()
    try:
        if picture.getexif().get(ORIENTATION, 1) == 1:
            return picture  # exif_transpose would copy it
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 - broken EXIF data says nothing about which way is up
        return picture


def _resolution(picture: Pillow.Image) -> tuple[float, float] | None:
    """Dots per inch across and down, of the picture upright; None where it does not say."""
    said = picture.info.get("dpi")
    if not isinstance(said, tuple) or len(said) != 2:
        return None
    across, down = float(said[0]), float(said[1])
    if not all(DPI_SAID[0] <= value <= DPI_SAID[1] for value in (across, down)):
        return None
    return _turned(picture, (across, down))


def _shape(picture: Pillow.Image) -> tuple[float, float] | None:
    """How many pixels lie on a length across and down, of the picture upright, where a file gives
    their ratio alone (TIFF 6.0 ResolutionUnit 1, PNG pHYs unit 0, JFIF units 0); None where it
    says nothing, or what no scanner or fax makes."""
    said = picture.info.get("resolution") or picture.info.get("aspect")
    if said is None and picture.info.get("jfif_unit") == 0:
        said = picture.info.get("jfif_density")
    if not isinstance(said, tuple) or len(said) != 2:
        return None
    across, down = float(said[0]), float(said[1])
    if min(across, down) <= 0 or max(across, down) / min(across, down) > SHAPE_MAX:
        return None
    return _turned(picture, (across, down))


def _turned(picture: Pillow.Image, pair: tuple[float, float]) -> tuple[float, float]:
    orientation = picture.getexif().get(ORIENTATION, 1)
    return pair[::-1] if orientation in (5, 6, 7, 8) else pair


def _squared(
    image: Image, dpi: tuple[float, float], limits: Limits
) -> tuple[Image, tuple[float, float] | None]:
    """The picture with square pixels, as fine as its finer direction. ``dpi`` may be in
    any unit."""
    finest = max(dpi)
    size = round(image.shape[1] * finest / dpi[0]), round(image.shape[0] * finest / dpi[1])
    try:
        check_size(*size, limits)
    except Refused:
        return image, None
    resized = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(resized, dtype=np.uint8), (finest, finest)


def _attempt(decode: Callable[[], T]) -> T:
    """What the decoder gives. Raises Refused where it fails, whatever way it does."""
    try:
        with _quiet():
            return decode()
    except Refused:
        raise
    except MemoryError as error:
        raise Refused(TOO_LARGE, "内存不足以解码该图像", passing=True) from error
    except Exception as error:  # hostile bytes make decoders raise anything
        raise Refused(UNREADABLE, "图像数据不完整或已损坏") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Decoders warn about what we report as findings. One thread at a time: the filters of
    :mod:`warnings` belong to the whole process."""
    with _warnings, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
