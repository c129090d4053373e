"""Whether tests can have a Spark session; one is started for all of them, in one process of the test run."""

import importlib.util
import os
import shutil

import pytest

WHERE = "local[2]"
# A session this short is over before the thorough compiler has paid for itself: a third less time.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
_HERE = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None

# For a module whose tests need the session.
MARKS = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.skipif(not _HERE, reason="pyspark or Java is not installed here, so comparing in Spark is not tested"),
]
