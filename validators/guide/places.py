"""Facts that papers show: category, age, household, residence, permits and their validity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pipeline.model import Document, DocumentType, Request
from pipeline.reference import divisions, idnumber
from pipeline.reference.addresses import parse_address
from pipeline.reference.dates import age_on, to_date
from validators.guide.facts import UNKNOWN, Fact, Facts, FactWay
from validators.guide.retirement import retirement_span
from validators.person.certainty import is_sure
from validators.person.kinds import first
from validators.person.papers import PaperEvidence

FOREIGNER_PASS = re.compile(r"(HA|MA)\d{7}")
"""港澳居民来往内地通行证（非中国籍）, since 2024-07-10 (domain.md 2.7)."""


def same_place(one: str, other: str, level: str) -> str:
    """How two counties lie: ``same``, ``district`` (two districts of one city, A21) or
    ``other``."""
    if one == other or (level == "prefecture" and one[:4] == other[:4]):
        return "same"
    both_districts = one[4:] <= "20" and other[4:] <= "20"
    return "district" if one[:4] == other[:4] and both_districts else "other"


def declared_enrolment(request: Request) -> str | None:
    """The county of enrolment under its code of today."""
    if request.enrol_division is None:
        return None
    return divisions.current_code(request.enrol_division) or request.enrol_division


def region(facts: Facts, address: PaperEvidence | None) -> str | None:
    """``guangxi`` or ``elsewhere`` by the address; None where it names no province or county."""
    if address is None:
        return None
    found = parse_address(address.value)
    code = found.code_current or found.province_code
    if code is None:
        return None
    return "guangxi" if code.startswith(facts.guide.limits.guangxi) else "elsewhere"


def find_permit(facts: Facts) -> Document | None:
    """The applicant's mainland residence permit: that of the place of enrolment, if one is."""
    permits = facts.papers.owned(DocumentType.RESIDENCE_PERMIT)
    enrol = declared_enrolment(facts.request)
    for permit in permits:
        where = permit.value("current_address")
        if where and parse_address(where).code_current == enrol:
            return permit
    return permits[0] if permits else None


# ---------------------------------------------------------------- the person


def _category(facts: Facts) -> Fact:
    category = facts.person.category
    return UNKNOWN if category is None else Fact(category.value, category.sure, category.documents)


def _age(facts: Facts) -> Fact:
    birth = facts.person.birth
    day = to_date(birth.value) if birth else None
    if birth is None or day is None or day > facts.day:
        return UNKNOWN  # nobody is born after the day of acceptance: ID-FUTURE, X20
    years = age_on(day, facts.day)
    return Fact(years, birth.sure, birth.documents, detail=str(years))


def _retirement(facts: Facts) -> Fact:
    birth, sex = facts.person.birth, facts.person.sex
    day = to_date(birth.value) if birth else None
    if birth is None or sex is None or day is None or day > facts.day:
        return UNKNOWN
    lines = facts.guide.retirement_lines(sex.value)
    if not lines:
        return UNKNOWN
    chosen = facts.guide.limits.female_line
    if sex.value == "女" and chosen != "BOTH":
        lines = {chosen: lines[chosen]}
    early, late = retirement_span(day, lines.values())
    sure = birth.sure and sex.sure
    papers = tuple(dict.fromkeys((*birth.documents, *sex.documents)))
    if facts.day >= late:
        return Fact("past", sure, papers, detail=f"{late:%Y年%m月%d日}")
    if facts.day >= early:
        return Fact("between", sure, papers, detail=f"{early:%Y年%m月%d日}")
    return Fact("before", sure, papers)


def _identity_validity(facts: Facts) -> Fact:
    identity = facts.papers.identity
    if identity is None:
        return Fact("absent")
    expired = facts.papers.is_expired(identity)
    if expired is None:
        return Fact(None, False, (identity.id,))
    return Fact("expired" if expired else "valid", True, (identity.id,))


