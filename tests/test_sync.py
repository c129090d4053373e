"""The story of a run, told through its own door: what it promises whatever the command line looks like."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import ConfigError, LockedError, StalePlanError, UsageError
from syncengine.ledger.opening import open_ledger
from syncengine.model.plan import Allowances, Plan
from syncengine.model.report import Progress
from syncengine.planfile import load_plan
from syncengine.sandbox.server import Sandbox

PROJECT = """\
version: 1
project: acme
dialers:
  uk:
    vendor: comunik8
    base_url: {url}
    settings: {{host: example.com}}
    limits: {{calls: 500, per: 1s}}
    secrets: {{key: "env:COMUNIK8_KEY"}}
guards: {{max_newly_callable: {guard}}}
"""
MANIFEST = """\
campaigns:
  motor-trade: {dialer: uk, id: motor-trade, contacts: [leads]}
contacts:
  leads: {source: leads.csv, region: GB, on_absent: remove}
dnd:
  opt-outs: {source: opt-outs.csv, scope: all}
"""
PEOPLE = [f"+447840258{n:03d}" for n in range(6)]


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def load(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., sync.Loaded]:
    """Write a project and load it."""
    monkeypatch.setenv("COMUNIK8_KEY", sandbox.credentials("comunik8")["key"])

    def write(people: list[str] = PEOPLE, listed: list[str] = PEOPLE[5:], guard: int = 100) -> sync.Loaded:
        (tmp_path / "manifests").mkdir(exist_ok=True)
        (tmp_path / "manifests" / "all.yaml").write_text(MANIFEST)
        (tmp_path / "syncengine.yaml").write_text(PROJECT.format(url=sandbox.url("comunik8"), guard=guard))
        rows = [f"{phone},Ann,Lee,ann@example.com" for phone in people]
        (tmp_path / "leads.csv").write_text("\n".join(["phone,first_name,last_name,email", *rows, ""]))
        (tmp_path / "opt-outs.csv").write_text("\n".join(["phone", *listed, ""]))
        return sync.load(tmp_path)

    return write


def _plan(loaded: sync.Loaded, **options: object) -> Plan:
    with sync.planned(loaded, sync.Options(**options)) as made:  # type: ignore[arg-type]  # words of a test
        return made.plan


def _leads(sandbox: Sandbox) -> list[str]:
    return sorted(str(record["number"]) for record in sandbox.comunik8.records("motor-trade"))


def test_planning_asks_and_never_writes(load, sandbox: Sandbox) -> None:
    plan = _plan(load())
    assert plan.headline.newly_callable == 5
    assert sandbox.comunik8.record.entries(applied=True) == []


def test_the_same_files_give_the_same_plan_and_another_order_too(load) -> None:
    first = _plan(load())
    assert _plan(load()).plan_id == first.plan_id
    assert _plan(load(PEOPLE[::-1])).plan_id == first.plan_id
    assert _plan(load(PEOPLE[1:])).plan_id != first.plan_id


def test_applied_and_then_nothing_is_left(load, sandbox: Sandbox) -> None:
    loaded = load()
    seen: list[Progress] = []
    plan, report = sync.apply(loaded, sync.Options(), sync.Applying(on_progress=seen.append))
    assert report is not None
    assert report.complete
    assert report.plan_id == plan.plan_id
    assert seen
    assert len(_leads(sandbox)) == 5
    again, nothing = sync.apply(loaded, sync.Options(), sync.Applying())
    assert again.empty
    assert nothing is None


def test_a_statement_is_kept_by_a_plan_though_the_line_is_gone_when_it_is_applied(load, sandbox: Sandbox) -> None:
    _plan(load(listed=PEOPLE[4:]))
    # As long as before: a list that has become shorter would hold everything.
    sync.apply(load(listed=[*PEOPLE[5:], "+447840258999"]), sync.Options(), sync.Applying())
    assert len(_leads(sandbox)) == 4


def test_what_is_not_approved_is_not_sent(load, sandbox: Sandbox) -> None:
    asked: list[Plan] = []

    def refuse(plan: Plan) -> bool:
        asked.append(plan)
        return False

    plan, report = sync.apply(load(), sync.Options(), sync.Applying(approve=refuse))
    assert report is None
    assert asked == [plan]
    assert _leads(sandbox) == []


def test_a_guard_stops_it_and_the_plan_comes_along(load, sandbox: Sandbox) -> None:
    with pytest.raises(sync.NotApplicableError) as stopped:
        sync.apply(load(guard=1), sync.Options(), sync.Applying(approve=lambda _: pytest.fail("asked in vain")))
    assert [violation.rule for violation in stopped.value.plan.violations] == ["max_newly_callable"]
    assert _leads(sandbox) == []


def test_only_the_plan_that_was_read_is_applied(load, sandbox: Sandbox, tmp_path: Path) -> None:
    loaded = load()
    with sync.planned(loaded, sync.Options()) as made:
        made.save(tmp_path / "a.plan")
    saved = load_plan(tmp_path / "a.plan")
    with pytest.raises(StalePlanError):
        sync.apply(load(PEOPLE[1:]), sync.Options(), sync.Applying(saved=saved))
    with pytest.raises(StalePlanError, match="not another"):
        sync.apply(load(), sync.Options(), sync.Applying(expect="another"))
    assert _leads(sandbox) == []
    _, report = sync.apply(load(), sync.Options(), sync.Applying(saved=saved, expect=saved.plan_id))
    assert report is not None
    assert len(_leads(sandbox)) == 5


def test_a_release_is_allowed_for_one_plan_only(load) -> None:
    with pytest.raises(UsageError, match="--expect"):
        sync.apply(load(), sync.Options(allowances=Allowances(dnd_remove=1)), sync.Applying())


def test_one_run_at_a_time(load, sandbox: Sandbox) -> None:
    loaded = load()
    with open_ledger(loaded.desired.ledger, "acme") as ledger, ledger.lock("apply", now=time.time()):
        with pytest.raises(LockedError):
            sync.apply(loaded, sync.Options(), sync.Applying())
        assert _plan(loaded).applicable
    assert _leads(sandbox) == []


def test_a_wish_to_stop_is_obeyed_between_calls(load, sandbox: Sandbox) -> None:
    loaded = load()

    def enough() -> bool:
        return len(_leads(sandbox)) >= 2

    _, report = sync.apply(loaded, sync.Options(), sync.Applying(interrupted=enough))
    assert report is not None
    assert report.interrupted
    assert not report.complete
    assert 2 <= len(_leads(sandbox)) < 5
    sync.apply(loaded, sync.Options(), sync.Applying())
    assert len(_leads(sandbox)) == len(set(_leads(sandbox))) == 5


def test_an_unknown_apply_option_is_refused_before_anything_is_asked(load, sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match="delays"):
        _plan(load(), extra={"delay": "600"})
    _plan(load(), extra={"delays": "600"})


def test_every_mistake_comes_at_once(load, tmp_path: Path) -> None:
    load()
    (tmp_path / "manifests" / "all.yaml").write_text(MANIFEST.replace("scope: all", "scope: x").replace("GB", "gb"))
    with pytest.raises(ConfigError) as wrong:
        sync.load(tmp_path)
    assert len(wrong.value.diagnostics) == 2
