"""The applicant's papers, and what they say as evidence.

Whose paper a document is stands in :mod:`validators.person.whose`, what may rest on a reading in
:mod:`validators.person.certainty`. Here they are put together for the guide's rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

from pipeline.finding import Finding, Severity
from pipeline.model import Application, Document, DocumentType
from pipeline.reference import names
from pipeline.reference.dates import LONG_TERM, last_day, to_date
from validators.person.certainty import is_declared_surely, is_sure
from validators.person.kinds import first, paper_of
from validators.person.whose import Claim, cast, is_own_proxy, lists, members_of

Holder = Literal["applicant", "proxy", "other", "unsure"]

IDENTITY = (
    DocumentType.ID_CARD,
    DocumentType.HMT_RESIDENCE_PERMIT,
    DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
    DocumentType.TEMPORARY_ID_CARD,
    DocumentType.HK_MACAO_TRAVEL_PERMIT,
    DocumentType.TAIWAN_TRAVEL_PERMIT,
    DocumentType.PASSPORT,
    DocumentType.SOCIAL_SECURITY_CARD,
)
"""Papers that prove who somebody is, the most telling first."""

UNDATED = frozenset({DocumentType.SOCIAL_SECURITY_CARD, DocumentType.HUKOU})
"""Papers on which no end of validity need be printed (domain.md 2.3, 2.5)."""


_VALIDITY = frozenset({"DOC-EXPIRED", "DOC-VALIDITY"})


@dataclass(frozen=True, slots=True)
class PaperEvidence:
    """One fact as one source has it. ``document`` is None for what was typed."""

    value: str
    sure: bool
    document: str | None = None

    @property
    def documents(self) -> tuple[str, ...]:
        """The paper as a tuple, empty for what was typed."""
        return () if self.document is None else (self.document,)


class Papers:
    """The documents of an application, with their holders, on the day of acceptance.

    ``findings`` are those of the checks: a paper whose validity one of them doubts has expired for
    nobody until a person has looked.
    """

    def __init__(
        self, application: Application, day: date, findings: Iterable[Finding] = ()
    ) -> None:
        self.application = application
        self._day = day
        self._doubted = {
            f.document for f in findings if f.rule in _VALIDITY and f.severity == Severity.REVIEW
        }
        self._cast = cast(application)
        self._claims = {c.document.id: c for c in self._cast.claims}

    def claim(self, document: Document) -> Claim:
        """What the document says of its person."""
        return self._claims[document.id]

    def holder(self, document: Document) -> Holder:
        """Whose paper this is; ``other`` only where name and number were read with confidence."""
        role = self._cast.roles[document.id]
        if role == "applicant" or role == "proxy":
            return role
        claim = self.claim(document)
        if role == "nobody":
            return "unsure"
        if role == "member":
            by_number = lists(document, (self._cast.names, self._cast.numbers)) == "number"
            return "applicant" if by_number or self._joins(claim) else "unsure"
        if paper_of(document).person == "either" and not members_of(document):
            # Nothing on it says who belongs to the household: only a booklet without that person
            # tells that it is a stranger's.
            return "other" if self._joins(claim) is False and _is_read(claim) else "unsure"
        return "other" if _is_read(claim) else "unsure"

    def _joins(self, claim: Claim) -> bool | None:
        """Whether the applicant's booklet has this person in the same household; None where no
        booklet says who is in it."""
        booklets = self.application.of(DocumentType.HUKOU)
        own = [d for d in booklets if self._cast.roles[d.id] == "applicant"]
        households = {d.value("household_number") for d in own}
        people = [d.value("head_name") for d in own]
        people += [d.value("name") for d in booklets if d.value("household_number") in households]
        known = [name for name in people if name]
        if not own or not known or claim.name is None:
            return None
        return any(names.compare(claim.name, name) in ("same", "variant") for name in known)

    @property
    def is_own_proxy(self) -> bool:
        """Whether the applicant is named as his own proxy."""
        return is_own_proxy(self.application, self._cast)

    def has_own(self, kind: DocumentType) -> bool:
        """Whether a paper of this type is surely the applicant's."""
        return any(self.holder(d) == "applicant" for d in self.application.of(kind))

    def owned(self, *types: DocumentType) -> tuple[Document, ...]:
        """The applicant's papers of these types: those that may be his behind those that are,
        expired ones behind valid ones, of one kind the later ones first. The order in which files
        were handed in decides nothing."""
        holders = [(d, self.holder(d)) for d in self.application.of(*types)]
        own = [(h == "unsure", d) for d, h in holders if h in ("applicant", "unsure")]
        return tuple(
            d
            for _, d in sorted(
                own,
                key=lambda o: (
                    o[0],
                    self.is_expired(o[1]) is True,
                    types.index(o[1].type) if len(types) > 1 else 0,
                    -_begins(o[1]),
                    _content(o[1]),
                ),
            )
        )

    @cached_property
    def identity(self) -> Document | None:
        """The paper that shows best who the applicant is; an expired one only where no other is."""
        own = self.owned(*IDENTITY)
        certain = [d for d in own if self.holder(d) == "applicant"] or own
        return min(
            certain,
            key=lambda d: (
                self.is_expired(d) is True,
                IDENTITY.index(d.type),
                -_begins(d),
                _content(d),
            ),
            default=None,
        )

    # ------------------------------------------------------------ what they say

    def evidence(self, document: Document, *fields: str) -> PaperEvidence | None:
        """What the first of these fields that is not blank says."""
        found = first(document, fields)
        return (
            None if found is None else PaperEvidence(found[1].value, is_sure(found[1]), document.id)
        )

    def number(self, document: Document) -> PaperEvidence | None:
        """The holder's citizen or permit number, canonical."""
        claim = self.claim(document)
        if claim.number is None:
            return None
        return PaperEvidence(claim.number, is_sure(claim.number_reading), document.id)

    def is_declared_surely(self, key: str) -> bool:
        """Whether this key of the request was typed, or its place on the form read surely.

        The form's document has its readings under the request's own keys. Where there is neither
        typed request nor form, the request was put together by hand and stands.
        """
        return is_declared_surely(self.application, key)

    def declared(self, key: str) -> PaperEvidence | None:
        """A value of the request that is text."""
        value = getattr(self.application.request, key)
        return None if value is None else PaperEvidence(str(value), self.is_declared_surely(key))

    # ------------------------------------------------------------ validity

    def expiry(self, document: Document) -> PaperEvidence | None:
        """The last day on which the paper holds, ISO or 长期; None where it was not read."""
        return self.evidence(document, *paper_of(document).expiry)

    def is_doubted(self, document: Document) -> bool:
        """Whether a check doubts the paper's validity."""
        return document.id in self._doubted

    def is_expired(self, document: Document) -> bool | None:
        """Whether the paper no longer holds on the day of acceptance; None where that cannot be
        told surely."""
        expiry = self.expiry(document)
        if expiry is None:
            return False if document.type in UNDATED else None
        if expiry.value == LONG_TERM:
            return False
        end = last_day(expiry.value)
        if end is None:
            return None
        if end >= self._day:
            return False
        return True if expiry.sure and document.id not in self._doubted else None