# ---------------------------------------------------------------- places


def _household_region(facts: Facts) -> Fact:
    county, address = facts.person.household_county, facts.person.household
    if county is not None:
        inside = county.value.startswith(facts.guide.limits.guangxi)
        where = Fact("guangxi" if inside else "elsewhere", county.sure, county.documents)
        return _by_register(facts, where)
    region_ = region(facts, address)
    if region_ is None or address is None:
        return UNKNOWN
    return _by_register(facts, Fact(region_, address.sure, address.documents))


def _by_register(facts: Facts, where: Fact) -> Fact:
    """A household that the agency looked up itself lies where the register says: an address on a
    card, which may be old, is against it no more than a reason to look."""
    booklets = {d.id for d in facts.application.of(DocumentType.HUKOU)}
    if not facts.is_verified("household") or booklets & set(where.documents):
        return where
    doubt = "户籍信息已经电子核验，而证件住址可能未更新，以核验的户籍地为准"
    return replace(where, sure=False, doubt=doubt)


def _between(facts: Facts, county: PaperEvidence | None) -> Fact:
    """How the place of enrolment lies to a county."""
    enrol = declared_enrolment(facts.request)
    if county is None or enrol is None:
        return UNKNOWN
    level = facts.guide.limits.same_place_level
    return Fact(
        same_place(county.value, enrol, level),
        county.sure and facts.papers.is_declared_surely("enrol_division"),
        county.documents,
    )


def _enrol_household(facts: Facts) -> Fact:
    return _by_register(facts, _between(facts, facts.person.household_county))


def _enrol_residence(facts: Facts) -> Fact:
    if not facts.papers.owned(DocumentType.HMT_RESIDENCE_PERMIT):
        return Fact("none")
    return _between(facts, facts.person.residence_county)


def _enrols_away(facts: Facts) -> Fact:
    where = facts["enrol_household"]
    if where.value in (None, "district"):
        return Fact(None, False, where.documents)
    return Fact("no" if where.value == "same" else "yes", where.sure, where.documents)


def _receiving_place(facts: Facts) -> Fact:
    """Where the archive is received, by the guide's places: the household's for everybody; the
    former employer's and the archive's own for who has worked (离职失业), which whose archive it
    is tells, else the declared employment."""
    where, archive = facts["enrol_household"], facts.request.archive
    if where.value in ("same", "district"):
        return Fact("household", where.sure, where.documents)
    enrol = declared_enrolment(facts.request)
    former = [archive.former_division, archive.archive_division] if archive is not None else []
    places = [divisions.current_code(place) or place for place in former if place]
    level = facts.guide.limits.same_place_level
    if enrol and any(same_place(place, enrol, level) != "other" for place in places):
        kind = facts["archive_kind"].value
        never = kind == "graduate" or (kind == "other" and facts.request.employment != "flexible")
        return Fact("closed" if never else "former")
    if where.value is None:
        return where
    return Fact("elsewhere", where.sure, where.documents)


def _enrol_place(facts: Facts) -> Fact:
    enrol = declared_enrolment(facts.request)
    if enrol is None:
        return UNKNOWN
    if not enrol.startswith(facts.guide.limits.guangxi):
        return Fact("outside", facts.papers.is_declared_surely("enrol_division"))
    category = facts["category"].value
    if category == "mainland":
        return _mainland_enrol_place(facts)
    permits = {
        "hmt": DocumentType.HMT_RESIDENCE_PERMIT,
        "foreign": DocumentType.LODGING_REGISTRATION,
    }
    if not isinstance(category, str) or category not in permits:
        return UNKNOWN
    if not [d for d in facts.papers.owned(permits[category]) if not facts.papers.is_expired(d)]:
        return Fact("unproven")
    where = _between(facts, facts.person.residence_county)
    away = "permit_elsewhere" if category == "hmt" else "elsewhere"
    known = {"same": "residence", "district": "district", "other": away}
    return Fact(known.get(str(where.value)), where.sure, where.documents)


