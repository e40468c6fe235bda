"""Adding articles: real files of each kind come in with text and metadata, broken ones get one sentence each."""

import html
import io
import json
import os
import shutil
import socket
import subprocess
import zipfile
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from analysis import corpus, databases, found, manuscript, printout

CHROMIUM = shutil.which("chromium")
TITLE = "Harbour ferry stops after storm"
BODY = [
    "The harbour ferry stopped on Sunday after a storm tore away part of its landing stage, the port authority said.",
    "“Nobody was hurt, and that’s what counts tonight,” said Marit Olsen, who heads the authority. "
    "She expects a break of two weeks.",
    "About 900 people take the ferry on a working day. Many of them will have to drive around the bay, "
    "which takes 40 minutes and costs £12 in tolls.",
    "Engineers will look at the piles from Monday on – the council has promised to pay for buses until then.",
]
TEXT = f"# {TITLE}\n\n" + "\n\n".join(BODY) + "\n"
OTHER = (
    "Another council voted on Tuesday to put off the repair of its bridge, and nobody knows for how long it will be."
)

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | The Quayside Post</title>
<meta property="og:site_name" content="The Quayside Post">
<meta property="article:published_time" content="2024-11-03T08:15:00+01:00">
<meta name="author" content="Nora Feld">
<link rel="canonical" href="https://quayside.example/news/ferry-stops">
<script>document.write("<p>This is no text.</p>")</script></head>
<body><header><nav><a href="/">Home</a> <a href="/news">News</a></nav></header>
<main><article><h1>{title}</h1><p class="byline">By Nora Feld</p>
<figure><img src="https://quayside.example/a.jpg"><figcaption>At its berth. Photo: Jan Holm</figcaption></figure>
<p>{0}</p><p>{1}</p><p>Related: <a href="/news/storm">What the storm did elsewhere</a></p>
<p>{2}</p><p>Photo: Jan Holm</p><p>{3}</p></article></main>
<aside><h3>Most read</h3><ul><li><a href="/1">Ten best beaches</a></li></ul></aside>
<footer><p>© 2024 The Quayside Post. All rights reserved.</p></footer></body></html>"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the files to add lie; the story is one folder further up."""
    monkeypatch.chdir(tmp_path)
    files = tmp_path / "files"
    files.mkdir()
    return files


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("something tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def add(*paths):
    return corpus.add(Path("story").absolute(), paths).to_dict("records")


def add_one(path):
    """Add a file with one article; return the addition and what was written."""
    (row,) = add(path)
    assert row["outcome"] == "added", row["note"]
    return row, manuscript.read(Path(row["path"]))


def page(title=TITLE, body=BODY):
    return PAGE.format(*body, title=title)


def print_pdf(source, target):
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    options += ["--disable-background-networking", "--disable-component-update"]
    options += [f"--user-data-dir={target.parent.parent}/profile", f"--print-to-pdf={target}"]
    subprocess.run([CHROMIUM, *options, source.as_uri()], check=True, capture_output=True, timeout=60)


def write_docx(path, lines, title=None):
    import docx

    document = docx.Document()
    if title:
        document.add_heading(title, level=0)
    for line in lines:
        document.add_paragraph(line)
    document.core_properties.author = "typist"
    document.save(path)


def write_odt(path, body):
    head = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {head}><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
        )
        archive.writestr(
            "meta.xml",
            '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:creator>Nora Feld</dc:creator>'
            "</office:meta></office:document-meta>",
        )


def rtf(lines, title="", author=""):
    def escaped(text):
        return "".join(
            c if c not in "\\{}" and ord(c) < 128 else f"\\u{ord(c)}?" if ord(c) > 255 else f"\\'{ord(c):02x}"
            for c in text
        )

    info = rf"{{\info{{\title {escaped(title)}}}{{\author {escaped(author)}}}}}"
    return r"{\rtf1\ansi\ansicpg1252\deff0" + info + "\\f0 " + "\\par\n".join(escaped(line) for line in lines) + "}"


