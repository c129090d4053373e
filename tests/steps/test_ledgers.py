from syncengine.steps.ledgers import ledger_of, ledger_status, mark_folder, migrate_ledger, move_ledger
from tests.steps.projects import NOW, Made


def test_the_mark_lies_beside_the_project_whatever_the_ledger_s_url(made: Made) -> None:
    made.project["ledger"] = "sqlite:///elsewhere/ledger.db"
    loaded = made.load()
    ledger_of(loaded).close()
    assert mark_folder(loaded) == made.root / ".syncengine"
    assert (made.root / ".syncengine" / "ledger.mark").exists()
    assert (made.root / "elsewhere" / "ledger.db").exists()


def test_a_target_without_a_root_lies_below_the_project(made: Made) -> None:
    loaded = made.load()
    move_ledger(loaded, "sqlite:///new/home.db", now=NOW, wait=0)
    assert (made.root / "new" / "home.db").exists()
    made.project["ledger"] = "sqlite:///new/home.db"
    assert ledger_status(made.load()).where == str(made.root / "new" / "home.db")
    assert migrate_ledger(made.load()) == (3, 3)
