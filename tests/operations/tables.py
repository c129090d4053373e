"""Every operation of every vendor file, called once."""

from collections.abc import Mapping
from typing import Any

from syncengine.sandbox.server import Sandbox
from syncengine.sandbox.stringee_contacts import FROM_CONTACTS, Contact
from tests.conformance.by_hand import THEIRS, block, thulium_row
from tests.operations.calling import THERE, Called, row, variant_of

_NUMBERS = {name: variant_of(name).phone for name in THEIRS}


# ------------------------------------------------------------------------------------------------------- wolkvox

_CO = _NUMBERS["wolkvox"]


def _wolkvox(sandbox: Sandbox) -> Any:
    return sandbox.wolkvox.campaigns.held.get(THEIRS["wolkvox"])


def _customers(sandbox: Sandbox) -> list[str]:
    return [record["customer_id"] for record in _wolkvox(sandbox).records]


_PREDICTIVE = {"type": "predictive"}
_WOLKVOX = {
    "campaigns.list": Called(records=1),
    "campaigns.create": Called(
        fields={
            "type": "predictive",
            "description": "Spring",
            "start_time": "08:00:00",
            "end_time": "18:00:00",
            "skill": "120",
            "allow_editing": "yes",
            "opt1_title": "Contract",
        },
        new_id=True,
        then=lambda sandbox: len(sandbox.wolkvox.campaigns.held) == 2,
    ),
    "campaigns.start": Called(campaign=_PREDICTIVE, then=lambda sandbox: _wolkvox(sandbox).started),
    "campaigns.stop": Called(
        prepare=lambda sandbox: setattr(_wolkvox(sandbox), "started", True),
        campaign=_PREDICTIVE,
        then=lambda sandbox: not _wolkvox(sandbox).started,
    ),
    "campaigns.set_speed": Called(
        campaign=_PREDICTIVE, fields={"speed": "3"}, then=lambda sandbox: _wolkvox(sandbox).speed == "3"
    ),
    "campaigns.delete": Called(campaign=_PREDICTIVE, then=lambda sandbox: _wolkvox(sandbox) is None),
    "records.add": Called(
        campaign=_PREDICTIVE,
        rows=(row("1", _CO(1), customer_id="1", tel1=_CO(1)), row("2", _CO(2), customer_id="2", tel1=_CO(2))),
        items={"1": "applied", "2": "applied"},
        then=lambda sandbox: _customers(sandbox) == ["theirs", "1", "2"] and not _wolkvox(sandbox).started,
    ),
    "records.remove": Called(
        campaign=_PREDICTIVE, rows=(row("theirs", _CO(THERE)),), then=lambda sandbox: _customers(sandbox) == []
    ),
    "account_dnc.list": Called(prepare=lambda sandbox: block(sandbox, "wolkvox", _CO(9)), records=1),
    "account_dnc.add": Called(
        rows=(row("+" + _CO(1), _CO(1)), row("+" + _CO(2), _CO(2))),
        items={"+" + _CO(1): "applied", "+" + _CO(2): "applied"},
        then=lambda sandbox: set(sandbox.wolkvox.do_not_call.account) == {("outbound", _CO(1)), ("outbound", _CO(2))},
    ),
    "account_dnc.remove": Called(
        prepare=lambda sandbox: [block(sandbox, "wolkvox", _CO(number)) for number in (1, 2)],
        rows=(row("+" + _CO(1), _CO(1)),),
        items={"+" + _CO(1): "applied"},
        then=lambda sandbox: (
            {number for _, number in sandbox.wolkvox.do_not_call.account} == {_CO(2)}
            and not sandbox.wolkvox.do_not_call.wipes
        ),
    ),
    "expiring_dnc.add": Called(
        rows=(row("+" + _CO(1), _CO(1)),),
        lasts_days="30",
        items={"+" + _CO(1): "applied"},
        then=lambda sandbox: list(sandbox.wolkvox.do_not_call.expiring) == ["9" + _CO(1)],
    ),
    "calls.token_info": Called(records=1),
}

# ------------------------------------------------------------------------------------------------------ comunik8

_GB = _NUMBERS["comunik8"]


def _lead(number: int) -> dict[str, object]:
    return {
        "first_name": "John",
        "surname": "Doe",
        "mobile": "0" + _GB(number).removeprefix("44"),
        "email": "john@example.com",
        "data": {"make": "Ford"},
    }


