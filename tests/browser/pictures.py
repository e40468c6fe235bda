"""Take the pictures of the README anew, from the report as it is: ``python -m tests.browser.pictures``."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from analysis import report

HERE = Path(__file__).parent
DOCS = HERE.parent.parent / "docs"


def main() -> None:
    """Make the report of the two articles and take its pictures into docs/."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium or not shutil.which("npm"):
        sys.exit("The pictures need chromium, node and npm.")
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=True)
    page = report.build("facebook-trump-posts")
    subprocess.run(["node", str(HERE / "picture.mjs"), chromium, str(page), str(DOCS)], check=True)
    print(f"{DOCS / 'report.png'}\n{DOCS / 'reader.png'}")


if __name__ == "__main__":
    main()
