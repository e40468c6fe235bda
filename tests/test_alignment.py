"""Which sentences tell the same, events, and what stands beside them: properties, golden values, error texts."""

import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import alignment, corpus, segmentation, tables

BRIDGE = {
    "a": ["The old bridge in Ostley closed on Monday.", "Anglers were sad about it.", "A mayor spoke of forty jobs."],
    "b": ["It has rained for days.", "On Monday the old bridge in Ostley was closed.", "The mayor spoke of 40 jobs."],
    "c": ["Ostley has a museum.", "The Ostley bridge, an old one, closed on Monday."],
}
WORDS = [
    "bridge",
    "mayor",
    "closed",
    "Monday",
    "river",
    "protest",
    "cost",
    "40",
    "Hill",
    "council",
    "the",
    "of",
    "said",
]


def story(texts, name="story"):
    """Make a table of sentences of one list of texts an article."""
    rows = [
        {"story": name, "article_id": f"{name}/{source}", "source": source, "sentence_id": place, "text": text}
        for source, lines in texts.items()
        for place, text in enumerate(lines)
    ]
    return pd.DataFrame(rows, columns=["story", "article_id", "source", "sentence_id", "text"])


def links(found):
    return set(
        found[["article_id_a", "sentence_id_a", "article_id_b", "sentence_id_b"]].itertuples(index=False, name=None)
    )


def every_table(sentences):
    found = alignment.align(sentences)
    events = alignment.events(sentences, found)
    return {
        "alignments": found,
        "events": events,
        "coverage": alignment.coverage(sentences, events),
        "omissions": alignment.omissions(sentences, found),
        "conflicts": alignment.conflicts(sentences, found),
        "alone": alignment.alone(sentences, found),
        "reuse": alignment.reuse(sentences),
    }


texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), max_size=6)
# Real sentences have words: letters, marks and digits in any order.
printed = st.text(alphabet=string.printable + "“”’é—", min_size=1, max_size=60).map(str.strip).filter(bool)


class TestSimilarity:
    @settings(deadline=None, max_examples=30)
    @given(texts, texts)
    def test_is_symmetric_and_between_0_and_1(self, a, b):
        found = alignment.similarity(a, b)
        assert found.shape == (len(a), len(b))
        assert (found == alignment.similarity(b, a).T).all()
        assert ((found >= 0) & (found <= 1)).all()

    @settings(deadline=None)
    @given(printed)
    def test_identical_texts_have_1(self, text):
        assert alignment.similarity([text], [text, "zzz"])[0, 0] == 1.0

    def test_nothing_in_common_is_0(self):
        assert alignment.similarity(["Dogs bark."], ["It rained."]).tolist() == [[0.0]]

    def test_golden(self):
        # By hand: one content word in common of three texts, one text without it.
        found = alignment.similarity(["dog", "cat"], ["Dog!"])
        rarity = np.log((1 + 3) / (1 + 2))
        evidence = 0.4 * (1 - np.exp(-rarity / 12))
        # The first and second cosine are 1; the third leaves "Dog" out, as a word that may be a name.
        assert found[0, 0] == pytest.approx(0.4 + evidence, abs=1e-8)
        assert found[1, 0] == 0.0

    def test_rare_words_in_common_speak_louder(self):
        a = ["the mayor spoke of a walrus", "the mayor spoke of rain"]
        b = ["the mayor heard of a walrus", "the mayor heard of snow", "the mayor heard of wind"]
        found = alignment.similarity(a, b)
        assert found[0, 0] > found[0, 1]
        assert found[0, 0] > found[1, 1]

    def test_what_is_done_and_its_name_are_one_word(self):
        verb, noun = alignment.similarity(["Two clerks resign."], ["One resignation came.", "One registration came."])[
            0
        ]
        assert verb > noun + 0.1

    def test_numbers_in_common_count(self):
        found = alignment.similarity(["He paid 350 at noon"], ["She got 350 twice", "She got 470 twice"])
        assert found[0, 0] > found[0, 1]


