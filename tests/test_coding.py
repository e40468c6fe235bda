"""Drawing items, keeping the machine's answer from the coder, and reading the codes that come back."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import alignment, coding, corpus, segmentation, sentiment, tables

SENTENCES = segmentation.split(
    corpus.from_records(
        [
            {"source": "courier", "text": "A great day. It rained. A terrible “bridge”. The mayor spoke. =1+1 is two."},
            {"source": "herald", "text": "The mayor spoke for an hour. An awful day! All was quiet. It was good."},
        ]
    )
)
SCORED = sentiment.score(SENTENCES)


def test_a_sample_is_stratified_and_weighs_what_it_stands_for():
    rng = np.random.default_rng(0)
    many = pd.DataFrame(
        {
            "article_id": "s/a",
            "source": np.where(np.arange(300) < 200, "a", "b"),
            "start": np.arange(300),
            "end": np.arange(300) + 1,
            "text": "x",
            "polarity": rng.choice([-0.5, 0.0, 0.04, 0.3], 300),
        }
    )
    sample = coding.tone(many, n=60, seed=2)
    assert abs(len(sample) - 60) <= 3
    assert sample["weight"].sum() == pytest.approx(300)
    assert sample["source"].value_counts()["a"] == pytest.approx(40, abs=3)
    assert set(sample["machine"]) == {"-1", "0", "1"}
    assert sample.loc[sample["score"] == 0.04, "machine"].eq("0").all()
    # Not in the order of the strata, by which the answers could be guessed.
    strata = sample["source"] + sample["machine"]
    assert (strata != strata.shift()).sum() > 3 * strata.nunique()
    assert not sample["item"].is_monotonic_increasing


def test_a_sample_is_the_same_for_a_seed_and_any_row_order():
    one = coding.tone(SCORED, n=5, seed=3)
    pd.testing.assert_frame_equal(one, coding.tone(SCORED[::-1], n=5, seed=3))
    assert coding.tone(SCORED, n=5, seed=4)["item"].tolist() != one["item"].tolist()
    before = SCORED.copy()
    coding.tone(SCORED)
    pd.testing.assert_frame_equal(SCORED, before)


def test_nothing_to_draw_from_gives_an_empty_sample():
    pd.testing.assert_frame_equal(coding.tone(SCORED[:0]), tables.make("samples"))
    links = tables.make("alignments")
    assert coding.same(SENTENCES[:0], links, tables.make("omissions")).empty


def test_pairs_are_half_linked_half_not():
    links = alignment.align(SENTENCES)
    sample = coding.same(SENTENCES, links, alignment.omissions(SENTENCES, links), n=4, seed=1)
    assert set(sample["machine"]) == {"same", "different"}
    assert (sample["machine"] == "same").sum() == 2
    linked = links["article_id_a"] + ":" + links["sentence_id_a"].astype("str")
    assert sample.loc[sample["machine"] == "same", "item"].str.split("|").str[0].isin(linked).all()
    assert sample.loc[sample["machine"] == "same", "weight"].sum() == len(links)
    assert sample["other_text"].notna().all()


def test_the_speakers_paragraph_is_shown_with_the_one_before():
    text = "First.\n\nSecond.\n\n“No,” Ann said.\n\nLast."
    articles = corpus.from_records([{"source": "a", "text": text}])
    start = text.index("“No,”")
    row = {"article_id": "story/a", "source": "a", "kind": "direct", "confidence": 0.9, "name": None}
    quotations = pd.DataFrame(
        [{**row, "start": start, "end": start + 5}, {**row, "start": 0, "end": 5, "confidence": 0.4}]
    )
    sample = coding.speaker(quotations, articles)
    assert sample["text"].tolist() == ["Second.\n\n⟦“No,”⟧ Ann said."]
    assert sample["machine"].tolist() == ["nobody"]


def written(folder, coder="ann", seed=1):
    sample = coding.tone(SCORED, n=9, seed=seed)
    sheet = coding.write(sample, story="a story/../x", coder=coder, folder=folder)
    assert sheet["n_items"].tolist() == [9]
    return sample, Path(sheet["path"].item())


def lines(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_sheet_does_not_show_what_the_machine_says(tmp_path):
    sample, path = written(tmp_path)
    assert path == tmp_path / "x" / "tone-ann.csv"
    rows = lines(path)
    assert list(rows[0]) == ["item", "question", "text", "other_text", "code"]
    assert [row["item"] for row in rows] == sample["item"].tolist()
    assert not any(row["code"] for row in rows)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_spreadsheet_takes_a_text_for_a_formula(tmp_path):
    _, path = written(tmp_path)
    (formula,) = [row["text"] for row in lines(path) if "is two" in row["text"]]
    assert formula == "'=1+1 is two."


def fill(path, codes, delimiter=",", encoding="utf-8-sig"):
    rows = lines(path)
    for row, code in zip(rows, codes, strict=False):
        row["code"] = code
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), (";", "cp1252"), ("\t", "utf-16")]
)
def test_codes_come_back_as_they_were_typed(tmp_path, delimiter, encoding):
    sample, path = written(tmp_path)
    fill(path, ["-1", "+1", " 0 ", "", "1.0", "-1" if encoding == "cp1252" else "−1"], delimiter, encoding)
    codes = coding.read(story="x", folder=tmp_path)
    assert codes["code"].tolist() == ["-1", "1", "0", "1", "-1"]
    assert codes["item"].tolist() == [sample["item"][i] for i in (0, 1, 2, 4, 5)]
    assert codes["coder"].unique().tolist() == ["ann"]


def test_codes_are_kept_when_the_sheet_is_written_again(tmp_path):
    _, path = written(tmp_path)
    fill(path, ["1", "0"])
    before = coding.read(story="x", folder=tmp_path)
    written(tmp_path, seed=7)
    after = coding.read(story="x", folder=tmp_path)
    assert set(map(tuple, after.values)) == set(map(tuple, before.values))
    written(tmp_path, coder="bob")
    again = coding.write(coding.tone(SCORED, n=9, seed=1), story="x", coder="ann", folder=tmp_path)
    assert again["n_coded"].tolist() == [2]
    assert coding.read(story="x", folder=tmp_path)["coder"].unique().tolist() == ["ann"]


def test_a_code_that_the_task_does_not_have_is_named_with_its_line(tmp_path):
    _, path = written(tmp_path)
    fill(path, ["1", "2"])
    with pytest.raises(coding.CodingError, match=r"tone-ann\.csv, line 3: no code '2' for tone; it has -1, 0, 1\."):
        coding.read(story="x", folder=tmp_path)


def test_a_file_that_is_none_of_ours_is_named(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mood-ann.csv").write_text("item,code\n")
    with pytest.raises(
        coding.CodingError, match=r"mood-ann\.csv: no task 'mood'; there are tone, voice, speaker, same\."
    ):
        coding.read(story="x", folder=tmp_path)
    (tmp_path / "x" / "mood-ann.csv").rename(tmp_path / "x" / "tone-ann.csv")
    (tmp_path / "x" / "tone-ann.csv").write_text("text,code\n")
    with pytest.raises(coding.CodingError, match=r"tone-ann\.csv: no columns 'item' and 'code' in the first line"):
        coding.read(story="x", folder=tmp_path)


def test_no_codes_yet(tmp_path):
    pd.testing.assert_frame_equal(coding.read(story="x", folder=tmp_path), tables.make("codes"))


def buttons(form):
    return {child.description: child for child in form.children[-1].children if hasattr(child, "click")}


def test_the_form_saves_each_answer_and_goes_on(tmp_path):
    sample = coding.tone(SCORED, n=9, seed=1)
    form = coding.form(sample, story="x", coder="ann", folder=tmp_path)
    assert form.children[2].value == sample["text"][0]
    assert list(buttons(form)) == ["back", "-1", "0", "1", "skip"]
    buttons(form)["1"].click()
    assert form.children[2].value == sample["text"][1]
    buttons(form)["skip"].click()
    buttons(form)["-1"].click()
    codes = coding.read(story="x", folder=tmp_path)
    assert codes[["item", "code"]].values.tolist() == [[sample["item"][0], "1"], [sample["item"][2], "-1"]]
    buttons(form)["back"].click()
    buttons(form)["back"].click()
    assert form.children[2].value == sample["text"][1]
    # Taken up again, it goes on at the first item without a code.
    again = coding.form(sample, story="x", coder="ann", folder=tmp_path)
    assert again.children[2].value == sample["text"][1]


def test_the_form_shows_nothing_of_the_machine(tmp_path):
    sample = coding.tone(SCORED, n=9, seed=1).assign(machine="SECRET", score=0.987)
    form = coding.form(sample, story="x", coder="ann", folder=tmp_path)
    shown = " ".join(str(child.value) for child in form.children[:-1]) + (tmp_path / "x" / "tone-ann.csv").read_text()
    assert "SECRET" not in shown
    assert "0.987" not in shown
    assert coding.form(sample[:0], story="x", coder="ann", folder=tmp_path).value == "There is nothing to code."


def test_a_speaker_is_typed_and_can_be_taken_back(tmp_path):
    rows = [{"task": "speaker", "item": item, "source": "a", "text": "⟦“No,”⟧ Ann said.", "weight": 1} for item in "ij"]
    form = coding.form(tables.make("samples", rows), story="x", coder="ann", folder=tmp_path)
    assert list(buttons(form)) == ["back", "save", "skip"]

    def save(name):
        form.children[-1].children[1].value = name
        buttons(form)["save"].click()

    save(" Ann ")
    assert coding.read(story="x", folder=tmp_path)["code"].tolist() == ["Ann"]
    assert (form.children[0].value, form.children[0].max) == (1, 2)
    buttons(form)["back"].click()
    assert form.children[1].value.endswith("(now: Ann)")
    save("")
    assert coding.read(story="x", folder=tmp_path).empty
    assert form.children[0].value == 0
