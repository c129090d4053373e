"""A small vendor and its mapping, and the short ways to bend and compile them."""

from typing import Any

from syncengine.config.binding import bind
from syncengine.config.compile import compile_vendor
from syncengine.config.document import Document, parse_document
from syncengine.config.vendor_spec import MappingSpec, VendorSpec
from syncengine.diagnostics import Diagnostics
from syncengine.model.vendor import Vendor

SPEC = """\
vendor: sample
title: Sample
docs: https://docs.example
settings:
  server:
    describe: Server
    pattern: "[a-z0-9-]{1,20}"
    example: one
  daily:
    describe: Daily calls
    pattern: "[0-9]{1,6}"
    default: "100"
secrets:
  token: Token
base_url: "https://{{ settings.server }}.sample.example/api"
auth: {scheme: header, header: X-Token, secret: token}
limits: {daily_calls: daily}
options:
  delay: Seconds to wait
responses:
  - {name: refused, when: {status: ["4xx"]}, outcome: rejected, message: msg}
campaigns:
  id: id
  id_pattern: "[0-9]{1,6}"
  name: name
  status: state
  started: [running]
  stopped: [paused]
  operations:
    list:
      method: GET
      path: /campaigns
      query: {page: "{{ page.number }}", limit: "{{ page.limit }}"}
      success: {status: [200]}
      records: data
      pagination: {kind: page, limit: 50}
    create:
      method: POST
      path: /campaigns
      body: {json: {name: "{{ campaign.name }}", speed: "{{ fields.pace | omit_empty }}"}}
      effect: neutral
      success: {status: ["2xx"]}
      id: data.id
      proof: {by: read_back, settle: 60}
    update:
      method: PUT
      path: "/campaigns/{{ campaign.id }}"
      body: {json: "{{ fields }}"}
      effect: dialable
      success: {status: ["2xx"]}
      proof: {by: repeat}
collections:
  leads:
    holds: contacts
    scope: campaign
    when: {kind: [fast]}
    key: phone
    listed: {phones: [tel]}
    operations:
      list:
        method: GET
        path: "/campaigns/{{ campaign.id }}/leads"
        success: {status: [200]}
        records: data
      add:
        method: POST
        path: "/campaigns/{{ campaign.id }}/leads"
        body: {json: {$each: {tel: "{{ record.tel }}", name: "{{ record.name | omit_empty }}", tag: "{{ options.delay }}"}}}
        effect: dialable
        success: {status: ["2xx"]}
        items: {shape: list, key: tel, row: record.tel, status: state, outcomes: {new: applied, old: already_present}}
        batch: 100
        refused_batch: nothing_applied
        proof: {by: refusal}
      remove:
        method: DELETE
        path: "/campaigns/{{ campaign.id }}/leads/{{ row.remote_id }}"
        effect: suppressing
        success: {status: ["2xx"]}
        proof: {by: repeat}
  blocked:
    holds: dnd
    scope: account
    when: {lasts: ["no"]}
    operations:
      add:
        method: POST
        path: /blocked
        body: {form: {"number[]": {$each: "{{ row.phone | digits }}"}, list: "{{ list.name }}"}}
        effect: suppressing
        success: {status: ["2xx"]}
        items: {shape: none}
        batch: 10
        refused_batch: unknown
        proof: {by: repeat}
calls:
  ask:
    method: GET
    path: "/tasks/{{ task.id }}"
    success: {status: [200]}
"""

MAPPING = """\
vendor: sample
campaigns:
  kind:
    to: kind
    values: {fast: fast, slow: slow}
    write: never
  pace: {to: pace, kind: integer}
collections:
  leads:
    tel: {from: phone, as: digits, required: true}
    name: first_name
"""


def document(text: str, label: str) -> Document:
    """Read YAML that is meant to be sound."""
    diagnostics = Diagnostics()
    found = parse_document(text.encode(), label=label, diagnostics=diagnostics)
    assert found is not None, [item.render() for item in diagnostics]
    return found


def compiled(spec: str = SPEC, mapping: str = MAPPING, *, shipped: bool = True) -> tuple[Vendor | None, Diagnostics]:
    """Compile two texts."""
    diagnostics = Diagnostics()
    spec_document, mapping_document = document(spec, "vendors/sample.yaml"), document(mapping, "mappings/sample.yaml")
    bound, fields = bind(VendorSpec, spec_document, diagnostics), bind(MappingSpec, mapping_document, diagnostics)
    assert bound is not None, [item.render() for item in diagnostics]
    assert fields is not None, [item.render() for item in diagnostics]
    vendor = compile_vendor(
        bound,
        fields,
        spec_document=spec_document,
        mapping_document=mapping_document,
        digest="d",
        shipped=shipped,
        diagnostics=diagnostics,
    )
    return vendor, diagnostics


def sound(spec: str = SPEC, mapping: str = MAPPING) -> Vendor:
    """Compile two texts that must be right."""
    vendor, diagnostics = compiled(spec, mapping)
    assert vendor is not None, [item.render() for item in diagnostics]
    return vendor


def bent(old: str, new: str, *, text: str = SPEC) -> str:
    """Return a text with one part of it, which must be there, put otherwise."""
    assert text.count(old) == 1, f"{text.count(old)} places hold {old!r}"
    return text.replace(old, new)


def mistakes(spec: str = SPEC, mapping: str = MAPPING) -> list[str]:
    """Return what is wrong, as people see it."""
    vendor, diagnostics = compiled(spec, mapping)
    assert vendor is None, "nothing was refused"
    return [item.render() for item in diagnostics]


def row(phone: str = "+573001234567", *, remote_id: str = "", **record: Any) -> dict[str, Any]:
    """Return one row as calls are given them."""
    return {"row": {"key": phone, "phone": phone, "phones": [phone], "remote_id": remote_id}, "record": record}
