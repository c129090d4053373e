"""The ledger's rows, with and without the copy beside it."""

from syncengine.steps.known_rows import known_rows
from tests.steps.projects import LEADS, Made, tels


def test_what_was_written_is_known_whether_it_is_copied_or_read(made: Made) -> None:
    made.carry_out()
    with made.planned() as planned:
        run = planned.run
        known = known_rows(run, LEADS)
        keys = sorted(key for (key,) in run.workspace.run(f"SELECT key FROM {known.table}").fetchall())
        assert (keys, known.rows) == (tels(1, 2, 3), 3)
