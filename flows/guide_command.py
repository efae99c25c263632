"""``yijianshi guide``: what to bring for these matters and circumstances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from validators.guide.checklist import Checklist

_Many = str | None


def guide(
    matters: Annotated[str, typer.Option("--matters", "-m", help="事项代码，逗号分隔，如 M2,M4。")],
    category: Annotated[
        Literal["mainland", "hmt", "foreign"] | None,
        typer.Option(help="申请人：mainland 大陆居民，hmt 港澳台居民，foreign 外国人。"),
    ] = None,
    channel: Annotated[
        Literal["window", "online", "mail"] | None, typer.Option(help="办理渠道。")
    ] = None,
    special: Annotated[
        _Many, typer.Option(help="特殊对象代码，逗号分隔，如 SG1,SG3；都不属于写 none。")
    ] = None,
    proxy: Annotated[
        bool | None, typer.Option("--proxy/--self", help="委托他人代办 / 本人办理。")
    ] = None,
    age: Annotated[int | None, typer.Option(min=0, max=130, help="申请人的周岁。")] = None,
    student: Annotated[
        bool | None, typer.Option("--student/--no-student", help="是否在校学生。")
    ] = None,
    employment: Annotated[
        Literal["unemployed", "flexible", "employed", "public_institution"] | None,
        typer.Option(help="就业状况：未就业、灵活就业、在用人单位就业、机关事业单位工作人员。"),
    ] = None,
    away: Annotated[
        bool | None, typer.Option("--away/--home", help="不在户籍地参保 / 在户籍地参保。")
    ] = None,
    changes: Annotated[
        _Many, typer.Option(help="变更项目，逗号分隔，如 name,mobile（M6、M8）。")
    ] = None,
    archive: Annotated[
        Literal["in", "out"] | None, typer.Option(help="档案接收 in 或转出 out（M1）。")
    ] = None,
    holder: Annotated[
        Literal["state_unit", "talent_centre", "school", "other"] | None,
        typer.Option(help="档案现存放处：state_unit 为机关、国有企事业单位（M1）。"),
    ] = None,
    verified: Annotated[
        _Many, typer.Option(help="已电子核验的信息，逗号分隔，如 household,disability。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """列出办理这些事项要带的材料。没有说明的情况不作假定，写明在什么条件下才需要。

    事项代码 M1 至 M9、特殊对象代码 SG1 至 SG8 的名称，写错代码时会列出。
    """
    from pipeline.settings import load_settings
    from validators.guide.checklist import Circumstances, checklist
    from validators.guide.guide import guide as load_guide
    from validators.guide.vocabulary import CHANGE_ITEMS, VERIFICATIONS

    load_settings()  # nothing of them is needed, but a mistyped name is said whichever command runs
    rules = load_guide()
    names = {code: rules.matter(code).name for code in rules.codes}
    groups = {group.code: group.name for group in rules.table.special_group}
    codes = _codes(matters, names, "事项")
    made = checklist(
        codes,
        Circumstances(
            category=category,
            channel=channel,
            proxy=proxy,
            away=away,
            age=age,
            student=student,
            employment=employment,
            special_groups=_groups(special, groups),
            changes=_codes(changes, CHANGE_ITEMS, "变更项目"),
            archive_direction=archive,
            archive_holder=holder,
            verified=_codes(verified, VERIFICATIONS, "核验种类"),
        ),
    )
    if as_json:
        typer.echo(made.model_dump_json(indent=1))
    else:
        for line in guide_lines(made):
            typer.echo(line)


NONE = "none"
"""Said of special groups: none of them."""


def _groups(text: str | None, known: Mapping[str, str]) -> tuple[str, ...] | None:
    """The special groups that were said; None where nothing was."""
    if text is None:
        return None
    if text.strip().casefold() == NONE:
        return ()
    return _codes(text, {**known, NONE: "都不属于"}, "特殊对象")


def _codes(text: str | None, known: Mapping[str, str], what: str) -> tuple[str, ...]:
    """The codes in a list with commas. Raises UsageError that names what is allowed."""
    parts = [p.strip() for p in (text or "").replace("，", ",").split(",") if p.strip()]
    by_fold = {code.casefold(): code for code in known}
    allowed = "、".join(f"{code} {name}" for code, name in known.items())
    found = []
    for part in parts:
        if part.casefold() not in by_fold:
            raise UsageError(f"没有{what}“{part}”。", f"可用的{what}：{allowed}。")
        found.append(by_fold[part.casefold()])
    if text is not None and not found:
        raise UsageError(f"没有写出{what}。", f"可用的{what}：{allowed}。")
    return tuple(dict.fromkeys(found))


def guide_lines(made: Checklist) -> Iterator[str]:
    """The checklist as a clerk reads it."""
    for matter in made.matters:
        yield f"{matter.code}  {matter.name}（{matter.department}，{matter.days}）"
        for reason in matter.closed:
            yield f"    不能办理：{reason}"
        for reason in matter.asked:
            yield f"    办理前由窗口核定：{reason}"
        if matter.remark:
            yield f"    {matter.remark}"
    yield made.whole
    for conflict in made.conflicts:
        yield f"注意：{conflict}"
    if not made.items:
        return
    yield ""
    yield "要带的材料"
    several = len(made.matters) > 1
    for item in made.items:
        tick = "[免]" if item.waived else "[ ]"
        condition = f"（{item.only_if}才需要）" if item.only_if else ""
        used = f"  用于 {'、'.join(item.matters)}" if several else ""
        yield f"{tick} {item.name}{condition}：{item.form}{used}"
        if item.instead:
            yield f"      下列之一：{'、'.join(item.instead)}"
        elif item.detail:
            yield f"      {item.detail}"
    if any(item.waived for item in made.items):
        yield "注：标“免”的已由电子核验取得，不需要提交。"
    if made.unsaid:
        yield ""
        yield f"没有说明、会影响材料的情况：{'；'.join(made.unsaid)}。"
