"""How much may rest on what was read: the line between `mend` and `review` (contract.md).

Two papers contradict each other only where both were read with confidence; what was read with
doubt goes to a person.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pipeline.finding import Severity
from pipeline.model import Application, DocumentType, Reading
from pipeline.reference import idnumber
from pipeline.reference.names import SEPARATOR


@cache
def _limits() -> dict[str, float]:
    text = (files("validators.person") / "certainty.toml").read_text(encoding="utf-8")
    return {name: float(value) for name, value in tomllib.loads(text).items()}


def is_sure(reading: Reading | None, *, one_character: bool = False) -> bool:
    """Whether a reading may carry a `mend`. None stands for what was typed: that is certain."""
    if reading is None or reading.source == "human":
        return True
    limit = _limits()["sure_for_one_character" if one_character else "sure"]
    return not reading.doubts and reading.confidence >= limit


def is_sure_number(reading: Reading | None) -> bool:
    """Whether a citizen number may carry a `mend`: read surely, and its check character fits."""
    return is_sure(reading) and (reading is None or idnumber.is_valid(reading.value[:18]))


FORM_FIELDS = {
    "archive": ("archive_direction", "archive_holder"),
    "proxy": ("proxy_name", "proxy_id_number"),
}
"""Keys of the request that several fields of a form's document make up."""


def form_fields(key: str) -> tuple[str, ...]:
    """The fields of a form's document that a key of the request rests on."""
    return FORM_FIELDS.get(key, (key,))


def is_declared_surely(application: Application, key: str) -> bool:
    """Whether this key of the request was typed, or its place on the scanned form read surely.
    Where there is neither, the request was put together by hand and stands."""
    typed, form = application.typed, application.form
    if typed is not None and getattr(typed, key) not in (None, "", ()):
        return True
    for document in application.of(DocumentType.APPLICATION_FORM):
        readings = [document.fields[n] for n in form_fields(key) if n in document.fields]
        if readings:
            return all(map(is_sure, readings))
    return typed is None and form is None


def are_common(*texts: str) -> bool:
    """Whether all characters are of the 6,763 that GB 2312 holds. Rarer ones are the recogniser's
    limit: it misreads them with a high score (design.md)."""
    try:
        "".join(texts).replace(SEPARATOR, "").encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def severity(*sure: bool) -> Severity:
    """`mend` where everything it rests on is sure, else `review`."""
    return Severity.MEND if all(sure) else Severity.REVIEW


def doubt(level: Severity) -> str:
    """What a message adds where its finding is for a look only."""
    return "" if level == Severity.MEND else "（有识别把握不足或存疑之处，请先核对原件）"
