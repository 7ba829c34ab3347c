"""Files become text, or a sentence that says why not and what to do."""

import hashlib
import io
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.attachments.docx import docx_text
from desktop.attachments.limits import Limits
from desktop.attachments.pdf import pdf_text
from desktop.attachments.read import AttachedFile, Kind, read_file
from desktop.attachments.troubles import BadAttachment
from engine.cancel import CancelToken
from engine.errors import Cancelled
from tests.desktop.attachments.documents import docx, paragraph, pdf

SMALL = Limits(file_bytes=1 << 20, characters=100, pages=3)


def attached(folder: Path, name: str, data: bytes, limits: Limits | None = None) -> AttachedFile:
    path = folder / name
    path.write_bytes(data)
    return read_file(path, limits=limits)


@pytest.mark.parametrize(
    ("name", "kind", "media_type"),
    [
        ("a.txt", Kind.TEXT, "text/plain"),
        ("README", Kind.TEXT, "text/plain"),
        ("a.md", Kind.MARKDOWN, "text/markdown"),
        ("a.CSV", Kind.CSV, "text/csv"),
        ("a.py", Kind.CODE, "text/plain"),
        ("Makefile.am", Kind.CODE, "text/plain"),
    ],
)
def test_text_is_read_as_it_is(tmp_path: Path, name: str, kind: Kind, media_type: str) -> None:
    file = attached(tmp_path, name, b"one\r\ntwo\rthree \xf0\x9f\x99\x82\n")
    assert (file.kind, file.text, file.shortened) == (kind, "one\ntwo\nthree 🙂\n", "")
    value = file.attachment()
    assert (value.name, value.media_type, value.size) == (name, media_type, 20)
    assert value.sha256 == hashlib.sha256(file.data).hexdigest()
    assert value.text == file.text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = "Größe;5 €\nnächste;7"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    assert attached(tmp_path, "a.csv", mark + text.encode(encoding)).text == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\x7fELF\2\1\1\0\0",
        bytes(range(256)) * 10,
        b"\1\2\3\4\5\6\7" * 50,
        b"\xff\xfe\x00\xd8",
        b"PK\x03\x04 not a document",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadAttachment, match=r"“a\.txt” holds no text") as raised:
        attached(tmp_path, "a.txt", data)
    assert raised.value.hint == "Attach text, code, Markdown, CSV, PDF or DOCX."


def test_sizes(tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match="is larger than 1 MB"):
        attached(tmp_path, "a.txt", b"x" * (1 << 20) + b"y", SMALL)
    with pytest.raises(BadAttachment, match="is empty"):
        attached(tmp_path, "a.txt", b"")
    file = attached(tmp_path, "a.txt", b"x" * 101, SMALL)
    assert (len(file.text), file.shortened) == (100, "the first 100 characters")
    assert file.attachment().extra == {"shortened": "the first 100 characters"}


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match="cannot be read"):
        read_file(tmp_path / "gone.txt")
    with pytest.raises(BadAttachment, match="is a folder"):
        read_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadAttachment, match="holds no text"):
        read_file(tmp_path / "pipe")


def test_pdf(tmp_path: Path) -> None:
    file = attached(tmp_path, "report.pdf", pdf(["First page", "", "Third page"]))
    assert (file.kind, file.text, file.shortened) == (Kind.PDF, "First page\n\n\n\nThird page", "")
    renamed = attached(tmp_path, "report.txt", pdf(["Page"]))
    assert (renamed.kind, renamed.text) == (Kind.PDF, "Page")


def test_pdf_of_too_many_pages(tmp_path: Path) -> None:
    file = attached(tmp_path, "a.pdf", pdf(["p"] * 5), SMALL)
    assert (file.text, file.shortened) == ("p\n\np\n\np", "the first 3 of 5 pages")
    long = attached(tmp_path, "a.pdf", pdf(["word " * 30, "second"]), SMALL)
    assert (len(long.text), long.shortened) == (100, "the first 1 of 2 pages")