class TestAlign:
    def test_links_what_tells_the_same_and_forces_nothing(self):
        assert links(alignment.align(story(BRIDGE))) == {
            ("story/a", 0, "story/b", 1),
            ("story/a", 2, "story/b", 2),
            ("story/a", 0, "story/c", 1),
            ("story/b", 1, "story/c", 1),
        }

    @settings(deadline=None, max_examples=25)
    @given(st.lists(printed, min_size=1, max_size=8, unique=True))
    def test_identical_articles_align_one_to_one(self, lines):
        sentences = story({"a": lines, "b": lines})
        found = alignment.align(sentences)
        assert links(found) == {("story/a", place, "story/b", place) for place in range(len(lines))}
        assert (found["similarity"] == 1).all()
        assert alignment.omissions(sentences, found).empty
        assert alignment.alone(sentences, found).empty

    @settings(deadline=None, max_examples=25)
    @given(texts, texts)
    def test_swapping_articles_mirrors_the_table(self, a, b):
        one = links(alignment.align(story({"a": a, "b": b})))
        other = links(alignment.align(story({"b": a, "a": b})))
        assert {(i, j) for _, i, _, j in one} == {(j, i) for _, i, _, j in other}

    def test_swapping_articles_mirrors_every_table(self):
        names = {"a": "z", "b": "y", "c": "x"}
        one = every_table(story(BRIDGE))
        other = every_table(story({names[source]: lines for source, lines in BRIDGE.items()}))
        back = {f"story/{new}": f"story/{old}" for old, new in names.items()}
        pairs = {frozenset([(back[a], i), (back[b], j)]) for a, i, b, j in links(other["alignments"])}
        assert pairs == {frozenset([(a, i), (b, j)]) for a, i, b, j in links(one["alignments"])}

        def groups(events):
            nodes = events.assign(article_id=events["article_id"].replace(back))
            return {
                frozenset(zip(group["article_id"], group["sentence_id"], strict=True))
                for _, group in nodes.groupby("event_id")
            }

        assert groups(other["events"]) == groups(one["events"])
        for name, key in (("omissions", "similarity"), ("reuse", "share")):
            mirrored = other[name].replace({"article_id": back, "other_article_id": back})
            columns = [
                column for column in ("article_id", "sentence_id", "other_article_id", key) if column in mirrored
            ]
            assert set(mirrored[columns].itertuples(index=False)) == set(one[name][columns].itertuples(index=False))

    def test_an_unrelated_article_changes_no_pair_among_the_others(self):
        one = alignment.align(story(BRIDGE))
        more = alignment.align(story({**BRIDGE, "bb": ["Whales sing in the deep sea.", "Monday is a day."]}))
        rest = more[(more["article_id_a"] != "story/bb") & (more["article_id_b"] != "story/bb")].reset_index(drop=True)
        pd.testing.assert_frame_equal(rest, one)

    def test_order_of_rows_is_irrelevant(self):
        sentences = story(BRIDGE)
        for name, table in every_table(sentences).items():
            again = every_table(sentences.sample(frac=1, random_state=3))[name]
            pd.testing.assert_frame_equal(again, table, obj=name)

    def test_stories_are_kept_apart(self):
        two = pd.concat([story({"a": BRIDGE["a"]}, "one"), story({"b": BRIDGE["b"]}, "two")])
        assert alignment.align(two).empty
        assert alignment.omissions(two, alignment.align(two)).empty

    def test_furniture_is_left_out(self):
        sentences = story(BRIDGE).assign(part="body")
        sentences.loc[sentences["text"].str.startswith("The old"), "part"] = "furniture"
        assert links(alignment.align(sentences)) == {
            ("story/a", 2, "story/b", 2),
            ("story/b", 1, "story/c", 1),
        }

    def test_a_sentence_that_splits_in_two_keeps_both_halves(self):
        whole = "The council voted to close the harbour after inspectors found rust in seven cranes on Friday."
        sentences = story(
            {
                "a": ["Rain is likely in the hills.", whole, "Schools stay open."],
                "b": [
                    "The council voted to close the harbour.",
                    "Fish is dear this year.",
                    "Inspectors found rust in seven cranes on Friday.",
                ],
            }
        )
        assert {(i, j) for _, i, _, j in links(alignment.align(sentences))} == {(1, 0), (1, 2)}

    def test_a_sentence_that_only_says_a_part_again_is_no_half(self):
        whole = "The council voted to close the harbour after inspectors found rust in seven cranes on Friday."
        told = "The council voted on Friday to close the harbour because of rust."
        # As near to the whole as a half is, but all of it stands in the sentence that is linked.
        again = "The council closed the harbour on Friday."
        sentences = story(
            {
                "a": [told, "Rain is likely in the hills.", again, "Schools stay open."],
                "b": ["Fish is dear this year.", whole, "Nobody came to the fair."],
            }
        )
        assert {(i, j) for _, i, _, j in links(alignment.align(sentences))} == {(0, 1)}

    def test_a_headline_joins_what_it_says_again(self):
        lines = {
            "a": [
                "Harbour closed after cranes rust",
                "The council closed the harbour on Friday as cranes rust.",
                "It rains.",
            ],
            "b": ["On Friday the council closed the harbour because its cranes rust.", "Nobody came to the fair."],
        }
        sentences = story(lines).assign(part="body")
        assert ("story/a", 0, "story/b", 0) not in links(alignment.align(sentences))
        sentences.loc[0, "part"] = "headline"
        assert ("story/a", 0, "story/b", 0) in links(alignment.align(sentences))

    def test_a_higher_threshold_links_less(self):
        sentences = story(BRIDGE)
        assert links(alignment.align(sentences, threshold=0.9)) < links(alignment.align(sentences))

    @pytest.mark.parametrize("threshold", [-0.1, 1.5])
    def test_threshold_out_of_range(self, threshold):
        with pytest.raises(ValueError) as error:
            alignment.align(story(BRIDGE), threshold=threshold)
        assert str(error.value) == f"alignment.align: threshold is {threshold}; it is to be between 0 and 1."

    def test_missing_column(self):
        with pytest.raises(tables.TableError) as error:
            alignment.align(story(BRIDGE).drop(columns="text"))
        assert str(error.value).startswith(
            "alignment.align: the table of sentences has no column 'text'; it has 'story'"
        )

    def test_input_is_untouched(self):
        sentences = story(BRIDGE)
        copy = sentences.copy(deep=True)
        every_table(sentences)
        pd.testing.assert_frame_equal(sentences, copy)

    @pytest.mark.parametrize(
        "lines", [{}, {"a": ["It rained."]}, {"a": [], "b": ["It rained."]}, {"a": ["."], "b": ["—"]}]
    )
    def test_too_little_gives_tables_of_the_right_columns(self, lines):
        for name, table in every_table(story(lines)).items():
            if name in ("alignments", "events", "conflicts", "alone"):
                pd.testing.assert_frame_equal(table.iloc[:0], tables.make(name))
            assert list(table.columns) == list(tables.TABLES[name].columns)
            assert table.dtypes.equals(tables.make(name).dtypes)


