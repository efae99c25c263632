"""The command line: exit codes, messages, bad input. No traceback, whatever comes in."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image

from flows.cli import run_command
from pipeline.errors import ExitCode
from pipeline.record import json_schema

Capture = pytest.CaptureFixture[str]
SAMPLES = Path(__file__).parents[2] / "samples" / "inbox"
PAPERS = SAMPLES.parent / "papers"


def run(capture: Capture, *arguments: object) -> tuple[int, str, str]:
    code = run_command([str(a) for a in arguments])
    out, err = capture.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_help_teaches_every_command(capfd: Capture) -> None:
    code, out, _ = run(capfd, "--help")
    assert code == ExitCode.DONE
    for command in ("run", "check", "read", "photo", "guide", "score", "look", "weights", "doctor"):
        assert f"  {command}" in out


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["check"], ["run", "x", "--workers", "0"], ["schema", "other"]]
)
def test_wrong_words_are_usage_errors(capfd: Capture, arguments: list[str]) -> None:
    code, out, err = run(capfd, *arguments)
    assert code == ExitCode.USAGE
    assert not out
    assert "命令有误" in err


def test_schema_is_valid_json_schema(capfd: Capture) -> None:
    for what in ("record", "packet"):
        code, out, _ = run(capfd, "schema", what)
        assert code == ExitCode.DONE
        jsonschema.Draft202012Validator.check_schema(json.loads(out))


def test_folder_that_is_not_there_is_an_input_error(capfd: Capture, tmp_path: Path) -> None:
    for command in (["check"], ["score"]):
        code, _, err = run(capfd, *command, tmp_path / "nowhere")
        assert code == ExitCode.INPUT
        assert err.strip()
    code, _, _ = run(capfd, "run", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert code == ExitCode.INPUT


def test_output_that_cannot_be_written_is_a_store_error(capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "file").write_text("not a folder")
    code, _, err = run(capfd, "run", tmp_path / "inbox", "--out", tmp_path / "file" / "out")
    assert code == ExitCode.STORE
    assert "结果目录" in err


def test_missing_model_files_name_the_command_that_gets_them(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path / "empty"))
    (tmp_path / "case").mkdir()
    code, _, err = run(capfd, "check", tmp_path / "case")
    assert code == ExitCode.DEPENDENCY
    assert "yijianshi weights" in err


def test_wrong_setting_is_a_usage_error_that_names_it(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIJIANSHI_WORKERS", "many")
    code, _, err = run(capfd, "check", tmp_path)
    assert code == ExitCode.USAGE
    assert "YIJIANSHI_WORKERS" in err


def test_bug_is_told_without_its_values_and_kept(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("450103199002309991")

    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path))
    monkeypatch.setattr("flows.counter.check_case", broken)
    code, out, err = run(capfd, "check", tmp_path)
    assert code == ExitCode.BUG
    (kept,) = (tmp_path / "bugs").iterdir()
    assert "ZeroDivisionError" in err
    for text in (out, err, kept.read_text(encoding="utf-8")):
        assert "450103199002309991" not in text
    assert "test_cli.py" in kept.read_text(encoding="utf-8")


def test_interruption_is_said_and_has_its_exit_code(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.counter.check_case", interrupted)
    code, _, err = run(capfd, "check", tmp_path)
    assert code == ExitCode.INTERRUPTED
    assert "已中断" in err


# ---------------------------------------------------------------- hostile papers


def _photo_bytes() -> bytes:
    stream = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(stream, "JPEG")
    return stream.getvalue()


def _zip_with(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def _huge_png() -> bytes:
    stream = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(stream, "PNG", optimize=False)
    return stream.getvalue()


BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing but a text file": ("notes.txt", lambda: b"hello", "SRC-EMPTY"),
    "0-byte jpg": ("a.jpg", lambda: b"", "SRC-"),
    "half a jpg": ("a.jpg", lambda: _photo_bytes()[:4000], "SRC-UNREADABLE"),
    "huge png": ("a.png", _huge_png, "SRC-TOO-LARGE"),
    "zip bomb": ("a.zip", lambda: _zip_with("a.jpg", b"\0" * 200_000_000), "SRC-"),
    "zip that climbs": ("a.zip", lambda: _zip_with("../../climbed.jpg", _photo_bytes()), "SRC-"),
}


@pytest.mark.long
@pytest.mark.engine
@pytest.mark.timeout(900)
def test_run_survives_every_bad_input_and_resumes(capfd: Capture, tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for name, (file, make, _) in BAD.items():
        (inbox / name).mkdir(parents=True)
        (inbox / name / file).write_bytes(make())
    (inbox / "empty").mkdir()
    good = SAMPLES / "b01-photo-missing"
    shutil.copytree(good, inbox / good.name)

    code, text, _ = run(capfd, "run", inbox, "--out", out)
    assert code == ExitCode.DONE
    assert "处理失败" not in text
    for name, (_, _, rule) in {**BAD, "empty": ("", bytes, "SRC-EMPTY")}.items():
        record = json.loads((out / "records" / f"{name}.json").read_text(encoding="utf-8"))
        assert any(f["rule"].startswith(rule) for f in record["findings"]), name
        assert (out / "notices" / f"{name}.html").exists()
    assert not list(tmp_path.rglob("climbed.jpg"))
    record = json.loads((out / "records" / f"{good.name}.json").read_text(encoding="utf-8"))
    assert {d["type"] for d in record["documents"]} >= {"id_card"}
    jsonschema.validate(record, json_schema())
    assert good.name in (out / "report.html").read_text(encoding="utf-8")

    (out / "records" / f"{good.name}.json").unlink()
    code, text, _ = run(capfd, "run", inbox, "--out", out)
    assert code == ExitCode.DONE
    assert "新识别 0 页" in text
    assert f"其中 {len(BAD) + 2} 件内容未变" in text
    assert json.loads((out / "records" / f"{good.name}.json").read_text("utf-8")) == record


@pytest.mark.engine
def test_check_of_an_empty_folder_says_what_to_put_in(capfd: Capture, tmp_path: Path) -> None:
    code, out, _ = run(capfd, "check", tmp_path, "--fail-on", "incomplete")
    assert code == ExitCode.FAIL_ON
    assert "没有可识别的扫描件" in out


@pytest.mark.engine
def test_read_gives_a_line_of_json_for_each_file_in_order(capfd: Capture, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"")
    paper = PAPERS / "id_card_flatbed_00.jpg"
    code, out, _ = run(capfd, "read", broken, paper, "--json")
    assert code == ExitCode.DONE
    first, second = (json.loads(line) for line in out.splitlines())
    assert first["file"] == str(broken)
    assert first["documents"] == []
    assert first["findings"][0]["rule"].startswith("SRC-")
    truth = json.loads((PAPERS / "truth.json").read_text(encoding="utf-8"))[paper.name]
    (card,) = second["documents"]
    assert card["type"] == "id_card"
    assert card["fields"]["id_number"]["value"] == truth["fields"]["id_number"]
    assert len(card["fields"]["id_number"]["box"]) == 4


@pytest.mark.engine
def test_reading_files_that_are_none_is_an_input_error_and_the_rest_is_read(
    capfd: Capture, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("no scan")
    code, out, err = run(capfd, "read", tmp_path / "gone.jpg", tmp_path / "note.txt", "--json")
    assert code == ExitCode.INPUT
    assert "gone.jpg" in err
    assert [json.loads(line)["findings"][0]["rule"] for line in out.splitlines()] == [
        "SRC-UNREADABLE",
        "SRC-UNREADABLE",
    ]
    code, _, err = run(capfd, "read", tmp_path)
    assert code == ExitCode.INPUT
    assert "yijianshi check" in err


@pytest.mark.parametrize("words", [["review"], ["users", "list"], ["tokens", "list"]], ids=" ".join)
def test_a_result_folder_that_is_not_there_is_not_made(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([*words, "--out", str(tmp_path / "typo")]) == 3
    said = capsys.readouterr().err
    assert "没有结果目录" in said and "--new" in said
    assert not (tmp_path / "typo").exists()


def test_pages_over_a_new_result_folder_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Path] = []
    monkeypatch.setattr("flows.review_command._serve", lambda *words: served.append(words[2]))
    assert run_command(["review", "--new", "--out", str(tmp_path / "out")]) == 0
    assert served == [tmp_path / "out"] and (tmp_path / "out" / "records").is_dir()