def _leads(sandbox: Sandbox) -> set[str]:
    return sandbox.comunik8.callable_numbers(THEIRS["comunik8"])


_COMUNIK8 = {
    "leads.add": Called(
        rows=(row("+" + _GB(1), _GB(1), **_lead(1)),), then=lambda sandbox: _leads(sandbox) == {_GB(1), _GB(THERE)}
    ),
    "leads.remove": Called(
        rows=(row("+" + _GB(THERE), _GB(THERE), **_lead(THERE)),), then=lambda sandbox: not _leads(sandbox)
    ),
    # A test saves nothing.
    "leads.check": Called(
        rows=(row("+" + _GB(1), _GB(1), **_lead(1)),), then=lambda sandbox: _leads(sandbox) == {_GB(THERE)}
    ),
}

# ------------------------------------------------------------------------------------------------------ stringee

_VN = _NUMBERS["stringee"]
_FIRST_ROW = "133"


def _stringee(sandbox: Sandbox) -> Any:
    return sandbox.stringee.campaigns.held.get(THEIRS["stringee"])


def _phones(sandbox: Sandbox) -> list[str]:
    return sorted(phone for one in sandbox.stringee.records(THEIRS["stringee"]) for phone in one["phones"])


def _double(sandbox: Sandbox) -> None:
    sandbox.stringee.contacts.put(THEIRS["stringee"], [(Contact("CTX", "Other", [_VN(THERE)]), FROM_CONTACTS)])


def _filter(sandbox: Sandbox) -> None:
    sandbox.stringee.add_contact("CTX", "Linh", [_VN(5)])
    sandbox.stringee.add_filter("FT1", ["CTX"])


def _taken_out() -> Called:
    return Called(rows=(row("+" + _VN(THERE), _VN(THERE), remote_id=_FIRST_ROW),), then=lambda s: _phones(s) == [])


_STRINGEE = {
    "campaigns.list": Called(records=1),
    "campaigns.create": Called(
        fields={
            "name": "Spring",
            "description": "Welcome",
            "max_retries": 3,
            "agents": ("a1", "a2"),
            "start_time": "2026-01-31T09:30:00Z",
            "max_abandon_rate": "0.05",
        },
        new_id=True,
        then=lambda sandbox: len(sandbox.stringee.campaigns.held) == 2,
    ),
    "campaigns.update": Called(
        fields={"max_retries": 4}, then=lambda sandbox: _stringee(sandbox).settings["max_call_retry"] == 4
    ),
    "campaigns.delete": Called(then=lambda sandbox: _stringee(sandbox) is None),
    "campaigns.start": Called(then=lambda sandbox: _stringee(sandbox).status == "running"),
    "campaigns.stop": Called(
        prepare=lambda sandbox: setattr(_stringee(sandbox), "status", "running"),
        then=lambda sandbox: _stringee(sandbox).status == "paused",
    ),
    "campaigns.find_duplicates": Called(prepare=_double),
    "campaigns.keep_duplicates": Called(
        prepare=_double,
        more={"duplicates": {_VN(THERE): int(_FIRST_ROW)}},
        then=lambda sandbox: [one["id"] for one in sandbox.stringee.records(THEIRS["stringee"])] == [int(_FIRST_ROW)],
    ),
    "phones.list": Called(records=1),
    "phones.remove": _taken_out(),
    "phones.add": Called(
        rows=tuple(row("+" + number, number, phone=number) for number in (_VN(1), _VN(THERE), "84123")),
        items={"+" + _VN(1): "applied", "+" + _VN(THERE): "already_present", "+84123": "rejected"},
        then=lambda sandbox: _phones(sandbox) == sorted([_VN(1), _VN(THERE)]),
    ),
    "contacts.list": Called(records=1),
    "contacts.remove": _taken_out(),
    "contacts.add": Called(
        prepare=lambda sandbox: sandbox.stringee.contacts.put(
            THEIRS["stringee"], [(Contact("CT2", "There", [_VN(2)]), FROM_CONTACTS)]
        ),
        rows=(
            row("CT1", _VN(1), id="CT1", name="Hoang", phone=_VN(1)),
            row("CT2", _VN(2), id="CT2", name="Hai", phone=_VN(2)),
        ),
        items={"CT1": "applied", "CT2": "already_present"},
        then=lambda sandbox: _phones(sandbox) == sorted([_VN(1), _VN(2), _VN(THERE)]),
    ),
    "file.list": Called(records=1),
    "file.remove": _taken_out(),
    "file.add": Called(
        rows=(row("+" + _VN(1), _VN(1), name="Hoang", phone=_VN(1)),),
        items={"+" + _VN(1): "applied"},
        then=lambda sandbox: _phones(sandbox) == sorted([_VN(1), _VN(THERE)]),
    ),
    "filters.list": Called(records=1),
    "filters.remove": _taken_out(),
    "filters.add": Called(
        prepare=_filter,
        rows=(row("FT1", id="FT1", query="name:linh", portal="pt_1"),),
        items={"FT1": "applied"},
        then=lambda sandbox: _phones(sandbox) == sorted([_VN(5), _VN(THERE)]),
    ),
}