class TestEvents:
    def test_sentences_of_three_articles_make_one_event(self):
        sentences = story(BRIDGE)
        events = alignment.events(sentences, alignment.align(sentences))
        assert events.groupby("event_id")["article_id"].apply(list).tolist() == [
            ["story/a", "story/b", "story/c"],
            ["story/a", "story/b"],
        ]
        assert events["label"].unique().tolist() == ["Monday the old bridge in Ostley", "mayor spoke of forty jobs"]

    def chain(self, *pairs):
        """Make links between first sentences of articles named by letters."""
        sentences = story({letter: [f"Text {letter}."] for letter in "abcdef"})
        rows = [
            {
                "story": "story",
                **{
                    f"{column}_{side}": value
                    for side, letter in zip("ab", pair, strict=True)
                    for column, value in {"article_id": f"story/{letter}", "source": letter, "sentence_id": 0}.items()
                },
                "similarity": similarity,
            }
            for pair, similarity in pairs
        ]
        events = alignment.events(sentences, tables.make("alignments", rows))
        return {"".join(group["source"]) for _, group in events.groupby("event_id")}

    def test_a_chain_of_links_is_no_event(self):
        found = self.chain(*((pair, 0.4) for pair in ("ab", "bc", "cd", "de", "ef")))
        assert max(map(len, found)) <= 3

    def test_a_missing_link_among_strong_ones_is_forgiven(self):
        assert self.chain(("ab", 0.8), ("bc", 0.7)) == {"abc"}

    def test_a_weak_link_does_not_stand_for_a_missing_one(self):
        assert self.chain(("ab", 0.8), ("bc", 0.2)) == {"ab"}

    def test_all_linked_is_one_event_however_weak(self):
        assert self.chain(("ab", 0.1), ("bc", 0.1), ("ac", 0.1)) == {"abc"}

    def test_a_label_is_a_phrase_of_the_text(self):
        sentences = segmentation.split(corpus.read("facebook-trump-posts"))
        events = alignment.events(sentences, alignment.align(sentences))
        for label, group in events.groupby("label"):
            texts = sentences.merge(group[["article_id", "sentence_id"]])["text"]
            assert any(label in " ".join(text.split()) for text in texts)
            assert len(label.split()) <= 7
            assert not set(label) & set(',;:"“”')

    def test_a_label_ends_with_no_verb_that_names_nothing(self):
        sentences = story(
            {"a": ["The steel bridge makes noise.", "It rained."], "b": ["A steel bridge made history.", "Cows eat."]}
        )
        events = alignment.events(sentences, alignment.align(sentences))
        assert events["label"].unique().tolist() == ["steel bridge"]

    @settings(deadline=None, max_examples=30)
    @given(st.data())
    def test_any_links_give_groups_of_linked_sentences(self, data):
        sentences = story({letter: [f"Text {letter} {n}." for n in range(3)] for letter in "abcd"})
        nodes = [(letter, n) for letter in "abcd" for n in range(3)]
        pairs = [(x, y) for x in nodes for y in nodes if x[0] < y[0]]
        drawn = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20))
        rows = [
            {
                "story": "story",
                "article_id_a": f"story/{a}",
                "source_a": a,
                "sentence_id_a": i,
                "article_id_b": f"story/{b}",
                "source_b": b,
                "sentence_id_b": j,
                "similarity": data.draw(st.floats(0.05, 1)),
            }
            for (a, i), (b, j) in drawn
        ]
        links = tables.make("alignments", rows)
        events = alignment.events(sentences, links)
        assert not events.duplicated(["article_id", "sentence_id"]).any()
        linked = {frozenset(pair) for pair in drawn}
        for _, group in events.groupby("event_id"):
            members = list(zip(group["source"], group["sentence_id"], strict=True))
            across = [frozenset((x, y)) for x in members for y in members if x[0] < y[0]]
            assert len({source for source, _ in members}) > 1
            # At least half of all pairs at every step leaves at least a third of them in the end.
            assert sum(pair in linked for pair in across) * 3 >= len(across)
        shuffled = links.sample(frac=1, random_state=0) if len(links) else links
        pd.testing.assert_frame_equal(alignment.events(sentences, shuffled), events)

    def test_an_unrelated_article_changes_no_group(self):
        sentences = story(BRIDGE)
        more = story({**BRIDGE, "bb": ["Whales sing in the deep sea.", "Pears are ripe."]})
        columns = ["event_id", "article_id", "sentence_id"]
        one, other = (alignment.events(table, alignment.align(table))[columns] for table in (sentences, more))
        pd.testing.assert_frame_equal(one, other)