def _begins(document: Document) -> int:
    """The day from which the paper holds, counted; 0 where it says none."""
    day = next((d for n in ("valid_from", "issue_date") if (d := to_date(document.value(n)))), None)
    return day.toordinal() if day else 0


def _content(document: Document) -> tuple[str, ...]:
    """What the paper says, to set two in an order that no file name decides."""
    return tuple(sorted(reading.value for reading in document.fields.values()))


def _is_read(claim: Claim) -> bool:
    """Whether what names the paper's person was read surely."""
    readings = [r for r in (claim.number_reading, claim.name_reading) if r is not None]
    return bool(readings) and all(map(is_sure, readings))


def prefer_sure(
    shown: Sequence[PaperEvidence], typed: Sequence[PaperEvidence]
) -> list[PaperEvidence]:
    """Papers before what was typed; where what the papers say was read with doubt, what was typed
    first. The value stays unsure where the two differ: see :func:`settle`."""
    if shown and typed and not shown[0].sure and typed[0].sure:
        against = [s for s in shown if s.value != typed[0].value]
        return [replace(typed[0], sure=not against), *shown]
    return [*shown, *typed]


def settle(sources: Sequence[PaperEvidence]) -> PaperEvidence | None:
    """The first source's value. Sure where it is sure or another source agrees, and no sure
    source contradicts it."""
    if not sources:
        return None
    first_one = sources[0]
    agreeing = [s for s in sources if s.value == first_one.value]
    against = any(s.value != first_one.value and s.sure for s in sources)
    backed = any(s.sure for s in agreeing) or len({s.document for s in agreeing}) > 1
    return PaperEvidence(first_one.value, backed and not against, first_one.document)
