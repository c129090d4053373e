"""Small builders, so that a test states only what it is about."""

from collections.abc import Mapping
from typing import Any

from syncengine.diagnostics import Location
from syncengine.model.address import Address
from syncengine.model.answers import Match
from syncengine.model.calling import Limits, Proof
from syncengine.model.change import RowAction
from syncengine.model.credentials import HeaderAuth
from syncengine.model.desired import Campaign, ContactList, Desired, Dialer, DndList, Guards, Source
from syncengine.model.exchange import Request
from syncengine.model.findings import DialerFindings, KnownCampaign, RowFindings, RowSet
from syncengine.model.plan import Basis
from syncengine.model.snapshot import ActualCampaign, CampaignSnapshot
from syncengine.model.vendor import CampaignField, Campaigns, Collection, Operation, Vendor

HERE = Location("manifests/x.yaml", 3, 5)


def operation(name: str, effect: str = "neutral", **more: Any) -> Operation:
    stated: dict[str, Any] = {
        "ability": "documented",
        "writes": True,
        "render": lambda _: Request("POST", "/" + name),
        "success": Match(status=(200,)),
        "proof": Proof(by="repeat"),
    }
    return Operation(name=name, effect=effect, **(stated | more))  # type: ignore[arg-type]


def contacts_collection(**more: Any) -> Collection:
    stated: dict[str, Any] = {
        "operations": {
            "add": operation("records.add", "dialable", batch=100),
            "remove": operation("records.remove", "suppressing", warns="erases history"),
        }
    }
    return Collection(name="records", holds="contacts", scope="campaign", **(stated | more))


def dnd_collection(**more: Any) -> Collection:
    stated: dict[str, Any] = {
        "operations": {
            "add": operation("dnc.add", "suppressing", batch=100),
            "remove": operation("dnc.remove", "dialable", batch=100),
        },
        "enforcement": "the account's own list holds every entry",
    }
    return Collection(name="dnc", holds="dnd", scope="account", **(stated | more))


def vendor(**more: Any) -> Vendor:
    campaigns = Campaigns(
        operations={
            "list": operation("campaigns.list", writes=False),
            "create": operation("campaigns.create"),
            "update": operation("campaigns.update"),
            "set_speed": operation("campaigns.set_speed"),
            "delete": operation("campaigns.delete", "suppressing"),
            "start": operation("campaigns.start", "dialable"),
            "stop": operation("campaigns.stop", "suppressing"),
        },
        fields={
            "name": CampaignField(name="name", to="campaign_name", read="campaign_name"),
            "speed": CampaignField(name="speed", to="speed", read="speed", write="set_speed"),
            "type": CampaignField(name="type", to="type", read="type", write="never"),
            "skill": CampaignField(name="skill", to="skill_id", write="never"),
        },
    )
    stated: dict[str, Any] = {
        "name": "acme",
        "title": "Acme",
        "docs": "https://acme.example/docs",
        "settings": {},
        "secrets": {"token": "the token"},
        "optional_secrets": (),
        "base_url": lambda _: "https://acme.example",
        "auth": HeaderAuth(scheme="header", header="x-token", secret="token"),
        "limits": Limits(),
        "responses": (),
        "campaigns": campaigns,
        "collections": (contacts_collection(), dnd_collection()),
        "columns": {},
        "calls": {},
        "options": {},
        "digest": "d" * 64,
    }
    return Vendor(**(stated | more))


def dialer(name: str = "acme-co", **more: Any) -> Dialer:
    stated: dict[str, Any] = {
        "vendor": "acme",
        "settings": {},
        "stated_settings": frozenset(),
        "secrets": {"token": "env:TOKEN"},
        "base_url": "",
        "location": HERE,
    }
    return Dialer(name=name, **(stated | more))


