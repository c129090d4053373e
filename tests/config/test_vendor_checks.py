"""Parts of a vendor file that do not fit each other."""

import pytest

from .vendor_samples import MAPPING, SPEC, bent, mistakes, sound

CASES = {
    "a secret that is not declared": (("secret: token}", "secret: tokn}"), 'Did you mean "token"?'),
    "basic auth of nobody": (
        (
            "auth: {scheme: header, header: X-Token, secret: token}",
            "auth: {scheme: basic, user: token, password: pass}",
        ),
        "there is no secret pass",
    ),
    "a jwt without its key": (
        (
            "auth: {scheme: header, header: X-Token, secret: token}",
            "auth: {scheme: jwt, header: X, key_id: kid, secret: token}",
        ),
        "there is no secret kid",
    ),
    "an exchange of what is neither": (
        (
            "auth: {scheme: header, header: X-Token, secret: token}",
            "auth: {scheme: exchange, path: /login, body: {a: hunter2}, token: t}",
        ),
        "this is neither",
    ),
    "an exchange of an unknown setting": (
        (
            "auth: {scheme: header, header: X-Token, secret: token}",
            "auth: {scheme: exchange, path: /login, body: {a: 'setting:sever'}, token: t}",
        ),
        'Did you mean "server"?',
    ),
    "an exchange path with more than settings": (
        (
            "auth: {scheme: header, header: X-Token, secret: token}",
            "auth: {scheme: exchange, path: '/{{ settings.server | upper }}', body: {}, token: t}",
        ),
        "settings as they are",
    ),
    "an optional secret that is not declared": (
        ("secrets:\n", "optional_secrets: [other]\nsecrets:\n"),
        "there is no secret other",
    ),
    "a budget of an unknown setting": (("{daily_calls: daily}", "{daily_calls: dayly}"), 'Did you mean "daily"?'),
    "no call at once": (("{daily_calls: daily}", "{concurrency: 0}"), "more than 0"),
    "a default outside of its pattern": (('default: "100"', 'default: "x"'), "does not fit its own pattern"),
    "a pattern that cannot be read": (
        ('pattern: "[0-9]{1,6}"\n    default', 'pattern: "[0-9"\n    default'),
        "cannot be read",
    ),
    "a pattern that takes for ever": (
        ('pattern: "[0-9]{1,6}"\n    default', 'pattern: "([0-9]+)*"\n    default'),
        "repeated without bound",
    ),
    "a status without words": (("  started: [running]\n", ""), "not told apart"),
    "a word that means both": (("stopped: [paused]", "stopped: [paused, running]"), "cannot mean started and stopped"),
    "starting by an unknown field": (
        ("  status: state\n", "  status: state\n  start_only_when: {kin: [fast]}\n"),
        'Did you mean "kind"?',
    ),
    "references with operations": (
        ("  status: state\n", "  status: state\n  references_only: true\n"),
        "have no operations",
    ),
    "contacts that cannot be added": (
        (
            '      add:\n        method: POST\n        path: "/campaigns/{{ campaign.id }}/leads"',
            '      block:\n        method: POST\n        path: "/campaigns/{{ campaign.id }}/leads"',
        ),
        "needs the operation add",
    ),
    "dnd that cannot be added": (
        (
            "      add:\n        method: POST\n        path: /blocked",
            "      block:\n        method: POST\n        path: /blocked",
        ),
        "needs the operation add",
    ),
    "an update without its operation": (
        ("    key: phone\n", "    key: phone\n    update: operation\n"),
        "needs the operation update",
    ),
    "a directory that is not there": (
        ("    key: phone\n", "    key: phone\n    needs: people\n"),
        "there is no directory people",
    ),
    "a count by an unknown field": (
        ("    key: phone\n", "    key: phone\n    counted_by: size\n"),
        "there is no field of campaigns size",
    ),
    "a use by an unknown field": (("when: {kind: [fast]}", "when: {kint: [fast]}"), 'Did you mean "kind"?'),
    "a use by a value that never comes": (("when: {kind: [fast]}", "when: {kind: [fats]}"), 'Did you mean "fast"?'),
    "a use by lasting that is neither": (
        ('when: {lasts: ["no"]}', 'when: {lasts: ["never"]}'),
        'lasts is never "never"',
    ),
    "records without key and phone": (("listed: {phones: [tel]}", "listed: {remote_id: id}"), "neither key nor phone"),
    "blocking words that are read nowhere": (
        ("listed: {phones: [tel]}", "listed: {phones: [tel], blocked: [x]}"),
        "read nowhere",
    ),
    "an example of nothing": (
        ("calls:\n", "examples: [{operation: leads.ad, source: s, answer: {}}]\ncalls:\n"),
        'Did you mean "leads.add"?',
    ),
    "an example that shows nothing": (
        ("calls:\n", "examples: [{operation: leads.add, source: s}]\ncalls:\n"),
        "a request, an answer, or both",
    ),
    "a created campaign without id": (("      id: data.id\n", ""), ""),
}


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name][1]])
def test_it_is_refused_with_its_place_and_what_to_do(name: str) -> None:
    (old, new), message = CASES[name]
    found = [text for text in mistakes(bent(old, new)) if message in text]
    assert len(found) == 1
    assert found[0].startswith("vendors/sample.yaml:")


def test_a_created_campaign_may_be_found_by_its_name_in_the_list() -> None:
    sound(bent("      id: data.id\n", ""))
    without_name = bent("  name: name\n", "", text=bent("      id: data.id\n", ""))
    assert "nothing tells the id" in mistakes(without_name)[0]


def test_an_exchange_path_may_hold_settings() -> None:
    exchange = "auth: {scheme: exchange, path: '/{{ settings.server }}/login', body: {a: 'secret:token', b: 'setting:daily'}, token: t}"
    sound(bent("auth: {scheme: header, header: X-Token, secret: token}", exchange))


def test_a_mapping_for_another_vendor_is_refused() -> None:
    (found,) = mistakes(SPEC, bent("vendor: sample", "vendor: other", text=MAPPING))
    assert found.startswith("mappings/sample.yaml:1:9: error: this mapping is for other")
