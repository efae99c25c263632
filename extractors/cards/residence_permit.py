"""居住证 of mainland residents. Layouts differ by province: card or booklet, one side or two.

``portrait``  person, 常住户口所在地住址, 公民身份号码; some layouts print all fields here;
``emblem``    居住地住址, 签发机关, 有效期限 or 签发日期.

Source: domain.md 2.9 (居住证暂行条例).
"""

from __future__ import annotations

from extractors.labelled.card import card
from pipeline.model import DocumentType

KIND = DocumentType.RESIDENCE_PERMIT
score, extract, extract_side = card(KIND)
