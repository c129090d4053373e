import os
import subprocess
import sys

import pytest

from syncengine.steps.processes import surely_dead, this_process


def test_this_process_lives_and_is_told_from_others() -> None:
    assert not surely_dead(this_process())
    assert this_process() == this_process()


def test_a_child_that_has_ended_is_dead_also_while_its_parent_has_not_asked() -> None:
    program = "from syncengine.steps.processes import this_process; print(this_process(), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    name = child.stdout.readline().strip()
    assert not surely_dead(name)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert surely_dead(name)
    child.communicate()
    assert surely_dead(name)


@pytest.mark.parametrize("place", [0, 1])
def test_nobody_of_another_boot_or_namespace_is_called_dead(place: int) -> None:
    parts = this_process().split(":")
    parts[2] = "4194399"
    assert surely_dead(":".join(parts))
    parts[place] = "other"
    assert not surely_dead(":".join(parts))


def test_another_process_with_the_same_number_is_not_the_one_that_died() -> None:
    parts = this_process().split(":")
    assert surely_dead(":".join([*parts[:3], "1"]))


def test_where_nothing_can_be_told_nobody_is_dead(monkeypatch, tmp_path) -> None:
    assert not surely_dead("")
    assert not surely_dead("a@b pid 7")
    monkeypatch.setattr("syncengine.steps.processes._PROC", tmp_path)
    assert not surely_dead(this_process())