class TestOneArticle:
    def test_web_page(self, folder):
        (folder / "saved.html").write_text(page(), encoding="utf-8")
        row, held = add_one("files/saved.html")
        assert held.text == TEXT
        assert held.fields == {
            "source": "The Quayside Post",
            "title": TITLE,
            "author": "Nora Feld",
            "published": "2024-11-03T07:15:00Z",
            "genre": "",
            "url": "https://quayside.example/news/ferry-stops",
            "original": "originals/saved.html",
            "text_sha256": held.fields["text_sha256"],
        }
        assert (row["source"], row["title"], row["n_words"]) == ("The Quayside Post", TITLE, 92)
        assert row["published"] == pd.Timestamp("2024-11-03T07:15:00Z")
        assert row["note"] == "left out 8 lines, listed in originals/the-quayside-post.left-out.txt"
        listed = Path("story/originals/the-quayside-post.left-out.txt").read_text(encoding="utf-8").splitlines()
        assert listed == [
            "Related: What the storm did elsewhere",
            "Photo: Jan Holm",
            "Home News",
            "By Nora Feld",
            "At its berth. Photo: Jan Holm",
            "Most read",
            "Ten best beaches",
            "© 2024 The Quayside Post. All rights reserved.",
        ]

    def test_web_page_in_another_encoding(self, folder):
        markup = page().replace('charset="utf-8"', 'charset="windows-1252"')
        (folder / "saved.htm").write_bytes(markup.encode("cp1252"))
        assert add_one("files/saved.htm")[1].text == TEXT

    def test_web_page_that_says_little_of_itself(self, folder):
        paragraphs = "".join(f"<p>{line}</p>" for line in BODY)
        markup = f"<!-- saved from url=(0033)https://daily.example/ferry --><html><body>{paragraphs}</body></html>"
        (folder / "saved.html").write_text(markup, encoding="utf-8")
        _, held = add_one("files/saved.html")
        assert held.text == "\n\n".join(BODY) + "\n"
        assert held.fields["source"] == "saved"
        assert held.fields["url"] == "https://daily.example/ferry"
        assert held.fields["published"] == held.fields["title"] == ""

    def test_the_date_of_structured_data(self, folder):
        markup = page().replace(
            '<meta property="article:published_time" content="2024-11-03T08:15:00+01:00">',
            '<script type="application/ld+json">{"@type": "Article", "datePublished": "2024-11-03T09:00:00Z"}</script>',
        )
        (folder / "saved.html").write_text(markup, encoding="utf-8")
        assert add_one("files/saved.html")[1].fields["published"] == "2024-11-03T09:00:00Z"

    def test_a_line_break_parts_words(self, folder):
        (folder / "saved.html").write_text(page().replace("heads the authority. She", "heads the authority.<br>She"))
        assert add_one("files/saved.html")[1].text == TEXT

    def test_lists_subheadings_and_quotations_stay_in_their_order(self, folder):
        middle = (
            f"<h3>What is next</h3><ul><li>{BODY[1]}</li><li>{BODY[2]}</li></ul><blockquote><p>{OTHER}</p></blockquote>"
        )
        markup = page().replace(f"<p>{BODY[1]}</p>", "").replace(f"<p>{BODY[2]}</p>", middle)
        (folder / "saved.html").write_text(markup, encoding="utf-8")
        paragraphs = [BODY[0], "## What is next", BODY[1], BODY[2], OTHER, BODY[3]]
        assert add_one("files/saved.html")[1].text == f"# {TITLE}\n\n" + "\n\n".join(paragraphs) + "\n"

    def test_a_page_saved_without_its_scripts(self, folder):
        markup = page().replace('<meta property="og:site_name" content="The Quayside Post">', "")
        markup = markup.replace(
            '<meta property="article:published_time" content="2024-11-03T08:15:00+01:00">',
            '<meta name="date" content="2024-11-03">',
        )
        markup = markup.replace("</h1>", '</h1><time datetime="2024-11-03T08:15:00+01:00">Sunday</time>')
        (folder / "saved.html").write_text(markup, encoding="utf-8")
        _, held = add_one("files/saved.html")
        assert (held.fields["source"], held.fields["published"]) == ("The Quayside Post", "2024-11-03T07:15:00Z")

    def test_a_link_inside_a_sentence_is_not_called_left_out(self, folder):
        markup = page().replace("Marit Olsen, who", 'Marit <a href="/o"><em>Olsen</em></a>, who')
        (folder / "saved.html").write_text(markup, encoding="utf-8")
        _, held = add_one("files/saved.html")
        assert held.text == TEXT
        assert "Olsen" not in Path("story/originals/the-quayside-post.left-out.txt").read_text(encoding="utf-8")

    def test_mhtml(self, folder):
        message = EmailMessage()
        message["Snapshot-Content-Location"] = "https://quayside.example/saved"
        message["Subject"] = TITLE
        message.set_content(
            page().replace('<link rel="canonical"', '<link rel="icon"'), subtype="html", cte="quoted-printable"
        )
        message.make_related()
        message.add_related(b"\x89PNG", "image", "png")
        (folder / "saved.mhtml").write_bytes(bytes(message))
        _, held = add_one("files/saved.mhtml")
        assert held.text == TEXT
        assert held.fields["url"] == "https://quayside.example/saved"
        assert held.fields["source"] == "The Quayside Post"

    @pytest.mark.skipif(not CHROMIUM, reason="no chromium here to print a PDF with")
    def test_pdf(self, folder, tmp_path):
        (folder / "saved.html").write_text(page(), encoding="utf-8")
        print_pdf(folder / "saved.html", folder / "print.pdf")
        row, held = add_one("files/print.pdf")
        assert held.text == TEXT
        assert (held.fields["source"], held.fields["author"]) == ("The Quayside Post", "Nora Feld")
        assert held.fields["published"] == ""
        assert "left out" in row["note"]
        # The page that was printed is the same article.
        assert [again["outcome"] for again in add("files/saved.html")] == ["already there"]

    @pytest.mark.skipif(not CHROMIUM, reason="no chromium here to print a PDF with")
    @pytest.mark.parametrize("style", ["p { hyphens: auto } body { max-width: 21em }", "body { columns: 2 }"])
    def test_pdf_of_several_pages(self, folder, style):
        text = corpus.read("facebook-trump-posts").set_index("source").loc["dispatch", "text"]
        body = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
        paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in body)
        markup = f"<html lang=en><meta charset=utf-8><title>A strike</title><style>{style}</style><h1>A strike</h1>"
        (folder / "saved.html").write_text(markup + paragraphs, encoding="utf-8")
        print_pdf(folder / "saved.html", folder / "print.pdf")
        assert add_one("files/print.pdf")[1].text == "# A strike\n\n" + "\n\n".join(body).strip() + "\n"

    def test_docx(self, folder):
        write_docx(folder / "gazette.docx", ["By Nora Feld", *BODY[:2], "Photo: Jan Holm", *BODY[2:]], TITLE)
        _, held = add_one("files/gazette.docx")
        assert held.text == TEXT
        assert (held.fields["source"], held.fields["title"], held.fields["author"]) == ("gazette", TITLE, "Nora Feld")
        assert Path("story/originals/gazette.left-out.txt").read_text() == "By Nora Feld\nPhoto: Jan Holm\n"

    def test_odt(self, folder):
        body = f"<text:h>{TITLE}</text:h>" + "".join(f"<text:p>{line}</text:p>" for line in BODY)
        body = body.replace("She expects", "<text:s/>She<text:note><text:p>A note.</text:p></text:note> expects")
        write_odt(folder / "gazette.odt", body)
        _, held = add_one("files/gazette.odt")
        assert held.text == TEXT
        assert (held.fields["title"], held.fields["author"]) == (TITLE, "Nora Feld")

    def test_odt_title_by_its_style(self, folder):
        styles = (
            '<office:automatic-styles xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">'
            '<style:style style:name="P1" style:parent-style-name="Title"/></office:automatic-styles>'
        )
        body = f'<text:p text:style-name="P1">{TITLE}</text:p>' + "".join(f"<text:p>{line}</text:p>" for line in BODY)
        write_odt(folder / "gazette.odt", styles + body)
        assert add_one("files/gazette.odt")[1].text == TEXT

    def test_a_date_above_the_text(self, folder):
        write_docx(folder / "gazette.docx", ["By Nora Feld", "Published on June 2, 2020 3:42 PM EDT", *BODY], TITLE)
        _, held = add_one("files/gazette.docx")
        assert held.text == TEXT
        assert held.fields["published"] == "2020-06-02T19:42:00Z"

    def test_a_sentence_with_a_year_is_no_date(self, folder):
        write_docx(folder / "gazette.docx", ["It was built in June 2020.", *BODY], TITLE)
        _, held = add_one("files/gazette.docx")
        assert "It was built in June 2020." in held.text
        assert held.fields["published"] == ""

    def test_rtf(self, folder):
        (folder / "gazette.rtf").write_text(rtf(BODY, TITLE, "Nora Feld"), encoding="ascii")
        _, held = add_one("files/gazette.rtf")
        assert held.text == TEXT
        assert (held.fields["title"], held.fields["author"]) == (TITLE, "Nora Feld")

    @pytest.mark.parametrize("kind", ["plain", "html"])
    def test_eml(self, folder, kind):
        message = EmailMessage()
        message["From"] = "The Quayside Post <news@quayside.example>"
        message["Subject"] = TITLE
        message["Date"] = "Sun, 03 Nov 2024 08:15:00 +0100"
        message.set_content("\n\n".join(BODY) if kind == "plain" else page(), subtype=kind, charset="utf-8")
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
        (folder / "mail.eml").write_bytes(bytes(message))
        _, held = add_one("files/mail.eml")
        assert held.text == TEXT
        assert held.fields["source"] == "The Quayside Post"
        assert held.fields["published"] == "2024-11-03T07:15:00Z"
        assert "attachment: plan.pdf" in Path("story/originals/the-quayside-post.left-out.txt").read_text()

    def test_own_text_is_kept_to_the_character(self, folder):
        text = "  Photo: a line of the user's own.\r\n\r\n" + OTHER + "\n\n"
        (folder / "daily.md").write_bytes(f"---\nsource: The Daily\ntitle: A\nsection: City\n---\n{text}".encode())
        _, held = add_one("files/daily.md")
        assert held.text == text
        assert (held.fields["source"], held.fields["title"], held.fields["section"]) == ("The Daily", "A", "City")

    def test_own_text_in_another_encoding_becomes_utf_8(self, folder):
        (folder / "daily.txt").write_bytes(BODY[1].encode("utf-16"))
        row, held = add_one("files/daily.txt")
        assert (held.text, held.encoding) == (BODY[1], "UTF-8")
        assert row["note"].startswith("read as UTF-16")


