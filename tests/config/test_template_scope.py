"""Names by role: what a call is never given cannot be read by its templates."""

import pytest

from .vendor_samples import bent, mistakes, sound

PATHS = {
    "campaigns.list": "path: /campaigns\n      query",
    "campaigns.create": "path: /campaigns\n      body",
    "leads.list": 'path: "/campaigns/{{ campaign.id }}/leads"\n        success',
    "leads.add": 'path: "/campaigns/{{ campaign.id }}/leads"\n        body',
    "leads.remove": 'path: "/campaigns/{{ campaign.id }}/leads/{{ row.remote_id }}"',
    "blocked.add": "path: /blocked",
    "calls.ask": 'path: "/tasks/{{ task.id }}"',
}


def reading(operation: str, name: str) -> str:
    old = PATHS[operation]
    after = old[old.index("\n") :] if "\n" in old else ""
    return bent(old, f'path: "/x/{{{{ {name} }}}}"{after}')


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("campaigns.list", "campaign.name"),
        ("campaigns.list", "fields.pace"),
        ("campaigns.list", "row.key"),
        ("campaigns.create", "campaign.id"),
        ("campaigns.create", "fields.speed"),
        ("campaigns.create", "page.number"),
        ("campaigns.create", "options.dely"),
        ("campaigns.create", "settings.srver"),
        ("leads.list", "row.key"),
        ("leads.list", "record.tel"),
        ("leads.add", "row.key"),
        ("leads.add", "record.tel"),
        ("leads.add", "list.name"),
        ("leads.remove", "record.surname"),
        ("leads.remove", "row.id"),
        ("blocked.add", "campaign.id"),
        ("blocked.add", "list.days"),
        ("calls.ask", "task.state"),
        ("calls.ask", "secrets.token"),
    ],
)
def test_a_name_that_the_call_is_not_given_is_refused(operation: str, name: str) -> None:
    assert any(
        f"there is no {name.partition('.')[0]} here" in text or " has no " in text
        for text in mistakes(reading(operation, name))
    )


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("campaigns.list", "page.cursor"),
        ("campaigns.create", "campaign.key"),
        ("campaigns.create", "campaign.kind"),
        ("campaigns.create", "fields.kind"),
        ("leads.list", "page.offset"),
        ("leads.list", "campaign.pace"),
        ("leads.remove", "record.name"),
        ("leads.remove", "row.phones[0]"),
        ("leads.remove", "options.delay"),
        ("blocked.add", "list.lasts_days"),
        ("blocked.add", "settings.daily"),
        ("calls.ask", "row.key"),
        ("calls.ask", "campaign.id"),
    ],
)
def test_a_name_that_the_call_is_given_is_allowed(operation: str, name: str) -> None:
    sound(reading(operation, name))
