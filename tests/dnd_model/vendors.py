"""The vendors of the model: one file, bent in the ways that make a difference to who is rung.

=========  ====================================================================================================
listing    lists everything and holds an account's do-not-call list; lost calls are read back
blind      shows campaigns and no contacts, and holds no do-not-call list; what is lost is repeated or parked
parking    as blind, but a removal whose answer was lost waits for a person, too
lapsing    holds a list whose entries lapse and which nobody can read; a contact is changed by replacing it
marking    holds a listed contact back by a mark on it; contacts go by an id, so that their number can change
sticky     takes contacts and never lets go of them; its own do-not-call list is all there is
own_lists  a do-not-call list in each campaign, where contacts cannot be taken out
=========  ====================================================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_HEAD = """\
vendor: small
title: Small
docs: https://docs.example
secrets: {token: Token}
base_url: "https://small.example/api"
auth: {scheme: header, header: X-Token, secret: token}
limits: {concurrency: 1, timeout: 5}
campaigns:
  id: id
  id_pattern: "[0-9]{1,6}"
  name: name
  status: state
  started: [running]
  stopped: [paused]
  operations:
"""

_LIST_CAMPAIGNS = """\
    list: {method: GET, path: /campaigns, success: {status: [200]}, records: found}
"""

_WRITE_CAMPAIGNS = """\
    create:
      method: POST
      path: /campaigns
      body: {json: {name: "{{ campaign.name }}"}}
      effect: neutral
      success: {status: [200]}
      id: id
      proof: {by: read_back, settle: 30}
    start:
      method: POST
      path: "/campaigns/{{ campaign.id }}/start"
      effect: dialable
      success: {status: [200]}
      proof: {by: repeat}
    stop:
      method: POST
      path: "/campaigns/{{ campaign.id }}/stop"
      effect: suppressing
      success: {status: [200]}
      proof: {by: repeat}
"""

_LEADS = """\
collections:
  leads:
    holds: contacts
    scope: campaign
    key: KEY
    update: UPDATE
LISTED
    operations:
      add:
        method: POST
        path: "/campaigns/{{ campaign.id }}/leads"
        body: {json: {$each: {ref: "{{ row.key }}", tel: "{{ record.tel }}", alt: "{{ record.alt | omit_empty }}", dnc_check: "on"}}}
        effect: dialable
        success: {status: [200]}
        items: {shape: none}
        batch: 10
        refused_batch: unknown
        proof: {by: ADDED, settle: 30}
"""

_LIST_LEADS = """\
      list:
        method: GET
        path: "/campaigns/{{ campaign.id }}/leads"
        success: {status: [200]}
        records: found
"""

_REMOVE_LEADS = """\
      remove:
        method: POST
        path: "/campaigns/{{ campaign.id }}/gone"
        body: {json: {ref: "{{ row.key }}"}}
        effect: suppressing
        success: {status: [200]}
        proof: {by: REMOVED, settle: 30}
"""

_MARK_LEADS = """\
      update:
        method: POST
        path: "/campaigns/{{ campaign.id }}/change"
        body: {json: {ref: "{{ row.key }}", tel: "{{ record.tel }}", alt: "{{ record.alt | omit_empty }}"}}
        effect: dialable
        success: {status: [200]}
        proof: {by: repeat}
      block:
        method: POST
        path: "/campaigns/{{ campaign.id }}/hold"
        body: {json: {ref: "{{ row.key }}"}}
        effect: suppressing
        success: {status: [200]}
        proof: {by: repeat}
      unblock:
        method: POST
        path: "/campaigns/{{ campaign.id }}/free"
        body: {json: {ref: "{{ row.key }}"}}
        effect: dialable
        success: {status: [200]}
        proof: {by: repeat}
"""

_BLOCKED = """\
  blocked:
    holds: dnd
    scope: SCOPE
    key: phone
    enforcement: Small rings none of them.
LISTED
    operations:
      add:
        method: POST
        path: "PREFIX/blocked"
        body: {json: {$each: "{{ row.phone }}"}}
        effect: suppressing
        success: {status: [200]}
        items: {shape: none}
        batch: 10
        refused_batch: unknown
        proof: {by: repeat}
"""

_UNBLOCK = """\
      remove:
        method: POST
        path: "PREFIX/unblock"
        body: {json: {$each: "{{ row.phone }}"}}
        effect: dialable
        success: {status: [200]}
        items: {shape: none}
        batch: 10
        refused_batch: unknown
        proof: {by: repeat}