# What fills an article up without a word that counts.
FILLER = [f"Line {n}." for n in range(60)]


class TestComesBack:
    """A rare word to which articles come back makes an event of sentences that are nothing like one another."""

    def found(self, *articles, filler=24):
        sentences = story({letter: [*told, *FILLER[:filler]] for letter, told in articles})
        events = alignment.events(sentences, tables.make("alignments"))
        return {tuple(zip(group["source"], group["sentence_id"], strict=True)) for _, group in events.groupby("label")}

    ONE = "a", ["Two clerks may resign over pay.", "Some want the judge to resign."]
    OTHER = "b", ["Yesterday a first resignation came in.", "It rained.", "Her resignation was short, said Ann Hill."]

    def test_makes_an_event(self):
        assert self.found(self.ONE, self.OTHER) == {(("a", 0), ("a", 1), ("b", 0), ("b", 2))}

    def test_its_label_is_its_longest_phrase(self):
        sentences = story({"a": [*self.ONE[1], *FILLER], "b": [*self.OTHER[1], *FILLER]})
        labels = alignment.events(sentences, tables.make("alignments"))["label"]
        assert labels.unique().tolist() == ["resignation"]

    def test_once_in_one_article_is_not_enough(self):
        assert self.found(self.ONE, ("b", self.OTHER[1][:2])) == set()

    def test_often_is_no_subject_of_its_own(self):
        assert self.found((self.ONE[0], [*self.ONE[1], "They resign today.", "We resign too."]), self.OTHER) == set()

    def test_in_a_short_article_nothing_is_rare(self):
        assert self.found(self.ONE, self.OTHER, filler=20) == set()

    def test_far_apart_in_both_is_chance(self):
        apart = ["It rained.", "It snowed.", "It froze."]
        one, other = (("ab"[n], [told[0], *apart, told[-1]]) for n, (_, told) in enumerate((self.ONE, self.OTHER)))
        assert self.found(one, other) == set()

    def test_names_do_not_count(self):
        one, other = ("a", ["Ann Hill left.", "Nobody saw Ann Hill."]), ("b", ["Ann Hill ate.", "Birds like Ann Hill."])
        assert self.found(one, other) == set()

    def test_a_sentence_of_another_event_keeps_its_place(self):
        lone = [line.replace("Line", "Row") for line in FILLER]
        sentences = story({"a": [*self.ONE[1], *FILLER], "b": [*self.OTHER[1][:2], self.ONE[1][0], *lone]})
        events = alignment.events(sentences, alignment.align(sentences))
        placed = events[events["sentence_id"] < 2]
        assert placed[["article_id", "sentence_id"]].values.tolist() == [["story/a", 0]]

    def test_a_third_article_may_join(self):
        third = "c", ["A resignation letter leaked.", "Who else will resign?"]
        assert self.found(self.ONE, self.OTHER, third) == {
            (("a", 0), ("a", 1), ("b", 0), ("b", 2), ("c", 0), ("c", 1)),
        }

    def test_a_third_article_with_one_use_is_in_it(self):
        third = "c", ["A resignation letter leaked.", "It rained."]
        assert self.found(self.ONE, self.OTHER, third) == {(("a", 0), ("a", 1), ("b", 0), ("b", 2), ("c", 0))}

    def test_a_third_article_with_many_uses_is_not_passed_over(self):
        third = "c", ["Who will resign?", "They resign.", "We resign.", "All resign."]
        assert self.found(self.ONE, self.OTHER, third, filler=60) == set()

    def test_its_sentences_have_no_counterpart_all_the_same(self):
        sentences = story({"a": [*self.ONE[1], *FILLER], "b": [*self.OTHER[1], *FILLER]})
        links = alignment.align(sentences, threshold=0.9)
        assert {0, 1} <= set(alignment.events(sentences, links).query("source == 'a'")["sentence_id"])
        assert set(alignment.omissions(sentences, links).query("source == 'a'")["sentence_id"]) == {0, 1}


