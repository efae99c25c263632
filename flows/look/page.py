"""``index.html`` of a look: one page that works offline; its pictures lie beside it."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.look.lines import tag_text
from flows.look.sight import UNCERTAIN, Sight
from flows.report import SEVERITY_LABELS
from pipeline.watch import Outline


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("flows"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = _points
    environment.filters["tag"] = lambda tag: tag_text(tag[0], tag[1])
    return environment


def _points(outline: Outline) -> str:
    """An outline as an SVG polygon has it."""
    return " ".join(f"{x:g},{y:g}" for x, y in outline)


def render_sight(sight: Sight) -> str:
    """The page. Its one script is inline and named by its hash in the page's own policy, so that
    nothing else runs whatever a scan holds."""
    script = (files("flows") / "templates" / "look.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    style = (files("flows") / "templates" / "look.css").read_text(encoding="utf-8")
    faces = [face for page in sight.pages for sheet in page.sheets for face in sheet.faces]
    return (
        _environment()
        .get_template("look.html")
        .render(
            sight=sight,
            script=Markup(script),
            script_hash=f"sha256-{digest}",
            style=Markup(style),
            severities=SEVERITY_LABELS,
            uncertain=UNCERTAIN,
            sheets=sum(len(page.sheets) for page in sight.pages),
            lines=sum(len(sheet.lines) for page in sight.pages for sheet in page.sheets),
            doubts=sum(field.is_doubtful for face in faces for field in face.fields),
            missing=sum(len(face.missing) for face in faces),
        )
    )
