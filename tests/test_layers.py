"""The walls of the house: imports point down only, and each foreign package stays in its room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "syncengine"

# Small modules that know nothing of ours, and the values made of them: every layer above may use them.
GROUND = {"diagnostics", "failpoints", "opening", "matching", "alarm", "errors"}
VALUES = {*GROUND, "model"}
# Each layer may import those below it, and itself. The middle packages do not know each other.
LAYERS: dict[str, set[str]] = {
    "diagnostics": set(),
    "failpoints": set(),
    "opening": set(),
    "matching": set(),
    "alarm": set(),
    "errors": {"diagnostics"},
    "model": GROUND,
    "config": VALUES,
    "rows": VALUES,
    "engine": VALUES,
    "remote": VALUES,
    "ledger": VALUES,
    "views": VALUES,
    "hosts": {"errors", "diagnostics"},
    "notices": {"model", "errors", "diagnostics"},
    "sandbox": {"errors"},
    "planfile": {*VALUES, "views"},
    "steps": {*VALUES, "config", "rows", "engine", "remote", "ledger", "notices", "planfile"},
    "checking": {"steps"},
    "sync": {*VALUES, "steps", "engine", "ledger", "rows", "planfile"},
    "landing": {*VALUES, "sync", "steps", "engine", "ledger", "rows", "notices"},
    "watch": GROUND,
    "face": VALUES,
    "cli": {
        *VALUES,
        *("checking", "sync", "landing"),
        *("watch", "face", "hosts", "notices", "sandbox", "config", "views", "planfile"),
    },
    "__main__": {"cli"},
    "__init__": set(),
}

FENCES: dict[str, set[str]] = {
    "pydantic": {"config"},
    "ruamel": {"config"},
    "jinja2": {"config"},
    "httpx": {"remote", "hosts", "notices"},
    "apprise": {"notices"},
    "re2": {"matching"},
    "jwt": {"remote", "sandbox"},
    "duckdb": {"rows"},
    "phonenumbers": {"rows"},
    "charset_normalizer": {"rows"},
    "python_calamine": {"rows", "sandbox"},
    "pyarrow": {"rows", "ledger"},
    # The ledger's own, and databases that rows come from.
    "sqlite3": {"ledger", "rows"},
    "psycopg": {"ledger", "rows"},
    "pyspark": {"rows"},
    "xlsxwriter": {"config"},
    "watchdog": {"watch"},
    "croniter": {"config", "engine"},
    "prometheus_client": {"face"},
    "click": {"cli"},
    "rich": {"cli", "views"},
    "starlette": {"sandbox", "face"},
    "uvicorn": {"sandbox", "face"},
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "syncengine":
                yield from ((f"syncengine.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def wrong_imports(path: Path) -> list[str]:
    room, found = room_of(path), []
    for name, line in imports_of(path):
        parts = name.split(".")
        if parts[0] == "syncengine" and len(parts) > 1:
            if parts[1] not in LAYERS[room] | {room, "__version__"}:
                found.append(f"{path.relative_to(ROOT)}:{line}: {room} may not import {parts[1]}")
        elif parts[0] in FENCES and room not in FENCES[parts[0]]:
            found.append(f"{path.relative_to(ROOT)}:{line}: {parts[0]} stays in {sorted(FENCES[parts[0]])}")
    return found


def test_imports_point_down_only_and_foreign_packages_stay_in_their_rooms() -> None:
    assert [complaint for path in MODULES for complaint in wrong_imports(path)] == []


def test_a_planted_upward_import_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = tmp_path / "syncengine" / "model"
    planted.mkdir(parents=True)
    (planted / "bad.py").write_text("import httpx\nfrom syncengine.engine import planner\n")
    monkeypatch.setattr("tests.test_layers.PACKAGE", tmp_path / "syncengine")
    monkeypatch.setattr("tests.test_layers.ROOT", tmp_path)
    assert len(wrong_imports(planted / "bad.py")) == 2


def test_no_vendor_is_named_in_the_engine() -> None:
    names = [path.stem for path in (ROOT / "vendors").glob("*.yaml")]
    assert len(names) >= 5
    named = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in MODULES
        if room_of(path) != "sandbox"
        for name in names
        if name in path.read_text(encoding="utf-8").lower()
    ]
    assert named == []


def test_every_module_opens_with_why() -> None:
    assert [
        str(path.relative_to(ROOT)) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ] == []


def test_no_module_and_no_function_has_grown_too_long() -> None:
    long = [f"{path.relative_to(ROOT)}" for path in MODULES if len(path.read_text("utf-8").splitlines()) > 400]
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > 60:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines")
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "helpers", "common", "base", "manager", "misc", "tools"}
    assert [str(path) for path in MODULES if path.stem in vague] == []


def has_behaviour(path: Path) -> bool:
    """A module of mere values and protocols has nothing that a test could see fail."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.stem == "ports":
        return False
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


def test_every_module_has_a_test_module_of_its_name() -> None:
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    missing = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.name not in {"__init__.py", "__main__.py"}
        and room_of(path) != "sandbox"
        and has_behaviour(path)
        and f"test_{path.stem}.py" not in tests
    ]
    assert missing == []
