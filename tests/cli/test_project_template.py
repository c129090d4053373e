from dataclasses import replace

import pytest

from syncengine.cli.project_template import NewDialer, project_files
from syncengine.config.desired import load_desired
from syncengine.config.project import load_project
from syncengine.diagnostics import Diagnostics
from syncengine.model.credentials import ExchangeAuth, HeaderAuth
from syncengine.model.vendor import CampaignField, Campaigns, Setting
from syncengine.rows.phones import canonical
from tests.config.samples import operation, vendor


def dialer(name="acme", of=None, **settings):
    return NewDialer(name=name, vendor=of or vendor(), settings=settings or {"server": "0016"})


def loaded(folder, *dialers):
    for path, text in project_files("spring", dialers).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    diagnostics = Diagnostics()
    project = load_project(folder, diagnostics)
    desired = load_desired(project, {d.vendor.name: d.vendor for d in dialers}, diagnostics) if project else None
    assert [item.render() for item in diagnostics] == []
    return desired


def with_fields(*fields):
    base = vendor()
    return replace(base, campaigns=replace(base.campaigns, fields={f.name: f for f in fields}))


def test_what_a_vendor_asks_for_is_written_and_what_it_only_offers_is_a_comment(tmp_path):
    offering = {**vendor().settings, "zone": Setting(describe="The zone", default="a", example="b")}
    desired = loaded(tmp_path, dialer(of=replace(vendor(), settings=offering)))
    assert desired.dialers["acme"].stated_settings == {"server"}
    assert dict(desired.dialers["acme"].secrets) == {"token": "env:ACME_TOKEN"}
    text = (tmp_path / "syncengine.yaml").read_text()
    assert '      # The zone\n      # zone: "a"\n' in text
    assert "      # second token\n      # spare: env:ACME_SPARE\n" in text


def test_a_vendor_whose_settings_all_have_defaults_shows_them_under_a_commented_heading(tmp_path):
    only = {"zone": Setting(describe="The zone", default="a", example="b")}
    new = NewDialer(name="acme", vendor=replace(vendor(), settings=only), settings={})
    assert loaded(tmp_path, new).dialers["acme"].settings == {"zone": "a"}
    assert "    # settings:\n      # The zone\n" in (tmp_path / "syncengine.yaml").read_text()


def test_a_vendor_without_settings_and_secrets_is_a_line(tmp_path):
    bare = replace(vendor(), settings={}, secrets={}, optional_secrets=())
    loaded(tmp_path, NewDialer(name="acme", vendor=bare, settings={}))
    text = (tmp_path / "syncengine.yaml").read_text()
    assert "secrets:" not in text
    assert "settings:" not in text


def test_of_several_ways_in_the_one_that_lasts_is_written():
    auth = ExchangeAuth(scheme="exchange", path="/t", body={"a": "secret:user"}, token="t", literal="ready")
    ways = replace(vendor(), auth=auth, secrets={"user": "u", "ready": "r"}, optional_secrets=("user", "ready"))
    assert dialer(of=ways).secrets == ("user",)
    header = HeaderAuth(scheme="header", header="h", secret="user")
    assert dialer(of=replace(ways, auth=header)).secrets == ("user", "ready")


@pytest.mark.parametrize(
    ("name", "variable"), [("acme-co.2", "ACME_CO_2_TOKEN"), ("7", "TOKEN"), ("acme", "ACME_TOKEN")]
)
def test_a_secret_s_variable_is_one_that_a_shell_can_set(name, variable):
    assert dialer(name).variable("token") == variable


@pytest.mark.parametrize("name", ["true", "No", "7", "a.b", "acme"])
def test_a_dialer_of_any_name_is_text(name, tmp_path):
    assert set(loaded(tmp_path, dialer(name)).dialers) == {name}


@pytest.mark.parametrize(
    "field",
    [
        CampaignField(
            name="f", to="f", required=True, kind=kind, form="%Y-%m-%dT%H:%M:%S" if kind == "datetime" else ""
        )
        for kind in ("text", "integer", "number", "yes_no", "boolean", "epoch_ms", "datetime", "json", "list")
    ],
    ids=lambda field: field.kind,
)
def test_what_a_campaign_must_state_is_stated_whatever_its_kind(field, tmp_path):
    desired = loaded(tmp_path, dialer(of=with_fields(field)))
    assert "f" in desired.campaigns["example-acme"].fields


@pytest.mark.parametrize(("form", "value"), [("%Y-%m-%d", "2030-01-01"), ("%H%M%S", "08:00:00")])
def test_a_date_and_a_time_of_day_are_written_as_such(form, value, tmp_path):
    field = CampaignField(name="f", to="f", required=True, kind="datetime", form=form)
    assert loaded(tmp_path, dialer(of=with_fields(field))).campaigns["example-acme"].fields["f"] == value


def test_the_first_word_of_a_choice_is_taken_and_the_others_are_named(tmp_path):
    field = CampaignField(
        name="type", to="t", required=True, values={"slow": "1", "fast": "2"}, describe="How  it\ndials"
    )
    assert loaded(tmp_path, dialer(of=with_fields(field))).campaigns["example-acme"].fields["type"] == "slow"
    assert '    # How it dials\n    type: "slow"  # or: fast\n' in (tmp_path / "manifests/example.yaml").read_text()


@pytest.mark.parametrize("pattern", ["[A-Za-z]+", "[0-9]{5}", "[0-9]", "[A-Z]+"])
def test_a_campaign_that_no_call_creates_has_an_id_of_the_right_form(pattern, tmp_path):
    agreed = replace(vendor(), campaigns=Campaigns(references_only=True, id_pattern=pattern))
    assert loaded(tmp_path, dialer(of=agreed)).campaigns["example-acme"].id


def test_a_vendor_whose_create_is_absent_needs_an_id_as_well(tmp_path):
    base = vendor()
    calls = {**base.campaigns.operations, "create": operation("create", ability="absent")}
    unable = replace(base, campaigns=replace(base.campaigns, operations=calls, fields={}))
    assert loaded(tmp_path, dialer(of=unable)).campaigns["example-acme"].id == "1"


def test_the_people_are_nobody_and_their_numbers_are_read():
    files = project_files("spring", [dialer()])
    numbers = [line.split(",")[1] for line in files["data/contacts.csv"].split("\n")[1:-1]]
    numbers += files["data/opt-outs.csv"].split("\n")[1:-1]
    assert all(number.startswith("+447700900") for number in numbers)
    assert len(set(numbers)) == 4
    assert [canonical(number, "").number for number in numbers] == numbers


def test_text_from_a_vendor_file_cannot_leave_its_comment(tmp_path):
    evil = Setting(describe="first\nproject: other\r\u2028version: 2", example="0016")
    desired = loaded(tmp_path, dialer(of=replace(vendor(), title="A\nproject: x", settings={"server": evil})))
    assert desired.project == "spring"