ROWS = [
    {
        "Headline": TITLE,
        "Publication": "Daily",
        "Date": "June 2, 2020",
        "Text": "\n\n".join(BODY),
        "Link": "https://d.example",
    },
    {"Headline": "Repair put off", "Publication": "Weekly", "Date": "2020-06-03", "Text": OTHER, "Link": ""},
    {"Headline": "Nothing", "Publication": "Weekly", "Date": "soon", "Text": "", "Link": ""},
]


def lines(*texts, x=50.0, step=14.0, size=10.0, top=700.0):
    return [printout.Line(text, x, top - step * number, size) for number, text in enumerate(texts)]


class TestPrintedLines:
    def test_a_word_that_is_broken_is_mended(self):
        page = lines("The protes-", "ters asked for self-", "preservation and for an incen-", "diary post to go.")
        layout = printout.Layout([page])
        text = page[0].text
        for line in page[1:]:
            text = layout.join(text, line.text)
        assert text == "The protesters asked for self-preservation and for an incendiary post to go."

    def test_hyphens_stay_where_no_word_is_broken(self):
        page = lines("They cross-", "posted it, and the well-", "known rule was kept.")
        layout = printout.Layout([page])
        assert layout.join("They cross-", "posted it") == "They cross-posted it"

    def test_an_indent_begins_a_paragraph(self):
        page = lines(
            "A first sentence that goes on over the", "line and ends here.", "A second one that is long enough"
        )
        page[0].x = page[2].x = 62.0
        layout = printout.Layout([page])
        assert layout.goes_on(page[0], page[1], new_page=False)
        assert not layout.goes_on(page[1], page[2], new_page=False)

    def test_an_indent_is_told_from_the_edge_where_sentences_go_on(self):
        texts = [
            "A first line that goes on",
            "and ends.",
            "A second one goes on",
            "and ends, too.",
            "A third goes",
            "on.",
        ]
        page = lines(*texts)
        for line in page[::2]:
            line.x = 62.0
        layout = printout.Layout([page])
        assert [layout.goes_on(a, b, new_page=False) for a, b in pairwise(page)] == [True, False, True, False, True]

    def test_letters_of_another_size_are_a_paragraph_of_their_own(self):
        page = lines("It ended without a full stop", "A subheading", "and here the text goes on.")
        page[1].size = 12.0
        layout = printout.Layout([page])
        assert not layout.goes_on(page[0], page[1], new_page=False)
        assert not layout.goes_on(page[1], page[2], new_page=False)

    def test_subheadings_are_marked_and_what_follows_the_article_goes(self):
        body = ["The ferry stopped on Sunday, and nobody was hurt.", "It may take two weeks, the authority said."]
        page = lines("Home News", TITLE, body[0], "A long repair", body[1], "Most read", "Ten beaches", step=30.0)
        page[1].size, page[3].size = 24.0, 13.0
        found = printout._pdf_article([page], {"/Title": f"{TITLE} | The Post", "/Author": "Nora Feld"})
        assert found.text == "\n\n".join([body[0], "## A long repair", body[1]])
        assert found.fields["title"] == TITLE
        assert (found.fields["source"], found.fields["author"]) == ("The Post", "Nora Feld")
        assert found.left_out == ["Home News", TITLE, "Most read Ten beaches"]

    def test_a_sentence_goes_on_over_the_page(self):
        first, second = lines("It has not", "ended when"), lines("the page does.", "And then.")
        layout = printout.Layout([first, second])
        assert layout.goes_on(first[1], second[0], new_page=True)
        assert not layout.goes_on(second[1], first[0], new_page=True)


