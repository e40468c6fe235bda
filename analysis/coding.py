"""Items drawn at random for a reader to code by hand, without the machine's answer, and the codes that come back.

A coder works in the notebook (:func:`form`) or in a spreadsheet (:func:`write`, :func:`read`); both keep the codes in
the same CSV files, one a task and coder. What the machine says of an item stays in the table of samples.
"""

import csv
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import manuscript, tables

if TYPE_CHECKING:
    from ipywidgets import Widget

HOME = Path(__file__).resolve().parent.parent / "reports" / "validate"
# What a coder is asked, and the codes to choose from; none: a name is typed in.
QUESTIONS = {
    "tone": "Does this sentence sound negative (-1), neutral (0) or positive (1)?",
    "voice": "Whose words are those between ⟦ and ⟧: the newsroom's own (narration), its wording of what somebody said "
    "(reported), or somebody's own words (quotation)?",
    "speaker": "Who says what stands between ⟦ and ⟧? Type the name or description as the article gives it.",
    "same": "Do these two sentences tell the same thing (same) or not (different)?",
}
CODES = {
    "tone": ("-1", "0", "1"),
    "voice": ("narration", "reported", "quotation"),
    "speaker": (),
    "same": ("same", "different"),
}
# Polarity closer to 0 than this counts as neutral (the convention of Hutto & Gilbert 2014).
NEUTRAL = 0.05
COLUMNS = ("item", "question", "text", "other_text", "code")


class CodingError(ValueError):
    """A file of codes cannot be used; the message says which line and what to do."""


def tone(scored: pd.DataFrame, *, n: int = 40, seed: int = 0) -> pd.DataFrame:
    """Draw sentences to be coded for tone, in proportion to source and to what the machine says of them.

    Reads article_id, source, start, end, text, polarity. Returns the table of samples in random order: ``machine`` is
    "-1", "0" or "1" (0 from -.05 to .05), ``score`` the polarity, ``weight`` how many sentences the item stands for.

    >>> from analysis import corpus, segmentation, sentiment
    >>> articles = corpus.from_records([{"source": "daily", "text": "A great day. It rained."}])
    >>> tone(sentiment.score(segmentation.split(articles)), seed=1)[["text", "machine"]].values.tolist()
    [['It rained.', '0'], ['A great day.', '1']]
    """
    columns = ["article_id", "source", "start", "end", "text", "polarity"]
    tables.check(scored, "scored", call="coding.tone", columns=columns, unique=False)
    labels = np.select([scored["polarity"] < -NEUTRAL, scored["polarity"] > NEUTRAL], ["-1", "1"], "0")
    items = scored.assign(task="tone", item=_places(scored), machine=labels, score=scored["polarity"])
    return _drawn(items, n, seed)


def voice(passages: pd.DataFrame, *, n: int = 40, seed: int = 0) -> pd.DataFrame:
    """Draw passages to be coded for their voice, in proportion to source and voice.

    Reads article_id, source, sentence_id, start, end, text, voice of the passages. The text shown is the whole
    sentence, the passage between ⟦ and ⟧.

    >>> rows = [("said Ann.", 0, 9, "narration"), ("“No,” ", 9, 15, "quotation")]
    >>> passages = pd.DataFrame(rows, columns=["text", "start", "end", "voice"])
    >>> voice(passages.assign(article_id="s/a", source="a", sentence_id=0))["text"].tolist()
    ['⟦said Ann.⟧“No,” ', 'said Ann.⟦“No,” ⟧']
    """
    columns = ["article_id", "source", "sentence_id", "start", "end", "text", "voice"]
    tables.check(passages, "passages", call="coding.voice", columns=columns, unique=False)
    spoken = passages[passages["voice"].notna()].sort_values(["article_id", "start"], kind="stable")
    whole = spoken.groupby(["article_id", "sentence_id"])
    before = spoken.groupby(["article_id", "sentence_id"])["text"].transform(_running)
    full = whole["text"].transform("".join)
    shown = [
        f"{text[:at]}⟦{part}⟧{text[at + len(part) :]}"
        for text, at, part in zip(full, before, spoken["text"], strict=True)
    ]
    items = spoken.assign(task="voice", item=_places(spoken), machine=spoken["voice"], text=shown)
    return _drawn(items, n, seed)


