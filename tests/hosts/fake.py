"""Both code hosts on this machine: short pages, limits, rights, and tokens that may only read."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"
OWN_ID = 99
# Shorter than what is asked for, as hosts may do.
PAGE = 2


@dataclass
class Fake:
    """What the hosts hold, in one shape, and what was asked of them."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    # Person -> right: at GitHub a word, at GitLab a number.
    rights: dict[str, Any] = field(default_factory=dict)
    author: str = "ann"
    merged: str = "c0ffee"
    # A token of a fork's pull request: every writing call is refused.
    read_only: bool = False
    # Answers to give before the right ones: (status, headers).
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""

    def say(self, author: str, body: str, *, edited: bool = False, bot: bool = False) -> None:
        """A comment by a person, or by a bot."""
        number = len(self.comments) + 1
        self.comments.append({"id": number, "body": body, "author": author, "edited": edited, "bot": bot})

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]

    def last_status(self) -> tuple[str, str]:
        return self.statuses[-1]["state"], self.statuses[-1]["description"]

    def environment(self, kind: str) -> dict[str, str]:
        """The variables of a pipeline."""
        if kind == "github":
            return {"GITHUB_REPOSITORY": "acme/dialers", "GH_TOKEN": "t0ken", "GITHUB_API_URL": f"{self.url}/github"}
        return {"CI_PROJECT_ID": "7", "SYNCENGINE_GITLAB_TOKEN": "t0ken", "CI_API_V4_URL": f"{self.url}/gitlab"}

    # ---------------------------------------------------------------------------------------------- the two shapes

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        if self.first:
            return self.first[0][0], None
        if method != "GET" and self.read_only:
            return 403, {"message": "Resource not accessible by integration"}
        kind, _, rest = path.lstrip("/").partition("/")
        found = self._github(method, rest, body) if kind == "github" else self._gitlab(method, rest, body)
        if isinstance(found, list):
            page = int(query.get("page", ["1"])[0])
            return 200, found[(page - 1) * PAGE : page * PAGE]
        return (404, {}) if found is None else (200, found)

    def _github(self, method: str, path: str, body: dict[str, Any]) -> Any:
        path = path.removeprefix("repos/acme/dialers/")
        match method, path:
            case "GET", "issues/5/comments":
                return [self._github_comment(comment) for comment in self.comments]
            case "POST", "issues/5/comments":
                self.say(BOT, body["body"], bot=True)
                return {}
            case "GET", "pulls/5":
                return {"user": {"login": self.author}}
            case "GET", "issues":
                return [
                    {"number": n, "body": found["body"], "user": {"type": "Bot"}}
                    for n, found in enumerate(self.issues, 1)
                    if not found["closed"]
                ]
            case "POST", "issues":
                self.issues.append({"body": body["body"], "title": body["title"], "closed": False})
                return {}
        if found := re.fullmatch(r"issues/comments/(\d+)", path):
            self.comments[int(found[1]) - 1]["body"] = body["body"]
            return {}
        if found := re.fullmatch(r"issues/(\d+)", path):
            return self._edit_issue(int(found[1]), body["body"], closed=body.get("state") == "closed")
        if found := re.fullmatch(r"collaborators/(.+)/permission", path):
            return {"permission": self.rights.get(found[1], "read")}
        if found := re.fullmatch(r"commits/(.+)/pulls", path):
            return [{"number": 5, "merged_at": "2026-01-01", "merge_commit_sha": self.merged}]
        if path.startswith("statuses/"):
            self.statuses.append(body | {"sha": path.partition("/")[2]})
            return {}
        return None

    def _github_comment(self, comment: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": comment["id"],
            "body": comment["body"],
            "user": {"login": comment["author"], "type": "Bot" if comment["bot"] else "User"},
            "created_at": "1",
            "updated_at": "2" if comment["edited"] else "1",
        }

    def _gitlab(self, method: str, path: str, body: dict[str, Any]) -> Any:
        path = path.removeprefix("projects/7/")
        match method, path:
            case "GET", "user":
                return {"id": OWN_ID}
            case "GET", "merge_requests/5/notes":
                return [self._note(comment) for comment in self.comments]
            case "POST", "merge_requests/5/notes":
                self.say(str(OWN_ID), body["body"], bot=True)
                return {}
            case "GET", "merge_requests/5":
                return {"author": {"id": int(self.author)}}
            case "GET", "issues":
                return [
                    {"iid": n, "description": found["body"], "author": {"id": OWN_ID}}
                    for n, found in enumerate(self.issues, 1)
                    if not found["closed"]
                ]
            case "POST", "issues":
                self.issues.append({"body": body["description"], "title": body["title"], "closed": False})
                return {}
        if found := re.fullmatch(r"merge_requests/5/notes/(\d+)", path):
            self.comments[int(found[1]) - 1]["body"] = body["body"]
            return {}
        if found := re.fullmatch(r"issues/(\d+)", path):
            return self._edit_issue(int(found[1]), body["description"], closed=body.get("state_event") == "close")
        if found := re.fullmatch(r"members/all/(\d+)", path):
            return {"access_level": self.rights[found[1]]} if found[1] in self.rights else None
        if re.fullmatch(r"repository/commits/(.+)/merge_requests", path):
            return [{"iid": 5, "state": "merged", "merge_commit_sha": self.merged}]
        if path.startswith("statuses/"):
            self.statuses.append(body | {"sha": path.partition("/")[2]})
            return {}
        return None

    def _note(self, comment: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": comment["id"],
            "body": comment["body"],
            "author": {"id": int(comment["author"])},
            "system": False,
            "created_at": "1",
            "updated_at": "2" if comment["edited"] else "1",
        }

    def _edit_issue(self, number: int, body: str, *, closed: bool) -> dict[str, Any]:
        self.issues[number - 1] |= {"body": body, "closed": closed}
        return {}


@contextmanager
def hosts() -> Iterator[Fake]:
    """Both hosts, for as long as the block lasts."""
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            place = urlsplit(self.path)
            token = self.headers.get("authorization", "") + self.headers.get("private-token", "")
            fake.asked.append((self.command, self.path, token))
            status, found = fake.answer(self.command, place.path, parse_qs(place.query), body)
            headers = fake.first.pop(0)[1] if fake.first else {}
            raw = json.dumps(found).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_PATCH = _take  # noqa: N815 - names that http.server asks for

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
