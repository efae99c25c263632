"""The directions of the house: each contract of pyproject.toml is kept, and fails when breached."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.contract import Contract

configure()

ROOT = Path(__file__).parents[1]
KINDS: dict[str, type[Contract]] = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "protected": ProtectedContract,
}
BREACHES = {
    "the house": ("pipeline.model", "validators.checks"),
    "inside pipeline": ("pipeline.layout.piece", "pipeline.quality.limits"),
    "inside extractors": ("extractors.labelled.forms", "extractors.cards.travel_permits"),
    "inside validators": ("validators.person.kinds", "validators.guide.guide"),
    "inside flows": ("flows.files", "flows.batch"),
    "specimens": ("flows.batch", "samples.persons"),
    "one public name": ("extractors.cards.travel_permits", "pipeline.sheets.find"),
    "only flows imports prefect": ("pipeline.steps", "prefect"),
    "only the store": ("pipeline.evidence.doubts", "sqlalchemy"),
    "only the engine": ("pipeline.evidence.doubts", "paddleocr"),
    "only intake": ("validators.papers.scans", "pypdfium2"),
}
"""An import that each contract forbids, by the first words of its name: (importer, imported)."""


@cache
def options() -> dict[str, Any]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    linter: dict[str, Any] = table["tool"]["importlinter"]
    return linter


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        *options()["root_packages"], include_external_packages=True, cache_dir=None
    )


def contracts() -> list[Any]:
    found: list[Any] = options()["contracts"]
    return found


def is_kept(row: dict[str, Any], imports: grimp.ImportGraph) -> bool:
    session = {key: _as_read(value) for key, value in options().items() if key != "contracts"}
    own = {key: _as_read(value) for key, value in row.items() if key not in ("name", "type")}
    contract = KINDS[row["type"]](row["name"], session, own)
    return contract.check(imports, verbose=False).kept


def _as_read(value: Any) -> Any:
    """The value as the linter's own reader hands it on: its switches are words."""
    return str(value) if isinstance(value, bool) else value


@pytest.mark.parametrize("row", contracts(), ids=lambda row: row["name"])
def test_a_breach_of_a_contract_is_seen(row: dict[str, Any]) -> None:
    (breach,) = [pair for words, pair in BREACHES.items() if row["name"].startswith(words)]
    assert is_kept(row, deepcopy(graph()))
    breached = deepcopy(graph())
    importer, imported = breach
    assert breached.modules.issuperset((importer, imported))
    breached.add_import(importer=importer, imported=imported, line_number=1, line_contents="-")
    assert not is_kept(row, breached)


def test_every_module_of_a_room_stands_in_a_layer() -> None:
    rooms = {row["containers"][0] for row in contracts() if row.get("exhaustive")}
    assert rooms == set(options()["root_packages"]) - {"samples"}
