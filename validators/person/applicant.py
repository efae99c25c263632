"""Who the applicant is, as far as papers and form tell.

Papers come first, the form second. The household is where the booklet says, else the address on
the card; never the first six digits of the number (domain.md 1.4, 3.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.model import Document, DocumentType
from pipeline.reference import idnumber
from pipeline.reference.addresses import parse_address
from pipeline.reference.dates import to_date
from pipeline.reference.same_number import canonical_number
from validators.person.papers import PaperEvidence, Papers, prefer_sure, settle

CATEGORY_OF = {
    DocumentType.ID_CARD: "mainland",
    DocumentType.TEMPORARY_ID_CARD: "mainland",
    DocumentType.HMT_RESIDENCE_PERMIT: "hmt",
    DocumentType.HK_MACAO_TRAVEL_PERMIT: "hmt",
    DocumentType.TAIWAN_TRAVEL_PERMIT: "hmt",
    DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD: "foreign",
}
"""Whose paper it is, by its kind."""

_CATEGORY_OF_NUMBER = {"citizen": "mainland", "hmt": "hmt", "foreign": "foreign"}
_CHINA = frozenset({"CHN", "CHINA", "中国", "中国/CHN", "中国/CHINESE"})
_NOT_PERSONAL = frozenset(
    {DocumentType.APPLICATION_FORM, DocumentType.PROXY_UNDERTAKING, DocumentType.PHOTO}
)
_PERSONAL = tuple(t for t in DocumentType if t not in _NOT_PERSONAL | {DocumentType.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Person:
    """The applicant; None where nothing tells. ``household`` and ``residence`` are addresses,
    ``…_county`` their county-level codes of today."""

    category: PaperEvidence | None
    name: PaperEvidence | None
    number: PaperEvidence | None
    sex: PaperEvidence | None
    birth: PaperEvidence | None
    ethnicity: PaperEvidence | None
    household: PaperEvidence | None
    household_county: PaperEvidence | None
    residence: PaperEvidence | None
    residence_county: PaperEvidence | None


def parse_number(text: str) -> idnumber.IdNumber | None:
    """The number, or None where it is not valid."""
    try:
        return idnumber.parse(text)
    except idnumber.InvalidIdNumber:
        return None


def find_person(papers: Papers) -> Person:
    """The applicant of these papers."""
    identity = papers.identity
    others = [d for d in papers.owned(*_PERSONAL) if d is not identity]
    ordered = [identity, *others] if identity else others
    number = settle([*_numbers(papers, ordered[:1]), *_typed(papers, "id_number")]) or settle(
        _numbers(papers, ordered)
    )
    parsed = parse_number(number.value) if number else None
    household = _households(papers)
    residence = _residences(papers)
    county = _settled_place(papers, _county(household), household)
    living = _settled_place(papers, _county(residence), residence)
    sexes = [_as_sex(e) for e in _fields(papers, ordered, "sex")]
    births = [e for e in _fields(papers, ordered, "birth_date") if to_date(e.value)]
    return Person(
        category=_category(papers, parsed, number),
        name=settle(prefer_sure(_fields(papers, ordered, "name"), _typed(papers, "name"))),
        number=number,
        sex=settle([*sexes, *_derived(number, parsed, "sex")]),
        birth=settle([*births, *_derived(number, parsed, "birth_date")]),
        ethnicity=settle(_fields(papers, ordered, "ethnicity")),
        household=_address(household, county),
        household_county=county,
        residence=_address(residence, living),
        residence_county=living,
    )


def _category(
    papers: Papers, parsed: idnumber.IdNumber | None, number: PaperEvidence | None
) -> PaperEvidence | None:
    identity = papers.identity
    if parsed is not None and number is not None:
        return PaperEvidence(_CATEGORY_OF_NUMBER[parsed.kind], number.sure, number.document)
    if identity is not None and identity.type in CATEGORY_OF:
        # The kind of the paper says it, as surely as the paper is known to be the applicant's.
        shown = papers.number(identity)
        sure = papers.holder(identity) == "applicant" and shown is not None and shown.sure
        return PaperEvidence(CATEGORY_OF[identity.type], sure, identity.id)
    if identity is not None and identity.type == DocumentType.PASSPORT:
        country = papers.evidence(identity, "nationality", "issuing_country", "country")
        if country is not None and country.value.upper() in _CHINA:
            return PaperEvidence("mainland", False, identity.id)
        if country is not None:
            return PaperEvidence("foreign", country.sure, identity.id)
    booklets = papers.owned(DocumentType.HUKOU)
    return PaperEvidence("mainland", False, booklets[0].id) if booklets else None


def _households(papers: Papers) -> list[PaperEvidence]:
    """Addresses of the household, the booklet's first. A booklet that does not show the applicant
    stands last: it may be anybody's."""
    booklets = papers.owned(DocumentType.HUKOU)
    own = [d for d in booklets if papers.holder(d) == "applicant"]
    cards = papers.owned(DocumentType.ID_CARD, DocumentType.TEMPORARY_ID_CARD)
    permits = papers.owned(DocumentType.RESIDENCE_PERMIT)
    others = [d for d in booklets if d not in own]
    return _fields(papers, [*own, *cards, *permits, *others], "address")


