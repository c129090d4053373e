# ruff: noqa: S608  # SQL is put together from table names of our own
"""What is wanted, what the ledger knows and what is listed there, joined by key: the SQL under a comparison.

What a collection has nothing of (a listing, listed or released numbers, rows left alone) takes no part in the join:
planning a join of six costs more than comparing some thousand rows.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The tables, or queries in parentheses, that are joined; an empty name: there is nothing of it."""

    # src, place, key, phone, phones, content_hash.
    wanted: str
    # As the ledger gives them.
    ledger: str
    # key, phones, remote_id, blocked, ids.
    there: str = ""
    # key: rows that no collection may hold, since a number of theirs is listed.
    listed_keys: str = ""
    # key: rows that a source names and that cannot be mapped.
    unmappable: str = ""
    # number.
    released: str = ""
    # SQL: whether our last word about a row is so new that a listing need not show what came of it.
    lately: str = "false"

    @property
    def too_new(self) -> str:
        """SQL: whether a row was written so lately that a listing need not have it."""
        return f"(coalesce(a.state = 'present', false) AND {self.lately})" if self.lately != "false" else "false"

    @property
    def keyed(self) -> tuple[str, ...]:
        """Return those that hold rows, with key and phones."""
        return tuple(filter(None, (self.wanted, self.ledger, self.there)))


def keys_with(tables: tuple[str, ...], numbers: str) -> str:
    """SQL for the keys of rows any of whose numbers is in a table of ``number``.

    Most rows have one number, which needs not be taken apart.
    """
    one = " UNION ALL ".join(f"SELECT key FROM {t} SEMI JOIN {numbers} n ON n.number = phones" for t in tables)
    several = " UNION ALL ".join(f"SELECT key, phones FROM {t} WHERE contains(phones, ' ')" for t in tables)
    split = f"SELECT key, unnest(string_split(phones, ' ')) AS number FROM ({several})"
    return f"SELECT DISTINCT key FROM ({one} UNION ALL SELECT key FROM ({split}) SEMI JOIN {numbers} n USING (number))"


def joined(sides: Sides) -> str:
    """SQL for every row that any side has, with all that the rules ask about it."""
    key = "coalesce(w.key, a.key, r.key)" if sides.there else "coalesce(w.key, a.key)"
    listing = f" FULL JOIN {sides.there} r ON r.key = coalesce(w.key, a.key)" if sides.there else ""
    there = "r.key IS NOT NULL" if sides.there else "false"
    phones, remote_id, blocked, ids = "a.phones", "a.remote_id", "false", "''"
    if sides.there:
        ids = "coalesce(r.ids, '')"
        phones, remote_id = "nullif(r.phones, ''), a.phones", "nullif(r.remote_id, ''), a.remote_id"
        blocked = "coalesce(r.blocked, false)"
    return (
        f"SELECT {key} AS key, w.key IS NOT NULL AS wanted, w.src, w.place,"
        f" coalesce(w.phone, '') AS phone, coalesce(w.phones, '') AS own_phones,"
        f" coalesce(w.content_hash, '') AS own_hash, coalesce(a.state, '') AS state,"
        f" coalesce(a.content_hash, '') AS known_hash, coalesce(a.refused_hash, '') AS refused_hash, a.expires_at,"
        f" {ids} AS ids, {there} OR {sides.too_new} AS there, {sides.too_new} AND NOT ({there}) AS not_yet_listed,"
        f" {blocked} AS blocked_there, {sides.lately} AND coalesce(a.state <> 'blocked', false) AS freed_lately,"
        f" coalesce({phones}, '') AS there_phones, coalesce({remote_id}, '') AS remote_id,"
        f" {_among(sides.listed_keys, 'l')} AS listed,"
        f" {_among(sides.unmappable, 'x')} AS left_alone,"
        f" {'f.number IS NOT NULL' if sides.released else 'false'} AS released"
        f" FROM {sides.wanted} w FULL JOIN {sides.ledger} a ON a.key = w.key{listing}"
        f"{_joined_keys(sides.listed_keys, 'l', key)}{_joined_keys(sides.unmappable, 'x', key)}"
        f"{_joined_releases(sides.released)}"
    )


def _among(table: str, name: str) -> str:
    return f"{name}.key IS NOT NULL" if table else "false"


def _joined_keys(table: str, name: str, key: str) -> str:
    return f" LEFT JOIN {table} {name} ON {name}.key = {key}" if table else ""


def _joined_releases(released: str) -> str:
    if not released:
        return ""
    number = "coalesce(w.phone, split_part(a.phones, ' ', 1), '')"
    return f" LEFT JOIN (SELECT DISTINCT number FROM {released}) f ON f.number = {number}"


def moving(sides: Sides, known: str, new: str) -> Sides:
    """Return the sides without those rows of which both are known to hold the same.

    Args:
        sides: all rows; no listing among them.
        known: wanted rows that the ledger holds as they are wanted.
        new: all other wanted rows.
    """
    settled, listed = f"SELECT key FROM {known}", ""
    if sides.listed_keys:
        settled += f" ANTI JOIN {sides.listed_keys} USING (key)"
        listed = f" UNION ALL SELECT * FROM {known} SEMI JOIN {sides.listed_keys} USING (key)"
    return replace(
        sides,
        wanted=f"(SELECT * FROM {new}{listed})",
        ledger=f"(SELECT * FROM {sides.ledger} ANTI JOIN ({settled}) USING (key))",
    )


def second_keys(sides: Sides, verdicts: str) -> str:
    """SQL for the keys of additions whose number is there under another key that stays."""
    added = f"SELECT key, phone FROM {verdicts} WHERE verdict LIKE 'add/%' AND phone <> ''"
    listing = f" UNION ALL SELECT key, phones FROM {sides.there}" if sides.there else ""
    held = (
        f"SELECT key, split_part(phones, ' ', 1) AS phone FROM"
        f" (SELECT key, phones FROM {sides.ledger} WHERE state NOT IN ('rejected', 'deferred'){listing})"
    )
    going = f"SELECT key FROM {verdicts} WHERE verdict LIKE 'remove/%' OR verdict LIKE 'forget/%'"
    # Of the many rows that are there, those with a number that is to be added are few.
    staying = f"SELECT * FROM ({held}) SEMI JOIN ({added}) USING (phone) ANTI JOIN ({going}) USING (key)"
    return f"SELECT n.key FROM ({added}) n JOIN ({staying}) s ON s.phone = n.phone AND s.key <> n.key"