# ---------------------------------------------------------------------------------------------------------- lynn

_CL = _NUMBERS["lynn"]
_TEMPLATE = {"template_id": "3c6f10ec-aaaa-bbbb-cccc-21dd8fee9fff", "type_of_data": 0}


def _lynn(sandbox: Sandbox) -> Any:
    return sandbox.lynn.campaigns.held.get(THEIRS["lynn"])


def _person(sandbox: Sandbox) -> None:
    sandbox.lynn.contacts._add({"name": "Ana", "phone": _CL(1)})
    sandbox.lynn.contacts.blacklisted.setdefault(THEIRS["lynn"], set())


def _blocked_person(sandbox: Sandbox) -> None:
    _person(sandbox)
    sandbox.lynn.contacts.blacklisted[THEIRS["lynn"]].add("5001")


def _task(sandbox: Sandbox, kind: Any) -> None:
    sandbox.lynn.switches.task_polls = 0
    sandbox.lynn.tasks.begin(kind, 1, accepted=1)


def _loaded(sandbox: Sandbox) -> list[str]:
    return [record["Phone"] for record in sandbox.lynn.records(THEIRS["lynn"])]


_A_PERSON = (row("+" + _CL(1), _CL(1), remote_id="5001", name="Ana", phone=_CL(1), correlationId="7"),)
_TASK_ID = {"task": {"id": "T000001"}}
_LYNN = {
    "campaigns.list": Called(records=1),
    "campaigns.read": Called(),
    "campaigns.create": Called(
        fields={"name": "Spring", "category": "orders", "execution_mode": "Manual", "type": "Single Message"},
        new_id=True,
        then=lambda sandbox: len(sandbox.lynn.campaigns.held) == 2,
    ),
    "campaigns.update": Called(
        campaign={"execution_mode": "Manual"},
        fields={"category": "orders"},
        then=lambda sandbox: (
            _lynn(sandbox).fields["category"] == "orders" and _lynn(sandbox).fields["name"] == "Theirs"
        ),
    ),
    "campaigns.delete": Called(then=lambda sandbox: _lynn(sandbox) is None),
    "campaigns.start": Called(then=lambda sandbox: _lynn(sandbox).started),
    "campaigns.stop": Called(
        prepare=lambda sandbox: setattr(_lynn(sandbox), "started", True),
        then=lambda sandbox: not _lynn(sandbox).started,
    ),
    "campaign_data.add": Called(
        campaign=_TEMPLATE,
        rows=(row("+" + _CL(1), _CL(1), Name="Ana", Phone=_CL(1), **{"Store Name": "Altos"}),),
        then=lambda sandbox: _loaded(sandbox) == [_CL(THERE), _CL(1)],
    ),
    "campaign_file.add": Called(
        campaign=_TEMPLATE,
        rows=(row("+" + _CL(1), _CL(1), Name="Ana", Phone=_CL(1), **{"Store Name": "Altos"}),),
        then=lambda sandbox: _loaded(sandbox) == [_CL(THERE), _CL(1)],
    ),
    "contacts.list": Called(prepare=_person, records=1),
    "contacts.add": Called(
        rows=_A_PERSON,
        new_id=True,
        then=lambda sandbox: [c.phone for c in sandbox.lynn.contacts.held.values()] == [_CL(1)],
    ),
    "contacts.update": Called(
        prepare=_person,
        rows=(row("+" + _CL(1), _CL(1), remote_id="5001", name="Renamed", phone=_CL(1)),),
        then=lambda sandbox: sandbox.lynn.contacts.held["5001"].name == "Renamed",
    ),
    "contacts.remove": Called(prepare=_person, rows=_A_PERSON, then=lambda sandbox: not sandbox.lynn.contacts.held),
    "campaign_dnd.add": Called(
        rows=_A_PERSON, then=lambda sandbox: sandbox.lynn.contacts.blocked_phones(THEIRS["lynn"]) == {_CL(1)}
    ),
    "campaign_dnd.remove": Called(
        prepare=_blocked_person,
        rows=_A_PERSON,
        then=lambda sandbox: sandbox.lynn.contacts.blocked_phones(THEIRS["lynn"]) == set(),
    ),
    "calls.get_task_status": Called(prepare=lambda sandbox: _task(sandbox, "load"), more=_TASK_ID),
    "calls.get_dnd_task_status": Called(prepare=lambda sandbox: _task(sandbox, "dnd"), more=_TASK_ID),
    "calls.get_contact": Called(prepare=_person, rows=_A_PERSON),
    "calls.get_dnd_contact": Called(prepare=_blocked_person, rows=_A_PERSON, records=1),
    "calls.set_dnd_contact_by_campaign": Called(
        prepare=_person,
        rows=_A_PERSON,
        then=lambda sandbox: sandbox.lynn.contacts.blacklisted[THEIRS["lynn"]] == {"5001"},
    ),
    "calls.set_dnd_contact_by_category": Called(
        prepare=lambda sandbox: (_person(sandbox), _lynn(sandbox).fields.update(category="orders")),
        campaign={"category": "orders"},
        rows=_A_PERSON,
        then=lambda sandbox: sandbox.lynn.contacts.blacklisted[THEIRS["lynn"]] == {"5001"},
    ),
}

