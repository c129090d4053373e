from pathlib import Path

from syncengine.cli.ledger_view import recovered_json, recovered_text, status_json, status_text
from syncengine.ledger.records import LockHolder
from syncengine.ledger.upkeep import Status
from syncengine.steps.recovering import Recovered

HOLDER = LockHolder(fence=7, who="ann@host pid 1", operation="apply", since=0.0, lease_until=9.0, dialers=("uk", "vn"))
STATUS = Status(
    where="ledger.db", project="acme", schema_version=2, lineage="l", serial=1_234, holders=[HOLDER], statements=5,
    campaigns=1, rows={"uk/contacts/a": 2_000}, open_calls=0, parked_calls=3, last_run=None,
)  # fmt: skip


def test_a_status_says_who_works_with_it() -> None:
    text = status_text(STATUS)
    assert "held      uk, vn: ann@host pid 1 runs apply since 1970-01-01 00:00:00 UTC, lease to" in text
    assert "uk/contacts/a: 2,000 rows" in text
    assert "last run  none" in text
    (held,) = status_json(STATUS)["held"]
    assert (held["fence"], held["dialers"]) == (7, ["uk", "vn"])


def test_a_recovery_says_what_a_person_has_to_do_and_only_then() -> None:
    nothing = recovered_text(Recovered(aside=None, salvaged=0))
    assert nothing == "the ledger is recovered; plans that were saved before are stale"
    found = Recovered(aside=Path("x.damaged"), salvaged=10, statements={"opt-outs": 3}, parked={"uk/contacts/a": 2_000})
    text = recovered_text(found)
    assert "kept as x.damaged; 10 rows could be read of it" in text
    assert "uk/contacts/a: 2,000 additions may have been made before: parked" in text
    assert "syncengine state resolve" in text
    assert recovered_json(found)["set_aside"] == "x.damaged"
