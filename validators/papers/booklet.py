"""居民户口簿 against itself and against the ID card: X6, X7, X8.

A booklet has one head page and a page for each member; the pages of other members are usual and
are nobody's fault. All is `review`: pages are registered at different times. Source: domain.md
1.13, 2.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.finding import Finding, finding
from pipeline.model import Application, Document, DocumentType
from pipeline.reference import names, relations
from pipeline.reference.addresses import parse_address
from validators.papers.consistency import sex_in
from validators.papers.validity import is_over
from validators.person.whose import cast, claim_of, judged

_COLLECTIVE = ("集体", "公共")
"""Words of a 户别 whose head may be an institution."""


def check_pages(application: Application, today: date) -> Iterator[Finding]:
    """X6: the booklet's pages belong together, and one of them to the applicant."""
    people = cast(application)
    booklets = application.of(DocumentType.HUKOU)
    members = [b for b in booklets if not claim_of(b).says_nothing]
    known = people.names or people.numbers
    if members and known and all(people.roles[b.id] != "applicant" for b in members):
        yield finding("X6", document=members[0].id, field="name", why="所交各页中没有申请人本人页")
    numbered = [b for b in booklets if b.value("household_number")]
    for booklet in numbered[1:]:
        first = numbered[0].value("household_number")
        if booklet.value("household_number") != first:
            yield finding(
                "X6",
                document=booklet.id,
                field="household_number",
                got=booklet.value("household_number"),
                expected=first,
                why="各页户号不一致",
            )
    for booklet in members:
        yield from _head_of_household(booklet)


def _head_of_household(booklet: Document) -> Iterator[Finding]:
    """Who is 户主 on the member's page is the 户主 of the head page, and nobody else is. In a
    collective household an institution may be the head."""
    head, name = booklet.value("head_name"), booklet.value("name")
    relation = booklet.value("relation_to_head")
    collective = any(word in (booklet.value("household_type") or "") for word in _COLLECTIVE)
    if not head or not name or not relation or collective:
        return
    same = names.compare(head, name) in ("same", "variant")
    if relations.is_head(relation) and not same:
        yield finding(
            "X6",
            document=booklet.id,
            field="head_name",
            got=head,
            expected=name,
            why="首页户主姓名与户主本人页的姓名不一致",
        )
    elif same and relations.is_relation(relation) and not relations.is_head(relation):
        yield finding(
            "X6",
            document=booklet.id,
            field="relation_to_head",
            got=relation,
            expected=relations.HEAD_RELATION,
            why="首页户主姓名与本人页姓名相同，但本人页的关系不是户主",
        )


def check_address(application: Application, today: date) -> Iterator[Finding]:
    """X7: hukou booklet and ID card give addresses in the same county. An address in which no
    county can be found is looked at: the household's place decides where one may enrol."""
    people = cast(application)
    booklets = [d for d in application.of(DocumentType.HUKOU) if d.value("address")]
    if not booklets:
        return
    booklet = next((b for b in booklets if people.roles[b.id] == "applicant"), booklets[0])
    home = parse_address(booklet.value("address") or "")
    cards = [c.document for c in people.of("applicant") if c.document.type == DocumentType.ID_CARD]
    cards.sort(key=lambda c: is_over(c, today))
    there = next((a for c in cards if (a := c.value("address"))), None)
    card = parse_address(there or "").code_current
    if home.code_current is None and card is not None and (there or "").endswith(home.rest):
        return  # the card prints the same address with its county
    if home.code_current is None:
        why = "不能确定所在县（市、区），户籍地无法核对"
    elif card is not None and card != home.code_current:
        why = "与居民身份证住址不在同一县（市、区）"
    else:
        return
    yield finding(
        "X7",
        document=booklet.id,
        field="address",
        got=booklet.value("address"),
        expected=there,
        why=why,
    )


def check_relation(application: Application, today: date) -> Iterator[Finding]:
    """X8: the relation to the head of the household fits the sex."""
    for document in judged(application):
        relation = document.value("relation_to_head") or ""
        implied, sex = relations.implied_sex(relation), sex_in(document.value("sex") or "")
        if implied and sex and implied != sex:
            yield finding(
                "X8", document=document.id, field="relation_to_head", got=relation, expected=sex
            )
