"""Numbers, money, times and dates as values: golden readings, and what must hold for any text."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import quantity


def amounts(text):
    return [(text[q.start : q.end], q.kind, q.low, q.high) for q in quantity.find(text) if q.low is not None]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("0", 0),
        ("28,000", 28_000),
        ("1.5m", 1_500_000),
        ("3 bn", 3e9),
        ("seventeen", 17),
        ("twenty-five", 25),
        ("three hundred and twelve", 312),
        ("two thousand five hundred", 2500),
        ("two hundred and fifty thousand", 250_000),
        ("one million two hundred thousand", 1_200_000),
        ("half a million", 500_000),
        ("a dozen", 12),
        ("two dozen", 24),
        ("a hundred", 100),
    ],
)
def test_value(words, value):
    assert quantity.value(words) == value


@pytest.mark.parametrize("number", [*range(20, 100, 7), *range(100, 1000, 93)])
def test_digits_and_words_amount_to_the_same(number):
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    small = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    small += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    hundreds, rest = divmod(number, 100)
    words = [f"{small[hundreds]} hundred"] if hundreds else []
    if rest:
        words.append(small[rest] if rest < 20 else tens[rest // 10] + (f"-{small[rest % 10]}" if rest % 10 else ""))
    spoken = " and ".join(words)
    assert quantity.value(spoken) == number
    assert amounts(f"They saw {spoken} ships.") == [(spoken, "number", number, number)]
    assert amounts(f"They saw {number} ships.") == [(str(number), "number", number, number)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("about 40 people", [("about 40", "number", 36, 44)]),
        ("more than 50 people", [("more than 50", "number", 50, 100)]),
        ("Nearly 500 people", [("Nearly 500", "number", 450, 500)]),
        ("up to 10 people", [("up to 10", "number", 5, 10)]),
        ("10 to 20 people", [("10 to 20", "number", 10, 20)]),
        ("10-20 people", [("10-20", "number", 10, 20)]),
        ("between 10 and 20 people", [("10 and 20", "number", 10, 20)]),
        ("$2-3 million", [("$2-3 million", "money", 2e6, 3e6)]),
        ("between $5 and $10 million", [("$5 and $10 million", "money", 5e6, 1e7)]),
        ("three and a half million voters", [("three and a half million", "number", 3.5e6, 3.5e6)]),
        ("3.5%", [("3.5%", "percent", 3.5, 3.5)]),
        ("five per cent", [("five per cent", "percent", 5, 5)]),
        ("5-7 percent", [("5-7 percent", "percent", 5, 7)]),
        ("€5bn", [("€5bn", "money", 5e9, 5e9)]),
        ("2.5 million dollars", [("2.5 million dollars", "money", 2.5e6, 2.5e6)]),
        ("12:30", [("12:30", "time", 750, 750)]),
        ("12 a.m.", [("12 a.m.", "time", 0, 0)]),
        ("3pm", [("3pm", "time", 900, 900)]),
        ("noon", [("noon", "time", 720, 720)]),
        ("dozens of ships", [("dozens", "vague", 20, 150)]),
        ("one of them", []),
        ("F-16 and 747s, 9/11", []),
        ("from 2008 to 2012", []),
        ("the year-end sale", []),
    ],
)
def test_amounts(text, found):
    assert amounts(text) == found


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("on June 5, 2020", (2020, 6, 5, None)),
        ("on 5 June 2020", (2020, 6, 5, None)),
        ("on the 5th of June", (None, 6, 5, None)),
        ("on Jan. 3", (None, 1, 3, None)),
        ("in May 2019", (2019, 5, None, None)),
        ("2020-06-05", (2020, 6, 5, None)),
        ("on Monday", (None, None, None, 0)),
        ("in 2022", (2022, None, None, None)),
        ("the 2022 report", (2022, None, None, None)),
    ],
)
def test_dates(text, parts):
    assert [q.parts for q in quantity.find(text)] == [parts]


@pytest.mark.parametrize("text", ["it may 5 times fail", "march 3 miles"])
def test_months_are_capitalised(text):
    assert all(q.kind != "date" for q in quantity.find(text))


@pytest.mark.parametrize(
    ("text", "unit", "nouns"),
    [
        ("40 people died", "", ("people", "died")),
        ("500 of the furious residents and owners", "", ("furious", "residents")),
        ("a 25-minute ride", "minute", ("minute", "ride")),
        ("the 56-year-old man", "year", ("year-old", "man")),
        ("12 miles", "mile", ("miles",)),
        ("$5 tickets", "$", ("tickets",)),
        ("10 US dollars", "$", ()),
        ("£3", "£", ()),
        ("a handful of the ships", "", ("ships",)),
    ],
)
def test_what_is_counted(text, unit, nouns):
    (found,) = quantity.find(text)
    assert (found.unit, found.nouns) == (unit, nouns)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("28,000 people", "27,956 people", True),
        ("28,000 people", "27,400 people", False),
        ("120 people", "118 people", False),
        ("1,000 people", "1,400 people", False),
        ("about 40 people", "43 people", True),
        ("Monday", "Tuesday", False),
        ("June 1", "June 1, 2020", True),
        ("June 1, 2019", "June 1, 2020", False),
    ],
)
def test_agree(a, b, same):
    (one,), (other,) = quantity.find(a), quantity.find(b)
    assert quantity.agree(one, other) is quantity.agree(other, one) is same


@pytest.mark.parametrize(
    ("a", "b", "can"),
    [
        ("40 people", "30 ships", True),
        ("40 people", "30 minutes", False),
        ("$5", "€5", False),
        ("5%", "5 people", False),
        ("Monday", "June 1", False),
        ("June", "", None),
    ],
)
def test_comparable(a, b, can):
    if can is None:
        assert quantity.find(a) == ()
        return
    (one,), (other,) = quantity.find(a), quantity.find(b)
    assert quantity.comparable(one, other) is quantity.comparable(other, one) is can


@given(st.text(alphabet="0123456789.,-–$€% abdehilmnoruty():/", max_size=40))
def test_any_text_is_read_in_order_without_raising(text):
    found = quantity.find(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.low is None or one.low <= one.high
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@given(st.integers(0, 10**9))
def test_separators_change_nothing(number):
    if 1900 <= number < 2100:
        return
    for text in (f"{number} ships", f"{number:,} ships"):
        assert [(q.low, q.high) for q in quantity.find(text)] == [(number, number)]
