import json
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.diagnostics import Location
from syncengine.errors import StalePlanError, SyncEngineError
from syncengine.model.address import Address
from syncengine.model.change import FieldChange
from syncengine.model.plan import Allowances, Headline, Hold, Level, Violation
from syncengine.planfile import LIFETIME, load_plan, load_sealed, moved_since, refuse_stale, save_plan, unpack_rows
from syncengine.views.as_json import jsonable
from tests.views import plans

NOW = plans.everyday().created_at

texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
names = st.from_regex(r"[a-z][a-z0-9.-]{0,8}", fullmatch=True)
scalars = st.one_of(
    texts, st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3).map(tuple), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
fields = st.lists(
    st.builds(FieldChange, name=names, before=st.none() | values, after=st.none() | values), max_size=3
).map(tuple)
places = st.none() | st.builds(Location, file=names, line=st.integers(1, 99), column=st.integers(1, 99))
addresses = st.builds(
    Address, dialer=names, kind=st.sampled_from(["campaign", "contacts", "dnd", "directory"]), name=names
)
campaign_changes = st.builds(
    lambda fields, key, warns: plans.campaign_change(key=key, fields=fields, warns=warns), fields, names, texts
)
row_changes = st.builds(
    lambda address, count, sample: plans.row_change(address=address, count=count, sample=tuple(sample)),
    addresses,
    st.integers(0, 10**9),
    st.lists(texts, max_size=3),
)
small_plans = st.builds(
    lambda changes, **more: plans.plan(Level("campaign changes", tuple(changes)), **more),
    st.lists(campaign_changes | row_changes, max_size=4),
    created_at=st.floats(0, 4e9),
    releases=st.dictionaries(names, st.integers(1, 9), max_size=2),
    headline=st.builds(Headline, newly_callable=st.integers(0, 10**9)),
    holds=st.lists(st.builds(Hold, address=addresses, what=texts, why=texts), max_size=2).map(tuple),
    notes=st.lists(texts, max_size=2).map(tuple),
    violations=st.lists(
        st.builds(
            Violation,
            rule=st.just("max_remove"),
            message=texts,
            remedy=texts,
            address=st.none() | addresses,
            location=places,
        ),
        max_size=2,
    ).map(tuple),
    allowances=st.builds(Allowances, remove=st.none() | st.integers(0, 9) | st.floats(0, 1), unverified=st.booleans()),
)


def saved(folder: Path, plan=None, rows=()) -> Path:
    path = folder / "spring.plan"
    save_plan(path, plan or plans.everyday(), rows, key="k")
    return path


def rewritten(folder: Path, change) -> Path:
    """Return a saved plan whose document was changed behind the program's back."""
    path, document = folder / "spring.plan", jsonable(plans.stopped())
    change(document)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("plan.json", json.dumps(document))
    return path


@pytest.mark.parametrize("plan", [plans.everyday(), plans.stopped(), plans.plan()])
def test_a_plan_comes_back_as_it_was(plan, tmp_path):
    assert load_plan(saved(tmp_path, plan)) == plan


@settings(max_examples=60, deadline=None)
@given(plan=small_plans)
def test_every_field_of_any_plan_comes_back_with_its_type(plan, tmp_path_factory):
    found = load_plan(saved(tmp_path_factory.mktemp("plan"), plan))
    assert found == plan
    # Equality alone takes 1 for True and 1.0.
    assert repr(found) == repr(plan)


def test_a_large_plan_is_read_in_seconds(tmp_path):
    assert load_plan(saved(tmp_path, plans.large(20_000))) == plans.large(20_000)


def test_the_file_is_for_its_owner_alone_also_where_it_replaces_an_open_one(tmp_path):
    path = tmp_path / "spring.plan"
    path.write_text("for all to see")
    path.chmod(0o666)
    assert stat.S_IMODE(saved(tmp_path).stat().st_mode) == 0o600


def test_a_link_in_the_file_s_place_is_replaced_and_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_text("precious")
    (tmp_path / "spring.plan").symlink_to(other)
    saved(tmp_path)
    assert other.read_text() == "precious"
    assert not (tmp_path / "spring.plan").is_symlink()