def speaker(quotations: pd.DataFrame, articles: pd.DataFrame, *, n: int = 20, seed: int = 0) -> pd.DataFrame:
    """Draw attributions to be coded for their speaker, in proportion to source and kind.

    Reads article_id, source, start, end, kind, name, confidence of the quotations (those below .5 are left out) and
    article_id, text of the articles. The text shown is the paragraph before and the paragraph of the content, which
    stands between ⟦ and ⟧.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "a", "text": "“No,” Ann said."}])
    >>> row = {"article_id": "story/a", "source": "a", "start": 0, "end": 5, "kind": "direct", "name": "Ann"}
    >>> speaker(pd.DataFrame([{**row, "confidence": 0.9}]), articles)[["text", "machine"]].values.tolist()
    [['⟦“No,”⟧ Ann said.', 'Ann']]
    """
    columns = ["article_id", "source", "start", "end", "kind", "name", "confidence"]
    tables.check(quotations, "quotations", call="coding.speaker", columns=columns, unique=False)
    tables.check(articles, "articles", call="coding.speaker", columns=["article_id", "text"])
    kept = quotations[quotations["confidence"] >= 0.5]
    texts = dict(zip(articles["article_id"], articles["text"], strict=True))
    shown = [_around(texts[a], i, j) for a, i, j in zip(kept["article_id"], kept["start"], kept["end"], strict=True)]
    named = kept["name"].astype("str").fillna("nobody")
    return _drawn(kept.assign(task="speaker", item=_places(kept), machine=named, text=shown), n, seed, by="kind")


