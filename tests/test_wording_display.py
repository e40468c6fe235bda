"""Wordings side by side, each in its sentence."""

import pandas as pd

from analysis import display, tables


def told():
    row = {"story": "s", "kind": "verb", "about": "Hill & Co", "evidence": 2.0, "similarity": 0.5, "event_id": None}
    a = {"article_id_a": "s/a", "source_a": "a", "sentence_id_a": 0, "start_a": 15, "end_a": 42}
    b = {"article_id_b": "s/b", "source_b": "<b>", "sentence_id_b": 3, "start_b": 103, "end_b": 109}
    return tables.make("wording", [{**row, **a, **b, "wording_a": "hid … behind a rock", "wording_b": "buried"}])


def sentences():
    rows = [("s/a", 0, 10, "They hid the letter  behind\na rock."), ("s/b", 3, 100, "We buried <it>.")]
    return pd.DataFrame(rows, columns=["article_id", "sentence_id", "start", "text"])


def test_each_side_has_its_words_and_its_sentence_with_them_marked():
    markup = display.wording(told(), sentences()).markup
    assert "<b>hid … behind a rock</b>" in markup
    assert '<span class="differs">hid</span>' in markup
    assert '<span class="differs">behind a rock</span>' in markup
    assert '<span class="differs">buried</span>' in markup
    assert "Hill &amp; Co" in markup


def test_hostile_text_is_escaped():
    markup = display.wording(told(), sentences()).markup
    assert "&lt;it&gt;" in markup
    assert "&lt;b&gt;: " in markup


def test_what_is_not_shown_is_counted_and_nothing_is_said_to_be_nothing():
    twice = pd.concat([told(), told()], ignore_index=True)
    assert "not shown here: 1 more" in display.wording(twice, sentences(), n=1).markup
    assert "No two sources" in display.wording(tables.make("wording"), tables.make("sentences")).markup
