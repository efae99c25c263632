"""``yijianshi doctor``: what is wrong with this machine, and what to do about it."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import typer

from flows.delivery.targets import TARGET_LABELS, read_targets
from pipeline.errors import YijianshiError
from pipeline.ocr.openvino_engine import precision
from pipeline.ocr.weights import folder_of, locate, manifest, optional_lacking
from pipeline.settings import MEBI, PREFIX, Settings, cores, load_settings, variables
from validators.photo.parsing import read_parser

PYTHON = (3, 11)
PACKAGES = (
    "paddleocr",
    "paddlex",
    "onnxruntime",
    "openvino",
    "numpy",
    "pillow",
    "pi-heif",
    "pdfplumber",
    "pypdfium2",
    "filetype",
    "prefect",
    "pydantic",
    "pydantic-settings",
    "sqlalchemy",
    "structlog",
    "typer",
    "jinja2",
)
OPENCV = ("opencv-python", "opencv-contrib-python")
OPENCV_RIVALS = ("opencv-python-headless", "opencv-contrib-python-headless")
LOCK = Path(__file__).parent.parent / "requirements.lock"

WORKER_MEMORY_MB = 1000
"""What one OCR process needs: 370 MB once its models are loaded, 800 MB with an A4 page at 200
dpi (an A3 page at 600 dpi takes 1650 MB; several of those at once are rare)."""
DISK_MB = 2048
"""Model files, pictures of a day's papers and the store."""
REINSTALL = "请在项目目录运行 make setup。"

_PASSWORD = re.compile(r"(://[^:/@\s]+:)[^@\s]+(@)")
"""In an address: ``postgresql://user:password@host``."""

