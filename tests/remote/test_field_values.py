from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.model.vendor import CampaignField, Campaigns
from syncengine.remote.field_values import canonical_fields, read_field, read_fields, write_field, write_fields
from syncengine.remote.paths import MISSING
from tests.building import vendor


def field(kind: str = "text", **more: object) -> CampaignField:
    return CampaignField(name="x", to="theirs", read="theirs", kind=kind, **more)  # type: ignore[arg-type]


def iso_utc(moment: datetime) -> str:
    text = moment.replace(tzinfo=None).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text + "Z"


_moments = st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2200, 1, 1))  # noqa: DTZ001 - made naive on purpose
_whole_seconds = _moments.map(lambda moment: moment.replace(microsecond=0))
_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_structures = st.recursive(
    _texts | st.integers(-(2**53), 2**53) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
CASES = st.one_of(
    st.tuples(st.just(field()), _texts),
    st.tuples(st.just(field("integer")), st.integers(-(10**17), 10**17)),
    st.tuples(st.just(field("number")), st.integers(-(10**9), 10**9) | st.sampled_from([0.05, -2.5, 1e-7, 0.1 + 0.2])),
    st.tuples(st.sampled_from([field("yes_no"), field("boolean")]), st.booleans()),
    st.tuples(
        st.just(field("epoch_ms")),
        _moments.map(lambda m: iso_utc(m.replace(microsecond=m.microsecond // 1000 * 1000, tzinfo=UTC))),
    ),
    st.tuples(st.just(field("datetime", form="%H%M%S")), _whole_seconds.map(lambda m: m.time().isoformat())),
    st.tuples(st.just(field("datetime", form="%Y-%m-%d")), st.dates(min_value=date(1950, 1, 1)).map(date.isoformat)),
    st.tuples(st.just(field("datetime", form="%Y%m%d%H%M%S")), _whole_seconds.map(datetime.isoformat)),
    st.tuples(
        st.just(field("datetime", form="%d/%m/%Y %H:%M")), _whole_seconds.map(lambda m: m.replace(second=0).isoformat())
    ),
    st.tuples(st.just(field("json")), st.dictionaries(_texts, _structures, max_size=3)),
    st.tuples(st.just(field("list")), st.lists(_texts, min_size=1, max_size=4).map(tuple)),
    st.tuples(
        st.sampled_from(
            [
                field(values={"predictive": "3", "preview": "1", "true": "on"}),
                field("integer", values={"predictive": "3", "preview": "1", "true": "9"}),
            ]
        ),
        st.sampled_from(["predictive", "preview", True]),
    ),
    st.tuples(
        st.just(field("list", values={"a": "1", "b": "2"})), st.lists(st.sampled_from("ab"), min_size=1).map(tuple)
    ),
)


@given(CASES)
@settings(max_examples=300)
def test_what_is_written_reads_back_equal(case: tuple[CampaignField, object]) -> None:
    known, ours = case
    assert read_field(known, write_field(known, ours)) == ours


@pytest.mark.parametrize(
    ("known", "ours", "theirs"),
    [
        (field("integer"), "5", 5),
        (field("number"), "0.05", 0.05),
        (field("yes_no"), True, "yes"),
        (field("yes_no"), "no", "no"),
        (field("boolean"), "true", True),
        (field("epoch_ms"), "2026-03-01T08:00:00Z", 1772352000000),
        (field("epoch_ms"), "2026-03-01T03:00:00-05:00", 1772352000000),
        (field("datetime", form="%H%M%S"), "08:30", "083000"),
        (field("datetime", form="%Y%m%d%H%M%S"), "2026-03-01T08:30:00", "20260301083000"),
        (field("json"), {"a": ("x",)}, {"a": ["x"]}),
        (field("list"), ("7", 8), ["7", "8"]),
        (field(values={"predictive": "3"}), "predictive", "3"),
        (field("integer", values={"predictive": "3"}), "predictive", 3),
        (field("boolean", values={"started": "true"}), "started", True),
    ],
)
def test_our_spelling_becomes_theirs(known: CampaignField, ours: object, theirs: object) -> None:
    written = write_field(known, ours)
    assert written == theirs
    assert type(written) is type(theirs)


@pytest.mark.parametrize(
    ("known", "theirs", "ours"),
    [
        (field(), None, ""),
        (field(), 7, "7"),
        (field(), ["7"], MISSING),
        (field(), MISSING, MISSING),
        (field("integer"), "5", 5),
        (field("integer"), 5.0, 5),
        (field("integer"), " ", MISSING),
        (field("integer"), "five", MISSING),
        (field("number"), "0.05", 0.05),
        (field("boolean"), 1, True),
        (field("boolean"), "perhaps", MISSING),
        (field("yes_no"), "Yes", True),
        (field("epoch_ms"), "1772352000000", "2026-03-01T08:00:00Z"),
        (field("epoch_ms"), 10**30, MISSING),
        (field("datetime", form="%H%M%S"), "083000", "08:30:00"),
        (field("datetime", form="%H%M%S"), "8h", MISSING),
        (field("json"), '{"a":[1]}', {"a": (1,)}),
        (field("json"), "{broken", MISSING),
        (field("list"), {"0": "a", "1": "b"}, ("a", "b")),
        (field("list"), "a, b", ("a", "b")),
        (field("list"), {"x": 1}, MISSING),
        (field("list", values={"a": "1"}), ["1", "2"], MISSING),
        (field(values={"predictive": "3"}), 3, "predictive"),
        (field(values={"predictive": "3"}), 4, MISSING),
        (field("boolean", values={"started": "true", "stopped": "false"}), False, "stopped"),
    ],
)
def test_their_spelling_becomes_ours_or_is_left_out(known: CampaignField, theirs: object, ours: object) -> None:
    assert read_field(known, theirs) == ours


@pytest.mark.parametrize(
    ("known", "ours", "expected"),
    [
        (field("integer"), "five", "whole number"),
        (field("number"), "1e999", "number"),
        (field("boolean"), "perhaps", "true or false"),
        (field("epoch_ms"), "soon", "2026-03-01T08:00:00Z"),
        (field("datetime", form="%H%M%S"), "2026-03-01", "08:00:00"),
        (field("datetime", form="%Y-%m-%d %H:%M"), "2026-03-01T08:00:00+01:00", "time zone"),
        (field(values={"predictive": "3", "preview": "1"}), "power", "one of predictive, preview"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(known: CampaignField, ours: object, expected: str) -> None:
    with pytest.raises(ValueError, match=expected) as caught:
        write_field(known, ours)
    assert "'x'" in str(caught.value)


def test_fields_go_by_the_mapping() -> None:
    fields = {
        "speed": CampaignField(name="speed", to="sp", read="settings.sp", kind="integer"),
        "ends": CampaignField(name="ends", to="end", kind="datetime", form="%H%M%S"),
    }
    acme = vendor(campaigns=Campaigns(fields=fields))
    assert write_fields(acme, {"speed": "5", "ends": "18:00"}) == {"sp": 5, "end": "180000"}
    assert read_fields(acme, {"settings": {"sp": "5"}, "end": "180000"}) == {"speed": 5}
    assert canonical_fields(acme, {"speed": "5", "ends": "18:00"}) == {"speed": 5, "ends": "18:00:00"}
    with pytest.raises(ValueError, match="'colour'"):
        write_fields(acme, {"colour": "red"})


def test_time_of_day_keeps_its_shape() -> None:
    assert read_field(field("datetime", form="%H:%M"), "08:30") == time(8, 30).isoformat()
