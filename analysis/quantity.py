"""Numbers, money, percentages, times and dates as they stand in a text, with what they amount to.

"forty", "40" and "about 40" can so be compared however they are written. A vague amount ("dozens of", "a significant
number of") is a kind of its own. Rules for English; what they do not know they leave out.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: n for n, word in enumerate(_UNITS)} | {word: 10 * n for n, word in enumerate(_TENS, start=2)}
_BIG = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALE = _BIG | {"dozen": 12, "k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# What the word may stand for; others ("several", "a number of") say too little for a range.
_VAGUE = {"dozens": (20, 150), "scores": (30, 300), "hundreds": (150, 1500), "thousands": (1500, 20000)}
_CURRENCIES = {"dollar": "$", "usd": "$", "us$": "$", "euro": "€", "eur": "€", "pound": "£", "gbp": "£", "yen": "¥"}
# Units of measurement, each with its other forms; numbers of different units are never compared.
_MEASURES = {
    form: unit
    for unit, forms in {
        "year": ("year", "years", "year-old"),
        "month": ("month", "months"),
        "week": ("week", "weeks"),
        "day": ("day", "days"),
        "hour": ("hour", "hours"),
        "minute": ("minute", "minutes"),
        "second": ("second", "seconds"),
        "mile": ("mile", "miles"),
        "kilometre": ("km", "kilometre", "kilometres", "kilometer", "kilometers"),
        "metre": ("metre", "metres", "meter", "meters"),
        "foot": ("foot", "feet"),
        "acre": ("acre", "acres"),
        "ton": ("ton", "tons", "tonne", "tonnes"),
        "kilogram": ("kg", "kilo", "kilos", "kilogram", "kilograms"),
        "pound": ("pound", "pounds"),
        "degree": ("degree", "degrees"),
        "time": ("time", "times"),
        "point": ("point", "points"),
    }.items()
    for form in forms
}
# How far a number may be off: "about 40" is 36 to 44, "more than 40" up to twice as much.
_BOUNDS = {
    **dict.fromkeys(["more than", "over", "above", "at least", "upwards of", "exceeding"], (1.0, 2.0)),
    **dict.fromkeys(["less than", "fewer than", "under", "below", "up to", "at most"], (0.5, 1.0)),
    **dict.fromkeys(["nearly", "almost", "close to"], (0.9, 1.0)),
    **dict.fromkeys(["about", "around", "some", "roughly", "approximately", "an estimated", "estimated"], (0.9, 1.1)),
}

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SMALL_WORD = rf"(?:{'|'.join(sorted(_SMALL, key=len, reverse=True))})"
_BIG_WORD = rf"(?:{'|'.join(_BIG)}|dozen)"
_SPOKEN = (
    rf"\b(?:(?:an?|half\ an?)\s+{_BIG_WORD}|{_SMALL_WORD})(?:(?:[\s-]+and)?[\s-]+(?:{_SMALL_WORD}|{_BIG_WORD}))*\b"
)
_NUMBER = rf"(?:{_DIGITS}(?:[\s-]?{_BIG_WORD}\b|(?:k|mn|m|bn|b|tn)\b)*|{_SPOKEN})"
_SIGN = r"(?:(?:US|A|C|HK|NZ)?[$]|[€£¥])"
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b(?![,.]?\d|[:%])"
_YEAR = r"(?:1[6-9]|20)\d\d\b"
_BOUND = "|".join(word.replace(" ", r"\s+") for word in sorted(_BOUNDS, key=len, reverse=True))
_FIND = re.compile(
    rf"""(?xi)
      (?P<date> \b{_YEAR}-\d\d-\d\d\b
        | \b(?-i:(?=[A-Z])){_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?
        | \b{_DAY}(?:\s+of)?\s+(?-i:(?=[A-Z])){_MONTH}(?!\w)(?:,?\s+{_YEAR})?
        | \b(?-i:(?=[A-Z])){_MONTH}\s+{_YEAR}
        | \b(?:{"|".join(WEEKDAYS)})\b
        | \b(?<=\bin\s){_YEAR} | \b(?<=\bsince\s){_YEAR} )
    | (?P<time> \b(?:[01]?\d|2[0-3])(?:[:.][0-5]\d)?\s?[ap](?:\.m\.|m\b)
        | \b(?:[01]?\d|2[0-3]):[0-5]\d\b | \b(?:noon|midnight)\b )
    | (?P<vague> \b(?:dozens|scores|hundreds|thousands|millions|billions)(?=\s+(?:of|more)\b)
        | \ban?\s+(?:(?:significant|large|small|growing|huge|great|substantial|good|certain|limited|considerable)\s+)?
          (?:number|handful|couple|group|majority|minority)(?=\s+of\b)
        | \b(?:several|numerous|countless|many|a\s+few|few)(?=\s+[a-z]) )
    | (?:\b(?P<bound>{_BOUND})\s+)? (?:\b(?:between|from)\s+)?
      (?P<amount> (?<![\w.,$€£¥/-])
        (?P<sign>{_SIGN}\s?)? (?P<first>{_NUMBER}) (?P<half>\s+and\s+a\s+half(?:\s+(?:million|billion))?)?
        (?:(?:\s?%|\s+per\s?cent)?(?:\s?[-–—]\s?|\s+to\s+|(?<=\d)\s+and\s+(?={_SIGN}?\d))(?:{_SIGN}\s?)?(?P<second>{_NUMBER}))?
        (?:(?P<percent>\s?%|[\s-]per\s?cent\b|\s+percentage\s+points?\b)
          | [\s-](?:US\s+)?(?P<currency>dollars?|euros?|yen|USD|EUR|GBP)\b)?
        (?![\w%]|[.,:/]\d) )
    """
)
_NOUN = re.compile(r"\W{0,3}([^\W\d_]+(?:[-'’][^\W\d_]+)*)")
_SKIPPED = frozenset(
    {"of", "the", "a", "an", "other", "more", "such", "these", "those", "their", "his", "her", "its", "our"}
)
_ENDS = frozenset(
    {"and", "or", "but", "in", "on", "at", "to", "for", "with", "by", "from", "as", "that", "which", "who"}
    | {"was", "were", "is", "are", "has", "have", "had", "will", "would", "could", "may", "can"}
)


class Quantity(NamedTuple):
    """One amount, time or date of a text, at ``start`` to ``end``.

    ``kind`` is number, percent, money, time, date or vague. ``low`` and ``high`` are what it may amount to, the same
    where it is exact; missing (``None``) for dates, and for what names no amount. ``unit`` is the currency or the
    unit of a measure (year, mile), empty for a count. ``nouns`` are up to three words after it: what is counted.
    ``parts`` are a date's year, month, day and weekday as far as given.
    """

    start: int
    end: int
    kind: str
    low: float | None
    high: float | None
    unit: str
    nouns: tuple[str, ...]
    parts: tuple[int | None, ...]


@lru_cache(maxsize=1 << 14)
def find(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of ``text`` in their order.

    >>> [(q.kind, q.low, q.high) for q in find("About forty people lost $2.5 million on Monday.")]
    [('number', 36.0, 44.0), ('money', 2500000.0, 2500000.0), ('date', None, None)]
    """
    found = []
    for match in _FIND.finditer(text):
        kind = match.lastgroup if match.lastgroup in ("date", "time", "vague") else "amount"
        made = {"date": _date, "time": _time, "vague": _vague, "amount": _amount}[kind](match, text)
        if made:
            found.append(made)
    return tuple(found)


def value(words: str) -> float:
    """Return what a number in digits or words amounts to.

    >>> value("two hundred and fifty thousand"), value("1.5m"), value("half a million"), value("a dozen")
    (250000.0, 1500000.0, 500000.0, 12.0)
    """
    total = part = 0.0
    seen = False
    factor = 0.5 if re.match(r"half\b", words, re.IGNORECASE) else 1.0
    for piece in re.findall(rf"{_DIGITS}|[a-z]+", words.lower()):
        if piece[0].isdigit():
            part, seen = part + float(piece.replace(",", "")), True
        elif piece in _SMALL:
            part, seen = part + _SMALL[piece], True
        elif piece in ("hundred", "dozen"):
            part, seen = (part if seen else 1) * _SCALE[piece], True
        elif piece in _SCALE:
            total, part, seen = total + (part if seen else 1) * _SCALE[piece], 0.0, False
    return factor * (total + part)


def agree(one: Quantity, other: Quantity) -> bool:
    """Return whether two quantities of the same kind can both be right.

    Amounts agree where their ranges overlap, and from 1,000 up where one is the other, rounded. Dates agree where no
    part that both give differs.

    >>> agree(*find("40 people, about 42 people")), agree(*find("Monday, Tuesday")), agree(*find("June 1, 1 June 2020"))
    (True, False, True)
    """
    if one.kind == "date":
        return all(x == y for x, y in zip(one.parts, other.parts, strict=True) if None not in (x, y))
    if one.low is None or other.low is None:
        return True
    if one.low <= other.high and other.low <= one.high:
        return True
    return _rounded(one.low, other.low) if one.low == one.high and other.low == other.high else False


def comparable(one: Quantity, other: Quantity) -> bool:
    """Return whether two quantities may speak of the same: the same kind and unit, and for dates a part in common.

    >>> comparable(*find("40 people, 42 minutes")), comparable(*find("Monday, June 1"))
    (False, False)
    """
    if one.kind != other.kind or one.unit != other.unit:
        return False
    return one.kind != "date" or any(None not in pair for pair in zip(one.parts, other.parts, strict=True))


def _amount(match: re.Match, text: str) -> Quantity | None:
    first = match["first"]
    if first.lower() == "one" and not (match["percent"] or match["currency"] or match["second"]):
        return None  # "one" is a pronoun more often than a count.
    low = high = value(first)
    if match["half"]:
        scale = value(match["half"].split("half")[1]) or 1.0
        low = high = (low + 0.5) * scale
    if _is_year(first) and not (match["bound"] or match["sign"] or match["percent"] or match["currency"]):
        return _year(match, text)
    if match["second"]:
        high = value(match["second"])
        # "2 to 3 million", "$2-3bn": the scale stands once and is meant twice.
        scale = re.search(rf"(?i)({_BIG_WORD}|k|mn|m|bn|b|tn)$", match["second"])
        if scale and low < high / 1000:
            low *= _SCALE[scale.group().lower()]
        low, high = min(low, high), max(low, high)
    elif match["bound"]:
        down, up = _BOUNDS[" ".join(match["bound"].lower().split())]
        low, high = low * down, high * up
    start = match.start("bound") if match["bound"] and not match["second"] else match.start("amount")
    end = match.end("amount")
    nouns = _nouns(text, end)
    if match["percent"]:
        kind, unit = "percent", "%"
    elif match["sign"] or match["currency"]:
        name = (match["sign"] or match["currency"]).strip().lower()
        kind, unit = "money", _CURRENCIES.get(name.removesuffix("s"), name.upper())
    else:
        compound = re.match(r"[-‐‑]\s?(\w+)(?:[-‐‑](\w+))?", text[end:])
        words = [*nouns[:1], *(word.lower() for word in (compound.groups() if compound else ()) if word)]
        kind, unit = "number", next((_MEASURES[word] for word in words if word in _MEASURES), "")
    return Quantity(start, end, kind, low, high, unit, nouns, (None,) * 4)


def _is_year(number: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", number))


def _year(match: re.Match, text: str) -> Quantity | None:
    """Return the year that stands alone ("the 2022 report"); nothing for spans of years, or if things are counted."""
    start, end = match.span("amount")
    nouns = _nouns(text, end)
    if match["second"]:
        return None
    if nouns and (nouns[0].endswith("s") or nouns[0] == "people"):
        return Quantity(start, end, "number", value(match["first"]), value(match["first"]), "", nouns, (None,) * 4)
    return Quantity(start, end, "date", None, None, "", (), (int(match["first"]), None, None, None))


def _vague(match: re.Match, text: str) -> Quantity:
    low, high = _VAGUE.get(match["vague"].lower(), (None, None))
    return Quantity(*match.span("vague"), "vague", low, high, "", _nouns(text, match.end()), (None,) * 4)


def _time(match: re.Match, _: str) -> Quantity:
    words = match["time"].lower()
    if words in ("noon", "midnight"):
        minutes = 720.0 if words == "noon" else 0.0
    else:
        hour, minute = [*re.findall(r"\d+", words), "0"][:2]
        minutes = 60.0 * (int(hour) % 12 if "m" in words else int(hour)) + int(minute) + 720.0 * ("p" in words)
    return Quantity(*match.span("time"), "time", minutes, minutes, "", (), (None,) * 4)


def _date(match: re.Match, _: str) -> Quantity:
    words = match["date"].lower()
    weekday = WEEKDAYS.index(words) if words in WEEKDAYS else None
    year = re.search(r"\b\d{4}\b", words)
    if "-" in words:
        _, month, day = map(int, words.split("-"))
    else:
        name = re.search(r"[a-z]{3,}", re.sub(r"\bof\b", "", words))
        month = None
        if weekday is None and name:
            month = next(n for n, full in enumerate(MONTHS, start=1) if full.startswith(name.group()[:3]))
        number = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", words)
        day = int(number.group(1)) if number else None
    parts = (int(year.group()) if year else None, month, day, weekday)
    return Quantity(*match.span("date"), "date", None, None, "", (), parts)


def _nouns(text: str, end: int) -> tuple[str, ...]:
    """Return up to three words after ``end``, up to the next that begins another phrase."""
    found: list[str] = []
    while len(found) < 3 and (match := _NOUN.match(text, end)):
        word = match.group(1).lower()
        gap = text[end : match.start(1)]
        if word in _ENDS or (gap.strip() and not gap.strip().startswith(("-", "‐", "‑"))):
            break
        end = match.end()
        if word not in _SKIPPED:
            found.append(word)
    return tuple(found)


def _rounded(one: float, other: float) -> bool:
    """Return whether the rounder of two numbers is the other one rounded; below 1,000 every difference counts."""
    if min(one, other) < 1000 or not (one.is_integer() and other.is_integer()):
        return False

    def zeros(number: float) -> int:
        digits = str(int(number))
        return len(digits) - len(digits.rstrip("0"))

    step = 10 ** max(zeros(one), zeros(other))
    return max(one, other) >= 10 * step and abs(one - other) <= step / 2
