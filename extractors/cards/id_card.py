"""居民身份证 (second generation), issued by the police. Two faces:

``portrait``  姓名, 性别, 民族, 出生, 住址 (one to four lines), 公民身份号码;
``emblem``    title 居民身份证, 签发机关, 有效期限.

By law the emblem side is the front; every reading service calls the portrait side so; here neither
is. Bilingual cards (Guangxi: Zhuang) print a Latin line above each label. Source: domain.md 2.1.
"""

from __future__ import annotations

from extractors.labelled.card import card
from pipeline.model import DocumentType

KIND = DocumentType.ID_CARD
score, extract, extract_side = card(KIND, bare_portrait=True)
