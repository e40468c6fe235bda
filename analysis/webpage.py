"""Saved web pages and mails: the article in them, without what stands around it."""

import email
import email.policy
import html
import re
from collections.abc import Iterator
from email.utils import parseaddr, parsedate_to_datetime

from analysis import inspection, manuscript
from analysis.found import Found, dated, one_line, quiet, tidied
from analysis.manuscript import CorpusError

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "td", "th", "blockquote", "dt", "dd", "div"}
_BLOCKS |= {"section", "aside", "footer", "header", "nav"}
_UNSEEN = {"script", "style", "noscript", "template", "head", "title", "svg", "iframe"}


def read_page(data: bytes, name: str) -> list[Found]:
    """Read a saved web page: its article, and by trafilatura what it says of itself."""
    return [_web_page(_markup(data), name)]


def _markup(data: bytes) -> str:
    charset = _CHARSET.search(data[:4096])
    for encoding in (*((charset[1].decode("ascii"),) if charset else ()), "utf-8"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return manuscript.decode(data, "the page")[0]


def _web_page(markup: str, name: str, address: str = "") -> Found:
    import trafilatura

    if "\x00" in markup or "<" not in markup:
        raise CorpusError(f"{name} is no web page.")
    # An XML declaration and a text that is decoded already contradict each other.
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    options = {"include_comments": False, "with_metadata": True}
    dates = {"original_date": True, "extensive_search": False}
    with quiet():
        page = trafilatura.bare_extraction(markup, include_tables=False, date_extraction_params=dates, **options)
        if page is None or inspection.count_words(page.text or "") < inspection.SHORT:
            # Old pages lay their text out in tables.
            page = trafilatura.bare_extraction(markup, date_extraction_params=dates, **options) or page
    if page is None or not (page.text or "").strip():
        raise CorpusError(f"{name} is a web page without an article that could be found.")
    saved = _SAVED_FROM.search(markup)
    host = one_line(page.hostname)
    # Where a page does not name its site, trafilatura gives the address's.
    site = "" if one_line(page.sitename).casefold() == host.casefold() else one_line(page.sitename)
    title = _without_site(one_line(page.title), site)
    fields = {
        "source": site or _site_beside(title, markup) or host,
        "title": title,
        "author": one_line(page.author),
        "published": _published(markup) or _exact_time(markup, page.date or ""),
        "url": page.url or address or (saved[1] if saved else ""),
    }
    kept = [(element.tag == "head", _text_in(element)) for element in _leaves(page.body)]
    article = tidied([f"## {text}" if heading else text for heading, text in kept], fields)
    # White space apart: where a link or a mark of emphasis stands, the two readings of a page differ in it.
    held = _unspaced(" ".join([fields["title"], article.text, *article.left_out]))
    article.left_out += [text for text in _visible_blocks(markup) if _unspaced(text) not in held]
    return article


def _unspaced(text: str) -> str:
    return "".join(text.replace("## ", "").split())


def _text_in(element) -> str:
    for line_break in element.iter("lb"):
        line_break.tail = f" {line_break.tail or ''}"
    return one_line("".join(element.itertext()))


def _leaves(body) -> Iterator:
    """Walk the elements of trafilatura's result that hold text: paragraphs, headings, items, quotations."""
    for element in body.iter("p", "head", "quote", "item", "cell", "code"):
        if element.tag in {"quote", "item", "cell"} and any(child.tag in {"p", "item", "quote"} for child in element):
            continue
        yield element


def _published(markup: str) -> str:
    """Return the time that a page states for its publication; the day alone is what trafilatura gives."""
    patterns = (
        r"<meta[^>]+(?:property|name|itemprop)=[\"'](?:article:published_time|og:published_time|datePublished|pubdate|"
        r"parsely-pub-date|sailthru\.date|dc\.date(?:\.issued)?)[\"'][^>]*content=[\"']([^\"']+)",
        r"<meta[^>]+content=[\"']([^\"']+)[\"'][^>]*(?:property|itemprop)=[\"'](?:article:published_time|datePublished)",
        r"\"datePublished\"\s*:\s*\"([^\"]+)\"",
    )
    for pattern in patterns:
        match = re.search(pattern, markup, re.IGNORECASE)
        if match and dated(html.unescape(match[1]))[0]:
            return html.unescape(match[1])
    return ""


def _exact_time(markup: str, day: str) -> str:
    """Return the time that the page marks up for the day that trafilatura found, or the day."""
    marked = re.findall(r"<time[^>]+datetime=[\"']([^\"']+)", markup, re.IGNORECASE)
    return next((time for time in marked if day and time.startswith(f"{day}T") and dated(time)[0]), day)


def _site_beside(title: str, markup: str) -> str:
    """Return the site's name where the browser's title is "Headline | Site"; browsers save pages without scripts."""
    shown = re.search(r"<title[^>]*>(.*?)</title>", markup, re.IGNORECASE | re.DOTALL)
    beside = (
        re.match(rf"{re.escape(title)}\s+[|\-–—·:]\s+(.{{2,60}})", one_line(html.unescape(shown[1]))) if shown else None
    )
    return re.split(r"\s[|\-–—·]\s", beside[1])[-1] if beside and title else ""


def _block(element):
    """Return the block that holds an element's text; None for what a reader does not see."""
    block = None
    while element is not None:
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            return None
        if block is None and element.tag in _BLOCKS:
            block = element
        element = element.getparent()
    return block


def _without_site(title: str, site: str) -> str:
    cut = re.sub(rf"\s*[|\-–—:·]\s*{re.escape(site)}$", "", title, flags=re.IGNORECASE) if site else title
    return cut or title


def _visible_blocks(markup: str) -> list[str]:
    """Return the texts that a reader of the page sees, block by block."""
    import lxml.html

    root = lxml.html.document_fromstring(markup, parser=lxml.html.HTMLParser(no_network=True))
    blocks: dict[object, list[str]] = {}
    for text in root.xpath("//text()"):
        before = text.getparent()
        block = _block(before.getparent() if text.is_tail else before)
        if block is not None:
            blocks.setdefault(block, []).append(f" {text}" if text.is_tail and before.tag == "br" else text)
    return [text for text in dict.fromkeys(one_line("".join(parts)) for parts in blocks.values()) if text]


def read_archive(data: bytes, name: str) -> list[Found]:
    """Read a page that a browser saved as one file (MHTML)."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            address = str(message.get("Snapshot-Content-Location") or part.get("Content-Location") or "")
            return [_web_page(_markup(_payload(part)), name, address if address.startswith("http") else "")]
    raise CorpusError(f"{name} is no saved page: it holds no HTML.")


def read_mail(data: bytes, name: str) -> list[Found]:
    """Read a mail: the sender is the source, the subject the headline; attachments are left out and listed."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not (message.get("From") or message.get("Subject") or message.get("Date")):
        raise CorpusError(f"{name} is no mail: it has neither sender nor subject nor date.")
    sender, address = parseaddr(str(message.get("From", "")))
    fields = {
        "source": sender or address.rpartition("@")[2],
        "title": one_line(str(message.get("Subject", ""))),
        "published": _mail_date(str(message.get("Date", ""))),
    }
    plain = message.get_body(preferencelist=("plain",))
    rich = message.get_body(preferencelist=("html",))
    if plain is not None and _text_of(plain).strip():
        paragraphs = re.split(r"\n[^\S\n]*\n\s*", _text_of(plain).replace("\r", ""))
        article = tidied([one_line(paragraph) for paragraph in paragraphs], fields)
    elif rich is not None:
        article = _web_page(_markup(_payload(rich)), name)
        article.fields |= {key: value for key, value in fields.items() if value}
    else:
        raise CorpusError(f"{name} is a mail without text.")
    attached = [part.get_filename() or "unnamed" for part in message.iter_attachments()]
    article.left_out += [f"attachment: {manuscript.printable(attachment)}" for attachment in attached]
    return [article]


def _payload(part) -> bytes:
    return part.get_payload(decode=True) or b""


def _text_of(part) -> str:
    try:
        return part.get_content()
    except LookupError:
        return _payload(part).decode("utf-8", "replace")


def _mail_date(printed: str) -> str:
    try:
        return parsedate_to_datetime(printed).isoformat()
    except ValueError:
        return printed
