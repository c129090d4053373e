"""A dialer of no vendor, on loopback: what it holds can be looked at and set, and any call can be made to fail.

Its vendor file is the project's own, so that a test can bend every word of it.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

VENDOR = """\
vendor: acme
title: Acme
docs: https://docs.example
settings:
  zone: {describe: Zone, pattern: "[a-z]{1,8}", default: north}
  daily: {describe: Calls a day, pattern: "[0-9]{1,6}", default: ""}
secrets: {token: Token}
base_url: "https://{{ settings.zone }}.acme.example/api"
auth: {scheme: header, header: X-Token, secret: token}
limits: {concurrency: 2, daily_calls: daily, timeout: 5}
options: {tag: What the rows are tagged with}
campaigns:
  id: id
  id_pattern: "[0-9]{1,6}"
  name: name
  status: state
  started: [running]
  stopped: [paused]
  operations:
    list:
      method: GET
      path: /campaigns
      success: {status: [200]}
      records: found
    create:
      method: POST
      path: /campaigns
      body: {json: {name: "{{ campaign.name }}", kind: "{{ fields.kind | omit_empty }}"}}
      effect: neutral
      success: {status: [200]}
      id: id
      proof: {by: read_back, settle: 30}
    update:
      method: PUT
      path: "/campaigns/{{ campaign.id }}"
      body: {json: "{{ fields }}"}
      effect: neutral
      success: {status: [200]}
      proof: {by: repeat}
    start:
      method: POST
      path: "/campaigns/{{ campaign.id }}/start"
      effect: dialable
      success: {status: [200]}
      proof: {by: repeat}
    stop:
      method: POST
      path: "/campaigns/{{ campaign.id }}/stop"
      effect: suppressing
      success: {status: [200]}
      proof: {by: repeat}
    delete:
      method: DELETE
      path: "/campaigns/{{ campaign.id }}"
      effect: suppressing
      success: {status: [200]}
      proof: {by: repeat}
collections:
  leads:
    holds: contacts
    scope: campaign
    key: phone
    listed: {phones: [tel], phone_form: e164, state: state, blocked: [held]}
    operations:
      list:
        method: GET
        path: "/campaigns/{{ campaign.id }}/leads"
        success: {status: [200]}
        records: found
      add:
        method: POST
        path: "/campaigns/{{ campaign.id }}/leads"
        body: {json: {$each: {tel: "{{ record.tel }}", name: "{{ record.name | omit_empty }}", tag: "{{ options.tag | omit_empty }}"}}}
        effect: dialable
        success: {status: [200]}
        items: {shape: none}
        batch: 10
        refused_batch: unknown
        proof: {by: read_back, settle: 30}
      remove:
        method: POST
        path: "/campaigns/{{ campaign.id }}/gone"
        body: {json: {tel: "{{ row.phone }}"}}
        effect: suppressing
        success: {status: [200]}
        batch: 1
        proof: {by: read_back, settle: 30}
  blocked:
    holds: dnd
    scope: account
    key: phone
    enforcement: Acme rings none of them.
    listed: {phones: [tel], phone_form: e164}
    operations:
      list:
        method: GET
        path: /blocked
        success: {status: [200]}
        records: found
      add:
        method: POST
        path: /blocked
        body: {json: {$each: "{{ row.phone }}"}}
        effect: suppressing
        success: {status: [200]}
        items: {shape: none}
        batch: 10
        refused_batch: unknown
        proof: {by: repeat}
      remove:
        method: POST
        path: /unblock
        body: {json: {$each: "{{ row.phone }}"}}
        effect: dialable
        success: {status: [200]}
        items: {shape: none}
        batch: 10
        refused_batch: unknown
        proof: {by: repeat}
calls:
  ask:
    method: GET
    path: "/campaigns/{{ campaign.id }}/tasks/{{ task.id }}"
    success: {status: [200]}
"""

MAPPING = """\
vendor: acme
campaigns:
  name: {to: name, read: name}
  kind: {to: kind, read: kind, write: never}
  script: {to: script, write: never}
collections:
  leads:
    tel: {from: phone, as: e164, required: true}
    name: first_name
  blocked:
    tel: {from: phone, as: e164}
