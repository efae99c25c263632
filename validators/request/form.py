"""The request that a scanned application form makes.

The form's document has its readings under the request's own keys; what was not read, or was ticked
twice, is not said. Values read with doubt are kept: :mod:`validators.person.certainty` asks the
document how sure they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from pipeline.evidence.evidence import is_doubtful
from pipeline.model import Application, Archive, Change, Document, DocumentType, Proxy, Request
from pipeline.reference import divisions
from validators.guide.guide import guide
from validators.person.certainty import form_fields
from validators.request.typed import merge_requests

_TEXTS = ("name", "id_number", "mobile", "postcode")
_CHOICES = (
    "channel",
    "flex_type",
    "employment",
    "insured_pension",
    "insured_medical",
    "delivery",
)
_YES_NO = ("is_student", "card_applied_before")
_LISTS = ("matters", "special_groups")


def request_of(document: Document) -> tuple[Request, frozenset[str]]:
    """What the form asks for, and the keys that rest on a doubtful reading."""
    said: dict[str, Any] = {
        key: value for key in _TEXTS if (value := document.value(key)) is not None and value
    }
    for key in _CHOICES:
        value = document.value(key)
        if value in _allowed(key):
            said[key] = value
    for key in _YES_NO:
        value = document.value(key)
        if value in ("true", "false"):
            said[key] = value == "true"
    said |= _codes(document)
    accepted = document.value("accepted_on")
    if accepted and len(accepted) == 10:
        said["accepted_on"] = accepted
    division = document.value("enrol_division")
    if division and divisions.existed(division):
        said["enrol_division"] = division
    direction, holder = (document.value(name) for name in form_fields("archive"))
    if direction and holder:
        said["archive"] = Archive.model_validate({"direction": direction, "holder": holder})
    if name := document.value("proxy_name"):
        said["proxy"] = Proxy(name=name, id_number=document.value("proxy_id_number") or "")
    if changes := _changes(document):
        said["changes"] = changes
    doubtful = frozenset(
        key
        for key in said
        for name in form_fields(key)
        if (reading := document.fields.get(name)) is not None and is_doubtful(name, reading)
    )
    return Request.model_validate(said), doubtful


def differences(application: Application) -> Iterator[tuple[str, str, str, bool]]:
    """Where the scanned form says something else than what was typed: (key, typed, written, sure).

    A key counts where both say it; lists as sets, texts without white space. Numbers and names are
    always sure enough for a look; a choice that was read with doubt is not: what was typed counts.
    """
    typed, form = application.typed, application.form
    if typed is None or form is None:
        return
    for key in (*_TEXTS, *_CHOICES, *_YES_NO, *_LISTS, "enrol_division"):
        said, written = (_plain(getattr(source, key)) for source in (typed, form))
        if _differ(said, written):
            sure = key in _TEXTS or not _is_read_with_doubt(application, key)
            yield key, said, written, sure
    for key in ("archive", "proxy"):
        said_all, written_all = (getattr(source, key) for source in (typed, form))
        if said_all is None or written_all is None:
            continue
        for part in type(said_all).model_fields:
            said, written = (_plain(getattr(v, part)) for v in (said_all, written_all))
            if _differ(said, written):
                yield f"{key}_{part}", said, written, not _is_read_with_doubt(application, key)
    yield from _changes_differ(application, typed.changes, form.changes)


def _changes_differ(
    application: Application, typed: Sequence[Change], form: Sequence[Change]
) -> Iterator[tuple[str, str, str, bool]]:
    if not typed or not form:
        return
    sure = not _is_read_with_doubt(application, "changes")
    said, written = ({c.item: c for c in changes} for changes in (typed, form))
    if said.keys() != written.keys():
        yield "changes", _plain(tuple(said)), _plain(tuple(written)), sure
    for item in said.keys() & written.keys():
        for part in ("old", "new"):
            one, other = (_plain(getattr(c[item], part)) for c in (said, written))
            if _differ(one, other):
                yield "changes", one, other, sure


def _differ(said: str, written: str) -> bool:
    """Whether both say something, and not the same but for the case of a letter."""
    return bool(said and written) and said.upper() != written.upper()


def _plain(value: Any) -> str:
    """A value as text that can be compared: white space out, lists in order."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(sorted(value))
    return "".join(str(value).split()) if value else ""


def _is_read_with_doubt(application: Application, key: str) -> bool:
    """Whether the form's places for this key were read with doubt."""
    return any(
        is_doubtful(name, reading)
        for document in application.of(DocumentType.APPLICATION_FORM)
        for name in form_fields(key)
        if (reading := document.fields.get(name)) is not None
    )


def form_request(documents: Sequence[Document]) -> Request | None:
    """What the forms of a case ask for together, the first one first; None where there is none."""
    made: Request | None = None
    for document in documents:
        if document.type == DocumentType.APPLICATION_FORM:
            request, _ = request_of(document)
            made = request if made is None else merge_requests(made, request)
    return made


def _allowed(key: str) -> tuple[str, ...]:
    """The codes that a key of the request takes."""
    annotation = Request.model_fields[key].annotation
    return tuple(
        code
        for option in get_args(annotation)
        for code in get_args(option)
        if getattr(option, "__origin__", None) is Literal
    )


def _codes(document: Document) -> Mapping[str, tuple[str, ...]]:
    known = {
        "matters": guide().codes,
        "special_groups": tuple(group.code for group in guide().table.special_group),
    }
    return {
        key: tuple(code for code in value.split(",") if code in codes)
        for key, codes in known.items()
        if (value := document.value(key))
    }


def _changes(document: Document) -> tuple[Change, ...]:
    items = get_args(Change.model_fields["item"].annotation)
    changes = []
    for row in document.tables.get("changes", ()):
        texts = {name: reading.value for name, reading in row.items()}
        item = texts.get("item", "")
        changes.append(
            Change.model_validate(
                {
                    "item": item if item in items else "other",
                    "old": texts.get("old", ""),
                    "new": texts.get("new", ""),
                }
            )
        )
    return tuple(changes)