def test_the_rows_travel_in_the_same_file(tmp_path):
    rows = tmp_path / "rows-1.parquet"
    rows.write_bytes(b"PAR1")
    with zipfile.ZipFile(saved(tmp_path, rows=[rows])) as packed:
        assert packed.namelist() == ["plan.json", "rows/rows-1.parquet", "seal"]
        assert packed.read("rows/rows-1.parquet") == b"PAR1"


def test_the_rows_are_unpacked_for_their_owner_and_nothing_else_is(tmp_path):
    path, folder = tmp_path / "a.plan", tmp_path / "out"
    folder.mkdir()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("plan.json", "{}")
        for name in (
            "rows/rows-0000.parquet",
            "rows/row_sets.json",
            "rows/../../evil",
            "rows/other.txt",
            "/etc/x",
            "evil",
        ):
            packed.writestr(name, "content")
    unpack_rows(path, folder)
    assert sorted(found.name for found in folder.iterdir()) == ["row_sets.json", "rows-0000.parquet"]
    assert {stat.S_IMODE(found.stat().st_mode) for found in folder.iterdir()} == {0o600}
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.plan", "out"]


def test_a_bomb_among_the_rows_is_not_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "a.plan"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rows/rows-0000.parquet", b"0" * 100_000)
    monkeypatch.setattr("syncengine.planfile._LARGEST_ROWS", 1_000)
    with pytest.raises(SyncEngineError, match="too large"):
        unpack_rows(path, tmp_path)


def test_rows_of_a_file_that_is_no_plan_are_an_error_in_words(tmp_path):
    (tmp_path / "a.plan").write_text("no archive")
    with pytest.raises(SyncEngineError, match="cannot be read"):
        unpack_rows(tmp_path / "a.plan", tmp_path)


def test_a_plan_that_cannot_be_written_says_where_and_leaves_nothing_behind(tmp_path):
    with pytest.raises(SyncEngineError, match=r"cannot be written to .*nowhere/spring.plan: No such file or directory"):
        save_plan(tmp_path / "nowhere" / "spring.plan", plans.everyday(), (), key="k")
    before = saved(tmp_path).read_bytes()
    with pytest.raises(SyncEngineError):
        save_plan(tmp_path / "spring.plan", plans.plan(), [tmp_path / "rows that are gone"], key="k")
    assert (tmp_path / "spring.plan").read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["spring.plan"]


def refusal(path: Path) -> str:
    with pytest.raises(SyncEngineError) as refused:
        load_plan(path)
    assert refused.value.exit_code == 1
    return str(refused.value)


def test_a_plan_that_is_not_there_says_how_to_make_one(tmp_path):
    assert refusal(tmp_path / "x.plan").endswith(f"syncengine plan --out {tmp_path}/x.plan")


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"dialer: acme\n", b"PK\x03\x04 and then nothing"])
def test_a_file_that_is_something_else_is_not_a_plan(content, tmp_path):
    path = tmp_path / "x.plan"
    path.write_bytes(content)
    assert "is not a saved plan; write one with: syncengine plan --out" in refusal(path)


def test_a_folder_is_not_a_plan(tmp_path):
    assert "is not a saved plan" in refusal(tmp_path)


