"""``yijianshi look``: what was seen, put into a folder for its owner's eyes; tapes; bad input.

Most tests play the committed tapes and need no engine.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from extractors import EXTRACTORS
from flows.cli import run_command
from flows.look.by_tape import read_by_tape, write_tape_test
from flows.look.looking import look_at
from flows.worker import ReadingTools, read_with
from pipeline.errors import ExitCode, InputError
from pipeline.file_reading import FileReading
from pipeline.intake.source import SourceFile
from pipeline.model import DocumentType, Face, Image, Line, Page, PageRef, Quad
from pipeline.ocr.engines import load_engine
from pipeline.ocr.weights import locate
from pipeline.settings import Settings
from pipeline.stages import STAGES

pytestmark = pytest.mark.drawn

Capture = pytest.CaptureFixture[str]
TAPES = Path(__file__).parents[2] / "tapes"
PAPERS = Path(__file__).parents[3] / "samples" / "papers"
CARD, LETTER = TAPES / "id-card-copy", TAPES / "letter-phone"


def run(capture: Capture, *arguments: object) -> tuple[int, str, str]:
    code = run_command([str(a) for a in arguments])
    out, err = capture.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def play(capture: Capture, folder: Path, to: Path, *more: object) -> tuple[int, str, str]:
    tape = folder / "tape.json.gz"
    return run(capture, "look", folder / "scan.jpg", "--to", to, "--tape", tape, *more)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was seen of the copy of a card, page and test included."""
    folder = tmp_path_factory.mktemp("card")
    scan, tape = CARD / "scan.jpg", CARD / "tape.json.gz"
    words = ["look", scan, "--to", folder / "deep" / "o", "--tape", tape, "--html"]
    assert run_command([str(w) for w in (*words, "--as-test", folder / "t")]) == ExitCode.DONE
    return folder / "deep" / "o"


def seen(to: Path) -> dict[str, Any]:
    sight: dict[str, Any] = json.loads((to / "look.json").read_text(encoding="utf-8"))
    return sight


# ---------------------------------------------------------------- what is seen


def test_what_was_seen_of_a_copy_of_a_card(card: Path) -> None:
    (page,) = seen(card)["pages"]
    assert page["rotation"] == 90
    assert (page["width"], page["height"]) == (1654, 2339)
    assert len(page["areas"]) == 2
    assert len(page["rivals"]) == 1
    front, back = page["sheets"]
    assert (front["faces"][0]["face"], back["faces"][0]["face"]) == ("portrait", "emblem")
    assert front["candidates"][0]["outcome"] == "taken"
    labels = {place["label"] for place in front["places"] if place["role"] == "label"}
    assert {"姓名", "性别", "民族", "住址", "公民身份号码"} <= labels
    assert any(place["role"] == "title" for place in back["places"])
    fields = {field["name"]: field for field in front["faces"][0]["fields"]}
    (number,) = [x for x in front["lines"] if fields["id_number"]["value"] in x["text"]]
    assert {tag[0] for tag in number["tags"]} == {"label", "value"}
    assert all(0 <= x <= front["width"] for x, _ in fields["name"]["outline"])


def test_seals_are_shown_and_the_screen_holds_no_value(capfd: Capture, tmp_path: Path) -> None:
    code, out, err = play(capfd, LETTER, tmp_path / "o")
    assert code == ExitCode.DONE
    assert "个人信息" in err
    (sheet,) = seen(tmp_path / "o")["pages"][0]["sheets"]
    assert [p["state"] for p in sheet["places"] if p["role"] == "seal"] == ["有"]
    values = [field["value"] for field in sheet["faces"][0]["fields"]]
    assert len(values) > 3
    assert [value for value in values if value in out + err] == []


def test_lines_come_in_reading_order(card: Path) -> None:
    front, _ = seen(card)["pages"][0]["sheets"]
    texts = [line["text"] for line in front["lines"]]
    wanted = ["姓名", "性别", "出生", "住址", "公民身份号码"]
    places = [next(i for i, t in enumerate(texts) if t.startswith(word)) for word in wanted]
    assert places == sorted(places)


def test_stage_times_add_up(card: Path) -> None:
    sight = seen(card)
    names = [stage["name"] for stage in sight["stages"]]
    assert names == [name for name in STAGES if name in names]
    assert {"decode", "plan", "detect", "recognise", "extract", "marks", "quality"} <= set(names)
    assert "write" not in names
    assert sum(s["seconds"] for s in sight["stages"]) == pytest.approx(sight["seconds"], abs=0.01)


