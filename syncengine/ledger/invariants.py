"""What is true of every sound ledger, as one query each: it counts the rows of a project for which it is not."""

from collections.abc import Mapping

from syncengine.ledger.store import Session
from syncengine.model.phone import ERASED_MARK

# Statements of people who were erased: the key's name, a digest, and some endings; see rows/erased.py.
_DIGESTS = f"{ERASED_MARK}{'_' * 8}.{'_' * 64}._%"
# What is wrong -> how many rows it is wrong of.
_COUNTS: Mapping[str, str] = {
    "do-not-call statements are not in E.164 form and match nobody":
        "SELECT count(*) FROM statement WHERE project = ? AND number NOT LIKE '+%'"  # noqa: S608 - a constant
        f" AND number NOT LIKE '{_DIGESTS}'",
    "do-not-call statements were released by nobody":
        "SELECT count(*) FROM statement WHERE project = ? AND released_at IS NOT NULL AND release_basis = ''",
    "settled rows are in no state that a settled row can have":
        "SELECT count(*) FROM collection_row r JOIN collection c ON c.collection_id = r.collection_id"
        " WHERE c.project = ? AND r.state NOT IN ('present', 'blocked', 'rejected', 'deferred')",
    "settled rows have no key":
        "SELECT count(*) FROM collection_row r JOIN collection c ON c.collection_id = r.collection_id"
        " WHERE c.project = ? AND r.key = ''",
    "calls are in no state that a call can have":
        "SELECT count(*) FROM call WHERE project = ? AND state NOT IN ('intent', 'unknown', 'parked', 'done')",
    "calls belong to no run":
        "SELECT count(*) FROM call c WHERE project = ? AND NOT EXISTS"
        " (SELECT 1 FROM run r WHERE r.run_id = c.run_id AND r.project = c.project)",
    "settled calls have rows that are not settled":
        "SELECT count(*) FROM call c WHERE project = ? AND state = 'done' AND EXISTS"
        " (SELECT 1 FROM call_row w WHERE w.call_id = c.call_id)",
    "open calls about rows have no row left":
        "SELECT count(*) FROM call c WHERE project = ? AND rows > 0 AND state <> 'done' AND NOT EXISTS"
        " (SELECT 1 FROM call_row w WHERE w.call_id = c.call_id)",
    "calls about rows know fewer rows than wait for them":
        "SELECT count(*) FROM call c WHERE project = ?"
        " AND rows < (SELECT count(*) FROM call_row w WHERE w.call_id = c.call_id)",
    "dialable calls have no evidence that do-not-call was consulted":
        "SELECT count(*) FROM call WHERE project = ? AND effect = 'dialable' AND evidence = ''",
    "calls were made under a fence that nobody was given":
        "SELECT count(*) FROM call c JOIN project p ON p.project = c.project"
        " WHERE c.project = ? AND c.fence > p.fence",
    "leases are held under a fence that nobody was given":
        "SELECT count(*) FROM lease l JOIN project p ON p.project = l.project"
        " WHERE l.project = ? AND l.fence > p.fence",
    "dialers are held while another run holds the whole project":
        "SELECT count(*) FROM lease l JOIN lease w ON w.project = l.project AND w.dialer = '' AND w.fence <> 0"
        " WHERE l.project = ? AND l.dialer <> '' AND l.fence <> 0",
    "campaigns are known without the vendor's id":
        "SELECT count(*) FROM campaign WHERE project = ? AND state = 'present' AND remote_id = ''",
}  # fmt: skip
_NOBODYS: Mapping[str, str] = {
    "settled rows belong to no collection":
        "SELECT count(*) FROM collection_row r WHERE NOT EXISTS"
        " (SELECT 1 FROM collection c WHERE c.collection_id = r.collection_id)",
    "waiting rows belong to no call":
        "SELECT count(*) FROM call_row w WHERE NOT EXISTS (SELECT 1 FROM call c WHERE c.call_id = w.call_id)",
}  # fmt: skip


def broken(session: Session, project: str) -> list[str]:
    """Return a sentence for each thing that is not as it must be."""
    found = [(what, session.execute(query, (project,)).fetchone()[0]) for what, query in _COUNTS.items()]
    found += [(what, session.execute(query).fetchone()[0]) for what, query in _NOBODYS.items()]
    return [f"{count:,} {what}" for what, count in found if count]
