"""How long each screen of explore.ipynb takes to follow a control, on a story of five articles.

    python -m benchmarks.explore

Prints the median of 9 changes a screen, in milliseconds of wall and of processor time; 300 is what feels immediate.
"""

import shutil
import statistics
import tempfile
import time
import warnings

from analysis import corpus, explore

REPEATS = 9


def main() -> None:
    """Open the articles of both stories of the corpus as one story, and redraw each screen."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for story in corpus.stories():
            for path in (corpus.HOME / story).glob("*.md"):
                shutil.copy(path, folder)
        explorer = explore.show(folder)
        print(f"{len(explorer.tables.articles)} articles, {len(explorer.tables.sentences)} sentences")
        print(f"{'screen':<20}{'wall ms':>9}{'processor ms':>14}")
        for question in explorer.question.options:
            explorer.question.value = question
            walls, used = [], []
            for _ in range(REPEATS):
                wall, processor = time.perf_counter(), time.process_time()
                explorer.draw()
                walls.append(time.perf_counter() - wall)
                used.append(time.process_time() - processor)
            print(f"{question:<20}{1000 * statistics.median(walls):>9.0f}{1000 * statistics.median(used):>14.0f}")


if __name__ == "__main__":
    main()
