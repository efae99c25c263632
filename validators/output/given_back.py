"""Papers of somebody else among an application's, which are given back to who brought them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.finding import Finding, type_label
from pipeline.privacy import mask_words
from pipeline.record import Action, Record
from validators.person.strangers import take_back

_TAKE_BACK = "请取回"
"""How the todo of a finding begins that says whose a paper is (X1)."""
_CONFIRMING = (Action.CONFIRM, Action.SEND_BACK)


def is_strangers(found: Finding) -> bool:
    """Whether a finding says that its paper is neither the applicant's nor his proxy's."""
    return found.rule == "X1" and found.document is not None and found.todo.startswith(_TAKE_BACK)


def asks_nothing(found: Finding) -> bool:
    """Whether such a paper goes back, and nothing is asked for in its place."""
    return is_strangers(found) and found.todo.startswith(take_back(""))


def given_back(record: Record) -> tuple[str, ...]:
    """The papers of others that a person confirmed to be theirs, each with its file, names in it
    masked. Of what was waived nothing is given back: the paper was let pass."""
    return tuple(dict.fromkeys(_given_back(record)))


def _given_back(record: Record) -> Iterator[str]:
    papers = {d.id: d for d in record.documents}
    for found in record.findings:
        paper = papers.get(found.document or "")
        if paper is None or not is_strangers(found):
            continue
        if any(d.action in _CONFIRMING and d.settles(found) for d in record.decisions):
            file = mask_words(found.file or "", [found.got] if found.got else [])
            yield type_label(paper.type) + (f"（文件“{file}”）" if file else "")
