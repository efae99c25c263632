"""The facts that tables may name, with their values: the words between table and code.

:mod:`validators.guide.facts` computes them; ``eligibility.toml`` and ``materials.toml`` use them. A
fact that is not known has no value.
"""

from __future__ import annotations

from types import MappingProxyType

CHANGE_ITEMS = MappingProxyType(
    {
        "name": "姓名",
        "id_number": "公民身份号码",
        "birth_date": "出生日期",
        "ethnicity": "民族",
        "sex": "性别",
        "office_phone": "办公电话",
        "mobile": "移动电话",
        "postcode": "邮编",
        "address": "常住地详细地址",
        "other": "其他信息",
    }
)
"""Items of a change registration, and their names."""

VERIFICATIONS = MappingProxyType(
    {
        "household": "户籍信息",
        "disability": "残疾人证",
        "low_income": "低保人员信息",
        "extreme_poverty": "城乡特困救助供养对象信息",
        "returned_poverty": "返贫致贫人员信息",
    }
)
"""What the agency may verify electronically (guide, 五, 注)."""

CHANNELS = MappingProxyType({"window": "窗口", "online": "线上", "mail": "邮寄"})
APPLICANT_CATEGORIES = MappingProxyType(
    {"mainland": "大陆居民", "hmt": "港澳台居民", "foreign": "外国人"}
)

NUMBER_FACTS = frozenset({"age"})
"""Facts whose values are whole numbers (years)."""

VALUES: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(values.split())
        for name, values in {
            # declared
            "channel": "window online mail",
            "flex_type": "sole_proprietor part_time other",
            "employment": "unemployed flexible employed public_institution",
            "is_student": "yes no",
            "insured_pension": "none resident employee",
            "insured_medical": "none resident employee",
            "archive_direction": "in out",
            "archive_holder": "state_unit talent_centre school other",
            "by_proxy": "yes no",
            "archive_kind": "unsaid left_unit graduate flexible other",
            "said_pension": "unsaid none resident employee",
            "said_medical": "unsaid none resident employee",
            # shown by papers
            "category": "mainland hmt foreign",
            "retirement": "before between past",
            "household_region": "guangxi elsewhere",
            "identity_validity": "valid expired absent",
            "hmt_permit": "guangxi elsewhere none expired foreigner_pass",
            "foreign_lodging": "guangxi elsewhere none",
            "residence_permit": "valid outside lapsed none",
            # made of both
            "enrol_household": "same district other",
            "enrol_residence": "same district other none",
            "enrol_place": "household residence unproven district elsewhere "
            "permit_elsewhere outside",
            "enrols_away": "yes no",
            "receiving_place": "household former closed elsewhere",
            "pension_access": "mainland permit proprietor neither foreign",
            "flexible_worker": "yes contradicted",
            "card_before": "no yes card_shown",
            "fee_basis": "selected insured resident_only none",
            "changes": "valid same incomplete empty conflicting",
            "unclaimed_group": "none proved",
            "change_channel": "open closed doubtful nothing",
            "change_proof": "yes no",
        }.items()
    }
)
"""Every other fact and its values."""
