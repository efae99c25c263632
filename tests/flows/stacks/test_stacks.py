"""Stacks: separators as they are printed, scanned and found again, and what they part."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image as Pillow
from PIL import ImageDraw
from typer.testing import CliRunner

from extractors.application_form.printed.geometry import load_form
from flows.cli import app, run_command
from flows.form_print import print_form
from flows.outputs import prepare
from flows.progress import Progress
from flows.stacks.parts import Begun, Parts, told_apart
from flows.stacks.separators import Seen, codes_of, print_separators
from flows.stacks.unstack import UNFINISHED, unstack
from pipeline.errors import InputError
from pipeline.finding import Severity
from pipeline.intake.images import to_bgr
from pipeline.intake.inbox import list_inbox
from pipeline.model import Image
from pipeline.record import Record
from pipeline.settings import Limits, Settings
from pipeline.store.cases import Store, waiting_cases
from tests.flows.fake_reading import fake_reader, inline_batch

pytestmark = pytest.mark.drawn

A4_PX = (827, 1169)  # at 100 dpi


def rendered(pdf: bytes, page: int = 0, dpi: int = 100) -> Pillow.Image:
    with pdfium.PdfDocument(pdf) as document:
        picture: Pillow.Image = document[page].render(scale=dpi / 72).to_pil()
        return picture.convert("RGB")


def separator(number: int) -> Pillow.Image:
    return rendered(print_separators(1, first=number))


def form_page() -> Pillow.Image:
    form = load_form()
    assert form is not None
    return rendered(print_form(form, form.page[:1]))


def written(word: str) -> Pillow.Image:
    """A page with a word on it, and some print that no two pages share."""
    page = Pillow.new("RGB", A4_PX, "white")
    draw = ImageDraw.Draw(page)
    for row in range(8):
        draw.text((120, 120 + 60 * row), f"{word} {row} " * 6, fill="black")
    return page


def blank() -> Pillow.Image:
    return Pillow.new("RGB", A4_PX, (250, 250, 248))


def pixels(page: Pillow.Image) -> Image:
    return to_bgr(page)


def as_pdf(pages: list[Pillow.Image], path: Path) -> Path:
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=100)
    return path


# ------------------------------------------------------------------ finding separators


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 3, -7])
def test_a_separator_is_found_whichever_way_it_lies(angle: int) -> None:
    page = separator(37).rotate(angle, expand=True, fillcolor="white")
    assert codes_of(pixels(page)) == Seen(separator=37)


def test_one_whole_code_of_five_is_enough() -> None:
    page = separator(8)
    ImageDraw.Draw(page).rectangle((0, 0, A4_PX[0], 880), fill="white")
    ImageDraw.Draw(page).rectangle((0, 0, 420, A4_PX[1]), fill="white")
    assert codes_of(pixels(page)) == Seen(separator=8)


def test_codes_that_are_seen_and_cannot_be_read_part_all_the_same() -> None:
    page = separator(8)
    draw = ImageDraw.Draw(page)
    for x, y in ((59, 59), (571, 59), (315, 748), (59, 913), (571, 913)):
        draw.rectangle((x + 65, y + 65, x + 190, y + 190), fill="white")  # their corners stand
    assert codes_of(pixels(page)) == Seen(separator=0)


def test_other_pages_are_none() -> None:
    assert codes_of(pixels(written("x"))) == Seen()
    assert codes_of(pixels(blank())) == Seen()
    assert codes_of(pixels(form_page())) == Seen(is_form=True)


def test_the_pages_of_a_print_run_are_numbered() -> None:
    pdf = print_separators(3, first=9)
    assert [codes_of(pixels(rendered(pdf, at))).separator for at in range(3)] == [9, 10, 11]
    assert print_separators(3, first=9) == pdf


# ------------------------------------------------------------------ what belongs together


def parted(pages: str) -> list[str]:
    """Pages by letter: S a separator, B a broken one, F a form, _ a blank one."""
    kinds = {"S": Seen(separator=1), "B": Seen(separator=0), "F": Seen(is_form=True)}
    parts: Parts[str] = told_apart((p, kinds.get(p, Seen()), p == "_") for p in pages)
    return [f"{part.begun.value}:{''.join(part.pages)}" for part in parts.done()]


@pytest.mark.parametrize(
    ("pages", "parts"),
    [
        ("SabSc", ["separator:ab", "separator:c"]),
        ("abSc", ["nothing:ab", "separator:c"]),
        ("SSaSb", ["separator:a", "separator:b"]),
        ("S_S_a_b_", ["separator:ab"]),
        ("SaBb", ["separator:a", "broken:b"]),
        ("SaFbFc", ["separator:aFb", "form:Fc"]),
        ("FaFb", ["nothing:Fa", "form:Fb"]),
        ("aFbFc", ["nothing:a", "form:Fb", "form:Fc"]),
        ("SaSFb", ["separator:a", "separator:Fb"]),
        ("abc", ["nothing:abc"]),
        ("Sa S".replace(" ", ""), ["separator:a"]),
        ("____", []),
        ("SBS", []),
        ("", []),
    ],
)
def test_pages_belong_to_the_separator_before_them(pages: str, parts: list[str]) -> None:
    assert parted(pages) == parts


def test_doubled_separators_are_counted() -> None:
    kinds = [("s", Seen(separator=1), False)] * 3 + [("a", Seen(), False)]
    assert told_apart(kinds).doubled == 2


# ------------------------------------------------------------------ whole stacks


def stack_pages() -> list[Pillow.Image]:
    return [
        separator(1), written("甲 one"), blank(), written("甲 two"), blank(),
        separator(2).rotate(180), separator(3), written("乙 one"),
        separator(4), form_page(), written("丙 one"), form_page(), written("丁 one"),
    ]  # fmt: skip


def make(kind: str, to: Path) -> Path:
    pages = stack_pages()
    if kind == "pdf":
        return as_pdf(pages, to / "0612.pdf")
    if kind == "tiff":
        path = to / "0612.tif"
        pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_lzw")
        return path
    folder = to / "0612"
    folder.mkdir()
    for at, page in enumerate(pages, start=1):
        page.save(folder / f"scan{at}.png")
    return folder


@pytest.mark.parametrize("kind", ["pdf", pytest.param("tiff", marks=pytest.mark.long), "folder"])
def test_a_stack_becomes_the_cases_of_an_inbox(kind: str, tmp_path: Path) -> None:
    stack, inbox = make(kind, tmp_path), tmp_path / "inbox"
    done = unstack(stack, inbox, Limits())
    assert [(f.name, begun, n) for f, begun, n in done.folders] == [
        ("0612-001", Begun.SEPARATOR, 2),
        ("0612-002", Begun.SEPARATOR, 1),
        ("0612-003", Begun.SEPARATOR, 2),
        ("0612-004", Begun.FORM, 2),
    ]
    assert (done.separators, done.doubled, done.blank, done.unread) == (4, 1, 2, [])
    assert [case.case_id for case in list_inbox(inbox).cases] == [f.name for f, *_ in done.folders]
    assert not list(inbox.glob(f"{UNFINISHED}*"))
    assert stack.exists()


@pytest.mark.long
def test_a_page_is_kept_as_it_was(tmp_path: Path) -> None:
    done = unstack(make("folder", tmp_path), tmp_path / "inbox", Limits())
    kept = (done.folders[0][0] / "002.png").read_bytes()
    assert kept == (tmp_path / "0612" / "scan4.png").read_bytes()
    done = unstack(make("tiff", tmp_path), tmp_path / "other", Limits())
    frame = Pillow.open(done.folders[0][0] / "002.tif").convert("RGB")
    assert np.array_equal(np.asarray(frame), np.asarray(written("甲 two")))
    done = unstack(make("pdf", tmp_path), tmp_path / "third", Limits())
    single = (done.folders[0][0] / "002.pdf").read_bytes()
    with pdfium.PdfDocument(single) as document:
        assert len(document) == 1
    whole = (tmp_path / "0612.pdf").read_bytes()
    assert np.array_equal(np.asarray(rendered(single)), np.asarray(rendered(whole, 3)))


def test_the_same_stack_again_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    stack, inbox = make("folder", tmp_path), tmp_path / "inbox"
    unstack(stack, inbox, Limits())
    before = sorted(inbox.rglob("*"))
    with pytest.raises(InputError, match="已有这一叠"):
        unstack(stack, inbox, Limits())
    assert sorted(inbox.rglob("*")) == before


def test_what_cannot_be_read_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    stack = make("folder", tmp_path)
    (stack / "scan8.png").write_bytes(b"\x89PNG broken")
    done = unstack(stack, tmp_path / "inbox", Limits())
    assert [found.file for found in done.unread] == ["scan8.png"]
    assert len(done.folders) == 3  # 乙 has no page left
    assert "未收：文件“scan8.png”无法读取" in "\n".join(done.lines())


def test_commands_print_sheets_and_tell_a_stack_apart(tmp_path: Path) -> None:
    sheets = tmp_path / "分隔页.pdf"
    result = CliRunner().invoke(app, ["separators", "2", str(sheets), "--first", "5"])
    assert result.exit_code == 0
    assert "2 张，5 至 6 号" in result.output
    assert codes_of(pixels(rendered(sheets.read_bytes(), 1))).separator == 6
    stack = make("folder", tmp_path)
    result = CliRunner().invoke(app, ["unstack", str(stack), "--to", str(tmp_path / "inbox")])
    assert result.exit_code == 0
    assert "分成 4 件，共 7 页；分隔页 4 张，空白页 2 页未收。" in result.output
    assert "0612-004：2 页（前面没有分隔页，从申请表起算另一件，请核对）" in result.output
    assert "有 1 张分隔页后面没有材料，请看是否漏扫。" in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["separators", "2", "x.docx"], 2, "不是 PDF 文件名"),
        (["unstack", "nowhere.pdf", "--to", "inbox"], 3, "找不到"),
    ],
)
def test_mistakes_are_told(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments) == code
    assert words in capsys.readouterr().err


def test_a_stack_that_is_no_scan_makes_no_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = tmp_path / "a.txt"
    letter.write_text("hello")
    assert run_command(["unstack", str(letter), "--to", str(tmp_path / "inbox")]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "没有分出任何一件申请" in said.err
    assert list((tmp_path / "inbox").iterdir()) == []


# ------------------------------------------------------------------ taken in by themselves


@pytest.fixture
def run_out(tmp_path: Path) -> Path:
    prepare(tmp_path / "out")
    return tmp_path / "out"


def run_once(inbox: Path, out: Path) -> dict[str, str]:
    """One run over an inbox with an engine that sees nothing; states by case."""
    store, settings = Store(out / "yijianshi.sqlite"), Settings()
    with fake_reader(settings, out / "models", store) as reader, Progress("-", 1) as progress:
        batch = inline_batch(inbox, out, settings, store, reader, progress, date(2026, 11, 23))
        for case_id in batch.take_in(1):
            batch.process(case_id)
        assert batch.ids == {row.case_id for row in store.read_cases()}
        return {case_id: ended.value for case_id, ended in batch.ended.items()}


PARTS = [f"0612-00{n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("kind", ["pdf", pytest.param("tiff", marks=pytest.mark.long)])
def test_a_stack_in_an_inbox_becomes_its_cases_once(
    kind: str, tmp_path: Path, run_out: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    make(kind, inbox)
    assert run_once(inbox, run_out) == dict.fromkeys(PARTS, "done")
    assert run_once(inbox, run_out) == dict.fromkeys(PARTS, "resumed")
    with Store(run_out / "yijianshi.sqlite") as store:
        records = {row.case_id: Record.from_json(row.record or "") for row in store.read_cases()}
    looked_at = {
        case_id: [found.message for found in record.findings if found.rule == "SRC-STACK"]
        for case_id, record in records.items()
    }
    assert [len(looked_at[part]) for part in PARTS] == [0, 0, 0, 1]
    assert "0612" in looked_at["0612-004"][0] and "没有分隔页" in looked_at["0612-004"][0]
    files = {page.file for doc in records["0612-001"].documents for page in doc.pages}
    assert len(files) == 2, "a blank back is no page of the case"


def test_pages_before_the_first_separator_are_a_case_for_review(
    tmp_path: Path, run_out: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    as_pdf([written("top"), separator(1), written("a")], inbox / "s.pdf")
    assert run_once(inbox, run_out) == {"s-001": "done", "s-002": "done"}
    with Store(run_out / "yijianshi.sqlite") as store:
        first, second = (Record.from_json(row.record or "") for row in store.read_cases())
    (found,) = [f for f in first.findings if f.rule == "SRC-STACK"]
    assert found.severity == Severity.REVIEW and "第一张分隔页之前" in found.message
    assert "SRC-STACK" not in {f.rule for f in second.findings}


def test_a_file_without_separators_is_one_case(tmp_path: Path, run_out: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    as_pdf([written("a"), blank(), form_page()], inbox / "a.pdf")
    as_pdf([separator(1), separator(2)], inbox / "only.pdf")
    assert run_once(inbox, run_out) == {"a": "done", "only": "done"}


def test_what_cannot_be_read_of_a_stack_is_told_with_the_case_it_lies_in(tmp_path: Path) -> None:
    stack = make("folder", tmp_path)
    for broken in ("scan4.png", "scan8.png"):
        (stack / broken).write_bytes(b"\x89PNG broken")
    done = unstack(stack, tmp_path / "inbox", Limits())
    told = {f.name: [one.file for one in unread] for (f, *_), unread in
            zip(done.folders, done.of_folder, strict=True)}  # fmt: skip
    assert told == {"0612-001": ["scan4.png", "scan8.png"], "0612-002": [], "0612-003": []}


def test_a_service_takes_a_stack_in_and_goes_on_meanwhile(tmp_path: Path) -> None:
    from tests.flows.service.test_serve import Served

    served = Served(tmp_path)
    as_pdf([separator(1), written("a"), separator(2), written("b")], served.inbox / "s.pdf")
    called: list[int] = []
    served.service.taking.meanwhile = lambda: called.append(1)
    assert served.rounds() == {"s-001": "done", "s-002": "done"}
    assert [p.name for p in (served.inbox / "taken").iterdir()] == ["s.pdf"]
    assert any("分成 2 件" in words for words in served.said)
    as_pdf([separator(1), written("a"), separator(2), written("b")], served.inbox / "s.pdf")
    served.rounds()
    with served.store.snapshot() as connection:
        assert len(waiting_cases(connection, 9)) == 0


def test_a_person_divides_a_stack_otherwise(
    tmp_path: Path, run_out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    make("pdf", inbox)
    run_once(inbox, run_out)
    to = ["--out", str(run_out)]
    assert run_command(["join", "0612-003", "0612-004", *to]) == 0
    assert "2 个文件并入 0612-003" in capsys.readouterr().out
    assert run_command(["split", "0612-001", "002.pdf", *to]) == 0
    assert "另立案件 0612-001-2" in capsys.readouterr().out
    ended = run_once(inbox, run_out)
    assert ended == {
        "0612-001": "done", "0612-001-2": "done", "0612-002": "resumed",
        "0612-003": "done", "0612-004": "resumed",
    }  # fmt: skip
    assert {path.stem for path in (run_out / "records").iterdir()} == ended.keys() - {"0612-004"}
    record = Record.from_json((run_out / "records" / "0612-003.json").read_text("utf-8"))
    assert len({page.file for doc in record.documents for page in doc.pages}) == 4
    assert run_command(["split", "0612-001-2", "002.pdf", *to]) == 3
    assert "也须留下一部分" in capsys.readouterr().err
    assert run_command(["doctor", "--case", "0612-004", *to]) == 0
    assert "已并入另一件" in capsys.readouterr().out
