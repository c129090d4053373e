"""What both code hosts can do for a plan, in one shape."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["pending", "success", "failure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on a pull request."""

    id: int
    body: str
    # The host's id or name of whoever wrote it; what ``may_approve`` takes.
    author: str
    # Written by the account that this job speaks as.
    ours: bool
    # Changed after it was written, perhaps by another person.
    edited: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue."""

    number: int
    body: str


class Host(Protocol):
    """A code host, for one repository."""

    def comments(self, pull: int) -> Iterator[Comment]:
        """Walk the comments of a pull request, oldest first."""

    def add_comment(self, pull: int, body: str) -> None:
        """Write a comment."""

    def edit_comment(self, pull: int, comment: int, body: str) -> None:
        """Change a comment of ours."""

    def set_status(self, sha: str, state: State, text: str) -> None:
        """Set the check of a commit."""

    def pull_of(self, sha: str) -> int | None:
        """Return the merged pull request that a commit came with."""

    def author_of(self, pull: int) -> str:
        """Return who opened a pull request."""

    def may_approve(self, person: str) -> bool:
        """Whether a person may say that a plan is applied."""

    def open_issues(self, label: str) -> Iterator[Issue]:
        """Walk our open issues with a label."""

    def open_issue(self, title: str, body: str, label: str) -> None:
        """Open an issue."""

    def edit_issue(self, number: int, body: str, *, closed: bool) -> None:
        """Change an issue of ours."""
