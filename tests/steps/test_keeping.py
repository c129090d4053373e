import asyncio

import pytest

from syncengine.errors import LockedError
from syncengine.steps import keeping
from tests.steps.projects import Made


def test_leases_are_renewed_while_a_dialer_is_read(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed: list[float] = []
    monkeypatch.setattr(keeping, "_EVERY", 0.01)
    with made.run(locked=True) as run:
        monkeypatch.setattr(type(run.ledger), "keep_fresh", lambda _, *, clock: renewed.append(clock()))

        async def reading() -> str:
            await asyncio.sleep(0.1)
            return "read"

        assert asyncio.run(keeping.keeping_leases(run, reading())) == "read"
    assert len(renewed) > 2
    assert set(renewed) == {made.now}


def test_reading_ends_when_a_lease_was_lost(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    monkeypatch.setattr(keeping, "_EVERY", 0.01)
    with made.run(locked=True) as run:

        def lost(*_: object, **__: object) -> None:
            raise LockedError("the lease of main was lost")

        monkeypatch.setattr(type(run.ledger), "keep_fresh", lost)

        async def reading() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append("cancelled")

        with pytest.raises(LockedError):
            asyncio.run(keeping.keeping_leases(run, reading()))
    assert ended == ["cancelled"]


def test_what_is_wrong_with_the_work_is_raised(made: Made) -> None:
    async def reading() -> None:
        raise ValueError("of the work")

    with made.run() as run, pytest.raises(ValueError, match="of the work"):
        asyncio.run(keeping.keeping_leases(run, reading()))


def test_what_is_left_to_others_is_told_with_its_holder(made: Made) -> None:
    with (
        made.ledger() as ledger,
        made.ledger() as other,
        other.lock("apply", now=made.now, dialers=["main"]),
        ledger.lock("apply", now=made.now, dialers=["second"]),
    ):
        left_out = keeping.left_out_of(ledger, ["main", "second"], now=made.now)
        assert list(left_out) == ["main"]
        assert "runs apply since 2027-01-15 08:00:00 UTC" in left_out["main"]
        # It was given back between the two questions.
        assert list(keeping.left_out_of(ledger, ["main"], now=made.now + 1_000)) == ["main"]