class TestAlone:
    def test_runs_of_a_paragraph(self):
        lines = {
            "a": [
                "Pears are ripe.",
                "Plums are sweet.",
                "Ann Hill likes pears.",
                "The old bridge in Ostley closed.",
                "Rain.",
            ],
            "b": ["In Ostley the old bridge closed."],
        }
        sentences = story(lines).assign(paragraph_id=[0, 0, 1, 1, 2, 0])
        found = alignment.alone(sentences, alignment.align(sentences))
        columns = ["source", "first_sentence_id", "last_sentence_id", "sentences", "words", "label"]
        assert found[columns].values.tolist() == [
            ["a", 0, 1, 2, 6, "Plums are sweet"],
            ["a", 2, 2, 1, 4, "Ann Hill likes pears"],
            ["a", 4, 4, 1, 1, "Rain"],
        ]
        assert found["share"].tolist() == pytest.approx([6 / 17, 4 / 17, 1 / 17])

    def test_a_label_begins_with_no_verb_that_names_nothing(self):
        sentences = story({"a": ["It comes to definitions of noise.", "Rain fell."], "b": ["Rain fell."]})
        alone = alignment.alone(sentences, alignment.align(sentences))
        assert alone["label"].tolist() == ["definitions of noise"]

    def test_a_story_of_one_article_has_nothing_to_compare(self):
        assert alignment.alone(story({"a": ["It rained."]}), tables.make("alignments")).empty

    def test_headlines_are_left_out(self):
        sentences = story({"a": ["Pears are ripe", "Plums are sweet."], "b": ["It rained."]}).assign(part="body")
        sentences.loc[0, "part"] = "headline"
        found = alignment.alone(sentences, alignment.align(sentences))
        assert found[["source", "first_sentence_id"]].values.tolist() == [["a", 1], ["b", 0]]


