"""The agreement on paper; the printer is one that writes a file."""

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vidphone.ui.main.account.printing import PaperPrinter, PrintFailed, draw


def written(path: Path, pages: int) -> Path:
    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    for page in range(pages):
        if page:
            writer.newPage()
        painter.fillRect(QRect(100, 100, writer.width() // 2, writer.height() // 2), "black")
    painter.end()
    return path


def printer(path: Path) -> QPrinter:
    made = QPrinter()
    made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    made.setResolution(72)
    made.setOutputFileName(str(path))
    return made


def test_each_page_is_drawn_on_a_sheet_of_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    assert draw(written(tmp_path / "in.pdf", 3), printer(out)) == 3
    pdf = pypdfium2.PdfDocument(out)
    assert len(pdf) == 3
    for page in pdf:
        grey = page.render(scale=0.2).to_numpy().mean()
        assert 150 < grey < 225, "a quarter of the sheet is black"
    pdf.close()


@pytest.mark.parametrize("content", [None, b"", b"no document"])
def test_what_is_no_document_is_not_printed(qtbot: QtBot, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "in.pdf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PrintFailed):
        draw(path, printer(tmp_path / "out.pdf"))


def test_printing_happens_beside_the_window_and_tells_how_it_went(qtbot: QtBot, tmp_path: Path) -> None:

    window = QWidget()
    paper = PaperPrinter(window)
    with qtbot.waitSignal(paper.printed, timeout=10_000):
        paper.send(written(tmp_path / "in.pdf", 1), printer(tmp_path / "out.pdf"))
    with qtbot.waitSignal(paper.failed, timeout=10_000):
        paper.send(tmp_path / "gone.pdf", printer(tmp_path / "out.pdf"))
