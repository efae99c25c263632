"""The clerk's way in a real browser: from the first click to the printed sheet and the case."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from pipeline.model import Document
from pipeline.record import Record
from pipeline.status import Status
from tests.flows.desk.conftest import eventually
from tests.flows.pages.counter.conftest import Clerk
from tests.flows.pages.counter.serving import Served
from tests.validators.applications import ORDER, booklet, card, form
from tests.validators.papers_made import NAME

PADDING = 7_000_000
"""Bytes behind a scan that make it several pieces; a JPEG ends before them."""


def full_form() -> Document:
    """The application form with everything that M3 asks, so that nothing need be typed."""
    asked = {name: value for name, value in ORDER.items() if name not in ("channel", "accepted_on")}
    written = {n: str(v).lower() if isinstance(v, bool) else v for n, v in asked.items()}
    return form(**written, matters="M3")


def check_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    told = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]
    assert [row for row, v in zip(told, found, strict=True) if v["impact"] in BAD] == []


BAD = ("serious", "critical")


def test_from_files_to_the_printed_notice_and_the_case(clerk: Clerk, served: Served) -> None:
    scans = served.counter.scans
    draft = clerk.begin("M2", "M3")
    page = clerk.page
    expect(page.locator("#conflicts .alert")).to_contain_text("只能选一项")
    check_accessible(page)
    page.get_by_role("button", name="只办“灵活就业人员养老保险登记”").click()
    expect(page.locator("#conflicts .alert")).to_have_count(0)
    expect(page.locator("#guide")).to_contain_text("申请表")
    expect(page.locator("#guide")).not_to_contain_text("户口簿")
    expect(page.locator("input[value=M2]")).not_to_be_checked()

    clerk.hand_in(scans.scan("身份证.jpg", card()))
    clerk.wait_for("incomplete")
    assert clerk.sentence.startswith("还差灵活就业参保“一件事”申请表")
    expect(page.locator("#papers h3")).to_have_text(["居民身份证"])
    check_accessible(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="打印一次性告知书").click()
    notice = opened.value
    notice.wait_for_load_state()
    expect(notice.locator("h1")).to_have_text("一次性告知书")
    expect(notice.locator("body")).to_contain_text("申请表")
    assert len(notice.pdf(format="A4")) > 1000
    notice.close()

    clerk.hand_in(scans.scan("申请表.jpg", full_form(), number=2))
    clerk.wait_for("ready")
    assert clerk.sentence == "可以受理：材料齐全"
    assert served.counter.pool.read == ["身份证.jpg", "申请表.jpg"]
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="打印受理回执").click()
    receipt = opened.value
    receipt.wait_for_load_state()
    expect(receipt.locator("body")).to_contain_text(draft)
    expect(receipt.locator("body")).not_to_contain_text(NAME)
    receipt.close()

    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_have_text("已提交")
    check_accessible(page)
    row = served.counter.store.find_case(draft)
    assert row is not None
    assert Record.from_json(row.record or "").status == Status.READY
    assert ("submitted", draft) in served.audited


def test_an_upload_broken_off_by_a_stopped_server_goes_on(clerk: Clerk, served: Served) -> None:
    clerk.begin("M3")
    scan = served.counter.scans.scan("身份证.jpg", card(), padding=PADDING)
    sent: list[int] = []

    def piece(route: Route) -> None:
        sent.append(int(route.request.headers["upload-offset"]))
        if len(sent) == 3:
            served.stop()
            served.restart()
            route.abort()
        else:
            route.continue_()

    def any_request(route: Route) -> None:
        piece(route) if route.request.method == "PATCH" else route.continue_()

    clerk.page.route("**/files/*", any_request)
    clerk.hand_in(scan)
    clerk.wait_for("incomplete")
    size = scan.stat().st_size
    assert sent[3] == sent[2] > 0  # begun again where it stopped
    assert sent[3:] == sorted(set(sent[3:]))
    (file,) = served.desk.stand(served.desk.open_drafts("clerk")[0]).files
    assert file.file.size_bytes == size
    expect(clerk.page.locator("#line")).to_have_text("已连接")  # the news came back by themselves
    clerk.hand_in(served.counter.scans.scan("申请表.jpg", full_form(), number=2))
    clerk.wait_for("ready")


def test_ten_uploads_at_once(clerk: Clerk, served: Served) -> None:
    clerk.begin("M3")
    scans = [served.counter.scans.scan(f"{n}.jpg", card(), number=n) for n in range(10)]
    clerk.hand_in(*scans)
    page = clerk.page
    expect(page.locator("#files .file:not(.busy)")).to_have_count(10, timeout=60_000)
    expect(page.locator("#uploads li")).to_have_count(0)
    clerk.wait_for("incomplete")


def test_a_zip_is_looked_into(clerk: Clerk, served: Served, tmp_path: Path) -> None:
    """As an applicant brings it on a stick: the papers in it are read, what is none is said of."""
    draft = clerk.begin("M3")
    scans = served.counter.scans
    folder = scans.scan("身份证.jpg", card()), scans.scan("申请表.jpg", full_form(), number=2)
    zipped = tmp_path / "韦小芳.zip"
    with ZipFile(zipped, "w") as archive:
        for path in folder:
            archive.write(path, f"材料/{path.name}")
        archive.write(folder[0], "../../x.jpg")
        archive.writestr("说明.txt", "请先看申请表")
    clerk.hand_in(zipped)
    clerk.wait_for("incomplete")  # what is none of the papers is not passed over
    page = clerk.page
    expect(page.locator("#files .file")).to_have_count(1)
    told = page.locator("#files .fault .state")
    for words in ("x.jpg”无法读取", "说明.txt”无法读取", "读到：申请表、居民身份证。"):
        expect(told).to_contain_text(words)
    expect(page.locator("#papers h3")).to_have_text(["申请表", "居民身份证"])
    page.locator("#papers").get_by_role("button", name="打开内容").first.click()
    expect(page.locator("#papers .edit").first).to_be_attached()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_have_text("已提交")
    row = served.counter.store.find_case(draft)
    assert row is not None
    record = Record.from_json(row.record or "")
    assert {d.type for d in record.documents} == {"id_card", "application_form"}
    files = {page.file.rpartition("/")[2] for d in record.documents for page in d.pages}
    assert files == {"身份证.jpg", "申请表.jpg"}
    assert not (tmp_path.parent / "x.jpg").exists()


def test_two_hundred_megabytes_are_refused_before_they_are_sent(
    clerk: Clerk, served: Served, tmp_path: Path
) -> None:
    clerk.begin("M3")
    large = tmp_path / "全部材料.pdf"
    with large.open("wb") as out:
        out.truncate(200_000_000)
    pieces: list[str] = []
    clerk.page.on("request", lambda r: pieces.append(r.method) if r.method == "PATCH" else None)
    clerk.hand_in(large)
    failed = clerk.page.locator("#uploads .failed")
    expect(failed).to_contain_text("“全部材料.pdf”有 191 MB，超过单个文件 100 MB 的上限")
    expect(failed).to_contain_text("300 dpi")
    assert pieces == []
    expect(clerk.page.locator("#files .file")).to_have_count(0)


def test_hostile_files_run_nothing(clerk: Clerk, served: Served, tmp_path: Path) -> None:
    draft = clerk.begin("M3")
    svg = tmp_path / "a.svg"
    svg.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>window.ran=1</script></svg>")
    named = served.counter.scans.scan("<img src=x onerror=window.ran=1>.jpg", card())
    clerk.hand_in(svg, named)
    page = clerk.page
    expect(page.locator("#files .file:not(.busy)")).to_have_count(2, timeout=60_000)
    expect(page.locator("#files .fault")).to_contain_text("a.svg")
    expect(page.locator("#files")).to_contain_text("<img src=x onerror=window.ran=1>.jpg")
    assert page.evaluate("window.ran") is None
    page.goto(f"{served.url}/counter/{draft}/notice")
    assert page.evaluate("window.ran") is None


def test_masked_values_are_opened_on_purpose_and_it_is_written_down(
    clerk: Clerk, served: Served
) -> None:
    draft = clerk.begin("M3")
    clerk.hand_in(served.counter.scans.scan("身份证.jpg", card()))
    clerk.wait_for("incomplete")
    page = clerk.page
    assert NAME not in page.content()
    key = page.get_attribute("#papers .paper", "data-paper")
    crop = f"{served.url}/counter/{draft}/papers/{key}/fields/name"
    for hidden in (crop, crop.replace("fields/name", "pages/0/large")):
        assert page.request.get(hidden).status == 403
    assert page.request.get(crop.replace("fields/name", "fields/sex")).status == 200
    page.get_by_role("button", name="打开内容").click()
    expect(page.locator("#papers")).to_contain_text(NAME)
    assert page.request.get(crop).status == 200
    assert [row for row in served.audited if row[0] == "open-values"] == [("open-values", draft)]
    page.get_by_role("button", name="看原图").click()
    expect(page.locator("#viewer img")).to_be_visible()
    check_accessible(page)


def test_a_value_is_corrected_and_the_answer_follows(clerk: Clerk, served: Served) -> None:
    clerk.begin("M3")
    scans = served.counter.scans
    clerk.hand_in(
        scans.scan("身份证.jpg", card(name="韦小方")), scans.scan("表.jpg", full_form(), number=2)
    )
    clerk.wait_for("review")
    page = clerk.page
    paper = page.locator(".paper", has=page.get_by_role("heading", name="居民身份证"))
    paper.get_by_role("button", name="打开内容").click()
    row = paper.locator(".value", has_text="姓名").first
    row.locator("summary").click()
    row.locator("input[name=value]").fill(NAME)
    row.locator("input[name=value]").press("Enter")
    clerk.wait_for("ready")
    expect(paper.locator(".value", has_text="姓名").first).to_contain_text("人工")
    page.get_by_role("button", name="撤销上一步").click()
    clerk.wait_for("review")


def test_a_strangers_paper_is_put_aside(clerk: Clerk, served: Served) -> None:
    clerk.begin("M3")
    scans = served.counter.scans
    stranger = card(name="黄大勇", id_number="450103198501019012")
    clerk.hand_in(
        scans.scan("身份证.jpg", card()),
        scans.scan("表.jpg", full_form(), number=2),
        scans.scan("别人.jpg", stranger, number=3),
    )
    page = clerk.page
    expect(page.locator("#papers .paper")).to_have_count(3, timeout=60_000)
    expect(page.locator("#files .busy")).to_have_count(0)
    before = page.get_attribute("#answer", "data-state")
    assert before != "ready"
    paper = page.locator(".paper", has_text="别人.jpg")
    paper.locator("summary", has_text="认错了").click()
    paper.get_by_role("button", name="是别人的，不计入").click()
    clerk.wait_for("ready")
    expect(page.locator("#papers .paper")).to_have_count(2)


def test_a_second_tab_sees_what_happens_in_the_first(clerk: Clerk, served: Served) -> None:
    draft = clerk.begin("M3")
    other = clerk.page.context.new_page()
    other.goto(clerk.page.url)
    clerk.hand_in(served.counter.scans.scan("身份证.jpg", card()))
    expect(other.locator("#papers h3")).to_have_text(["居民身份证"], timeout=60_000)
    clerk.hand_in(served.counter.scans.scan("申请表.jpg", full_form(), number=2))
    clerk.wait_for("ready")
    file = clerk.page.get_attribute("#files .file", "data-file")
    clerk.page.get_by_role("button", name="提交").click()
    expect(clerk.page.locator("h1")).to_have_text("已提交")
    expect(other.locator("h1")).to_have_text("已提交", timeout=60_000)
    late = other.request.delete(f"{served.url}/counter/{draft}/files/{file}")
    assert (late.status, "已提交" in late.text()) == (409, True)
    other.close()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (820, 1180)])
def test_nothing_is_wider_than_the_screen(
    clerk: Clerk, served: Served, size: tuple[int, int]
) -> None:
    page = clerk.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    clerk.begin("M2", "M5", "M8")
    clerk.hand_in(
        served.counter.scans.scan("户口簿.jpg", booklet()),
        served.counter.scans.scan("身份证.jpg", card(), number=2),
    )
    expect(page.locator("#papers .paper")).to_have_count(2, timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    check_accessible(page)


def test_the_news_go_on_by_number(clerk: Clerk, served: Served) -> None:
    draft = clerk.begin("M3")
    clerk.hand_in(served.counter.scans.scan("身份证.jpg", card()))
    clerk.wait_for("incomplete")
    events = eventually(
        lambda: served.desk.events(draft, 0), lambda found: found[-1].kind == "read"
    )
    last = events[-2].id
    text = clerk.page.evaluate(
        """async ([path, last]) => {
          const stop = new AbortController();
          const got = await fetch(path, {headers: {"Last-Event-ID": last}, signal: stop.signal});
          const reader = got.body.getReader(); let text = "";
          while (!/\\n\\n.*\\n\\n/s.test(text)) {
            text += new TextDecoder().decode((await reader.read()).value);
          }
          stop.abort(); return text;
        }""",
        [f"/counter/{draft}/events?after=0", str(last)],
    )
    assert re.findall(r"^id: (\d+)$", text, re.MULTILINE) == [str(events[-1].id)]
