"""Documents against the code: links, citations, and the lists of the contract.

What a comment cites must exist, and what the contract lists must be what the code has. Nothing here
knows where a module lies, so moves do not break it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows.cli import app
from pipeline.finding import catalogue, field_label
from pipeline.model import DocumentType, Request
from pipeline.settings import Limits, Settings
from tests.validators.test_field_names import named, printed

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ROOMS = ("pipeline", "extractors", "validators", "flows", "samples", "tests", "tools")
CODE = ("*.py", "*.toml", "*.csv", "*.html")
PAGES = (*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("*.md")))
PLANNED: set[str] = set()
"""Commands that documents may name before they are there."""

# ------------------------------------------------------------------ headings, anchors, links

_HEADING = re.compile(r"(?m)^#{1,6} +(.+?) *$")
_LINK = re.compile(r"\[[^\]\n]+\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"(?ms)^ *```.*?^ *```", "", page.read_text(encoding="utf-8"))


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def headings(page: Path) -> list[str]:
    return _HEADING.findall(prose(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_and_anchors_resolve(page: Path) -> None:
    broken = []
    for target in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, name = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (name and name not in map(anchor, headings(file))):
            broken.append(target)
    assert broken == []


def test_a_broken_link_would_be_seen() -> None:
    assert anchor("1.12 Where the guide is unclear (A1 to A40)") in map(
        anchor, headings(DOCS / "domain.md")
    )
    assert anchor("`--fix`, and *more*") == "--fix-and-more"
    assert _LINK.findall("[a](b.md#c) and [d](e)") == ["b.md#c", "e"]


# ------------------------------------------------------------------ what code cites


@cache
def sources() -> Mapping[str, str]:
    """Code and tables, by path from the root; comments over lines joined."""
    texts = {}
    for room in ROOMS:
        for pattern in CODE:
            for path in (ROOT / room).rglob(pattern):
                if path != Path(__file__):
                    text = path.read_text(encoding="utf-8")
                    texts[str(path.relative_to(ROOT))] = re.sub(r"\n *#? *", " ", text)
    return texts


_CITED = re.compile(r"\b(domain|contract|photo|design|guide|measuring|glossary)\.(md|txt)\b")
_SECTION = re.compile(r"\d+(?:\.\d+)?(?![\d.]*\d)|A\d+|X\d+|appendi(?:x|ces) [A-F](?: and [A-F])?")
_BETWEEN = re.compile(r"\s*(?:,|to|and|–|\[[A-Z][^\]]*\]|\s)\s*")


def sections_after(text: str) -> Iterator[str]:
    """The sections that a citation names, of the text behind the file's name."""
    at = 1 if text.startswith(" ") else len(text)
    while found := _SECTION.match(text, at):
        word = found[0]
        if word.startswith("append"):
            yield from (f"appendix {letter}" for letter in re.findall(r"\b[A-F]\b", word))
        else:
            yield word
        between = _BETWEEN.match(text, found.end())
        if between is None:
            return
        at = between.end()


@cache
def sections(name: str) -> frozenset[str]:
    """What of a page can be cited: numbers of headings, appendices, first cells of its tables."""
    page = DOCS / f"{name}.md"
    found = set()
    for heading in headings(page):
        if number := re.match(r"(\d+(?:\.\d+)?)\.? ", heading):
            found.add(number[1])
        if letter := re.match(r"Appendix ([A-F])\.", heading):
            found.add(f"appendix {letter[1]}")
    for cells in re.findall(r"(?m)^\| ([^|]+) \|", prose(page)):
        found |= {cell.strip(" `") for cell in cells.split(",")}
    return frozenset(found)


def citations() -> Iterator[tuple[str, str, str]]:
    """(file, page, section or "") of every citation in code and tables."""
    for path, text in sources().items():
        for found in _CITED.finditer(text):
            name = f"{found[1]}.{found[2]}"
            named_sections = list(sections_after(text[found.end() : found.end() + 80]))
            for section in named_sections or [""]:
                yield path, name, section


def test_what_code_cites_stands_in_docs() -> None:
    wrong = [
        (path, name, section)
        for path, name, section in citations()
        if not (DOCS / name).exists()
        or (section and section not in sections(name.partition(".")[0]))
    ]
    assert wrong == []


def test_citations_are_found() -> None:
    """The patterns see what they must: else the test above would pass on nothing."""
    cited = list(citations())
    assert len(cited) > 100
    assert {"1.13", "2.10", "3.9", "appendix E", "A28", "X16"} <= {s for _, _, s in cited}
    assert list(sections_after(" 2.1 to 2.7)")) == ["2.1", "2.7"]
    assert list(sections_after(" 2.1 [V 10] (x), 2.2")) == ["2.1"]
    assert list(sections_after(" appendices D and E")) == ["appendix D", "appendix E"]
    assert list(sections_after(".")) == []
    assert "9.9" not in sections("domain")


def test_every_trust_mark_of_a_source_stands_in_the_list_of_sources() -> None:
    text = (DOCS / "domain.md").read_text(encoding="utf-8")
    cited = {
        number
        for where in (text, *sources().values())
        for marks in re.findall(r"\[V ([\d, ]+)", where)
        for number in re.findall(r"\d+", marks)
    }
    listed = set()
    for cell in re.findall(r"(?m)^\| ([\d, to]+) \|", text.split("## Appendix F")[1]):
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", cell):
            listed |= {str(n) for n in range(int(first), int(last or first) + 1)}
    assert cited and cited - listed == set()


# ------------------------------------------------------------------ bases


def parts(basis: str) -> list[str]:
    return [part for part in basis.split("；") if part]


