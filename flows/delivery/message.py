"""What goes out, as a message: the envelope of Standard Webhooks around a packet, a refusal or a
revocation. The same for a folder and for HTTP; ``yijianshi schema message`` prints its schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema

from flows.packets import card_photos
from pipeline.finding import Severity
from pipeline.model import Frozen, Request
from pipeline.record import Delivery, Record
from pipeline.store.objects import Objects
from pipeline.store.outgoing import Kind, Outgoing
from pipeline.wire import DESCRIBED, MatterCode, published
from validators.output.packet import Packet, make_packets

MESSAGE_VERSION: Literal["1"] = "1"
Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
MessageType = Literal["case.packet", "case.refused", "case.revoked"]
TYPES: Mapping[Kind, MessageType] = {
    Kind.PACKET: "case.packet",
    Kind.REFUSAL: "case.refused",
    Kind.REVOCATION: "case.revoked",
}


class RefusalReason(Frozen):
    """One reason of a refusal."""

    model_config = DESCRIBED

    matter: MatterCode | None = None
    """The matter that is refused for it; absent where all are."""
    rule: str
    """Id of the rule (contract.md)."""
    message: str
    """In Chinese, for the applicant."""
    basis: str
    """Clause of the guide, law or standard; empty where none."""
    todo: str = ""
    """What the applicant can do, where there is something."""


class Refusal(Frozen):
    """不予核定, with its reasons (guide 七)."""

    model_config = DESCRIBED

    reasons: tuple[RefusalReason, ...]
    """Why; at least one."""
    refused: tuple[MatterCode, ...]
    """The matters that are refused."""
    others: tuple[MatterCode, ...]
    """The other matters of the application: they may be applied for anew without the refused."""
    delivery: Delivery | None = None
    """How the applicant wants to be told."""


class MessageData(Frozen):
    """What a message says."""

    model_config = DESCRIBED

    message_version: Literal["1"] = MESSAGE_VERSION
    """Of this schema."""
    target: Literal["hrss", "medical", "tax", "applicant"]
    """To whom."""
    case_id: str
    """The case."""
    revision: int
    """Of the case's record that this message rests on; rises with every change."""
    replaces: int | None = None
    """The revision that was sent before and holds no longer; absent of the first message."""
    packet: Packet | None = None
    """Of case.packet: the department's part of the case."""
    refusal: Refusal | None = None
    """Of case.refused."""


class Message(Frozen):
    """One message. Its id (header webhook-id; ``message_id`` of a manifest) is the same however
    often it is sent: who has taken it once need not take it again."""

    model_config = DESCRIBED

    type: MessageType
    """What it is: a packet; a refusal for the applicant; what was sent before holds no longer."""
    timestamp: Moment
    """When the revision was made."""
    data: MessageData
    """What it says."""

    def to_data(self) -> dict[str, Any]:
        """JSON values; keys without a value are left out."""
        made = self.model_dump(mode="json", exclude_none=True)
        if self.data.packet is not None:
            made["data"]["packet"] = self.data.packet.to_data()
        return made

    def to_bytes(self) -> bytes:
        """As it is sent."""
        return json.dumps(self.to_data(), ensure_ascii=False).encode()


class Content(Frozen):
    """What a message will say, before it is known what it replaces."""

    packet: Packet | None = None
    refusal: Refusal | None = None

    @property
    def digest(self) -> str:
        """Of what it tells its target; that the rules have a new version alone tells nothing."""
        data = self.model_dump(mode="json", exclude_none=True)
        data.get("packet", {}).pop("ruleset", None)
        text = json.dumps(data, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def content_of(
    message: Outgoing, record: Record | None, request: Request | None, objects: Objects
) -> Content:
    """What a message says, by the revision that it carries. Raises ValueError where that revision
    gives none, StoreError."""
    if message.kind == Kind.REVOCATION:
        return Content()
    if record is None:
        raise ValueError("the revision is not there")
    if message.kind == Kind.REFUSAL:
        return Content(refusal=refusal_of(record))
    made = make_packets(record, request, card_photos(record, objects))
    packet = next((p for p in made if p.department == message.target), None)
    if packet is None:
        raise ValueError("the revision gives no such packet")
    return Content(packet=packet)


def message_of(message: Outgoing, content: Content) -> Message:
    """The message as it is sent, once it is known what it replaces."""
    return Message(
        type=TYPES[message.kind],
        timestamp=message.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        data=MessageData.model_validate(
            {
                "target": message.target,
                "case_id": message.case_id,
                "revision": message.revision,
                "replaces": message.replaces,
                "packet": content.packet,
                "refusal": content.refusal,
            }
        ),
    )


def refusal_of(record: Record) -> Refusal:
    """The refusal of a record that is ineligible. Raises ValueError where nothing is refused."""
    rejects = [f for f in record.open_findings if f.severity == Severity.REJECT]
    if not rejects:
        raise ValueError("nothing is refused")
    reasons = {
        (f.matter, f.rule, f.message): RefusalReason(
            matter=f.matter, rule=f.rule, message=f.message, basis=f.basis, todo=f.todo or ""
        )
        for f in rejects
    }
    named = {f.matter for f in rejects}
    refused = tuple(m.code for m in record.matters if None in named or m.code in named)
    return Refusal(
        reasons=tuple(reasons.values()),
        refused=refused,
        others=tuple(m.code for m in record.matters if m.code not in refused),
        delivery=record.delivery,
    )


def message_schema() -> dict[str, Any]:
    """The published JSON Schema of a message."""
    return published(Message, "message", MESSAGE_VERSION)
