import sys

import pytest

from syncengine.errors import SourceError, SyncEngineError
from syncengine.rows import spark_session
from tests.spark_session import MARKS

pytestmark = MARKS


def test_without_pyspark_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(
        SyncEngineError, match=r"engine: spark needs pyspark, and Java 17 .* install syncengine\[spark\]"
    ):
        spark_session.spark_session("local[2]")


def test_a_session_that_does_not_start_is_told_with_the_name_of_the_error_alone(monkeypatch):
    from pyspark.errors import PySparkRuntimeError

    def fail(*_):
        raise PySparkRuntimeError(errorClass="JAVA_GATEWAY_EXITED", messageParameters={})

    monkeypatch.setattr(spark_session, "_local", fail)
    with pytest.raises(SyncEngineError, match=r"cannot be started \(JAVA_GATEWAY_EXITED\); is Java 17 installed"):
        spark_session.spark_session("local[2]")


def test_an_error_of_spark_is_one_of_the_source_and_quotes_no_cell():
    from pyspark.errors import PySparkValueError

    with (
        pytest.raises(SourceError, match=r"^leads: Spark cannot read it \(PySparkValueError\)$"),
        spark_session.spark_errors("leads"),
    ):
        raise PySparkValueError("+573001234567 is odd")
