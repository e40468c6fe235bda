"""The findings: which sentence follows from which table, each with its n, none that the tables do not bear out."""

import re

import numpy as np
import pandas as pd
import pytest
from tram import BLAME, PRAISE, article

from analysis import alignment, corpus, evidence, findings, segmentation, tables


def story(genre=None, published=None, **texts):
    records = [
        {
            "source": source,
            "text": text,
            "genre": (genre or {}).get(source),
            "published": (published or {}).get(source),
        }
        for source, text in texts.items()
    ]
    return corpus.from_records(records)


def measured(articles):
    """Return everything that the report hands to the findings, all text taken for narration."""
    sentences = segmentation.split(articles)
    passages = tables.make("passages", sentences.assign(passage_id=sentences["sentence_id"], voice="narration"))
    alignments = alignment.align(sentences)
    events = alignment.events(sentences, alignments)
    return {
        "sentences": sentences,
        "events": events,
        "omissions": alignment.omissions(sentences, alignments),
        "thresholds": evidence.thresholds(events, alignments),
        "reuse": alignment.reuse(sentences),
        "passages": passages,
        "verdicts": evidence.tone(passages),
    }


def said(found, topic):
    return found.loc[found["topic"] == topic, "sentence"].tolist()


def verdict(word="holds", **figures):
    row = {
        "measure": "polarity",
        "source_a": "courier",
        "source_b": "herald",
        **dict.fromkeys(("n_a", "n_b"), 40),
        **dict.fromkeys(("n_paragraphs_a", "n_paragraphs_b"), 20),
        **dict.fromkeys(("n_articles_a", "n_articles_b"), 1),
        "mean_a": -0.25,
        "mean_b": 0.1,
        "difference": -0.35,
        "low": -0.5,
        "high": -0.2,
        "null_95": 0.15,
        "n_tests": 1,
        "n_needed": 30,
        "n_cells": 12,
        "n_cells_kept": 12,
        "excludes_zero": True,
        "beyond_null": True,
        "verdict": word,
        **figures,
    }
    return tables.make("verdicts", [row])


PAIR = story(courier="It rained. It poured.", herald="It snowed.")


def test_a_difference_that_holds_is_named_with_its_figures():
    found = findings.write(PAIR, verdicts=verdict())
    assert said(found, "summary") == ["One difference was examined between these texts: it holds."]
    row = found[found["topic"] == "polarity"].iloc[0]
    assert row["sentence"] == (
        "In these texts, the narration of courier is more negative than that of herald (−0.25 against 0.10 mean "
        "polarity, interval of the difference −0.50 to −0.20; halves of one text differ by up to 0.15; 12 of 12 ways "
        "of measuring agree on the sign)."
    )
    assert (row["status"], row["section"]) == ("holds", "tone")
    assert row["n"] == "40 and 40 passages of narration, 20 and 20 paragraphs"


@pytest.mark.parametrize(
    ("word", "summary", "start"),
    [
        (
            "leans",
            "it leans one way, and does not hold.",
            "In these texts, courier leans towards a more negative tone than herald, but the difference",
        ),
        (
            "does not hold",
            "it does not hold.",
            "In these texts, no difference in tone between courier and herald holds (",
        ),
        (
            "too little text",
            "there is too little text to say.",
            "Too little text to say whether the tone of courier and",
        ),
    ],
)
def test_each_word_has_its_sentence(word, summary, start):
    found = findings.write(PAIR, verdicts=verdict(word))
    assert said(found, "summary") == [f"One difference was examined between these texts: {summary}"]
    row = found[found["topic"] == "polarity"].iloc[0]
    assert row["sentence"].startswith(start)
    assert row["status"] == word


def test_too_little_says_how_much_is_needed():
    little = verdict("too little text", n_a=12, n_needed=30)
    row = findings.write(PAIR, verdicts=little).query("topic == 'polarity'").iloc[0]
    assert row["sentence"].endswith("of courier and herald differs: 30 passages a side are needed.")
    assert row["n"] == "12 and 40 passages of narration, 20 and 20 paragraphs"
    split = findings.write(PAIR, verdicts=verdict("too little text", n_paragraphs_a=3, n_needed=30))
    assert said(split, "polarity")[0].endswith("of courier and herald differs.")