_CLAUSE = re.compile(r"([一二三四五六七八九](?:/[^：“；]+)?)(?:[：“].*)?")
_LAW = re.compile(
    r"(?:GB|GB/T|ISO/IEC|ICAO Doc) ?\d[\d-]*|中华人民共和国.+(?:法第.+条|办法)|.+办法（.+号）.*"
)


def clauses() -> frozenset[str]:
    """The keys that docs/guide.md explains."""
    text = (DOCS / "guide.md").read_text(encoding="utf-8")
    cells = (c for row in re.findall(r"(?m)^\| .*\|$", text) for c in row.split("|"))
    keys = (re.fullmatch(r" `([一二三四五六七八九][^`]*)` ", cell) for cell in cells)
    return frozenset(key[1] for key in keys if key)


def table_sources() -> Iterator[tuple[str, str]]:
    """(file, place in the guide) of every ``source`` in the rules' tables."""

    def within(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "source" and isinstance(inner, str):
                    yield inner
                else:
                    yield from within(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from within(inner)

    for path in (ROOT / "validators").rglob("*.toml"):
        for source in within(tomllib.loads(path.read_text(encoding="utf-8"))):
            for part in parts(source.removeprefix("[I] ")):
                if _CLAUSE.fullmatch(part):
                    yield path.name, part


def key_of(part: str) -> str | None:
    found = _CLAUSE.fullmatch(part)
    return found[1].rstrip() if found else None


def test_a_basis_cites_the_guide_a_law_or_a_standard() -> None:
    strange = [
        (rule, part)
        for rule, row in catalogue().items()
        for part in parts(row.basis)
        if key_of(part) not in clauses() and not _LAW.fullmatch(part)
    ]
    assert strange == []


def test_a_basis_never_names_a_file_of_ours() -> None:
    ours = re.compile(r"\.md|\.toml|\.txt|domain|contract|guide|design|photo", re.I)
    assert [r for r, row in catalogue().items() if ours.search(row.basis)] == []


def test_every_clause_that_a_table_cites_is_explained() -> None:
    cited = list(table_sources())
    assert len(cited) > 80
    assert [c for c in cited if key_of(c[1]) not in clauses()] == []


WITHOUT_BASIS = {
    "X11", "X16", "X17", "X20", "X22", "DOC-DATE", "OCR-LOW", "OCR-MISSING", "SRC-DUPLICATE",
    "SRC-TOO-LARGE", "SRC-SEVERAL", "SRC-STACK", "DEC-BACK", "DEC-UNREADABLE",
}  # fmt: skip
"""Rules that rest on no clause, law or standard: a file by itself, what can be read of it, what a
person found."""


def test_which_rules_rest_on_nothing_written_is_known() -> None:
    assert {rule for rule, row in catalogue().items() if not row.basis} == WITHOUT_BASIS


# ------------------------------------------------------------------ the contract's lists


@cache
def quoted() -> frozenset[str]:
    """Whatever stands in backticks in the contract."""
    text = prose(DOCS / "contract.md")
    return frozenset(re.findall(r"`([^`\n]+)`", text))


def test_contract_lists_every_rule_with_its_severities() -> None:
    rows = dict(
        re.findall(r"(?m)^\| `([A-Z][A-Za-z0-9.-]*)` \| ([^|]+) \|", prose(DOCS / "contract.md"))
    )
    assert {r: s for r, s in rows.items() if r in catalogue()} == {
        rule: ", ".join([f"**{row.severity}**", *row.also]) for rule, row in catalogue().items()
    }
    assert set(rows) - set(catalogue()) == set()


def test_contract_lists_every_document_type_and_field() -> None:
    assert {t.value for t in DocumentType} - quoted() == set()
    labels = tomllib.loads((ROOT / "pipeline" / "labels.toml").read_text(encoding="utf-8"))
    fields = {f for kind in printed().values() for f in kind} | {f for _, _, f in named()}
    fields |= set(labels["fields"])
    assert all(field_label(field) for field in fields)
    assert sorted(fields - quoted()) == []


def test_contract_lists_the_fields_of_each_type() -> None:
    text = prose(DOCS / "contract.md")
    rows = {name: row for name, row in re.findall(r"(?m)^\| `(\w+)` \| ([^|]+\|[^|]+)\|$", text)}
    inherited = {"temporary_id_card": "id_card", "hmt_residence_permit": "id_card"}
    lacking = [
        (kind, field)
        for kind, fields in printed().items()
        for field in sorted(fields)
        if f"`{field}`" not in rows[kind] + rows.get(inherited.get(kind, ""), "")
    ]
    assert lacking == []


def test_contract_lists_every_key_of_the_application() -> None:
    assert set(Request.model_fields) - quoted() == set()


def test_contract_lists_every_setting() -> None:
    names = {f"YIJIANSHI_{n.upper()}" for n in Settings.model_fields if n != "limits"}
    limits = {f"__{n.upper()}" for n in Limits.model_fields}
    text = " ".join(quoted())
    assert [n for n in (*names, *limits) if n not in text] == []


def commands() -> set[str]:
    groups = {group.name for group in app.registered_groups if group.name}
    return groups | {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}


def test_contract_lists_every_command() -> None:
    rows = re.findall(r"(?m)^\| `yijianshi ([a-z-]+)", prose(DOCS / "contract.md"))
    assert set(rows) - PLANNED == commands() - PLANNED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documents_name_only_commands_that_there_are(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    used = set(re.findall(r"`(?:\.venv/bin/)?yijianshi ([a-z-]+)", text))
    assert used - commands() - PLANNED == set()


def test_contract_lists_every_exit_code() -> None:
    from pipeline.errors import ExitCode

    text = prose(DOCS / "contract.md").split("### Exit codes")[1].split("###")[0]
    assert {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", text)} == set(map(int, ExitCode))