def same(
    sentences: pd.DataFrame, alignments: pd.DataFrame, omissions: pd.DataFrame, *, n: int = 40, seed: int = 0
) -> pd.DataFrame:
    """Draw pairs of sentences to be coded for telling the same: half of them linked, half the nearest of those not.

    Reads the tables of ``segmentation.split``, ``alignment.align`` and ``alignment.omissions``. ``weight`` makes up
    for the halves: it is how many such pairs the item stands for. ``score`` is the similarity.

    >>> from analysis import alignment, corpus, segmentation
    >>> articles = corpus.from_records([{"source": name, "text": "The old bridge closed."} for name in ("a", "b")])
    >>> sentences = segmentation.split(articles)
    >>> links = alignment.align(sentences)
    >>> same(sentences, links, alignment.omissions(sentences, links))[["machine", "score"]].values.tolist()
    [['same', 1.0]]
    """
    tables.check(sentences, "sentences", call="coding.same", columns=["article_id", "sentence_id", "text"])
    tables.check(alignments, "alignments", call="coding.same")
    tables.check(omissions, "omissions", call="coding.same")
    near = omissions.dropna(subset="nearest_sentence_id").rename(
        columns={
            "article_id": "article_id_a",
            "sentence_id": "sentence_id_a",
            "source": "source_a",
            "other_article_id": "article_id_b",
            "nearest_sentence_id": "sentence_id_b",
        }
    )
    pairs = pd.concat([alignments.assign(machine="same"), near.assign(machine="different")], ignore_index=True)
    text = sentences.set_index(["article_id", "sentence_id"])["text"]
    ends = [list(zip(pairs[f"article_id_{x}"], pairs[f"sentence_id_{x}"].astype("int64"), strict=True)) for x in "ab"]
    items = pairs.assign(
        task="same",
        item=[f"{a[0]}:{a[1]}|{b[0]}:{b[1]}" for a, b in zip(*ends, strict=True)],
        source=pairs["source_a"],
        text=[text[place] for place in ends[0]],
        other_text=[text[place] for place in ends[1]],
        score=pairs["similarity"],
    )
    linked = items["machine"] == "same"
    halves = [_drawn(half, n // 2, seed, by=None) for half in (items[linked], items[~linked])]
    both = pd.concat(halves, ignore_index=True)
    return both.sample(frac=1, random_state=seed, ignore_index=True)


def write(samples: pd.DataFrame, *, story: str, coder: str, folder: str | Path = HOME) -> pd.DataFrame:
    """Write one CSV file a task for a coder to fill in, in a form that spreadsheets open; return where they are.

    Files go to ``folder/STORY/TASK-CODER.csv``, with the columns item, question, text, other_text and an empty
    column ``code``; the machine's answer is not in them. Codes that are there already are kept. Returns one row a
    file: task, ``path``, ``n_items`` of the sample and ``n_coded`` of them.
    """
    tables.check(samples, "samples", call="coding.write")
    place = Path(folder) / _plain(story)
    place.mkdir(parents=True, exist_ok=True)
    sheets = []
    for task, items in samples.groupby("task", sort=True):
        path = place / f"{task}-{_plain(coder)}.csv"
        known = dict(_codes(path)) if path.exists() else {}
        coded = int(items["item"].isin(known).sum())
        _save(path, items, known)
        sheets.append({"task": task, "path": str(path), "n_items": len(items), "n_coded": coded})
    return tables.make("sheets", sheets)


def read(*, story: str, folder: str | Path = HOME) -> pd.DataFrame:
    """Read the codes of all coders of a story; items without a code are left out.

    Returns the table of codes. Raises :class:`CodingError` for a code that the task does not have.
    """
    rows = []
    for path in sorted((Path(folder) / _plain(story)).glob("*-*.csv")):
        task, coder = path.stem.split("-", 1)
        if task not in QUESTIONS:
            raise CodingError(f"{path.name}: no task {task!r}; there are {', '.join(QUESTIONS)}. Rename the file.")
        rows += [{"task": task, "item": item, "coder": coder, "code": code} for item, code in _codes(path)]
    codes = tables.make("codes", rows)
    return tables.check(codes, "codes", call="coding.read")


def form(samples: pd.DataFrame, *, story: str, coder: str, folder: str | Path = HOME) -> "Widget":
    """Show the items one by one with a button a code; each answer is saved at once in the coder's CSV file.

    Reads the table of samples; what the machine says is not shown. Works with the keyboard (Tab, Enter). Coding can
    be stopped and taken up again: it goes on at the first item without a code.
    """
    sheets = write(samples, story=story, coder=coder, folder=folder)
    paths = {task: Path(path) for task, path in zip(sheets["task"], sheets["path"], strict=True)}
    return _Form(samples, paths).widget


class _Form:
    """The widgets of a form, and what happens when they are used."""

    def __init__(self, samples: pd.DataFrame, paths: dict[str, Path]):
        import ipywidgets

        self.widgets = ipywidgets
        self.samples, self.paths = samples, paths
        self.items = samples.sort_values("task", kind="stable").to_dict("records")
        self.known = {(task, item): code for task, path in paths.items() for item, code in _codes(path)}
        if not self.items:
            self.widget = ipywidgets.Label("There is nothing to code.")
            return
        # Plain text areas: nothing of an article is ever read as markup.
        wide = ipywidgets.Layout(width="100%")
        self.head, self.done = ipywidgets.Label(), ipywidgets.IntProgress(max=len(self.items), layout=wide)
        self.texts = [ipywidgets.Textarea(disabled=True, rows=4, layout=wide) for _ in range(2)]
        self.choices = ipywidgets.HBox()
        self.at = next((i for i, row in enumerate(self.items) if self._place(row) not in self.known), 0)
        self._show()
        self.widget = ipywidgets.VBox([self.done, self.head, *self.texts, self.choices])

    def _place(self, row: dict) -> tuple[str, str]:
        return row["task"], row["item"]

    def _answer(self, code: str) -> None:
        row = self.items[self.at]
        if code:
            self.known[self._place(row)] = code
        else:
            self.known.pop(self._place(row), None)
        own = self.samples[self.samples["task"] == row["task"]]
        given = {item: code for (task, item), code in self.known.items() if task == row["task"]}
        _save(self.paths[row["task"]], own, given)
        self._step(1)

    def _step(self, by: int) -> None:
        self.at = min(max(self.at + by, 0), len(self.items) - 1)
        self._show()

    def _button(self, text: str, does: Callable[[], None], style: str = "") -> "Widget":
        made = self.widgets.Button(description=text, button_style=style)
        made.on_click(lambda _: does())
        return made

    def _show(self) -> None:
        row = self.items[self.at]
        given = self.known.get(self._place(row))
        now = f" (now: {given})" if given else ""
        self.head.value = f"{self.at + 1} of {len(self.items)}. {QUESTIONS[row['task']]}{now}"
        self.done.value = sum(self._place(each) in self.known for each in self.items)
        for area, text in zip(self.texts, (row["text"], row["other_text"]), strict=True):
            area.value = "" if pd.isna(text) else text
            area.layout.display = "none" if pd.isna(text) else ""
        asked = [self._button(code, partial(self._answer, code), "primary") for code in CODES[row["task"]]]
        if not asked:
            name = self.widgets.Text(value=given or "", placeholder="name or description")
            asked = [name, self._button("save", lambda: self._answer(name.value.strip()), "primary")]
        ends = [self._button(text, partial(self._step, by)) for text, by in (("back", -1), ("skip", 1))]
        self.choices.children = [ends[0], *asked, ends[1]]


def _places(frame: pd.DataFrame) -> list[str]:
    return [f"{a}:{i}-{j}" for a, i, j in zip(frame["article_id"], frame["start"], frame["end"], strict=True)]


def _running(texts: pd.Series) -> np.ndarray:
    """Return how many characters stand before each text of a run."""
    lengths = texts.str.len().to_numpy()
    return np.cumsum(lengths) - lengths


def _around(text: str, start: int, end: int) -> str:
    """Return the span's paragraph and the one before it, the span marked."""
    borders = [match.end() for match in re.finditer(r"\n\s*\n", text) if match.end() <= start]
    first = borders[-2] if len(borders) > 1 else 0
    last = re.compile(r"\n\s*\n").search(text, end)
    return f"{text[first:start]}⟦{text[start:end]}⟧{text[end : last.start() if last else len(text)]}"


def _drawn(items: pd.DataFrame, n: int, seed: int, *, by: str | None = "machine") -> pd.DataFrame:
    """Draw about ``n`` items, in proportion to source and ``by``, one a stratum at least; in random order."""
    if items.empty:
        return tables.make("samples")
    rng = np.random.default_rng(seed)
    ordered = items.sort_values("item", kind="stable").drop_duplicates("item")
    keys = ["source"] if by is None else ["source", by]
    chosen = []
    for _, stratum in ordered.groupby(keys, sort=True, dropna=False):
        size = min(len(stratum), max(1, round(n * len(stratum) / len(ordered))))
        rows = stratum.iloc[np.sort(rng.choice(len(stratum), size, replace=False))]
        chosen.append(rows.assign(weight=len(stratum) / size))
    drawn = pd.concat(chosen)
    return tables.make("samples", drawn.iloc[rng.permutation(len(drawn))].reset_index(drop=True))


def _plain(name: str) -> str:
    """Return a name that is safe as part of a file's name."""
    return re.sub(r"[^\w.-]+", "_", Path(name).name).strip("._-") or "unnamed"


def _save(path: Path, items: pd.DataFrame, known: dict[str, str]) -> None:
    """Write the coder's file whole and put it in place at once, so that a crash never leaves half of it."""
    rows = [
        [row.item, QUESTIONS[row.task], _cell(row.text), _cell(row.other_text), known.pop(row.item, "")]
        for row in items.itertuples()
    ]
    # Codes of items that this sample does not have stay in the file.
    rows += [[item, "", "", "", code] for item, code in known.items()]
    partial = path.with_suffix(".part")
    # With a byte order mark: without it Excel takes the file for Windows-1252.
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    partial.replace(path)


def _cell(text: object) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    if pd.isna(text):
        return ""
    return f"'{text}" if str(text)[:1] in "=+-@\t\r" else str(text)


def _codes(path: Path) -> list[tuple[str, str]]:
    """Return item and code of each line that has a code."""
    task = path.stem.split("-", 1)[0]
    # Spreadsheets save in encodings of their own, and those of some languages with semicolons.
    text, _ = manuscript.decode(manuscript.content(path, max_mb=float("inf")), path.name)
    delimiter = max(",;\t", key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    if not {"item", "code"} <= set(lines.fieldnames or ()):
        raise CodingError(
            f"{path.name}: no columns 'item' and 'code' in the first line; keep the columns as they came."
        )
    found = []
    for line in lines:
        code = (line["code"] or "").strip().replace("−", "-").removeprefix("+").removesuffix(".0")
        if code and CODES.get(task) and code not in CODES[task]:
            raise CodingError(
                f"{path.name}, line {lines.line_num}: no code {code!r} for {task}; it has {', '.join(CODES[task])}."
            )
        if code:
            found.append((line["item"], code))
    return found