"""

_LIST_BLOCKED = """\
      list: {method: GET, path: "PREFIX/blocked", success: {status: [200]}, records: found}
"""

_LISTED_LEADS = (
    "    listed: {key: ref, phones: [tel, alt], remote_id: id, phone_form: e164, state: state, blocked: [held]}"
)
_LISTED_BLOCKED = "    listed: {phones: [tel], phone_form: e164}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One vendor, and what the monitor may know of it."""

    name: str
    file: str
    # By what a contact is known: "phone" or "id".
    key: str = "phone"
    # Whose do-not-call list the dialer holds: "", "account" or "campaign".
    holds: str = ""
    # Whether that list can be read.
    lists: bool = False
    # Days after which an entry of its list lapses.
    lasts_days: int | None = None
    mapping: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def _mapping(*, dnd: bool, by_id: bool) -> str:
    leads = ["    ref: {from: id, required: true}"] if by_id else []
    leads += ["    tel: {from: phone, as: e164, required: true}", "    alt: {from: phone2, as: e164}"]
    blocked = ["  blocked:", "    tel: {from: phone, as: e164}"] if dnd else []
    return (
        "\n".join(
            [
                "vendor: small",
                "campaigns:",
                "  name: {to: name, read: name, write: never}",
                "collections:",
                "  leads:",
                *leads,
                *blocked,
            ]
        )
        + "\n"
    )


def _kind(name: str, *parts: str, **words: str) -> Kind:
    text = "".join((_HEAD, *parts))
    usual = {"KEY": "phone", "UPDATE": "absent", "ADDED": "read_back", "REMOVED": "read_back"}
    usual |= {"SCOPE": "account", "PREFIX": ""} | words
    for word, value in usual.items():
        text = text.replace(word, value)
    return Kind(
        name=name,
        file=text,
        key=usual["KEY"],
        holds=usual["SCOPE"] if "  blocked:" in text else "",
        lists=_LIST_BLOCKED in parts,
        lasts_days=10 if name == "lapsing" else None,
        mapping=_mapping(dnd="  blocked:" in text, by_id=usual["KEY"] == "id"),
    )


def _leads(listed: bool) -> str:
    return _LEADS.replace("LISTED\n", _LISTED_LEADS + "\n" if listed else "")


def _blocked(listed: bool) -> str:
    return _BLOCKED.replace("LISTED\n", _LISTED_BLOCKED + "\n" if listed else "")


KINDS = {
    kind.name: kind
    for kind in (
        _kind(
            "listing",
            _LIST_CAMPAIGNS,
            _WRITE_CAMPAIGNS,
            _leads(listed=True),
            _LIST_LEADS,
            _REMOVE_LEADS,
            _blocked(listed=True),
            _UNBLOCK,
            _LIST_BLOCKED,
        ),
        _kind(
            "blind",
            _LIST_CAMPAIGNS,
            _WRITE_CAMPAIGNS,
            _leads(listed=False),
            _REMOVE_LEADS,
            ADDED="park",
            REMOVED="repeat",
        ),
        _kind(
            "parking",
            _LIST_CAMPAIGNS,
            _WRITE_CAMPAIGNS,
            _leads(listed=False),
            _REMOVE_LEADS,
            ADDED="park",
            REMOVED="park",
        ),
        _kind(
            "lapsing",
            _LIST_CAMPAIGNS,
            _WRITE_CAMPAIGNS,
            _leads(listed=False),
            _REMOVE_LEADS,
            _blocked(listed=False),
            UPDATE="replace",
            ADDED="park",
            REMOVED="repeat",
        ),
        _kind(
            "marking",
            _LIST_CAMPAIGNS,
            _WRITE_CAMPAIGNS,
            _leads(listed=True),
            _LIST_LEADS,
            _REMOVE_LEADS,
            _MARK_LEADS,
            KEY="id",
            UPDATE="operation",
        ),
        _kind(
            "sticky",
            _LIST_CAMPAIGNS,
            _WRITE_CAMPAIGNS,
            _leads(listed=False),
            _blocked(listed=False),
            _UNBLOCK,
            ADDED="park",
        ),
        _kind(
            "own_lists",
            _LIST_CAMPAIGNS,
            _WRITE_CAMPAIGNS,
            _leads(listed=False),
            _blocked(listed=True),
            _UNBLOCK,
            _LIST_BLOCKED,
            ADDED="park",
            SCOPE="campaign",
            PREFIX="/campaigns/{{ campaign.id }}",
        ),
    )
}
