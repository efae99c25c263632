"""``application.json`` of contract.md, and how it goes together with the scanned form.

Whatever is wrong with a key is a finding of the case under ``E-0`` that names key, value and what
is allowed; the key is left out (or the one bad item of a list), and the rest is still evaluated.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipeline.finding import Finding, Severity, field_label, finding, value_label
from pipeline.model import Archive, Change, Frozen, Proxy, Request, Verification
from pipeline.reference import divisions
from pipeline.reference.dates import add_months
from pipeline.reference.text import squeeze
from pipeline.wire import published
from validators.guide.facts import Facts
from validators.guide.guide import guide
from validators.guide.vocabulary import VERIFICATIONS

FILE = "application.json"
APPLICATION_VERSION = "1"
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

    Keys that say nothing (null, blank text, an empty list) count as absent: they never stand in
    the way of what the form says. Never raises for what is in it.
    """
    findings: list[Finding] = []
    if isinstance(data, bytes):
        loaded, problem = _load(data, findings)
        if loaded is None:
            return None, (_wrong(FILE, problem),)
    else:
        loaded = dict(data)
    for key in [k for k in loaded if k not in Request.model_fields]:
        findings.append(_unknown_key(key, Request))
        del loaded[key]
    said = {key: value for key, value in loaded.items() if not _is_blank(value)}
    for key, check in _CHECKS.items():
        if key in said:
            findings += check(said)
    request = _validate(said, findings)
    return request, tuple(findings)


def application_schema() -> dict[str, Any]:
    """The published JSON Schema of ``application.json``. What it allows is taken without a finding
    about a key; blank text, which counts as left out, is taken beyond it."""
    return published(Request, "application", APPLICATION_VERSION, "validation")


def merge_requests(typed: Request | None, form: Request | None) -> Request:
    """What counts: what was typed, completed by the form. What says nothing overrides nothing."""
    said: dict[str, Any] = {}
    for source in (form, typed):
        if source is not None:
            said |= {
                name: getattr(source, name)
                for name in source.model_fields_set
                if not _is_blank(getattr(source, name))
            }
    return Request(**said)


def check_request(facts: Facts) -> Iterator[Finding]:
    """What contradicts itself, what cannot be, what was said for matters that were not chosen, and
    what the way back of the result needs (E-0)."""
    for row in facts.guide.table.contradiction:
        holds, _ = facts.holds(row.facts)
        if holds:
            yield finding("E-0", field=next(iter(row.facts)), reason=row.message)
    yield from _acceptance(facts)
    yield from _verifications(facts)
    yield from _delivery(facts)
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


_CORRECT = "请核对后在录入的申请信息中更正。"


def _acceptance(facts: Facts) -> Iterator[Finding]:
    """A day of acceptance that lies far from today is a slip more often than a fact."""
    accepted, limits = facts.request.accepted_on, facts.guide.limits
    if accepted is None:
        if facts.request.matters:
            day = facts.today.isoformat()
            reason = f"没有受理日期：办结日无法计算，年龄和有效期按处理当天（{day}）判断"
            hint = "请在申请信息中补填受理日期，或运行时用 --accepted-on 给出。"
            yield finding(
                "E-0", severity=Severity.NOTE, field="accepted_on", reason=reason, hint=hint
            )
        return
    ahead = add_months(facts.today, limits.acceptance_ahead_months)
    behind = add_months(facts.today, -limits.acceptance_behind_months)
    if accepted > ahead or accepted < behind:
        far = "晚于今天一个月以上" if accepted > ahead else "早于今天一年以上"
        yield finding(
            "E-0",
            field="accepted_on",
            got=accepted.isoformat(),
            expected=f"{behind.isoformat()} … {ahead.isoformat()}",
            reason=f"受理日期{accepted.isoformat()}{far}，年龄、有效期和办结日都按它计算",
            hint=_CORRECT,
        )


def _verifications(facts: Facts) -> Iterator[Finding]:
    """What was entered as verified waives a paper only as it is proved (guide 五, 注)."""
    for verified in facts.request.verified:
        why = facts.verification_fault(verified)
        if why:
            yield finding(
                "E-0",
                field="verified",
                got=f"{verified.kind} {verified.ref} {verified.on.isoformat()}",
                reason=f"{VERIFICATIONS[verified.kind]}的电子核验{why}，不能据此免交材料",
                hint="请核对核验记录后更正；没有核验的，请申请人提交材料。",
            )


def _delivery(facts: Facts) -> Iterator[Finding]:
    """By mail the result needs an address, a telephone and a postcode (guide 七/(三))."""
    request = facts.request
    if request.delivery != "mail":
        return
    needed = {"地址": address_of(facts), "联系电话": request.mobile, "邮政编码": request.postcode}
    lacking = "、".join(name for name, value in needed.items() if not value)
    if lacking:
        sure = facts.papers.is_declared_surely("delivery")
        yield finding(
            "E-0",
            severity=Severity.MEND if sure else Severity.REVIEW,
            field="delivery",
            reason=f"选择了邮寄送达，但没有填写{lacking}",
            hint=f"请申请人补填{lacking}，或改选其他送达方式。",
            todo=f"请在申请表上补填{lacking}，或者改选窗口领取、线上反馈",
        )


