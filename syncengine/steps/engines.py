"""Where the rows of lists are compared: in this program, or in a Spark session beside the data."""

import os

from syncengine.config.origins import allowed_origins
from syncengine.config.secrets import owner_cache
from syncengine.config.servers import spark_url
from syncengine.rows.spark_contacts import SparkEngine
from syncengine.steps.run import Run


def engine_of(run: Run) -> SparkEngine | None:
    """Return the engine that the project names; None: this program.

    An offline plan has none: it is to open no socket, and reads the files that a session would have read.

    Raises:
        ConfigError: the session's server is not one that the owner of the machine has allowed.
    """
    stated = run.loaded.desired.spark
    if not stated or run.own_folder is not None:
        return None
    where = spark_url(stated, os.environ, allowed_origins(os.environ))
    folder = run.row_memory or owner_cache(os.environ) / run.loaded.desired.project / "lists"
    return SparkEngine(where=where, folder=folder, mappings=run.loaded.vendors_digest())
