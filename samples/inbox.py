"""The sample inbox: whole applications that between them show every status and every paper.

``python -m samples.make inbox OUT`` writes the folders into OUT and what is expected of them into
``inbox-expected.json`` beside it. The first letter of a case's name: ``a`` in order, ``b``
something to bring, ``c`` something to look at, ``d`` not possible.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samples.cases import archives, in_doubt, in_order, printed, special
from samples.folder import Expectation, Folder
from samples.fonts import Shelf

SEED = "inbox-1"

CASES: dict[str, Callable[[Folder], Expectation]] = {
    "a01-employee": in_order.employee_ready,
    "a02-resident": in_order.resident_ready,
    "a03-disability-pdf": in_order.disability_ready,
    "a04-macao": in_order.hmt_ready,
    "a05-away-zip": in_order.away_ready,
    "a06-form-only": in_order.form_only_ready,
    "a07-mobile-tiff": in_order.change_mobile_ready,
    "a08-archive-in": archives.archive_in,
    "a09-archive-out": archives.archive_out,
    "a10-low-income": special.low_income,
    "a11-village-official": special.village_official,
    "a12-new-name": special.new_name,
    "a13-proxy": special.by_proxy,
    "a14-foreigner": special.foreigner,
    "a15-insurance-card": special.insurance_card,
    "a16-printed-form": printed.form_alone,
    "b01-photo-missing": in_doubt.photo_missing,
    "b02-booklet-missing": in_doubt.booklet_missing,
    "b03-card-expired": in_doubt.card_expired,
    "b04-grade-three": in_doubt.grade_three,
    "b05-file-broken": in_doubt.file_broken,
    "b06-archive-letter-missing": archives.letter_missing,
    "b07-proxy-unsigned": special.proxy_unsigned,
    "b08-hong-kong-photo-missing": special.hong_kong,
    "b09-taiwan-photo-missing": special.taiwan,
    "b10-temporary-photo-missing": special.temporary,
    "b11-lodging-unsealed": special.lodging_unsealed,
    "c01-number-wrong": in_doubt.number_wrong,
    "c02-passport": special.passport,
    "c03-form-disagrees": printed.form_disagrees,
    "d01-two-pensions": in_doubt.pension_and_pension,
    "d02-household-elsewhere": in_doubt.household_elsewhere,
    "d03-name-online": in_doubt.name_change_online,
}


def make_inbox(out: Path, shelf: Shelf, only: tuple[str, ...] = (), seed: str = SEED) -> int:
    """Write the cases into ``out`` and ``inbox-expected.json`` beside it.

    Another ``seed`` draws the same cases of other persons, otherwise scanned. Returns how many
    cases there are. Raises OSError where a file cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    expected: dict[str, Any] = {}
    for case_id, case in CASES.items():
        folder = Folder(case_id, seed, shelf)
        expectation = case(folder)
        expected[case_id] = expectation.to_json()
        if not only or case_id in only:
            folder.write(out)
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (out.parent / "inbox-expected.json").write_text(text + "\n", encoding="utf-8")
    return len(expected)
