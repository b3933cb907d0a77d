"""The built script and style are those of the sources beside them: no Node needed to see it."""

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web" / "report"
STATIC = ROOT / "src" / "farshore" / "report" / "static"


def sources() -> list[Path]:
    fixed = [WEB / name for name in ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")]
    return sorted([*fixed, *(WEB / "src").iterdir()], key=lambda path: path.relative_to(WEB).as_posix())


def stamp(files: list[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(f"{name}\n".encode())
        digest.update(content)
        digest.update(b"\n")
    return digest.hexdigest()


def test_built_assets_match_their_sources():
    files = [(path.relative_to(WEB).as_posix(), path.read_bytes()) for path in sources()]
    built = ("report.js", "simulation.js", "report.css", "THIRD-PARTY.txt")
    files += [(name, (STATIC / name).read_bytes()) for name in built]
    assert (STATIC / "source.hash").read_text().strip() == stamp(files), "run `npm run build` in web/report"


@pytest.mark.parametrize("name", ["d3-zoom", "@observablehq/plot", "d3-selection"])
def test_bundled_libraries_are_credited(name):
    assert f"\n{name} " in "\n" + (STATIC / "THIRD-PARTY.txt").read_text()


@pytest.mark.parametrize("name", ["report.js", "simulation.js"])
def test_the_script_reaches_for_no_network(name):
    script = (STATIC / name).read_text()
    for call in ("fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "importScripts"):
        assert call not in script
