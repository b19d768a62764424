"""Who may import whom. The table is the architecture: a row for each place, and the places it may use."""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mocksse"
EVERYWHERE = {"errors", "limits", "figures", "__init__"}
BELOW_TESTING = ("wire", "providers", "cassette", "replay", "record", "settings", "view", "server", "generate")
MAY_IMPORT = {
    "errors": set(),
    "limits": set(),
    "figures": set(),
    "__init__": set(),
    "wire": set(),
    "providers": {"wire"},
    "cassette": {"wire", "providers"},
    "replay": {"wire", "providers", "cassette"},
    "record": {"wire", "cassette"},
    "settings": {"wire", "providers", "cassette", "replay"},
    "view": {"wire", "providers", "cassette", "replay"},
    "server": {"wire", "providers", "cassette", "replay", "record", "settings", "view"},
    "generate": {"wire", "providers", "cassette", "replay"},
    "testing": {*BELOW_TESTING},
    "torture": {*BELOW_TESTING, "testing"},
    "cli": {*BELOW_TESTING, "testing", "torture"},
    "__main__": {"cli"},
}
THIRD_PARTY = {
    "yaml": {"cassette/compose.py"},
    "msgspec": {"cassette", "settings", "server/control/openapi.py"},
    "jsonpath_rfc9535": {"providers/jsonpath.py"},
    "prometheus_client": {"server/metrics.py"},
    "watchfiles": {"server/watch.py"},
    "aiohttp": {"record", "server", "torture/clients/aiohttp_sse.py"},
    "yarl": {"record"},
    "click": {"cli", "view", "server/banner.py", "torture/summary.py"},
    "pytest": {"testing"},
    "faker": {"generate"},
    "openai": {
        "torture/clients/openai_python.py",
        "torture/clients/langchain_openai_python.py",
        "torture/clients/pydantic_ai_python.py",
    },
    "anthropic": {"torture/clients/anthropic_python.py", "torture/clients/pydantic_ai_python.py"},
    "google": {"torture/clients/google_genai_python.py"},
    "cohere": {"torture/clients/cohere_python.py"},
    "mistralai": {"torture/clients/mistralai_python.py"},
    "ollama": {"torture/clients/ollama_python.py"},
    "groq": {"torture/clients/groq_python.py"},
    "litellm": {"torture/clients/litellm_python.py"},
    "langchain_openai": {"torture/clients/langchain_openai_python.py"},
    "langchain_core": {"torture/clients/langchain_openai_python.py"},
    "pydantic": {"torture/clients/langchain_openai_python.py"},
    "pydantic_ai": {"torture/clients/pydantic_ai_python.py"},
    "httpx": {
        "torture/clients/cohere_python.py",
        "torture/clients/mistralai_python.py",
        "torture/clients/litellm_python.py",
        "torture/clients/httpx_sse.py",
    },
    "httpx_sse": {"torture/clients/httpx_sse.py"},
    "playwright": {"torture/clients/chromium_eventsource.py"},
}
PURE = ("wire", "providers", "cassette", "replay")
IMPURE = {"asyncio", "socket", "time", "random", "datetime", "urllib.request", "subprocess", "threading"}
WAITS = "replay/execute.py"
SEEDED = "replay/compile.py"
"""Where draws come from: a Random of its own for each, seeded with what the play is."""
LONGEST = 400
FILES = sorted(PACKAGE.rglob("*.py"))


def short(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """All modules a file names in an import, those for types too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                f"{node.module}.{alias.name}" if node.module == "mocksse" else node.module for alias in node.names
            }
    return found


@pytest.mark.parametrize("path", FILES, ids=short)
def test_imports_follow_the_table(path: Path) -> None:
    here = place(path)
    assert here in MAY_IMPORT, f"{here} has no row in the table"
    used = {name.split(".")[1] for name in imports(path) if name.startswith("mocksse.")} - {"__version__"}
    assert used - EVERYWHERE - {here} <= MAY_IMPORT[here]


@pytest.mark.parametrize("path", FILES, ids=short)
def test_third_parties_stay_in_their_place(path: Path) -> None:
    libraries = {module.split(".")[0] for module in imports(path)} - sys.stdlib_module_names - {"mocksse"}
    for library in libraries:
        assert THIRD_PARTY.get(library, set()) & {short(path), place(path)}, library


@pytest.mark.parametrize("path", [p for p in FILES if place(p) in PURE], ids=short)
def test_the_core_neither_waits_nor_reads_a_clock(path: Path) -> None:
    allowed = {WAITS: {"time", "asyncio", "socket"}, SEEDED: {"random"}}.get(short(path), set())
    tree = ast.parse(path.read_text())
    typing_only = {
        alias.name if isinstance(node, ast.Import) else node.module
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in block.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert (imports(path) & IMPURE) - allowed - typing_only == set()
    if short(path) != WAITS:
        assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in ast.walk(tree))


@pytest.mark.parametrize("path", FILES, ids=short)
def test_a_module_opens_with_what_it_promises_and_holds_one_concept(path: Path) -> None:
    text = path.read_text()
    assert not text or ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= LONGEST


def test_no_two_files_of_tests_have_one_name() -> None:
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_file_of_tests_is_longer_than_one_of_the_package_may_be() -> None:
    sizes = {path.name: len(path.read_text().splitlines()) for path in Path(__file__).parent.rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > LONGEST} == {}