def address_of(facts: Facts) -> str | None:
    """Where mail reaches the applicant: as asked for, else where he lives, else the household."""
    if facts.request.address:
        return facts.request.address
    shown = facts.person.residence or facts.person.household
    return None if shown is None else shown.value


def _is_blank(value: object) -> bool:
    """Whether this says nothing: null, blank text, an empty list."""
    return value is None or value in ([], ()) or (isinstance(value, str) and not value.strip())


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
                findings.append(_wrong(key, f"{_label(key)}写了两次，以后一次为准"))
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
        hint="请在录入的申请信息中更正或补填。",
    )


_PARTS = {"item": "项目", "old": "变更前", "new": "变更后", "ref": "核验编号", "on": "核验日期"}
_PARTS |= {"direction": "接收或转出", "holder": "存放单位", "kind": "种类"}


def _label(key: str) -> str:
    """A key of the file as people call it: ``changes.2.new`` -> “变更项目”第2项的“变更后”."""
    head, *rest = key.split(".")
    words = f"“{field_label(_short(head))}”"
    for part in rest:
        words += f"第{part}项" if part.isdigit() else f"的“{_PARTS.get(part, field_label(part))}”"
    return words


def _unknown_key(key: str, model: type[Frozen]) -> Finding:
    """A key that there is none of: as it was typed, for its name is all that is known of it."""
    known = {
        name: f"{_PARTS.get(name, field_label(name))}（{name}）" for name in model.model_fields
    }
    typed = _short(key.rpartition(".")[2])
    near = get_close_matches(typed.casefold(), known, n=1)
    meant = (
        f"您要写的也许是{known[near[0]]}" if near else f"可以写的是：{'、'.join(known.values())}"
    )
    reason = f"有不认识的项目“{typed}”，{meant}"
    return _wrong(key, reason, got=typed, allowed="、".join(model.model_fields))


def _choices(key: str, codes: Iterable[str]) -> str:
    """What a key takes, in words where codes have them, with the code behind."""
    name = {"archive.direction": "archive_direction", "archive.holder": "archive_holder"}.get(key)
    name = name or ("archive_kind" if key == "archive.kind" else key.partition(".")[0])
    named = [(value_label(name, code), code) for code in codes]
    return "、".join(word if word == code else f"{word}（{code}）" for word, code in named)


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
            reason = f"{_label(key)}中的“{_short(value)}”不是{what}，可以写的是 {allowed}"
            findings.append(_wrong(key, reason, got=value, allowed=allowed))
        elif value in kept:
            reason = f"{_label(key)}中的“{value}”写了两次，只计一次；每个{what}最多写一次"
            findings.append(_wrong(key, reason, got=value))
        else:
            kept.append(value)
    said[key] = kept
    return findings


def _check_matters(said: dict[str, Any]) -> list[Finding]:
    return _check_codes(said, "matters", guide().codes, "事项")


def _check_groups(said: dict[str, Any]) -> list[Finding]:
    known = tuple(group.code for group in guide().table.special_group)
    return _check_codes(said, "special_groups", known, "特殊对象")


def _check_division(said: dict[str, Any]) -> list[Finding]:
    code = said["enrol_division"]
    if not isinstance(code, str) or _is_county(code):
        return []
    del said["enrol_division"]
    return [_no_county("enrol_division", code)]


def _check_archive(said: dict[str, Any]) -> list[Finding]:
    archive = said["archive"]
    if not isinstance(archive, dict):
        return []
    said["archive"] = kept = {k: v for k, v in archive.items() if not _is_blank(v)}
    wrong = [
        name
        for name in ("former_division", "archive_division")
        if isinstance(kept.get(name), str) and not _is_county(kept[name])
    ]
    return [_no_county(f"archive.{name}", kept.pop(name)) for name in wrong]


def _is_county(code: str) -> bool:
    return divisions.existed(squeeze(code)) and not squeeze(code).endswith("00")


def _no_county(key: str, code: str) -> Finding:
    allowed = "县级行政区划代码（6 位，如 450103）"
    reason = f"{_label(key)}的值“{_short(code)}”不是{allowed}"
    return _wrong(key, reason, got=code, allowed=allowed)


def _check_verified(said: dict[str, Any]) -> list[Finding]:
    """A verification without a reference number proves nothing: it is left out."""
    rows = said["verified"]
    if not isinstance(rows, list | tuple):
        return []
    found, kept = [], []
    for number, row in enumerate(rows, start=1):
        if isinstance(row, dict) and isinstance(row.get("ref"), str) and not row["ref"].strip():
            key = f"verified.{number}.ref"
            found.append(_wrong(key, f"{_label(key)}没有填写，不能据此免交材料"))
        else:
            kept.append(row)
    said["verified"] = kept
    return found


_CHECKS = {
    "matters": _check_matters,
    "special_groups": _check_groups,
    "enrol_division": _check_division,
    "archive": _check_archive,
    "verified": _check_verified,
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
        return _wrong(key, f"缺少{_label(key)}")
    if kind == "extra_forbidden":
        return _unknown_key(key, _NESTED[str(error["loc"][0])])
    codes = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
    allowed = "、".join(codes) or _ALLOWED.get(kind.split("_")[0], error["msg"])
    got = error["input"]
    said = _choices(key, codes) if codes else allowed
    reason = f"{_label(key)}的值“{_short(got)}”不对，可以写的是 {said}"
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
