import pytest

from syncengine.config.origins import VARIABLE, allowed_origins
from syncengine.config.servers import database_url, spark_url
from syncengine.errors import ConfigError


def said(refused: pytest.ExceptionInfo[ConfigError]) -> str:
    (item,) = refused.value.diagnostics
    return f"{item.message} {item.expected} {item.hint}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://crm:hunter2@127.0.0.1:5433/crm?sslmode=disable",
        "postgres://localhost/crm",
        "postgresql://crm@%2Fvar%2Frun%2Fpostgresql/crm",
        "postgresql://crm:hunter2@db.example/crm",
        "postgres://DB.example:5432",
    ],
)
def test_this_machine_and_what_the_owner_allowed_may_be_asked(url: str) -> None:
    allowed = allowed_origins({VARIABLE: "postgresql://db.example", "HOME": "/nowhere"})
    assert database_url("env:CRM", {"CRM": url}, allowed).reveal() == url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://crm:hunter2@other.example/crm",
        "postgresql://crm:hunter2@db.example:5433/crm",
        "postgresql://crm:hunter2@db.example/crm?host=other.example",
        "postgresql://crm:hunter2@db.example/crm?%68ost=other.example",
        "postgresql://crm:hunter2@db.example,other.example/crm",
        "postgresql://crm:hunter2@localhost@other.example/crm",
        "postgresql://crm:hunter2@2130706433/crm",
        "postgresql:///crm?host=other.example&password=hunter2",
        "host=other.example password=hunter2",
        "mysql://crm:hunter2@db.example/crm",
        "hunter2",
        "",
    ],
)
def test_any_other_server_is_refused_and_nothing_of_the_url_is_shown(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        database_url("env:CRM", {"CRM": url}, ["postgresql://db.example"])
    assert "hunter2" not in said(refused)
    assert "env:CRM" in said(refused)


def test_what_to_allow_is_said_to_the_letter() -> None:
    with pytest.raises(ConfigError) as refused:
        database_url("env:CRM", {"CRM": "postgresql://a:b@db.example/crm", "HOME": "/home/x"}, [])
    assert f"{VARIABLE}=postgresql://db.example" in said(refused)


def test_a_spark_session_is_on_this_machine_or_at_an_allowed_server() -> None:
    assert spark_url("local[*]", {}, []) == "local[*]"
    url = "sc://spark.example/;token=hunter2"
    assert spark_url("env:SPARK", {"SPARK": url}, ["sc://spark.example"]) == url
    with pytest.raises(ConfigError) as refused:
        spark_url("env:SPARK", {"SPARK": url}, ["postgresql://spark.example"])
    assert "hunter2" not in said(refused)
