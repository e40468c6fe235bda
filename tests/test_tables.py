import pandas as pd
import pytest

from analysis import tables


@pytest.mark.parametrize("name", tables.TABLES)
def test_an_empty_table_has_its_columns_and_types(name):
    empty = tables.make(name)
    table = tables.TABLES[name]
    assert empty.empty
    assert {column: str(dtype) for column, dtype in empty.dtypes.items()} == {
        column: tables.DTYPES[kind] for column, kind in table.columns.items()
    }
    assert set(table.key) <= set(table.columns)


def test_make_orders_columns_drops_others_and_leaves_rows_alone():
    rows = [{"contribution": 1, "term": "a", "more": 0}]
    made = tables.make("contributions", rows)
    assert list(made.columns) == ["term", "contribution"]
    assert made["contribution"].dtype == "float64"
    assert rows == [{"contribution": 1, "term": "a", "more": 0}]


def test_times_become_utc_and_what_is_unknown_stays_missing():
    made = tables.make("articles", [{"published": "2020-06-02T23:00:00-05:00"}, {"published": None}])
    assert made["published"].iloc[0] == pd.Timestamp("2020-06-03T04:00:00Z")
    assert pd.isna(made["published"].iloc[1])
    assert made["title"].isna().all()


def test_check_returns_the_very_frame():
    frame = tables.make("events")
    assert tables.check(frame, "events", call="alignment.coverage") is frame


def test_check_names_the_column_and_what_might_be_it():
    frame = tables.make("contributions").rename(columns={"term": "terms"})
    with pytest.raises(tables.TableError) as caught:
        tables.check(frame, "contributions", call="charts.shift")
    assert str(caught.value) == (
        "charts.shift: the table of contributions has no column 'term'; it has 'terms', 'contribution'. "
        "Is 'terms' meant to be it?"
    )


def test_check_holds_the_grain():
    frame = tables.make("contributions", [{"term": "a", "contribution": 1}, {"term": "a", "contribution": 2}])
    with pytest.raises(tables.TableError) as caught:
        tables.check(frame, "contributions", call="charts.shift")
    assert str(caught.value) == ("charts.shift: two rows of contributions with term 'a'; each row is to be one term.")
    assert tables.check(frame, "contributions", call="charts.shift", unique=False) is frame
