"""The panel, the word for a difference, and stories of which the answer is known."""

import time

import numpy as np
import pandas as pd
import pytest
from tram import BLAME, PRAISE, article

from analysis import alignment, corpus, evidence, segmentation, sentiment, tables


def passages(**texts):
    """Return one article a source as passages, all of them narration."""
    articles = corpus.from_records([{"source": source, "text": text} for source, text in texts.items()])
    sentences = segmentation.split(articles)
    return tables.make("passages", sentences.assign(passage_id=sentences["sentence_id"], voice="narration"))


def test_a_planted_strong_difference_holds():
    verdict = evidence.tone(passages(herald=article(PRAISE), courier=article(BLAME))).iloc[0]
    assert verdict["verdict"] == "holds"
    assert (verdict["source_a"], verdict["source_b"]) == ("courier", "herald")
    assert verdict["difference"] < -0.5
    assert verdict["n_cells"] == verdict["n_cells_kept"] == 6


def test_it_holds_whatever_the_engine():
    texts = passages(herald=article(PRAISE), courier=article(BLAME))
    assert {evidence.tone(texts, engine=engine)["verdict"].item() for engine in sentiment.ENGINES} == {"holds"}


def test_two_halves_of_one_article_differ_in_nothing():
    # Both tones in one article: its halves, cut at random in twenty ways, are of the same kind each time.
    both = np.array(PRAISE + BLAME)
    words = []
    for seed in range(20):
        mixed = np.random.default_rng(seed).permutation(both)
        half = len(mixed) // 2
        words.append(evidence.tone(passages(a=article(mixed[:half]), b=article(mixed[half:])))["verdict"].item())
    assert words.count("holds") == 0
    assert words.count("leans") <= 2


def test_two_identical_articles_differ_in_nothing():
    verdict = evidence.tone(passages(a=article(PRAISE), b=article(PRAISE))).iloc[0]
    assert verdict["verdict"] == "does not hold"
    assert verdict["difference"] == 0
    assert verdict["n_cells_kept"] == 0


def test_ten_sentences_are_too_few_to_say():
    verdict = evidence.tone(passages(a=article(PRAISE[:12], 1), b=article(BLAME[:12], 1))).iloc[0]
    assert verdict["excludes_zero"]
    assert verdict["verdict"] == "too little text"


def test_one_source_has_no_verdict():
    assert evidence.tone(passages(a=article(PRAISE))).empty
    assert evidence.robustness(passages(a=article(PRAISE))).empty
    assert evidence.tone(tables.make("passages")).empty


def comparison(**figures):
    row = {
        "measure": "polarity",
        "source_a": "a",
        "source_b": "b",
        "n_tests": 1,
        **dict.fromkeys(("n_a", "n_b"), 40),
        **dict.fromkeys(("n_paragraphs_a", "n_paragraphs_b"), 20),
        **dict.fromkeys(("n_articles_a", "n_articles_b"), 1),
        "difference": 0.3,
        "low": 0.1,
        "high": 0.5,
        "null_95": 0.2,
        **figures,
    }
    return tables.make("comparisons", [row])


def panel(kept, of=12):
    return pd.DataFrame({"source_a": "a", "source_b": "b", "keeps_sign": [True] * kept + [False] * (of - kept)})


@pytest.mark.parametrize(
    ("figures", "kept", "word"),
    [
        ({}, 12, "holds"),
        ({}, 11, "leans"),
        ({}, 9, "leans"),
        ({}, 8, "does not hold"),
        ({"low": -0.1}, 12, "leans"),
        ({"null_95": 0.4}, 12, "leans"),
        ({"null_95": 0.3}, 12, "leans"),
        ({"low": -0.1, "null_95": 0.4}, 12, "does not hold"),
        ({"low": 0.0}, 12, "leans"),
        ({"difference": -0.3, "low": -0.5, "high": -0.1}, 12, "holds"),
        ({"n_a": 29}, 12, "too little text"),
        ({"n_b": 29}, 12, "too little text"),
        ({"n_b": 30}, 12, "holds"),
        ({"low": np.nan, "high": np.nan}, 12, "too little text"),
        ({"null_95": np.nan}, 12, "too little text"),
        ({"p_articles": 0.04, "smallest_p": 0.008}, 12, "holds"),
        ({"p_articles": 0.4, "smallest_p": 0.008}, 12, "leans"),
    ],
)
def test_the_word_follows_from_the_figures(figures, kept, word):
    verdict = evidence.judge(comparison(**figures), panel(kept)).iloc[0]
    assert verdict["verdict"] == word
    assert (verdict["n_cells"], verdict["n_cells_kept"]) == (12, kept)