ComponentState = Literal["正常", "注意", "问题"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at. ``问题`` keeps the program from working, ``注意`` does not."""

    name: str
    state: ComponentState
    said: str
    cure: str = ""

    def lines(self) -> Iterator[str]:
        """As printed."""
        yield f"[{self.state}] {self.name}：{self.said}"
        if self.cure:
            yield f"       → {self.cure}"


def doctor() -> bool:
    """Print a line for each thing that was looked at; whether nothing needed is missing."""
    found = list(examine_machine())
    for diagnosis in found:
        for line in diagnosis.lines():
            typer.echo(line)
    problems = sum(d.state == "问题" for d in found)
    warnings = sum(d.state == "注意" for d in found)
    typer.echo(
        f"发现 {problems} 个问题，请按箭头所示处理后再运行 yijianshi doctor。"
        if problems
        else "可以使用。" + (f"有 {warnings} 处请留意。" if warnings else "")
    )
    return not problems


def examine_machine() -> Iterator[Diagnosis]:
    """Look at everything, one thing after the other."""
    yield check_python(sys.version_info[:3])
    yield check_packages(installed_version, locked_versions(LOCK))
    yield check_opencv(installed_version)
    try:
        settings = load_settings()
    except YijianshiError as error:
        yield Diagnosis("设置", "问题", error.message, error.hint)
        yield from list_settings(None)
        return
    yield from list_settings(settings)
    yield check_engine(settings, precision())
    yield check_weights(settings)
    if settings.face_parser is not None:
        yield check_face_parser(settings.face_parser)
    if settings.delivery is not None:
        yield check_delivery(settings.delivery)
    yield check_writable("缓存文件夹", settings.cache)
    yield check_writable("临时文件夹", Path(tempfile.gettempdir()))
    yield check_disk(settings.cache)
    yield Diagnosis("处理器", "正常", f"可用 {cores()} 核")
    yield check_memory(available_memory_mb(), settings.workers or cores())


def list_settings(settings: Settings | None) -> Iterator[Diagnosis]:
    """Every setting with its value and where that comes from; None: as the environment says it,
    where some of it is wrong. No password is shown."""
    defaults = Settings.model_construct()
    for name in variables():
        given = next((n for n in os.environ if n.upper() == name), None)
        value: object = settings or defaults
        for part in name.removeprefix(PREFIX).lower().split("__"):
            value = getattr(value, part)
        if settings is None and given:
            value = os.environ[given]
        shown = _PASSWORD.sub(r"\1***\2", str(value)) if value not in (None, "") else "未设"
        yield Diagnosis(f"设置 {name}", "正常", f"{shown}（{'环境变量' if given else '默认'}）")


def check_engine(settings: Settings, numbers: str | None) -> Diagnosis:
    """Which engine reads. ``numbers``: what OpenVINO computes with here, None where it cannot."""
    if settings.engine == "paddleocr":
        return Diagnosis("识别引擎", "正常", "PaddleOCR")
    if numbers is not None:
        return Diagnosis("识别引擎", "正常", f"OpenVINO（{numbers}）")
    return Diagnosis(
        "识别引擎",
        "注意",
        "OpenVINO 在本机不能运行，改用 PaddleOCR，识别较慢。",
        "请确认处理器支持 AVX2，并运行 make setup 重新安装 openvino。",
    )


def check_python(found: tuple[int, int, int]) -> Diagnosis:
    """Whether this is the Python that the pinned packages are for."""
    said = ".".join(map(str, found))
    if found[:2] == PYTHON:
        return Diagnosis("Python", "正常", said)
    return Diagnosis("Python", "问题", said, "请安装 Python 3.11，删除 .venv 后运行 make setup。")


Versions = Callable[[str], str | None]


def check_packages(installed: Versions, locked: dict[str, str]) -> Diagnosis:
    """Whether the packages are there, in the versions that were tested together."""
    missing = [name for name in PACKAGES if installed(name) is None]
    if missing:
        return Diagnosis("软件包", "问题", f"未安装 {'、'.join(missing)}", REINSTALL)
    other = [
        f"{name} {installed(name)}（应为 {locked[name]}）"
        for name in PACKAGES
        if name in locked and installed(name) != locked[name]
    ]
    if other:
        return Diagnosis("软件包", "注意", f"版本与锁定的不同：{'、'.join(other)}", REINSTALL)
    return Diagnosis("软件包", "正常", f"{len(PACKAGES)} 个主要软件包齐全")


def check_opencv(installed: Versions) -> Diagnosis:
    """Whether the OpenCV builds, which all install the same folder, are of one mind."""
    found = {name: installed(name) for name in OPENCV}
    cure = (
        "请运行 python -m pip uninstall -y "
        f"{' '.join((*OPENCV, *OPENCV_RIVALS))}，再删除 .venv/.ready 并运行 make setup。"
    )
    rivals = [name for name in OPENCV_RIVALS if installed(name) is not None]
    if rivals:
        return Diagnosis("OpenCV", "问题", f"{'、'.join(rivals)} 与所需版本互相覆盖", cure)
    if None in found.values():
        missing = "、".join(name for name, there in found.items() if there is None)
        return Diagnosis("OpenCV", "问题", f"未安装 {missing}", cure)
    if len(set(found.values())) > 1:
        said = "、".join(f"{name} {there}" for name, there in found.items())
        return Diagnosis("OpenCV", "问题", f"{said}：版本不一致，文件互相覆盖", cure)
    return Diagnosis("OpenCV", "正常", str(found[OPENCV[0]]))


def check_weights(settings: Settings) -> Diagnosis:
    """Whether the model files are there and unaltered."""
    try:
        locate(settings)
    except YijianshiError as error:
        return Diagnosis("模型文件", "问题", error.message, error.hint)
    if lacking := optional_lacking(settings):
        said = (
            f"可用，但缺少或被改动：{lacking}。识别照常，生僻字的疑问会多一些，或照片上的手不检查"
        )
        return Diagnosis("模型文件", "注意", said, "运行 yijianshi weights 获取")
    count = len(manifest().file)
    return Diagnosis("模型文件", "正常", f"{count} 个，已校验（{folder_of(settings)}）")


def check_face_parser(card: Path) -> Diagnosis:
    """Whether the operator's face-parsing model can be used."""
    try:
        read_parser(card)
    except YijianshiError as error:
        return Diagnosis("人脸分区模型", "问题", error.message, error.hint)
    return Diagnosis("人脸分区模型", "正常", str(card))


def check_delivery(file: Path) -> Diagnosis:
    """Whether the delivery file can be used, and its folders are there. Nothing is sent."""
    try:
        targets = read_targets(file).by_name
    except YijianshiError as error:
        return Diagnosis("送达设置", "问题", error.message, error.hint)
    folders = [f for one in targets.values() for f in (one.folder, one.results) if f is not None]
    away = [str(folder) for folder in folders if not folder.is_dir()]
    if away:
        said = f"找不到文件夹：{'、'.join(away)}"
        return Diagnosis("送达设置", "注意", said, "请检查网络共享是否已挂载；恢复后自动送达。")
    listed = "、".join(TARGET_LABELS[name] for name in targets) or "没有送达对象"
    return Diagnosis("送达设置", "正常", f"{listed}（{file}）")


def check_writable(name: str, folder: Path) -> Diagnosis:
    """Whether files can be made in the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return Diagnosis(
            name,
            "问题",
            f"不可写：{folder}",
            "请检查权限和磁盘空间，或用环境变量 YIJIANSHI_CACHE（缓存）、TMPDIR（临时）另行指定。",
        )
    return Diagnosis(name, "正常", str(folder))


def check_disk(folder: Path) -> Diagnosis:
    """Whether there is room on the disk that holds the cache."""
    there = next((p for p in (folder, *folder.parents) if p.exists()), Path.cwd())
    free_mb = shutil.disk_usage(there).free // MEBI
    if free_mb < DISK_MB:
        return Diagnosis(
            "磁盘空间", "注意", f"剩余 {free_mb} MB", f"请清理磁盘，建议至少留出 {DISK_MB} MB。"
        )
    return Diagnosis("磁盘空间", "正常", f"剩余 {free_mb // 1024} GB")


def check_memory(free_mb: int | None, workers: int) -> Diagnosis:
    """Whether as many OCR processes as there would be fit into memory."""
    if free_mb is None:
        return Diagnosis("内存", "注意", "无法得知可用内存", "如运行中断，请用 --workers 1。")
    fitting = free_mb // WORKER_MEMORY_MB
    if fitting < 1:
        return Diagnosis(
            "内存",
            "注意",
            f"可用 {free_mb} MB，可能不足以识别大幅扫描件",
            f"请关闭其他程序，建议至少有 {WORKER_MEMORY_MB} MB 可用内存。",
        )
    if fitting < workers:
        return Diagnosis(
            "内存",
            "注意",
            f"可用 {free_mb} MB，少于 {workers} 个识别进程所需",
            f"请用 --workers {fitting}，或设置 YIJIANSHI_WORKERS={fitting}。",
        )
    return Diagnosis("内存", "正常", f"可用 {free_mb} MB，够 {workers} 个识别进程使用")


def installed_version(name: str) -> str | None:
    """The version of an installed package, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def locked_versions(lock: Path) -> dict[str, str]:
    """The pins of a lock file; none where there is no such file."""
    try:
        text = lock.read_text(encoding="utf-8")
    except OSError:
        return {}
    pins = (line.split(";")[0].strip().partition("==") for line in text.splitlines())
    return {name: pinned for name, equals, pinned in pins if equals}


def available_memory_mb() -> int | None:
    """Memory that can still be taken: the machine's, or the container's where that is less."""
    figures = []
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                figures.append(int(line.split()[1]) // 1024)
    except (OSError, ValueError):
        return None
    try:
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        used = int((group / "memory.current").read_text(encoding="ascii"))
        figures.append((limit - used) // MEBI)
    except (OSError, ValueError):
        pass  # no container, or one without a limit ("max")
    return min(figures, default=None)
