"""``make bench``: every benchmark after the other, small sizes and large; it takes an hour or two.

    python -m benchmarks [NAME ...]

Each is also a module of its own, with sizes and rounds to choose: python -m benchmarks.words --help.
"""

import subprocess
import sys

from benchmarks import harness

NAMES = ("words", "alignment", "duplicates", "surveys", "sentiment", "startup", "report", "explore")


def main() -> None:
    """Run the benchmarks that are named, or all that there are."""
    there = [name for name in NAMES if (harness.HERE / f"{name}.py").exists()]
    for name in sys.argv[1:] or there:
        if name not in there:
            sys.exit(f"no benchmark {name!r}; there is {', '.join(there)}")
        print(f"\n=== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True, cwd=harness.HERE.parent)


if __name__ == "__main__":
    main()
