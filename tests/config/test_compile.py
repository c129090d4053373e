"""Compiling: the value that the rest of the program works with."""

from syncengine.config.operation_lookup import find_operation

from .vendor_samples import MAPPING, SPEC, bent, compiled, mistakes, sound


def test_a_sound_vendor_is_compiled_whole() -> None:
    vendor = sound()
    assert (vendor.name, vendor.digest, vendor.shipped) == ("sample", "d", True)
    assert vendor.base_url({"server": "two"}) == "https://two.sample.example/api"
    assert [collection.name for collection in vendor.collections] == ["leads", "blocked"]
    assert vendor.campaigns.fields["pace"].to == "pace"
    assert vendor.options == {"delay": "Seconds to wait"}


def test_get_reads_and_everything_else_writes_unless_it_says_otherwise() -> None:
    vendor = sound(bent("method: DELETE", "method: DELETE\n        reads: true"))
    assert not find_operation(vendor, "campaigns.list").writes
    assert find_operation(vendor, "campaigns.create").writes
    assert not find_operation(vendor, "leads.remove").writes


def test_a_reading_call_rings_nobody_and_a_writing_one_what_it_says() -> None:
    vendor = sound()
    assert find_operation(vendor, "campaigns.list").effect == "neutral"
    assert find_operation(vendor, "leads.add").effect == "dialable"
    assert find_operation(vendor, "leads.remove").effect == "suppressing"


def test_a_new_campaign_has_an_id_as_campaigns_have_it() -> None:
    vendor = sound()
    assert find_operation(vendor, "campaigns.create").id_pattern == "[0-9]{1,6}"
    assert find_operation(vendor, "campaigns.update").id_pattern == ""


def test_a_person_in_a_directory_has_an_id_of_its_own_kind() -> None:
    directory = """\
  people:
    holds: directory
    scope: account
    listed: {key: key, phones: [tel]}
    operations:
      lookup: {method: GET, path: /people, query: {key: "{{ row.key }}"}, success: {status: [200]}}
      add:
        method: POST
        path: /people
        body: {json: "{{ record }}"}
        effect: neutral
        success: {status: [200]}
        id: id
        proof: {by: read_back, settle: 60}
"""
    vendor = sound(bent("  blocked:\n", f"{directory}  blocked:\n"), MAPPING + "  people: {name: first_name}\n")
    assert find_operation(vendor, "people.add").id_pattern == "[A-Za-z0-9_-]{1,64}"


def test_the_settings_that_an_operation_reads_are_known() -> None:
    vendor = sound(bent("path: /blocked", 'path: "/{{ settings.server }}/blocked"'))
    assert find_operation(vendor, "blocked.add").settings_used == ("server",)
    assert find_operation(vendor, "leads.add").settings_used == ()


def test_columns_come_from_the_mapping_and_a_star_spreads_custom_ones() -> None:
    vendor = sound(SPEC, MAPPING + '    note: "=hello"\n    "*": {from: "*", as: custom}\n')
    columns = vendor.columns["leads"]
    assert [(column.to, column.source, column.form) for column in columns] == [
        ("tel", "phone", "digits"),
        ("name", "first_name", "text"),
        ("note", "=hello", "text"),
        ("", "*", "custom"),
    ]


def test_a_collection_that_spreads_custom_columns_may_read_any() -> None:
    anything = bent('tag: "{{ options.delay }}"', 'tag: "{{ record.whatever }}"')
    assert "record has no whatever" in mistakes(anything)[0]
    sound(anything, MAPPING + '    "*": {from: "*", as: custom}\n')


def test_a_vendor_of_the_project_is_not_shipped() -> None:
    vendor, _ = compiled(shipped=False)
    assert vendor is not None
    assert not vendor.shipped


def test_an_example_may_stand_for_a_template_mistake_in_a_block_at_its_line() -> None:
    block = bent(
        'path: "/campaigns/{{ campaign.id }}/leads/{{ row.remote_id }}"',
        "path: /x\n        body:\n          text: |\n            one\n            two {{ row.remote_ip }}",
    )
    (found,) = mistakes(block)
    line = block.splitlines().index("            two {{ row.remote_ip }}") + 1
    assert found.startswith(f"vendors/sample.yaml:{line}:24: error: row has no remote_ip")
    assert "^^^^^^^^^" in found
    assert 'Did you mean "remote_id"?' in found


def test_every_mistake_is_found_in_one_run() -> None:
    spec = bent('name: "{{ campaign.name }}", speed', 'name: "{{ campaign.nam }}", speed')
    spec = bent("limits: {daily_calls: daily}", "limits: {daily_calls: dayly}", text=spec)
    found = mistakes(spec, bent("kind: integer", "kind: datetime", text=MAPPING))
    assert len(found) == 3
    assert {line.partition(":")[0] for line in found} == {"vendors/sample.yaml", "mappings/sample.yaml"}