class TestCoverage:
    def test_two_articles_of_a_source_count_together(self):
        sentences = story({"a": BRIDGE["a"][:1], "b": BRIDGE["b"][1:2], "c": BRIDGE["c"][1:]})
        sentences = sentences.assign(source=sentences["source"].replace("c", "a"))
        found = alignment.coverage(sentences, alignment.events(sentences, alignment.align(sentences)))
        assert found[["source", "sentences"]].values.tolist() == [["a", 2], ["b", 1]]

    def test_every_source_of_every_event(self):
        sentences = story(BRIDGE)
        events = alignment.events(sentences, alignment.align(sentences))
        scored = sentences.assign(polarity=[0.5, 0.0, -0.25, 0.1, 0.3, np.nan, 0.0, 0.9])
        found = alignment.coverage(sentences, events, scored=scored)
        columns = ["event_id", "source", "sentences", "words", "position", "tone"]
        golden = pd.DataFrame(
            [
                (0, "a", 1, 8, 0.0, 0.5),
                (0, "b", 1, 9, 0.5, 0.3),
                (0, "c", 1, 9, 1.0, 0.9),
                (1, "a", 1, 6, 1.0, -0.25),
                (1, "b", 1, 6, 1.0, np.nan),
                (1, "c", 0, 0, np.nan, np.nan),
            ],
            columns=columns,
        ).astype({"source": "str"})
        pd.testing.assert_frame_equal(found[columns], golden)
        assert found["share"].tolist() == pytest.approx([8 / 19, 9 / 20, 9 / 13, 6 / 19, 6 / 20, 0])

    def test_tone_is_missing_without_scores(self):
        sentences = story(BRIDGE)
        events = alignment.events(sentences, alignment.align(sentences))
        assert alignment.coverage(sentences, events)["tone"].isna().all()


class TestOmissions:
    def test_each_sentence_and_other_article_without_a_link(self):
        sentences = story(BRIDGE)
        found = alignment.align(sentences)
        gaps = alignment.omissions(sentences, found)
        linked = {(a, i, b) for a, i, b, _ in links(found)} | {(b, j, a) for a, _, b, j in links(found)}
        wanted = {
            (row.article_id, row.sentence_id, other)
            for row in sentences.itertuples()
            for other in sentences["article_id"].unique()
            if other != row.article_id
        }
        keys = ["article_id", "sentence_id", "other_article_id"]
        assert set(gaps[keys].itertuples(index=False, name=None)) == wanted - linked

    def test_the_nearest_sentence_and_its_similarity(self):
        sentences = story(BRIDGE)
        gaps = alignment.omissions(sentences, alignment.align(sentences))
        row = gaps[(gaps["article_id"] == "story/c") & (gaps["sentence_id"] == 0)].iloc[0]
        near = alignment.similarity(BRIDGE["c"], BRIDGE["a"])[0]
        assert row["nearest_sentence_id"] == near.argmax() == 0
        assert row["similarity"] == near.max() > 0

    def test_nothing_near(self):
        gaps = alignment.omissions(story({"a": ["Dogs bark."], "b": ["It rained."]}), tables.make("alignments"))
        assert gaps["nearest_sentence_id"].isna().all()
        assert (gaps["similarity"] == 0).all()


def compared(a, b, similarity=0.6):
    """Return the conflicts of two linked sentences."""
    sentences = story({"a": [a], "b": [b]}).assign(start=[10, 20])
    row = {"story": "story", "article_id_a": "story/a", "source_a": "a", "sentence_id_a": 0}
    row |= {"article_id_b": "story/b", "source_b": "b", "sentence_id_b": 0, "similarity": similarity}
    found = alignment.conflicts(sentences, tables.make("alignments", [row]))
    return found[["kind", "text_a", "text_b"]].values.tolist()


