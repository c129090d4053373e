"""Rows as templates see them, and how many of them fit into the URL of one call."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.errors import RenderError
from syncengine.model.address import Address
from syncengine.model.calling import Limits
from syncengine.model.exchange import Request, RowItem
from syncengine.model.vendor import Operation
from syncengine.remote.row_scope import row_scope, rows_scope
from tests.remote.applying import DIALER, Bench, call, item, items, only, records, vendor


def in_query(scope) -> Request:
    return Request("POST", "/records.add", tuple(("tel", pair["record"]["tel"]) for pair in scope["rows"]))


def adding(bench: Bench, operation: Operation, found: list) -> None:
    bench.vendor = vendor(records(operations={"add": operation}))
    bench.adding(*range(len(found)))
    bench.rows(next(iter(bench.store.sets)), found)


@settings(max_examples=20, deadline=None)
@given(longest=st.integers(120, 600), count=st.integers(1, 40), name=st.sampled_from(["", "ñandú ", "%", "名前"]))
def test_rows_that_travel_in_the_url_are_cut_to_its_longest_length(
    longest: int, count: int, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bench = Bench(tmp_path_factory.mktemp("url"))
    bench.limits = Limits(concurrency=1, url_length=longest)
    found = [replace(row, record={"tel": name + row.key}) for row in items(*range(count))]
    adding(bench, call("records.add", "dialable", batch=1000, render=in_query), found)
    report = bench.apply()
    assert report.complete
    urls = [str(seen.request.url) for seen in bench.dialers.calls]
    assert all(len(url) <= longest for url in urls)
    sent = [value for seen in bench.dialers.calls for value in seen.request.url.params.get_list("tel")]
    assert sorted(sent) == sorted(row.record["tel"] for row in found)  # type: ignore[type-var]  # texts, all of them
    bench.ledger.close()


def test_one_row_that_is_too_long_for_a_url_fails_alone(bench: Bench) -> None:
    bench.limits = Limits(concurrency=1, url_length=120)
    found = [item(0), item(1, record={"tel": "9" * 200}), item(2)]
    adding(bench, call("records.add", "dialable", batch=10, render=in_query), found)
    report = bench.apply()
    assert dict(only(report).outcomes) == {"applied": 2, "failed": 1}
    assert "the URL has" in next(iter(only(report).messages))


def test_a_row_that_cannot_be_rendered_fails_alone_in_a_url_too(bench: Bench) -> None:
    def render(scope) -> Request:
        if any(pair["row"]["key"] == item(1).key for pair in scope["rows"]):
            raise RenderError("no such file name")
        return in_query(scope)

    adding(bench, call("records.add", "dialable", batch=4, render=render), items(0, 1, 2, 3))
    assert dict(only(bench.apply()).outcomes) == {"applied": 3, "failed": 1}


def test_the_first_row_of_a_call_stands_at_the_top_as_well(bench: Bench) -> None:
    bench.adding(1)
    bench.apply()
    run = bench.runs[DIALER]
    scope = rows_scope(run, Address(DIALER, "dnd", "account"), items(1, 2), lasts_days=3)
    pairs = [row_scope(row) for row in items(1, 2)]
    assert scope["rows"] == pairs
    assert (scope["row"], scope["record"]) == (pairs[0]["row"], pairs[0]["record"])
    assert scope["list"] == {"name": "account", "lasts_days": "3"}
    assert "campaign" not in scope
    empty = rows_scope(run, Address(DIALER, "contacts", "spring"), [])
    assert (empty["rows"], "row" in empty, "campaign" in empty) == ([], False, True)
    assert row_scope(RowItem("k", ()))["row"] == {"key": "k", "phone": "", "phones": [], "remote_id": ""}
