"""One comment that is kept up to date, one issue for drift, and the word that lets a plan be applied.

An approval is a comment ``/approve PLAN_ID``. It holds for that plan and for no other: when the plan changes, its id
does, and the approval is of something that no longer exists.
"""

import re
from collections.abc import Mapping

from syncengine.hosts.github import GitHub
from syncengine.hosts.gitlab import GitLab
from syncengine.hosts.ports import Host
from syncengine.hosts.web import Web

# Variables that hold a token of a host.
TOKENS = ("GH_TOKEN", "GITHUB_TOKEN", "SYNCENGINE_GITLAB_TOKEN")
COMMENT = "<!-- syncengine plan -->"
DRIFT = "<!-- syncengine drift -->"
DRIFT_LABEL = "syncengine-drift"
_APPROVAL = re.compile(r"/approve[ \t]+([0-9a-f]{16})[ \t]*", re.MULTILINE)


def host_of(environment: Mapping[str, str]) -> Host | None:
    """Return the code host that a job runs at; None: it runs at none, or was given no token."""
    github = environment.get("GH_TOKEN") or environment.get("GITHUB_TOKEN")
    if environment.get("GITHUB_REPOSITORY") and github:
        api = environment.get("GITHUB_API_URL") or "https://api.github.com"
        headers = {"Authorization": f"Bearer {github}", "Accept": "application/vnd.github+json"}
        return GitHub(Web(api, headers), environment["GITHUB_REPOSITORY"])
    gitlab = environment.get("SYNCENGINE_GITLAB_TOKEN")
    if environment.get("CI_PROJECT_ID") and gitlab:
        api = environment.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
        return GitLab(Web(api, {"PRIVATE-TOKEN": gitlab}), environment["CI_PROJECT_ID"])
    return None


def keep_comment(host: Host, pull: int, text: str) -> None:
    """Write our one comment under a pull request, or bring it up to date."""
    body = f"{COMMENT}\n{text}"
    for comment in host.comments(pull):
        if comment.ours and comment.body.startswith(COMMENT):
            if comment.body != body:
                host.edit_comment(pull, comment.id, body)
            return
    host.add_comment(pull, body)


def approved_plan(host: Host, pull: int, *, by_author: bool = False) -> str:
    """Return the id of the plan that was approved last; empty: none was.

    The comment must stand as it was written, and be of somebody who may push and did not open the pull request
    (unless ``by_author``).
    """
    author = "" if by_author else host.author_of(pull)
    found, rights = "", dict[str, bool]()
    for comment in host.comments(pull):
        said = _APPROVAL.fullmatch(comment.body.strip())
        if said is None or comment.edited or comment.ours or (not by_author and comment.author == author):
            continue
        if comment.author not in rights:
            rights[comment.author] = host.may_approve(comment.author)
        if rights[comment.author]:
            found = said[1]
    return found


def keep_drift_issue(host: Host, text: str, *, drifted: bool) -> None:
    """Open the one issue about drift, bring it up to date, or close it when there is none any more."""
    body = f"{DRIFT}\n{text}"
    for issue in host.open_issues(DRIFT_LABEL):
        if issue.body.startswith(DRIFT):
            if issue.body != body or not drifted:
                host.edit_issue(issue.number, body, closed=not drifted)
            return
    if drifted:
        host.open_issue("The dialers differ from what was applied", body, DRIFT_LABEL)