def test_an_archive_of_something_else_is_not_a_plan(tmp_path):
    path = tmp_path / "x.zip"
    for name, content in (("readme.txt", "hello"), ("plan.json", "{"), ("plan.json", "[" * 100_000)):
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(name, content)
        assert "is not a saved plan" in refusal(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_file_is_not_a_plan(share, tmp_path):
    path = saved(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "is not a saved plan" in refusal(path)


def test_a_flipped_bit_is_noticed(tmp_path):
    path = saved(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "is not a saved plan" in refusal(path)


def test_damaged_compressed_content_is_noticed(tmp_path):
    path = tmp_path / "x.plan"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("plan.json", json.dumps(jsonable(plans.everyday())))
    content = bytearray(path.read_bytes())
    content[60:80] = b"\xff" * 20
    path.write_bytes(content)
    assert "is not a saved plan" in refusal(path)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("syncengine.planfile._LARGEST", 1_000)
    assert "it is too large" in refusal(saved(tmp_path, plans.large(100)))


@pytest.mark.parametrize("version", [0, 2, None, "1"])
def test_a_plan_of_another_version_says_which(version, tmp_path):
    path = rewritten(tmp_path, lambda document: document.update(format_version=version))
    assert f"has format {version}, this program writes 1; plan anew" in refusal(path)


def test_a_document_that_is_no_object_has_no_version(tmp_path):
    path = tmp_path / "x.plan"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("plan.json", "[1]")
    assert "has format None" in refusal(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("levels"),
        lambda d: d.update(surprise=1),
        lambda d: d.update(levels=None),
        lambda d: d.update(levels={}),
        lambda d: d.update(refresh="sometimes"),
        lambda d: d.update(created_at="noon"),
        lambda d: d.update(created_at=True),
        lambda d: d.update(releases=[]),
        lambda d: d["releases"].update(x="1"),
        lambda d: d["levels"][0].update(name="whenever"),
        lambda d: d["levels"][0]["changes"].append({"address": "a/campaign/b"}),
        lambda d: d["levels"][0]["changes"].append(None),
        lambda d: d["levels"][0]["changes"].append([]),
        lambda d: d["levels"][0]["changes"][0].update(address="nowhere"),
        lambda d: d["levels"][0]["changes"][0].update(address=7),
        lambda d: d["levels"][0]["changes"][0].update(address=None),
        lambda d: d["levels"][0]["changes"][0].update(count=1.5),
        lambda d: d["levels"][0]["changes"][0].update(count=True),
        lambda d: d["levels"][0]["changes"][0].update(action="explode"),
        lambda d: d["levels"][0]["changes"][0].update(action=["add"]),
        lambda d: d["violations"][0].update(location=3),
        lambda d: d["allowances"].update(remove="all"),
        lambda d: d["allowances"].update(remove=[1]),
        lambda d: d.update(basis=[]),
    ],
)
def test_a_document_with_anything_out_of_place_is_damaged(change, tmp_path):
    message = refusal(rewritten(tmp_path, change))
    assert "is damaged (" in message
    assert message.endswith("; plan anew")


def test_a_plan_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = saved(tmp_path)

    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    # The owner of the machine may read everything, so that no mode of a file makes this happen in every place.
    monkeypatch.setattr(zipfile, "ZipFile", forbidden)
    assert "may not be read" in refusal(path)


def test_a_place_without_a_line_and_one_whose_file_has_a_colon_come_back(tmp_path):
    for place in (Location("f.yaml"), Location("odd:name.yaml", 3, 4), Location("a:b:c.yaml")):
        violation = Violation(rule="max_remove", message="m", remedy="r", location=place)
        plan = plans.plan(violations=(violation,))
        assert load_plan(saved(tmp_path, plan)).violations[0].location == place


def stale(fresh, now=NOW, before=None) -> str:
    with pytest.raises(StalePlanError) as refused:
        refuse_stale(before or plans.everyday(), fresh, now=now)
    assert refused.value.exit_code == 5
    return str(refused.value)


def test_the_same_plan_goes_on_for_a_day():
    refuse_stale(plans.everyday(), plans.everyday(), now=NOW)
    refuse_stale(plans.everyday(), plans.everyday(), now=NOW + LIFETIME)
    refuse_stale(plans.everyday(), replace(plans.everyday(), created_at=NOW + 60), now=NOW + 60)


def test_a_plan_older_than_a_day_is_stale_even_if_nothing_moved():
    assert "more than a day old" in stale(plans.everyday(), now=NOW + LIFETIME + 1)


def test_clocks_may_differ_a_little_and_a_plan_from_the_future_is_refused_for_what_it_is():
    refuse_stale(plans.everyday(), plans.everyday(), now=NOW - 300)
    assert "made in the future; set the clock right" in stale(plans.everyday(), now=NOW - 301)


def test_another_plan_is_stale_and_both_ids_are_named():
    message = stale(replace(plans.everyday(), plan_id="0123456789abcdef"))
    assert "4f1c2a9b8e7d6c50 is stale, today's is 0123456789abcdef" in message
    assert "a dialer holds something else now" in message


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({"lineage": "x"}, "the ledger was replaced"),
        ({"serial": 5}, "the ledger"),
        ({"manifests": "x"}, "the manifests"),
        ({"vendors": "x"}, "a vendor file or mapping"),
        ({"sources": "x"}, "a contact source"),
        ({"dnd": "x"}, "a do-not-call source"),
        ({"dialers": {"acme-co": "j"}}, "a dialer's settings"),
        ({"sources": "x", "dnd": "y"}, "a contact source, a do-not-call source"),
    ],
)
def test_the_message_says_what_has_moved(moved, words):
    basis = plans.everyday().basis
    fresh = replace(plans.everyday(), basis=replace(basis, **moved))
    # Also where the same would be done: whoever read the plan read what it was made from.
    for found in (fresh, replace(fresh, plan_id="0123456789abcdef")):
        assert f"(moved since: {words})" in stale(found)
    assert ", ".join(moved_since(basis, fresh.basis)) == words


