"""Texts that end the place where they stand and begin another: in requests, in views, in exported files."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from markdown_it import MarkdownIt
from python_calamine import CalamineWorkbook
from rich.console import Console

from syncengine.config.generated_files import file_bytes
from syncengine.diagnostics import Diagnostic, Location
from syncengine.errors import RenderError
from syncengine.model.desired import Source
from syncengine.rows.contacts import load_contacts
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.rejects import write_rejects
from syncengine.rows.workspace import Workspace
from syncengine.views.as_json import as_text, plan_json
from syncengine.views.markdown import plan_markdown, report_markdown
from syncengine.views.plan_text import plan_text
from syncengine.views.report_text import report_text
from syncengine.views.wording import rearranges
from tests.config.vendor_samples import bent, row, sound
from tests.hostile.case import Case, demand, table
from tests.rows.conftest import NOW, contact_list
from tests.views import plans

FAMILY = "injection"

_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PHONE = re.compile(r"\+?[0-9][0-9 ]*|-[0-9.]+")
_RENDERER = MarkdownIt("commonmark").enable("table")
_TAGS = {"h3", "p", "code", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "br", "em"}
_TAGS |= {"details", "summary"}


def cases() -> list[Case]:
    attempts = {"request": _in_request, "view": _in_views, "export": _in_exports}
    return [Case(FAMILY, name, "harmless", partial(attempts[where], text)) for name, where, text in table(FAMILY)]


# ------------------------------------------------------------------------------------------------------- requests

_LEAF = 'body: {json: {$each: {tel: "{{ record.tel }}", name: "{{ record.name | omit_empty }}", tag: "{{ options.delay }}"}}}'


def _in_request(text: str, folder: Path) -> str:
    """Send the text in every form of body, in the path, in the query and in a header; each must give it back."""
    del folder
    for encoder, found in _rendered(text):
        demand(found == text, f"{encoder} gives {found!r}")
    return "harmless"


def _rendered(text: str) -> Iterator[tuple[str, str]]:
    if "\ud800" in text:
        # Half a character cannot be written as UTF-8: every request that would hold it is refused before it is made.
        for body in (_LEAF, "body: {form: {$FORM}}".replace("$FORM", 'name: {$each: "{{ record.name }}"}')):
            try:
                _request(bent(_LEAF, body), text)
            except RenderError:
                continue
            yield body, "something that was sent"
        return
    sent = json.loads(_request(bent(_LEAF, 'body: {json: {$each: {dnd: true, name: "{{ record.name }}"}}}'), text))
    demand(sent[0]["dnd"] is True and set(sent[0]) == {"dnd", "name"}, "another field was added")
    yield "JSON", sent[0]["name"]
    joined = json.loads(_request(bent(_LEAF, 'body: {json: {$each: {name: "<{{ record.name }}>"}}}'), text))
    yield "a text around it", joined[0]["name"][1:-1]
    inner = json.loads(
        _request(bent(_LEAF, 'body: {form: {rows: {$json: {$each: {name: "{{ record.name }}"}}}}}'), text, form="rows")
    )
    yield "JSON inside a form", inner[0]["name"]
    pairs = _request(bent(_LEAF, 'body: {form: {"number[]": {$each: "{{ record.name }}"}, dnd: "true"}}'), text)
    yield "a form", _only(parse_qsl(pairs, keep_blank_values=True), "number[]")
    made = sound(
        bent('leads/{{ row.remote_id }}"', 'leads/{{ row.remote_id }}"\n        query: {q: "{{ row.remote_id }}"}')
    )
    scope = {"settings": {}, "options": {"delay": ""}, "campaign": {"id": "7"}, **row(remote_id=text)}
    request = made.collections[0].operations["remove"].render(scope)
    demand(request.path.count("/") == 4 and request.path.isascii(), f"the path is {request.path!r}")
    yield "a path", unquote(request.path.rpartition("/")[2])
    yield "a query", dict(request.query)["q"]


def _request(spec: str, text: str, *, form: str = "") -> str:
    scope = {"settings": {}, "options": {"delay": ""}, "campaign": {"id": "7"}, "rows": [row(tel="1", name=text)]}
    body = sound(spec).collections[0].operations["add"].render(scope).body.decode()
    return _only(parse_qsl(body, keep_blank_values=True), form) if form else body


def _only(pairs: list[tuple[str, str]], name: str) -> str:
    demand({key for key, _ in pairs} <= {name, "dnd"}, f"other fields were added: {pairs}")
    demand([value for key, value in pairs if key == "dnd"] in ([], ["true"]), "another field was changed")
    return next(value for key, value in pairs if key == name)


# ---------------------------------------------------------------------------------------------------------- views


def _in_views(text: str, folder: Path) -> str:
    """Show the text in every place of a plan and a report, in each of the five views."""
    del folder
    plans.HOSTILE = text
    plan, report = plans.hostile(), plans.hostile_report()
    for shown in (plan_text(plan), report_text(report)):
        demand(not any(rearranges(c) for c in shown.plain if c != "\n"), "the terminal would obey")
        stream = io.StringIO()
        Console(file=stream, force_terminal=True, color_system="standard", width=10_000).print(shown)
        styles = [part.split("m")[0] for part in stream.getvalue().split("\x1b[")[1:]]
        demand(all(code.replace(";", "").isdigit() for code in styles), "an escape that is no style")
        demand("\x1b]" not in stream.getvalue() and "\x07" not in stream.getvalue(), "a link or a title")
    for markdown in (plan_markdown(plan), report_markdown(report)):
        demand(not any(rearranges(c) for c in markdown if c != "\n"), "the page would obey")
        html = _RENDERER.render(markdown)
        demand(set(re.findall(r"</?([a-zA-Z0-9!]+)", html)) <= _TAGS, "a tag of its own")
        demand(not re.search(r"<[^>]*\b(?:href|src)=", html), "a link or an image")
        # Inside of code no host looks for mentions.
        prose = re.sub(r"`[^`\n]*`", "", markdown.replace("### ", ""))
        demand(not re.search(r"(?:^|[\s(])[@#][\w]", prose), "a mention or a reference")
        lines = markdown.split("\n")
        demand(all(re.match(r"$|[-|#*_<]|Project |Plan: |No changes", line) for line in lines), "a line of its own")
    document = as_text(plan_json(plan))
    demand((json.loads(document) and document.isprintable()) or "\n" in document, "JSON that a terminal obeys")
    told = Diagnostic("error", text, Location(text, 3, 2), text, 1, text, text).render()
    demand(not any(rearranges(c) for c in told if c not in "\n\t"), "an error that a terminal obeys")
    demand(told.count("\n") <= 4, "an error that adds lines")
    return "harmless"


# -------------------------------------------------------------------------------------------------------- exports


def _in_exports(text: str, folder: Path) -> str:
    """Write the text into the rejects and into generated files, and read them as a spreadsheet does."""
    for cells in (*_of_rejects(text, folder), *_of_generated(text)):
        for cell in cells:
            formula = cell.startswith(_SPREADSHEET) and not _PHONE.fullmatch(cell)
            inside = re.search("[;\t]\\s*[=+@\uff1d]", cell.removeprefix("'")[1:])
            demand(not formula and not inside, f"{cell!r} is a formula")
    if re.fullmatch(r"\+?[0-9][0-9 ]*", text):
        demand(any(text in cells for cells in _of_rejects(text, folder)), "a phone was changed in the rejects")
        demand(any(text in cells for cells in _of_generated(text)), "a phone was changed in a generated file")
    workbook = file_bytes(form="xlsx", delimiter=";", headings=["Tel", "Name"], rows=[{"Tel": text, "Name": text}])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    demand(rows[1] == [text, text], "a cell of a workbook is another text")
    return "harmless"


def _of_rejects(text: str, folder: Path) -> Iterator[list[str]]:
    source = folder / "people.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["phone", "id", "first_name"], [text, "", text], ["3001234567", "", text]] * 1)
    with Workspace() as workspace:
        listed = contact_list(Source(paths=(str(source),), label="people.csv", format="csv"), region="US")
        found = load_contacts(workspace, listed, book=PhoneBook(workspace), now=NOW)
        # A row with the text is written in any case, whatever became of those in the file.
        told = "SELECT 9 AS row, 'people.csv' AS file, 'x' AS reason, '' AS own_id, $1 AS s0, '' AS s1, $1 AS s2"
        before = f" UNION ALL BY NAME SELECT * FROM {found.rejects}" if found.rejects else ""
        rejects = workspace.table("told", told + before, [text])
        write_rejects(workspace, folder / "rejects.csv", replace(found, rejects=rejects))
    with (folder / "rejects.csv").open(newline="", encoding="utf-8") as file:
        yield from csv.reader(file)


def _of_generated(text: str) -> Iterator[list[str]]:
    raw = file_bytes(form="csv", delimiter=",", headings=["Tel", text], rows=[{"Tel": text, text: text}])
    yield from csv.reader(io.StringIO(raw.decode(), newline=""))
