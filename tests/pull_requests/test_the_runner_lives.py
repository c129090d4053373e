"""No branch runs code on the runner or wears it out (T4, T5, T7), or writes into what people read (T9, T11)."""

import io
import re
import resource
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.pull_requests.conftest import MANIFEST, Link, Repository

ROOT = Path(__file__).parents[2]
WOLKVOX = (ROOT / "vendors" / "wolkvox.yaml").read_text(encoding="utf-8")
SECONDS, MEGABYTES = 5.0, 300


def refused(repository: Repository, files: dict[str, str | bytes | Link]) -> str:
    """The branch is refused, and soon: seconds of CPU and megabytes are those of this process."""
    place = repository.branch(files)
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.process_time()
    done = repository.job(place, "plan", "--refresh", "none")
    assert time.process_time() - began < SECONDS
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before.ru_maxrss
    assert grown < MEGABYTES * 1024
    assert done.code == 1, done.said
    return done.said


def in_a_template(text: str) -> dict[str, str | bytes | Link]:
    written = "{{ campaign.id }}"
    assert written in WOLKVOX
    # Also where the template stands in double quotes.
    return {"vendors/wolkvox.yaml": WOLKVOX.replace(written, text.replace('"', '\\"'), 1)}


@pytest.mark.parametrize(
    "template",
    [
        "{{ settings.__class__.__mro__[1].__subclasses__() }}",
        '{{ settings["__init__"]["__globals__"] }}',
        '{{ "".format.__globals__ }}',
        '{{ cycler.__init__.__globals__.os.popen("id").read() }}',
        '{{ lipsum.__globals__["os"].system("touch escaped") }}',
        '{{ settings|attr("__class__") }}',
        "{{ self._TemplateReference__context }}",
        '{% include "/etc/passwd" %}',
        '{% import "os" as os %}{{ os }}',
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)  # fmt: skip
def test_a_template_that_would_run_code_is_refused(repository: Repository, template: str) -> None:
    said = refused(repository, in_a_template(template))
    assert "vendors/wolkvox.yaml:" in said
    assert not list(repository.owner.parent.rglob("escaped"))


@pytest.mark.parametrize(
    "template",
    [
        "{{ 9**9**9 }}",
        "{{ settings.server * 1000000000 }}",
        "{% for a in range(999999) %}{% for b in range(999999) %}x{% endfor %}{% endfor %}",
        '{{ "x"|center(2000000000) }}',
        "{{ lipsum(n=100000) }}",
        "{% set a = [] %}{% for i in range(10) %}{{ a }}{% endfor %}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    ],
)  # fmt: skip
def test_a_template_that_would_wear_out_the_runner_is_refused(repository: Repository, template: str) -> None:
    refused(repository, in_a_template(template))


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a\n  <<: *a\n",
        "campaigns: !!python/object/apply:os.system ['touch escaped']\n",
        "[" * 100_000,
        "campaigns: {a: " + "9" * 5_000 + "}\n",
        "campaigns:\n" + "".join(f"  c{n}: {{}}\n" for n in range(120_000)),
        "x: " + "y" * 5_100_000,
        "campaigns: {a: {dialer: co, dialer: co}}\n",
        "\ufeff\x00",
    ],
    ids=["aliases", "itself", "tag", "nesting", "digits", "nodes", "size", "twice", "nul"],
)
def test_a_manifest_that_is_a_bomb_is_refused(repository: Repository, text: str) -> None:
    said = refused(repository, {"manifests/all.yaml": text})
    assert "all.yaml" in said
    assert ("larger than 5 MB" in said) is (len(text) > 5_000_000)
    assert len(said) < 100_000
    assert not list(repository.owner.parent.rglob("escaped"))


def test_a_name_of_the_branch_writes_nothing_into_the_comment(repository: Repository) -> None:
    name = (
        "</details>![x](https://evil.example/?q)@everyone <!-- syncengine plan --> \\u202e[/approve 0123456789abcdef]"
    )
    place = repository.branch(
        {"manifests/all.yaml": MANIFEST.replace("name: Spring,", f'name: Spring, settings: {{description: "{name}"}},')}
    )
    done = repository.job(place, "plan", "--refresh", "none", "--format", "markdown")
    assert done.code == 0, done.said
    assert "0123456789abcdef" in done.said
    for live in ("<!-- syncengine", "![x](", "@everyone", "https://evil", "\u202e"):
        assert live not in done.said
    assert done.said.count("</details>") == done.said.count("<details>")


def test_an_allowance_to_release_holds_for_one_plan_and_not_for_other_numbers(repository: Repository) -> None:
    release = MANIFEST.replace("scope: all,", 'scope: all, release: ["+573101230003"],')
    first = {"data/opt-outs.csv": "phone\n+573101230009\n"}
    main = repository.branch({})
    repository.job(main, "plan", "--refresh", "none")
    place = repository.branch({"manifests/all.yaml": release, **first})
    done = repository.job(place, "apply", "--yes", "--refresh", "none", "--allow-dnd-remove", "1")
    assert done.code == 64
    assert "--expect" in done.said
    shown = repository.job(place, "plan", "--refresh", "none", "--allow-dnd-remove", "1", "--json").said
    allowed = re.findall(r'"plan_id": "([0-9a-f]{16})"', shown)[0]
    # The next commit of the branch takes another person's number off, as many as were allowed.
    other = MANIFEST.replace("scope: all,", 'scope: all, release: ["+573101230008"],')
    moved = repository.branch({"manifests/all.yaml": other, **first})
    repository.job(
        repository.branch({"data/opt-outs.csv": "phone\n3101230003\n3101230008\n"}), "plan", "--refresh", "none"
    )
    words = ["apply", "--refresh", "none", "--allow-dnd-remove", "1", "--expect", allowed]
    done = repository.job(moved, *words)
    assert (done.code, done.asked) == (5, []), done.said


def bomb(size: int) -> bytes:
    """A workbook of which one sheet unpacks to so many bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row>" * (size // 5))
    return packed.getvalue()


def sparse() -> bytes:
    """A workbook of two cells that makes a rectangle of all cells that there can be."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "phone")
        sheet.write(1_048_575, 16_383, "3101230001")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("people.xlsx", lambda: bomb(100_000_000), "as a bomb does"),
        ("people.xlsx", sparse, "cells"),
        ("people.csv", lambda: b"phone\n" + b"1" * 3_000_000 + b"\n", "longer than"),
        ("people.csv", lambda: b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "columns"),
    ],
    ids=["unpacks without end", "a rectangle of nothing", "a field without end", "columns without end"],
)
def test_a_source_that_is_a_bomb_wears_out_nothing(repository: Repository, name: str, content, why: str) -> None:
    place = repository.branch(
        {f"data/{name}": content(), "manifests/all.yaml": MANIFEST.replace("data/people.csv", f"data/{name}")}
    )
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.process_time()
    done = repository.job(place, "plan", "--refresh", "none")
    assert time.process_time() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before.ru_maxrss < MEGABYTES * 1024
    # The rest of the plan is made; with that source nothing is done.
    assert "cannot be read, so nothing is done with it" in done.said, done.said
    assert why in done.said, done.said
    assert "become callable" not in done.said