def campaign(key: str = "spring", **more: Any) -> Campaign:
    stated: dict[str, Any] = {
        "dialer": "acme-co",
        "id": "",
        "name": key.title(),
        "status": None,
        "fields": {"name": key.title()},
        "contacts": ("leads",),
        "dnd": (),
        "duplicates": "",
        "location": HERE,
    }
    return Campaign(key=key, **(stated | more))


def known(key: str = "spring", **more: Any) -> KnownCampaign:
    stated: dict[str, Any] = {
        "remote_id": "17",
        "name": key.title(),
        "status": "stopped",
        "fields": {"name": key.title()},
    }
    return KnownCampaign(key=key, **(stated | more))


def actual(id: str = "17", name: str = "Spring", **more: Any) -> ActualCampaign:  # noqa: A002 - the model's word
    stated: dict[str, Any] = {"status": "stopped", "fields": {"name": name}}
    return ActualCampaign(id=id, name=name, **(stated | more))


def snapshot(*campaigns: ActualCampaign, **more: Any) -> CampaignSnapshot:
    stated: dict[str, Any] = {"complete": True, "source": "read"}
    return CampaignSnapshot(dialer="acme-co", campaigns=campaigns, **(stated | more))


def row_set(action: RowAction = "add", count: int = 10, **more: Any) -> RowSet:
    stated: dict[str, Any] = {
        "name": f"{action}-{more.get('reason', 'missing')}",
        "reason": "missing",
        "confidence": "believed",
        "digest": f"digest-{action}-{count}",
    }
    return RowSet(action=action, count=count, **(stated | more))


def rows(*sets: RowSet, key: str = "spring", **more: Any) -> RowFindings:
    stated: dict[str, Any] = {"collection": contacts_collection(), "address": Address("acme-co", "contacts", key)}
    return RowFindings(sets=sets, **(stated | more))


def dnd_rows(*sets: RowSet, **more: Any) -> RowFindings:
    stated: dict[str, Any] = {"collection": dnd_collection(), "address": Address("acme-co", "dnd", "account")}
    return RowFindings(sets=sets, **(stated | more))


def findings(*found: RowFindings, **more: Any) -> DialerFindings:
    stated: dict[str, Any] = {
        "dialer": dialer(),
        "vendor": vendor(),
        "identity": "i" * 16,
        "snapshot": snapshot(),
        "known": {},
    }
    return DialerFindings(rows=found, **(stated | more))


def desired(*campaigns: Campaign, **more: Any) -> Desired:
    stated: dict[str, Any] = {
        "project": "test",
        "root": "/project",
        "ledger": "sqlite:///ledger.db",
        "dialers": {"acme-co": dialer()},
        "contacts": {},
        "dnd": {},
        "directories": {},
        "guards": Guards(),
        "stop_after_failed_suppressions": 3,
        "digest": "m" * 64,
    }
    return Desired(campaigns={c.key: c for c in campaigns}, **(stated | more))


def contact_list(name: str = "leads", **more: Any) -> ContactList:
    stated: dict[str, Any] = {
        "source": Source(),
        "region": "CO",
        "columns": {},
        "on_absent": "remove",
        "on_vanish": "keep",
        "max_rejected": 0.1,
        "location": HERE,
    }
    return ContactList(name=name, **(stated | more))


def dnd_list(name: str = "opt-outs", **more: Any) -> DndList:
    stated: dict[str, Any] = {
        "source": Source(),
        "region": "CO",
        "column": "",
        "scope": ("all",),
        "max_age": 7 * 86400.0,
        "release": (),
        "lasts_days": None,
        "max_shrink": 0.2,
        "location": HERE,
    }
    return DndList(name=name, **(stated | more))


def basis(**more: Any) -> Basis:
    stated: Mapping[str, Any] = {
        "lineage": "l",
        "serial": 1,
        "manifests": "m",
        "vendors": "v",
        "sources": "s",
        "dnd": "d",
        "dialers": {"acme-co": "i"},
    }
    return Basis(**(dict(stated) | more))
