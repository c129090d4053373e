"""Short ways to write calls and to read rows back."""

from collections.abc import Iterable

from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.ports import Intent

NOW = 1_800_000_000.0
CONTACTS = Address("dialer", "contacts", "spring")
CAMPAIGN = Address("dialer", "campaign", "spring")


def item(key: str, *phones: str, content: str = "h1", remote_id: str = "") -> RowItem:
    return RowItem(key, phones or (f"+5730{key}",), {}, content, remote_id)


def intent(
    action: str = "add",
    rows: Iterable[RowItem] = (),
    *,
    address: Address = CONTACTS,
    effect: str = "dialable",
    proof: str = "park",
    lasts_days: int | None = None,
) -> Intent:
    return Intent(
        address=address,
        operation=action,
        action=action,
        effect=effect,  # type: ignore[arg-type]  # tests name any word
        rows=tuple(rows),
        request_digest="digest",
        lasts_days=lasts_days,
        proof=proof,
    )


def begin(ledger: Ledger, wanted: Intent, now: float = NOW) -> int:
    runs = ledger.history(1)
    run_id = runs[0].run_id if runs else ledger.begin_run("apply", "plan", now=now)
    return ledger.begin_call(wanted, run_id=run_id, evidence='{"lists": []}', now=now)


def add(ledger: Ledger, *keys: str, proof: str = "park") -> int:
    return begin(ledger, intent("add", [item(key) for key in keys], proof=proof))


def rows(ledger: Ledger, address: Address = CONTACTS) -> dict[str, dict[str, object]]:
    return {row["key"]: row for row in ledger.rows_table(address).to_pylist()}


def states(ledger: Ledger, address: Address = CONTACTS) -> dict[str, object]:
    return {key: row["state"] for key, row in rows(ledger, address).items()}
