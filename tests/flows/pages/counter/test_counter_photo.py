"""The card photo at the counter: what was measured, and the photo mended before the clerk's eyes.
The face models are real, the portrait is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import pytest
from playwright.sync_api import expect

from flows import worker
from flows.photo_face import load_face_models
from pipeline.model import Image
from tests.flows.pages.counter.conftest import Clerk
from tests.flows.pages.counter.serving import Served
from tests.reader import NothingRead
from tests.validators.photo.portraits import draw_portrait, jpeg

pytestmark = pytest.mark.engine


@pytest.fixture
def wide_photo(tmp_path: Path) -> Path:
    """A sound portrait of the wrong size, in a file that is too small."""
    path = tmp_path / "照片.jpg"
    wide = cast(Image, cv2.resize(draw_portrait(), (537, 662)))
    path.write_bytes(jpeg(wide, quality=60))
    return path


def test_a_photo_is_shown_with_its_measures_and_mended(
    clerk: Clerk, served: Served, wide_photo: Path
) -> None:
    settings = served.counter.settings
    worker.start_with(settings, NothingRead(), load_face_models(settings))
    draft = clerk.begin("M4")
    clerk.hand_in(wide_photo)
    page = clerk.page
    paper = page.locator("#papers .paper")
    expect(paper.locator("h3")).to_have_text("制卡照片", timeout=60_000)
    expect(page.locator("#answer")).to_contain_text("358")
    expect(paper.locator("img.portrait")).to_be_visible()

    paper.get_by_role("button", name="看测量").click()
    overlay = page.locator("#viewer img")
    expect(overlay).to_be_visible()
    page.wait_for_function("document.querySelector('#viewer img').naturalWidth > 358")
    page.locator("#viewer button").click()

    paper.get_by_role("button", name="修照片").click()
    expect(page.locator("#fix-verdict")).to_contain_text("修之后：", timeout=60_000)
    expect(page.locator("#fix-done li").first).to_contain_text("已")
    page.wait_for_function("document.querySelector('#fix-after').naturalWidth === 358")
    page.get_by_role("button", name="用修好的照片").click()
    expect(page.locator("#files .name")).to_have_text(["照片（已修）.jpg"], timeout=60_000)
    expect(page.locator("#files .file:not(.busy)")).to_have_count(1, timeout=60_000)
    (file,) = served.desk.stand(served.desk.open_drafts("clerk")[0]).files
    data = served.counter.objects.local(file.file.sha256 or "").read_bytes()
    assert 60_000 <= len(data) <= 50_000
    assert ("photo-fixed", draft) in served.audited
