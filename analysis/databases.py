"""Exports of the news databases: one file with several articles, split into them, with what each says of itself.

Nexis Uni and its forerunner LexisNexis, Factiva (with or without field codes) and ProQuest, as plain text or as the
paragraphs of a Word or RTF file. Each database prints the same few labels around every article; what stands outside
the article proper is left out and listed.
"""

import re
from collections.abc import Callable, Iterable

from analysis.found import Found

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE_LINE = re.compile(rf"(?:\w+,?\s+)?(?:{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\.?\s+{_MONTH},?\s+\d{{4}})\b")
_PAGE_LINE = re.compile(r"\s*Page\s+\d+\s+of\s+\d+\s*$", re.IGNORECASE)

_NEXIS_END = re.compile(r"^\s*End of Document\s*$", re.MULTILINE)
_NEXIS_LABEL = re.compile(r"(Section|Length|Byline|Highlight|Dateline|Series|Correction|Distribution):\s*(.*)")
_NEXIS_TAIL = re.compile(r"(?:Classification|Graphic|Notes|Correction|Correction-Date:.*|Load-Date:.*)\s*$")

_LEXIS_START = re.compile(r"^\s*(?:\S+ - )?\d+ of \d+ DOCUMENTS?\s*$", re.MULTILINE)
_LEXIS_LABEL = re.compile(r"([A-Z][A-Z-]+(?: [A-Z-]+)?):\s*(.*)", re.DOTALL)
_LEXIS_HEAD = ("BYLINE", "SECTION", "LENGTH", "DATELINE", "HIGHLIGHT", "SERIES", "BODY", "HEADLINE")
_LEXIS_TAIL = (
    "LOAD-DATE",
    "LANGUAGE",
    "GRAPHIC",
    "PUBLICATION-TYPE",
    "DOCUMENT-TYPE",
    "URL",
    "SUBJECT",
    "TYPE",
    "NOTES",
)

_FACTIVA_END = re.compile(r"^\s*(?:AN\s+)?Document\s+[A-Za-z][A-Za-z0-9]{14,}\s*$", re.MULTILINE)
_FACTIVA_CODES = "HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|RF|CO|IN|NS|RE|IPC|IPD|PUB|AN|SE|CLM|ART|DLN|CX"
_FACTIVA_CODE = re.compile(rf"\s*({_FACTIVA_CODES})(?:(\s+)(.*))?$")
_WORD_COUNT = re.compile(r"\d[\d,.]* words\s*$")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]M)?(?:\s+\w+)?\s*$", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:Copyright\b|\(c\)|©)", re.IGNORECASE)

# Text files have a rule between articles; Word files and RTF only the count.
_PROQUEST_RULE = re.compile(r"^\s*(?:_{20,}|Document \d+ of \d+)\s*$", re.MULTILINE)
_PROQUEST_LABELS = (
    "Author|Publication info|Abstract|Links|ProQuest document link|Full text|Subject|Business indexing term|Location|"
    "People|Company / organization|Company|Product name|Classification|Identifier / keyword|Title|Alternate title|"
    "Publication title|First page|Pages|Number of pages|Volume|Issue|Publication year|Publication date|column|Column|"
    "Section|Publisher|Place of publication|Country of publication|Publication subject|ISSN|e-ISSN|Source type|"
    "Language of publication|Document type|Document feature|ProQuest document ID|Document URL|Copyright|Last updated|"
    "Database|Illustration|Dateline|Credit|CREDIT"
)
_PROQUEST_LABEL = re.compile(rf"\s*({_PROQUEST_LABELS}):\s?(.*)", re.IGNORECASE)


