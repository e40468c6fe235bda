"""What is shown is HTML that is safe, names its parts, and says what the table holds."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from matplotlib.figure import Figure

from analysis import alignment, charts, corpus, display, keyness, language, segmentation, tables

TEXTS = {
    "a": 'The bridge closed on Monday.\n\n"It is a disaster," Ann Hill said. Nobody was hurt.',
    "b": "It rained. The bridge was closed on Monday.\n\nHill called it a disaster.",
    "c": "On Monday they closed the bridge.",
}
HOSTILE = "<script>x()</script>\"'><img src=x onerror=x()> & \x1b\u202e"


class Parsed(HTMLParser):
    def __init__(self, markup: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("input", "br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def articles():
    return corpus.from_records([{"source": source, "text": text} for source, text in TEXTS.items()])


@pytest.fixture
def sentences(articles):
    return segmentation.split(articles)


@pytest.fixture
def events():
    rows = [(0, "a", 0), (0, "b", 1), (0, "c", 0), (1, "a", 1), (1, "b", 2)]
    return tables.make(
        "events",
        [
            {
                "story": "story",
                "event_id": i,
                "label": f"<event {i}>",
                "article_id": f"story/{s}",
                "source": s,
                "sentence_id": n,
            }
            for i, s, n in rows
        ],
    )


@pytest.fixture
def quotations():
    start = TEXTS["a"].index('"It is')
    row = {
        "article_id": "story/a",
        "story": "story",
        "source": "a",
        "quotation_id": 0,
        "start": start,
        "end": start + 19,
        "text": TEXTS["a"][start : start + 19],
        "kind": "direct",
        "speaker": "Ann Hill",
        "name": "Ann <Hill>",
        "named": True,
        "confidence": 0.9,
    }
    return tables.make("quotations", [row])


def words(markup: str) -> str:
    """Return what a reader of the markup sees, without the numbers of events and the names of speakers."""
    tree = html.fromstring(markup)
    for mark in tree.xpath('//sup|//*[@class="speaker"]'):
        mark.drop_tree()
    return " ".join(tree.text_content().split())


def test_the_reader_shows_every_word_of_every_article(articles, sentences, events, quotations):
    shown = words(display.reader(articles, sentences, events, quotations=quotations).markup)
    for text in TEXTS.values():
        for paragraph in text.split("\n\n"):
            assert " ".join(paragraph.split()) in shown


def test_each_sentence_of_an_event_leads_to_the_next_source_and_round_again(articles, sentences, events):
    found = Parsed(display.reader(articles, sentences, events).markup)
    links = {attributes["id"]: attributes for tag, attributes in found.tags if tag == "a"}
    assert len(links) == len(events)
    for event_id, size in ((0, 3), (1, 2)):
        members = [name for name, link in links.items() if link["data-event"] == str(event_id)]
        place, seen = members[0], []
        while place not in seen:
            seen.append(place)
            place = links[place]["href"][1:]
        assert sorted(seen) == sorted(members)
        assert len(seen) == size
        assert links[place]["title"] == f"Event {event_id + 1}: <event {event_id}>"


def test_what_no_other_article_tells_is_plain(articles, sentences, events):
    markup = display.reader(articles, sentences, events).markup
    assert '<span class="alone">It rained.</span>' in markup
    assert '<span class="alone">Nobody was hurt.</span>' in markup


def test_a_quotation_stands_with_its_speaker(articles, sentences, events, quotations):
    markup = display.reader(articles, sentences, events, quotations=quotations).markup
    assert (
        '<span class="quotation">&quot;It is a disaster,&quot;</span> '
        '<span class="speaker">Ann &lt;Hill&gt;</span> Ann Hill said.'
    ) in markup
    assert 'value="quoted"' in markup
    assert 'value="quoted"' not in display.reader(articles, sentences, events).markup


def test_a_quotation_that_is_interrupted_is_marked_around_the_interruption(articles, sentences, events, quotations):
    start = quotations["start"].item()
    cut = quotations.assign(gap_start=start + 6, gap_end=start + 8)
    markup = display.reader(articles, sentences, events, quotations=cut).markup
    assert '<span class="quotation">&quot;It is</span> a<span class="quotation"> disaster,&quot;</span>' in markup


def test_marks_that_cross_are_both_shown(articles, sentences, events, quotations):
    start = TEXTS["a"].index("disaster")
    flag = {
        "article_id": "story/a",
        "story": "story",
        "source": "a",
        "sentence_id": 1,
        "start": start,
        "end": start + 15,
    }
    flags = tables.make("flags", [{**flag, "text": TEXTS["a"][start : start + 15], "category": "loaded", "lemma": "x"}])
    markup = display.reader(articles, sentences, events, quotations=quotations, flags=flags).markup
    assert '<span class="loaded quotation">disaster,&quot;</span>' in markup
    assert '<span class="loaded"> Ann </span>' in markup


def test_of_a_mixed_quotation_only_the_words_between_marks_are_tinted(quotations):
    text = 'Ann Hill called it a "disaster" for all.'
    told = corpus.from_records([{"source": "a", "text": text}])
    row = {"start": 16, "end": 39, "text": text[16:39], "kind": "mixed"}
    sentences = segmentation.split(told)
    markup = display.reader(told, sentences, tables.make("events"), quotations=quotations.assign(**row))
    assert (
        'Ann Hill called it a <span class="quotation">&quot;disaster&quot;</span> '
        '<span class="speaker">Ann &lt;Hill&gt;</span> for all.'
    ) in markup.markup
    unsure = quotations.assign(**row, confidence=0.3)
    assert (
        'class="quotation">&quot;'
        not in display.reader(told, sentences, tables.make("events"), quotations=unsure).markup
    )


def test_flags_of_every_category_are_marked_and_named():
    told = corpus.from_records([{"source": "a", "text": "By the way, it was a furious plan, perhaps."}])
    sentences = segmentation.split(told)
    flags = language.flag(sentences)
    assert set(flags["category"]) == {"aside", "hedge", "loaded"}
    markup = display.reader(told, sentences, tables.make("events"), flags=flags).markup
    for row in flags.itertuples():
        about = "" if row.category == "loaded" else f' title="{row.category}"'
        kind = "loaded" if row.category == "loaded" else "flag"
        assert f'<span class="{kind}"{about}>{row.text}</span>' in markup
    assert '<span class="flag">Dashed</span>: aside, hedge (point at it to see which).' in markup
    plain = display.reader(told, sentences, tables.make("events"), flags=flags.iloc[:0]).markup
    assert "Dashed" not in plain
    assert "Dotted" not in plain


def test_without_the_full_text_snippets_of_what_is_shared_are_left(sentences, events):
    long = corpus.from_records([{"source": s, "text": " ".join(f"word{i}" for i in range(40)) + "."} for s in "ab"])
    shared = pd.DataFrame({"event_id": 0, "label": "x", "article_id": ["story/a", "story/b"], "sentence_id": 0})
    markup = display.reader(long, segmentation.split(long), shared, full=False).markup
    assert "word14 …" in markup
    assert "word15" not in markup
    alone = display.reader(long, segmentation.split(long), tables.make("events"), full=False).markup
    assert "(40 words)" in alone
    assert "word0" not in alone


def test_several_articles_of_a_source_have_columns_of_their_own(events):
    articles = corpus.from_records([{"source": "a", "text": "It rained."}, {"source": "a", "text": "It snowed."}])
    markup = display.reader(articles, segmentation.split(articles), tables.make("events")).markup
    assert markup.count('<div class="column">') == 2


@pytest.mark.parametrize(("n", "first"), [(2, "story: 2 articles (a, b)"), (1, "story: 1 article (a)"), (0, "- A.")])
def test_the_summary_begins_with_the_story(n, first):
    found = pd.DataFrame({"sentence": ["A."], "n": ["9 texts"]})
    articles = corpus.from_records([{"source": name, "text": "It rained."} for name in "ab"[:n]])
    assert f">{first}" in display.summary(found, articles).markup


def test_markup_nests_and_no_two_parts_have_one_name(articles, sentences, events, quotations):
    pieces = [
        display.reader(articles, sentences, events, quotations=quotations),
        display.reader(articles[:2], sentences, events),
        display.sources(articles, sentences, segmentation.tokenize(sentences)),
        display.table(sentences),
    ]
    found = Parsed("".join(piece.markup for piece in pieces))
    names = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(names) == len(set(names))
    assert not found.open


def shown_everywhere(text: str) -> str:
    """Return the markup of everything that can be shown, with ``text`` wherever a table holds text."""
    articles = corpus.from_records(
        [{"source": text, "text": f"{text} It rained.", "title": text, "author": text, "genre": text, "url": text}]
    )
    sentences = segmentation.split(articles)
    tokens = segmentation.tokenize(sentences)
    rows = {"event_id": 0, "label": text, "source": text, "article_id": articles["article_id"], "sentence_id": 0}
    events = tables.make("events", pd.DataFrame(rows).assign(story="story"))
    tones = pd.DataFrame({"source": [text], "n": [1], "mean": [0.1], "low": [0.0], "high": [0.2]})
    found = {"status": ["holds"], "topic": [text], "sentence": [text], "n": [text], "section": [text]}
    pieces = [
        display.table(articles.drop(columns="published"), caption=text),
        display.sources(articles, sentences, tokens),
        display.notes(pd.DataFrame({"source": [text], "note": [text]})),
        display.findings(pd.DataFrame(found)),
        display.summary(pd.DataFrame(found), articles),
        display.reader(articles, sentences, events),
        display.figure(charts.tone(tones), text, text, text, tones),
        display.pick({text: display.table(tones)}),
    ]
    return "".join(piece.markup for piece in pieces)


def test_text_is_text_wherever_it_stands():
    plain, hostile = Parsed(shown_everywhere("plain" * len(HOSTILE))), Parsed(shown_everywhere(HOSTILE))
    assert {tag for tag, _ in hostile.tags} <= {tag for tag, _ in plain.tags}
    named = {(tag, name) for tag, attributes in plain.tags for name in attributes}
    assert {(tag, name) for tag, attributes in hostile.tags for name in attributes} <= named
    assert not [name for _, attributes in hostile.tags for name in attributes if name.startswith("on")]
    assert not set("\x1b\u202e") & set(shown_everywhere(HOSTILE))


@given(st.text(max_size=40))
def test_escaped_text_comes_back_as_it_was_but_for_what_cannot_be_seen(text):
    escaped = display.safe(text)
    assert not set("<>\"'") & set(escaped)
    assert html.fromstring(f"<p>x{escaped}</p>").text == "x" + charts.visible(text).replace("\r", "\n")


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://paper.example/a", True),
        ("http://paper.example", True),
        ("javascript:x()", False),
        (" https://paper.example", False),
        ("data:text/html,x", False),
        ("https://paper.example/ onclick=x()", False),
        ("see https://paper.example", False),
    ],
)
def test_only_an_address_of_the_web_is_a_link(address, linked):
    found = Parsed(display.table(pd.DataFrame({"url": [address]})).markup)
    assert bool([tag for tag, _ in found.tags if tag == "a"]) is linked


def test_a_table_shows_numbers_as_numbers_and_what_is_missing_as_a_dash():
    frame = pd.DataFrame({"n": [1234, -5], "share": [0.126, None], "named": [True, False], "term": ["a", None]})
    cells = re.findall(r"<td[^>]*>(.*?)</td>", display.table(frame).markup)
    assert cells == ["1,234", "0.13", "yes", "a", "−5", "–", "no", "–"]
    found = Parsed(display.table(frame, caption="Some numbers").markup)
    heads = [attributes for tag, attributes in found.tags if tag == "th"]
    assert [attributes.get("class") for tag, attributes in found.tags if tag == "table"] == ["sortable n1 n2"]
    assert {attributes["scope"] for attributes in heads} == {"col"}


def test_a_column_of_long_texts_is_given_room():
    frame = pd.DataFrame({"term": ["a"], "text": ["word " * 20], "missing": [None], "n": [1]})
    heads = [attributes.get("class") for tag, attributes in Parsed(display.table(frame).markup).tags if tag == "th"]
    assert heads == [None, "long", None, None]


@pytest.mark.parametrize("n", [2, 3])
def test_a_sentence_that_several_articles_lack_stands_once_beside_them(n):
    told = corpus.from_records(
        [
            {"source": "a", "text": "It rained. Swans bred."},
            *[{"source": s, "text": f"The {s} bank failed."} for s in "bc"[: n - 1]],
        ]
    )
    sentences = segmentation.split(told)
    missed = alignment.omissions(sentences, tables.make("alignments"))
    shown = display.unmatched(missed, sentences).markup
    assert f"All {n + 1} sentences without a counterpart" in shown
    tree = html.fromstring(shown)
    cells = [[cell.text for cell in row.findall("td")] for row in tree.findall(".//tbody/tr")]
    assert len(cells) == len(missed)
    assert sum("It rained." in row[:2] for row in cells) == 1
    spans = [cell.get("rowspan") for cell in tree.findall(".//td") if cell.text == "It rained." and cell.get("rowspan")]
    assert spans == ([] if n == 2 else ["2"])
    if n == 3:
        assert cells[:2] == [
            ["a", "It rained.", "b", "The b bank failed.", "0.00"],
            ["c", "The c bank failed.", "0.00"],
        ]


def test_a_figure_has_claim_caption_alternative_and_numbers():
    tones = pd.DataFrame({"source": ["a"], "n": [1], "mean": [0.1], "low": [0.0], "high": [0.2]})
    tree = html.fromstring(
        display.figure(charts.tone(tones), "A claim.", "A caption.", "An alternative.", tones).markup
    )
    assert tree.findtext("h3") == "A claim."
    assert tree.findtext("figcaption/p") == "A caption."
    (svg,) = tree.xpath("//*[local-name()='svg']")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "An alternative.")
    assert tree.xpath("//details//table//td/text()")[0] == "a"


def test_a_drawing_holds_no_style_no_address_and_no_date():
    tones = pd.DataFrame({"source": ["a", "b"], "n": [1, 2], "mean": [0.1, 0.2], "low": [0.0, 0.1], "high": [0.2, 0.3]})
    one, other = (display.figure(charts.tone(tones), "x", "y", "z").markup for _ in range(2))
    assert one == other
    assert "style=" not in one
    assert "xlink" not in one
    assert re.findall(r"https?://[^\"]+", one) == ["http://www.w3.org/2000/svg"]
    assert "<text" in one
    assert 'class="f-s0' in one
    assert 'class="f-s1' in one


def test_what_all_points_have_in_common_is_said_once():
    terms = pd.DataFrame({"term": list("abcdefgh"), "n_target": range(9, 17), "n_reference": range(16, 8, -1)})
    terms = terms.assign(log_ratio=[2.0, 1.5, 1.0, 0.5, -0.5, -1.0, -1.5, -2.0], q=1.0, log_likelihood=0.0)
    markup = display.figure(charts.keyness(terms, target="one", reference="two"), "x", "y", "z").markup
    groups = re.findall(r"<g ([^>]*)>((?:<use [^>]*/>){2,})</g>", markup)
    assert [points.count("<use") for _, points in groups] == [4, 4]
    for attributes, points in groups:
        assert "fill=" in attributes
        assert "class=" in attributes
        assert not re.search("fill=|class=|stroke=", points)


def test_lines_that_look_alike_are_one_line_and_what_draws_nothing_is_left_out():
    drawn = Figure(figsize=(2, 2))
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.vlines([0.1, 0.2, 0.3], 0, 1, colors=charts.COLOURS[0])
    axes.plot([0.5, 0.6], [0.5, 0.6], color=charts.COLOURS[1])
    axes.plot([], [], color=charts.COLOURS[1])
    axes.vlines([0.7, 0.8], 0, 1, colors=charts.COLOURS[0], alpha=0.5)
    for place in (0.4, 0.9):
        axes.plot([place], [place], "o", color=charts.COLOURS[2])
    (svg,) = html.fromstring(display.figure(axes, "x", "y", "z").markup).iter("svg")
    lines = [path for path in svg.iter("path") if path.get("fill") == "none"]
    assert [path.get("d").count("M") for path in lines] == [3, 1, 1, 1]
    assert [path.get("d").count("L") for path in lines] == [3, 1, 1, 1]
    assert not [path.get("d") for path in lines if re.search(r"\s[ML]|[ML]\s|\s$", path.get("d"))]
    # The same points of two series are one group, since nothing but their place differs.
    assert [len(group) for group in svg.iter("g")] == [2]
    assert len(list(svg.iter("use"))) == 2


def test_two_drawings_share_no_names():
    tones = pd.DataFrame({"source": ["a"], "n": [1], "mean": [0.1], "low": [0.0], "high": [0.2]})
    pages = [display.figure(charts.tone(tones.assign(mean=mean)), "x", "y", "z").markup for mean in (0.1, 0.15)]
    names = [set(re.findall(r' id="([^"]+)"', page)) for page in pages]
    assert names[0]
    assert not names[0] & names[1]
    for page, own in zip(pages, names, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', page)) <= own


def test_many_comparisons_without_a_result_are_folded_away():
    rows = [("holds", "A differs."), *[("too little text", f"Nothing {i}.") for i in range(7)]]
    found = pd.DataFrame(rows, columns=["status", "sentence"]).assign(topic="tone", n="9", section="tone")
    markup = display.findings(found).markup
    assert "7 comparisons in which nothing holds" in markup
    assert markup.index("A differs.") < markup.index("<details>") < markup.index("Nothing 0.")
    assert "<details>" not in display.findings(found[:4]).markup


def test_many_findings_of_one_kind_begin_with_some_and_fold_the_rest():
    found = pd.DataFrame({"sentence": [f"Reused {i}." for i in range(9)]})
    markup = display.findings(found.assign(status="note", topic="reuse", n="9", section="story")).markup
    assert "6 more of the kind" in markup
    assert markup.index("Reused 2.") < markup.index("<details>") < markup.index("Reused 3.")
    assert markup.count("<li>") == 10


def test_nothing_to_show_is_said_and_not_drawn(articles):
    tones = pd.DataFrame({"source": [], "n": [], "mean": [], "low": [], "high": []})
    assert display.figure(charts.tone(tones), "Too little <text>.", "x", "y", tones).markup == (
        '<p class="nothing">Too little &lt;text&gt;.</p>'
    )
    assert display.table(tones).markup == '<p class="nothing">nothing found.</p>'
    assert "no text" in display.reader(articles[:0], tables.make("sentences"), tables.make("events")).markup


def test_in_a_notebook_a_piece_brings_its_style_and_script():
    shown = display.table(pd.DataFrame({"a": [1]}))._repr_html_()
    assert shown.startswith("<style>")
    assert '<div class="px">' in shown
    assert shown.endswith("</script>")
    assert repr(display.table(pd.DataFrame({"a": [1]}))) == "<table: 1 row of a>"


def test_style_and_script_end_where_they_should():
    assert "</style" not in display.style()
    assert "</script" not in display.script()


def test_pairs_mark_the_words_that_differ():
    articles = corpus.from_records(
        [{"source": "a", "text": "The old bridge."}, {"source": "b", "text": "The new bridge."}]
    )
    pair = {"story": "story", "similarity": 0.9, "sentence_id_a": 0, "sentence_id_b": 0}
    pair |= {
        f"{what}_{side}": f"{start}{side}"
        for what, start in (("article_id", "story/"), ("source", ""))
        for side in "ab"
    }
    markup = display.pairs(tables.make("alignments", [pair]), segmentation.split(articles)).markup
    assert 'The <span class="differs">old</span> bridge.' in markup
    assert 'The <span class="differs">new</span> bridge.' in markup


def test_words_of_each_voice_have_a_chart_of_their_own_narration_first():
    rows = [(s, v, "fire", n, 100) for s, n in (("a", 9), ("b", 3)) for v in ("quotation", "narration")]
    frequencies = pd.DataFrame(rows, columns=["source", "voice", "term", "n", "n_tokens"])
    markup = display.distinctive(keyness.by_source(frequencies, by=["source", "voice"])).markup
    assert re.findall(r'data-choice="([^"]+)"', markup) == ["a and b, narration", "a and b, quotation"]


def test_the_tone_of_an_event_stands_with_the_sentences_that_it_rests_on():
    told = {"story": "s", "event_id": 0, "label": "x", "source": ["a", "b"], "sentences": [1, 2], "words": 9}
    said = {"own_words": "", "speakers": "", "loaded": "", "text": "It rained."}
    markup = display.by_event(pd.DataFrame({**told, "tone": [0.0, -0.25], **said})).markup
    assert "<li>tone: 0.00 (narration of 1 sentence)</li>" in markup
    assert "<li>tone: −0.25 (narration of 2 sentences)</li>" in markup