def test_pdf_of_pictures(tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match="pictures of pages, but no text") as raised:
        attached(tmp_path, "scan.pdf", pdf(["", ""]))
    assert "OCR" in raised.value.hint


def test_pdf_with_a_password(tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match="locked with a password"):
        attached(tmp_path, "a.pdf", pdf(["secret"], user="pass"))
    against_changes_only = attached(tmp_path, "a.pdf", pdf(["open"], user=""))
    assert against_changes_only.text == "open"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"hello", pdf(["x"])[:200]])
def test_damaged_pdf(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadAttachment, match=r"a PDF that cannot be read|no text"):
        attached(tmp_path, "a.pdf", data)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=8)), max_size=6))
def test_pdf_with_bytes_changed(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(pdf(["First", "Second"]))
    for anywhere, new in changes:
        place = anywhere % len(data)
        data[place : place + len(new)] = new
    with suppress(BadAttachment):  # nothing else may come out
        pdf_text("a.pdf", bytes(data), SMALL, CancelToken())


def test_reading_can_be_stopped() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        pdf_text("a.pdf", pdf(["x"]), Limits(), cancel)
    with pytest.raises(Cancelled):
        docx_text("a.docx", docx(paragraph("x")), Limits(), cancel)


COMPATIBILITY = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def run(inside: str) -> str:
    return f"<w:p><w:r>{inside}</w:r></w:p>"


def table(rows: list[list[str]]) -> str:
    lines = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def test_docx(tmp_path: Path) -> None:
    box = paragraph("box")
    body = (
        paragraph("Report", '<w:pStyle w:val="Title"/>')
        + paragraph("Part", '<w:pStyle w:val="Heading2"/>')
        + run("<w:t>One </w:t></w:r><w:r><w:t>&amp; two</w:t><w:tab/><w:t>x</w:t>")
        + paragraph("")
        + paragraph("item", "<w:numPr/>")
        + run("<w:t>a</w:t><w:br/><w:t>b</w:t></w:r><w:r><w:delText>gone</w:delText>")
        + table([["A", "B"], ["1", ""]])
        + f"<mc:AlternateContent {COMPATIBILITY}><mc:Choice>{box}</mc:Choice>"
        + f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    file = attached(tmp_path, "report.docx", docx(body))
    assert file.kind is Kind.DOCX
    assert file.text == (
        "# Report\n\n## Part\n\nOne & two\tx\n\n- item\n\na\nb\n\n| A | B |\n| 1 |  |\n\nbox"
    )


def test_docx_that_is_long(tmp_path: Path) -> None:
    many = "".join(paragraph(f"paragraph {number}") for number in range(50_000))
    file = attached(tmp_path, "a.docx", docx(many), Limits(characters=100))
    assert (len(file.text), file.shortened) == (100, "the first 100 characters")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        b"no archive",
        docx("<w:p>"),
        docx(paragraph("&b;"), prolog=ENTITIES),
        docx(paragraph("x"), prolog='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
        docx(paragraph("x"))[:-100],
    ],
)
def test_damaged_docx(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadAttachment, match="is a DOCX that cannot be read"):
        attached(tmp_path, "a.docx", data)


def test_docx_without_its_document(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(BadAttachment, match="cannot be read"):
        attached(tmp_path, "a.docx", file.getvalue())


def test_docx_without_text(tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match="holds no text"):
        attached(tmp_path, "a.docx", docx(paragraph(" ")))


def test_a_bomb(tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match="unpacks to far more"):
        attached(tmp_path, "a.docx", docx(" " * (20 << 20)))


def test_deep_nesting_is_no_trouble(tmp_path: Path) -> None:
    body = "<w:p>" * 20_000 + "<w:r><w:t>deep</w:t></w:r>" + "</w:p>" * 20_000
    assert attached(tmp_path, "a.docx", docx(body)).text == "deep"
