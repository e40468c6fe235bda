"""Word, OpenDocument and RTF files."""

import io
import re

from analysis import databases, manuscript
from analysis.found import Found, one_line, tidied, unpacked
from analysis.manuscript import CorpusError


def read_word(data: bytes, name: str) -> list[Found]:
    """Read a Word file: the articles of a database's export, or one article."""
    import docx
    from docx.opc.exceptions import OpcError

    unpacked(data, name)
    try:
        document = docx.Document(io.BytesIO(data))
    except OpcError as error:
        raise CorpusError(f"{name} cannot be read as a Word file: {manuscript.printable(str(error))}.") from None
    lines, styles = [], []
    for paragraph in document.iter_inner_content():
        if hasattr(paragraph, "text"):
            lines.append(paragraph.text)
            styles.append((paragraph.style.name or "") if paragraph.style is not None else "")
        else:
            cells = [cell.text for row in paragraph.rows for cell in row.cells]
            lines += cells
            styles += [""] * len(cells)
    exported = databases.split("\n".join(lines))[1]
    if exported:
        return exported
    properties = document.core_properties
    return [_document(lines, styles, properties.title, "" if properties.author == "python-docx" else properties.author)]


def _document(lines: list[str], styles: list[str], title: str | None, author: str | None) -> Found:
    """Make an article of a document's paragraphs; a heading on top of them goes before what its properties say."""
    marked = [
        (text, style.lower())
        for line, style in zip(lines, styles, strict=True)
        for text in line.split("\n")
        if text.strip()
    ]
    headings = [text for text, style in marked[:3] if style.startswith(("title", "heading 1"))]
    fields = {"title": one_line(headings[0] if headings else title), "author": one_line(author)}
    return tidied(
        [f"## {text.strip()}" if style.startswith(("title", "heading")) else text for text, style in marked], fields
    )


def read_odt(data: bytes, name: str) -> list[Found]:
    """Read an OpenDocument text, without its notes, comments and deleted passages."""
    from lxml import etree

    archive = unpacked(data, name)
    safe = etree.XMLParser(resolve_entities=False, no_network=True)
    content = etree.fromstring(archive.read("content.xml"), safe)
    # A paragraph's own style may only say which named one it is made from.
    parents = {
        s.get(_attribute(s, "name")): s.get(_attribute(s, "parent-style-name")) for s in content.iter("{*}style")
    }
    lines, styles = [], []
    for element in content.iter("{*}h", "{*}p"):
        if any(parent.tag.endswith(("}note", "}annotation", "}tracked-changes")) for parent in element.iterancestors()):
            continue
        lines.append(_odt_text(element))
        style = element.get(_attribute(element, "style-name"), "")
        styles.append("heading" if element.tag.endswith("}h") else parents.get(style) or style)
    exported = databases.split("\n".join(lines))[1]
    if exported:
        return exported
    title = author = ""
    if "meta.xml" in archive.namelist():
        meta = etree.fromstring(archive.read("meta.xml"), safe)
        title, author = (next((e.text or "" for e in meta.iter(f"{{*}}{tag}")), "") for tag in ("title", "creator"))
    if styles and styles[0] == "heading":
        styles[0] = "title"
    return [_document(lines, styles, title, author)]


def _attribute(element, name: str) -> str:
    """Return the full name of an attribute that has the prefix of its element."""
    return f"{element.tag.rpartition('}')[0]}}}{name}"


def _odt_text(element) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not child.tag.endswith(("}note", "}annotation")):
            gap = {"s": " ", "tab": " ", "line-break": "\n"}.get(child.tag.rpartition("}")[2])
            parts.append(gap if gap is not None else _odt_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def read_rtf(data: bytes, name: str) -> list[Found]:
    """Read an RTF file: the articles of a database's export, or one article."""
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip().startswith(b"{\\rtf"):
        raise CorpusError(f"{name} is no RTF file: it does not begin as one.")
    source = data.decode("latin-1")
    codepage = re.search(r"\\ansicpg(\d+)", source)
    encoding = f"cp{codepage[1]}" if codepage and codepage[1] not in {"0", "10000"} else "cp1252"
    text = rtf_to_text(source, encoding=encoding, errors="replace")
    exported = databases.split(text)[1]
    if exported:
        return exported
    known = {key: re.search(rf"{{\\{key} ([^{{}}]*)}}", source) for key in ("title", "author")}
    fields = {key: one_line(rtf_to_text(rf"{{\rtf1 {match[1]}}}")) if match else "" for key, match in known.items()}
    return [tidied(text.split("\n"), fields)]
