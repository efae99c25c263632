"""Applications put together in a line, for the tests of the rules. Persons are made up."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.finding import Finding
from pipeline.model import Application, Change, Document, DocumentType, PageRef, Reading, Request
from pipeline.reference import idnumber
from validators.checks import CHECKS

TODAY = date(2026, 11, 23)
NAME = "韦小芳"
ID = "450103199003079121"  # 女, 1990-03-07
PROXY_NAME = "黄大勇"
PROXY_ID = "450103198501019012"

OTHER_ID = "450103199003079148"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
PASSPORT: dict[str, Any] = {
    "name": "ERIKSSON ANNA MARIA",
    "passport_number": "L898902C3",
    "birth_date": "1974-08-12",
    "sex": "女/F",
    "valid_to": "2012-04-15",
    "mrz": TD3,
}
HMT: dict[str, Any] = {
    "name": "陈嘉颖",
    "sex": "女",
    "birth_date": "1994-08-23",
    "address": "广西南宁市青秀区民族大道1号",
    "id_number": "810000199408230021",
    "permit_number": "H12345678",
    "valid_from": "2024-06-05",
    "valid_to": "2029-06-05",
}
FPR: dict[str, Any] = {
    "name": "史密斯",
    "sex": "女/F",
    "birth_date": "1981-08-03",
    "nationality": "加拿大/CANADA",
    "id_number": "911124198108030024",
    "valid_from": "2024-06-05",
    "valid_to": "2034-06-05",
}


def paper(
    kind: str,
    document_id: str = "d1",
    *,
    doubtful: tuple[str, ...] = (),
    faces: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
    marks: dict[str, str] | None = None,
    **fields: Any,
) -> Document:
    """A document whose fields were read with confidence, except the doubtful ones."""
    return Document(
        id=document_id,
        type=DocumentType(kind),
        pages=(PageRef(file=f"{document_id}.jpg", page=1, sha256="0" * 64),),
        faces=faces,
        missing=missing,
        marks=marks or {},
        fields={
            name: Reading(
                value=value,
                raw=value,
                confidence=0.6 if name in doubtful else 0.995,
                doubts=("score",) if name in doubtful else (),
            )
            for name, value in fields.items()
        },
    )


def id_card(document_id: str = "d1", *, doubtful: tuple[str, ...] = (), **fields: Any) -> Document:
    """The applicant's ID card, both sides, with what a test changes."""
    whole: dict[str, Any] = {
        "name": NAME,
        "sex": "女",
        "ethnicity": "壮",
        "birth_date": "1990-03-07",
        "address": "广西南宁市青秀区民族大道1号",
        "id_number": ID,
        "issuing_authority": "南宁市公安局青秀分局",
        "valid_from": "2020-05-06",
        "valid_to": "2040-05-06",
    }
    return paper("id_card", document_id, doubtful=doubtful, **(whole | fields))


def hukou(document_id: str = "d2", *, doubtful: tuple[str, ...] = (), **fields: Any) -> Document:
    """The applicant's page of the booklet with its head page."""
    whole: dict[str, Any] = {
        "household_type": "居民家庭户",
        "head_name": "韦建国",
        "household_number": "000028901",
        "address": "广西南宁市青秀区民族大道1号",
        "name": NAME,
        "relation_to_head": "长女",
        "former_name": "",
        "sex": "女",
        "ethnicity": "壮族",
        "birth_date": "1990-03-07",
        "id_number": ID,
        "registration_date": "2015-02-03",
    }
    return paper("hukou", document_id, doubtful=doubtful, **(whole | fields))


def disability(
    document_id: str = "d3", *, doubtful: tuple[str, ...] = (), **fields: Any
) -> Document:
    """The applicant's disability certificate."""
    whole: dict[str, Any] = {
        "name": NAME,
        "sex": "女",
        "birth_date": "1990-03-07",
        "certificate_number": f"{ID}42",
        "category": "肢体",
        "grade": "二级",
        "issue_date": "2019-06-01",
        "valid_until": "2029-06-01",
    }
    return paper("disability_certificate", document_id, doubtful=doubtful, **(whole | fields))


def residence_permit(
    document_id: str = "d4", *, doubtful: tuple[str, ...] = (), **fields: Any
) -> Document:
    """The applicant's residence permit, living in 柳州市城中区."""
    whole: dict[str, Any] = {
        "name": NAME,
        "sex": "女",
        "birth_date": "1990-03-07",
        "address": "广西南宁市青秀区民族大道1号",
        "current_address": "广西柳州市城中区中山路2号",
        "id_number": ID,
        "valid_from": "2026-05-06",
        "valid_to": "2027-05-06",
    }
    return paper("residence_permit", document_id, doubtful=doubtful, **(whole | fields))


def undertaking(
    document_id: str = "d5",
    *,
    doubtful: tuple[str, ...] = (),
    signature: str = "yes",
    **fields: Any,
) -> Document:
    """The proxy's undertaking, signed and dated."""
    whole: dict[str, Any] = {
        "proxy_name": PROXY_NAME,
        "proxy_id_number": PROXY_ID,
        "applicant_name": NAME,
        "applicant_id_number": ID,
        "issue_date": "2026-11-20",
    }
    marks = {"signature": signature}
    return paper(
        "proxy_undertaking", document_id, doubtful=doubtful, marks=marks, **(whole | fields)
    )


def with_check(first17: str) -> str:
    """A citizen number of these 17 digits."""
    return first17 + idnumber.check_digit(first17)


def change(item: str, old: str = "", new: str = "") -> Change:
    """One item of a change registration."""
    return Change.model_validate({"item": item, "old": old, "new": new})


def case(*documents: Document, **request: Any) -> Application:
    """An application of these papers; ``request`` as in application.json."""
    asked = Request(**request)
    return Application(case_id="c1", request=asked, documents=documents, typed=asked)


def found(application: Application, today: date = TODAY) -> list[Finding]:
    """What all checks of papers and numbers find."""
    return [f for check in CHECKS.values() for f in check(application, today)]


def ruled(application: Application, today: date = TODAY) -> list[tuple[str, str, str | None]]:
    """Rule, severity and field of what all checks find."""
    return [(f.rule, f.severity.value, f.field) for f in found(application, today)]


Row = tuple[Application, str, str, str | None]
"""A case, the rule that it triggers, the severity ("" for any), the field (None for any); without a
rule, a case in which every rule but the ones named in ``BESIDE`` is silent."""

BESIDE = frozenset({"DOC-EXPIRED", "DOC-SIDE", "X3", "X4"})
"""What a case that is made for one rule may trigger beside it (a changed number, one face)."""


def check_row(row: Row) -> None:
    """Assert that the case of the row triggers its rule, or none."""
    application, rule, severity, field = row
    every = ruled(application)
    if not rule:
        assert [f for f in every if f[0] not in BESIDE] == []
        return
    mine = [f for f in every if f[0] == rule]
    assert mine, every
    assert all(not severity or f[1] == severity for f in mine), mine
    assert field is None or field in [f[2] for f in mine], mine
