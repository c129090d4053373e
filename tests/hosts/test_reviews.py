"""One comment, one issue, and approvals that hold for one plan, at both hosts."""

import pytest

from syncengine.hosts.ports import Host
from syncengine.hosts.reviews import COMMENT, approved_plan, host_of, keep_comment, keep_drift_issue
from tests.hosts.fake import Fake

PLAN, OTHER = "0123456789abcdef", "fedcba9876543210"
# Kind -> who opened the pull request, who may approve, who may not.
PEOPLE = {"github": ("ann", "bob", "eve"), "gitlab": ("1", "2", "3")}


@pytest.fixture(params=["github", "gitlab"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def people(fake: Fake, kind: str) -> tuple[str, str, str]:
    ann, bob, eve = PEOPLE[kind]
    fake.author = ann
    fake.rights = {ann: "admin", bob: "write", eve: "read"} if kind == "github" else {ann: 50, bob: 40, eve: 30}
    return ann, bob, eve


@pytest.fixture
def host(fake: Fake, kind: str, people: tuple[str, str, str]) -> Host:
    found = host_of(fake.environment(kind))
    assert found is not None
    return found


def test_there_is_one_comment_and_it_is_kept_up_to_date(host: Host, fake: Fake, people: tuple[str, str, str]) -> None:
    for number in range(5):
        fake.say(people[1], f"comment {number}")
    keep_comment(host, 5, "first")
    keep_comment(host, 5, "second")
    assert [body for body in fake.bodies() if body.startswith(COMMENT)] == [f"{COMMENT}\nsecond"]
    writes = [asked for asked in fake.asked if asked[0] != "GET"]
    keep_comment(host, 5, "second")
    assert [asked for asked in fake.asked if asked[0] != "GET"] == writes


def test_a_strangers_comment_with_our_mark_is_left_alone(host: Host, fake: Fake, people: tuple[str, str, str]) -> None:
    fake.say(people[2], f"{COMMENT}\nall is well")
    keep_comment(host, 5, "true")
    assert fake.bodies() == [f"{COMMENT}\nall is well", f"{COMMENT}\ntrue"]


def test_the_last_approval_by_somebody_with_the_right_counts(
    host: Host, fake: Fake, people: tuple[str, str, str]
) -> None:
    assert approved_plan(host, 5) == ""
    fake.say(people[1], f"/approve {OTHER}")
    fake.say(people[1], f"/approve {PLAN}\n")
    assert approved_plan(host, 5) == PLAN


@pytest.mark.parametrize(
    "body",
    [f"do not /approve {PLAN}", f"> /approve {PLAN}", f"/approve {PLAN} if all is well", "/approve", "/approve 12"],
)
def test_what_is_not_plainly_an_approval_is_none(
    host: Host, fake: Fake, people: tuple[str, str, str], body: str
) -> None:
    fake.say(people[1], body)
    assert approved_plan(host, 5) == ""


def test_an_approval_by_somebody_without_the_right_is_none(
    host: Host, fake: Fake, people: tuple[str, str, str]
) -> None:
    fake.say(people[2], f"/approve {PLAN}")
    assert approved_plan(host, 5) == ""


def test_an_approval_by_the_author_is_none_unless_that_is_allowed(
    host: Host, fake: Fake, people: tuple[str, str, str]
) -> None:
    fake.say(people[0], f"/approve {PLAN}")
    assert approved_plan(host, 5) == ""
    assert approved_plan(host, 5, by_author=True) == PLAN


def test_a_comment_that_was_changed_afterwards_approves_nothing(
    host: Host, fake: Fake, people: tuple[str, str, str]
) -> None:
    fake.say(people[1], f"/approve {PLAN}", edited=True)
    assert approved_plan(host, 5) == ""


def test_drift_has_one_issue_that_is_closed_when_it_is_gone(host: Host, fake: Fake) -> None:
    keep_drift_issue(host, "none", drifted=False)
    assert fake.issues == []
    keep_drift_issue(host, "one", drifted=True)
    keep_drift_issue(host, "two", drifted=True)
    assert [(found["body"].endswith("two"), found["closed"]) for found in fake.issues] == [(True, False)]
    keep_drift_issue(host, "none", drifted=False)
    assert fake.issues[0]["closed"]
    keep_drift_issue(host, "again", drifted=True)
    assert len(fake.issues) == 2


def test_without_a_token_there_is_no_host() -> None:
    assert host_of({"GITHUB_REPOSITORY": "a/b"}) is None
    assert host_of({"CI_PROJECT_ID": "1"}) is None
