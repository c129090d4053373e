from syncengine.ledger.opening import mark_of
from syncengine.ledger.schema import VERSION
from syncengine.steps.ledgers import ledger_of, ledger_status, mark_folder, migrate_ledger, move_ledger
from tests.steps.projects import NOW, Made


def test_the_mark_lies_beside_the_file_or_where_the_project_keeps_its_own(made: Made) -> None:
    made.project["ledger"] = "sqlite:///elsewhere/ledger.db"
    loaded = made.load()
    ledger_of(loaded).close()
    assert (made.root / "elsewhere" / "ledger.db.mark").exists()
    assert mark_of("postgresql://db/x", mark_folder(loaded)).path == made.root / ".syncengine" / "ledger.mark"


def test_a_target_without_a_root_lies_below_the_project(made: Made) -> None:
    loaded = made.load()
    move_ledger(loaded, "sqlite:///new/home.db", now=NOW, wait=0)
    assert (made.root / "new" / "home.db").exists()
    made.project["ledger"] = "sqlite:///new/home.db"
    assert ledger_status(made.load()).where == str(made.root / "new" / "home.db")
    assert migrate_ledger(made.load()) == (VERSION, VERSION)
