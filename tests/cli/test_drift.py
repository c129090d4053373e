"""``drift``; how a watcher tells it is in ``test_watch``."""

from tests.cli.conftest import Project


def test_rows_that_the_dialer_no_longer_lists_are_drift(project: Project, monkeypatch) -> None:
    from syncengine import landing
    from syncengine.model.address import Address
    from syncengine.model.watching import Drift

    found = Drift(address=Address("uk", "contacts", "motor-trade"), what="no longer listed by the dialer", count=3)
    monkeypatch.setattr(landing, "drift_of", lambda _: (found,))
    assert project.run("drift").out == "uk/contacts/motor-trade: 3 rows no longer listed by the dialer\n"
    project.run("drift", "--detailed-exitcode", expected=2)


def test_no_dialer_is_written_to(project: Project) -> None:
    project.run("drift")
    for dialer in (project.sandbox.comunik8, project.sandbox.wolkvox):
        assert not [entry for entry in dialer.record.entries() if entry.method != "GET"]
