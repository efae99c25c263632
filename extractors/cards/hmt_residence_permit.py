"""港澳台居民居住证: residence permit of Hong Kong, Macao and Taiwan residents.

Made like an ID card.

``portrait``  姓名, 性别, 出生, 住址, 公民身份号码 (begins with 810000, 820000 or 830000); no 民族;
``emblem``    title 港澳居民居住证 or 台湾居民居住证, 签发机关, 有效期限, 通行证号码, 签发次数.

Source: domain.md 2.6.
"""

from __future__ import annotations

from extractors.labelled.card import card
from pipeline.model import DocumentType

KIND = DocumentType.HMT_RESIDENCE_PERMIT
score, extract, extract_side = card(KIND, bare_portrait=True)