# ------------------------------------------------------------------------------------------------------- thulium

_PL = _NUMBERS["thulium"]


def _thulium(sandbox: Sandbox) -> Any:
    return sandbox.thulium.outbounds.held[THEIRS["thulium"]]


def _customer(sandbox: Sandbox) -> None:
    sandbox.thulium.add_customer(441, "Kowalski", _PL(1), identifier="c1")


def _crm_record(sandbox: Sandbox) -> None:
    _customer(sandbox)
    sandbox.thulium.add_customer(442, "Nowak", _PL(2), identifier="c2")
    outbound = _thulium(sandbox)
    outbound.crm["441"] = thulium_row("crm", _PL(1), outbound, customer_id=441)


def _crm_status(sandbox: Sandbox) -> str:
    return str(_thulium(sandbox).crm["441"].system_status)


def _csv_status(sandbox: Sandbox) -> str:
    return str(_thulium(sandbox).csv[_PL(THERE)].system_status)


_CUSTOMER = (row("c1", _PL(1), remote_id="441", surname="Kowalski", name="Jan", phone_number=_PL(1), email="j@x.pl"),)
_IN_CRM = (row("c1", _PL(1), remote_id="441", customer_id="441"),)
_IN_CSV = (row("+" + _PL(THERE), _PL(THERE), remote_id="theirs"),)
_THULIUM = {
    "campaigns.list": Called(records=1),
    "campaigns.create": Called(
        fields={
            "feed": "crm",
            "type": "predictive",
            "start_date": "2026-01-01",
            "end_date": "2026-12-31",
            "order": 5,
            "parity": 60,
            "caller_id": "1234",
            "max_calls": 1.5,
        },
        new_id=True,
        then=lambda sandbox: len(sandbox.thulium.outbounds.held) == 2 and not sandbox.thulium.dialling(),
    ),
    "campaigns.update": Called(
        fields={"parity": 60, "end_date": "2026-12-31"},
        then=lambda sandbox: _thulium(sandbox).settings["parity"] == 60,
    ),
    "campaigns.set_parameters": Called(
        campaign={"caller_id": "1234", "preview_timeout": 20},
        fields={"caller_id": "1234"},
        then=lambda sandbox: _thulium(sandbox).settings["parameters"] == {"caller_id": "1234", "preview_timeout": 20},
    ),
    "campaigns.start": Called(then=lambda sandbox: _thulium(sandbox).settings["active"] is True),
    "campaigns.stop": Called(
        prepare=lambda sandbox: _thulium(sandbox).settings.update(active=True),
        then=lambda sandbox: _thulium(sandbox).settings["active"] is False,
    ),
    "campaigns.delete": Called(then=lambda sandbox: _thulium(sandbox).removal_queued),
    "customers.lookup": Called(prepare=_customer, rows=_CUSTOMER, records=1),
    "customers.add": Called(
        rows=_CUSTOMER, new_id=True, then=lambda sandbox: list(sandbox.thulium.customers.by_identifier) == ["c1"]
    ),
    "customers.update": Called(
        prepare=_customer,
        rows=(row("c1", _PL(3), remote_id="441", surname="Renamed", phone_number=_PL(3)),),
        then=lambda sandbox: sandbox.thulium.customers.held[441].numbers == [_PL(3)],
    ),
    "crm_records.list": Called(prepare=_crm_record, records=1),
    "crm_records.add": Called(
        prepare=_crm_record,
        rows=tuple(row(f"c{n}", _PL(n), customer_id=str(440 + n)) for n in (1, 2, 3)),
        items={"c1": "already_present", "c2": "applied", "c3": "rejected"},
        then=lambda sandbox: list(_thulium(sandbox).crm) == ["441", "442"],
    ),
    "crm_records.update": Called(
        prepare=_crm_record,
        rows=(row("c1", _PL(1), customer_id="441", agent_login="j.doe"),),
        then=lambda sandbox: _thulium(sandbox).crm["441"].agent_login == "j.doe",
    ),
    "crm_records.remove": Called(
        prepare=_crm_record,
        rows=tuple(row(f"c{n}", _PL(n), customer_id=str(440 + n)) for n in (1, 2)),
        items={"c1": "applied", "c2": "already_absent"},
        then=lambda sandbox: not _thulium(sandbox).crm,
    ),
    "crm_records.block": Called(
        prepare=_crm_record, rows=_IN_CRM, then=lambda sandbox: _crm_status(sandbox) == "NO_CALL"
    ),
    "crm_records.unblock": Called(
        prepare=lambda sandbox: (
            _crm_record(sandbox),
            setattr(_thulium(sandbox).crm["441"], "system_status", "NO_CALL"),
        ),
        rows=_IN_CRM,
        then=lambda sandbox: _crm_status(sandbox) == "TO_CALL",
    ),
    "csv_records.list": Called(records=1),
    "csv_records.add": Called(
        rows=(
            row("+" + _PL(1), _PL(1), phone_number=_PL(1), identifier="id1", record_fields={"Plan": "A"}),
            row("+" + _PL(THERE), _PL(THERE), phone_number=_PL(THERE)),
            row("+" + _PL(2), _PL(2), phone_number=_PL(2), agent_login="nobody"),
        ),
        items={"+" + _PL(1): "applied", "+" + _PL(THERE): "already_present", "+" + _PL(2): "rejected"},
        then=lambda sandbox: list(_thulium(sandbox).csv) == [_PL(THERE), _PL(1)],
    ),
    "csv_records.update": Called(
        rows=(row("+" + _PL(THERE), _PL(THERE), remote_id="theirs", record_fields={"Plan": "B"}),),
        then=lambda sandbox: _thulium(sandbox).csv[_PL(THERE)].record_fields == {"Plan": "B"},
    ),
    "csv_records.remove": Called(
        rows=(*_IN_CSV, row("+" + _PL(1), _PL(1))),
        items={"+" + _PL(THERE): "applied", "+" + _PL(1): "already_absent"},
        then=lambda sandbox: not _thulium(sandbox).csv,
    ),
    "csv_records.block": Called(rows=_IN_CSV, then=lambda sandbox: _csv_status(sandbox) == "NO_CALL"),
    "csv_records.unblock": Called(
        prepare=lambda sandbox: setattr(_thulium(sandbox).csv[_PL(THERE)], "system_status", "NO_CALL"),
        rows=_IN_CSV,
        then=lambda sandbox: _csv_status(sandbox) == "TO_CALL",
    ),
    "no_call_status.add": Called(
        rows=(row("+" + _PL(THERE), _PL(THERE)),), then=lambda sandbox: _csv_status(sandbox) == "NO_CALL"
    ),
    "calls.statuses": Called(records=8),
    "calls.stats": Called(prepare=lambda sandbox: _thulium(sandbox).settings.update(active=True), records=1),
    "calls.agents": Called(prepare=lambda sandbox: _thulium(sandbox).agents.append("j.doe"), records=1),
}

CALLS: Mapping[str, Mapping[str, Called]] = {
    "lynn": _LYNN,
    "wolkvox": _WOLKVOX,
    "comunik8": _COMUNIK8,
    "stringee": _STRINGEE,
    "thulium": _THULIUM,
}
