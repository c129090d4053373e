"""``suspend`` and ``resume``: what they do to a watcher is in ``test_watch``."""

from tests.cli.conftest import Project


def test_the_mark_says_who_and_why_and_outlives_the_process(project: Project) -> None:
    from syncengine.ledger.ledger import Ledger

    project.run("suspend", "--reason", "audit")
    with Ledger.open(project.folder / ".syncengine" / "ledger.db", "acme") as ledger:
        mark = ledger.notes.read("watch/suspended")
    assert mark.startswith("suspended by ")
    assert mark.endswith(": audit")


def test_a_person_who_applies_by_hand_is_not_stopped(project: Project) -> None:
    project.run("suspend")
    project.run("apply", "--yes")
    assert len(project.added()) == 2
