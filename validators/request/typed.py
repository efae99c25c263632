"""``application.json`` of contract.md, and how it goes together with the scanned form.

Whatever is wrong with a key is a finding of the case under ``E-0`` that names key, value and what
is allowed; the key is left out (or the one bad item of a list), and the rest is still evaluated.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipeline.finding import Finding, Severity, finding
from pipeline.model import Archive, Change, Frozen, Proxy, Request, Verification
from pipeline.reference import divisions
from validators.guide.facts import Facts
from validators.guide.guide import guide

FILE = "application.json"
MAX_BYTES = 1_000_000
"""An honest file has some hundred bytes; a larger one is refused before it is parsed."""

_NESTED: dict[str, type[Frozen]] = {
    "changes": Change,
    "archive": Archive,
    "proxy": Proxy,
    "verified": Verification,
}


def parse_request(data: bytes | Mapping[str, Any]) -> tuple[Request | None, tuple[Finding, ...]]:
    """The request, and what is wrong with it. None where there is no JSON object at all.

    Keys that say nothing (null, empty text) count as absent. Never raises for what is in it.
    """
    findings: list[Finding] = []
    if isinstance(data, bytes):
        loaded, problem = _load(data, findings)
        if loaded is None:
            return None, (_wrong(FILE, problem),)
    else:
        loaded = dict(data)
    for key in [k for k in loaded if k not in Request.model_fields]:
        allowed = "、".join(Request.model_fields)
        findings.append(
            _wrong(key, f"不认识的键“{_short(key)}”，允许的键是 {allowed}", allowed=allowed)
        )
        del loaded[key]
    said = {key: value for key, value in loaded.items() if value is not None and value != ""}
    for key, check in _CHECKS.items():
        if key in said:
            findings += check(said)
    request = _validate(said, findings)
    return request, tuple(findings)


def merge_requests(typed: Request | None, form: Request | None) -> Request:
    """What counts: what was typed, completed by the form."""
    said: dict[str, Any] = {}
    for source in (form, typed):
        if source is not None:
            said |= {
                name: getattr(source, name)
                for name in source.model_fields_set
                if getattr(source, name) is not None
            }
    return Request(**said)


def check_request(facts: Facts) -> Iterator[Finding]:
    """What contradicts itself, or was said for matters that were not chosen (E-0)."""
    for row in facts.guide.table.contradiction:
        holds, _ = facts.holds(row.facts)
        if holds:
            keys = "、".join(row.facts)
            yield finding("E-0", field=next(iter(row.facts)), reason=f"{row.message}（{keys}）")
    request = facts.request
    chosen = set(request.matters)
    needless = (
        ("changes", bool(request.changes), {"M6", "M8"}, "变更项目", "信息变更登记事项"),
        ("archive", request.archive is not None, {"M1"}, "档案信息", "人事档案事项"),
        ("special_groups", bool(request.special_groups), {"M2"}, "特殊对象", "居民养老保险事项"),
    )
    for key, said, matters, what, lacking in needless:
        if chosen and said and not chosen & matters:
            reason = f"填写了{what}，但没有选择{lacking}"
            yield finding("E-0", severity=Severity.NOTE, field=key, reason=reason)


# ---------------------------------------------------------------- reading JSON


def _load(data: bytes, findings: list[Finding]) -> tuple[dict[str, Any] | None, str]:
    if len(data) > MAX_BYTES:
        return None, f"文件超过 {MAX_BYTES // 1000} KB，不是申请信息"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Editors of Chinese Windows still save GB 18030.
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            return None, "文件不是 UTF-8 文字"

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                findings.append(_wrong(key, f"键“{_short(key)}”出现两次，以后一个为准"))
            seen[key] = value
        return seen

    try:
        loaded = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        return None, f"不是 JSON：第 {error.lineno} 行第 {error.colno} 列有误"
    except (RecursionError, ValueError):
        return None, "不是可读的 JSON：嵌套过深或数字过长"
    if not isinstance(loaded, dict):
        return None, "内容不是 JSON 对象（{…}）"
    return {_sound(key): _sound(value) for key, value in loaded.items()}, ""


def _sound(value: Any) -> Any:
    """The value as a person sees it: without format characters (Unicode category Cf), which
    messengers and spreadsheets leave around what is copied from them, and without space around;
    every lone surrogate, which JSON can escape and no file can hold, as "?"."""
    if isinstance(value, str):
        seen = "".join(c for c in value if unicodedata.category(c) != "Cf")
        return seen.strip().encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {_sound(key): _sound(item) for key, item in value.items()}
    return value


def _short(value: object) -> str:
    """A value for a message: JSON as it was typed, cut to 40 characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= 40 else text[:40] + "…"


