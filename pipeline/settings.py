"""Settings: one frozen value, made at the edge from the environment and handed down.

Every setting has a default that works and a description that feeds ``--help`` and the README.
The environment variable is ``YIJIANSHI_`` and the name in capitals; limits are written
``YIJIANSHI_LIMITS__PAGES``.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PositiveFloat, PositiveInt, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from pipeline.errors import UsageError
from pipeline.model import Frozen

MEBI = 1024 * 1024

EngineName = Literal["openvino", "paddleocr"]


class Limits(Frozen):
    """What intake takes from one case. Beyond a limit, a file becomes a SRC-TOO-LARGE finding.

    The figures leave room for real scans (A3 at 600 dpi in colour is 70 million pixels, an
    archive of one application is a few dozen megabytes) and keep one hostile file from taking
    the machine: 100 million pixels are 300 MB in memory.
    """

    file_bytes: PositiveInt = Field(default=200 * MEBI, description="单个文件的最大字节数")
    pixels: PositiveInt = Field(default=100_000_000, description="单页图像的最大像素数（宽×高）")
    side_px: PositiveInt = Field(default=30_000, description="单页图像宽或高的最大像素数")
    pages: PositiveInt = Field(default=200, description="单个文件的最大页数，超过则该文件不处理")
    seconds: PositiveFloat = Field(default=180.0, description="读取单个文件各页图像的最长秒数")
    files: PositiveInt = Field(default=500, description="一个申请（文件夹或压缩包）的最大文件数")
    case_bytes: PositiveInt = Field(default=2048 * MEBI, description="一个申请解压后的最大总字节数")
    zip_ratio: PositiveInt = Field(
        default=500, description="压缩包成员的最大压缩比（1 MB 以下的成员不查）"
    )
    zip_depth: PositiveInt = Field(default=2, description="压缩包嵌套的最大层数")
    folder_depth: PositiveInt = Field(default=8, description="文件夹嵌套的最大层数")
    pdf_dpi: PositiveInt = Field(default=300, description="PDF 页面渲染分辨率（DPI）")
    pdf_long_side_px: PositiveInt = Field(
        default=6000, description="PDF 页面渲染后长边的最大像素数"
    )


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_cache() -> Path:
    """The platform's cache folder, ``yijianshi`` in it. Created when something is written."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "yijianshi" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "yijianshi"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "yijianshi"