class TestTables:
    @pytest.mark.parametrize("kind", ["csv", "semicolons.csv", "tsv", "xlsx", "parquet", "jsonl"])
    def test_a_row_an_article(self, folder, kind):
        path = folder / f"all.{kind}"
        table = pd.DataFrame(ROWS)
        if kind.endswith("csv"):
            table.to_csv(path, index=False, sep=";" if "semi" in kind else ",")
        elif kind == "tsv":
            table.to_csv(path, index=False, sep="\t", encoding="utf-16")
        elif kind == "xlsx":
            table.to_excel(path, index=False)
        elif kind == "parquet":
            table.to_parquet(path)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
        rows = add(path)
        assert [(row["outcome"], row["source"]) for row in rows] == [
            ("added", "Daily"),
            ("added", "Weekly"),
            ("not added", "Weekly"),
        ]
        assert "no text" in rows[2]["note"]
        articles = corpus.read("story").set_index("source")
        assert articles.loc["Daily", "text"] == TEXT
        assert articles.loc["Weekly", "text"] == f"# Repair put off\n\n{OTHER}\n"
        assert articles.loc["Daily", "url"] == "https://d.example"
        assert list(articles["published"].dt.strftime("%Y-%m-%d")) == ["2020-06-02", "2020-06-03"]

    def test_excel_dates_and_a_sheet_further_on(self, folder):
        import openpyxl

        book = openpyxl.Workbook()
        book.active.append(["notes"])
        sheet = book.create_sheet("articles")
        sheet.append(["body", "outlet", "date"])
        sheet.append([OTHER, "Weekly", pd.Timestamp("2020-06-03 10:30").to_pydatetime()])
        book.save(folder / "all.xlsx")
        assert add_one("files/all.xlsx")[1].fields["published"] == "2020-06-03T10:30:00Z"

    def test_a_broken_line_of_json_does_not_stop_the_others(self, folder):
        good = json.dumps({"text": OTHER, "source": "Weekly", "authors": ["A. Hill", "B. Wood"], "date": None})
        (folder / "all.jsonl").write_text(f"{good}\n{{broken\n[1]\n\n")
        rows = add("files/all.jsonl")
        assert [row["outcome"] for row in rows] == ["added", "not added", "not added"]
        assert rows[1]["note"].startswith("line 2 is no JSON (")
        assert rows[2]["note"] == "line 3 is no JSON object with a text"
        assert corpus.read("story")["author"].item() == "A. Hill, B. Wood"

    def test_halves_of_characters(self, folder):
        (folder / "all.jsonl").write_text(
            '{"text": "It rained \\ud83d\\ude00 and \\ud83d poured.", "title": "A \\udc00"}'
        )
        _, held = add_one("files/all.jsonl")
        assert held.text == "# A \ufffd\n\nIt rained \U0001f600 and \ufffd poured.\n"

    @pytest.mark.parametrize(
        "names",
        [
            {"text": "Full Text", "title": "heading", "source": "Outlet", "published": "pub_date", "url": "Link"},
            {"text": "content", "title": "head", "source": "site-name", "published": "published_at", "url": "web_url"},
            {"text": "body", "title": "headline", "source": "newspaper", "published": "datetime", "url": "address"},
        ],
    )
    def test_columns_go_by_their_usual_names(self, folder, names):
        row = {"text": OTHER, "title": "A", "source": "Weekly", "published": "2020-06-03", "url": "https://w.example"}
        table = pd.DataFrame([{names[key]: value for key, value in row.items()}])
        table.assign(other="x", byline="By A. Hill", type="column").to_csv(folder / "all.csv", index=False)
        held = add_one("files/all.csv")[1]
        assert held.text == f"# A\n\n{OTHER}\n"
        assert {key: held.fields[key] for key in ("title", "source", "published", "url", "genre")} == {
            **{key: value for key, value in row.items() if key != "text"},
            "genre": "column",
        }

    def test_no_column_of_texts(self, folder):
        (folder / "all.csv").write_text("headline,words\nA,5\n")
        (row,) = add("files/all.csv")
        assert row["note"] == (
            "files/all.csv has no column of texts; it has 'headline', 'words'. Name the one that holds them 'text'."
        )


