"""The widgets of explore.ipynb and what happens when they move.

:func:`read` makes the tables of a story once; a *screen* is what one question shows of them: a chart, a table of
parts that can be picked, and the text behind a part. Screens are plain functions, quick enough to follow a slider;
:func:`show` hangs controls on them.
"""

import functools
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import (
    alignment,
    charts,
    concordance,
    corpus,
    frequency,
    inspection,
    keyness,
    quotation,
    segmentation,
    sentiment,
)
from analysis.display import safe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ASSETS = Path(__file__).with_name("templates") / "explore"
SAVED = corpus.HOME.parent / "reports" / "explore"
ALL = "all voices"
# Lines of a concordance beyond this are counted, not drawn: nobody reads them, and the browser slows down.
MOST_LINES = 200

Place = tuple[str, int]


@dataclass(frozen=True)
class Story:
    """The tables of one story that the screens read, made once; ``left_out`` says which articles are in none."""

    articles: pd.DataFrame
    sentences: pd.DataFrame
    quotations: pd.DataFrame
    passages: pd.DataFrame
    tokens: pd.DataFrame
    left_out: str = ""


@dataclass(frozen=True)
class Screen:
    """What one question shows: a chart, the table behind it, its parts to pick, and where each part stands."""

    says: str
    table: pd.DataFrame
    axes: "Axes | None" = None
    points: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    markup: str = ""


def read(place: str | Path) -> Story:
    """Read a story and make the tables of it that the screens need, without articles in another language.

    Raises :class:`corpus.CorpusError` for what cannot be read, and where no article is in English.

    >>> len(read("bridge-closure").articles)
    3
    """
    gathered = corpus.read(place)
    articles = corpus.in_english(gathered)
    others = gathered[~gathered["article_id"].isin(articles["article_id"])]
    languages = [f"{row.source} (in {inspection.language(row.text)})" for row in others.itertuples()]
    left_out = f"Left out, for this reads English only: {', '.join(languages)}." if languages else ""
    if articles.empty:
        raise corpus.CorpusError(f"No article of this story is in English. {left_out}")
    sentences = segmentation.split(articles)
    quotations = quotation.extract(articles, aliases=corpus.aliases(place))
    passages = quotation.passages(sentences, quotations)
    return Story(articles, sentences, quotations, passages, segmentation.tokenize(passages), left_out)


def narrow(story: Story, *, sources: Iterable[str] = (), voice: str = ALL) -> Story:
    """Return the story with the passages and tokens of these sources (none named: all) in this voice.

    >>> sorted(set(narrow(read("bridge-closure"), sources=["beacon"], voice="quotation").passages["source"]))
    ['beacon']
    """
    chosen = set(sources) or set(story.articles["source"])

    def kept(table: pd.DataFrame) -> pd.DataFrame:
        rows = table["source"].isin(chosen)
        if voice != ALL and "voice" in table:
            rows &= table["voice"] == voice
        return table[rows]

    return Story(
        kept(story.articles),
        kept(story.sentences),
        kept(story.quotations),
        kept(story.passages),
        kept(story.tokens),
    )


def context(story: Story, term: str, *, order: str = "text") -> Screen:
    """Show a term in context: every line, and where in each article it stands.

    ``order`` sorts the lines by their place in the *text*, or by the words to the *left* (nearest first) or *right*.

    >>> context(read("bridge-closure"), "council", order="right").table["source"].unique().tolist()
    ['ledger']
    """
    try:
        lines = concordance.lines(story.passages, term)
    except ValueError:
        return Screen("Type a word, or several in a row, to see them in context.", pd.DataFrame())
    keys = {
        "text": lines[["source", "article_id"]].apply(tuple, axis=1),
        "left": lines["left"].map(lambda left: segmentation.normalize(left).split()[::-1]),
        "right": lines["right"].map(lambda right: segmentation.normalize(right).split()),
    }
    lines = lines.loc[sorted(lines.index, key=lambda row: (keys[order][row], lines["article_id"][row], row))]
    lines = lines.assign(sentence_id=_sentence_at(story, lines["article_id"], lines["start"])).reset_index(drop=True)
    places = _positions(story, lines).assign(line=lines["left"] + lines["token"] + lines["right"])
    rows = "".join(
        f"<tr><td>{safe(row.source)}</td><td class='left'>{safe(row.left)}</td>"
        f"<td>{_button(row.article_id, row.sentence_id, row.token)}</td><td>{safe(row.right)}</td></tr>"
        for row in lines.head(MOST_LINES).itertuples()
    )
    head = "<tr><th>source</th><th>before</th><th>term</th><th>after</th></tr>"
    more = f"; the first {MOST_LINES} are shown" if len(lines) > MOST_LINES else ""
    axes = charts.occurrences(places, sources=story.articles["source"]) if len(lines) else None
    says = f"“{term}” stands {len(lines)} times in {len(story.articles)} articles{more}."
    return Screen(
        says, lines, axes, _points(places, "line"), f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    )


