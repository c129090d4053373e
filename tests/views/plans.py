"""Plans and reports to look at: two as they occur, one of malice, one of great size."""

from typing import Any

from syncengine.diagnostics import Location
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, FieldChange, RowChange
from syncengine.model.plan import (
    FORMAT_VERSION,
    Basis,
    Cost,
    Enforcement,
    Headline,
    Hold,
    Level,
    Plan,
    SourceSummary,
    Violation,
)
from syncengine.model.report import ApplyReport, ChangeReport
from syncengine.model.row_lines import RowLines


def plan(*levels: Level, **more: Any) -> Plan:
    stated: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "plan_id": "4f1c2a9b8e7d6c50",
        "project": "acme",
        "created_at": 1_760_000_000.0,
        "refresh": "full",
        "releases": {},
        "headline": Headline(),
        "costs": (),
        "sources": (),
        "enforcement": (),
        "violations": (),
        "holds": (),
        "notes": (),
        "basis": Basis(
            lineage="l", serial=4, manifests="m", vendors="v", sources="s", dnd="d", dialers={"acme-co": "i"}
        ),
    }
    return Plan(levels=levels, **(stated | more))


def campaign_change(
    action: str = "create", key: str = "spring", dialer: str = "acme-co", **more: Any
) -> CampaignChange:
    stated: dict[str, Any] = {
        "operation": action,
        "reason": "missing",
        "confidence": "verified",
        "effect": "neutral",
    }
    return CampaignChange(address=Address(dialer, "campaign", key), action=action, **(stated | more))  # type: ignore[arg-type]


def row_change(action: str = "add", key: str = "spring", dialer: str = "acme-co", **more: Any) -> RowChange:
    stated: dict[str, Any] = {
        "address": Address(dialer, "contacts", key),
        "collection": "records",
        "reason": "missing",
        "confidence": "believed",
        "effect": "dialable",
        "count": 1_204,
        "digest": "d" * 64,
        "sample": ("+57•••••••67", "+57•••••••68", "+57•••••••69"),
        "calls": 13,
        "rows": f"{dialer}/{key}/{action}",
    }
    return RowChange(action=action, **(stated | more))  # type: ignore[arg-type]


def dnd_change(action: str = "add", count: int = 12, dialer: str = "acme-co", **more: Any) -> RowChange:
    stated: dict[str, Any] = {"collection": "dnc", "effect": "suppressing", "sample": ("+57•••••••01",), "calls": 1}
    address = Address(dialer, "dnd", "account")
    named = {"address": address, "count": count, "rows": f"{dialer}/account/{action}"}
    return row_change(action, dialer=dialer, **(named | stated | more))


def source(name: str = "leads", **more: Any) -> SourceSummary:
    stated: dict[str, Any] = {
        "kind": "contacts",
        "label": f"data/{name}.csv",
        "rows": 1_219,
        "accepted": 1_204,
        "rejected": 12,
        "duplicates": 3,
        "reasons": {"no usable number": 9, "no e-mail": 2, "no name": 1},
        "rejects_file": f".syncengine/rejects/{name}.csv",
    }
    return SourceSummary(name=name, **(stated | more))


def dnd_source(name: str = "opt-outs", **more: Any) -> SourceSummary:
    stated: dict[str, Any] = {
        "kind": "dnd",
        "rows": 412,
        "accepted": 412,
        "rejected": 0,
        "duplicates": 0,
        "reasons": {},
        "age": 2 * 86_400.0,
        "rejects_file": "",
    }
    return source(name, **(stated | more))


def everyday() -> Plan:
    """A new campaign, some people more, some listed, one setting changed."""
    return plan(
        Level("dnd additions", (dnd_change(),)),
        Level("stops", (campaign_change("stop", "winter", reason="differs", effect="suppressing", remote_id="9"),)),
        Level(
            "contact removals",
            (
                row_change(
                    "remove",
                    count=1,
                    reason="listed",
                    effect="suppressing",
                    calls=1,
                    sample=("+57•••••••11",),
                    warns="erases the history of the record",
                ),
                row_change("remove", "summer", count=40, reason="not_in_source", effect="suppressing", calls=40),
            ),
        ),
        Level(
            "campaign changes",
            (
                campaign_change(
                    fields=(
                        FieldChange("name", None, "Spring recovery"),
                        FieldChange("speed", None, 3),
                        FieldChange("agents", None, ("a1", "a2")),
                        FieldChange("open", None, True),
                    )
                ),
                campaign_change(
                    "update",
                    "summer",
                    operation="set_speed",
                    reason="drift",
                    remote_id="17",
                    fields=(
                        FieldChange("speed", 5, 7),
                        FieldChange("note", "", "Ñandú"),
                        FieldChange("limit", None, 2),
                    ),
                ),
            ),
        ),
        Level(
            "contact additions and updates", (row_change(), row_change("update", "summer", count=5, reason="differs"))
        ),
        Level("starts", (campaign_change("start", effect="dialable"),)),
        headline=Headline(
            campaigns_created=1,
            campaigns_updated=1,
            starts=1,
            stops=1,
            newly_callable=1_204,
            no_longer_callable=341,
            rows_updated=5,
            dnd_added=12,
        ),
        sources=(source("leads"), dnd_source()),
        costs=(
            Cost(dialer="acme-co", vendor="Acme", calls=60, minutes=12.4, budget_used=200, budget=1_000),
            Cost(dialer="acme-pe", vendor="Acme", calls=0, minutes=0.0),
        ),
        enforcement=(
            Enforcement(dialer="acme-co", sentence="the account's own list holds every entry"),
            Enforcement(dialer="acme-pe", sentence="listed numbers are kept out of every request"),
        ),
        notes=(
            "acme-co/contacts/summer: 3 rows wait for the outcome of an earlier call",
            "acme-co/contacts/winter: 3 rows wait for the outcome of an earlier call",
        ),
    )


