"""A real Chromium against the real application on loopback."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"small": (1366, 768), "large": (1920, 1080)}


def chromium_path() -> str:
    """The browser that the set-up installed."""
    for name in CHROMIUM:
        path = shutil.which(name)
        if path is not None:
            return path
    raise RuntimeError("没有 Chromium：请运行 make setup，或 apt-get install chromium")


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free port of loopback; its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
        assert thread.is_alive(), "the server did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser, shared by the tests of a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(
    browser: Browser, address: str, size: tuple[int, int] = SIZES["small"]
) -> Iterator[tuple[BrowserContext, Page]]:
    """A new visitor. Fails where the page asks any other host for anything, or a script fails."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=address, locale="zh-CN"
    )
    context.set_default_timeout(60_000)
    elsewhere: list[str] = []
    broken: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:", "about:")):
            elsewhere.append(request.url)

    context.on("request", asked)
    page = context.new_page()
    page.on("pageerror", lambda error: broken.append(str(error)))
    try:
        yield context, page
    finally:
        context.close()
    assert elsewhere == [], "a page asked another host"
    assert broken == [], "a script failed"