def _residences(papers: Papers) -> list[PaperEvidence]:
    """Addresses of where the applicant lives, by permit or lodging registration."""
    lodgings = papers.owned(DocumentType.LODGING_REGISTRATION)
    return [
        *_fields(papers, papers.owned(DocumentType.RESIDENCE_PERMIT), "current_address"),
        *_fields(papers, papers.owned(DocumentType.HMT_RESIDENCE_PERMIT), "address"),
        *_fields(papers, lodgings, "address", "current_address", "present_address"),
    ]


def _fields(papers: Papers, documents: Iterable[Document], *names: str) -> list[PaperEvidence]:
    found = (papers.evidence(d, *names) for d in documents)
    return [e for e in found if e is not None]


def _numbers(papers: Papers, documents: Iterable[Document]) -> list[PaperEvidence]:
    found = (papers.number(d) for d in documents)
    return [e for e in found if e is not None]


def _typed(papers: Papers, name: str) -> list[PaperEvidence]:
    declared = papers.declared(name)
    if declared is None:
        return []
    if name == "id_number":
        return [PaperEvidence(canonical_number(declared.value), declared.sure)]
    return [declared]


def _as_sex(printed: PaperEvidence) -> PaperEvidence:
    """男 or 女 where papers print both languages: 女/F."""
    told = [word for word in ("男", "女") if word in printed.value]
    return replace(printed, value=told[0]) if len(told) == 1 else printed


def _derived(
    number: PaperEvidence | None, parsed: idnumber.IdNumber | None, what: str
) -> list[PaperEvidence]:
    """Sex or birth date as the number has it: a checked number is a source of its own, read apart
    from the printed field."""
    if number is None or parsed is None:
        return []
    value = parsed.sex if what == "sex" else parsed.birth_date.isoformat()
    return [PaperEvidence(value, number.sure)]


def _settled_place(
    papers: Papers, county: PaperEvidence | None, addresses: list[PaperEvidence]
) -> PaperEvidence | None:
    """The county, unsure where another valid paper of the same kind has it elsewhere."""
    documents = {d.id: d for d in papers.application.documents}
    chosen = documents.get(county.document or "") if county else None
    if county is None or chosen is None:
        return county
    for address in addresses:
        other = documents.get(address.document or "")
        if other is None or other is chosen or other.type != chosen.type:
            continue
        place = parse_address(address.value).code_current
        if place not in (None, county.value) and papers.is_expired(other) is not True:
            return replace(county, sure=False)
    return county


def _address(addresses: list[PaperEvidence], county: PaperEvidence | None) -> PaperEvidence | None:
    """The address that the county was found in, else the first."""
    if county is not None:
        return next(a for a in addresses if a.document == county.document)
    return addresses[0] if addresses else None


def _county(addresses: list[PaperEvidence]) -> PaperEvidence | None:
    """The county where the first address lies. Papers that agree make it sure; a name that is one
    character off counts only beside another paper that says the same."""
    if not addresses:
        return None
    counties: list[PaperEvidence] = []
    for address in addresses:
        found = parse_address(address.value)
        if found.code_current is not None:
            counties.append(PaperEvidence(found.code_current, address.sure, address.document))
        elif found.near is not None and found.near.level == "county":
            counties.append(PaperEvidence(found.near.code, False, address.document))
    first = parse_address(addresses[0].value)
    if first.code_current is None:
        # The booklet's address could not be placed: the card's stands in, but not surely.
        named = [c for c in counties if c.document != addresses[0].document]
        near = first.near.code if first.near else None
        if not named:
            return None
        return PaperEvidence(
            named[0].value, named[0].sure and named[0].value == near, named[0].document
        )
    agreeing = {c.document for c in counties if c.value == first.code_current}
    sure = addresses[0].sure or len(agreeing) > 1
    return PaperEvidence(first.code_current, sure, addresses[0].document)
