from pathlib import Path

from syncengine.ledger import schema
from syncengine.ledger.connection import Database
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.salvage import salvage, set_aside
from tests.ledger.test_opening import flipped
from tests.ledger.writing import CONTACTS, NOW, add, item, states


def test_what_lies_before_and_after_the_damage_is_read(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path, "acme") as ledger, ledger.lock("apply", now=NOW):
        ledger.save_rows(CONTACTS, [item(f"{key:05}") for key in range(2_000)], now=NOW)
        ledger.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=NOW)
        add(ledger, "waiting")
    sound = path.read_bytes()
    middle = next(page for page in range(2, 400) if b"+573001000" in sound[page * 4096 : (page + 1) * 4096])
    path.write_bytes(flipped(sound, middle))
    aside = set_aside(path)
    assert aside.name.startswith("ledger.db.damaged-")
    assert not path.exists()
    store = Database.open(path)
    schema.migrate(store)
    assert salvage(aside, store) > 1_900
    store.close()
    with Ledger.open(path, "acme") as ledger:
        kept = states(ledger)
        assert 1_900 < len(kept) < 2_001
        assert {"00000", "01999", "waiting"} <= set(kept)
        assert ledger.all_numbers(["opt-outs"]) == {"+573001112233"}


def test_of_a_file_without_a_head_nothing_is_read(path: Path) -> None:
    Ledger.open(path, "acme").close()
    path.write_bytes(flipped(path.read_bytes(), 0))
    aside = set_aside(path)
    store = Database.open(path)
    schema.migrate(store)
    assert salvage(aside, store) == 0
    store.close()
