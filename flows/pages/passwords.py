"""Passwords: hashed with argon2id, long rather than odd.

Rules after NIST SP 800-63B-4 (2025): a length, no rules of composition, no expiry; not the
account's own name, and not one of a handful that everybody tries.
"""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_CHARS = 12
MAX_CHARS = 256
_WORDS = ("password", "yijianshi", "administrator", "123456789", "qwertyuiop", "一件事")
_hasher = PasswordHasher()  # argon2id with the library's own costs (RFC 9106, low memory)


def hash_password(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(password)


def is_right(password: str, hashed: str | None) -> bool:
    """Whether the password is the one hashed. Takes as long where there is no such account, so that
    names cannot be found out by the clock."""
    try:
        return _hasher.verify(hashed or _nobodys(), password[:MAX_CHARS]) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def refusal(password: str, name: str) -> str | None:
    """Why the password will not do (Chinese); None where it will."""
    if len(password) < MIN_CHARS:
        return f"口令至少 {MIN_CHARS} 个字符；可以用几个词连成一句话。"
    if len(password) > MAX_CHARS:
        return f"口令最多 {MAX_CHARS} 个字符。"
    lowered = password.casefold()
    if name.casefold() in lowered or len(set(password)) < 5:
        return "口令太容易猜到：不要包含登录名，也不要反复用同几个字符。"
    if any(lowered.strip("0123456789!@#.") == word for word in _WORDS):
        return "口令太常见，请换一个。"
    return None


def new_password() -> str:
    """A password for a first login, to be changed then."""
    return "-".join(secrets.token_hex(2) for _ in range(5))