NEXIS = f"""User Name: =A. Hill
Date and Time: Friday, November 20, 2020 5:31:00 PM GMT
Job Number: 130112233
Documents (2)
1. {TITLE}
2. Repair put off

Page 1 of 2
{TITLE}
{TITLE}
The Quayside Post
November 3, 2024 Sunday 3:42 PM GMT
Late Edition - Final

Copyright 2024 The Quayside Post All Rights Reserved
Section: Section A; Column 0; City Desk; Pg. 1
Length: 84 words
Byline: By NORA FELD
Highlight: A break of two weeks.
Body

{BODY[0]}

{BODY[1]}

Page 2 of 2
{TITLE}

{BODY[2]}

{BODY[3]}

Classification
Language: ENGLISH
Publication-Type: Newspaper
Load-Date: November 4, 2024

End of Document

Repair put off
Weekly (England)
3 June 2020
Copyright 2020 Weekly Ltd
Length: 21 words
Body

{OTHER}

Load-Date: June 4, 2020
End of Document
"""


def wrapped(text):
    import textwrap

    return "\n".join(textwrap.wrap(text, 78))


LEXIS = f"""                               1 of 2 DOCUMENTS

                              The Quayside Post

                         November 3, 2024 Sunday
                           Late Edition - Final

{TITLE}

BYLINE: By NORA FELD

SECTION: Section A; Column 0; City Desk; Pg. 1

LENGTH: 84 words

{chr(10).join(wrapped(line) + chr(10) for line in BODY)}
LOAD-DATE: November 4, 2024

LANGUAGE: ENGLISH

GRAPHIC: PHOTO: The ferry

                               2 of 2 DOCUMENTS

                              Weekly

                         June 3, 2020

Repair put off

LENGTH: 21 words

{wrapped(OTHER)}

LOAD-DATE: June 4, 2020
"""

FACTIVA = f"""SE  City
HD  {TITLE}
BY  By Nora Feld
WC  84 words
PD  3 November 2024
ET  15:42
SN  The Quayside Post
SC  QUAYP
LA  English
CY  Copyright 2024 The Quayside Post
LP
{BODY[0]}

{BODY[1]}

TD
{BODY[2]}

IN BRIEF, it is slow.

{BODY[3]}

NS  gdis : Disasters
IN  iship : Shipping
PUB  Quayside Ltd
AN  Document QUAYP00020241103ekb300001

HD Repair put off
WC 21 words
PD 3 June 2020
SN Weekly
SC WKLY
LA English
CY (c) 2020 Weekly
LP {OTHER}
AN Document WKLY000020200603eg6300002
"""

FACTIVA_PLAIN = f"""City
{TITLE}
By Nora Feld
84 words
3 November 2024
15:42
The Quayside Post
QUAYP
A1
English
Copyright 2024 The Quayside Post. All rights reserved.
{chr(10).join(line + chr(10) for line in BODY)}
Document QUAYP00020241103ekb300001
Repair put off
21 words
3 June 2020
Weekly
WKLY
English
(c) 2020 Weekly
{OTHER}
Document WKLY000020200603eg6300002
Search Summary
Text
bridge
"""

PROQUEST = f"""____________________________________________________________

Document 1 of 2

{TITLE}

Author: Feld, Nora

Publication info: The Quayside Post, Late Edition; Quayside.  03 Nov 2024: A1.

ProQuest document link: https://www.proquest.example/docview/1

Abstract: The ferry has stopped.

Full text: {BODY[0]}

{BODY[1]}

{BODY[2]}

{BODY[3]}

CREDIT: By NORA FELD

Subject: Storms; Ferries

Title: {TITLE}

Publication title: The Quayside Post, Late Edition; Quayside

Publication date: Nov 3, 2024

Section: City

ProQuest document ID: 123456

Document URL: https://www.proquest.example/docview/1

Database: ProQuest Central
____________________________________________________________

Document 2 of 2

Repair put off

Full text: {OTHER}

Title: Repair put off

Publication title: Weekly

Publication date: Jun 3, 2020

Database: ProQuest Central
____________________________________________________________

Document 3 of 2

Only an abstract

Abstract: Short.

Full text: Full text not available from this database.

Title: Only an abstract

Publication title: Monthly

Database: ProQuest Central
____________________________________________________________

Contact us at: http://www.proquest.example/go/contact
"""


