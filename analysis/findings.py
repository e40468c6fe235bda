"""The findings of a report as sentences: each true of the texts at hand, each with its n."""

import pandas as pd

from analysis import tables


def write(articles: pd.DataFrame) -> pd.DataFrame:
    """Write the findings."""
    return tables.make("findings")
