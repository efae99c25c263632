"""What doctor says of machines that lack something."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.doctor import (
    PACKAGES,
    check_delivery,
    check_disk,
    check_face_parser,
    check_memory,
    check_opencv,
    check_packages,
    check_python,
    check_weights,
    check_writable,
    doctor,
    locked_versions,
)
from pipeline.settings import Settings, variables
from tests.validators.photo.test_parsing import card as parser_card

ALL = dict.fromkeys((*PACKAGES, "opencv-python", "opencv-contrib-python"), "1.0")


def test_check_python_wants_the_version_of_the_lock() -> None:
    assert check_python((3, 11, 9)).state == "正常"
    assert check_python((3, 12, 1)).state == "问题"


def test_check_packages_names_what_is_missing() -> None:
    assert check_packages(ALL.get, {}).state == "正常"
    lacking = {name: "1.0" for name in ALL if name != "pdfplumber"}
    diagnosis = check_packages(lacking.get, {})
    assert diagnosis.state == "问题"
    assert "pdfplumber" in diagnosis.said
    assert "make setup" in diagnosis.cure


def test_check_packages_names_a_version_that_was_not_tested(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==2.3.5\npillow==1.0\n# comment\n", encoding="utf-8")
    diagnosis = check_packages(ALL.get, locked_versions(lock))
    assert diagnosis.state == "注意"
    assert "numpy 1.0（应为 2.3.5）" in diagnosis.said
    assert "pillow" not in diagnosis.said
    assert locked_versions(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("changed", "state", "said"),
    [
        ({}, "正常", "1.0"),
        ({"opencv-contrib-python": "2.0"}, "问题", "版本不一致"),
        ({"opencv-contrib-python": None}, "问题", "未安装 opencv-contrib-python"),
        ({"opencv-python-headless": "1.0"}, "问题", "互相覆盖"),
    ],
)
def test_check_opencv_finds_builds_that_overwrite_each_other(
    changed: dict[str, str | None], state: str, said: str
) -> None:
    diagnosis = check_opencv({**ALL, **changed}.get)
    assert diagnosis.state == state
    assert said in diagnosis.said


def test_check_weights_names_the_command_that_mends(tmp_path: Path) -> None:
    diagnosis = check_weights(Settings(cache=tmp_path))
    assert diagnosis.state == "问题"
    assert "yijianshi weights" in diagnosis.cure


def test_check_weights_says_what_reading_can_go_on_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("flows.doctor.locate", lambda _: None)
    diagnosis = check_weights(Settings(cache=tmp_path))
    assert diagnosis.state == "注意"
    assert "生僻字字形比对" in diagnosis.said
    assert "yijianshi weights" in diagnosis.cure


def test_check_writable_when_the_folder_is_a_file(tmp_path: Path) -> None:
    assert check_writable("缓存", tmp_path / "new").state == "正常"
    (tmp_path / "file").write_bytes(b"")
    assert check_writable("缓存", tmp_path / "file").state == "问题"


def test_check_disk_looks_at_the_disk_of_a_folder_that_is_not_yet_there(tmp_path: Path) -> None:
    assert check_disk(tmp_path / "a" / "b").state in ("正常", "注意")


@pytest.mark.parametrize(
    ("free_mb", "state", "cure"),
    [
        (8000, "正常", ""),
        (2500, "注意", "--workers 2"),
        (500, "注意", "关闭其他程序"),
        (None, "注意", "--workers 1"),
    ],
)
def test_check_memory_says_how_many_workers_fit(free_mb: int | None, state: str, cure: str) -> None:
    diagnosis = check_memory(free_mb, workers=4)
    assert diagnosis.state == state
    assert cure in diagnosis.cure


def test_doctor_says_no_when_a_setting_is_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YIJIANSHI_LIMITS__PAGES", "-3")
    assert doctor() is False
    assert "YIJIANSHI_LIMITS__PAGES 应大于 0" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [{}, {"YIJIANSHI_WORKER": "3"}, {"YIJIANSHI_WORKERS": "x"}])
def test_doctor_lists_all_settings_also_where_one_is_wrong_and_no_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wrong: dict[str, str]
) -> None:
    monkeypatch.setenv("YIJIANSHI_DATABASE_URL", "postgresql://li:geheim@db/x")
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    doctor()
    told = capsys.readouterr().out
    assert all(f"设置 {name}：" in told for name in variables())
    assert "postgresql://li:***@db/x（环境变量）" in told and "geheim" not in told
    assert "设置 YIJIANSHI_OFFICE：未设（默认）" in told


def test_doctor_says_no_when_the_model_files_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path))
    assert doctor() is False
    assert "[问题] 模型文件" in capsys.readouterr().out


def test_check_face_parser_says_what_cannot_be_used(tmp_path: Path) -> None:
    card = tmp_path / "parser.toml"
    assert check_face_parser(card).state == "问题"
    made = parser_card(tmp_path, ear=0)
    assert check_face_parser(made).state == "正常"
    (tmp_path / "parser.onnx").write_bytes(b"no network")
    found = check_face_parser(made)
    assert found.state == "问题"
    assert found.cure


def test_the_delivery_file_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "delivery.toml"
    file.write_text('[hrss]\nfolder = "in"\n', encoding="utf-8")
    found = check_delivery(file)
    assert found.state == "注意" and str(tmp_path / "in") in found.said
    (tmp_path / "in").mkdir()
    assert check_delivery(file).said.startswith("人社（")
    file.write_text("[hrss]", encoding="utf-8")
    assert check_delivery(file).state == "问题"
