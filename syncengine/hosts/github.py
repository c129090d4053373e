"""GitHub: pull requests by its REST API."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from syncengine.hosts.ports import Comment, Issue, State
from syncengine.hosts.web import HostError, Web

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
# Rights of those whose word lets a plan be applied: whoever may push to the repository.
_MAY = frozenset({"admin", "maintain", "write"})
_CONTEXT = "syncengine"


class GitHub:
    """One repository on GitHub."""

    def __init__(self, web: Web, repository: str) -> None:
        if not _REPOSITORY.fullmatch(repository) or ".." in repository:
            raise HostError("GITHUB_REPOSITORY is not owner/name")
        self._web = web
        self._at = f"/repos/{repository}"

    def comments(self, pull: int) -> Iterator[Comment]:
        """Walk the comments of a pull request, oldest first."""
        for found in self._web.pages(f"{self._at}/issues/{pull}/comments"):
            user = found.get("user") or {}
            yield Comment(
                id=int(found["id"]),
                body=str(found.get("body") or ""),
                author=str(user.get("login", "")),
                # A job's token cannot ask who it is; no person has an account of this kind.
                ours=user.get("type") == "Bot" and user.get("login") == "github-actions[bot]",
                edited=found.get("created_at") != found.get("updated_at"),
            )

    def add_comment(self, pull: int, body: str) -> None:
        """Write a comment."""
        self._web.call("POST", f"{self._at}/issues/{pull}/comments", {"body": body})

    def edit_comment(self, pull: int, comment: int, body: str) -> None:
        """Change a comment of ours."""
        del pull
        self._web.call("PATCH", f"{self._at}/issues/comments/{comment}", {"body": body})

    def set_status(self, sha: str, state: State, text: str) -> None:
        """Set the check of a commit."""
        body = {"state": state, "context": _CONTEXT, "description": text[:140]}
        self._web.call("POST", f"{self._at}/statuses/{quote(sha, safe='')}", body)

    def pull_of(self, sha: str) -> int | None:
        """Return the merged pull request that a commit came with."""
        for found in self._web.pages(f"{self._at}/commits/{quote(sha, safe='')}/pulls"):
            if found.get("merged_at") and found.get("merge_commit_sha") == sha:
                return int(found["number"])
        return None

    def author_of(self, pull: int) -> str:
        """Return who opened a pull request."""
        found = self._web.call("GET", f"{self._at}/pulls/{pull}")
        return str((found or {}).get("user", {}).get("login", ""))

    def may_approve(self, person: str) -> bool:
        """Whether a person may say that a plan is applied."""
        found = self._web.call("GET", f"{self._at}/collaborators/{quote(person, safe='')}/permission")
        return bool(person) and isinstance(found, Mapping) and found.get("permission") in _MAY

    def open_issues(self, label: str) -> Iterator[Issue]:
        """Walk our open issues with a label."""
        for found in self._web.pages(f"{self._at}/issues?state=open&labels={quote(label)}"):
            if (found.get("user") or {}).get("type") == "Bot":
                yield Issue(int(found["number"]), str(found.get("body") or ""))

    def open_issue(self, title: str, body: str, label: str) -> None:
        """Open an issue."""
        self._web.call("POST", f"{self._at}/issues", {"title": title, "body": body, "labels": [label]})

    def edit_issue(self, number: int, body: str, *, closed: bool) -> None:
        """Change an issue of ours."""
        state = {"state": "closed"} if closed else {}
        self._web.call("PATCH", f"{self._at}/issues/{number}", {"body": body, **state})