"""


@dataclass
class Lead:
    """One record of a campaign."""

    tel: str
    state: str = "new"


@dataclass
class Acme:
    """What the dialer holds, what it was asked, and what goes wrong."""

    base_url: str = ""
    campaigns: dict[str, dict[str, str]] = field(default_factory=dict)
    leads: dict[str, list[Lead]] = field(default_factory=dict)
    blocked: list[str] = field(default_factory=list)
    created: int = 0
    # "METHOD path" of every call, and the bodies of those that had one.
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    # A pattern of "METHOD path" -> a status, a decoded body, "cut" (done, and the answer lost) or "lost" (not done).
    troubles: dict[str, Any] = field(default_factory=dict)

    def campaign(self, number: str = "17", name: str = "Spring", state: str = "paused", **more: str) -> None:
        self.campaigns[number] = {"id": number, "name": name, "state": state, **more}
        self.leads.setdefault(number, [])

    def tels(self, number: str = "17") -> list[str]:
        """Return the numbers of a campaign, as often as they are there."""
        return sorted(lead.tel for lead in self.leads[number])

    def writes(self) -> list[str]:
        """Return the calls that are no questions."""
        return [asked for asked in self.asked if not asked.startswith("GET")]

    def answer(self, method: str, path: str, body: Any) -> Any:
        """Do what is asked and return the answer."""
        asked = f"{method} {path}"
        self.asked.append(asked)
        self.bodies.append(body)
        trouble = next((found for pattern, found in self.troubles.items() if re.search(pattern, asked)), None)
        if callable(trouble):
            trouble = trouble(body)
        if trouble is not None and trouble != "cut":
            return trouble
        done = self._do(method, path, body)
        return "lost" if trouble == "cut" else done

    def _do(self, method: str, path: str, body: Any) -> Any:
        parts = path.strip("/").split("/")
        match method, parts:
            case "GET", ["campaigns"]:
                return {"found": list(self.campaigns.values())}
            case "POST", ["campaigns"]:
                number = str(100 + self.created)
                self.created += 1
                self.campaign(number, **body)
                return {"id": number}
            case "GET", ["blocked"]:
                return {"found": [{"tel": tel} for tel in self.blocked]}
            case "POST", ["blocked"]:
                self.blocked += body
                return {}
            case "POST", ["unblock"]:
                self.blocked = [tel for tel in self.blocked if tel not in body]
                return {}
            case _, ["campaigns", number, *what] if number in self.campaigns:
                return self._do_campaign(method, number, what, body)
        return 404

    def _do_campaign(self, method: str, number: str, what: list[str], body: Any) -> Any:
        match method, what:
            case "PUT", []:
                self.campaigns[number] |= body
            case "DELETE", []:
                del self.campaigns[number]
            case "POST", [("start" | "stop") as word]:
                self.campaigns[number]["state"] = {"start": "running", "stop": "paused"}[word]
            case "GET", ["leads"]:
                return {"found": [vars(lead) for lead in self.leads[number]]}
            case "POST", ["leads"]:
                self.leads[number] += [Lead(row["tel"]) for row in body]
            case "POST", ["gone"]:
                self.leads[number] = [lead for lead in self.leads[number] if lead.tel != body["tel"]]
            case _:
                return 404
        return {}


@contextmanager
def serving() -> Iterator[Acme]:
    """Serve a dialer on loopback."""
    acme = Acme()

    class Handler(BaseHTTPRequestHandler):
        def handle_call(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            acme.headers.append({name.lower(): value for name, value in self.headers.items()})
            found = acme.answer(self.command, self.path.partition("?")[0], json.loads(raw) if raw else None)
            if found == "lost":
                self.close_connection = True
                self.connection.close()
                return
            status, body = (found, {}) if isinstance(found, int) else (200, found)
            shown = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

        do_GET = do_POST = do_PUT = do_DELETE = handle_call  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    acme.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield acme
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Bend = Callable[[str], str]


def bent(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with parts of it, each of which must be there once, put otherwise."""
    for old, new in changes:
        assert text.count(old) == 1, f"{text.count(old)} places hold {old!r}"
        text = text.replace(old, new)
    return text
