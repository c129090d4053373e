"""The rules of a comparison as one SQL expression each: row -> "action/reason", "note/..." or blank.

They read the columns that ``difference.py`` joins: wanted, state (blank: not in the ledger), there (in the listing, or
too new for it), not_yet_listed (too new, and the listing lacks it), blocked_there, freed_lately (perhaps, by a call of
ours that is too new for the listing), ids (of several records there that share the key), listed, left_alone, released,
own_hash, known_hash, refused_hash, expires_at. States are the ledger's: present, blocked, rejected and deferred
(additions that were surely not applied), and unknown_* and parked_* with add, update or remove: a call whose outcome
nobody knows yet. repeat_* (with block and unblock, too): the answer was lost and making the call again does no harm, so
that it is made again where it is still wanted. A removal that was refused or deferred leaves "present".
"""

from dataclasses import dataclass

AMBIGUOUS = "note/several records there match one of ours"
_WAITING = "(state LIKE 'unknown%' OR state LIKE 'parked%')"
# The call may have taken the row away from those who are dialled; it is under way or a person looks into it.
_BEING_SUPPRESSED = "state IN ('unknown_remove', 'parked_remove')"
_NOT_THERE = "state IN ('', 'rejected', 'deferred')"
_REPEAT = "state LIKE 'repeat%'"
# The dialer has refused this very content, so that it is not offered again until it changes.
_REFUSED = "own_hash <> '' AND refused_hash = own_hash"
# It has refused to change or remove the row as it stands there.
_RESISTS = "known_hash <> '' AND refused_hash = known_hash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is possible and wanted in one collection."""

    # Rows that no source names are removed.
    removes: bool
    # Rows of ours that the dialer no longer lists are added again.
    adds_vanished: bool
    # The vendor can hold a row back without removing it.
    blocks: bool
    # Changed content can get there.
    updates: bool
    # A row that the listing lacks is gone.
    complete: bool
    # Rows stand for people whom only the vendor knows, who stay when the row goes.
    opaque: bool = False
    # Rows are dialled, so a listed one must go. False for a directory of people: a listed one is merely not put there.
    dialled: bool = True
    # A call of ours has taken rows away so lately that the listing may still have them.
    removed_lately: bool = False


def contact_settled(rules: Rules) -> str:
    """Return the condition under which most rows of most plans need nothing: they are there as they are wanted.

    It says nothing that :func:`contact_verdict` would not say; it only spares those rows all its rules.
    """
    seen = "there" if rules.complete else "true"
    plain = "NOT listed AND NOT blocked_there AND ids = ''"
    return f"wanted AND state = 'present' AND own_hash = known_hash AND {plain} AND {seen}"


def contact_verdict(rules: Rules) -> str:
    """Return the rules for people who are to be called."""
    vanished = "true" if rules.complete else "false"
    changed = f"CASE WHEN {_REFUSED} THEN 'note/rejected before' ELSE 'update/differs' END"
    changed = changed if rules.updates else "'note/not updatable'"
    # What is listed and not ours may be what we have just removed: it is neither taken for there nor added beside it.
    found_there = "'note/waiting'" if rules.removed_lately else "'adopt/already_there'"
    # Making the lost call again does no harm either way.
    arrived = "false" if rules.removed_lately else "there"
    arms = [
        *_listed_first(rules),
        (_WAITING, "'note/waiting'"),
        # Two records there are this one of ours: whichever is touched, the other stays, or it is the wrong one.
        ("ids <> ''", f"'{AMBIGUOUS}'"),
        (f"wanted AND {_REPEAT} AND NOT there AND (({_REFUSED}) OR ({_RESISTS}))", "'note/rejected before'"),
        # A lost removal is finished first: a row that may be there is not added a second time.
        ("wanted AND state = 'repeat_remove'", "'remove/differs'"),
        (
            "wanted AND state IN ('repeat_block', 'repeat_unblock')",
            "CASE WHEN there AND NOT blocked_there THEN 'adopt/already_there' ELSE 'unblock/released' END",
        ),
        ("state = 'repeat_block'", "''"),
        (
            "wanted AND state = 'repeat_add'",
            f"CASE WHEN {arrived} THEN 'adopt/already_there' ELSE 'add/missing' END",
        ),
        ("wanted AND state = 'repeat_update'", changed),
        # Blocked by us, and off the list again: the only way off is a release by name.
        ("state = 'blocked'", "CASE WHEN wanted THEN 'unblock/released' ELSE '' END"),
        ("wanted AND blocked_there", "'note/blocked there by others'"),
        (f"wanted AND {_NOT_THERE} AND there", found_there),
        (f"wanted AND {_NOT_THERE} AND {_REFUSED}", "'note/rejected before'"),
        (f"wanted AND {_NOT_THERE}", "CASE WHEN released THEN 'add/released' ELSE 'add/missing' END"),
        (f"wanted AND {vanished} AND NOT there", "'add/vanished'" if rules.adds_vanished else "'note/vanished'"),
        ("wanted AND known_hash = own_hash", "''"),
        ("wanted", changed),
        (_NOT_THERE, "''"),
        ("left_alone", "'note/left alone'"),
        (
            "true" if rules.opaque and rules.removes else "false",
            "'note/gone from the source; the people whom they brought stay there'",
        ),
        ("true" if not rules.removes else "false", "''"),
        # Ours, not wanted, and surely gone: the ledger forgets it, nobody needs to be asked.
        (f"{vanished} AND NOT there AND NOT {_REPEAT}", "'forget/not_in_source'"),
        (_RESISTS, "'note/rejected before'"),
    ]
    return _case(arms, otherwise="'remove/not_in_source'")


