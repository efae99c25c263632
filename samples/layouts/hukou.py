"""居民户口簿: a booklet of four pages (domain.md 2.3, 公通字〔1995〕91号)."""

from __future__ import annotations

from samples.draw import Drawn, Kit
from samples.layouts.hukou_book import Book, make_household
from samples.layouts.hukou_changes import draw_address_changes, draw_changes
from samples.layouts.hukou_head import draw_head
from samples.layouts.hukou_member import draw_member
from samples.persons import Person, make_person


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """A booklet: head page, this person's page, and the two pages of changes."""
    rng = kit.rng
    book = Book(kit)
    alone = rng.random() < 0.4
    relation = "户主"
    head = person.name
    if not alone:
        other = make_person(rng, rarity=0.1)
        head = other.name
        relation = rng.choice(
            ("长子", "次子", "子", "孙子", "夫", "父亲", "女婿")
            if person.sex == "男"
            else ("长女", "次女", "女", "妻", "儿媳", "孙女", "母亲")
        )
    home = make_household(person, kit, head)
    return [
        draw_head(home, book),
        draw_member(person, home, book, relation),
        draw_changes(person, book),
        draw_address_changes(person, book),
    ]
