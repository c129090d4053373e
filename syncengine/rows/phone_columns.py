# ruff: noqa: S608  # SQL is put together from names of our own; patterns go in through quoted()
"""The numbering rules for the plain majority of numbers in SQL, for whole columns at a time.

The same rules as ``phone_shortcut.py``, for a list's own region: what people write at home, with the region's calling
code after a plus, or after 00. A million spellings cost a fraction of a second instead of seconds in Python, and none
of them has to be remembered. Whatever the rules do not decide is null and goes to the phone book. A test compares the
two over all regions.
"""

from collections.abc import Sequence

from syncengine.rows.phone_shortcut import PhoneRules, rules_of_code, rules_of_region
from syncengine.rows.workspace import quoted

# All that could be a day to the parser, which tells them from numbers; without its separators a day is as long as one.
_DAY = r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?: .*)?|[0-9]{1,2}[.-][0-9]{1,2}[.-](?:19|20)[0-9]{2}"


def with_plain_numbers(rows: str, columns: Sequence[str], region: str) -> str:
    """Return a query of some rows with a column ``n_<column>`` more for each phone column.

    It is the number in E.164 that a trimmed text states by the plain rules; null: ask the phone book. Each step is a
    query of its own, since SQL would compute an expression anew wherever it is named.

    Args:
        rows: table or query in parentheses.
        columns: names of the phone columns, whose texts are trimmed.
        region: two letters, or empty: then no text is plain.
    """
    home = rules_of_region(region) if region else None
    code_rules = rules_of_code(home.calling_code) if home else None
    if home is None or code_rules is None:
        nothing = "".join(f", NULL::VARCHAR AS n_{column}" for column in columns)
        return f"(SELECT *{nothing} FROM {rows})"
    digits = ", ".join(f"{_digits(column)} AS d_{column}" for column in columns)
    national = ", ".join(f"{_national(column, home, code_rules)} AS m_{column}" for column in columns)
    number = ", ".join(f"{_whole(f'm_{column}', home)} AS n_{column}" for column in columns)
    scratch = ", ".join(f"{mark}_{column}" for column in columns for mark in "dm")
    staged = f"SELECT *, {national} FROM (SELECT *, {digits} FROM {rows})"
    return f"(SELECT * EXCLUDE ({scratch}), {number} FROM ({staged}))"


def _digits(column: str) -> str:
    """SQL of a plain text without separators; null where it is not plain."""
    plain = rf"regexp_full_match({column}, '\+?[0-9][0-9 .()-]*') AND NOT contains({column}, '(0)')"
    # 3001234567.0 is a spreadsheet's number; the parser takes the point off.
    plain += f" AND NOT suffix({column}, '.0') AND NOT regexp_full_match({column}, {quoted(_DAY)})"
    bare = column
    for separator in " .()-":
        bare = f"replace({bare}, '{separator}', '')"
    return rf"CASE WHEN regexp_full_match({column}, '\+?[0-9]+') THEN {column} WHEN {plain} THEN {bare} END"


def _national(column: str, home: PhoneRules, code_rules: PhoneRules) -> str:
    """SQL of the digits after the calling code; null where the rules do not decide."""
    digits, code = f"d_{column}", home.calling_code
    # What people type where a form insists: 000000000.
    bare = f"ltrim({digits}, '+')"
    arms = [
        (f"replace({bare}, left({bare}, 1), '') = ''", "NULL"),
        (f"starts_with({digits}, '+{code}')", _after_code(digits, len(code) + 1, code_rules)),
        (f"starts_with({column}, '00{code}')", _after_code(digits, len(code) + 2, code_rules)),
        (f"starts_with({digits}, '+') OR starts_with({digits}, '{code}')", "NULL"),
    ]
    if home.abroad is not None:
        arms.append((f"regexp_matches({digits}, {_beginning(home.abroad.pattern)})", "NULL"))
    return f"CASE {' '.join(f'WHEN {when} THEN {then}' for when, then in arms)} ELSE {_at_home(digits, home)} END"


def _after_code(digits: str, length: int, rules: PhoneRules) -> str:
    """SQL for a number as it stands behind a calling code and its mark, of so many characters together."""
    national = f"substr({digits}, {length + 1})"
    if rules.prefix is None:
        return national
    return f"CASE WHEN NOT regexp_matches({national}, {_beginning(rules.prefix.pattern)}) THEN {national} END"


def _at_home(digits: str, rules: PhoneRules) -> str:
    """SQL for a number as it is written at home; a trunk prefix that simply falls away is taken off."""
    if rules.prefix is None:
        return digits
    found = f"regexp_extract({digits}, {_beginning(rules.prefix.pattern)})"
    arms = f"WHEN {found} = '' THEN {digits}"
    if rules.trunk and rules.viable is not None:
        viable = f"regexp_full_match({digits}, {quoted(rules.viable.pattern)})"
        arms += f" WHEN {found} = {quoted(rules.trunk)} AND NOT {viable} THEN substr({digits}, {len(rules.trunk) + 1})"
    return f"CASE {arms} END"


def _beginning(pattern: str) -> str:
    return quoted(f"^(?:{pattern})")


def _whole(national: str, rules: PhoneRules) -> str:
    """SQL for the number with its code, where its length is possible; shorter ones may be service numbers."""
    code = rules.calling_code
    lengths = ", ".join(str(n) for n in sorted(rules.lengths) if 7 <= n <= 15 - len(code))
    return f"CASE WHEN length({national}) IN ({lengths or 'NULL'}) THEN '+{code}' || {national} END"
