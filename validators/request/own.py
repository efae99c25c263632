"""The applicant's own case: what is surely another person's is set aside before any rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.model import Application, Document, DocumentType, Request
from validators.person.strangers import strangers, typed_for_another
from validators.request.form import form_request
from validators.request.typed import merge_requests


@dataclass(frozen=True, slots=True)
class OwnCase:
    """What the rules see. ``mistyped``: what was typed is another person's, and the papers say who
    applies."""

    application: Application
    mistyped: bool = False


def own_case(application: Application) -> OwnCase:
    """The application without other persons' papers, and without what their forms ask for."""
    person = typed_for_another(application)
    if person is not None:
        # The form of the papers' person is asked first; what only was typed stays, in doubt.
        name, number = person
        request = merge_requests(application.form, application.request)
        request = request.model_copy(update={"name": name, "id_number": number})
        typed = None if application.form is not None else request
        application = replace(application, request=request, typed=typed)
    aside = strangers(application)
    if not aside:
        return OwnCase(application, person is not None)
    rest = tuple(d for d in application.documents if d not in aside)
    own = replace(application, documents=rest, aside=aside)
    if any(d.type == DocumentType.APPLICATION_FORM for d in aside):
        form = form_request(rest)
        if form != application.form:
            own = replace(own, form=form, request=merge_requests(application.typed, form))
    return OwnCase(own, person is not None)


def own_form(documents: Sequence[Document], typed: Request | None) -> Request | None:
    """What the applicant's forms ask for together; nothing of a form that is another person's."""
    form = form_request(documents)
    case = Application("", merge_requests(typed, form), tuple(documents), typed, form)
    aside = own_case(case).application.aside
    return form_request([d for d in documents if d not in aside])
