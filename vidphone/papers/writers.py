"""How a PDF is written here: a new file, a revision, a signature. Imported by what has decided to load pyHanko."""

from datetime import datetime
from hashlib import sha256
from typing import IO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, PdfFileWriter
from pyhanko.sign.signers import PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession


class Original(PdfFileWriter):
    """A whole new file with all that `source` holds. Its identity is made of `seed`, and no clock is asked."""

    def __init__(self, source: PdfFileReader, seed: bytes) -> None:
        super().__init__(stream_xrefs=False, init_page_tree=False)  # type: ignore[no-untyped-call]
        identity = sha256(seed).digest()
        self._document_id = generic.ArrayObject(
            [generic.ByteStringObject(identity[:16]), generic.ByteStringObject(identity[16:])]
        )
        root = self.import_object(source.root)
        if not isinstance(root, generic.DictionaryObject):
            raise TypeError("a document's root is a dictionary")
        for key, value in root.items():
            self.root[key] = value

    def _update_meta(self) -> None:
        """The document's own account of itself stays as it was composed."""


class Revision(IncrementalPdfFileWriter):
    """What a signature appends, and nothing else: no new date or program in the document's account of itself."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)

    def _update_meta(self) -> None:
        """As in `Original`."""


class TimedSigner(PdfSigner):
    """Signs at the time that it is told, `at`, rather than at that of the clock."""

    at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """As the library does, with that time."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session
