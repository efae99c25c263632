"""Which characters are rare: what a recogniser has seen too seldom to expect.

GB 2312 parts its characters into 3755 common ones (level 1, by pronunciation) and the others. A
character outside GB 2312 is rare unless it is a common traditional one (Big5 level 1) or a common
Japanese one (JIS level 1), which engines know from other texts and like to read for rare ones.
Source: GB 2312-1980, Big5 and JIS X 0208, by the codecs of Python.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.reference.names import is_han

_GB_LEVEL_2 = 0xD8
_BIG5_LEVEL_1 = range(0xA4, 0xC7)
_JIS_LEVEL_1 = range(0xB0, 0xD0)


@lru_cache(maxsize=8192)
def is_rare(char: str) -> bool:
    """Whether this one character is a rare ideograph."""
    if not is_han(char):
        return False
    gb = _lead(char, "gb2312")
    if gb is not None:
        return gb >= _GB_LEVEL_2
    return _lead(char, "big5") not in _BIG5_LEVEL_1 and _lead(char, "euc_jp") not in _JIS_LEVEL_1


def _lead(char: str, encoding: str) -> int | None:
    """The first of the two bytes that encode the character; None where they do not."""
    try:
        code = char.encode(encoding)
    except UnicodeEncodeError:
        return None
    return code[0] if len(code) == 2 else None