def test_rates_are_told_per_thousand_words():
    loaded = verdict(
        measure="loaded", mean_a=0.021, mean_b=0.004, difference=0.017, low=0.01, high=0.024, null_95=0.006
    )
    row = findings.write(PAIR, verdicts=loaded).query("topic == 'loaded'").iloc[0]
    assert row["sentence"].startswith(
        "In these texts, courier narrates with more loaded words than herald (21.0 against 4.0 per 1,000 words"
    )
    assert row["section"] == "language"


def test_the_summary_counts_what_was_tested():
    several = [verdict(), verdict("leans", measure="loaded"), verdict("too little text", measure="hedge")]
    assert said(findings.write(PAIR, verdicts=several), "summary") == [
        "Of three differences examined between these texts, one holds, one leans one way and for one there is too "
        "little text."
    ]
    none = [verdict("too little text"), verdict("too little text", measure="hedge")]
    assert said(findings.write(PAIR, verdicts=none), "summary") == [
        "Of two differences examined between these texts, none holds and for all there is too little text."
    ]
    assert said(findings.write(PAIR), "summary") == ["No difference was examined; what follows is described."]


def test_many_pairs_of_which_nothing_can_be_said_are_one_sentence():
    names = ["a", "b", "c", "d"]
    pairs = [(x, y) for i, x in enumerate(names) for y in names[i + 1 :]]
    rows = [
        verdict(
            "holds" if x == "a" and y == "b" else "too little text" if y == "d" else "does not hold",
            source_a=x,
            source_b=y,
        )
        for x, y in pairs
    ]
    found = findings.write(story(**dict.fromkeys(names, "It rained.")), verdicts=rows)
    tone = found[found["topic"] == "polarity"]
    assert len(tone) == 2
    assert tone["sentence"].iloc[1] == (
        "For 5 of 6 pairs of sources no difference in tone can be stated; for 3 of them there is too little text."
    )


def test_one_article_has_nothing_to_compare():
    one = story(courier="It rained. It poured.")
    found = findings.write(one, **measured(one))
    assert said(found, "summary") == ["There is one source, courier: nothing to compare."]
    assert set(found["status"]) <= {"note", "described"}
    nothing = findings.write(one[:0])["sentence"].item()
    assert nothing == "There is no article that can be measured: nothing to say."


def test_two_halves_of_one_article_and_nothing_holds():
    mixed = np.random.default_rng(3).permutation(PRAISE + BLAME)
    halves = story(a=article(mixed[:34]), b=article(mixed[34:]))
    found = findings.write(halves, **measured(halves))
    assert "holds" not in set(found["status"])
    assert said(found, "summary") == ["One difference was examined between these texts: it does not hold."]


def test_two_identical_articles_and_nothing_holds():
    twice = story(a=article(PRAISE), b=article(PRAISE))
    found = findings.write(twice, **measured(twice))
    assert set(found["status"]) == {"note", "described", "does not hold"}
    assert said(found, "reuse") == [
        "100 % of the words of b stand verbatim or nearly so in a: where the texts are the same, nothing can differ."
    ]
    assert said(found, "told by one") == [
        "Each sentence of a has a counterpart in b.",
        "Each sentence of b has a counterpart in a.",
    ]


def test_a_planted_strong_difference_is_named():
    planted = story(herald=article(PRAISE), courier=article(BLAME))
    found = findings.write(planted, **measured(planted))
    assert found.loc[found["status"] == "holds", "sentence"].str.contains(
        "the narration of courier is more negative than that of herald"
    ).tolist() == [True]


BRIDGE = story(
    genre={"courier": "news", "herald": "column"},
    published={"courier": "2024-05-01", "herald": "2024-05-03"},
    courier="The old bridge closed on Monday after engineers found cracks in two steel beams. Anglers were sad.",
    herald="On Monday engineers closed the old bridge: they had found cracks in two steel beams. "
    "The ferry company expects more passengers than ever before this summer.",
)


