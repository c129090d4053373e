"""Each thing that an operation must say, left out or said wrongly."""

import pytest

from syncengine.config.binding import bind
from syncengine.config.vendor_files import load_vendor, shipped_vendors
from syncengine.config.vendor_spec import MappingSpec, VendorSpec
from syncengine.config.written_operations import written_operations
from syncengine.diagnostics import Diagnostics

from .vendor_samples import bent, document, mistakes

REMOVE = """\
        effect: suppressing
        success: {status: ["2xx"]}
        proof: {by: repeat}
  blocked"""

CASES = {
    "a write without effect": (
        (
            '        effect: suppressing\n        success: {status: ["2xx"]}\n        proof: {by: repeat}\n  blocked',
            '        success: {status: ["2xx"]}\n        proof: {by: repeat}\n  blocked',
        ),
        "does not say what it can do to who is rung",
    ),
    "a write without proof": (
        (REMOVE, REMOVE.replace("        proof: {by: repeat}\n", "")),
        "what settles a lost answer",
    ),
    "proof by a task that is not there": (
        (REMOVE, REMOVE.replace("repeat", "task")),
        "proved by its task and has none",
    ),
    "proof by a refusal that no answer tells": ((REMOVE, REMOVE.replace("repeat", "refusal")), "no answer means that"),
    "proof by reading what cannot be read": (
        (
            "        refused_batch: unknown\n        proof: {by: repeat}",
            "        refused_batch: unknown\n        proof: {by: read_back, settle: 5}",
        ),
        "no operation that reads",
    ),
    "a proof by reading back that does not say from when on": (
        ("proof: {by: read_back, settle: 60}", "proof: {by: read_back}"),
        "does not say from when on",
    ),
    "a time to settle that is none": (
        ("proof: {by: read_back, settle: 60}", "proof: {by: read_back, settle: -1}"),
        "cannot be less than 0",
    ),
    "a batch of which nobody says what a refusal leaves behind": (
        ("        refused_batch: unknown\n", ""),
        "refused whole has left behind",
    ),
    "unverified without what to check": (
        (REMOVE, REMOVE.replace("effect:", "ability: unverified\n        effect:")),
        "does not say what to check",
    ),
    "success that states nothing": ((REMOVE, REMOVE.replace('{status: ["2xx"]}', "{}")), "states nothing"),
    "a status that none has": ((REMOVE, REMOVE.replace('"2xx"', "42")), "42 is no HTTP status"),
    "a class of statuses that is none": ((REMOVE, REMOVE.replace('"2xx"', '"2**"')), "'2**' is no HTTP status"),
    "a status as text": ((REMOVE, REMOVE.replace('"2xx"', '"200"')), "'200' is no HTTP status"),
    "a batch without results": (
        ("        items: {shape: none}\n        batch: 10\n", "        batch: 10\n"),
        "nothing says what became of each",
    ),
    "a batch of none": (("batch: 10\n", "batch: 0\n"), "at least 1 row"),
    "items of a list without key": (("key: tel, row: record.tel, ", "row: record.tel, "), "name their row"),
    "items without words": (("outcomes: {new: applied, old: already_present}", "outcomes: {}"), "judged by a word"),
    "items of a row value that is not there": (("row: record.tel,", "row: record.tell,"), 'Did you mean "record.tel"?'),
    "lists with another shape": (
        ("{shape: none}", "{shape: none, lists: [{at: a, outcome: rejected}]}"),
        "lists belong to the shape lists",
    ),
    "a total with another shape": (
        ("{shape: none}", "{shape: lists, lists: [{at: a, outcome: rejected}], total: n}"),
        "total belongs to the shape none",
    ),
    "a task that nobody asks about": (
        (REMOVE, REMOVE.replace("effect:", "task: {id: id, poll: asq, status: s, success: [ok]}\n        effect:")),
        'Did you mean "ask"?',
    ),
    "a task without success": (
        (REMOVE, REMOVE.replace("effect:", "task: {id: id, poll: ask, status: s, success: []}\n        effect:")),
        "no word means that the task is done",
    ),
    "a task with a short deadline": (
        (
            REMOVE,
            REMOVE.replace(
                "effect:",
                "task: {id: id, poll: ask, status: s, success: [ok], interval: 9, deadline: 3}\n        effect:",
            ),
        ),
        "times do not fit",
    ),
    "a body of two forms": (
        ('body: {json: "{{ fields }}"}', 'body: {json: "{{ fields }}", text: x}'),
        "exactly one form",
    ),
    "a body of no form": (('body: {json: "{{ fields }}"}', "body: {content_type: text/plain}"), "exactly one form"),
    "JSON written as text": (
        (
            'body: {json: "{{ fields }}"}',
            'body: {text: \'{"a": "{{ campaign.name }}"}\', content_type: application/json}',
        ),
        "as a tree under json:",
    ),
    "a part of two forms": (
        ('body: {json: "{{ fields }}"}', "body: {multipart: {a: {text: x, json: y}}}"),
        "a part has exactly one form",
    ),
    "a delimiter of two characters": (
        (
            'body: {json: "{{ fields }}"}',
            "body: {multipart: {a: {file: {filename: f, format: csv, delimiter: '::', columns: {}}}}}",
        ),
        "a delimiter is one character",
    ),
    "a header that is ours": (
        (REMOVE, REMOVE.replace("effect:", "headers: {Content-Type: text/plain}\n        effect:")),
        "content_type below body",
    ),
    "a header that is none": (
        (REMOVE, REMOVE.replace("effect:", 'headers: {"A B": x}\n        effect:')),
        "no name of a header",
    ),
    "pages of a write": (
        (REMOVE, REMOVE.replace("effect:", "pagination: {kind: offset, limit: 5}\n        effect:")),
        "only a reading call has pages",
    ),
    "a listing that nothing reads": (("    listed: {phones: [tel]}\n", ""), "nothing says how a record reads"),
    "a timeout of nothing": ((REMOVE, REMOVE.replace("effect:", "timeout: 0\n        effect:")), "more than 0"),
    "an id pattern without end": (
        ("      id: data.id\n", '      id: data.id\n      id_pattern: "(a+)+"\n'),
        "repeated without bound",
    ),
    "a class of answers that is every answer": (('when: {status: ["4xx"]}', "when: {}"), "states nothing"),
    "waiting with another outcome": (
        ("outcome: rejected, message: msg}", "outcome: rejected, message: msg, wait: 5}"),
        "only the outcome wait waits",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_its_place_and_what_to_do(name: str) -> None:
    (old, new), message = CASES[name]
    found = [text for text in mistakes(bent(old, new)) if message in text]
    assert len(found) == 1
    assert found[0].startswith("vendors/sample.yaml:")
    assert "^" in found[0]


def test_an_operation_without_success_is_refused_with_its_place() -> None:
    diagnostics = Diagnostics()
    text = bent(REMOVE, REMOVE.replace('        success: {status: ["2xx"]}\n', ""))
    assert bind(VendorSpec, document(text, "vendors/sample.yaml"), diagnostics) is None
    (found,) = [item.render() for item in diagnostics]
    assert found.startswith('vendors/sample.yaml:75:7: error: "success" is missing in "remove"')


@pytest.mark.parametrize("name", shipped_vendors())
def test_every_shipped_write_states_what_decides_about_a_lost_or_a_refused_call(name: str) -> None:
    loaded = load_vendor(name, Diagnostics())
    assert loaded is not None
    bound = bind(VendorSpec, loaded.document, Diagnostics())
    assert bound is not None
    writes = [found.spec for found in written_operations(bound, MappingSpec(vendor=name)) if found.writes]
    assert writes
    for spec in writes:
        assert {"effect", "success", "proof"} <= spec.model_fields_set
        assert spec.batch == 1 or "refused_batch" in spec.model_fields_set
        assert spec.proof is not None
        assert spec.proof.by != "read_back" or "settle" in spec.proof.model_fields_set
