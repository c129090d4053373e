from dataclasses import replace

import pytest

from syncengine.model.calling import Proof
from syncengine.model.credentials import BasicAuth, ExchangeAuth, HeaderAuth, JwtAuth, QueryAuth
from syncengine.model.vendor import CampaignField, Campaigns, Listed
from syncengine.views.abilities import operation_rows, vendor_row
from tests.building import contacts_collection, dnd_collection, operation, vendor


def with_campaigns(**more):
    base = vendor()
    return replace(base, campaigns=replace(base.campaigns, **more))


def doubtful(name):
    return operation(name, ability="unverified")


def test_what_a_vendor_does_with_campaigns_is_told_in_one_order_and_doubt_has_a_star():
    calls = {role: operation(f"campaigns.{role}") for role in ("stop", "update", "list")}
    calls |= {"create": doubtful("campaigns.create"), "delete": operation("campaigns.delete", ability="absent")}
    assert vendor_row(with_campaigns(operations=calls)).campaigns == "list, create*, update (name), stop"


def test_all_fields_that_can_be_changed_make_an_update_and_a_few_are_named():
    calls = {"update": operation("campaigns.update"), "set_speed": doubtful("campaigns.set_speed")}
    every = {name: CampaignField(name=name, to=name) for name in "ab"}
    one = {
        "speed": CampaignField(name="speed", to="s", write="set_speed"),
        "type": CampaignField(name="type", to="t", write="never"),
    }
    assert vendor_row(with_campaigns(operations=calls, fields=every)).campaigns == "update"
    assert vendor_row(with_campaigns(operations=calls, fields=one)).campaigns == "update (speed)*"


def test_campaigns_that_are_agreed_and_campaigns_that_nothing_touches():
    assert "agreed" in vendor_row(with_campaigns(references_only=True)).campaigns
    assert vendor_row(replace(vendor(), campaigns=Campaigns())).campaigns == "none"


def test_contacts_of_several_kinds_are_told_at_their_best():
    sure = contacts_collection(
        operations={"add": operation("a", batch=200), "list": operation("l", writes=False), "block": doubtful("b")},
        listed=Listed(phones=("p",)),
    )
    doubted = contacts_collection(
        update="operation",
        operations={"add": operation("b", ability="unverified", batch=1_000), "update": doubtful("u")},
    )
    row = vendor_row(vendor(collections=(sure, doubted)))
    assert row.contacts == "add, block*, update*, read back"
    assert row.batch == 200
    assert (row.calls, row.unverified) == (7 + 5, 3)


def test_what_only_replaces_says_so_and_what_cannot_be_read_does_not_claim_to():
    replacing = contacts_collection(
        update="replace", operations={"add": doubtful("a"), "remove": operation("r"), "list": operation("l")}
    )
    row = vendor_row(vendor(collections=(replacing,)))
    assert row.contacts == "add*, remove, update by replacing*"
    assert row.batch == 1


def test_a_vendor_without_contacts_takes_none():
    row = vendor_row(vendor(collections=()))
    assert (row.contacts, row.batch) == ("none", 0)


def test_a_list_that_can_be_read_or_shortened_is_a_list_of_the_vendor_s_own():
    row = vendor_row(vendor())
    assert (row.do_not_call, row.enforcement) == ("native list", "the account's own list holds every entry")
    starred = dnd_collection(operations={"add": doubtful("d"), "remove": doubtful("r")})
    assert vendor_row(vendor(collections=(starred,))).do_not_call == "native list*"


def test_a_status_of_the_record_is_not_a_list():
    status = dnd_collection(operations={"add": operation("s")}, enforcement="sets a status")
    row = vendor_row(vendor(collections=(contacts_collection(), status)))
    assert (row.do_not_call, row.enforcement) == ("status of the record", "sets a status")
    blocking = contacts_collection(operations={"add": operation("a"), "block": operation("b")})
    assert vendor_row(vendor(collections=(blocking,))).do_not_call == "status of the record"


def test_where_there_is_nothing_the_plan_itself_enforces_and_says_how_far():
    removing = vendor_row(vendor(collections=(contacts_collection(),)))
    assert removing.do_not_call == "none"
    assert removing.enforcement == "Listed numbers are kept out of every request, and taken out of its campaigns."
    adding = contacts_collection(operations={"add": operation("a")})
    gone = dnd_collection(operations={"add": operation("d", ability="absent")})
    assert vendor_row(vendor(collections=(adding, gone))).enforcement == "Listed numbers are kept out of every request."


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        (HeaderAuth(scheme="header", header="h", secret="s"), "token in a header"),
        (QueryAuth(scheme="query", parameter="p", secret="s"), "key in the query string"),
        (BasicAuth(scheme="basic", user="u", password="p"), "user and password"),
        (ExchangeAuth(scheme="exchange", path="/t", body={}, token="t"), "credential exchanged for a token"),
        (JwtAuth(scheme="jwt", header="h", key_id="k", secret="s"), "signed token (JWT)"),
    ],
)
def test_credentials_are_told_in_words(auth, words):
    assert vendor_row(vendor(auth=auth)).credentials == words


def test_every_call_is_a_row_with_its_verb_and_source_where_the_file_has_them():
    asking = operation("calls.ask", writes=False, proof=Proof(by="park"), check="the path")
    rows = operation_rows(vendor(calls={"ask": asking}), {"campaigns.start": {"method": "PUT", "source": "page 3"}})
    found = {(row.part, row.role): row for row in rows}
    assert len(found) == len(rows) == 7 + 2 + 2 + 1
    start = found["campaigns", "start"]
    assert (start.method, start.source, start.effect, start.proof) == ("PUT", "page 3", "dialable", "repeat")
    ask = found["calls", "ask"]
    assert (ask.method, ask.source, ask.proof, ask.check) == ("", "", "", "the path")
    assert found["records", "remove"].warns == "erases history"
    assert found["records", "add"].batch == 100