def test_coverage_says_what_both_tell_and_what_one_tells():
    found = findings.write(BRIDGE, **measured(BRIDGE))
    (both,) = said(found, "told by all")
    assert re.match(r"Both have closely matching sentences on 1 thing: “.+”\.$", both)
    assert said(found, "told by one") == [
        "Only courier: no counterpart was found in herald for 1 of its 2 sentences, such as “Anglers were sad.”.",
        "Only herald: no counterpart was found in courier for 1 of its 2 sentences, such as “The ferry company expects "
        "more passengers than ever before this summer.”.",
    ]
    assert found.loc[found["topic"] == "told by all", "n"].item() == (
        "1 of 2 sentences of courier; 1 of 2 sentences of herald"
    )


def test_weak_matches_are_called_weak():
    tables_ = measured(BRIDGE)
    weak = tables_["thresholds"].assign(linked=tables_["thresholds"]["main"])
    (both,) = said(findings.write(BRIDGE, **{**tables_, "thresholds": weak}), "told by all")
    assert both.startswith("Both have loosely matching sentences on 1 thing")
    assert both.endswith("to be read before they are relied on.")


def test_what_both_come_back_to_is_told_by_neither_alone():
    filler = " ".join(f"Line {n}." for n in range(24))
    articles = story(
        courier=f"Two clerks may resign over pay. Some want the judge to resign. {filler}",
        herald=f"Yesterday a first resignation came in. Her resignation was short, said Ann Hill. It froze. {filler}",
    )
    tables_ = measured(articles)
    tables_["events"] = alignment.events(tables_["sentences"], tables.make("alignments"))
    tables_["omissions"] = alignment.omissions(tables_["sentences"], tables.make("alignments"))
    tables_["thresholds"] = evidence.thresholds(tables_["events"], tables.make("alignments"))
    found = findings.write(articles, **tables_)
    assert said(found, "told by all") == [
        "No sentence was found in any source that tells what the other tells. "
        "Both come back to 1 subject in sentences that are not alike: “resignation”."
    ]
    only = said(found, "told by one")
    assert [re.findall(r"\d+ of its \d+", sentence) for sentence in only] == [["24 of its 26"], ["25 of its 27"]]


def test_what_one_source_comes_back_to_in_two_articles_is_told_by_it_alone():
    filler = " ".join(f"Line {n}." for n in range(24))
    records = [
        {"source": "courier", "text": f"Two clerks may resign over pay. Some want the judge to resign. {filler}"},
        {"source": "courier", "text": f"A first resignation came in. It froze. Her resignation was short. {filler}"},
        {"source": "herald", "text": "Anglers were sad."},
    ]
    articles = corpus.from_records(records)
    tables_ = measured(articles)
    tables_["events"] = alignment.events(tables_["sentences"], tables.make("alignments"))
    tables_["omissions"] = alignment.omissions(tables_["sentences"], tables.make("alignments"))
    only = said(findings.write(articles, **tables_), "told by one")
    assert "53 of its 53 sentences" in only[0]


def test_nothing_in_common_is_said():
    apart = story(a="The old bridge closed.", b="Anglers were sad.")
    assert said(findings.write(apart, **measured(apart)), "told by all") == [
        "No sentence was found in any source that tells what the other tells."
    ]


def test_few_articles_are_described_and_many_tested():
    assert said(findings.write(PAIR), "sources") == [
        "With fewer than five articles a source these texts are described; whether their sources differ is not tested."
    ]
    many = corpus.from_records([{"source": source, "text": "It rained."} for source in ["courier", "herald"] * 5])
    tested = verdict(p_articles=0.0079365, smallest_p=0.0079365)
    found = findings.write(many, verdicts=tested)
    assert not said(found, "sources")
    assert "; p by permutation of articles 0.008, 0.008 at best)." in said(found, "polarity")[0]
    assert findings.MIN_ARTICLES == evidence.MIN_ARTICLES
    uneven = corpus.from_records([{"source": source, "text": "It rained."} for source in ["courier"] * 9 + ["herald"]])
    (row,) = findings.write(uneven).query("topic == 'sources'").itertuples()
    assert row.n == "9 articles of courier; 1 article of herald"