class TestDatabases:
    @pytest.mark.parametrize(
        ("export", "name", "author", "published"),
        [
            (NEXIS, "Nexis Uni", "Nora Feld", "November 3, 2024 Sunday 3:42 PM GMT"),
            (LEXIS, "LexisNexis", "Nora Feld", "November 3, 2024"),
            (FACTIVA, "Factiva", "Nora Feld", "3 November 2024 15:42"),
            (FACTIVA_PLAIN, "Factiva", "Nora Feld", "3 November 2024 15:42"),
            (PROQUEST, "ProQuest", "Feld, Nora", "Nov 3, 2024"),
        ],
        ids=["nexis", "lexis", "factiva", "factiva without codes", "proquest"],
    )
    @pytest.mark.parametrize("ends", ["\n", "\r\n"])
    def test_each_layout(self, export, name, author, published, ends):
        read, articles = databases.split(export.replace("\n", ends))
        assert read == name
        first, second = articles[:2]
        body = [*BODY[:3], "IN BRIEF, it is slow.", BODY[3]] if export == FACTIVA else BODY
        assert first.text == "\n\n".join(body)
        assert first.fields["title"] == TITLE
        assert first.fields["source"] == "The Quayside Post"
        assert first.fields["author"] == author
        assert first.fields["published"] == published
        assert first.fields["section"] == ("Section A" if name in {"Nexis Uni", "LexisNexis"} else "City")
        assert second.text == OTHER
        assert second.fields["title"] == "Repair put off"
        assert found.dated(second.fields["published"])[0] == "2020-06-03"
        assert second.fields["source"].startswith("Weekly")
        assert len(articles) == (3 if name == "ProQuest" else 2)
        assert all(not article.text for article in articles[2:])

    def test_what_surrounds_the_article_is_listed(self):
        first = databases.split(NEXIS)[1][0]
        assert "Highlight: A break of two weeks." in first.left_out
        assert "Publication-Type: Newspaper" in first.left_out

    @pytest.mark.parametrize("text", ["", "Plain text.", "End of Document", "Full text: of the treaty", TEXT])
    def test_a_plain_text_is_no_export(self, text):
        assert databases.split(text) == ("", [])

    @pytest.mark.parametrize("kind", ["txt", "docx", "rtf"])
    @pytest.mark.parametrize("export", [NEXIS, FACTIVA, PROQUEST], ids=["nexis", "factiva", "proquest"])
    def test_as_text_word_file_and_rtf(self, folder, kind, export):
        path = folder / f"export.{kind}"
        if kind == "docx":
            write_docx(path, export.split("\n"))
        else:
            path.write_text(rtf(export.split("\n")) if kind == "rtf" else export, encoding="utf-8")
        rows = add(path)
        assert [row["source"] for row in rows][:2] in (
            ["The Quayside Post", "Weekly"],
            ["The Quayside Post", "Weekly (England)"],
        )
        assert [row["outcome"] for row in rows] == ["added", "added"] + ["not added"] * (export == PROQUEST)
        held = manuscript.read(Path(rows[0]["path"]))
        assert held.text.startswith(f"# {TITLE}\n\n{BODY[0]}\n\n{BODY[1]}\n\n{BODY[2]}\n\n")
        assert held.text.endswith(f"{BODY[3]}\n")
        assert len(list(Path("story/originals").glob("export.*"))) == 1
        assert rows[0]["published"].strftime("%Y-%m-%d") == "2024-11-03"

    def test_proquest_without_rules_between(self, folder):
        write_docx(folder / "export.docx", [line for line in PROQUEST.split("\n") if not line.startswith("____")])
        assert [row["title"] for row in add("files/export.docx")] == [TITLE, "Repair put off", "Only an abstract"]

    def test_factiva_with_its_codes_in_a_table(self, folder):
        import docx

        document = docx.Document()
        rows = [("HD", "Repair put off"), ("WC", "21 words"), ("PD", "3 June 2020"), ("SN", "Weekly"), ("LP", OTHER)]
        rows += [("NS", "gdis : Disasters"), ("AN", "Document WKLY000020200603eg6300002")]
        table = document.add_table(rows=len(rows), cols=2)
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        document.save(folder / "export.docx")
        _, held = add_one("files/export.docx")
        assert held.text == f"# Repair put off\n\n{OTHER}\n"
        assert (held.fields["source"], held.fields["published"]) == ("Weekly", "2020-06-03")

    def test_an_export_of_which_a_part_is_damaged(self, folder):
        (folder / "export.txt").write_text("Nothing here\nEnd of Document\n" + NEXIS, encoding="utf-8")
        assert [row["outcome"] for row in add("files/export.txt")] == ["not added", "added", "added"]


