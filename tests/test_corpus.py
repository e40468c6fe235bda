"""Reading articles: what loads, what is refused in one sentence, and what is noted about the rest."""

import copy
import hashlib
import os
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import corpus, inspection, manuscript, tables

PROJECT = Path(__file__).parent.parent
ENGLISH = "The mayor said that the bridge is to stay shut until the summer, and that nobody was hurt on the day. " * 4
GERMAN = "Die Bürgermeisterin sagte, dass die Brücke bis zum Sommer für alle Fahrzeuge gesperrt bleiben wird. " * 4


@pytest.fixture
def story(tmp_path, monkeypatch):
    """An empty story, from a place outside of the project."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "council"
    folder.mkdir()
    return folder


def refused(place, **options):
    """Return the sentence with which reading is refused, and hold it to be one."""
    with pytest.raises(corpus.CorpusError) as caught:
        corpus.read(place, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith((".", "?", "'", ")", "FILE"))
    return message


class TestShippedStories:
    def test_the_two_articles_are_the_text_to_the_byte(self):
        # The sums are those of the texts as they came, before they were given front matter.
        sums = {
            "dispatch": "c2c55b56728714ae12674b22c1f69c904cea1077c29dfa5af36149919e6e2183",
            "commentary": "8a414c64324edad0593ebd864d966ba130b4e4c0026ae1736e0be063bfb2e26a",
        }
        articles = corpus.read("facebook-trump-posts").set_index("source")
        for source in sums:
            file = (PROJECT / "corpus/facebook-trump-posts" / f"{source}.md").read_bytes()
            assert file.endswith(b"---\n" + articles.loc[source, "text"].encode())
            assert hashlib.sha256(articles.loc[source, "text"].encode()).hexdigest() == sums[source]

    def test_what_is_unknown_of_them_is_missing(self):
        articles = corpus.read("facebook-trump-posts")
        assert articles[["title", "author", "published", "url"]].isna().all(axis=None)
        assert articles["published"].dtype == "datetime64[us, UTC]"
        assert list(articles["genre"]) == ["column", "news"]

    def test_they_raise_no_warning(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert len(corpus.read("corpus")) == 5

    def test_the_classroom_story_holds_what_a_lesson_needs(self):
        articles = corpus.read("bridge-closure")
        assert list(articles["source"]) == ["beacon", "gazette", "ledger"]
        texts = dict(zip(articles["source"], articles["text"], strict=True))
        assert all("Ruth Calloway" in text for text in texts.values())
        assert all("Tuesday morning" in text and "protested outside City Hall" in text for text in texts.values())
        assert [source for source, text in texts.items() if "2022" in text] == ["ledger"]
        assert "about 300 residents" in texts["gazette"]
        assert "Nearly 500 furious residents" in texts["beacon"]
        assert "\"We will not gamble with people's lives, and the bridge stays shut until" in texts["gazette"]
        assert '"We will not gamble with lives, and the bridge stays shut for as long' in texts["beacon"]
        assert articles["published"].is_unique
        assert articles["published"].notna().all()
        for path in articles["path"]:
            assert manuscript.read(Path(path)).fields["invented"] == "true"

    def test_stories(self):
        assert corpus.stories() == ["bridge-closure", "facebook-trump-posts"]


class TestFinding:
    def test_by_name_by_path_and_within_the_project_from_anywhere(self, story):
        texts = [
            corpus.read(place)["text"].to_list()
            for place in (
                "bridge-closure",
                "corpus/bridge-closure",
                PROJECT / "corpus" / "bridge-closure",
                str(PROJECT / "corpus" / "bridge-closure") + "/",
            )
        ]
        assert texts[0] == texts[1] == texts[2] == texts[3]

    def test_relative_to_here_first(self, story):
        (story / "daily.txt").write_text(ENGLISH)
        assert corpus.read("council")["article_id"].item() == "council/daily"
        assert corpus.read(".")["story"].item() == "council"

    def test_here_is_a_story_with_a_name(self, story, monkeypatch):
        (story / "daily.txt").write_text(ENGLISH)
        monkeypatch.chdir(story)
        assert corpus.read(".")["article_id"].item() == "council/daily"

    @pytest.mark.parametrize("nothing", ["", " "])
    def test_no_name_is_not_the_folder_here(self, story, monkeypatch, nothing):
        (story / "daily.txt").write_text(ENGLISH)
        monkeypatch.chdir(story)
        assert refused(nothing).startswith("no story is named; the stories here are 'bridge-closure', ")

    def test_no_such_story_names_the_nearest(self, story):
        assert refused("facebook-trump-post") == (
            "no story or folder 'facebook-trump-post'; the stories here are 'bridge-closure', 'facebook-trump-posts'. "
            "Did you mean 'facebook-trump-posts'?"
        )

    def test_no_such_folder_names_the_nearest_beside_it(self, story):
        (story / "daily.txt").write_text(ENGLISH)
        assert "Did you mean 'council'?" in refused(story.parent / "counsil")

    def test_a_file_is_no_story(self, story):
        (story / "daily.txt").write_text(ENGLISH)
        assert refused("council/daily.txt") == (
            "council/daily.txt is a file; name the folder that holds the story's articles."
        )

    def test_an_empty_folder(self, story):
        assert refused("council") == (
            "council holds no articles; put one file an article (.md or .txt) into it, or add them with parallax add."
        )

    def test_hidden_files_and_the_guide_are_no_articles(self, story):
        (story / "daily.txt").write_text(ENGLISH)
        for name in (".daily.txt", "._daily.txt", "README.md", "readme.txt", "notes.pdf"):
            (story / name).write_text(ENGLISH)
        (story / "folder.txt").mkdir()
        assert list(corpus.read("council")["source"]) == ["daily"]

    def test_a_folder_of_stories_leaves_originals_out(self, story):
        for folder in (story, story.parent / "other", story.parent / "originals"):
            folder.mkdir(exist_ok=True)
            (folder / "daily.txt").write_text(ENGLISH)
        assert list(corpus.read(story.parent)["article_id"]) == ["council/daily", "other/daily"]

    def test_the_order_of_the_files_decides_nothing(self, story):
        for name in ("b", "c", "a"):
            (story / f"{name}.txt").write_text(f"---\nsource: daily\n---\nText {name}. {ENGLISH}")
        articles = corpus.read(story)
        assert list(articles["article_id"]) == ["council/daily", "council/daily-2", "council/daily-3"]
        assert [text[5] for text in articles["text"]] == ["a", "b", "c"]

    def test_without_a_corpus_there_are_no_stories(self, story, monkeypatch):
        monkeypatch.setattr(manuscript, "HOME", story / "nowhere")
        assert corpus.stories(story / "nowhere") == []
        assert refused("bridge-closure") == "no story or folder 'bridge-closure'; there are no stories here yet."


class TestBytes:
    def test_the_text_is_kept_to_the_character(self, story):
        text = '\r\n  Odd\ttext .\r\n\r\n---\r\nstray “marks", values,quot;. \x07 e\u0301\u00a0end  \n\n'
        (story / "daily.md").write_bytes(b"---\r\nsource: daily\r\ntitle: A\r\n---\r\n" + text.encode())
        article = corpus.read(story).iloc[0]
        assert article["text"] == text
        assert article["title"] == "A"

    def test_a_byte_order_mark_goes(self, story):
        (story / "daily.md").write_bytes(b"\xef\xbb\xbf---\ntitle: A\n---\n" + ENGLISH.encode())
        article = corpus.read(story).iloc[0]
        assert (article["title"], article["text"]) == ("A", ENGLISH)

    @pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_utf_16_is_read_with_a_warning(self, story, codec):
        text = "---\ntitle: Zürich\n---\n“" + ENGLISH
        (story / "daily.txt").write_bytes(text.encode(codec))
        with pytest.warns(corpus.CorpusWarning) as caught:
            article = corpus.read(story).iloc[0]
        label = "UTF-32" if codec == "utf-32" else "UTF-16"
        assert [str(warning.message) for warning in caught] == [
            f"council/daily.txt is read as {label}; save it as UTF-8 to be sure of every character."
        ]
        assert (article["title"], article["text"]) == ("Zürich", "“" + ENGLISH)

    def test_windows_1252_is_read_with_a_warning(self, story):
        text = "“Zürich’s” café – " + ENGLISH
        (story / "daily.txt").write_bytes(text.encode("cp1252"))
        with pytest.warns(corpus.CorpusWarning, match=r"council/daily\.txt is read as Windows-1252"):
            assert corpus.read(story)["text"].item() == text

    def test_one_stray_byte_in_utf_8_is_mended_with_a_warning(self, story):
        text = "“Zürich” and “Genève” " + ENGLISH
        (story / "daily.txt").write_bytes(text.encode() + "naïve".encode("cp1252"))
        with pytest.warns(corpus.CorpusWarning, match="UTF-8 mixed with Windows-1252"):
            assert corpus.read(story)["text"].item() == text + "naïve"

    def test_as_many_stray_bytes_as_characters_of_utf_8_are_mended_too(self, story):
        (story / "daily.txt").write_bytes(ENGLISH.encode() + "Zürich".encode() + "naïve".encode("cp1252"))
        with pytest.warns(corpus.CorpusWarning, match="UTF-8 mixed with Windows-1252"):
            assert corpus.read(story)["text"].item() == ENGLISH + "Zürichnaïve"

    def test_bytes_that_stand_for_nothing(self, story):
        (story / "daily.txt").write_bytes(ENGLISH.encode() + b"\x81\x8d\x8f")
        assert refused(story) == "council/daily.txt is no text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8."

    @pytest.mark.parametrize(
        "data", [b"GIF89a\x00\x01" * 9, b"text \x00 text", bytes(range(32)) * 20, b"\x01t\x02ext" * 9]
    )
    def test_a_binary_file(self, story, data):
        (story / "daily.txt").write_bytes(data)
        assert refused(story) == (
            "council/daily.txt is a binary file, not text; an article is plain text (.md or .txt)."
        )

    @pytest.mark.parametrize(
        ("data", "what"), [(b"%PDF-1.7\n", "a PDF"), (b"PK\x03\x04\x00", "a Word, Excel or zip file")]
    )
    def test_another_format_under_a_wrong_name(self, story, data, what):
        (story / "daily.txt").write_bytes(data)
        assert refused(story) == (
            f"council/daily.txt is no plain text but {what}; bring it in with: parallax add STORY FILE"
        )

    def test_utf_16_cut_short(self, story):
        (story / "daily.txt").write_bytes("It rained.".encode("utf-16")[:-1])
        assert "is damaged: it begins as UTF-16" in refused(story)

    @pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf"])
    def test_an_empty_file(self, story, data):
        (story / "daily.txt").write_bytes(data)
        assert refused(story) == "council/daily.txt is empty: there is no text in it."

    def test_front_matter_alone(self, story):
        (story / "daily.txt").write_bytes(b"---\nsource: daily\n---\n \n")
        assert refused(story) == "council/daily.txt is empty: there is no text below its front matter."

    def test_a_file_over_the_limit(self, story, monkeypatch):
        (story / "daily.txt").write_text("x" * 5_000_001)
        assert refused(story) == (
            "council/daily.txt is too large: 5.0 MB, where a file may have 5. Split it, or raise the limit "
            "(--max-mb 6, or PARALLAX_MAX_MB=6)."
        )
        assert len(corpus.read(story, max_mb=6)) == 1
        monkeypatch.setenv("PARALLAX_MAX_MB", "5.5")
        assert len(corpus.read(story)) == 1
        monkeypatch.setenv("PARALLAX_MAX_MB", "many")
        assert refused(story) == "PARALLAX_MAX_MB is 'many'; it is to be a number of megabytes, such as 10."

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read(self, story):
        (story / "daily.txt").write_text(ENGLISH)
        (story / "daily.txt").chmod(0)
        assert refused(story) == "council/daily.txt cannot be read: Permission denied."

    @pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
    def test_a_name_that_is_no_text(self, story):
        Path(os.fsdecode(bytes(story) + b"/caf\xe9.txt")).write_text(ENGLISH)
        assert corpus.read(story)["article_id"].item() == "council/caf\\udce9"
        assert list(corpus.check(story)["kind"]) == ["loads"]

    def test_control_characters_in_a_name_are_shown_escaped(self, story):
        (story / "a\x1b[31mb.txt").write_bytes(b"")
        assert refused(story).startswith("council/a\\x1b[31mb.txt is empty")

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
    def test_any_text_comes_back_from_utf_8(self, text):
        assert manuscript.decode(text.encode(), "x") == (text.removeprefix("\ufeff"), "UTF-8")

    @given(st.binary())
    def test_any_bytes_are_read_or_refused(self, data):
        try:
            text, _ = manuscript.decode(data, "x")
        except corpus.CorpusError:
            return
        assert "\x00" not in text


class TestFrontMatter:
    def write(self, story, head, text=ENGLISH):
        (story / "daily.md").write_text(f"---\n{head}---\n{text}")

    def test_values_are_taken_as_printed(self, story):
        head = "source: no\ntitle: 1984\nauthor: [A. Hill, 'B: Wood']\ngenre: null\nurl: ''\nextra: {}\n"
        self.write(story, head.replace("extra: {}\n", ""))
        article = corpus.read(story).iloc[0]
        assert (article["source"], article["title"], article["author"]) == ("no", "1984", "A. Hill, B: Wood")
        assert article[["genre", "url"]].isna().all()

    @pytest.mark.parametrize(
        ("printed", "time"),
        [
            ("2020-06-02", datetime(2020, 6, 2, tzinfo=UTC)),
            ("2020-06-02T15:42:00Z", datetime(2020, 6, 2, 15, 42, tzinfo=UTC)),
            ("2020-06-02 15:42:00 +2", datetime(2020, 6, 2, 13, 42, tzinfo=UTC)),
            ("2020-06-02T15:42:00-04:00", datetime(2020, 6, 2, 19, 42, tzinfo=UTC)),
            ("June 2, 2020 3:42 PM ET", datetime(2020, 6, 2, 19, 42, tzinfo=UTC)),
            ("January 2, 2020 3:42 PM ET", datetime(2020, 1, 2, 20, 42, tzinfo=UTC)),
            ("Tue, 02 Jun 2020 15:42:00 GMT", datetime(2020, 6, 2, 15, 42, tzinfo=UTC)),
            ("'2 June 2020'", datetime(2020, 6, 2, tzinfo=UTC)),
        ],
    )
    def test_dates_become_utc(self, story, printed, time):
        self.write(story, f"published: {printed}\n")
        assert corpus.read(story)["published"].item() == pd.Timestamp(time)

    @pytest.mark.parametrize(
        ("printed", "what"),
        [
            ("yesterday", "which is no date"),
            ("June 2020", "which is no full date"),
            ("2020-13-45", "which is no date"),
            ("03/04/2020", "which can be read as two dates"),
            ("0001-01-01T00:00:00+05:00", "which no calendar reaches"),
            ("2 June 2020 12:00 XYZ", "which is no date"),
        ],
    )
    def test_what_is_no_date_is_named_with_its_line(self, story, printed, what):
        self.write(story, f"# a comment\ntitle: A\npublished: {printed}\n")
        message = refused(story)
        assert message.startswith(f"council/daily.md, line 4: published is {printed!r}, {what}")

    def test_a_value_that_yaml_cannot_read(self, story):
        self.write(story, "source: daily\ntitle: Trump: the posts\n")
        assert refused(story) == (
            "council/daily.md, line 3: the front matter cannot be read (mapping values are not allowed here); write "
            "'name: value', and put a value that holds ': ' or ' #' in quotation marks."
        )

    @pytest.mark.parametrize(
        ("head", "line"),
        [("title: 'open\nsource: daily\n", 3), ("a: b\n\tc: d\n", 3), ("title: [a\n", 2), ("&a: *b\n", 2)],
    )
    def test_other_broken_yaml_names_a_line(self, story, head, line):
        self.write(story, head)
        assert refused(story).startswith(f"council/daily.md, line {line}: ")

    def test_no_pairs_of_name_and_value(self, story):
        self.write(story, "just some words\n")
        assert refused(story) == (
            "council/daily.md, line 2: the front matter is to hold lines of 'name: value'; close it with ---."
        )

    def test_a_field_with_parts(self, story):
        self.write(story, "source: daily\nauthor:\n  first: Ann\n")
        assert refused(story) == "council/daily.md, line 3: author is to be one value or a list of values."

    def test_front_matter_that_never_ends(self, story):
        (story / "daily.md").write_text("---\nsource: daily\n" + ENGLISH)
        assert refused(story) == (
            "council/daily.md, line 1: the front matter begins here and never ends; close it with a line of ---."
        )

    def test_a_rule_is_no_front_matter(self, story):
        text = "---\n" + ENGLISH + "\n"
        (story / "daily.md").write_text(text)
        assert corpus.read(story)["text"].item() == text

    def test_without_a_source_the_file_names_it(self, story):
        self.write(story, "title: A\n")
        (story / "weekly.txt").write_text(ENGLISH)
        assert list(corpus.read(story)["source"]) == ["daily", "weekly"]

    def test_two_articles_with_one_id(self, story):
        for name in ("daily", "weekly"):
            (story / f"{name}.md").write_text(f"---\narticle_id: one\n---\n{ENGLISH}")
        assert refused(story) == (
            "two articles have the id 'one': council/daily.md and council/weekly.md; give each its own article_id."
        )

    @given(
        st.dictionaries(
            st.sampled_from(manuscript.FIELDS),
            st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])).map(lambda text: text.strip()),
        ),
        st.text(),
    )
    def test_what_is_composed_is_parsed_again(self, fields, text):
        head, body = manuscript.parse(manuscript.compose(fields, text), "x")
        assert body == text
        # "~" and "null" are how YAML writes nothing.
        assert head == {name: "" if value in {"~", "null"} else value for name, value in fields.items()}


class TestRecords:
    def test_what_is_left_out_is_missing_or_made(self):
        articles = corpus.from_records([{"source": "a", "text": " x "}, {"source": "a", "text": "y", "story": "s"}])
        assert list(articles["article_id"]) == ["story/a", "s/a"]
        assert articles["text"][0] == " x "
        assert articles[["title", "author", "published", "genre", "url", "path"]].isna().all(axis=None)

    def test_no_records_make_an_empty_table(self):
        articles = corpus.from_records([])
        assert list(articles.columns) == list(tables.TABLES["articles"].columns)
        assert articles["published"].dtype == "datetime64[us, UTC]"

    def test_a_table_is_as_good_and_stays_as_it_is(self):
        articles = corpus.read("bridge-closure")
        before = articles.copy(deep=True)
        pd.testing.assert_frame_equal(corpus.from_records(articles), articles)
        pd.testing.assert_frame_equal(articles, before)
        records = [{"source": "a", "text": "x", "published": None, "title": float("nan")}]
        same = copy.deepcopy(records)
        corpus.from_records(records)
        assert str(records) == str(same)

    def test_numbers_step_around_ids_that_are_taken(self):
        records = [{"source": source, "text": "x"} for source in ("a", "a", "a-2", "a")]
        records.append({"source": "a", "text": "x", "article_id": "story/a-4"})
        found = corpus.from_records(records)["article_id"]
        assert list(found) == ["story/a", "story/a-3", "story/a-2", "story/a-5", "story/a-4"]

    @given(st.lists(st.sampled_from(["a", "a-2", "a-2-2", "b"])))
    def test_ids_are_unique_whatever_the_sources(self, sources):
        articles = corpus.from_records({"source": source, "text": "x"} for source in sources)
        assert articles["article_id"].is_unique
        assert list(articles["source"]) == sources

    def test_mixed_ways_to_write_a_date(self):
        published = ["2020-06-02", "June 3, 2020", datetime(2020, 6, 4, 5, tzinfo=UTC), pd.NaT, ""]
        articles = corpus.from_records({"source": "a", "text": "x", "published": value} for value in published)
        assert [f"{time:%m-%d %H}" for time in articles["published"][:3]] == ["06-02 00", "06-03 00", "06-04 05"]
        assert articles["published"][3:].isna().all()

    @pytest.mark.parametrize(
        ("record", "message"),
        [
            ({"text": "x"}, "corpus.from_records: record 2 has no source; give each a source and a text."),
            ({"source": "a"}, "corpus.from_records: record 2 has no text; give each a source and a text."),
            ({"source": "a", "text": 5}, "corpus.from_records: record 2 has no text; give each a source and a text."),
            (
                {"source": "a", "text": "x", "published": "soon"},
                "corpus.from_records: record 2: published is 'soon', which is no date; write it as 2020-06-02 or "
                "2020-06-02T15:42:00Z, or leave it empty.",
            ),
        ],
    )
    def test_a_record_that_is_none(self, record, message):
        with pytest.raises(corpus.CorpusError) as caught:
            corpus.from_records([{"source": "a", "text": "x"}, record])
        assert str(caught.value) == message


LANGUAGES = {
    "German": "Der Bürgermeister sagte, dass die Brücke für alle Fahrzeuge gesperrt bleibt, bis die Risse weg sind.",
    "French": "Le maire a dit que le pont restera fermé à tous jusqu'à ce que les ingénieurs aient vu les fissures.",
    "Spanish": "El alcalde dijo el martes que el puente sigue cerrado hasta que los ingenieros vean las grietas.",
    "Italian": "Il sindaco ha detto che il ponte rimarrà chiuso a tutti fino a quando non sono state viste le crepe.",
    "Portuguese": "O presidente disse na terça que a ponte fica fechada a todos até que os engenheiros vejam tudo.",
    "Dutch": "De burgemeester zei dat de brug voor alle auto's dicht blijft tot de scheuren zijn onderzocht.",
    "Polish": "Burmistrz powiedział we wtorek, że most jest zamknięty dla wszystkich, bo nie wiadomo, jak jest.",
    "Russian": "Мэр заявил во вторник, что мост закрыт для всех машин, пока инженеры не осмотрят все трещины в нём.",
    "Greek": "Ο δήμαρχος είπε ότι η γέφυρα θα μείνει κλειστή για όλα τα οχήματα μέχρι να εξεταστούν οι ρωγμές.",
    "Chinese": "市长星期二表示，在工程师检查完所有裂缝之前，大桥将对所有车辆关闭。",
    "Japanese": "市長は火曜日、技術者がすべての亀裂を調べるまで橋は閉鎖されると述べた。",
    "Hebrew": "ראש העיר אמר ביום שלישי כי הגשר יישאר סגור",
}


class TestLanguage:
    @pytest.mark.parametrize(("name", "text"), LANGUAGES.items())
    def test_languages_are_named(self, name, text):
        assert inspection.language(text) == name
        assert not inspection.is_english(text)

    def test_english_is_english(self):
        articles = corpus.read("corpus")
        assert [inspection.language(text) for text in articles["text"]] == ["English"] * len(articles)

    def test_names_and_numbers_alone_say_nothing(self):
        assert inspection.language("Obama 12 Merkel 34 Macron 56") == ""
        assert inspection.language("") == ""

    def test_english_has_to_be_beaten_clearly(self):
        text = "A dog, a man, a plan, a canal: Panama. Do or die, so I see a den, no?"
        assert inspection.language(text) == "English"

    def test_quotations_in_another_language_leave_an_article_english(self):
        assert inspection.language(ENGLISH + LANGUAGES["German"]) == "English"

    def test_an_invented_language_is_not_taken_for_another(self):
        assert inspection.language("blor fnarg wuppel zim " * 40) == "a language that is not recognised"

    def test_a_foreign_article_is_read_with_a_warning(self, story):
        (story / "bote.txt").write_text(GERMAN)
        (story / "daily.txt").write_text(ENGLISH)
        with pytest.warns(corpus.CorpusWarning) as caught:
            articles = corpus.read(story)
        assert [str(warning.message) for warning in caught] == [
            "council/bote.txt is in German, not in English: the report leaves it out of every measure."
        ]
        assert list(corpus.in_english(articles)["source"]) == ["daily"]
        assert list(corpus.notes(articles)["kind"]) == ["language"]

    def test_other_ways_to_quote_are_not_called_odd(self):
        text = GERMAN + "„Nein“, sagte sie. «Non», dit-il."
        assert [kind for kind, _ in inspection.condition(text)] == ["language"]


class TestNotes:
    def test_the_damaged_article_is_described(self):
        notes = corpus.notes(corpus.read("facebook-trump-posts"))
        assert list(zip(notes["source"], notes["kind"], notes["note"], strict=True)) == [
            ("dispatch", "characters", "1 remnant of HTML such as 'quot;'"),
            (
                "dispatch",
                "quotation marks",
                "2 opening and 1 closing curly quotation marks; straight and curly quotation marks mixed (30 and 3)",
            ),
        ]

    def test_none_for_the_classroom_story_but_the_columns_are_there(self):
        notes = corpus.notes(corpus.read("bridge-closure"))
        assert notes.empty
        assert list(notes.columns) == ["article_id", "story", "source", "kind", "note"]

    @pytest.mark.parametrize(
        ("text", "kind", "note"),
        [
            (ENGLISH + "\x07\x9b", "characters", "2 control characters, shown escaped"),
            (ENGLISH + "donâ€™t", "characters", "1 badly decoded character such as 'â€™' (mixed encodings)"),
            (ENGLISH + "\ufffd", "characters", "1 badly decoded character such as '\ufffd' (mixed encodings)"),
            (ENGLISH + '"', "quotation marks", 'an odd number of straight quotation marks (1 of ")'),
            ("Too short.", "length", "2 words only: too little to measure anything"),
        ],
    )
    def test_each_kind(self, text, kind, note):
        notes = corpus.notes(corpus.from_records([{"source": "a", "text": text}]))
        assert (kind, note) in list(zip(notes["kind"], notes["note"], strict=True))

    def test_the_same_text_twice_in_a_story(self):
        records = [
            {"source": "a", "text": ENGLISH},
            {"source": "b", "text": f"\r\n{ENGLISH}"},
            {"source": "c", "text": ENGLISH, "story": "another"},
        ]
        notes = corpus.notes(corpus.from_records(records))
        assert list(notes["article_id"]) == ["story/b"]
        assert list(notes["note"]) == ["the same text as story/a"]

    def test_encoding_and_change_are_read_from_the_file(self, story):
        sum_of_another = inspection.digest("Another text.")
        text = f"---\ntext_sha256: {sum_of_another}\n---\n“{ENGLISH}”"
        (story / "daily.txt").write_bytes(text.encode("cp1252"))
        with pytest.warns(corpus.CorpusWarning):
            articles = corpus.read(story)
        assert list(corpus.notes(articles)["kind"]) == ["encoding", "changed"]
        (story / "daily.txt").unlink()
        assert corpus.notes(articles).empty

    def test_a_column_that_lacks_is_named(self):
        with pytest.raises(tables.TableError, match=r"corpus\.notes: the table of articles has no column 'path'"):
            corpus.notes(corpus.read("bridge-closure").drop(columns="path"))


class TestCheck:
    def test_everything_at_once(self, story):
        (story / "a.md").write_text(f"---\ntitel: A\npublished: 2020-06-02\n---\n{ENGLISH}")
        (story / "b.md").write_bytes(b"\x00\x01")
        (story / "c.md").write_text("---\npublished: soon\n---\nText.")
        (story / "d.md").write_text("Forty words would be more.")
        (story / "aliases.toml").write_text('"Ann Hill" = ["mayor", "Hilly"]')
        (story / "originals").mkdir()
        (story / "originals" / "lost.pdf").write_bytes(b"x")
        found = corpus.check("council")
        assert list(zip(found["source"].fillna(""), found["kind"], found["note"], strict=True)) == [
            ("a", "loads", "84 words, published 2020-06-02, no headline"),
            ("a", "metadata", "the field 'titel' of the front matter is not read; is it meant to be 'title'?"),
            (
                "b",
                "does not load",
                "council/b.md is a binary file, not text; an article is plain text (.md or .txt).",
            ),
            (
                "c",
                "does not load",
                "council/c.md, line 2: published is 'soon', which is no date; write it as 2020-06-02 or "
                "2020-06-02T15:42:00Z, or leave it empty.",
            ),
            ("d", "loads", "5 words, no date, no headline"),
            ("d", "length", "5 words only: too little to measure anything"),
            ("", "aliases", "no article holds 'Hilly', an alias of 'Ann Hill'"),
            ("", "originals", "no article comes from 'lost.pdf'"),
        ]

    def test_files_that_are_to_be_added_first(self, story):
        import pypdf

        (story / "daily.txt").write_text(ENGLISH)
        (story / "page.html").write_text("".join(f"<p>{ENGLISH}</p>" for _ in range(3)))
        writer = pypdf.PdfWriter()
        writer.add_blank_page(300, 300)
        writer.write(story / "scan.pdf")
        found = corpus.check("council")
        assert list(zip(found["source"], found["kind"], strict=True)) == [
            ("daily", "loads"),
            ("page", "not read"),
            ("scan", "does not load"),
        ]
        assert found["note"][1] == "page.html is no article yet; bring it in with: parallax add council page.html"
        assert found["note"][2].startswith("council/scan.pdf is a scan, a picture of text")

    def test_two_articles_with_one_id(self, story):
        for name in ("daily", "weekly"):
            (story / f"{name}.md").write_text(f"---\narticle_id: one\n---\n{ENGLISH} {name}")
        found = corpus.check(story)
        assert sorted(found["kind"]) == ["does not load", "loads", "loads"]
        assert "two articles have the id 'one'" in found.loc[found["kind"] == "does not load", "note"].item()

    def test_a_whole_corpus(self):
        found = corpus.check("corpus")
        assert (found["kind"] == "loads").sum() == 5


class TestAliases:
    def test_each_further_name_leads_to_the_name(self, story):
        (story / "daily.txt").write_text(ENGLISH)
        (story / "aliases.toml").write_text(
            '# Names that the articles use.\n"Timothy J. Aveni" = ["Aveni", "Tim Aveni"]\nFacebook = ["the company"]\n'
        )
        assert corpus.aliases(story) == {
            "Aveni": "Timothy J. Aveni",
            "Tim Aveni": "Timothy J. Aveni",
            "the company": "Facebook",
        }
        assert corpus.aliases("council") == corpus.aliases(story)

    def test_none_where_there_is_no_file(self):
        assert corpus.aliases("facebook-trump-posts") == {}

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (
                "Ann Hill = [",
                "council/aliases.toml cannot be read (Expected '=' after a key in a key/value pair (at line 1, column "
                '5)); write a line a name: "Full Name" = ["Other Name"].',
            ),
            (
                'Hill = "Ann"',
                """council/aliases.toml: 'Hill' is to have a list of names, as in "Hill" = ["Other Name"].""",
            ),
            (
                "Hill = [1]",
                """council/aliases.toml: 'Hill' is to have a list of names, as in "Hill" = ["Other Name"].""",
            ),
            (
                'Hill = ["Ann"]\nWood = ["Ann"]',
                "council/aliases.toml: 'Ann' is given to both 'Hill' and 'Wood'; keep one.",
            ),
        ],
    )
    def test_a_file_that_is_none(self, story, content, message):
        (story / "aliases.toml").write_text(content)
        with pytest.raises(corpus.CorpusError) as caught:
            corpus.aliases(story)
        assert str(caught.value) == message


def test_reading_needs_no_pandas():
    code = (
        "import sys; from analysis import manuscript, inspection; manuscript.load('bridge-closure'); "
        "inspection.condition('x'); print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