def test_without_a_second_opinion_nothing_holds():
    verdict = evidence.judge(comparison(), panel(0, 0)).iloc[0]
    assert verdict["verdict"] == "does not hold"
    assert verdict["n_cells"] == 0


def voiced():
    rows = passages(a="Great news today\n\n" + article(PRAISE[:6]), b="A dark day\n\n" + article(BLAME[:6]))
    return rows.assign(
        voice=["narration", "quotation", "reported"] * (len(rows) // 3) + ["narration"] * (len(rows) % 3)
    )


def test_the_panel_has_each_dimension_that_the_story_has():
    full = evidence.robustness(voiced())
    assert len(full) == 3 * 2 * 2 * 2
    assert full["main"].sum() == 1
    assert full.loc[full["main"], ["engine", "voice", "headline", "unit"]].values.tolist() == [
        ["textblob", "narration", "without", "passages"]
    ]
    plain = evidence.robustness(passages(a=article(PRAISE[:6]), b=article(BLAME[:6])))
    assert plain[["voice", "headline"]].drop_duplicates().values.tolist() == [["narration", "without"]]
    assert len(plain) == 3 * 2


def test_cells_are_what_they_say():
    texts = voiced()
    cells = evidence.robustness(texts).set_index(["engine", "voice", "headline", "unit"])["difference"]
    body = texts[(texts["part"] == "body") & (texts["voice"] == "narration")]
    for engine in sentiment.ENGINES:
        means = sentiment.score(body, engine=engine).groupby("source")["polarity"].mean()
        assert cells[engine, "narration", "without", "passages"] == pytest.approx(means["a"] - means["b"])
    joined = texts.groupby("source")["text"].agg("\n".join).reset_index()
    whole = sentiment.score(joined, engine="textblob").set_index("source")["polarity"]
    assert cells["textblob", "all text", "with", "whole text"] == pytest.approx(whole["a"] - whole["b"])
    vader = sentiment.score(texts, engine="vader").assign(length=lambda rows: rows["text"].str.len())
    weighted = vader.groupby("source")[["polarity", "length"]].apply(
        lambda rows: np.average(rows["polarity"], weights=rows["length"])
    )
    assert cells["vader", "all text", "with", "whole text"] == pytest.approx(weighted["a"] - weighted["b"])
    both = cells.xs(("all text", "with", "whole text"), level=["voice", "headline", "unit"])
    assert both["blend"] == pytest.approx(2 / 3 * both["vader"] + 1 / 3 * both["textblob"])


def test_signs_are_held_against_the_chosen_engine():
    full = evidence.robustness(voiced(), engine="vader")
    assert full.loc[full["main"], "engine"].item() == "vader"
    assert full.loc[full["main"], "keeps_sign"].item()
    own = np.sign(full.loc[full["main"], "difference"].item())
    assert (full["keeps_sign"] == (np.sign(full["difference"].round(12)) == own)).all()


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match=r"evidence\.robustness: no engine 'nrc'; there are textblob, vader, blend\."):
        evidence.robustness(voiced(), engine="nrc")


def test_rates_are_taken_again_with_all_voices_and_headlines():
    counted = voiced().assign(n_words=10)
    counted["loaded"] = np.where(counted["source"] == "a", 2, 1)
    table = evidence.cuts(counted, value="loaded", per="n_words")
    assert table[["voice", "headline"]].values.tolist() == [
        ["narration", "without"],
        ["narration", "with"],
        ["all text", "without"],
        ["all text", "with"],
    ]
    assert table["difference"].tolist() == pytest.approx([0.1] * 4)
    assert table["keeps_sign"].all()


