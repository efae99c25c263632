"""The slot for an operator's parsing model, with a network of one convolution made here: class 0
where blue is strongest, 1 where green is, 2 where red is."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import DependencyError
from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from tests.validators.photo.portraits import draw_portrait, jpeg
from validators.photo import load_models
from validators.photo.judge import examine_photo
from validators.photo.parsing import parser_digest, read_parser


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def text(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def tensor_type(name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(text(1, number(1, size)) for size in shape)
    return text(1, name.encode()) + text(2, text(1, number(1, 1) + text(2, dims)))


def onnx(side: int) -> bytes:
    """A ModelProto: y = Conv(x, w) with a 3 x 3 x 1 x 1 kernel that reverses the channels."""
    weights = struct.pack("<9f", 0, 0, 1, 0, 1, 0, 1, 0, 0)
    kernel = b"".join(number(1, d) for d in (3, 3, 1, 1)) + number(2, 1)
    kernel += text(8, b"w") + text(9, weights)
    node = text(1, b"x") + text(1, b"w") + text(2, b"y") + text(3, b"c") + text(4, b"Conv")
    attribute = text(1, b"kernel_shape") + number(8, 1) + number(8, 1) + number(20, 7)
    node += text(5, attribute)
    shape = (1, 3, side, side)
    graph = text(1, node) + text(2, b"g") + text(5, kernel)
    graph += text(11, tensor_type("x", shape)) + text(12, tensor_type("y", shape))
    return number(1, 8) + text(7, graph) + text(8, text(1, b"") + number(2, 13))


CARD = """
model = "parser.onnx"
side_px = 64
mean = [0.0, 0.0, 0.0]
std = [1.0, 1.0, 1.0]
[classes]
ear = [{ear}]
skin = [2]
hat = [{hat}]
earring = [{hat}]
"""


def card(folder: Path, ear: int, hat: int = 7) -> Path:
    (folder / "parser.onnx").write_bytes(onnx(64))
    path = folder / "parser.toml"
    path.write_text(CARD.format(ear=ear, hat=hat), encoding="utf-8")
    return path


def test_parts_are_found_when_the_model_names_them(tmp_path: Path) -> None:
    image = np.zeros((90, 120, 3), np.uint8)
    image[:, :60, 0] = 200
    image[:, 60:, 2] = 200
    parts = read_parser(card(tmp_path, ear=0)).parse(image)
    assert parts["ear"][:, :55].all()
    assert not parts["ear"][:, 65:].any()
    assert parts["skin"][:, 65:].all()


@pytest.mark.drawn
@pytest.mark.parametrize(("ear", "expected"), [(2, "pass"), (5, "fail")])
def test_ears_are_what_the_parsing_model_says_when_there_is_one(
    tmp_path: Path, ear: int, expected: str
) -> None:
    """Class 2 is all skin: ears on both sides; class 5 is nowhere: no ears at all."""
    models = load_models(locate_faces(load_settings()), card(tmp_path, ear))
    row = examine_photo(jpeg(draw_portrait()), models).verdict.of("PH-EARS")
    assert row is not None
    assert row.verdict == expected


@pytest.mark.drawn
def test_hat_and_earrings_fail_when_the_parsing_model_sees_them(tmp_path: Path) -> None:
    models = load_models(locate_faces(load_settings()), card(tmp_path, ear=2, hat=2))
    row = examine_photo(jpeg(draw_portrait()), models).verdict.of("PH-COVER")
    assert row is not None
    assert row.verdict == "fail"
    assert "帽子" in row.message
    assert "耳环" in row.message


@pytest.mark.parametrize("broken", ["no card", "bad card", "bad model", "no model"])
def test_dependency_error_is_raised_when_card_or_model_is_broken(
    tmp_path: Path, broken: str
) -> None:
    path = card(tmp_path, ear=1)
    if broken == "no card":
        path.unlink()
    elif broken == "bad card":
        path.write_text("side_px = 'x'", encoding="utf-8")
    elif broken == "bad model":
        (tmp_path / "parser.onnx").write_bytes(b"no network")
    else:
        (tmp_path / "parser.onnx").unlink()
    with pytest.raises(DependencyError):
        read_parser(path)


@pytest.mark.drawn
def test_dependency_error_is_raised_when_a_face_model_is_missing(tmp_path: Path) -> None:
    files = locate_faces(load_settings())
    with pytest.raises(DependencyError):
        load_models({name: path for name, path in list(files.items())[:2]})
    broken = tmp_path / "face_landmark.tflite"
    broken.write_bytes(b"no network")
    with pytest.raises(DependencyError):
        load_models({**files, broken.name: broken})


def test_digest_follows_card_and_model_and_says_when_they_are_unusable(tmp_path: Path) -> None:
    path = card(tmp_path, ear=1)
    first = parser_digest(path)
    assert parser_digest(path) == first
    (tmp_path / "parser.onnx").write_bytes(b"another network")
    second = parser_digest(path)
    card(tmp_path, ear=2)
    assert len({first, second, parser_digest(path)}) == 3
    (tmp_path / "parser.onnx").unlink()
    assert parser_digest(path) == "unusable"
    path.write_bytes(b"\xff\xfe")
    assert parser_digest(path) == "unusable"
