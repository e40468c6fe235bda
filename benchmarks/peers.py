"""What the peers do in the comparisons; each runs in an environment of its own, with the peer and pyarrow only.

python benchmarks/peers.py NAME FILE
"""

import json
import resource
import sys
import time
from collections import Counter
from importlib.metadata import version


def rows(path: str, *columns: str) -> list[list]:
    """Return columns of a parquet file as lists."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=list(columns))
    return [table.column(column).to_pylist() for column in columns]


def countvectorizer(path: str):
    """Tokenise and count by source with scikit-learn."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    sources, texts = rows(path, "source", "text")
    names = sorted(set(sources))

    def work():
        counts = CountVectorizer().fit_transform(texts)
        group = [names.index(source) for source in sources]
        by = csr_matrix((np.ones(len(group), dtype=np.int64), (group, range(len(group)))))
        return {"terms": (by @ counts).shape[1]}

    return work, version("scikit-learn")


def counter(path: str):
    """Tokenise with a regular expression and count by source with the standard library."""
    import re

    sources, texts = rows(path, "source", "text")
    token = re.compile(r"\w\w+").findall

    def work():
        counts: dict[str, Counter] = {}
        for source, text in zip(sources, texts, strict=True):
            counts.setdefault(source, Counter()).update(token(text.lower()))
        return {"terms": len(set().union(*counts.values()))}

    return work, sys.version.split()[0]


def nltk(path: str):
    """Tokenise with NLTK's regular-expression tokeniser and count by source."""
    from nltk import ConditionalFreqDist
    from nltk.tokenize import wordpunct_tokenize

    sources, texts = rows(path, "source", "text")

    def work():
        found = ConditionalFreqDist(
            (source, token.lower())
            for source, text in zip(sources, texts, strict=True)
            for token in wordpunct_tokenize(text)
        )
        return {"terms": len(set().union(*found.values()))}

    return work, version("nltk")


def scattertext(path: str):
    """Build scattertext's corpus of terms by source."""
    import pandas
    from scattertext import CorpusFromPandas, whitespace_nlp

    sources, texts = rows(path, "source", "text")
    frame = pandas.DataFrame({"source": sources, "text": texts})

    def work():
        corpus = CorpusFromPandas(frame, category_col="source", text_col="text", nlp=whitespace_nlp).build()
        return {"terms": len(corpus.get_terms())}

    return work, version("scattertext")


def textacy(path: str):
    """Count the words of each source with textacy's Doc, on spaCy's blank English."""
    import spacy
    from textacy import extract

    sources, texts = rows(path, "source", "text")
    language = spacy.blank("en")

    def work():
        counts: dict[str, Counter] = {}
        for source, doc in zip(sources, language.pipe(texts), strict=True):
            words = extract.words(doc, filter_stops=False)
            counts.setdefault(source, Counter()).update(word.lower_ for word in words)
        return {"terms": len(set().union(*counts.values()))}

    return work, version("textacy")


def textblob(path: str):
    """The everyday way: TextBlob for sentences and their tone, CountVectorizer for counts, pandas for the tables."""
    import numpy as np
    import pandas
    import textblob.blob
    from nltk.tokenize.punkt import PunktSentenceTokenizer
    from sklearn.feature_extraction.text import CountVectorizer
    from textblob import TextBlob

    sources, texts = rows(path, "source", "text")
    # TextBlob's sentences are Punkt's, with a model to be downloaded; without one Punkt splits a little worse, as fast.
    textblob.blob.sent_tokenize = PunktSentenceTokenizer().tokenize
    TextBlob("Good.").sentences[0].sentiment  # noqa: B018 -- loads its lexicon before the clock starts

    def work():
        scored = [
            (source, *sentence.sentiment)
            for source, text in zip(sources, texts, strict=True)
            for sentence in TextBlob(text).sentences
        ]
        tone = pandas.DataFrame(scored, columns=["source", "polarity", "subjectivity"]).groupby("source").mean()
        counts = CountVectorizer().fit_transform(texts)
        terms = pandas.DataFrame(
            {
                name: np.asarray(counts[[s == name for s in sources]].sum(axis=0)).ravel()
                for name in sorted(set(sources))
            }
        )
        shares = terms / terms.sum()
        return {"terms": len(shares), "sources": len(tone)}

    return work, f"{version('textblob')}, scikit-learn {version('scikit-learn')}"


def regex(path: str):
    """Find one term with its context by a plain regular expression."""
    import re

    (texts,) = rows(path, "text")
    term = re.compile(r"\b" + sys.argv[3] + r"\b", re.IGNORECASE)

    def work():
        found = [
            (
                number,
                text[max(0, match.start() - 60) : match.start()],
                match.group(),
                text[match.end() : match.end() + 60],
            )
            for number, text in enumerate(texts)
            for match in term.finditer(text)
        ]
        return {"lines": len(found)}

    return work, sys.version.split()[0]


def datasketch(path: str):
    """Find near-duplicates with datasketch: MinHash of 128 permutations over five-word runs, and its LSH index."""
    from datasketch import MinHash, MinHashLSH

    (texts,) = rows(path, "text")

    def work():
        index = MinHashLSH(threshold=0.7, num_perm=128)
        runs = []
        for text in texts:
            words = text.lower().split()
            runs.append([" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)])
        pairs = []
        for number, signature in enumerate(MinHash.generator(runs, num_perm=128)):
            pairs += [(int(other), number) for other in index.query(signature)]
            index.insert(str(number), signature)
        return {"pairs": pairs}

    return work, version("datasketch")


def main() -> None:
    """Load, do the work, and print how long it took."""
    work, release = globals()[sys.argv[1]](sys.argv[2])
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = work()
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    if "pairs" in found:
        from pathlib import Path

        Path(sys.argv[4]).write_text(json.dumps(found["pairs"]), encoding="utf-8")
        found = {"pairs": len(found["pairs"])}
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": after.ru_maxrss / 2**20, "version": release, **found}))


if __name__ == "__main__":
    main()
