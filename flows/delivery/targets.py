"""Where messages go: the delivery file (``YIJIANSHI_DELIVERY``, TOML), one table a target.

A folder on a share, or an address of a Standard Webhooks receiver. No file, or no table for a
target: nothing leaves for it, and its messages wait.
"""

from __future__ import annotations

import base64
import binascii
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, ValidationError, model_validator

from pipeline.errors import UsageError
from pipeline.model import Frozen
from pipeline.settings import Settings
from pipeline.store.dispatch import FURTHEST

TargetName = Literal["hrss", "medical", "tax", "applicant"]
TARGET_LABELS = {"hrss": "人社", "medical": "医保", "tax": "税务", "applicant": "申请人反馈"}
SECRET_PREFIX = "whsec_"
LEAST_SECRET_BYTES = 24
"""Standard Webhooks: between 24 and 64 bytes."""


class Retrying(Frozen):
    """How often and how long a message is tried. The wait before try ``n + 1`` is drawn evenly from
    0 to ``base_seconds * 2**(n - 1)``, at most ``cap_seconds`` (full jitter): with these figures a
    receiver that is away over a weekend loses nothing."""

    attempts: PositiveInt = 30
    base_seconds: PositiveFloat = 10.0
    cap_seconds: float = Field(default=4 * 3600.0, gt=0, le=FURTHEST.total_seconds())


class Target(Frozen):
    """One table of the file. ``folder`` or ``url``, not both; ``results``: a folder into which the
    department puts its results; ``scans``: whether scans go along into the folder."""

    model_config = Frozen.model_config | {"extra": "forbid"}

    folder: Path | None = None
    scans: bool = True
    url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    secret_file: Path | None = None
    ca_file: Path | None = None
    proxy: str | None = None
    timeout_seconds: PositiveFloat = 30.0
    results: Path | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.folder is None) == (self.url is None):
            raise ValueError("folder 和 url 必须且只能写一个")
        if (self.url is None) != (self.secret_file is None):
            raise ValueError("url 与 secret_file 须一起写")
        return self


class _File(Frozen):
    model_config = Frozen.model_config | {"extra": "forbid"}

    retry: Retrying = Retrying()
    hrss: Target | None = None
    medical: Target | None = None
    tax: Target | None = None
    applicant: Target | None = None


class Targets(Frozen):
    """All targets that something may go to, with their secrets (bytes of the key)."""

    retry: Retrying = Retrying()
    by_name: Mapping[str, Target] = {}
    secrets: Mapping[str, bytes] = {}


def load_targets(settings: Settings) -> Targets:
    """The targets of the settings; none where no file is named. Raises UsageError."""
    return Targets() if settings.delivery is None else read_targets(settings.delivery)


def read_targets(path: Path) -> Targets:
    """The targets of a file; relative paths in it are from its folder. Raises UsageError."""
    try:
        told = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"无法读取送达设置“{path.name}”。", "请检查 YIJIANSHI_DELIVERY 的路径和读取权限。"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, f"不是 TOML（{error}）") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _wrong(path, f"{place}：{first['msg'].removeprefix('Value error, ')}") from error
    names = ("hrss", "medical", "tax", "applicant")
    found = {name: one for name in names if (one := getattr(told, name)) is not None}
    placed = {name: _placed(one, path.parent) for name, one in found.items()}
    secrets = {
        name: _secret(path, one.secret_file)
        for name, one in placed.items()
        if one.secret_file is not None
    }
    return Targets(retry=told.retry, by_name=placed, secrets=secrets)


def _placed(target: Target, base: Path) -> Target:
    keys = ("folder", "secret_file", "ca_file", "results")
    paths = {key: base / value for key in keys if (value := getattr(target, key)) is not None}
    return target.model_copy(update=paths)


def _secret(path: Path, file: Path) -> bytes:
    try:
        text = file.read_text(encoding="ascii").strip()
        secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except OSError as error:
        raise _wrong(path, f"无法读取密钥文件“{file.name}”") from error
    except (binascii.Error, ValueError) as error:
        raise _wrong(path, f"“{file.name}”不是密钥（应为 whsec_ 加 Base64）") from error
    if len(secret) < LEAST_SECRET_BYTES:
        raise _wrong(path, f"“{file.name}”中的密钥过短，至少 {LEAST_SECRET_BYTES} 字节")
    return secret


def _wrong(path: Path, reason: str) -> UsageError:
    return UsageError(f"送达设置“{path.name}”有误：{reason}。", "写法见 docs/delivery.md。")
