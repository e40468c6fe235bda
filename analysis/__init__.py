"""Parallax: how several news sources tell the same events, as tidy tables that point back into the text.

Import the modules that you need: ``from analysis import corpus, segmentation, sentiment``. Each is one concept of
the field; each takes tables and returns tables, leaves its input alone and prints nothing.
"""

__version__ = "0.1.0"