@pytest.mark.parametrize(("share", "told"), [(0.19, False), (0.2, True)])
def test_reused_text_is_told_where_there_is_much_of_it(share, told):
    ends = {"article_id": "s/c", "source": "courier", "other_article_id": "s/h", "other_source": "herald"}
    reuse = tables.make("reuse", [{**ends, "words": 100, "reused": int(100 * share), "share": share}])
    assert bool(said(findings.write(PAIR, reuse=reuse), "reuse")) == told


def test_genre_and_dates_stand_before_any_comparison():
    found = findings.write(BRIDGE)
    assert said(found, "genre") == [
        "The texts are of different kinds (courier: news, herald: column), which alone may change the tone."
    ]
    assert said(found, "dates") == [
        "The texts appeared on different days (courier on 2024-05-01 and herald on 2024-05-03): what only a later one "
        "tells may not have happened when an earlier one was written."
    ]
    assert not said(findings.write(PAIR), "genre") + said(findings.write(PAIR), "dates")


def passages(*rows):
    frame = pd.DataFrame(rows, columns=["source", "voice", "name", "text"])
    places = dict.fromkeys(["paragraph_id", "sentence_id", "start", "end"], 0)
    return tables.make(
        "passages", frame.assign(article_id=frame["source"], part="body", passage_id=frame.index, **places)
    )


def test_who_is_quoted_most():
    spoken = passages(
        ("courier", "quotation", "Ann Hill", "We will see about that"),
        ("courier", "quotation", "he", "one two three four five six seven"),
        ("courier", "narration", None, "said Hill"),
        ("herald", "reported", "Ann Hill", "that they would see"),
    )
    found = findings.write(PAIR, passages=spoken)
    assert said(found, "quoted most") == [
        "Most quoted in courier: Ann Hill, 5 of 12 quoted words.",
        "herald quotes nobody directly.",
    ]
    assert found.loc[found["topic"] == "quoted most", "n"].tolist() == [
        "12 of 14 words are quoted",
        "0 of 4 words are quoted",
    ]


def test_nobody_named_is_not_called_most_quoted():
    spoken = passages(("courier", "quotation", None, "We will see"), ("herald", "quotation", "Ann Hill", "No"))
    assert said(findings.write(PAIR, passages=spoken), "quoted most")[0] == (
        "courier quotes 3 words for which no speaker was found."
    )
    spoken = passages(("courier", "quotation", None, "Never"), ("herald", "quotation", "Ann Hill", "No"))
    assert said(findings.write(PAIR, passages=spoken), "quoted most") == [
        "courier quotes 1 word for which no speaker was found.",
        "Most quoted in herald: Ann Hill, 1 of 1 quoted word.",
    ]


def test_of_those_quoted_alike_each_has_the_words_that_are_told():
    spoken = passages(
        ("courier", "quotation", "three engineers", "We will see"),
        ("courier", "quotation", "Ann Hill", "Not today then"),
        ("courier", "quotation", "Zed Omar", "No"),
        ("herald", "quotation", "Zed Omar", "One"),
        ("herald", "quotation", "Ann Hill", "Two"),
        ("herald", "quotation", "Bo Lind", "Three"),
    )
    assert said(findings.write(PAIR, passages=spoken), "quoted most") == [
        "Most quoted in courier: Ann Hill and three engineers, 3 of 7 quoted words each.",
        "Most quoted in herald: Ann Hill, Bo Lind and Zed Omar, 1 of 3 quoted words each.",
    ]


