"""An unsigned document: two signature fields put in their places, each with the look that its signature will have.

A signature shows who signed and when. The name and the seal are set in type by whoever composes the document, and lie
in it, out of sight, with the characters that a time is written with. Signing puts them together, so the signer's
machine needs no font, Chinese or other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

LOOK = "/VIDP_Look"
"""The key of a field's dictionary that holds its look: `/Face`, and `/Characters` by character code."""
FACE = "/Face"
CHARACTERS = "/Characters"

TIME_CHARACTERS = "0123456789-:+UTC"
"""What a time of signing is written with, beside spaces."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field lies: its page, counted from 0, and its box in points, from the page's upper left corner.

    `label` is what a reader's program calls it aloud.
    """

    field: str
    label: str
    page: int
    left: float
    top: float
    width: float
    height: float


def prepare(pdf: bytes, looks: bytes, places: Sequence[Place]) -> bytes:
    """The document with empty signature fields. The same input gives the same bytes.

    Args:
        pdf: the document's pages.
        looks: a PDF with one page for the look of each place, in order, then one for each of `TIME_CHARACTERS`, as
            wide as that character.
        places: of the fields.
    """
    from pyhanko.pdf_utils import generic  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign import fields  # noqa: PLC0415

    from vidphone.papers.writers import Original  # noqa: PLC0415

    writer = Original(PdfFileReader(BytesIO(pdf)), seed=pdf + looks)
    drawn = PdfFileReader(BytesIO(looks))
    faces = [writer.import_page_as_xobject(drawn, page_ix=page) for page in range(len(places) + len(TIME_CHARACTERS))]
    alphabet = generic.DictionaryObject(
        {
            generic.NameObject(f"/{ord(character)}"): face
            for character, face in zip(TIME_CHARACTERS, faces[len(places) :], strict=True)
        }
    )
    alphabet_reference = writer.add_object(alphabet)
    for place, face in zip(places, faces, strict=False):
        page, _ = writer.find_page_for_modification(place.page)  # type: ignore[no-untyped-call]
        high = float(page.get_object()["/MediaBox"][3])
        lower = high - place.top - place.height
        box = (round(place.left), round(lower), round(place.left + place.width), round(lower + place.height))
        specification = fields.SigFieldSpec(place.field, place.page, box, readable_field_name=place.label)
        fields.append_signature_field(writer, specification)
        (_, _, reference) = next(fields.enumerate_sig_fields(writer, with_name=place.field))
        reference.get_object()[generic.NameObject(LOOK)] = writer.add_object(
            generic.DictionaryObject(
                {generic.NameObject(FACE): face, generic.NameObject(CHARACTERS): alphabet_reference}
            )
        )
    # As a signature sets it: what a signature changes in the form is its own field alone.
    fields.ensure_sig_flags(writer, lock_sig_flags=True)
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()