def _listed_first(rules: Rules) -> list[tuple[str, str]]:
    """Return the rules about listed people, who come before everybody else.

    An unknown addition counts as there, an unknown removal as still there.
    """
    if not rules.dialled:
        return [(f"listed AND {_NOT_THERE} AND NOT there", "''")]
    vanished = "true" if rules.complete else "false"
    suppress = "'block/listed'" if rules.blocks else "'remove/listed'"
    return [
        ("listed AND ((blocked_there AND NOT freed_lately) OR (state = 'blocked' AND NOT there))", "''"),
        ("listed AND state = 'parked_remove' AND NOT there", "'note/parked and listed'"),
        (f"listed AND {_BEING_SUPPRESSED} AND NOT there", "'note/waiting and listed'"),
        # The dialer would not touch it, and its whole listing does not have it: there is nobody to suppress.
        (f"listed AND {vanished} AND NOT there AND {_RESISTS}", "''"),
        (f"listed AND (there OR NOT {_NOT_THERE})", suppress),
        ("listed", "''"),
    ]


def dnd_settled(*, complete: bool, renew_before: float | None) -> str:
    """Return the condition under which a number is on the dialer's list as it should be, as for contacts."""
    seen = "there AND NOT not_yet_listed" if complete else "true"
    return f"wanted AND state = 'present' AND {seen} AND NOT ({_lapsing(renew_before)})"


def dnd_verdict(*, complete: bool, renew_before: float | None, removed_lately: bool = False) -> str:
    """Return the rules for a dialer's own do-not-call list.

    What is not known to hold protects nobody: an addition that was refused, or whose answer was lost, is sent again,
    which is harmless, and holds what is dialable until it is taken; a lost removal counts as done, and while a listing
    may still have what we took off, nothing is taken for there that we did not add. Nothing is taken off but what was
    released by name.
    """
    lapsing = _lapsing(renew_before)
    vanished = "true" if complete else "false"
    arms = [
        ("false" if removed_lately else f"wanted AND there AND {_NOT_THERE}", "'adopt/already_there'"),
        (f"wanted AND ({_NOT_THERE} OR {_WAITING} OR {_REPEAT})", "'add/missing'"),
        (f"wanted AND {vanished} AND NOT there", "'add/vanished'"),
        (f"wanted AND {lapsing}", "'add/lapsing'"),
        # A late listing, or somebody has taken it off since: it is sent again where somebody is rung who relies on it.
        (f"wanted AND {vanished} AND not_yet_listed", "'add/not_yet_listed'"),
        ("wanted", "''"),
        (f"released AND {_BEING_SUPPRESSED}", "'note/waiting'"),
        (f"released AND NOT {_NOT_THERE}", "'remove/released'"),
        (f"NOT {_NOT_THERE}", "'note/no longer stated and kept'"),
    ]
    return _case(arms, otherwise="''")


def _lapsing(renew_before: float | None) -> str:
    if renew_before is None:
        return "false"
    return f"expires_at IS NOT NULL AND expires_at < {renew_before!r}"


def _case(arms: list[tuple[str, str]], *, otherwise: str) -> str:
    return "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then in arms) + f" ELSE {otherwise} END"
