"""How the papers were scanned: DOC-COPY, DOC-SCREEN, DOC-BLUR, DOC-GLARE, DOC-CUT.

A copy is legitimate: the note says that the original is to be shown. The others are for a person to
look at, and say which items they made doubtful or took away. Measures and limits:
``pipeline/quality/quality.toml``. Papers of other people are not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from pipeline.evidence.evidence import is_doubtful
from pipeline.finding import Finding, field_label, finding, type_label
from pipeline.model import Application, Document, DocumentType
from pipeline.quality import DAZZLED
from pipeline.quality.limits import limits
from validators.person.whose import judged


def check_copies(application: Application, today: date) -> Iterator[Finding]:
    """DOC-COPY: a grey copy of a paper that is printed in colour."""
    for document in judged(application):
        if document.quality.copy_:
            yield finding("DOC-COPY", document=document.id, where=_where(document))


def check_screens(application: Application, today: date) -> Iterator[Finding]:
    """DOC-SCREEN: the raster of a display."""
    for document in judged(application):
        if document.quality.screen:
            yield finding("DOC-SCREEN", document=document.id, where=_where(document))


def check_blur(application: Application, today: date) -> Iterator[Finding]:
    """DOC-BLUR: strokes run together."""
    limit = limits().blur.limit
    for document in judged(application):
        blur = document.quality.blur
        if blur is not None and blur > limit:
            yield finding(
                "DOC-BLUR",
                document=document.id,
                got=f"{blur:.2f}",
                expected=f"≤{limit:.2f}",
                where=_where(document),
                items=_items("，请重点核对", (*_doubtful(document), *document.missing)),
            )


def check_glare(application: Application, today: date) -> Iterator[Finding]:
    """DOC-GLARE: a lamp's image over text."""
    for document in judged(application):
        if document.quality.glare:
            hidden = [name for name, r in document.fields.items() if DAZZLED in r.doubts]
            yield finding(
                "DOC-GLARE",
                document=document.id,
                got=f"{document.quality.glare:.0%}",
                where=_where(document),
                items=_items("，可能遮住", (*hidden, *document.missing)),
            )


def check_cut(application: Application, today: date) -> Iterator[Finding]:
    """DOC-CUT: a part of the paper lies beyond the picture."""
    for document in judged(application):
        if document.quality.cut:
            yield finding(
                "DOC-CUT",
                document=document.id,
                where=_where(document),
                items=_items("，未见", document.missing),
            )


def _where(document: Document) -> str:
    if document.type != DocumentType.UNKNOWN:
        return type_label(document.type)
    page = document.pages[0]
    return f"文件“{page.file}”第 {page.page} 页"


def _doubtful(document: Document) -> Iterator[str]:
    return (name for name, reading in document.fields.items() if is_doubtful(name, reading))


def _items(words: str, names: Iterable[str]) -> str:
    """The items' names behind these words; nothing where there are none."""
    named = "".join(f"“{field_label(name)}”" for name in dict.fromkeys(names))
    return words + named if named else ""
