"""What several test files share: a browser, where there is one, and JupyterLab."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
BROWSER = PROJECT / "tests" / "browser"


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


@pytest.fixture
def lab(tmp_path) -> Iterator[Callable[[str], str]]:
    """JupyterLab as `make lab` starts it, on loopback: called with a notebook of ``tmp_path``, it gives its address.

    What it keeps of itself, keys of trusted notebooks included, lies in ``tmp_path``, too.
    """
    with ExitStack() as ended:
        yield lambda name: ended.enter_context(running(tmp_path, name))


@contextmanager
def running(folder: Path, notebook: str) -> Iterator[str]:
    """Start JupyterLab in a folder, wait until it answers, and end it afterwards."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=test"]
    command += [f"--notebook-dir={folder}", f"--LabApp.app_settings_dir={PROJECT / 'notebooks' / '.lab'}"]
    settings = {f"JUPYTER_{name}_DIR": str(folder / f".{name.lower()}") for name in ("RUNTIME", "CONFIG", "DATA")}
    settings["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / ".workspaces")
    with (
        (folder / ".lab.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **settings}) as server,
    ):
        address = f"http://127.0.0.1:{port}/lab/tree/{notebook}?token=test"
        try:
            for _ in range(120):
                assert server.poll() is None, (folder / ".lab.log").read_text()
                try:
                    urllib.request.urlopen(address, timeout=5).close()
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.5)
            yield address
        finally:
            server.terminate()
