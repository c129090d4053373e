from syncengine.errors import SourceError
from syncengine.model.desired import Query, Source
from syncengine.rows.queries import answered


def test_files_stay_as_they_are_and_a_server_that_is_refused_is_told(workspace):
    def refuse(reference):
        raise SourceError(f"{reference} is not allowed")

    file = Source(paths=("/a.csv",), format="csv")
    query = Source(format="query", label="q", query=Query(sql="SELECT 1", database="env:CRM", timeout=1.0))
    found = answered(workspace, {"a": file, "b": query}, refuse, now=1.0)
    assert found["a"] is file
    assert found["b"].problem == "env:CRM is not allowed"
