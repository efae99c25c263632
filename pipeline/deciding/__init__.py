"""What people decided about a case, and what follows from it.

A decision binds to the paper's content (hash of the file, page, kind, and where on the page) and to
the field, never to ids that another reading may give anew: so it survives a newer engine. It works
where readings work: a value that a person confirmed or corrected *is* the field's reading, surely
read, and every check runs on it as on any other. Only what is no reading (a judgement on a finding)
settles a finding.
"""

from __future__ import annotations

from pipeline.deciding.decided import (
    REASONED,
    VALUES,
    Decided,
    Detail,
    Paper,
    asks_four_eyes,
    draw_of,
    effective,
    in_sample,
    standing,
    visible,
    waiting,
)
from pipeline.deciding.findings import decided_findings, record_decisions
from pipeline.deciding.papers import apart, arranged, papers_of, together
from pipeline.deciding.places import paper_of
from pipeline.deciding.readings import decide_documents, decide_faces

__all__ = [
    "REASONED",
    "VALUES",
    "Decided",
    "Detail",
    "Paper",
    "apart",
    "arranged",
    "asks_four_eyes",
    "decide_documents",
    "decide_faces",
    "decided_findings",
    "draw_of",
    "effective",
    "in_sample",
    "paper_of",
    "papers_of",
    "record_decisions",
    "standing",
    "together",
    "visible",
    "waiting",
]