def test_nothing_moved_is_nothing():
    basis = plans.everyday().basis
    assert moved_since(basis, replace(basis, dialers=dict(basis.dialers))) == []


def sealed(path: Path):
    return load_sealed(path)[1]


def test_a_file_as_it_was_written_is_sealed_by_its_ledger_s_key_and_no_other(tmp_path):
    rows = tmp_path / "rows-1.parquet"
    rows.write_bytes(b"PAR1")
    sealed(saved(tmp_path, rows=[rows])).refuse_broken("k")
    with pytest.raises(StalePlanError, match="changed after it was made, or made from another ledger") as refused:
        sealed(saved(tmp_path)).refuse_broken("another")
    assert refused.value.exit_code == 5


def repacked(path: Path, change) -> None:
    """Write a saved plan anew, with its seal, after its parts were changed."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    document = json.loads(parts["plan.json"])
    change(document, parts)
    parts["plan.json"] = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


@pytest.mark.parametrize(
    "change",
    [
        lambda d, _: d.update(created_at=d["created_at"] + 3_600),
        lambda d, _: d.update(plan_id="0123456789abcdef"),
        lambda d, _: d.update(refresh="none"),
        lambda d, _: d["basis"].update(lineage="x"),
        lambda d, _: d["basis"].update(serial=d["basis"]["serial"] + 1),
        lambda d, _: d["basis"].update(manifests="x"),
        lambda d, _: d["basis"].update(vendors="x"),
        lambda d, _: d["basis"].update(sources="x"),
        lambda d, _: d["basis"].update(dnd="x"),
        lambda d, _: d["basis"].update(dialers={}),
        lambda d, _: d["allowances"].update(dnd_remove=1_000),
        lambda d, _: d["levels"].pop(),
        lambda d, _: d["releases"].update({"opt-outs": 1_000}),
        lambda d, _: d["scope"].update(dialers=["another"]),
        lambda _, parts: parts.update({"rows/rows-1.parquet": b"PAR2"}),
        lambda _, parts: parts.update({"rows/more": b""}),
        lambda _, parts: parts.pop("rows/rows-1.parquet"),
        lambda _, parts: parts.update(seal=b""),
        lambda _, parts: parts.pop("seal"),
    ],
)
def test_a_file_in_which_anything_was_changed_is_refused(change, tmp_path):
    rows = tmp_path / "rows-1.parquet"
    rows.write_bytes(b"PAR1")
    path = saved(tmp_path, rows=[rows])
    repacked(path, lambda *_: None)
    sealed(path).refuse_broken("k")
    repacked(path, change)
    with pytest.raises(StalePlanError):
        sealed(path).refuse_broken("k")
