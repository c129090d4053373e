"""A small vendor made by hand, and projects in a folder, for tests of the files that people write."""

from dataclasses import replace
from pathlib import Path

from syncengine.config.desired import load_desired
from syncengine.config.project import load_project
from syncengine.diagnostics import Diagnostics
from syncengine.model.answers import Match
from syncengine.model.calling import Limits
from syncengine.model.credentials import HeaderAuth
from syncengine.model.desired import Desired
from syncengine.model.exchange import Request
from syncengine.model.vendor import CampaignField, Campaigns, Collection, Operation, Setting, Vendor

PROJECT = """\
version: 1
project: sample
dialers:
  main:
    vendor: acme
    settings: {server: "0016"}
    secrets: {token: "env:ACME_TOKEN"}
  agreed:
    vendor: refs
"""
MANIFEST = """\
campaigns:
  spring:
    dialer: main
    type: predictive
    status: started
    contacts: [leads]
    dnd: [opt-outs]
    settings: {speed: 3, start: "08:00:00", tags: [a, b], open: true}
contacts:
  leads:
    rows:
      - {phone: "+573001234567", first_name: Ana}
dnd:
  opt-outs:
    rows: ["+573007654321", {phone: "+573001112233"}]
    scope: [main]
    release: ["+573009998877"]
"""


def operation(name: str, *, ability: str = "documented") -> Operation:
    return Operation(
        name=name, ability=ability, effect="neutral", writes=True, render=lambda _: Request("GET", "/"), success=Match()
    )


def vendor() -> Vendor:
    fields = [
        CampaignField(name="name", to="n", required=True),
        CampaignField(name="type", to="t", values={"predictive": "1", "preview": "2"}, required=True),
        CampaignField(name="speed", to="s", kind="integer"),
        CampaignField(name="start", to="b", kind="datetime", form="%H%M%S"),
        CampaignField(name="until", to="u", kind="epoch_ms"),
        CampaignField(name="day", to="y", kind="datetime", form="%Y-%m-%d"),
        CampaignField(name="tags", to="g", kind="list"),
        CampaignField(name="open", to="o", kind="yes_no"),
        CampaignField(name="ratio", to="r", kind="number"),
        CampaignField(name="code", to="c"),
        CampaignField(name="extra", to="e", kind="json"),
    ]
    return Vendor(
        name="acme",
        title="Acme",
        docs="",
        settings={
            "server": Setting(describe="number of your server", pattern="[0-9]{4}", example="0016"),
            "zone": Setting(describe="zone", default="a"),
        },
        secrets={"token": "API token", "spare": "second token"},
        optional_secrets=("spare",),
        base_url=lambda settings: f"https://wv{settings['server']}.acme.example",
        auth=HeaderAuth(scheme="header", header="X-Token", secret="token"),
        limits=Limits(),
        responses=(),
        campaigns=Campaigns(
            operations={role: operation(role) for role in ("create", "update", "start", "stop")},
            fields={field.name: field for field in fields},
            id_pattern="[0-9]+",
            start_only_when={"type": ("predictive",)},
        ),
        collections=(Collection(name="records", holds="contacts", scope="campaign"),),
        columns={},
        calls={},
        options={},
        digest="",
    )


def reference_vendor() -> Vendor:
    """A vendor without campaign calls, where a campaign is an agreed id."""
    campaigns = Campaigns(references_only=True)
    return replace(vendor(), name="refs", title="Refs", settings={}, secrets={}, campaigns=campaigns)


VENDORS = {"acme": vendor(), "refs": reference_vendor()}


def write(root: Path, project: str = PROJECT, **manifests: str) -> Path:
    (root / "syncengine.yaml").write_text(project, encoding="utf-8")
    (root / "manifests").mkdir(exist_ok=True)
    for name, text in (manifests or {"case": MANIFEST}).items():
        (root / "manifests" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def load(root: Path) -> tuple[Desired | None, list[str], Diagnostics]:
    """Return the desired state, and every diagnostic as it is shown."""
    diagnostics = Diagnostics()
    project = load_project(root, diagnostics)
    desired = load_desired(project, VENDORS, diagnostics) if project else None
    return desired, [item.render() for item in diagnostics], diagnostics
