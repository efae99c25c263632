"""The settings of a night by name: a TOML file that each machine has of its own, so that no path
and no address passes through Prefect."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import Field, NonNegativeFloat, PositiveInt, ValidationError, field_validator

from pipeline.errors import UsageError
from pipeline.model import Frozen
from pipeline.settings import PREFIX, load_settings

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
NIGHTLY_CRON = "0 20 * * *"
TIMEZONE = "Asia/Shanghai"


class Site(Frozen):
    """What a night works on. ``variables``: environment variables of ours that are set where the
    environment has none of the name."""

    name: str
    inboxes: tuple[Path, ...] = ()
    out: Path
    cron: str = NIGHTLY_CRON
    timezone: str = TIMEZONE
    settle_seconds: NonNegativeFloat = 10.0
    ready_marker: str | None = None
    leave: bool = False
    portion: PositiveInt = 50
    """Cases that are given to a worker at once."""
    variables: dict[str, str] = Field(default_factory=dict)

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, told: str) -> str:
        try:
            CronSim(told, datetime(2026, 1, 1))  # noqa: DTZ001  only its form is looked at
        except CronSimError as error:
            raise ValueError(str(error)) from error
        return told

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, told: str) -> str:
        try:
            ZoneInfo(told)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(told) from error
        return told

    @field_validator("variables")
    @classmethod
    def _are_ours(cls, told: dict[str, str]) -> dict[str, str]:
        for name in told:
            if not name.startswith(PREFIX):
                raise ValueError(name)
        return told

    def apply(self) -> None:
        """Set the variables that the environment leaves open."""
        for name, value in self.variables.items():
            os.environ.setdefault(name, value)

    def next_night(self, after: datetime) -> datetime:
        """When the next night begins."""
        return next(CronSim(self.cron, after.astimezone(ZoneInfo(self.timezone))))


def load_site(name: str) -> Site:
    """The settings of this name. Raises UsageError where there are none, or they are wrong."""
    if not NAME.fullmatch(name):
        raise UsageError(f"“{name}”不能作为设置名。", "只用字母、数字、- 和 _，如 default。")
    path = load_settings().settings / f"{name}.toml"
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        base = path.parent
        told["inboxes"] = [base / inbox for inbox in told.get("inboxes", ())]
        if "out" in told:
            told["out"] = base / told["out"]
        site = Site(**{**told, "name": name})
    except FileNotFoundError as error:
        raise UsageError(
            f"没有名为“{name}”的设置：{path}", "写法见 docs/many-machines.md；至少要有 out。"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise UsageError(f"无法读取设置文件 {path}：{error}", "请更正后重试。") from error
    except ValidationError as error:
        wrong = "、".join(".".join(str(part) for part in e["loc"]) for e in error.errors())
        raise UsageError(
            f"设置文件 {path} 有误：{wrong}。", "写法见 docs/many-machines.md。"
        ) from error
    site.apply()
    return site