def default_config() -> Path:
    """The platform's folder of settings files, ``yijianshi`` in it."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Roaming") / "yijianshi"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "yijianshi"
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "yijianshi"


class Settings(BaseSettings):
    """All settings. Frozen; unknown names handed in by code are errors."""

    model_config = SettingsConfigDict(
        env_prefix="YIJIANSHI_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    cache: Path = Field(
        default_factory=default_cache, description="缓存文件夹（模型文件放在其中的 weights 下）"
    )
    settings: Path = Field(
        default_factory=default_config,
        description="夜间处理的设置文件所在的文件夹（每份一个 TOML，如 default.toml）",
    )
    det_dir: Path | None = Field(
        default=None,
        description="自备的 PaddleOCR 文字检测模型目录（含 inference.onnx、inference.yml）",
    )
    rec_dir: Path | None = Field(
        default=None,
        description="自备的 PaddleOCR 文字识别模型目录（含 inference.onnx、inference.yml）",
    )
    face_parser: Path | None = Field(
        default=None, description="自备的人脸分割模型说明文件（TOML），用于照片的耳朵、头饰等检查"
    )
    engine: EngineName = Field(
        default="openvino",
        description="文字识别引擎：openvino，或 paddleocr（较慢，OpenVINO 不能运行时自动改用）",
    )
    workers: PositiveInt | None = Field(
        default=None, description="文字识别进程数；默认与处理器核数相同"
    )
    page_seconds: PositiveFloat = Field(
        default=300.0, description="识别一页最多的秒数，超过即视为卡死，结束该识别进程"
    )
    child_mib: PositiveInt = Field(
        default=3072, description="识别进程占用内存超过多少 MiB 即换新；两倍为其上限"
    )
    database_url: str | None = Field(
        default=None,
        description="PostgreSQL 数据库地址（postgresql://…）；默认用结果目录中的 SQLite",
    )
    objects: str | None = Field(
        default=None,
        description="扫描件对象库：文件夹或 fsspec 地址（s3://…）；默认在结果目录的 objects 下",
    )
    delivery: Path | None = Field(
        default=None,
        description="送达设置文件（TOML）：各部门的文件夹或接收地址；不设置则不向外送达",
    )
    upload_bytes: PositiveInt = Field(
        default=100 * MEBI, description="窗口页面上传的单个文件的最大字节数"
    )
    scanner: Path | None = Field(
        default=None,
        description="高拍仪或扫描仪存放图像的文件夹，窗口页面可从中取件；按窗口名分的子文件夹优先",
    )
    counter_workers: PositiveInt | None = Field(
        default=None, description="窗口页面的文字识别进程数；默认两个，单核机器一个"
    )
    api_per_minute: PositiveInt = Field(default=600, description="接口每个令牌每分钟的最多请求数")
    proxies: str = Field(
        default="",
        description="反向代理的地址（逗号分隔）；只采信它们的 X-Forwarded-For、X-Forwarded-Proto",
    )
    claim_minutes: PositiveFloat = Field(
        default=10.0, description="复核认领的分钟数；期间无操作即自动释放"
    )
    four_eyes_rules: str = Field(
        default="", description="须两人分别判断的规则（规则号开头，逗号分隔，如 E-,X1）"
    )
    four_eyes_rate: float = Field(
        default=0.0, ge=0, le=1, description="其余判断中抽取两人复核的比例（0 至 1）"
    )
    sample_rate: float = Field(
        default=0.02, ge=0, le=1, description="无疑点的件中抽查质量的比例（0 至 1）"
    )
    office: str = Field(
        default="", max_length=60, description="受理窗口或机构的名称，印在告知书和回执上"
    )
    office_phone: str = Field(default="", max_length=60, description="咨询电话，印在告知书和回执上")
    mend_workdays: PositiveInt | None = Field(
        default=None, description="告知后补齐材料的期限（工作日），印在告知书上；默认不写期限"
    )
    limits: Limits = Field(default=Limits(), description="接收文件的上限")

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, told: str) -> str:
        """Only what is named is believed: an address or a network each, no word for all."""
        each = [one.strip() for one in told.split(",") if one.strip()]
        for one in each:
            ipaddress.ip_network(one)
        return ",".join(each)


PREFIX = "YIJIANSHI_"


def variables() -> dict[str, str]:
    """The environment variables that set something, with what they set (Chinese)."""
    found = {
        PREFIX + name.upper(): field.description or ""
        for name, field in Settings.model_fields.items()
        if name != "limits"
    }
    for name, field in Limits.model_fields.items():
        found[f"{PREFIX}LIMITS__{name.upper()}"] = field.description or ""
    return found


def _expected(kind: str, limits: Mapping[str, Any] | None) -> str:
    """What a value should be (Chinese), by pydantic's name of the fault."""
    told = limits or {}
    words = {
        "int_parsing": "应为整数",
        "int_from_float": "应为整数",
        "float_parsing": "应为数字",
        "greater_than": f"应大于 {told.get('gt')}",
        "greater_than_equal": f"应不小于 {told.get('ge')}",
        "less_than_equal": f"应不大于 {told.get('le')}",
        "string_too_long": f"最多 {told.get('max_length')} 个字",
        "literal_error": f"应为 {str(told.get('expected')).replace(' or ', ' 或 ')}",
    }
    return words.get(kind, "写法不对")


def load_settings() -> Settings:
    """The settings from the environment.

    Raises UsageError that names the variable where a value is off, or that sets nothing: a name
    that was mistyped would else be passed over in silence.
    """
    known = {*variables(), f"{PREFIX}LIMITS"}
    unknown = sorted(
        n for n in os.environ if n.upper().startswith(PREFIX) and n.upper() not in known
    )
    if unknown:
        near = [get_close_matches(name.upper(), known, n=1) for name in unknown]
        meant = "、".join(match[0] for match in near if match)
        raise UsageError(
            f"没有这样的设置：{'、'.join(unknown)}。",
            (f"您要的也许是：{meant}。" if meant else "") + "全部设置见 yijianshi doctor。",
        )
    try:
        return Settings()
    except ValidationError as error:
        wrong = "；".join(
            f"{PREFIX}{'__'.join(map(str, e['loc'])).upper()} {_expected(e['type'], e.get('ctx'))}"
            for e in error.errors()
        )
        raise UsageError(
            f"环境变量设置有误：{wrong}。",
            "请更正或取消；各项的含义见 contract.md，现值见 yijianshi doctor。",
        ) from error
    except SettingsError as error:
        raise UsageError(
            "环境变量 YIJIANSHI_LIMITS 应为 JSON，或写作 YIJIANSHI_LIMITS__PAGES=200 的形式。",
            "请更正或取消该环境变量。",
        ) from error
