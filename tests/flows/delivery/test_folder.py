"""Delivery to folders: a folder a message, whole or not there, with what it names; once."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from flows.delivery.folder import PARTIAL, folder_name, manifest_schema
from flows.delivery.message import message_schema
from flows.delivery.sending import Sender, tally_lines
from pipeline.store.cases import Store
from pipeline.store.dispatch import dead_letters, due
from pipeline.store.outgoing import messages_of
from tests.flows.delivery.office import Office, changed

TOLD = """
[retry]
attempts = 3
[hrss]
folder = "hrss"
[medical]
folder = "medical"
scans = false
[applicant]
folder = "applicant"
"""


@pytest.fixture
def office(tmp_path: Path, store: Store) -> Office:
    for name in ("hrss", "medical", "applicant"):
        (tmp_path / name).mkdir()
    return Office(tmp_path, store, TOLD)


def listed(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name != PARTIAL)


def read(folder: Path, name: str = "message.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return found


def test_each_department_gets_its_packet_and_its_scans(office: Office) -> None:
    content = b"a scan"
    sha256 = office.objects.put(io.BytesIO(content)).sha256
    made = office.put("c1", "M3", "M7")
    documents = tuple(
        d.model_copy(update={"pages": tuple(p.model_copy(update={"sha256": sha256})
                                            for p in d.pages)})
        for d in made.documents
    )  # fmt: skip
    office.write(made.model_copy(update={"documents": documents}))
    tally = office.round()
    assert tally.delivered == 2 and tally_lines(tally)[0] == "送达 2 条（人社 1、医保 1）。"
    folder = office.folder / "hrss" / "c1.r2"
    message, manifest = read(folder), read(folder, "manifest.json")
    jsonschema.validate(message, message_schema())
    jsonschema.validate(manifest, manifest_schema())
    assert manifest["case_id"] == "c1" and "replaces" not in manifest
    assert message["type"] == "case.packet"
    assert message["data"]["packet"]["department"] == "hrss"
    assert (message["data"]["case_id"], message["data"]["revision"]) == ("c1", 2)
    (scan,) = [f for f in manifest["files"] if f.get("scan")]
    assert (folder / scan["name"]).read_bytes() == content and scan["sha256"] == sha256
    assert {s["sha256"] for s in message["data"]["packet"]["scans"]} == {sha256}
    for file in manifest["files"]:
        data = (folder / file["name"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (
            file["sha256"],
            file["size_bytes"],
        )
    assert listed(office.folder / "medical" / "c1.r2") == ["manifest.json", "message.json"]
    assert read(office.folder / "medical" / "c1.r2")["data"]["packet"]["department"] == "medical"
    assert list((office.folder / "hrss" / PARTIAL).iterdir()) == []


def test_a_scan_that_is_no_file_of_its_own_is_named(office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    files = read(office.folder / "hrss" / "c1.r1", "manifest.json")["files"]
    assert [("name" in f, "scan" in f) for f in files[:2]] == [(True, False), (False, True)]
    jsonschema.validate(read(office.folder / "hrss" / "c1.r1", "manifest.json"), manifest_schema())


def test_nothing_is_sent_twice(office: Office) -> None:
    made = office.put("c1", "M3")
    assert office.round().delivered == 1
    office.write(made)
    assert office.round(after=9999).delivered == 0
    assert listed(office.folder / "hrss") == ["c1.r1"]


def test_a_correction_names_what_it_replaces_and_a_withdrawal_revokes(office: Office) -> None:
    made = office.put("c1", "M3", "M7")
    office.round()
    office.write(changed(made, "13000009999"))
    office.round()
    corrected = read(office.folder / "hrss" / "c1.r2")["data"]
    assert (corrected["revision"], corrected["replaces"]) == (2, 1)
    assert corrected["packet"]["applicant"]["mobile"] == "13000009999"
    kept = [m for m in made.matters if m.code == "M3"]
    office.write(made.model_copy(update={"matters": tuple(kept)}))
    office.round()
    revoked = read(office.folder / "medical" / "c1.r3.revoked")
    jsonschema.validate(revoked, message_schema())
    assert revoked["type"] == "case.revoked" and revoked["data"]["replaces"] == 2
    assert "packet" not in revoked["data"]


def test_a_refusal_goes_back_with_its_reasons(office: Office) -> None:
    office.put("c1", "M3", "M4", card_applied_before=True, delivery="mail")
    tally = office.round()
    assert (tally.delivered, listed(office.folder / "hrss")) == (1, [])
    told = read(office.folder / "applicant" / "c1.r1.refused")
    jsonschema.validate(told, message_schema())
    refusal = told["data"]["refusal"]
    assert (refusal["refused"], refusal["others"]) == (["M4"], ["M3"])
    assert refusal["delivery"]["way"] == "mail"
    (reason,) = refusal["reasons"]
    assert reason["rule"] == "E-M4-1" and reason["basis"] and "已提交过" in reason["message"]


def test_a_share_that_is_away_loses_nothing(office: Office) -> None:
    shutil.rmtree(office.folder / "hrss")
    for n in range(6):
        office.put(f"c{n}", "M3", "M7")
    tally = office.round()
    assert tally.by_target == {"medical": 6}
    assert 3 <= tally.failed < 6, "what fails again and again is left in peace for this round"
    assert "文件夹不可用" in "".join(tally_lines(tally))
    assert not (office.folder / "hrss").exists()
    (office.folder / "hrss").mkdir()
    office.rounds()
    assert listed(office.folder / "hrss") == [f"c{n}.r1" for n in range(6)]


def test_what_fails_too_often_is_set_aside_with_its_reason(office: Office) -> None:
    shutil.rmtree(office.folder / "hrss")
    office.put("c1", "M3")
    office.rounds()
    with office.store.snapshot() as connection:
        (dead,) = dead_letters(connection)
    assert dead.attempts == 3 and dead.error == "folder：文件夹不可用（2）"
    assert not dead.may_have_come


@pytest.mark.parametrize("step", ["before the mark", "before the rename", "before the receipt"])
@pytest.mark.parametrize("is_collected", [False, True])
def test_a_kill_at_any_step_gives_it_once(
    office: Office, step: str, is_collected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    office.put("c1", "M3")
    with monkeypatch.context() as patch:
        if step == "before the mark":
            patch.setattr("flows.delivery.folder._scans", kill)
        elif step == "before the rename":
            patch.setattr(Path, "rename", kill)
        else:
            patch.setattr(Sender, "_settle", kill)
        with pytest.raises(Killed):
            office.round()
    was_there = listed(office.folder / "hrss")
    assert was_there == (["c1.r1"] if step == "before the receipt" else [])
    if is_collected and was_there:
        shutil.rmtree(office.folder / "hrss" / "c1.r1")
    office.sender = office.new_sender()
    office.round(after=3600)
    again = [] if is_collected and was_there else ["c1.r1"]
    assert listed(office.folder / "hrss") == again
    assert office.states("c1") == [("hrss", "packet", 1, None, "sent")]
    assert list((office.folder / "hrss" / PARTIAL).iterdir()) == []


def test_what_kills_left_is_cleared_once_it_is_old_and_over(office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    with office.store.snapshot() as connection:
        (message,) = messages_of(connection, "c1")
    partial = office.folder / "hrss" / PARTIAL
    mark, strange = partial / f"{message.message_id}.done", partial / "msg_of-another-office"
    for path in (mark, strange):
        path.write_bytes(b"")
    (partial / message.message_id).mkdir()
    (partial / message.message_id / "message.json").write_text("half")
    assert office.sender.sweep() == 0, "it may be in use"
    for path in partial.iterdir():
        os.utime(path, (0, 0))
    assert office.sender.sweep() == 1
    assert list(partial.iterdir()) == [strange]


def test_a_case_that_was_handed_in_again_is_held_and_taken_back(office: Office) -> None:
    made = office.put("a", "M3")
    office.round()
    again = made.model_copy(update={"case_id": "b"})
    office.write(again)
    tally = office.round()
    assert tally.delivered == 1  # the newer one; the older one's withdrawal was planned by it
    office.round()
    assert listed(office.folder / "hrss") == ["a.r1", "a.r1.revoked", "b.r1"]
    office.write(changed(made, "13000008888"))  # another look at the older one
    assert office.round(after=9999).held == 1
    assert len(listed(office.folder / "hrss")) == 3


def test_a_revision_that_cannot_be_read_is_set_aside(office: Office) -> None:
    from sqlalchemy import update

    from pipeline.store.tables import case_revision

    office.put("c1", "M3")
    with office.store.begin() as connection:
        connection.execute(update(case_revision).values(record='{"schema_version": "99"}'))
    assert office.round().dead == 1
    with office.store.snapshot() as connection:
        (dead,) = dead_letters(connection)
    assert dead.error is not None and dead.error.startswith("content：")


def test_two_senders_at_once_send_each_message_once(office: Office) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for n in range(20):
        office.put(f"c{n:02}", "M3", "M7")
    senders = [office.new_sender() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        tallies = [tally for tally in pool.map(lambda sender: sender.round(), senders)]
    assert sum(tally.delivered for tally in tallies) == 40
    assert len(listed(office.folder / "hrss")) == 20


def test_names_of_folders_tell_case_revision_and_kind(office: Office) -> None:
    office.put("c1", "M4", card_applied_before=True)
    with office.store.snapshot() as connection:
        (message,) = messages_of(connection, "c1")
        assert folder_name(message) == "c1.r1.refused"
        assert due(connection, ["hrss"], office.now) == []
