"""``yijianshi photo``: lines, files and messages; and that it starts nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from flows.photo_command import photo
from pipeline.errors import InputError, StoreError
from tests.validators.photo.portraits import Sitter, draw_portrait, jpeg

pytestmark = pytest.mark.drawn

APP = typer.Typer()
APP.command()(photo)
RUNNER = CliRunner()

RULES = [
    *("PH-FORMAT", "PH-SIZE", "PH-DPI", "PH-BYTES", "PH-FACE", "PH-POSE", "PH-BACKGROUND"),
    *("PH-BORDER", "PH-COLOUR", "PH-SHARP", "PH-EARS", "PH-COVER", "PH-CLOTHES"),
]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "好照片.jpg"
    path.write_bytes(jpeg(draw_portrait()))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "蓝底.jpg"
    path.write_bytes(jpeg(draw_portrait(Sitter(background=(220, 140, 60)))))
    return path


@pytest.fixture
def hopeless(tmp_path: Path) -> Path:
    """What no repair mends: hair over both ears."""
    path = tmp_path / "盖耳.jpg"
    path.write_bytes(jpeg(draw_portrait(Sitter(ears=(False, False)))))
    return path


def test_json_is_a_line_each_when_asked(good: Path, bad: Path) -> None:
    result = RUNNER.invoke(APP, [str(good), str(bad), "--json"])
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["verdict"] for row in rows] == ["pass", "fail"]
    for row in rows:
        assert list(row) == ["file", "verdict", "rules"]
        assert [rule["rule"] for rule in row["rules"]] == RULES
        for rule in row["rules"]:
            assert list(rule) == ["rule", "verdict", "measure", "limit", "message", "cure"]
            assert set(rule["limit"]) <= set(rule["measure"])


def test_summary_names_what_a_person_confirms_when_the_photo_passes(good: Path) -> None:
    result = RUNNER.invoke(APP, [str(good)])
    assert "合格" in result.stdout
    assert "当面确认" in result.stdout


def test_summary_gives_cause_and_cure_when_the_photo_fails(bad: Path) -> None:
    result = RUNNER.invoke(APP, [str(bad)])
    assert "不合格" in result.stdout
    assert "背景带有颜色" in result.stdout
    assert "→" in result.stdout


def test_fix_and_annotate_write_files_when_asked(good: Path, tmp_path: Path) -> None:
    fixed, drawn = tmp_path / "修好.jpg", tmp_path / "标注.png"
    result = RUNNER.invoke(APP, [str(good), "--fix", str(fixed), "--annotate", str(drawn)])
    assert result.exit_code == 0
    assert fixed.read_bytes()[:3] == b"\xff\xd8\xff"
    assert drawn.read_bytes()[:4] == b"\x89PNG"


def test_a_repair_gives_both_verdicts_in_one_line(good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "坏.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing")
    out = tmp_path / "out"
    result = RUNNER.invoke(APP, [str(good), str(broken), "--json", "--fix", str(out)])
    mended, lost = (json.loads(line) for line in result.stdout.splitlines())
    assert mended["verdict"] == "pass"
    fixed = mended["fixed"]
    assert fixed["file"] == str(out / good.name) and Path(fixed["file"]).exists()
    assert [rule["rule"] for rule in fixed["rules"]] == RULES
    assert fixed["verdict"] in ("pass", "review", "fail")
    assert lost["fixed"]["file"] is None and lost["fixed"]["left"] == ["照片无法打开"]


def test_a_repair_stands_below_its_own_photo(good: Path, bad: Path, tmp_path: Path) -> None:
    result = RUNNER.invoke(APP, [str(good), str(bad), "--fix", str(tmp_path / "out")])
    told = result.stdout
    first, second = told.index(f"{good}："), told.index(f"{bad}：")
    assert first < told.index("已写入") < second


def test_a_repair_that_still_fails_is_not_written(hopeless: Path, tmp_path: Path) -> None:
    """B22: a failing file is never left behind as if it were good."""
    out = tmp_path / "out"
    told = RUNNER.invoke(APP, [str(hopeless), "--fix", str(out)]).stdout
    assert "没有写出修好的照片（修后仍不合格，请重新拍摄）" in told
    line = json.loads(RUNNER.invoke(APP, [str(hopeless), "--json", "--fix", str(out)]).stdout)
    assert (line["fixed"]["file"], line["fixed"]["verdict"]) == (None, "fail")
    assert not out.exists()


def test_what_shows_in_the_picture_is_said_before_the_file(tmp_path: Path) -> None:
    """B21: what somebody must be photographed again for comes first, what we mend comes last."""
    small = tmp_path / "小.png"
    picture = draw_portrait(Sitter(background=(220, 140, 60)))
    Image.fromarray(picture[::2, ::2, ::-1]).save(small)
    told = RUNNER.invoke(APP, [str(small)]).stdout.splitlines()
    assert told[1].startswith("  要重拍：白色背景")
    (mend,) = [line for line in told if line.startswith("  可用 --fix 修正：")]
    assert mend == "  可用 --fix 修正：格式、像素尺寸、分辨率"
    rules = [line.split()[1] for line in told if line.startswith(("  ✗", "  ？"))]
    assert rules.index("PH-BACKGROUND") < min(map(rules.index, ("PH-FORMAT", "PH-SIZE", "PH-DPI")))


@pytest.mark.parametrize(
    ("background", "said", "cure"),
    [
        ((210, 210, 210), "背景不是白色", "可用 --fix 净化"),
        ((128, 128, 128), "背景不是白色", "请在白墙前重拍"),
        ((220, 140, 60), "背景带有颜色", "请换白色背景重拍"),
    ],
)
def test_a_wall_of_one_colour_is_said_once_and_has_no_shadow(
    background: tuple[int, int, int], said: str, cure: str, tmp_path: Path
) -> None:
    path = tmp_path / "照片.jpg"
    path.write_bytes(jpeg(draw_portrait(Sitter(background=background))))
    row = next(
        rule
        for rule in json.loads(RUNNER.invoke(APP, [str(path), "--json"]).stdout)["rules"]
        if rule["rule"] == "PH-BACKGROUND"
    )
    assert row["verdict"] == "fail"
    assert row["message"].startswith(said) and "；" not in row["message"]
    assert cure in row["cure"] and "阴影" not in row["cure"] and "；" not in row["cure"]


def test_fix_fills_a_folder_when_there_are_several(
    good: Path, hopeless: Path, tmp_path: Path
) -> None:
    out, other = tmp_path / "out", tmp_path / "另一张.jpg"
    other.write_bytes(good.read_bytes())
    RUNNER.invoke(APP, [str(good), str(other), str(hopeless), "--fix", str(out)])
    assert {p.name for p in out.iterdir()} == {good.name, other.name}


def test_input_error_is_raised_when_files_are_missing_or_would_be_lost(
    good: Path, tmp_path: Path
) -> None:
    missing = RUNNER.invoke(APP, [str(tmp_path / "没有.jpg")])
    assert isinstance(missing.exception, InputError)
    (tmp_path / "空").mkdir()
    empty = RUNNER.invoke(APP, [str(tmp_path / "空")])
    assert isinstance(empty.exception, InputError)
    before = good.read_bytes()
    itself = RUNNER.invoke(APP, [str(good), "--fix", str(good)])
    assert isinstance(itself.exception, InputError)
    folder = RUNNER.invoke(APP, [str(good), "--fix", str(tmp_path)])
    assert isinstance(folder.exception, InputError)
    assert good.read_bytes() == before


def test_store_error_is_raised_when_the_output_cannot_be_written(
    good: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    result = RUNNER.invoke(APP, [str(good), "--fix", str(tmp_path / "file" / "out.jpg")])
    assert isinstance(result.exception, StoreError)


def test_content_is_unchecked_when_model_files_are_missing(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path / "cache"))
    result = RUNNER.invoke(APP, [str(good), "--json"])
    row = json.loads(result.stdout)
    assert row["verdict"] == "review"
    assert row["rules"][-1]["rule"] == "PH-UNCHECKED"


def test_nothing_heavy_is_imported_when_a_photo_is_judged(good: Path) -> None:
    script = (
        "import sys\n"
        "from flows.cli import run_command\n"
        f"code = run_command(['photo', {str(good)!r}])\n"
        "heavy = {'prefect', 'paddleocr', 'paddlex', 'openvino', 'onnxruntime', 'fastapi',"
        " 'mediapipe'}\n"
        "print(code, sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"