class TestNothingIsLost:
    def test_originals_are_kept_to_the_byte(self, folder):
        data = page().encode()
        (folder / "saved.html").write_bytes(data)
        add("files/saved.html")
        assert Path("story/originals/saved.html").read_bytes() == data

    def test_nothing_is_overwritten(self, folder):
        story = Path("story")
        (story / "originals").mkdir(parents=True)
        (story / "daily.md").write_text("My own notes on something else.")
        (story / "originals" / "daily.txt").write_text("An older original.")
        (folder / "daily.txt").write_text(OTHER)
        row, held = add_one("files/daily.txt")
        assert Path(row["path"]).name == "daily-2.md"
        assert held.fields["original"] == "originals/daily-2.txt"
        assert (story / "daily.md").read_text() == "My own notes on something else."
        assert (story / "originals" / "daily.txt").read_text() == "An older original."

    def test_the_same_file_twice(self, folder):
        (folder / "saved.html").write_text(page(), encoding="utf-8")
        add("files/saved.html")
        before = {path: path.read_bytes() for path in Path("story").rglob("*") if path.is_file()}
        (row,) = add("files/saved.html")
        assert (row["outcome"], row["note"]) == ("already there", "its text is that of the-quayside-post.md")
        assert {path: path.read_bytes() for path in Path("story").rglob("*") if path.is_file()} == before

    def test_the_same_article_in_another_format(self, folder):
        (folder / "saved.html").write_text(page(), encoding="utf-8")
        write_docx(folder / "copy.docx", BODY, TITLE)
        assert [row["outcome"] for row in add("files/saved.html", "files/copy.docx")] == ["added", "already there"]

    def test_one_agency_text_in_two_sources_is_added_and_said(self, folder):
        for source in ("Daily", "Weekly"):
            (folder / f"{source}.md").write_text(f"---\nsource: {source}\n---\n" + "\n\n".join(BODY), encoding="utf-8")
        rows = add("files/Daily.md", "files/Weekly.md")
        assert [row["outcome"] for row in rows] == ["added", "added"]
        assert rows[1]["note"] == "100% of it stands in daily.md, too: another version of it, or one agency's copy"

    def test_another_version_is_added_and_said(self, folder):
        (folder / "a.txt").write_text("\n\n".join(BODY), encoding="utf-8")
        (folder / "b.txt").write_text("\n\n".join([*BODY[:3], "They have begun. " + OTHER]), encoding="utf-8")
        (folder / "c.txt").write_text(
            OTHER + " So far, nobody has asked them why they would do that.", encoding="utf-8"
        )
        rows = add("files/a.txt", "files/b.txt", "files/c.txt")
        assert rows[0]["note"] != rows[0]["note"]
        assert "of it stands in a.md, too" in rows[1]["note"]
        assert "of it stands in b.md, too" in rows[2]["note"]

    def test_an_article_changed_since_is_found_by_check(self, folder):
        (folder / "saved.html").write_text(page(), encoding="utf-8")
        row, _ = add_one("files/saved.html")
        assert set(corpus.check("story")["kind"]) == {"loads"}
        path = Path(row["path"])
        path.write_text(path.read_text(encoding="utf-8").replace("900 people", "9,000 people"), encoding="utf-8")
        assert list(corpus.check("story")["kind"]) == ["loads", "changed"]

    def test_what_is_added_is_a_story_with_a_headline(self, folder):
        from analysis import segmentation

        (folder / "saved.html").write_text(page(), encoding="utf-8")
        add("files/saved.html")
        sentences = segmentation.split(corpus.read("story"))
        assert sentences.loc[sentences["part"] == "headline", "text"].to_list() == [TITLE]

    def test_another_language_and_a_short_text_are_said(self, folder):
        (folder / "bote.txt").write_text("Die Fähre ist nach dem Sturm und bis auf Weiteres nicht in Betrieb. " * 5)
        (folder / "note.txt").write_text("The ferry stops.")
        rows = add("files/bote.txt", "files/note.txt")
        assert rows[0]["note"] == "in German, not in English: the report leaves it out of every measure"
        assert rows[1]["note"] == "3 words only: too little to measure anything"


def scan(path, pages=1):
    import pypdf

    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(300, 300)
    writer.write(path)


def locked(path):
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(300, 300)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)