@pytest.mark.parametrize(
    ("kind", "names", "sentence"),
    [
        ("reworded", ("Ann Hill", "Ann Hill"), "in different words, both attributed to Ann Hill."),
        ("identical", ("Ann Hill", None), "in the same words."),
        (
            "reworded",
            ("Ann Hill", "the council"),
            "in different words, the one attributed to Ann Hill, the other to the council.",
        ),
        ("trimmed", (None, "Ann Hill"), "cut shorter in one of them."),
    ],
)
def test_a_quotation_told_twice(kind, names, sentence):
    pair = {
        "source_a": "courier",
        "source_b": "herald",
        **dict.fromkeys(("quotation_id_a", "quotation_id_b"), 0),
        "kind": kind,
        "similarity": 0.8,
        "name_a": names[0],
        "name_b": names[1],
    }
    pairs = tables.make("quotation_pairs", [{**pair, "article_id_a": "s/c"}])
    found = findings.write(PAIR, quotation_pairs=pairs)
    assert said(found, "told twice") == [f"courier and herald give the same quotation {sentence}"]
    quoted = pd.DataFrame({"article_id": ["s/c"], "quotation_id": [0], "text": ["“We will see.”"]})
    many = findings.write(PAIR, quotation_pairs=pd.concat([pairs.assign(quotation_id_a=i) for i in range(12)]))
    assert said(many, "told twice")[9:] == ["3 further quotations stand in two sources."]
    found = findings.write(PAIR, quotation_pairs=pairs, quotations=quoted)
    assert said(found, "told twice") == [f"courier and herald give the same quotation “We will see.” {sentence}"]


@pytest.mark.parametrize(
    ("between", "end", "status"), [(3.1, "no more than", "does not hold"), (9.0, "more than", "described")]
)
def test_vocabulary_is_held_against_one_text(between, end, status):
    row = {"source_a": "courier", "source_b": "herald", "size": 300, "n_splits": 200, "between": between}
    table = tables.make("vocabularies", [{**row, "within": 2.3, "within_95": 5}])
    found = findings.write(PAIR, vocabulary=table)
    assert said(found, "vocabulary") == [
        f"In stretches of 300 words, {between} words differ in frequency between courier and herald (p < .05 each, "
        f"uncorrected), 2.3 between two stretches of the same text: {end} a text differs from itself."
    ]
    assert found.loc[found["topic"] == "vocabulary", "status"].item() == status


def test_quotations_given_alike_are_counted():
    names = dict.fromkeys(("name_a", "name_b"), "Ann Hill")
    pair = {"source_a": "courier", "source_b": "herald", "kind": "identical", "similarity": 1.0, **names}
    numbers = dict.fromkeys(("quotation_id_a", "quotation_id_b"), 0)
    pairs = tables.make("quotation_pairs", [{**pair, **numbers, "quotation_id_a": i} for i in range(3)])
    found = findings.write(PAIR, quotation_pairs=pairs)
    assert said(found, "told twice") == [
        "3 quotations stand in courier and herald in the same words, attributed to the same speakers."
    ]
    assert found.loc[found["topic"] == "told twice", "n"].item() == "3 of 3 told twice"


def test_what_neither_has_is_said_plainly():
    nothing = verdict("does not hold", measure="hedge", mean_a=0, mean_b=0, difference=0, low=0, high=0, null_95=0)
    assert said(findings.write(PAIR, verdicts=nothing), "hedge") == [
        "No difference in share of hedges: neither courier nor herald has any in its narration."
    ]


def test_words_too_rare_to_compare_are_too_little_text():
    row = {"source_a": "courier", "source_b": "herald", "size": 60, "n_splits": 200, "between": 0.1}
    found = findings.write(PAIR, vocabulary=tables.make("vocabularies", [{**row, "within": 0, "within_95": 0}]))
    assert said(found, "vocabulary") == [
        "Too little text to compare the words of courier and herald: in stretches of 60 words hardly any stands often "
        "enough."
    ]


def conflict(kind, about, text_a, text_b, similarity):
    numbers = {"sentence_id_a": 0, "sentence_id_b": 0, "similarity": similarity}
    sources = {"source_a": "courier", "source_b": "herald", "article_id_a": "s/c", "article_id_b": "s/h"}
    return {**sources, **numbers, "kind": kind, "about": about, "text_a": text_a, "text_b": text_b}