def _wrong(
    key: str,
    reason: str,
    *,
    got: object = None,
    allowed: str | None = None,
    severity: Severity = Severity.REVIEW,
) -> Finding:
    return finding(
        "E-0",
        severity=severity,
        field=_short(key),
        file=FILE,
        got=None if got is None else _short(got),
        expected=allowed,
        reason=reason,
    )


# ---------------------------------------------------------------- values


def _check_codes(
    said: dict[str, Any], key: str, known: tuple[str, ...], what: str
) -> list[Finding]:
    """Unknown codes and codes named twice; they are taken out of ``said``."""
    values = said[key]
    if not isinstance(values, list | tuple):
        return []
    findings = []
    allowed = "、".join(known)
    kept: list[str] = []
    for value in values:
        if value not in known:
            reason = f"“{key}”中的“{_short(value)}”不是{what}，允许的值是 {allowed}"
            findings.append(_wrong(key, reason, got=value, allowed=allowed))
        elif value in kept:
            reason = f"“{key}”中的“{value}”出现两次，只计一次；每个{what}最多写一次"
            findings.append(_wrong(key, reason, got=value))
        else:
            kept.append(value)
    said[key] = kept
    return findings


def _check_matters(said: dict[str, Any]) -> list[Finding]:
    codes = guide().codes
    if said["matters"] == []:
        reason = f"“matters”是空的，没有选择任何事项，可选 {'、'.join(codes)}"
        return [_wrong("matters", reason, severity=Severity.MEND, allowed="、".join(codes))]
    return _check_codes(said, "matters", codes, "事项")


def _check_groups(said: dict[str, Any]) -> list[Finding]:
    known = tuple(group.code for group in guide().table.special_group)
    return _check_codes(said, "special_groups", known, "特殊对象")


def _check_division(said: dict[str, Any]) -> list[Finding]:
    code = said["enrol_division"]
    if not isinstance(code, str):
        return []
    if divisions.existed(code) and not code.endswith("00"):
        return []
    allowed = "县级行政区划代码（6 位，如 450103）"
    del said["enrol_division"]
    reason = f"“enrol_division”的值“{_short(code)}”不是{allowed}"
    return [_wrong("enrol_division", reason, got=code, allowed=allowed)]


_CHECKS = {
    "matters": _check_matters,
    "special_groups": _check_groups,
    "enrol_division": _check_division,
}


def _validate(said: dict[str, Any], findings: list[Finding]) -> Request:
    """The request of what is sound in ``said``; one bad value after the other is taken out."""
    while True:
        try:
            return Request.model_validate_json(
                json.dumps(said, ensure_ascii=False, default=str), strict=True
            )
        except ValidationError as error:
            worst = error.errors(include_url=False)[0]
            findings.append(_explain(worst))
            _take_out(said, worst["loc"], is_key=worst["type"] == "extra_forbidden")


def _explain(error: ErrorDetails) -> Finding:
    place = [str(p + 1) if isinstance(p, int) else p for p in error["loc"]]
    key = ".".join(place)
    kind = error["type"]
    if kind == "missing":
        return _wrong(key, f"缺少“{key}”")
    if kind == "extra_forbidden":
        model = _NESTED[str(error["loc"][0])]
        allowed = "、".join(model.model_fields)
        return _wrong(key, f"不认识的键“{key}”，允许的键是 {allowed}", allowed=allowed)
    allowed = (
        str(error.get("ctx", {}).get("expected", ""))
        .replace("'", "")
        .replace(" or ", ", ")
        .replace(", ", "、")
    )
    allowed = allowed or _ALLOWED.get(kind.split("_")[0], error["msg"])
    got = error["input"]
    reason = f"“{key}”的值“{_short(got)}”不对，允许的值是 {allowed}"
    return _wrong(key, reason, got=got, allowed=allowed)


_ALLOWED = {
    "date": "日期 YYYY-MM-DD",
    "bool": "true 或 false",
    "string": "文字（加引号）",
    "tuple": "列表 […]",
    "model": "对象 {…}",
}


def _take_out(said: dict[str, Any], place: tuple[str | int, ...], *, is_key: bool) -> None:
    """Remove a bad key, the bad item of a list, or the whole value that holds the error."""
    key = str(place[0])
    if len(place) > 1 and isinstance(said[key], list) and isinstance(place[1], int):
        if is_key:
            del said[key][place[1]][place[2]]
        else:
            del said[key][place[1]]
    elif is_key and len(place) > 1:
        del said[key][place[1]]
    else:
        del said[key]
