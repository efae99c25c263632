"""Settings come from the environment; what is off is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.errors import UsageError
from pipeline.settings import Limits, Settings, default_cache, load_settings, variables


def test_load_settings_reads_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path))
    monkeypatch.setenv("YIJIANSHI_LIMITS__PAGES", "7")
    settings = load_settings()
    assert settings.cache == tmp_path
    assert settings.limits == Limits(pages=7)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YIJIANSHI_ENGINE", "tensorflow", "应为 'openvino' 或 'paddleocr'"),
        ("YIJIANSHI_WORKERS", "none", "应为整数"),
        ("YIJIANSHI_WORKERS", "1.5", "应为整数"),
        ("YIJIANSHI_LIMITS__PAGES", "0", "应大于 0"),
        ("YIJIANSHI_SAMPLE_RATE", "2", "应不大于 1.0"),
        ("YIJIANSHI_SAMPLE_RATE", "-1", "应不小于 0.0"),
        ("YIJIANSHI_CLAIM_MINUTES", "ten", "应为数字"),
        ("YIJIANSHI_OFFICE", "窗" * 61, "最多 60 个字"),
        ("YIJIANSHI_PROXIES", "*", "写法不对"),
    ],
)
def test_load_settings_names_the_variable_that_is_off_and_what_it_should_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as refused:
        load_settings()
    assert f"{name} {said}" in refused.value.message


def test_load_settings_when_the_limits_are_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIJIANSHI_LIMITS", "{")
    with pytest.raises(UsageError, match="LIMITS"):
        load_settings()


def test_settings_cannot_be_changed_and_take_no_unknown_names(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path)
    with pytest.raises(ValidationError):
        settings.engine = "paddleocr"
    with pytest.raises(ValidationError):
        Settings.model_validate({"unheard_of": 1})


def test_every_setting_says_what_it_is() -> None:
    for model in (Settings, Limits):
        assert all(field.description for field in model.model_fields.values())


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/yijianshi/cache"),
        ("win32", {}, "/home/x/AppData/Local/yijianshi/cache"),
        ("darwin", {}, "/home/x/Library/Caches/yijianshi"),
        ("linux", {"XDG_CACHE_HOME": "/cache"}, "/cache/yijianshi"),
        ("linux", {}, "/home/x/.cache/yijianshi"),
    ],
)
def test_the_cache_lies_where_the_platform_has_its_own(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], folder: str
) -> None:
    for name in ("LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/x"))
    assert default_cache() == Path(folder)


@pytest.mark.parametrize("name", ["YIJIANSHI_BOGUS", "YIJIANSHI_LIMITS__PAGE", "yijianshi_worker"])
def test_a_name_that_sets_nothing_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "3")
    with pytest.raises(UsageError, match=name) as refused:
        load_settings()
    assert "yijianshi doctor" in refused.value.hint


def test_every_setting_has_a_variable_that_says_what_it_sets() -> None:
    assert {"YIJIANSHI_WORKERS", "YIJIANSHI_LIMITS__PAGES"} <= variables().keys()
    assert all(variables().values())