def test_conflicting_details_are_told_the_surest_first():
    rows = [
        conflict("date", None, "Monday", "Tuesday", 0.4),
        conflict("number", "residents", "500", "about 300", 0.8),
        conflict("wording", "staff", "dozens", "a number", 0.9),
    ]
    found = findings.write(PAIR, conflicts=tables.make("conflicts", rows))
    assert said(found, "conflict") == [
        "A detail differs in matching sentences (number, residents): courier has “500”, herald “about 300”.",
        "A detail differs in matching sentences (date): courier has “Monday”, herald “Tuesday”.",
    ]
    vague = findings.write(PAIR, conflicts=tables.make("conflicts", rows[2:]))
    assert said(vague, "conflict") == ["No number, date, place or name was found to conflict in matching sentences."]
    assert vague.loc[vague["topic"] == "conflict", "n"].item() == (
        "0 conflicting details; 1 vague amount is worded otherwise"
    )
    many = findings.write(PAIR, conflicts=tables.make("conflicts", rows[:1] * 12))
    assert said(many, "conflict")[-1] == "In 3 more details matching sentences differ."


def test_contrasts_of_wording_are_told_where_enough_speaks_for_them():
    contrasts = [
        ("verb", "hid behind a message", "flagged", 2.6),
        ("noun", "walk-out", "strike", 2.0),
        ("noun", "row", "debate", 1.9),
        ("name", "the mayor", "Hill", 3.0),
    ]
    rows = [
        {
            "source_a": "courier",
            "source_b": "herald",
            "kind": kind,
            "wording_a": a,
            "wording_b": b,
            "evidence": evidence,
        }
        for kind, a, b, evidence in contrasts
    ]
    numbers = dict.fromkeys(["sentence_id_a", "start_a", "end_a", "sentence_id_b", "start_b", "end_b"], 0)
    wording = tables.make("wording", [{**row, **numbers} for row in rows])
    found = findings.write(PAIR, wording=wording)
    assert said(found, "wording") == [
        "In matching sentences of courier and herald, what looks like the same thing is worded otherwise: “hid behind "
        "a message” against “flagged”; “walk-out” against “strike”."
    ]
    assert found.loc[found["topic"] == "wording", "n"].item() == "2 of 2 contrasts, the likeliest first"
    assert not said(findings.write(PAIR, wording=wording[3:]), "wording")
    four = [wording[:1].assign(source_b=name, evidence=sure) for name, sure in zip("wxyz", (3, 2, 5, 4), strict=True)]
    told = said(findings.write(PAIR, wording=pd.concat(four)), "wording")
    assert [sentence.split(",")[0][-1] for sentence in told] == ["w", "y", "z"]


def test_every_finding_has_its_n_and_no_sentence_judges_a_source():
    for articles in (BRIDGE, story(a=article(PRAISE), b=article(BLAME), c=article(PRAISE[::-1]))):
        found = findings.write(articles, **measured(articles))
        assert found["n"].str.contains(r"\d").all()
        assert found["status"].isin(findings.STATUSES).all()
        assert not found["sentence"].str.contains(r"\bbias|\bslant|\bomit|\bhid(?:es|den)?\b", case=False).any()
        assert found["sentence"].str.endswith(".").all()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("“We will see.”", "We will see."),
        ('"We will see," said Ann Hill.', "'We will see,' said Ann Hill."),
        ("called it “a victory” twice", "called it ‘a victory’ twice"),
        ('"' + "one " * 12 + 'two," he said.', "one " * 11 + "one …"),
        ("one " * 13, "one " * 12 + "…"),
    ],
)
def test_a_snippet_can_stand_in_quotation_marks(text, shown):
    assert findings._snippet(text) == shown


def test_of_three_sources_a_counterpart_in_one_other_is_enough():
    told = ["The old bridge closed on Monday.", "The old bridge closed on Monday. Anglers wept.", "It rained for days."]
    articles = corpus.from_records([{"source": name, "text": text} for name, text in zip("abc", told, strict=True)])
    sentences = segmentation.split(articles)
    alignments = alignment.align(sentences)
    found = findings.write(
        articles,
        sentences=sentences,
        events=alignment.events(sentences, alignments),
        omissions=alignment.omissions(sentences, alignments),
    )
    assert said(found, "told by one")[0] == "Each sentence of a has a counterpart in at least one other source."
