"""The report in a real browser: Debian's chromium, driven by what tests/browser/package.json names.

Where chromium or node is missing these tests say so and are skipped.
"""

import json
import subprocess
from pathlib import Path

import pytest

from analysis import report

FOLDER = Path(__file__).parent / "browser"
WAYS = ("light", "dark", "phone", "print", "noscript")
LINES = """The bridge closed on Tuesday after inspectors found cracks in {n} of its beams. About {n}00 people protested.

"We will <b>not</b> gamble with lives, for $5 million or $10 million," said Ruth Calloway, who is the mayor of the town.

{name} calls the closing a shameful disaster. The ferry of the {name} takes {n} minutes from bank to bank.

{alone}
"""
ALONE = (
    "Swans bred upstream.",
    "A choir sang hymns.",
    "Taxes rose twice.",
    "Schools opened late.",
    "Bakers went home.",
    "Rain fell.",
)


@pytest.fixture(scope="session")
def found(browser, tmp_path_factory):
    """Return what the browser found in the page of two sources and in the page of six."""
    folder = tmp_path_factory.mktemp("browser")
    six = folder / "six sources"
    six.mkdir()
    for number, name in enumerate(("Ärzte & Söhne", "bell", "courier", "day", "evening", "free <press>"), start=1):
        (six / f"{name.replace('/', ' ')}.txt").write_text(
            LINES.format(n=number, name=name, alone=ALONE[number - 1]), encoding="utf-8"
        )
    pages = {
        "two": report.build("facebook-trump-posts", out=folder / "two.html"),
        "six": report.build(six, out=folder / "six.html"),
    }
    command = ["node", str(FOLDER / "check.mjs"), browser, *map(str, pages.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    return {name: results[str(path)] for name, path in pages.items()}


@pytest.mark.parametrize("page", ["two", "six"])
class TestPage:
    def test_it_asks_nobody_for_anything(self, found, page):
        assert {way: found[page][way]["requests"] for way in WAYS} == {way: [] for way in WAYS}

    def test_nothing_goes_wrong_in_it(self, found, page):
        assert {way: found[page][way]["errors"] for way in WAYS} == {way: [] for way in WAYS}

    def test_nobody_is_shut_out(self, found, page):
        ways = [way for way in WAYS if way != "noscript"]
        assert {way: found[page][way]["violations"] for way in ways} == {way: [] for way in ways}

    def test_it_never_scrolls_sideways(self, found, page):
        assert {way: found[page][way]["sideways"] for way in WAYS} == dict.fromkeys(WAYS, 0)

    def test_every_drawing_has_a_name_and_every_link_an_end(self, found, page):
        for way in WAYS:
            assert found[page][way]["figures"] > 0
            assert found[page][way]["unnamed"] == 0
            assert found[page][way]["repeated"] == []
            assert found[page][way]["lost"] == []

    def test_all_of_it_can_be_read_without_script(self, found, page):
        assert found[page]["noscript"]["text"] > 0.97 * found[page]["light"]["text"]

    def test_the_markup_is_valid(self, found, page):
        assert found[page]["markup"] == []

    def test_it_is_there_at_once(self, found, page):
        assert found[page]["paint"] < 300

    def test_the_reader_leads_to_the_counterpart(self, found, page):
        use = found[page]["use"]
        assert use["lit"] != use["plain"]
        assert use["focused"] == use["lit"]
        assert use["pinned"] == use["members"] > 1
        assert use["inView"]
        assert use["cleared"] == 0

    def test_a_tap_on_a_phone_brings_the_counterpart_to_view_and_says_who_tells_it(self, found, page):
        taps = found[page]["tap"]
        assert len(taps) == 2
        for tap in taps:
            assert tap["pinned"] == tap["members"] > 1
            assert tap["lit"]
            assert tap["colour"] != tap["plain"]
            assert tap["inView"]
            names = [name.split("\n")[0].split(" ", 1)[1] for name in tap["sources"]]
            assert tap["status"] == f"Event {tap['event']} is told here and by {', '.join(names)}."
            assert tap["told"]
            assert tap["sideways"] == 0
            assert (tap["left"], tap["silent"]) == (0, "")

    @pytest.mark.parametrize("choice", ["shared", "alone", "quoted"])
    def test_the_reader_shows_what_was_chosen(self, found, page, choice):
        other, left = found[page]["use"][choice]
        assert other == 0
        assert left > 0

    def test_a_table_sorts(self, found, page):
        use = found[page]["use"]
        assert use["sorted"] == "descending"
        values = [float(value.replace("−", "-").replace(",", "").replace("–", "nan")) for value in use["values"]]
        assert values == sorted(values, reverse=True)
