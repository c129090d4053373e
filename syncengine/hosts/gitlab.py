"""GitLab: merge requests by its REST API. A pull request is called a merge request there, a comment a note."""

from collections.abc import Iterator
from urllib.parse import quote

from syncengine.hosts.ports import Comment, Issue, State
from syncengine.hosts.web import HostError, Web

# Maintainers: those who may merge into a protected branch.
_MAY = 40
_NAME = "syncengine"
_STATES: dict[State, str] = {"pending": "pending", "success": "success", "failure": "failed"}


class GitLab:
    """One project on GitLab."""

    def __init__(self, web: Web, project: str) -> None:
        if not project.isdigit():
            raise HostError("CI_PROJECT_ID is not a number")
        self._web = web
        self._at = f"/projects/{project}"
        self._own = ""

    def comments(self, pull: int) -> Iterator[Comment]:
        """Walk the notes of a merge request, oldest first."""
        me = self._me()
        for found in self._web.pages(f"{self._at}/merge_requests/{pull}/notes?sort=asc&order_by=created_at"):
            author = str((found.get("author") or {}).get("id", ""))
            if not found.get("system"):
                yield Comment(
                    id=int(found["id"]),
                    body=str(found.get("body") or ""),
                    author=author,
                    ours=author == me,
                    edited=found.get("created_at") != found.get("updated_at"),
                )

    def _me(self) -> str:
        self._own = self._own or str((self._web.call("GET", "/user") or {}).get("id", "nobody"))
        return self._own

    def add_comment(self, pull: int, body: str) -> None:
        """Write a note."""
        self._web.call("POST", f"{self._at}/merge_requests/{pull}/notes", {"body": body})

    def edit_comment(self, pull: int, comment: int, body: str) -> None:
        """Change a note of ours."""
        self._web.call("PUT", f"{self._at}/merge_requests/{pull}/notes/{comment}", {"body": body})

    def set_status(self, sha: str, state: State, text: str) -> None:
        """Set the check of a commit."""
        body = {"state": _STATES[state], "name": _NAME, "description": text[:255]}
        self._web.call("POST", f"{self._at}/statuses/{quote(sha, safe='')}", body)

    def pull_of(self, sha: str) -> int | None:
        """Return the merged merge request that a commit came with."""
        for found in self._web.pages(f"{self._at}/repository/commits/{quote(sha, safe='')}/merge_requests"):
            commits = {found.get("merge_commit_sha"), found.get("squash_commit_sha"), found.get("sha")}
            if found.get("state") == "merged" and sha in commits:
                return int(found["iid"])
        return None

    def author_of(self, pull: int) -> str:
        """Return who opened a merge request."""
        found = self._web.call("GET", f"{self._at}/merge_requests/{pull}")
        return str(((found or {}).get("author") or {}).get("id", ""))

    def may_approve(self, person: str) -> bool:
        """Whether a person may say that a plan is applied."""
        if not person.isdigit():
            return False
        found = self._web.call("GET", f"{self._at}/members/all/{person}")
        return isinstance(found, dict) and int(found.get("access_level") or 0) >= _MAY

    def open_issues(self, label: str) -> Iterator[Issue]:
        """Walk our open issues with a label."""
        me = self._me()
        for found in self._web.pages(f"{self._at}/issues?state=opened&labels={quote(label)}"):
            if str((found.get("author") or {}).get("id", "")) == me:
                yield Issue(int(found["iid"]), str(found.get("description") or ""))

    def open_issue(self, title: str, body: str, label: str) -> None:
        """Open an issue."""
        self._web.call("POST", f"{self._at}/issues", {"title": title, "description": body, "labels": label})

    def edit_issue(self, number: int, body: str, *, closed: bool) -> None:
        """Change an issue of ours."""
        event = {"state_event": "close"} if closed else {}
        self._web.call("PUT", f"{self._at}/issues/{number}", {"description": body, **event})
