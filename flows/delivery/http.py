"""Delivery by HTTP, as Standard Webhooks 1.0.0 has it: ``webhook-id`` is the idempotency key,
``webhook-timestamp`` the moment of this attempt, ``webhook-signature`` an HMAC of id, timestamp and
body. Any 2xx means that it was taken, but a web page: that is a proxy's or a login's answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from flows.delivery.targets import Target
from pipeline import __version__
from pipeline.store.outgoing import Result

CONNECT_SECONDS = 10.0
ANSWER_BYTES = 64 * 1024
"""More of an answer is not read."""
LONGEST_WAIT_SECONDS = 24 * 3600.0
"""A Retry-After beyond this is taken for this."""
FINAL = frozenset({400, 410, 413, 415, 422})
"""The receiver says that this message, as it is, will never be taken. Whatever else it answers
(401, 404, 503 …) may be mended at its end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt. ``error`` is for people: a code and our own words."""

    result: Result
    status: int | None = None
    text: str = ""
    error: str | None = None
    wait_seconds: float | None = None


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature header."""
    told = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, told, hashlib.sha256).digest()).decode()


def open_client(target: Target) -> httpx.Client:
    """Connections to a target. The environment's proxies are not asked: where personal data go is
    said in the delivery file alone."""
    return httpx.Client(
        timeout=httpx.Timeout(target.timeout_seconds, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        proxy=target.proxy,
        verify=True if target.ca_file is None else str(target.ca_file),
        headers={"user-agent": f"yijianshi/{__version__}"},
    )


def post(
    client: httpx.Client, target: Target, secret: bytes, message_id: str, body: bytes
) -> Answer:
    """Send a message once. Never raises for the receiver's or the network's sake."""
    timestamp = int(datetime.now(UTC).timestamp())
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id, timestamp, body),
    }
    until = time.monotonic() + target.timeout_seconds
    try:
        with client.stream("POST", target.url or "", content=body, headers=headers) as response:
            return _judged(response.status_code, response.headers, _beginning(response, until))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
        return Answer(Result.FAILED, error="connect：连不上对方")
    except httpx.TimeoutException:
        return Answer(Result.UNKNOWN, error="timeout：对方没有在限时内回答")
    except (httpx.TransportError, httpx.DecodingError):
        return Answer(Result.UNKNOWN, error="broken：连接中断")


def _beginning(response: httpx.Response, until: float) -> bytes:
    """The answer's beginning, as far as it comes in time; its status counts without it, too."""
    read = b""
    try:
        for chunk in response.iter_bytes():
            read += chunk
            if len(read) >= ANSWER_BYTES or time.monotonic() > until:
                break
    except (httpx.TransportError, httpx.DecodingError):
        pass
    return read[:ANSWER_BYTES]


def _judged(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    text = body.decode("utf-8", "replace")
    is_page = "html" in headers.get("content-type", "").lower() or text.lstrip()[:1] == "<"
    if 200 <= status < 300 and not is_page:
        return Answer(Result.DELIVERED, status, text)
    if 200 <= status < 300:
        return Answer(Result.UNKNOWN, status, text, f"{status}：回答的是网页，不是接收系统")
    if status in FINAL:
        return Answer(Result.REFUSED, status, text, f"{status}：对方不接收这条内容")
    wait = _retry_after(headers.get("retry-after"))
    if status >= 500:
        return Answer(Result.UNKNOWN, status, text, f"{status}：对方系统出错", wait)
    if status == 429:
        return Answer(Result.FAILED, status, text, "429：对方要求稍后再送", wait)
    return Answer(Result.FAILED, status, text, f"{status}：地址、权限或密钥不对", wait)


def _retry_after(said: str | None) -> float | None:
    """Seconds to wait, as the header says it: a number, or a date."""
    if said is None:
        return None
    if said.strip().isdecimal():
        return min(float(said), LONGEST_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = (moment - datetime.now(UTC)).total_seconds()
    return min(max(wait, 0.0), LONGEST_WAIT_SECONDS)