def split(text: str) -> tuple[str, list[Found]]:
    """Return the database that ``text`` was exported from and its articles; ("", []) where it is none.

    >>> text = "HD A bridge\\nWC 3 words\\nPD 2 June 2020\\nSN Daily\\nLP It was shut.\\nDocument DAILY0000020200602x1"
    >>> name, (article,) = split(text)
    >>> name, article.fields["title"], article.text
    ('Factiva', 'A bridge', 'It was shut.')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\xa0", " ")
    for name, marks, read in _DATABASES:
        if all(mark.search(text) for mark in marks):
            return name, list(read(text))
    return "", []


def _nexis(text: str) -> Iterable[Found]:
    for chunk in _NEXIS_END.split(text)[:-1]:
        lines = [line.strip() for line in chunk.split("\n") if not _PAGE_LINE.match(line)]
        body = next((i for i, line in enumerate(lines) if line == "Body"), None)
        copyright_ = [i for i, line in enumerate(lines[:body]) if _COPYRIGHT.match(line)]
        dated = [i for i, line in enumerate(lines[: copyright_[-1] if copyright_ else body]) if _DATE_LINE.match(line)]
        head = [line for line in lines[: dated[-1]] if line] if dated else []
        if len(head) < 2:
            yield Found("", {"title": next((line for line in lines if line), "")}, lines)
            continue
        labels = dict(match.groups() for line in lines[dated[-1] : body] if (match := _NEXIS_LABEL.match(line)))
        if body is None:
            # Without its label the text begins below the last line of the head.
            body = max(i for i, line in enumerate(lines) if i == dated[-1] or _NEXIS_LABEL.match(line))
        tail = next((i for i in range(body + 1, len(lines)) if _NEXIS_TAIL.match(lines[i])), len(lines))
        fields = {
            "source": head[-1],
            "title": head[-2],
            "author": _author(labels.get("Byline", "")),
            "published": lines[dated[-1]],
            "section": labels.get("Section", "").split(";")[0],
        }
        # A page's running head repeats the headline in the middle of the text.
        text_lines = [line for line in lines[body + 1 : tail] if line != fields["title"]]
        left_out = [line for line in lines[dated[-1] + 1 : body] + lines[tail:] if line]
        yield Found(_flow(text_lines), fields, left_out)


def _lexis(text: str) -> Iterable[Found]:
    for chunk in _LEXIS_START.split(text)[1:]:
        blocks = [block for block in (_flow([line]) for line in _blocks(chunk)) if block]
        dated = next((i for i, block in enumerate(blocks[:6]) if _DATE_LINE.match(block)), None)
        if not dated:
            yield Found("", {"title": blocks[0] if blocks else ""}, blocks)
            continue
        fields = {"source": blocks[dated - 1], "published": _DATE_LINE.match(blocks[dated])[0]}
        title, body, left_out, state = [], [], [], "title"
        for block in blocks[dated + 1 :]:
            label, value = match.groups() if (match := _LEXIS_LABEL.match(block)) else ("", block)
            if label in _LEXIS_TAIL or (state == "body" and block.startswith("Copyright ")):
                state = "tail"
            elif label in _LEXIS_HEAD:
                state = "body"
                _keep_label(fields, label, value)
                if label == "BODY" and value:
                    body.append(value)
                continue
            {"title": title, "body": body, "tail": left_out}[state].append(block)
        # An edition may stand between the date and the headline: the headline is the last of the blocks.
        fields["title"] = fields.get("title") or (title[-1] if title else "")
        yield Found("\n\n".join(body), fields, left_out + title[:-1])


def _keep_label(fields: dict[str, str], label: str, value: str) -> None:
    if label == "BYLINE":
        fields["author"] = _author(value)
    elif label == "SECTION":
        fields["section"] = value.split(";")[0]
    elif label == "HEADLINE":
        fields["title"] = value


def _factiva(text: str) -> Iterable[Found]:
    start = 0
    for end in _FACTIVA_END.finditer(text):
        lines = [line.strip() for line in text[start : end.start()].split("\n")]
        start = end.end()
        coded = any(line == "HD" or line.startswith(("HD ", "HD\t")) for line in lines)
        yield _factiva_coded(lines) if coded else _factiva_plain(lines)


def _factiva_coded(lines: list[str]) -> Found:
    parts: dict[str, list[str]] = {}
    code, in_text = "", False
    for line in lines:
        match = _FACTIVA_CODE.match(line)
        if match and (not in_text or _ends_text(match)):
            code = match[1]
            in_text = code in {"LP", "TD"}
            parts.setdefault(code, []).append(match[3] or "")
        elif code:
            parts[code].append(line)
    fields = {
        "source": _joined(parts.get("SN")),
        "title": _joined(parts.get("HD")),
        "author": _author(_joined(parts.get("BY"))),
        "published": f"{_joined(parts.get('PD'))} {_joined(parts.get('ET'))}".strip(),
        "section": _joined(parts.get("SE")),
    }
    body = [_flow(parts.get("LP", [])), _flow(parts.get("TD", []))]
    used = {"SN", "HD", "BY", "PD", "ET", "SE", "LP", "TD"}
    left_out = [f"{code} {_joined(value)}" for code, value in parts.items() if code not in used]
    return Found("\n\n".join(filter(None, body)), fields, left_out)


def _ends_text(match: re.Match) -> bool:
    """Tell a code below the text from a line of text that begins with the same capitals, such as "IN BRIEF"."""
    code, gap, rest = match.groups()
    return not rest or len(gap) > 1 or "\t" in gap or " : " in rest or "|" in rest or code in {"TD", "AN"}


def _factiva_plain(lines: list[str]) -> Found:
    anchor = next((i for i, line in enumerate(lines) if _WORD_COUNT.match(line)), None)
    if anchor is None:
        return Found("", {"title": next((line for line in lines if line), "")}, [line for line in lines if line])
    head = [line for line in lines[:anchor] if line]
    fields = {"author": _author(head.pop()) if len(head) > 1 and _is_byline(head[-1]) else ""}
    if len(head) > 1 and len(head[0].split()) <= 3:
        fields["section"] = head.pop(0)
    fields["title"] = " ".join(head)
    rest = [(i, line) for i, line in enumerate(lines) if i > anchor and line]
    dated = next((k for k, (_, line) in enumerate(rest[:4]) if _DATE_LINE.match(line)), None)
    if dated is None:
        return Found("", fields, [line for line in lines if line])
    fields["published"] = rest[dated][1]
    if dated + 1 < len(rest) and _CLOCK.match(rest[dated + 1][1]):
        dated += 1
        fields["published"] += f" {rest[dated][1]}"
    fields["source"] = rest[dated + 1][1] if dated + 1 < len(rest) else ""
    # Code, volume, edition, page and language of the publication follow, then its copyright line, then the text.
    last = next((i for i, line in rest[dated + 1 : dated + 10] if _COPYRIGHT.match(line)), None)
    if last is None:
        last = next((i for i, line in rest[dated + 1 : dated + 10] if line == "English"), rest[dated][0] + 1)
    left_out = [line for line in lines[rest[dated][0] + 2 : last + 1] if line]
    return Found(_flow(lines[last + 1 :]), fields, left_out)


def _is_byline(line: str) -> bool:
    words = line.split()
    return line.lower().startswith("by ") or (len(words) <= 4 and all(word[0].isupper() for word in words))


def _proquest(text: str) -> Iterable[Found]:
    for chunk in _PROQUEST_RULE.split(text):
        lines = chunk.split("\n")
        parts: dict[str, list[str]] = {}
        first: list[str] = []
        label = ""
        for line in lines:
            match = _PROQUEST_LABEL.match(line)
            if match:
                label = match[1].lower()
                parts.setdefault(label, []).append(match[2])
            elif label:
                parts[label].append(line)
            elif line.strip():
                first.append(line.strip())
        if "publication title" not in parts and "full text" not in parts:
            continue
        fields = {
            "source": re.split(r"[;,]", _joined(parts.get("publication title")))[0].strip(),
            "title": _joined(parts.get("title")) or " ".join(first),
            "author": _author(_joined(parts.get("author") or parts.get("credit"))),
            "published": _joined(parts.get("publication date")),
            "section": _joined(parts.get("section")),
            "url": _joined(parts.get("document url")),
        }
        body = _flow(parts.get("full text", []))
        if body.lower().startswith("full text not available"):
            body = ""
        left_out = [f"{name}: {_joined(value)}" for name, value in parts.items() if name not in {"full text", *fields}]
        yield Found(body, fields, left_out)


_DATABASES: tuple[tuple[str, tuple[re.Pattern, ...], Callable[[str], Iterable[Found]]], ...] = (
    ("Nexis Uni", (_NEXIS_END, re.compile(r"^\s*(?:Body|Load-Date:.*)\s*$", re.MULTILINE)), _nexis),
    ("LexisNexis", (_LEXIS_START, re.compile(r"^\s*LENGTH:", re.MULTILINE)), _lexis),
    ("Factiva", (_FACTIVA_END, re.compile(r"(?m)^\s*(?:WC\s+)?\d[\d,.]* words\s*$")), _factiva),
    (
        "ProQuest",
        (re.compile(r"(?im)^\s*Full text:"), re.compile(r"(?im)^\s*(?:ProQuest document ID|Database):")),
        _proquest,
    ),
)


def _flow(lines: Iterable[str]) -> str:
    """Join lines to paragraphs, with a blank line between: lines broken at a fixed width become one again."""
    return "\n\n".join(_blocks("\n".join(lines)))


def _blocks(text: str) -> list[str]:
    found: list[str] = []
    for block in re.split(r"\n[^\S\n]*\n\s*", text):
        lines = [" ".join(line.split()) for line in block.split("\n") if line.strip()]
        broken = len(lines) > 1 and all(45 <= len(line) <= 100 for line in lines[:-1]) and len(lines[-1]) <= 100
        found += [" ".join(lines)] if broken else lines
    return found


def _joined(lines: Iterable[str] | None) -> str:
    return " ".join(" ".join(lines or ()).split())


def _author(byline: str) -> str:
    name = re.sub(r"^\s*by\s+", "", byline, flags=re.IGNORECASE).strip(" .;")
    return name.title() if name.isupper() else name
