"""Clients: the origin first, the secrets last, the budget of the day, and what a dialer's identity is."""

from dataclasses import replace
from typing import Any

import pytest

from syncengine.errors import ConfigError, UsageError
from syncengine.model.desired import Dialer
from syncengine.steps.clients import (
    base_url_of,
    check_extra,
    daily_limit,
    extra_of,
    identity_of,
    open_client,
    reserve_of,
)
from syncengine.steps.loading import Loaded
from tests.steps.acme import VENDOR, bent
from tests.steps.projects import Made


def opened(made: Made, **more: Any) -> Any:
    with made.ledger() as ledger:
        loaded = made.load()
        return open_client(loaded, loaded.desired.dialers["main"], ledger, made.options(**more))


def refusal(made: Made) -> str:
    with pytest.raises(ConfigError) as wrong:
        opened(made)
    (item,) = wrong.value.diagnostics
    return item.render()


def main_of(loaded: Loaded) -> Dialer:
    return loaded.desired.dialers["main"]


def test_an_origin_that_nobody_allowed_is_refused_with_what_to_do(made: Made) -> None:
    del made.dialers["main"]["base_url"]
    shown = refusal(made)
    assert "https://north.acme.example" in shown
    assert "SYNCENGINE_ALLOW_ORIGINS" in shown
    assert not made.acme.asked


def test_an_origin_is_refused_before_any_secret_is_looked_at(made: Made) -> None:
    made.dialers["main"] |= {"base_url": "https://evil.example", "secrets": {"token": "env:NOT_SET_ANYWHERE"}}
    assert "evil.example" in refusal(made)


def test_an_origin_that_the_owner_allowed_is_taken(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    del made.dialers["main"]["base_url"]
    monkeypatch.setenv("SYNCENGINE_ALLOW_ORIGINS", "https://north.acme.example")
    assert opened(made).origin.base_url == "https://north.acme.example/api"


def test_a_secret_that_is_missing_is_named_with_its_place_and_never_shown(made: Made) -> None:
    made.dialers["main"]["secrets"] = {"token": "env:ACME_TOKEN"}
    shown = refusal(made)
    assert "syncengine.yaml:" in shown
    assert "ACME_TOKEN" in shown


def test_the_secret_goes_to_the_dialer_and_nowhere_else(made: Made) -> None:
    plan = made.plan()
    assert {headers["x-token"] for headers in made.acme.headers} == {"s3cret-of-acme"}
    assert "s3cret" not in repr(plan)


def test_at_most_as_many_calls_at_once_as_asked_for(made: Made) -> None:
    assert opened(made).vendor.limits.concurrency == 2
    assert opened(made, parallelism=1).vendor.limits.concurrency == 1
    # The vendor's own limit stays the upper one.
    assert opened(made, parallelism=50).vendor.limits.concurrency == 2


def test_the_calls_of_a_day_are_a_setting(made: Made) -> None:
    loaded = made.load()
    vendor = loaded.vendor_of(main_of(loaded))
    assert daily_limit(main_of(loaded), vendor) is None
    made.dialers["main"]["settings"] = {"daily": "250"}
    loaded = made.load()
    assert daily_limit(main_of(loaded), vendor) == 250
    assert daily_limit(replace(main_of(loaded), settings={}), vendor) is None
    assert daily_limit(main_of(loaded), replace(vendor, limits=replace(vendor.limits, daily_calls=""))) is None


def test_calls_are_counted_over_runs_and_the_last_are_kept_for_suppression(made: Made) -> None:
    made.vendor = bent(VENDOR, ("timeout: 5", "timeout: 5, reserve: 2"))
    made.dialers["main"]["settings"] = {"daily": "8"}
    # Three questions, an addition to the list and one of people.
    made.carry_out()
    with made.planned() as planned:
        (cost,) = [found for found in planned.plan.costs if found.dialer == "main"] or [None]
        found = planned.differences.dialers[0]
        assert (found.budget, found.budget_used) == (8, len(made.acme.asked))
        assert cost is None or cost.budget == 8
    made.people("leads", *range(1, 30))
    _, report = made.apply()
    assert report is None or not report.complete
    assert len(made.acme.asked) <= 8


def test_an_identity_is_settings_and_origin_and_vendor_files_and_no_secret(made: Made) -> None:
    def identity() -> str:
        loaded = made.load()
        return identity_of(main_of(loaded), loaded.vendor_of(main_of(loaded)))

    first = identity()
    made.dialers["main"]["secrets"] = {"token": "env:OTHER"}
    assert identity() == first
    seen = {first}
    made.dialers["main"]["settings"] = {"zone": "south"}
    seen.add(identity())
    made.dialers["main"]["base_url"] = "http://127.0.0.1:1"
    seen.add(identity())
    made.vendor += "\n"
    seen.add(identity())
    made.mapping += "\n"
    seen.add(identity())
    assert len(seen) == 5


def test_a_slash_at_the_end_of_a_base_url_makes_no_other_dialer(made: Made) -> None:
    loaded = made.load()
    vendor = loaded.vendor_of(main_of(loaded))
    with_slash = replace(main_of(loaded), base_url=made.acme.base_url + "/")
    assert base_url_of(with_slash, vendor) == made.acme.base_url
    assert identity_of(with_slash, vendor) == identity_of(main_of(loaded), vendor)


def test_an_apply_option_that_no_vendor_has_is_refused_with_those_there_are(made: Made) -> None:
    loaded = made.load()
    check_extra(loaded, made.options(extra={"tag": "x"}))
    with pytest.raises(UsageError, match="'tagg'.*tag: What the rows are tagged with"):
        check_extra(loaded, made.options(extra={"tagg": "x"}))


def test_each_vendor_is_given_the_options_that_it_declares(made: Made) -> None:
    vendor = made.load().vendors["acme"].vendor
    assert extra_of(vendor, made.options(extra={"tag": "x", "other": "y"})) == {"tag": "x"}
    made.carry_out(extra={"tag": "t1"})
    rows = next(
        body
        for asked, body in zip(made.acme.asked, made.acme.bodies, strict=True)
        if asked.endswith("17/leads") and body
    )
    assert {row["tag"] for row in rows} == {"t1"}


@pytest.mark.parametrize(
    ("limit", "stated", "kept"), [(1_000, 50, 50), (20_000, 50, 1_000), (1_001, 0, 51), (10, 50, 50)]
)
def test_a_lane_of_the_days_calls_is_kept_for_suppression_whatever_the_vendor_file_says(
    made: Made, limit: int, stated: int, kept: int
) -> None:
    vendor = made.load().vendors["acme"].vendor
    vendor = replace(vendor, limits=replace(vendor.limits, reserve=stated))
    assert reserve_of(limit, vendor) == kept