def test_a_planted_difference_in_loaded_words_holds():
    texts = passages(a=article(PRAISE), b=article(BLAME))
    starts = texts[texts["source"] == "b"]
    flags = tables.make("flags", starts.assign(category="loaded", lemma="x"))
    verdict = evidence.rate(texts, flags, category="loaded").iloc[0]
    assert verdict["measure"] == "loaded"
    assert verdict["mean_a"] == 0
    assert verdict["verdict"] == "holds"
    assert evidence.rate(texts, flags[:0], category="loaded")["verdict"].item() == "does not hold"


def test_thresholds_part_firm_matches_from_weak_ones():
    ends = {"story": "s", "article_id_a": "s/a", "source_a": "a", "article_id_b": "s/b", "source_b": "b"}
    alignments = tables.make(
        "alignments",
        [
            {**ends, "sentence_id_a": 0, "sentence_id_b": 0, "similarity": 0.9},
            {**ends, "sentence_id_a": 1, "sentence_id_b": 1, "similarity": 1.3 * alignment.THRESHOLD},
            # It leads from one event into the other, and makes neither firmer.
            {**ends, "sentence_id_a": 1, "sentence_id_b": 0, "similarity": 0.95},
        ],
    )
    events = tables.make(
        "events",
        [
            {"story": "s", "event_id": i, "label": f"e{i}", "article_id": f"s/{x}", "source": x, "sentence_id": i}
            for i in (0, 1)
            for x in "ab"
        ],
    )
    table = evidence.thresholds(events, alignments)
    default = alignment.THRESHOLD
    assert table["threshold"].unique().tolist() == pytest.approx([default, 1.25 * default, 1.5 * default])
    assert table.groupby("label")["linked"].agg(list).to_dict() == {"e0": [True] * 3, "e1": [True, True, False]}
    assert table["similarity"].tolist() == pytest.approx([0.9] * 3 + [1.3 * default] * 3)
    assert evidence.thresholds(events[:0], alignments[:0]).empty


def test_three_sources_stay_linked_through_one_another():
    rows = [("a", "b", 0.9), ("b", "c", 1.3 * alignment.THRESHOLD)]
    alignments = tables.make(
        "alignments",
        [
            {
                "story": "s",
                "article_id_a": f"s/{x}",
                "source_a": x,
                "sentence_id_a": 0,
                "article_id_b": f"s/{y}",
                "source_b": y,
                "sentence_id_b": 0,
                "similarity": similarity,
            }
            for x, y, similarity in rows
        ],
    )
    events = tables.make(
        "events",
        [
            {"story": "s", "event_id": 0, "label": "e", "article_id": f"s/{x}", "source": x, "sentence_id": 0}
            for x in "abc"
        ],
    )
    assert evidence.thresholds(events, alignments)["linked"].tolist() == [True, True, False]


def test_input_is_untouched():
    texts = voiced()
    before = texts.copy()
    evidence.tone(texts)
    pd.testing.assert_frame_equal(texts, before)


def test_the_whole_step_takes_less_than_two_seconds():
    articles = corpus.read("facebook-trump-posts")
    sentences = segmentation.split(articles)
    texts = tables.make("passages", sentences.assign(passage_id=sentences["sentence_id"], voice="narration"))
    alignments = alignment.align(sentences)
    events = alignment.events(sentences, alignments)
    started = time.process_time()
    verdicts = [evidence.tone(texts), evidence.rate(texts, tables.make("flags"), category="loaded")]
    panel = evidence.robustness(texts)
    firm = evidence.thresholds(events, alignments)
    equal = evidence.equal_length(segmentation.tokenize(texts))
    found = evidence.findings(articles, sentences=sentences, events=events, thresholds=firm, verdicts=verdicts)
    assert time.process_time() - started < 2
    assert min(map(len, (panel, equal, found))) > 0