def _mainland_enrol_place(facts: Facts) -> Fact:
    home = facts["enrol_household"]
    if home.value == "same":
        return Fact("household", home.sure, home.documents)
    permit = find_permit(facts)
    if permit is not None:
        county = parse_address(permit.value("current_address") or "").code_current
        if county is None:
            return Fact(None, False, (permit.id,))
        where = same_place(county, declared_enrolment(facts.request) or "", "county")
        if where == "same":
            return Fact("residence", documents=(permit.id,))
        # That the permit is of another place is X19's to tell.
        return Fact("district" if where == "district" else "unproven", documents=(permit.id,))
    if home.value is None:
        return Fact(None, False, home.documents)
    return Fact("district" if home.value == "district" else "unproven", home.sure, home.documents)


# ---------------------------------------------------------------- permits


def _hmt_permit(facts: Facts) -> Fact:
    permits = facts.papers.owned(DocumentType.HMT_RESIDENCE_PERMIT)
    if permits and facts.papers.is_expired(permits[0]):
        return Fact("expired", documents=(permits[0].id,))
    if permits:
        address = facts.papers.evidence(permits[0], "address")
        return Fact(region(facts, address), bool(address and address.sure), (permits[0].id,))
    for document in facts.papers.owned(DocumentType.HK_MACAO_TRAVEL_PERMIT):
        found = first(document, ("permit_number", "id_number", "certificate_number"))
        if found is not None and FOREIGNER_PASS.fullmatch(idnumber.clean(found[1].value)):
            return Fact("foreigner_pass", is_sure(found[1]), (document.id,))
    return Fact("none")


def _foreign_lodging(facts: Facts) -> Fact:
    forms = facts.papers.owned(DocumentType.LODGING_REGISTRATION)
    if not forms:
        return Fact("none")
    address = facts.person.residence
    return Fact(region(facts, address), bool(address and address.sure), (forms[0].id,))


def _residence_permit(facts: Facts) -> Fact:
    permit = find_permit(facts)
    if permit is None:
        return Fact("none")
    papers = facts.papers
    where = papers.evidence(permit, "current_address")
    issuer = papers.evidence(permit, "issuing_authority")
    for place in (where, issuer):
        if place is not None and region(facts, place) == "elsewhere":
            return Fact("outside", place.sure, (permit.id,))
    if where is None or region(facts, where) is None:
        return Fact(None, False, (permit.id,))
    if papers.expiry(permit) is not None:
        return Fact("valid", documents=(permit.id,))
    endorsed = papers.evidence(permit, "endorsed_on", "valid_from", "issue_date")
    day = to_date(endorsed.value) if endorsed else None
    months = facts.guide.limits.permit_endorsement_months
    fresh = day is not None and (facts.day - day).days <= months * 31
    return Fact("valid" if fresh else "lapsed", documents=(permit.id,))


def _pension_access(facts: Facts) -> Fact:
    category = facts["category"]
    if category.value in (None, "mainland", "foreign"):
        return category
    if facts["hmt_permit"].value in ("none", "expired", "foreigner_pass"):
        proprietor = facts.request.flex_type == "sole_proprietor"
        return Fact("proprietor" if proprietor else "neither", documents=category.documents)
    return Fact("permit", documents=facts["hmt_permit"].documents)


PLACES: Mapping[str, FactWay] = {
    "category": _category,
    "age": _age,
    "retirement": _retirement,
    "identity_validity": _identity_validity,
    "household_region": _household_region,
    "enrol_household": _enrol_household,
    "enrol_residence": _enrol_residence,
    "enrols_away": _enrols_away,
    "receiving_place": _receiving_place,
    "enrol_place": _enrol_place,
    "hmt_permit": _hmt_permit,
    "foreign_lodging": _foreign_lodging,
    "residence_permit": _residence_permit,
    "pension_access": _pension_access,
}
"""How each fact that papers show is computed."""