def stopped() -> Plan:
    """A source that shrank, a list that is missing, a release, a listed number that does not leave."""
    why = "data/registry.csv is missing"
    return plan(
        Level("contact removals", (row_change("remove", count=900, reason="not_in_source", calls=900),)),
        Level("dnd removals", (dnd_change("remove", count=2, reason="released", effect="dialable"),)),
        headline=Headline(no_longer_callable=900, dnd_removed=2),
        releases={"opt-outs": 2},
        sources=(
            source("leads", accepted=1, rejected=0, duplicates=0, reasons={}, rejects_file=""),
            dnd_source("registry", held=why),
        ),
        holds=tuple(Hold(address=Address("acme-co", "campaign", key), what="start", why=why) for key in "abcde"),
        violations=(
            Violation(
                rule="max_remove",
                message="acme-co/contacts/spring: 900 of 1,000 rows (90%) would be removed; the limit is 30%",
                remedy="if that is meant: --allow-remove 900; else mend the source",
                address=Address("acme-co", "contacts", "spring"),
            ),
            Violation(
                rule="not_possible",
                message="acme-co/campaign/winter: type is 'preview' there and cannot be changed",
                remedy="restore the old value",
                address=Address("acme-co", "campaign", "winter"),
                location=Location("manifests/winter.yaml", 7, 11),
            ),
        ),
        notes=(
            "acme-co/campaign/summer: no longer in the manifest; it stays there until --prune",
            "DANGER acme-co/campaign/winter: 2 listed numbers are in a campaign that may be running",
        ),
        costs=(Cost(dialer="acme-co", vendor="Acme", calls=901, minutes=None, budget_used=200, budget=1_000),),
        enforcement=(Enforcement(dialer="acme-co", sentence="the account's own list holds every entry"),),
    )


HOSTILE = (
    "\x1b[31mred\x1b[0m\x9b2J\u202egnp.exe\u2066\u200b\u2028\r\n## Heading\n/close\n"
    "@admin #12 !34 [here](https://evil.example) www.evil.example <script>alert(1)</script> <!-- "
    "![x](http://evil.example/x.png) `code` | cell | **bold** $x^2$ &lt;b&gt; &#64;ops ~~gone~~ mailto:a@b.example"
)


def hostile() -> Plan:
    """Every text that a file or a vendor can put into a plan, with all that a view could stumble over."""
    evil = Address(HOSTILE, "contacts", HOSTILE)
    fields = (FieldChange(HOSTILE, HOSTILE, (HOSTILE,)), FieldChange("m", None, {HOSTILE: HOSTILE}))
    return plan(
        Level(
            "campaign changes",
            (
                campaign_change(
                    "update", HOSTILE, HOSTILE, operation=HOSTILE, fields=fields, warns=HOSTILE, remote_id=HOSTILE
                ),
            ),
        ),
        Level(
            "contact additions and updates", (row_change(address=evil, sample=(HOSTILE,), warns=HOSTILE, rows=HOSTILE),)
        ),
        plan_id=HOSTILE,
        project=HOSTILE,
        releases={HOSTILE: 1},
        sources=(source(HOSTILE, label=HOSTILE, reasons={HOSTILE: 1}, rejects_file=HOSTILE, held=HOSTILE),),
        costs=(Cost(dialer=HOSTILE, vendor=HOSTILE, calls=1, minutes=None),),
        enforcement=(Enforcement(dialer=HOSTILE, sentence=HOSTILE),),
        holds=(Hold(address=evil, what=HOSTILE, why=HOSTILE),),
        notes=(HOSTILE, f"a/campaign/b: {HOSTILE}", f"DANGER {HOSTILE}"),
        violations=(
            Violation(
                rule="not_possible", message=HOSTILE, remedy=HOSTILE, address=evil, location=Location(HOSTILE, 1, 1)
            ),
        ),
    )


def large(changes: int = 100_000) -> Plan:
    """Changes that have nothing in common, then starts."""
    updates = tuple(
        campaign_change("update", f"campaign-{n:06}", reason="differs", fields=(FieldChange("speed", n, n + 1),))
        for n in range(changes - 2)
    )
    starts = tuple(campaign_change("start", key, effect="dialable") for key in ("a", "b"))
    return plan(Level("campaign changes", updates), Level("starts", starts))


def report(*changes: ChangeReport, **more: Any) -> ApplyReport:
    stated: dict[str, Any] = {"plan_id": "4f1c2a9b8e7d6c50", "seconds": 12.34}
    return ApplyReport(changes=changes, **(stated | more))


def change_report(action: str = "add", **more: Any) -> ChangeReport:
    stated: dict[str, Any] = {
        "level": "contact additions and updates",
        "address": Address("acme-co", "contacts", "spring"),
        "outcomes": {"applied": 1_204},
        "calls": 13,
    }
    return ChangeReport(action=action, **(stated | more))


def hostile_report() -> ApplyReport:
    """The same malice in what an apply tells."""
    bad = change_report(
        HOSTILE, address=Address(HOSTILE, "campaign", HOSTILE), outcomes={"rejected": 1}, messages={HOSTILE: 1}
    )
    return report(bad, plan_id=HOSTILE, parked=(HOSTILE,), alarms=(HOSTILE,))


def lines_of(plan: Plan) -> list[RowLines]:
    """Masked rows for every set of a plan."""
    return [
        RowLines(
            name=change.rows,
            keys=[""] * change.count,
            phones=[f"+57•••••••{n % 100:02d}" for n in range(change.count)],
        )
        for change in plan.row_changes
    ]
