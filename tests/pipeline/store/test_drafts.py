"""Drafts in the store, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.store import drafts
from pipeline.store.cases import Store
from pipeline.store.drafts import FileState


def test_a_draft_is_kept_with_what_was_typed(store: Store) -> None:
    with store.begin() as connection:
        draft = drafts.new_draft(connection, "clerk", "3")
        drafts.say(connection, draft.id, {"request": {"matters": ["M3"], "name": "韦小芳"}})
    with store.snapshot() as connection:
        found = drafts.find_draft(connection, draft.id)
        assert found is not None
        assert found.said == {"request": {"matters": ["M3"], "name": "韦小芳"}}
        assert (found.by, found.window, found.case_id) == ("clerk", "3", None)
        assert drafts.find_draft(connection, "W000000-AAAAA") is None
        assert [d.id for d in drafts.open_drafts(connection, "clerk")] == [draft.id]
        assert drafts.open_drafts(connection, "another") == []


def test_files_stand_in_their_order_under_names_of_their_own(store: Store) -> None:
    with store.begin() as connection:
        draft = drafts.new_draft(connection, "clerk", None)
        made = [drafts.add_file(connection, draft.id, f"f{n}", "a.jpg", 10) for n in range(3)]
        drafts.keep_file(connection, made[0], "a" * 64)
        drafts.drop_file(connection, made[1])
        again = drafts.add_file(connection, draft.id, "f3", "a.jpg", 20, replaces="f0")
        assert len(drafts.draft_files(connection, draft.id)) == 3  # the first stays until then
        drafts.keep_file(connection, again, "b" * 64)
    with store.snapshot() as connection:
        files = drafts.draft_files(connection, draft.id)
    assert [(f.id, f.name, f.state) for f in files] == [
        ("f2", "a（3）.jpg", FileState.COMING),
        ("f3", "a.jpg", FileState.KEPT),
    ]


def test_events_have_numbers_that_rise(store: Store) -> None:
    with store.begin() as connection:
        one, other = (drafts.new_draft(connection, "clerk", None) for _ in range(2))
        first = drafts.tell(connection, one.id, "kept", file="f1")
        drafts.tell(connection, other.id, "kept", file="g1")
        second = drafts.tell(connection, one.id, "read", page=None)
    with store.snapshot() as connection:
        assert [e.kind for e in drafts.events_after(connection, one.id, 0)] == ["kept", "read"]
        (event,) = drafts.events_after(connection, one.id, first)
        assert (event.id, event.detail) == (second, {"page": None})
        assert drafts.last_event(connection, one.id) == second > first
        assert drafts.last_event(connection, "none") == 0


def test_a_draft_that_is_dropped_takes_everything_with_it(store: Store) -> None:
    with store.begin() as connection:
        draft = drafts.new_draft(connection, "clerk", None)
        drafts.add_file(connection, draft.id, "f1", "a.jpg", 10)
        drafts.tell(connection, draft.id, "file")
        drafts.drop_draft(connection, draft.id)
    with store.snapshot() as connection:
        assert drafts.find_draft(connection, draft.id) is None
        assert drafts.draft_files(connection, draft.id) == []
        assert drafts.last_event(connection, draft.id) == 0


def test_old_drafts_are_found_and_submitted_ones_are_closed(store: Store) -> None:
    now = datetime.now(UTC)
    with store.begin() as connection:
        old = drafts.new_draft(connection, "clerk", None, now=now - timedelta(days=40))
        new = drafts.new_draft(connection, "clerk", None)
        drafts.close_draft(connection, new.id, "case")
        assert drafts.drafts_before(connection, now - timedelta(days=30)) == [old.id]
        found = drafts.find_draft(connection, new.id)
        assert found is not None
        assert found.case_id == "case"
        assert [d.id for d in drafts.open_drafts(connection, "clerk")] == [old.id]