class Blind:
    """An engine that finds nothing."""

    fingerprint = "blind"

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        return []

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        return [Line("", 0.0, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return []


def look_blindly(path: Path, to: Path) -> dict[str, Any]:
    tools = ReadingTools(Settings(), Blind(), None, EXTRACTORS)
    look_at(SourceFile(path.name, path), tools, to, html=True, played=False)
    return seen(to)


def test_an_empty_page_and_a_broken_file_are_shown_as_such(tmp_path: Path) -> None:
    Pictures.new("RGB", (600, 800), "white").save(tmp_path / "empty.png")
    sight = look_blindly(tmp_path / "empty.png", tmp_path / "o")
    (face,) = sight["pages"][0]["unread"]
    assert face["marks"] == [["页面", "空白页"]]
    assert "空白页" in (tmp_path / "o" / "index.html").read_text(encoding="utf-8")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    sight = look_blindly(tmp_path / "broken.jpg", tmp_path / "p")
    assert sight["pages"] == []
    assert [found["rule"] for found in sight["findings"]] == ["SRC-UNREADABLE"]


def test_every_page_of_a_pdf_is_seen(tmp_path: Path) -> None:
    pages = [Pictures.new("RGB", (300, 400), "white") for _ in range(3)]
    pages[0].save(tmp_path / "three.pdf", save_all=True, append_images=pages[1:])
    sight = look_blindly(tmp_path / "three.pdf", tmp_path / "o")
    assert [page["page"] for page in sight["pages"]] == [1, 2, 3]
    assert len({page["picture"] for page in sight["pages"]}) == 3


# ---------------------------------------------------------------- the page


def test_the_page_needs_nothing_from_elsewhere(card: Path) -> None:
    page = (card / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?:https?:)?//[a-z]", page)
    linked = set(re.findall(r'(?:src|href)="([^"#][^"]*)"', page))
    assert linked == {p.name for p in card.glob("*.jpg")}
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert "innerHTML" not in script
    assert page.count("sha256-") == 1


def test_what_a_scan_holds_is_escaped(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>.png"
    scan = tmp_path / "empty.png"
    Pictures.new("RGB", (300, 400), "white").save(scan)
    tools = ReadingTools(Settings(), Blind(), None, EXTRACTORS)
    look_at(SourceFile(evil, scan), tools, tmp_path / "o", html=True, played=False)
    assert "<script>alert" not in (tmp_path / "o" / "index.html").read_text(encoding="utf-8")


def test_only_the_owner_may_read_what_is_written(card: Path) -> None:
    for folder in (card, card.parents[1] / "t"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for path in folder.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


# ---------------------------------------------------------------- folders and files


def test_an_earlier_look_is_replaced_and_other_files_are_not(
    capfd: Capture, tmp_path: Path
) -> None:
    to = tmp_path / "o"
    look_blindly(CARD / "scan.jpg", to)
    assert (to / "index.html").exists()
    assert play(capfd, LETTER, to)[0] == ExitCode.DONE
    assert not (to / "index.html").exists()
    assert len(list(to.glob("*.jpg"))) == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "page-1.jpg").write_text("mine")
    code, _, err = play(capfd, CARD, tmp_path / "mine")
    assert code == ExitCode.STORE
    assert "别的文件" in err
    assert (tmp_path / "mine" / "page-1.jpg").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_a_store_error(capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    code, _, err = play(capfd, CARD, tmp_path / "file" / "o")
    assert code == ExitCode.STORE
    assert "无法写入" in err
    code, _, _ = play(capfd, LETTER, tmp_path / "o", "--as-test", tmp_path / "file" / "t")
    assert code == ExitCode.STORE
    code, _, _ = play(capfd, LETTER, tmp_path / "file")
    assert code == ExitCode.STORE


def test_a_file_that_is_not_there_and_a_folder_are_input_errors(
    capfd: Capture, tmp_path: Path
) -> None:
    for file in (tmp_path / "none.jpg", tmp_path):
        code, _, err = run(capfd, "look", file, "--to", tmp_path / "o")
        assert code == ExitCode.INPUT
        assert str(file) in err
        assert not (tmp_path / "o").exists()


# ---------------------------------------------------------------- tapes


def test_tapes_that_do_not_answer_are_input_errors(capfd: Capture, tmp_path: Path) -> None:
    data = json.loads(gzip.decompress((CARD / "tape.json.gz").read_bytes()))
    tapes = {
        "没有这张图": (LETTER / "tape.json.gz").read_bytes(),
        "第 99 版": gzip.compress(json.dumps(data | {"version": 99}).encode()),
        "已损坏": b"not a tape",
    }
    for words, content in tapes.items():
        tape = tmp_path / "tape.json.gz"
        tape.write_bytes(content)
        code, out, err = run(
            capfd, "look", CARD / "scan.jpg", "--to", tmp_path / "o", "--tape", tape
        )
        assert code == ExitCode.INPUT
        assert not out
        assert words in err
        assert "yijianshi look" in err
    code, _, _ = play(capfd, LETTER, tmp_path / "o")
    assert code == ExitCode.DONE  # the look that ended early is not in the way


def test_a_scan_becomes_a_test_in_one_command(capfd: Capture, tmp_path: Path) -> None:
    made = tmp_path / "t"
    code, _, err = play(capfd, LETTER, tmp_path / "o", "--as-test", made)
    assert code == ExitCode.DONE
    assert "绝不能提交" in err
    for name in ("scan.jpg", "tape.json.gz", "expected.json"):
        assert (made / name).read_bytes() == (LETTER / name).read_bytes(), name


def test_a_test_is_made_anew_from_its_own_scan(capfd: Capture, tmp_path: Path) -> None:
    own = tmp_path / "t"
    shutil.copytree(LETTER, own)
    (own / "expected.json").unlink()
    code, _, _ = play(capfd, own, tmp_path / "o", "--as-test", own)
    assert code == ExitCode.DONE
    assert (own / "expected.json").read_bytes() == (LETTER / "expected.json").read_bytes()


def test_a_photo_is_no_test_of_a_tape(tmp_path: Path) -> None:
    ref = PageRef(file="scan.jpg", page=1, sha256="0" * 64)
    photo = Face(type=DocumentType.PHOTO, face="photo", score=1.0, page=ref)
    reading = FileReading(sha256="", pages=1, faces=(photo,))
    with pytest.raises(InputError, match="照片"):
        write_tape_test(tmp_path / "t", CARD / "scan.jpg", b"", reading)
    assert not (tmp_path / "t").exists()


# ---------------------------------------------------------------- with the engine


@pytest.mark.engine
@pytest.mark.long
def test_reading_by_tape_is_reading_by_the_engine(tmp_path: Path) -> None:
    scan = PAPERS / "id_card_flatbed_02.jpg"
    source, settings = SourceFile(scan.name, scan), Settings()
    tools = ReadingTools(settings, load_engine(settings.engine, locate(settings)), None, EXTRACTORS)

    def ignore(page: Page, faces: tuple[Face, ...]) -> None:
        assert page.image.dtype == np.uint8

    def bare(reading: FileReading) -> str:
        """What was read, without how long it took."""
        return reading.model_copy(update={"stages": {}}).model_dump_json()

    plain = bare(read_with(tools, source, ignore))
    looked = look_at(source, tools, tmp_path / "o", html=False, played=False)
    assert bare(looked.reading) == plain
    assert bare(read_by_tape(scan, tmp_path / "o" / "tape.json.gz")) == plain


@pytest.mark.engine
def test_the_command_with_the_engine(capfd: Capture, tmp_path: Path) -> None:
    cards = [Pictures.open(PAPERS / "id_card_flatbed_02.jpg").convert("RGB")] * 2
    cards[0].save(tmp_path / "two.pdf", save_all=True, append_images=cards[1:], resolution=300)
    to = tmp_path / "o"
    code, out, _ = run(
        capfd, "look", tmp_path / "two.pdf", "--to", to, "--html", "--as-test", tmp_path / "t"
    )
    assert code == ExitCode.DONE
    assert "2 页" in out
    sight = seen(to)
    assert not sight["played"]
    assert "openvino" in sight["engine"]
    kinds = [s["faces"][0]["type"] for page in sight["pages"] for s in page["sheets"]]
    assert kinds == ["id_card", "id_card"]
    reading = read_by_tape(tmp_path / "t" / "scan.pdf", tmp_path / "t" / "tape.json.gz")
    assert [face.type for face in reading.faces] == [DocumentType.ID_CARD] * 2