class TestConflicts:
    @pytest.mark.parametrize(
        ("a", "b", "found"),
        [
            ("Forty people came.", "40 people came.", []),
            ("About 300 people came.", "Nearly 500 people came.", [["number", "About 300", "Nearly 500"]]),
            ("About 300 people came.", "310 people came.", []),
            ("More than 50 people came.", "72 people came.", []),
            ("Between 10 and 20 people came.", "15 people came.", []),
            ("Between 10 and 20 people came.", "25 people came.", [["number", "10 and 20", "25"]]),
            ("12 people and 3 dogs came.", "12 people and 4 dogs came.", [["number", "3", "4"]]),
            ("12 people came.", "People came in 30 minutes.", []),
            ("The ride takes 20 minutes.", "The ride takes 25 minutes.", [["number", "20", "25"]]),
            ("It rose by 5 percent.", "It rose by 7%.", [["percent", "5 percent", "7%"]]),
            ("It rose by five per cent.", "It rose by 5%.", []),
            ("It cost $4.2 million.", "It cost 4.2 million dollars.", []),
            ("It cost $4.2 million.", "It cost $4.8m.", [["money", "$4.2 million", "$4.8m"]]),
            ("It cost $5.", "It cost €6.", []),
            ("It closed on Monday.", "It closed on Tuesday.", [["date", "Monday", "Tuesday"]]),
            ("It closed on June 1.", "It closed on 1 June 2020.", []),
            ("It closed on June 1.", "It closed on Monday.", []),
            ("It closed at 3 p.m. sharp.", "It closed at 15:30 sharp.", [["time", "3 p.m.", "15:30"]]),
            (
                "Dozens of employees left.",
                "A significant number of employees left.",
                [["wording", "Dozens", "A significant number"]],
            ),
            ("Dozens of employees left.", "52 employees left.", [["wording", "Dozens", "52"]]),
            ("Dozens of employees left.", "900 employees left.", [["number", "Dozens", "900"]]),
            ("Dozens of employees left.", "Dozens of employees left.", []),
            ("28,000 people left.", "27,956 people left.", []),
            ("120 people left.", "118 people left.", [["number", "120", "118"]]),
            ("Only one sentence has 5 people.", "The other has none.", []),
            # No telling which of two goes with the one on the other side.
            ("Then 20 people sat and 30 people stood.", "Then 25 people sat.", []),
            # Nothing says that the two dates are of the same.
            ("May 2, 2013", "May 3, 2013", []),
        ],
    )
    def test_amounts_and_dates(self, a, b, found):
        assert compared(a, b) == found
        assert compared(b, a) == [[kind, y, x] for kind, x, y in found]

    def test_names_and_places(self):
        a = "Mark Zuckerberg met reporters in Berlin on Monday."
        assert compared(a, "Zuckerberg met reporters in Berlin on Monday.") == []
        assert compared(a, "Mark Zuckerberg met reporters in Paris on Monday.") == [["place", "Berlin", "Paris"]]
        assert compared(a, "Sheryl Sandberg met reporters in Berlin on Monday.") == [
            ["name", "Mark Zuckerberg", "Sheryl Sandberg"]
        ]
        # In a doubtful link a name that differs speaks against the link.
        assert compared(a, "Sheryl Sandberg met reporters in Berlin on Monday.", similarity=0.3) == []

    def test_a_doubtful_link_has_no_conflict_but_its_wording(self):
        assert compared("The ride takes 20 minutes.", "The ride takes 25 minutes.", similarity=0.3) == []
        assert compared("Dozens of people left.", "Several people left.", similarity=0.3) == [
            ["wording", "Dozens", "Several"]
        ]

    def test_places_in_the_article(self):
        sentences = story({"a": ["Then 300 people came."], "b": ["Then 500 people came."]}).assign(start=[10, 20])
        row = alignment.conflicts(sentences, alignment.align(sentences)).iloc[0]
        assert (row["start_a"], row["end_a"], row["start_b"], row["end_b"]) == (15, 18, 25, 28)
        assert row["about"] == "people"

    def test_places_are_missing_without_offsets(self):
        sentences = story({"a": ["Then 300 people came."], "b": ["Then 500 people came."]})
        assert alignment.conflicts(sentences, alignment.align(sentences))["start_a"].isna().all()


class TestReuse:
    def test_golden(self):
        found = alignment.reuse(
            story(
                {
                    "a": ["one two three four five six seven eight nine ten"],
                    "b": ["zero one two three four five x seven eight nine ten eleven", "more"],
                }
            )
        )
        # "one ... five" is a run of five; "seven ... ten" has four words only.
        assert found[["words", "reused"]].values.tolist() == [[10, 5], [13, 5]]
        assert found["share"].tolist() == pytest.approx([0.5, 5 / 13])

    def test_a_changed_word_between_two_runs_counts(self):
        a = "one two three four five six seven eight nine ten eleven"
        found = alignment.reuse(story({"a": [a], "b": [a.replace("six", "SIXTY")]}))
        assert found["share"].tolist() == [1.0, 1.0]

    def test_same_text_is_wholly_reused_and_other_text_is_not(self):
        found = alignment.reuse(
            story({"a": BRIDGE["a"], "b": BRIDGE["a"], "c": ["Whales sing in the deep sea today."]})
        )
        shares = found.set_index(["source", "other_source"])["share"]
        assert shares["a", "b"] == 1.0
        assert shares["a", "c"] == 0.0


class TestDates:
    def test_days_and_hours(self):
        articles = corpus.from_records(
            [
                {"source": "a", "text": "It closed on Monday, June 1.", "published": "2020-06-01T12:00:00Z"},
                {
                    "source": "b",
                    "text": "On Monday it closed. On Tuesday it opened.",
                    "published": "2020-06-02T18:00:00Z",
                },
                {"source": "c", "text": "It was built in 1931.", "published": None},
            ]
        )
        found = alignment.dates(articles, segmentation.split(articles))
        assert found["days"].tolist() == ["Monday, June 1", "Monday, Tuesday", ""]
        assert found["only_here"].tolist() == ["June 1", "Tuesday", ""]
        assert found["hours_after_first"].tolist()[:2] == [0.0, 30.0]
        assert np.isnan(found["hours_after_first"].iloc[2])

    def test_no_articles(self):
        found = alignment.dates(tables.make("articles"), tables.make("sentences"))
        pd.testing.assert_frame_equal(found, tables.make("dates"))