def words(story: Story, target: str, *, min_n: int = 5) -> Screen:
    """Show which terms ``target`` uses more or less than the other sources; a point picked is a term.

    >>> "m = " in words(read("bridge-closure"), "beacon").says
    True
    """
    others = sorted(set(story.tokens["source"]) - {target})
    if not others or target not in set(story.tokens["source"]):
        return Screen("Choose at least two sources: words are compared between them.", pd.DataFrame({"term": []}))
    frequencies = frequency.count(story.tokens)
    key_terms = keyness.score(frequencies, target=target, min_n=min_n)
    reference = others[0] if len(others) == 1 else "the others"
    axes = charts.keyness(key_terms, target=target, reference=reference, sources=[*others, target, reference])
    points = {}
    more = (key_terms["log_ratio"] >= 0).to_numpy()
    for line, rows in zip(axes.lines, (key_terms[more], key_terms[~more]), strict=False):
        line.set_gid(f"terms-{len(points)}")
        points[f"terms-{len(points)}"] = [
            (f"term {row.term}", f"{row.term}: {row.n_target} and {row.n_reference} times") for row in rows.itertuples()
        ]
    rows = "".join(
        f"<tr><td><button data-pick='{safe(f'term {row.term}')}'>{safe(row.term)}</button></td>"
        f"<td>{row.n_target}</td><td>{row.n_reference}</td><td>{row.log_ratio:+.1f}</td><td>{row.q:.2g}</td></tr>"
        for row in key_terms.head(MOST_LINES).itertuples()
    )
    head = f"<tr><th>term</th><th>{safe(target)}</th><th>{safe(reference)}</th><th>log ratio</th><th>q</th></tr>"
    says = (
        f"{(key_terms['q'] < 0.05).sum()} of m = {len(key_terms)} terms with {min_n} or more occurrences differ more "
        f"than chance alone would make them at q < .05."
    )
    return Screen(says, key_terms, axes, points, f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>")


def events(story: Story, *, threshold: float = alignment.THRESHOLD) -> Screen:
    """Show what two or more articles tell; an event picked shows the sentences of each article.

    >>> events(read("bridge-closure")).table["source"].nunique()
    3
    """
    found = alignment.events(story.sentences, alignment.align(story.sentences, threshold=threshold))
    coverage = alignment.coverage(story.sentences, found)
    sources = sorted(story.articles["source"].unique())
    counts = coverage.pivot_table(index=["event_id", "label"], columns="source", values="sentences", aggfunc="sum")
    head = "".join(f"<th>{safe(source)}</th>" for source in sources)
    rows = "".join(
        f"<tr><td><button data-pick='event {event_id}'>{safe(label)}</button></td>"
        + "".join(f"<td>{int(row.get(source, 0)) or '–'}</td>" for source in sources)
        + "</tr>"
        for (event_id, label), row in counts.iterrows()
    )
    linked = found[["article_id", "sentence_id"]].drop_duplicates()
    counted = (story.sentences["part"] != "furniture").sum()
    says = (
        f"{len(counts)} events are told by two or more articles; {len(linked)} of {counted} sentences belong to one. "
        "For the others no counterpart was found."
    )
    starts = story.sentences.set_index(["article_id", "sentence_id"])["start"]
    places = found.merge(_positions(story, starts.reset_index()), on=["article_id", "sentence_id"])
    axes = charts.occurrences(places, sources=story.articles["source"])
    return Screen(
        says,
        found,
        axes,
        _points(places, "label"),
        f"<table><thead><tr><th>event</th>{head}</tr></thead><tbody>{rows}</tbody></table>",
    )


def voices(story: Story, *, speaker: str = "") -> Screen:
    """Show who is heard, or, with a ``speaker``, all that is quoted or reported of them.

    >>> "Ruth Calloway" in set(voices(read("bridge-closure")).table["name"])
    True
    """
    shown = story.quotations[story.quotations["confidence"] >= quotation.VOICED]
    if speaker:
        shown = shown[shown["name"] == speaker]
    places = _sentence_at(story, shown["article_id"], shown["start"])
    shown = shown.assign(sentence_id=places).reset_index(drop=True)
    rows = "".join(
        f"<tr><td>{safe(row.source)}</td><td>{_known(row.name)}</td><td>{_known(row.cue)}</td>"
        f"<td>{_button(row.article_id, row.sentence_id, row.text)}</td></tr>"
        for row in shown.itertuples(index=False)
    )
    head = "<tr><th>source</th><th>speaker</th><th>cue</th><th>what is said</th></tr>"
    unresolved = int(shown["name"].isna().sum())
    says = f"{len(shown)} attributions; for {unresolved} no speaker was found."
    axes = charts.heard(quotation.heard(story.quotations), sources=story.articles["source"]) if len(shown) else None
    return Screen(says, shown, axes, {}, f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>")


def tone(story: Story, *, engine: str = "textblob") -> Screen:
    """Show how positive or negative each sentence is worded; a point picked shows the sentence.

    >>> tone(read("bridge-closure"), engine="vader").table["polarity"].between(-1, 1).all()
    np.True_
    """
    scored = sentiment.score(story.passages, engine=engine)
    whole = scored.groupby(["source", "article_id", "sentence_id"], as_index=False)["polarity"].mean()
    axes = charts.course(whole, sources=story.articles["source"])
    texts = story.sentences.set_index(["article_id", "sentence_id"])["text"]
    points = {
        f"tips-{lane}": [
            (_key(article_id, row.sentence_id), f"{row.polarity:+.2f} {texts[article_id, row.sentence_id]}")
            for row in rows.itertuples()
        ]
        for lane, ((_, article_id), rows) in enumerate(whole.groupby(["source", "article_id"]))
    }
    strongest = whole.assign(size=whole["polarity"].abs()).sort_values(
        ["size", "article_id", "sentence_id"], ascending=[False, True, True]
    )
    rows = "".join(
        f"<tr><td>{safe(row.source)}</td><td>{row.polarity:+.2f}</td>"
        f"<td>{_button(row.article_id, row.sentence_id, texts[row.article_id, row.sentence_id])}</td></tr>"
        for row in strongest[strongest["size"] > 0].head(20).itertuples()
    )
    head = "<tr><th>source</th><th>polarity</th><th>sentence</th></tr>"
    zero = int((whole["polarity"] == 0).sum())
    says = f"{len(whole)} sentences; the engine {engine} scores {zero} of them exactly 0. The table has the strongest."
    return Screen(says, whole, axes, points, f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>")


def beside(story: Story, places: Iterable[Place], *, alignments: pd.DataFrame, mark: str = "") -> str:
    """Return the sentences at ``places`` with their neighbours and, for each other article, their counterparts.

    ``places`` are pairs of article_id and sentence_id; the result is HTML with all text escaped. Where no counterpart
    was found the article's column says so. Occurrences of the term ``mark`` are marked.
    """
    wanted = set(places)
    linked = set(wanted)
    for one, other in (("a", "b"), ("b", "a")):
        pairs = alignments[[f"article_id_{one}", f"sentence_id_{one}", f"article_id_{other}", f"sentence_id_{other}"]]
        linked |= {(there, j) for here, i, there, j in pairs.itertuples(index=False, name=None) if (here, i) in wanted}
    columns = []
    for article_id, rows in story.sentences.groupby("article_id", sort=False):
        hits = {sentence_id for found, sentence_id in linked if found == article_id}
        texts = dict(zip(rows["sentence_id"], rows["text"], strict=True))
        near = sorted({n for hit in hits for n in (hit - 1, hit, hit + 1)} & set(texts))
        paragraphs = [
            f"<p>{_marked(texts[n], mark)}</p>" if n in hits else f"<p class='near'>{safe(texts[n])}</p>" for n in near
        ]
        body = "".join(paragraphs) or "<p class='near'>No counterpart found.</p>"
        columns.append(f"<section><h4>{safe(rows['source'].iloc[0])}</h4>{body}</section>")
    return f"<div class='texts'>{''.join(columns)}</div>"


def save(screen: Screen, name: str, *, kind: str, folder: str | Path = SAVED) -> Path:
    """Write the chart of a screen as ``png`` or ``svg``, or its table as ``csv``; return the new file.

    An earlier file is never overwritten: the new one takes the next number. Raises ``ValueError`` for another kind,
    and where a screen has no chart, or shows nothing at all.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     save(Screen("", pd.DataFrame({"n": [1]})), "a story", kind="csv", folder=place).name
    'a-story.csv'
    """
    if kind not in ("png", "svg", "csv"):
        raise ValueError(f"explore.save: no kind {kind!r}; it is 'png', 'svg' or 'csv'.")
    if kind != "csv" and screen.axes is None:
        raise ValueError("explore.save: this screen shows no chart; save its table as 'csv'.")
    if not len(screen.table.columns):
        raise ValueError("explore.save: this screen shows nothing that could be saved.")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"\W+", "-", name).strip("-") or "screen"
    number = 1
    while (path := folder / f"{stem}{f'-{number}' if number > 1 else ''}.{kind}").exists():
        number += 1
    if kind == "csv":
        screen.table.to_csv(path, index=False)
    else:
        import matplotlib

        with matplotlib.rc_context(charts.STYLE):
            metadata = {"Date": None} if kind == "svg" else {"Software": None}
            screen.axes.get_figure(root=True).savefig(
                path, format=kind, dpi=200, facecolor=charts.PAPER, metadata=metadata
            )
    return path


def show(place: str | Path = "facebook-trump-posts") -> "Explorer":
    """Open a story with controls: sources, voice, question, and what the question needs.

    Shown in JupyterLab as widgets; each change redraws at once. ``place`` is what :func:`analysis.corpus.read` takes.
    """
    return Explorer(place)


class Explorer:
    """The controls of explore.ipynb, and the screen that they show."""

    def __init__(self, place: str | Path):
        import ipywidgets as w

        names = corpus.stories()
        here = str(place)
        self._widgets = w
        wide = {"description_width": "6rem"}
        self.story = w.Dropdown(
            options=names if here in names else [here, *names], value=here, description="Story", style=wide
        )
        self.question = w.ToggleButtons(options=list(_QUESTIONS), description="Show", style=wide)
        self.sources = w.SelectMultiple(description="Sources", style=wide, rows=3)
        self.voice = w.Dropdown(options=[ALL, "narration", "reported", "quotation"], description="Voice", style=wide)
        self.term = w.Text(value="", description="Term", style=wide, continuous_update=False)
        self.order = w.ToggleButtons(options=["text", "left", "right"], description="Sort by", style=wide)
        self.target = w.Dropdown(description="Words of", style=wide)
        self.min_n = w.IntSlider(value=5, min=1, max=20, description="At least n", style=wide)
        self.event = w.Dropdown(description="Event", style=wide)
        self.threshold = w.FloatSlider(
            value=alignment.THRESHOLD,
            min=0.02,
            max=0.6,
            step=0.01,
            description="Similarity",
            style=wide,
            readout_format=".2f",
        )
        self.speaker = w.Dropdown(description="Speaker", style=wide)
        self.engine = w.Dropdown(options=list(sentiment.ENGINES), description="Engine", style=wide)
        self.chart, self.lines, self.texts = _surface()(), _surface()(), _surface()()
        self.says = w.HTML()
        self.status = w.HTML()
        self.saves = [w.Button(description=f"Save {kind.upper()}") for kind in ("png", "svg", "csv")]
        self.drop = _drop()()
        self.into = w.Text(value="my-story", description="Into story", style=wide)
        self._quiet = False
        self.tables: Story | None = None
        self.screen = Screen("", pd.DataFrame())
        self._layout()
        self._connect()
        self._open()

    def _repr_mimebundle_(self, **options: object) -> dict:
        return self.view._repr_mimebundle_(**options)

    def _layout(self) -> None:
        w = self._widgets
        self.controls = w.VBox()
        adding = w.VBox([w.HTML("<h4>Add articles</h4>"), self.into, self.drop])
        self.view = w.VBox(
            [
                w.HBox([self.story, self.sources, self.voice]),
                self.question,
                self.controls,
                self.says,
                self.chart,
                self.texts,
                self.lines,
                w.HBox(self.saves),
                self.status,
                adding,
            ]
        )

    def _connect(self) -> None:
        self.story.observe(lambda _: None if self._quiet else self._open(), "value")
        for control in (
            self.question, self.sources, self.voice, self.term, self.order, self.target, self.min_n, self.threshold,
            self.speaker, self.engine,
        ):  # fmt: skip
            control.observe(lambda _: self.draw(), "value")
        self.event.observe(lambda change: self._pick(f"event {change['new']}"), "value")
        for surface in (self.chart, self.lines):
            surface.observe(lambda change: self._pick(change["new"].get("key", "")), "picked")
        for button, kind in zip(self.saves, ("png", "svg", "csv"), strict=True):
            button.on_click(functools.partial(self._save, kind))
        self.drop.on_msg(self._add)

    def _open(self) -> None:
        """Read the chosen story, and fill what depends on it."""
        self._tell("Reading the articles …")
        try:
            self.tables = read(self.story.value)
        except corpus.CorpusError as error:
            self.tables = None
            self._clear(str(error))
            self._tell("")
            return
        sources = sorted(self.tables.articles["source"].unique())
        common = self.tables.tokens["term"].value_counts()
        long = [term for term in common.index if len(term) > 4]
        heard = self.tables.quotations["name"].dropna().value_counts().index
        self._quiet = True
        self.sources.options, self.sources.value = sources, sources
        self.target.options, self.target.value = sources, sources[0]
        self.term.value = long[0] if long else ""
        self.speaker.options = [("everyone", ""), *((name, name) for name in heard)]
        self._quiet = False
        self._tell(self.tables.left_out)
        self.draw()

    def draw(self) -> None:
        """Show the screen that the controls ask for."""
        if self._quiet or self.tables is None:
            return
        used, make = _QUESTIONS[self.question.value]
        self.controls.children = [getattr(self, name) for name in used]
        shown = narrow(self.tables, sources=self.sources.value, voice=self.voice.value)
        if shown.passages.empty:
            self._clear("Nothing is left in this voice and these sources: choose others.")
            return
        self.shown = shown
        self.screen = make(self, shown)
        self.says.value = f"<p>{safe(self.screen.says)}</p>"
        self.texts.markup = ""
        self.chart.points = dict(self.screen.points)
        self.chart.markup = _svg(self.screen) if self.screen.axes is not None else ""
        self.lines.markup = self.screen.markup
        if self.question.value == "Events":
            labels = self.screen.table.drop_duplicates("event_id")[["label", "event_id"]]
            self._quiet = True
            self.event.options = [("choose one", None), *labels.itertuples(index=False, name=None)]
            self._quiet = False

    def _pick(self, key: str) -> None:
        """Show the text behind a picked part: a sentence, an event, or a term's lines."""
        kind, _, rest = key.partition(" ")
        if self._quiet or not rest or rest == "None":
            return
        if kind == "term":
            self._quiet = True
            self.term.value = rest
            self._quiet = False
            self.question.value = "Words in context"
            return
        if kind == "event":
            rows = self.screen.table[self.screen.table["event_id"] == int(rest)]
            places = zip(rows["article_id"], rows["sentence_id"], strict=True)
        else:
            number, _, article_id = rest.partition(" ")
            places = [(article_id, int(number))]
        mark = self.term.value if self.question.value == "Words in context" else ""
        # Only now: linking the sentences takes longer than all else, and most changes need no links.
        alignments = alignment.align(self.shown.sentences, threshold=self.threshold.value)
        self.texts.markup = beside(self.shown, places, alignments=alignments, mark=mark)

    def _save(self, kind: str, _: object) -> None:
        try:
            path = save(self.screen, f"{Path(self.story.value).name} {self.question.value}", kind=kind)
        except (ValueError, OSError) as error:
            self._tell(str(error))
        else:
            self._tell(f"Saved {path}")

    def _add(self, _: object, content: Mapping, buffers: list) -> None:
        """Add dropped files to a story, and say of each what was taken."""
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, data in zip(content["names"], buffers, strict=True):
                files.append(Path(folder) / Path(name).name)
                files[-1].write_bytes(bytes(data))
            try:
                told = corpus.add(self.into.value, files)
            except corpus.CorpusError as error:
                self._tell(str(error))
                return
        if (told["outcome"] != "not added").any():
            self._change_to(self.into.value)
        lines = "\n".join(map(_told, told.to_dict("records")))
        self._tell(lines.replace(f"{folder}{os.sep}", ""))

    def _change_to(self, story: str) -> None:
        """Open a story that the dropdown may not offer yet, or whose articles have changed."""
        names = corpus.stories()
        self._quiet = True
        self.story.options = names if story in names else [story, *names]
        self.story.value = story
        self._quiet = False
        self._open()

    def _clear(self, why: str) -> None:
        self.says.value = f"<p>{safe(why)}</p>"
        self.chart.markup = self.lines.markup = self.texts.markup = ""
        self.screen = Screen(why, pd.DataFrame())

    def _tell(self, text: str) -> None:
        self.status.value = f"<pre role='status'>{safe(text)}</pre>" if text else ""


_QUESTIONS: dict[str, tuple[tuple[str, ...], Callable[[Explorer, Story], Screen]]] = {
    "Words in context": (("term", "order"), lambda e, story: context(story, e.term.value, order=e.order.value)),
    "Words that differ": (("target", "min_n"), lambda e, story: words(story, e.target.value, min_n=e.min_n.value)),
    "Events": (("event", "threshold"), lambda e, story: events(story, threshold=e.threshold.value)),
    "Who is heard": (("speaker",), lambda e, story: voices(story, speaker=e.speaker.value)),
    "Tone": (("engine",), lambda e, story: tone(story, engine=e.engine.value)),
}


def _sentence_at(story: Story, article_ids: pd.Series, starts: pd.Series) -> list[int]:
    """Return the number of the sentence in which each place stands."""
    firsts = {article_id: rows["start"].to_numpy() for article_id, rows in story.sentences.groupby("article_id")}
    return [
        max(0, int(firsts[article_id].searchsorted(start, side="right")) - 1)
        for article_id, start in zip(article_ids, starts, strict=True)
    ]


def _positions(story: Story, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows that have article_id and start with their position, 0 at the start of the article, 1 at its end."""
    lengths = story.articles.set_index("article_id")["text"].str.len()
    return rows.assign(position=rows["start"] / rows["article_id"].map(lengths).astype("float64"))


def _points(places: pd.DataFrame, name: str) -> dict[str, list[tuple[str, str]]]:
    """Return key and name of each point that :func:`charts.occurrences` draws, lane by lane in the same order."""
    ordered = places.sort_values("position", kind="stable").groupby("article_id")
    return {
        f"places-{lane}": [(_key(article_id, row["sentence_id"]), str(row[name])) for _, row in rows.iterrows()]
        for lane, (article_id, rows) in enumerate(ordered)
    }


def _key(article_id: str, sentence_id: int) -> str:
    return f"sentence {sentence_id} {article_id}"


def _button(article_id: str, sentence_id: int, text: str) -> str:
    return f"<button data-pick='{safe(_key(article_id, sentence_id))}'>{safe(text)}</button>"


def _told(addition: Mapping) -> str:
    """Return in words what became of one article, or of a file without one."""
    took = f" as {Path(addition['path']).name}, {addition['n_words']:,} words" if addition["outcome"] == "added" else ""
    note = "" if pd.isna(addition["note"]) else f": {addition['note']}"
    return f"{addition['file']}: {addition['outcome']}{took}{note}"


def _known(value: object) -> str:
    return "–" if pd.isna(value) else safe(value)


def _marked(text: str, term: str) -> str:
    """Escape a sentence and mark a term's tokens in it."""
    wanted = [found for _, _, found in segmentation.spans(term)]
    pieces, last = [], 0
    for start, end, found in segmentation.spans(text):
        if found in wanted:
            pieces += [safe(text[last:start]), f"<mark>{safe(text[start:end])}</mark>"]
            last = end
    return "".join(pieces) + safe(text[last:])


def _svg(screen: Screen) -> str:
    """Draw the chart of a screen as an SVG element that keeps the names of its groups."""
    import matplotlib

    drawn = io.StringIO()
    with matplotlib.rc_context(charts.STYLE):
        figure = screen.axes.get_figure(root=True)
        # Laid out once: matplotlib would do it anew for each of two drawings.
        if figure.get_layout_engine():
            figure.get_layout_engine().execute(figure)
            figure.set_layout_engine("none")
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    markup = drawn.getvalue()
    return markup[markup.index("<svg") :].replace("<svg ", f'<svg role="group" aria-label="{safe(screen.says)}" ', 1)


@functools.cache
def _surface() -> type[Any]:
    import anywidget
    import traitlets

    class Surface(anywidget.AnyWidget):
        """Escaped markup, whose marked parts can be picked."""

        _esm = ASSETS / "surface.js"
        _css = ASSETS / "explore.css"
        markup = traitlets.Unicode().tag(sync=True)
        points = traitlets.Dict().tag(sync=True)
        picked = traitlets.Dict().tag(sync=True)

    return Surface


@functools.cache
def _drop() -> type[Any]:
    import anywidget

    class Drop(anywidget.AnyWidget):
        """A place to drop files on."""

        _esm = ASSETS / "drop.js"
        _css = ASSETS / "explore.css"

    return Drop
