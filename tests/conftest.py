"""What several test files share: a browser, where there is one."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "browser"


@pytest.fixture(scope="session")
def browser() -> str:
    """Return where chromium is, with the packages that drive it installed; without either, say so and skip."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    missing = [name for name, where in (("chromium", chromium), ("node", shutil.which("node"))) if not where]
    missing += [] if shutil.which("npm") else ["npm"]
    if missing:
        pytest.skip(f"nothing was opened in a browser: there is no {' and no '.join(missing)} here")
    install()
    return chromium


def install() -> None:
    """Put the packages beside the scripts; where another process does the same, the first one wins."""
    if (BROWSER / "node_modules").exists():
        return
    place = Path(tempfile.mkdtemp(prefix="node_modules-", dir=BROWSER))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(BROWSER / name, place)
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=300)
        if done.returncode:
            pytest.skip(f"npm could not install what the browser tests need: {done.stderr.strip()[-300:]}")
        try:
            (place / "node_modules").rename(BROWSER / "node_modules")
        except OSError:
            assert (BROWSER / "node_modules").exists()
    finally:
        shutil.rmtree(place)