@pytest.fixture(scope="module")
def bridge():
    sentences = segmentation.split(corpus.read("bridge-closure"))
    return sentences, every_table(sentences)


class TestClassroomStory:
    """The invented story holds facts planted for a class; each of them is found."""

    def told(self, bridge, words):
        sentences, found = bridge
        placed = found["events"].merge(sentences[["article_id", "sentence_id", "text"]])
        event = placed.loc[placed["text"].str.contains(words), "event_id"].unique()
        assert len(event) == 1
        return sorted(placed.loc[placed["event_id"] == event[0], "source"].unique())

    def test_two_events_that_all_three_tell(self, bridge):
        assert self.told(bridge, "steel beams") == ["beacon", "gazette", "ledger"]
        assert self.told(bridge, "protested") == ["beacon", "gazette", "ledger"]

    def test_the_quotation_told_differently_is_one_event(self, bridge):
        assert self.told(bridge, "not gamble with") == ["beacon", "gazette", "ledger"]

    def test_the_number_that_differs(self, bridge):
        found = bridge[1]["conflicts"]
        numbers = found.loc[found["kind"] == "number", ["source_a", "text_a", "source_b", "text_b", "about"]]
        assert numbers.values.tolist() == [["beacon", "Nearly 500", "gazette", "about 300", "residents"]]
        wording = found.loc[found["kind"] == "wording"]
        assert set(wording["text_b"]) == {"hundreds"}
        assert set(found["kind"]) == {"number", "wording"}

    def test_what_only_one_tells(self, bridge):
        sentences, found = bridge
        report = sentences.loc[sentences["text"].str.contains("In 2022"), ["article_id", "sentence_id"]].iloc[0]
        gaps = found["omissions"]
        mine = (gaps["article_id"] == report["article_id"]) & (gaps["sentence_id"] == report["sentence_id"])
        assert sorted(gaps.loc[mine, "other_article_id"]) == ["bridge-closure/beacon", "bridge-closure/gazette"]
        alone = found["alone"]
        assert (alone["first_sentence_id"][alone["article_id"] == report["article_id"]] == report["sentence_id"]).any()


@pytest.fixture(scope="module")
def facebook():
    sentences = segmentation.split(corpus.read("facebook-trump-posts"))
    found = alignment.align(sentences)
    return sentences, found, alignment.events(sentences, found)


class TestTwoArticles:
    """The two given articles: what a careful reader lists comes out. They are the demonstration, never the measure."""

    @pytest.mark.parametrize(
        ("commentary", "dispatch"),
        [
            ("staging a virtual walk-out", "staged a virtual strike"),
            ("posted a fact-check link", "flagged and demoted"),
            ("Facebook refused to take action against identical", "left an identical message"),
            ("posted on his own Facebook page Friday", "in a Facebook post on Friday"),
            ("We recognize the pain", "We recognize the pain"),
            ("encourage employees to speak openly", "encourage employees to speak openly"),
            ("threatening to resign", "The resignations, which various engineers"),
        ],
    )
    def test_what_both_tell(self, facebook, commentary, dispatch):
        sentences, _, events = facebook
        placed = events.merge(sentences[["article_id", "sentence_id", "text"]])
        one = placed[(placed["source"] == "commentary") & placed["text"].str.contains(commentary)]
        other = placed[(placed["source"] == "dispatch") & placed["text"].str.contains(dispatch)]
        assert set(one["event_id"]) & set(other["event_id"])

    @pytest.mark.parametrize(
        "only",
        ["met with civil rights leaders on Monday", "Section 230", "Gayle King", "Fox News", "Vanita Gupta", "Kaplan"],
    )
    def test_what_only_one_tells(self, facebook, only):
        sentences, found, _ = facebook
        alone = alignment.alone(sentences, found)
        place = sentences[sentences["text"].str.contains(only)].iloc[0]
        own = alone[alone["article_id"] == place["article_id"]]
        held = (own["first_sentence_id"] <= place["sentence_id"]) & (place["sentence_id"] <= own["last_sentence_id"])
        assert held.any()
