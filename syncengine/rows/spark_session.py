"""The Spark session of ``engine: spark``: on this machine, or a Spark Connect server.

One for the life of the program, since a local one takes seconds to start. A local one opens no port to others, and what
it spills goes to a folder of its own. Spark's errors can quote cells, so of an error only its name is passed on.
"""

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from syncengine.errors import SourceError, SyncEngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What a row's digest hangs on; the same at any server.
_SQL: Final = {"spark.sql.session.timeZone": "UTC", "spark.sql.caseSensitive": "true"}
_LOCAL: Final = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
    # The first run brings all rows, as each of them is to be sent.
    "spark.driver.maxResultSize": "0",
    # A machine has no use for the two hundred parts that a cluster gets.
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def is_local(where: str) -> bool:
    """Whether a session runs on this machine and sees its files."""
    return where.startswith("local")


def spark_session(where: str) -> "SparkSession":
    """Return the session, started when it is first asked for.

    Args:
        where: ``local[*]`` or the like, or a Spark Connect URL.

    Raises:
        SyncEngineError: Spark is not installed, or the session cannot be had.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SyncEngineError(
            "engine: spark needs pyspark, and Java 17 for a session on this machine; install syncengine[spark]"
        ) from error
    builder = SparkSession.builder
    try:
        session = _local(builder, where) if is_local(where) else builder.remote(where).getOrCreate()
        for name, value in _SQL.items():
            session.conf.set(name, value)
    except (PySparkException, ImportError, OSError, RuntimeError) as error:
        here = "is Java 17 installed?" if is_local(where) else "is the server there, and syncengine[spark] complete?"
        raise SyncEngineError(f"the Spark session cannot be started ({_named(error)}); {here}") from error
    return session


def _local(builder: "SparkSession.Builder", where: str) -> "SparkSession":
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    folder = tempfile.mkdtemp(prefix="syncengine-spark-")
    settings: Mapping[str, str] = {**_LOCAL, **_SQL, "spark.local.dir": folder}
    session = builder.master(where).config(map=dict(settings)).getOrCreate()
    atexit.register(_stop, session, folder)
    return session


def _stop(session: "SparkSession", folder: str) -> None:
    session.stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def spark_errors(label: str) -> Iterator[None]:
    """Make an error of Spark one of the source that is being read."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise SourceError(f"{label}: Spark cannot read it ({_named(error)})") from error


def _named(error: Exception) -> str:
    condition = getattr(error, "getCondition", lambda: "")()
    return condition or type(error).__name__