def archive_of(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


BROKEN = {
    "a.txt": (b"\x00\x01\x02", "files/a.txt is a binary file, not text"),
    "b.md": (b"---\ntitle: [\n---\nText.", "files/b.md, line 2: the front matter cannot be read"),
    "c.html": (b"<html><body></body></html>", "files/c.html is a web page without an article that could be found"),
    "d.htm": (b"no page at all", "files/d.htm is no web page"),
    "e.mhtml": (b"MIME-Version: 1.0\n\nnothing", "files/e.mhtml is no saved page: it holds no HTML"),
    "f.pdf": (b"%PDF-1.7\nbroken", "files/f.pdf cannot be read as a PDF: it is damaged"),
    "g.docx": (b"PK\x03\x04broken", "files/g.docx cannot be read as a Word file"),
    "h.docx": (archive_of({"a.xml": "<a/>"}), "files/h.docx cannot be read as a Word file"),
    "i.odt": (archive_of({"a.xml": "<a/>"}), "files/i.odt cannot be read as an OpenDocument text"),
    "j.odt": (archive_of({"content.xml": "<a><b></a>"}), "files/j.odt cannot be read as an OpenDocument text"),
    "k.rtf": (b"no rtf", "files/k.rtf is no RTF file: it does not begin as one"),
    "l.eml": (b"nothing like a mail", "files/l.eml is no mail: it has neither sender nor subject nor date"),
    "m.csv": (b'text\n"never closed', "files/m.csv cannot be read as a table"),
    "n.tsv": (b"a\tb\n1\t2\t3\n4\n", "files/n.tsv "),
    "o.xlsx": (b"no excel", "files/o.xlsx cannot be read as an Excel table"),
    "p.jsonl": (b"{broken", "line 1 is no JSON"),
    "q.parquet": (b"PAR1broken", "files/q.parquet cannot be read as a Parquet table"),
    "r.doc": (b"\xd0\xcf", "files/r.doc is of a kind that is not read; these are: .txt .md .html"),
    "s.txt": (b"", "files/s.txt is empty."),
}


class TestBroken:
    def test_each_gets_a_sentence_and_the_others_come_in(self, folder):
        for name, (data, _) in BROKEN.items():
            (folder / name).write_bytes(data)
        (folder / "good.html").write_text(page(), encoding="utf-8")
        rows = add(*sorted(folder.iterdir()), "files/not-there.txt", folder)
        outcomes = {row["file"]: row for row in rows}
        assert [name for name, row in outcomes.items() if row["outcome"] == "added"] == ["good.html"]
        for name, (_, sentence) in BROKEN.items():
            assert sentence in outcomes[name]["note"], outcomes[name]["note"]
            assert "\n" not in outcomes[name]["note"]
        assert outcomes["not-there.txt"]["note"] == "files/not-there.txt is not there."
        assert outcomes["files"]["note"] == "files is a folder; name the files in it, as in files/*."
        # Of what was not added nothing is kept.
        assert sorted(path.name for path in Path("story/originals").iterdir()) == [
            "good.html",
            "the-quayside-post.left-out.txt",
        ]

    def test_nothing_is_written_where_nothing_comes_in(self, folder):
        (folder / "a.txt").write_bytes(b"\x00")
        add("files/a.txt")
        assert not Path("story").exists()

    def test_a_long_reason_ends_with_a_word(self, folder):
        (folder / "table.parquet").write_bytes(b"PAR1" + b"x" * 200)
        (row,) = add("files/table.parquet")
        assert row["note"].endswith((" …).", "parquet file.)."))

    def test_the_words_counted_are_those_that_are_too_few(self, folder):
        (folder / "short.csv").write_text(f"title,text\nBridge repair put off,{OTHER.replace(',', '')}\n")
        (row,) = add("files/short.csv")
        assert f"{row['n_words']} words only: too little" in row["note"]

    def test_a_scan(self, folder):
        scan(folder / "scan.pdf", 3)
        (row,) = add("files/scan.pdf")
        assert row["note"] == (
            "files/scan.pdf is a scan, a picture of text (3 pages and 0 words of text); run text recognition (OCR) on "
            "it first."
        )

    def test_a_locked_pdf(self, folder):
        locked(folder / "locked.pdf")
        (row,) = add("files/locked.pdf")
        assert row["note"] == "files/locked.pdf is locked with a password; save it without one."

    def test_an_entity_bomb_and_a_swelling_archive(self, folder, monkeypatch):
        bomb = '<!DOCTYPE a [<!ENTITY x "boom"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
        head = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        content = f"{bomb}<a {head}><text:p>{OTHER} &x; &y;</text:p></a>"
        (folder / "bomb.odt").write_bytes(archive_of({"content.xml": content}))
        (row,) = add("files/bomb.odt")
        assert "root:" not in str(corpus.read("story")["text"].item() if row["outcome"] == "added" else "")
        monkeypatch.setattr(found, "MAX_UNPACKED_MB", 0.001)
        (folder / "large.odt").write_bytes(archive_of({"content.xml": "<a>" + "x" * 9000 + "</a>"}))
        (row,) = add("files/large.odt")
        assert row["note"] == "files/large.odt is too large when unpacked: 0 MB."

    def test_a_file_over_the_limit(self, folder):
        (folder / "a.txt").write_text(OTHER)
        (row,) = corpus.add(Path("story").absolute(), [folder / "a.txt"], max_mb=0.0001).to_dict("records")
        assert "is too large: 0.0 MB" in row["note"]

    def test_a_date_that_is_none_is_left_empty_and_said(self, folder):
        (folder / "all.csv").write_text(f"text,date\n{OTHER.replace(',', '')},03/04/2020\n")
        row, held = add_one("files/all.csv")
        assert held.fields["published"] == ""
        assert row["note"].startswith("the date '03/04/2020' was not understood and is left empty")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_cannot_be_written(self, folder):
        (folder / "a.txt").write_text(OTHER)
        story = Path("story")
        story.mkdir(mode=0o500)
        (row,) = add("files/a.txt")
        assert row["note"].endswith("cannot be written: Permission denied.")


class TestWhere:
    def test_a_name_makes_a_story_of_the_corpus(self, folder, monkeypatch, tmp_path):
        monkeypatch.setattr(manuscript, "HOME", tmp_path / "corpus")
        (folder / "a.txt").write_text(OTHER)
        corpus.add("council-vote", [folder / "a.txt"])
        assert (tmp_path / "corpus/council-vote/a.md").is_file()

    def test_a_corpus_is_no_story(self, folder):
        (folder / "a.txt").write_text(OTHER)
        with pytest.raises(corpus.CorpusError, match="holds stories, not articles; name one of them, or a new one"):
            corpus.add("corpus", [folder / "a.txt"])

    @pytest.mark.parametrize("name", ["..hidden", "a\x1bb", " ", "-x"])
    def test_a_name_that_is_none(self, folder, name):
        with pytest.raises(corpus.CorpusError, match="is no name for a story; use letters, digits and hyphens"):
            corpus.add(name, [])

    def test_a_file_is_no_story(self, folder):
        (folder / "a.txt").write_text(OTHER)
        with pytest.raises(corpus.CorpusError, match=r"files/a\.txt is a file"):
            corpus.add("files/a.txt", [])

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("Der Tagesspiegel – Zürich", "der-tagesspiegel-zurich.md"),
            ("../../etc", "etc.md"),
            ("README", "article-readme.md"),
            ("新华社", "article.md"),
            ("x" * 300, "x" * 60 + ".md"),
        ],
    )
    def test_the_name_of_the_file_is_safe(self, folder, source, name):
        (folder / "a.jsonl").write_text(json.dumps({"text": OTHER, "source": source}))
        row, held = add_one("files/a.jsonl")
        assert Path(row["path"]).name == name
        assert held.fields["source"] == source
