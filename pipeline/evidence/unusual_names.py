"""A doubt for every name with a character that names are hardly ever written with.

The engine reads rare characters of names as everyday ones, with scores as high as those of plain
print (𫘝 as 驶): what gives such a reading away is that nobody is called so.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.evidence.evidence import field_kind
from pipeline.model import Face, Reading
from pipeline.reference.name_characters import unusual
from pipeline.reference.names import is_plausible


def with_unusual_names(face: Face) -> Face:
    """The face with a doubt at each of its names that needs one. What is no name by its length or
    signs is not looked at: it is doubted already, or says that there is none (曾用名 无)."""
    doubted = _doubted(face.fields)
    return face.model_copy(update={"fields": {**face.fields, **doubted}}) if doubted else face


def _doubted(fields: Mapping[str, Reading]) -> Mapping[str, Reading]:
    return {
        name: reading.model_copy(
            update={"doubts": (*reading.doubts, f"姓名中少见的字：{'、'.join(chars)}")}
        )
        for name, reading in fields.items()
        if field_kind(name) == "name"
        and reading.source != "form"
        and is_plausible(reading.value)
        and (chars := unusual(reading.value, foreign=name == "chinese_name"))
    }
