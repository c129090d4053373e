"""``plan``: what it shows, what it writes nowhere, and its exit codes."""

import json
import re

from tests.cli.conftest import MANIFEST, Project, colombian, mobile


def test_a_plan_shows_what_would_change_and_writes_to_no_dialer(project: Project) -> None:
    found = project.run("plan")
    assert "6 people become callable" in found.out
    assert "Plan id" in found.out
    assert project.sandbox.comunik8.record.total == 0
    assert project.sandbox.wolkvox.record.entries(applied=True) == []


def test_changes_have_an_exit_code_only_on_request(project: Project) -> None:
    project.run("plan", "--detailed-exitcode", expected=2)
    project.run("apply", "--auto-approve")
    assert "No changes" in project.run("plan", "--detailed-exitcode").out


def test_json_is_one_document(project: Project) -> None:
    document = project.run("plan", "--json").document
    assert document["format_version"] == 1
    assert document["applicable"] is True
    assert document["empty"] is False
    assert project.run("plan", "--format", "json").document["plan_id"] == document["plan_id"]


def test_markdown_is_for_a_pull_request(project: Project) -> None:
    assert project.run("plan", "--format", "markdown").out.startswith("### ")


def test_a_guard_stops_the_plan_and_says_the_way_on(project: Project) -> None:
    project.configure(max_newly_callable=1)
    found = project.run("plan", expected=4)
    assert "Stopped by guards" in found.out
    document = project.run("plan", "--json", expected=4).document
    assert document["applicable"] is False
    assert document["violations"][0]["rule"] == "max_newly_callable"


def test_every_mistake_of_the_files_is_shown_with_its_place(project: Project) -> None:
    project.manifest(MANIFEST.replace("type: predictive", "type: predictif").replace("scope: all", "scope: everyone"))
    found = project.run("plan", expected=1)
    assert "manifests/all.yaml:9:" in found.err
    assert "everyone" in found.err
    assert found.out == ""


def test_mistakes_are_in_the_json_document_too(project: Project) -> None:
    project.manifest("campaigns: [")
    document = project.run("plan", "--json", expected=1).document
    assert document["diagnostics"][0]["location"].startswith("manifests/all.yaml:")
    assert "1 mistake" in document["error"]


def test_no_colour_off_a_terminal(project: Project) -> None:
    assert "\x1b" not in project.run("plan").out


def test_only_the_chosen_dialer_or_campaign_is_planned(project: Project) -> None:
    document = project.run("plan", "--json", "--dialer", "uk").document
    assert {cost["dialer"] for cost in document["costs"]} == {"uk"}
    document = project.run("plan", "--json", "--target", "spring").document
    assert "motor-trade" not in json.dumps(document["levels"])


def test_a_plan_without_a_dialer_to_ask_needs_no_secret(project: Project, monkeypatch) -> None:
    monkeypatch.delenv("WOLKVOX_TOKEN")
    monkeypatch.delenv("COMUNIK8_KEY")
    project.run("plan", "--refresh", "none")
    assert project.sandbox.wolkvox.record.total == 0


def test_a_missing_secret_is_named_and_its_value_is_nowhere(project: Project, monkeypatch) -> None:
    monkeypatch.delenv("WOLKVOX_TOKEN")
    found = project.run("plan", expected=1)
    assert "WOLKVOX_TOKEN is not set" in found.err


def test_a_listed_number_is_not_in_the_plan_of_additions(project: Project) -> None:
    project.opt_outs(mobile(1), colombian(2))
    project.run("apply", "--auto-approve")
    assert len(project.added()) == 2
    assert not any(mobile(1)[3:] in number for number in project.added())
    numbers = project.sandbox.wolkvox.dialling()
    assert not any(colombian(2)[3:] in number for found in numbers.values() for number in found)


def test_an_unsound_do_not_call_file_ends_with_four_and_names_the_file(project: Project) -> None:
    (project.folder / "data" / "opt-outs.csv").unlink()
    found = project.run("plan", expected=4)
    assert "HELD" in found.out
    assert "opt-outs.csv" in found.out
    assert "people become callable" not in found.out


def test_whole_numbers_are_shown_only_to_who_asks(project: Project) -> None:
    numbers = re.compile(r"\+(?:57|44)[0-9]{8,}")
    assert not numbers.search(project.run("plan").out)
    assert numbers.search(project.run("plan", "--show-personal-data").out)
    # The fixture looks for personal data in all that was said; this once it was asked for.
    project.said.clear()
    assert not numbers.search(project.run("plan", "--show-personal-data", "--json").out.replace("•", ""))


def test_a_page_opens_from_one_file_with_masked_rows(project: Project) -> None:
    path = project.folder / "plan.html"
    found = project.run("plan", "--format", "html", "-o", path)
    assert found.out == ""
    page = path.read_text(encoding="utf-8")
    project.said.append(page)
    assert page.startswith("<!doctype html>")
    assert "6</b> <span>people become callable" in page
    assert page.count("•") > 20
    assert project.run("plan", "--format", "html").out.startswith("<!doctype html>")


def test_a_page_with_whole_numbers_is_its_owners_alone(project: Project) -> None:
    path = project.folder / "plan.html"
    project.run("plan", "--format", "html", "-o", path, "--show-personal-data")
    page = path.read_text(encoding="utf-8")
    assert colombian(1) in page
    assert "Secretname1" in page
    assert "Do not publish it" in page
    assert path.stat().st_mode & 0o777 == 0o600


def test_any_view_can_go_into_a_file(project: Project) -> None:
    path = project.folder / "plan.out"
    for view, begin in (("text", "Plan for project"), ("json", "{"), ("markdown", "### ")):
        # From the ledger alone: a reading would use up some of the day's budget, which the plan tells.
        shown = project.run("plan", "--format", view, "--refresh", "none").out
        assert project.run("plan", "--format", view, "--refresh", "none", "-o", path).out == ""
        written = path.read_text(encoding="utf-8")
        assert written.startswith(begin)
        assert view == "json" or written == shown


def test_the_comment_says_where_the_whole_plan_is(project: Project) -> None:
    out = project.run("plan", "--format", "markdown", "--whole-plan", "https://ci.example/1/plan.html").out
    assert "<https://ci.example/1/plan.html>" in out
