"""The request that a scanned application form makes.

The form's document has its readings under the request's own keys; what was not read, or was ticked
twice, is not said. Values read with doubt are kept: :mod:`validators.person.certainty` asks the
document how sure they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pipeline.evidence.evidence import is_doubtful
from pipeline.model import Application, Archive, Change, Document, DocumentType, Proxy, Request
from pipeline.reference import divisions
from validators.guide.guide import guide
from validators.person.certainty import form_fields
from validators.person.values import is_same
from validators.request.typed import merge_requests

_TEXTS = ("name", "id_number", "mobile", "postcode")
_CHOICES = (
    "channel",
    "id_type",
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
    # Where mail reaches the applicant: as the form says for the result, else where he lives.
    for key in ("delivery_address", "current_address", "address"):
        if address := document.value(key):
            said["address"] = address
            break
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


@dataclass(frozen=True, slots=True)
class Difference:
    """A key that two sources say differently: as ``one`` and as ``other`` has it. ``sure`` is False
    where the form's places for it were read with doubt."""

    key: str
    one: str
    other: str
    sure: bool


def differences(application: Application) -> Iterator[Difference]:
    """Where the scanned form says something else than what was typed.

    A key counts where both say it, and do not mean the same (:mod:`validators.person.values`).
    Numbers and names are always sure enough for a look; a choice that was read with doubt is not:
    what was typed counts.
    """
    typed, form = application.typed, application.form
    if typed is not None and form is not None:
        yield from _between(typed, form, application.of(DocumentType.APPLICATION_FORM))


def forms_differ(application: Application) -> Iterator[tuple[Document, Difference]]:
    """Where a further form says something else than the first, with that form."""
    forms = application.of(DocumentType.APPLICATION_FORM)
    for form in forms[1:]:
        said, written = request_of(forms[0])[0], request_of(form)[0]
        for found in _between(said, written, (forms[0], form)):
            yield form, found


def _between(one: Request, other: Request, forms: Sequence[Document]) -> Iterator[Difference]:
    for key in (*_TEXTS, *_CHOICES, *_YES_NO, *_LISTS, "enrol_division"):
        said, written = (_plain(getattr(source, key)) for source in (one, other))
        if _differ(key, said, written):
            sure = key in _TEXTS or not _is_read_with_doubt(forms, key)
            yield Difference(key, said, written, sure)
    for key in ("archive", "proxy"):
        said_all, written_all = (getattr(source, key) for source in (one, other))
        if said_all is None or written_all is None:
            continue
        for part in type(said_all).model_fields:
            said, written = (_plain(getattr(v, part)) for v in (said_all, written_all))
            if _differ(part, said, written):
                sure = not _is_read_with_doubt(forms, key)
                yield Difference(f"{key}_{part}", said, written, sure)
    yield from _changes_differ(one.changes, other.changes, forms)


def _changes_differ(
    one: Sequence[Change], other: Sequence[Change], forms: Sequence[Document]
) -> Iterator[Difference]:
    if not one or not other:
        return
    sure = not _is_read_with_doubt(forms, "changes")
    said, written = ({c.item: c for c in changes} for changes in (one, other))
    if said.keys() != written.keys():
        yield Difference("changes", _plain(tuple(said)), _plain(tuple(written)), sure)
    for item in said.keys() & written.keys():
        for part in ("old", "new"):
            a, b = (_plain(getattr(c[item], part)) for c in (said, written))
            if _differ(item, a, b):
                yield Difference("changes", a, b, sure)


def _differ(key: str, one: str, other: str) -> bool:
    """Whether both say something, and not the same."""
    return bool(one and other) and not is_same(key, one, other)


def _plain(value: Any) -> str:
    """A value as text that can be compared: white space out, lists in order."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(sorted(value))
    return "".join(str(value).split()) if value else ""


def _is_read_with_doubt(forms: Sequence[Document], key: str) -> bool:
    """Whether the forms' places for this key were read with doubt."""
    return any(
        is_doubtful(name, reading)
        for document in forms
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
