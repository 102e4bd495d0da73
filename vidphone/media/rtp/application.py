"""An RTCP packet of this program's own (APP, RFC 3550 section 6.7): how the other side's picture is seen here.

Name `VPVW`, subtype 0. After source and name follow eight bytes: width and height of the box that the picture is shown
in, in pixels of the screen (16 bits each), the decoder's pressure (8 bits), and 24 bits that are nought and not read.
Bytes beyond are left aside. Others ignore a name that they do not know, as the RFC asks for.
"""

from dataclasses import dataclass
from struct import Struct

_NAME = b"VPVW"
ANY_SIZE = 0xFFFF
"""Width and height where it is not known how large the picture is shown."""
MOST_PRESSURE = 0xFF
_SUBTYPE = 0
_HEAD_BYTES = 8
_VIEW = Struct("!L4sHHB3x")


@dataclass(frozen=True, slots=True)
class ViewerReport:
    """Box and pressure; 0 by 0 means that nobody looks."""

    sender_ssrc: int
    width: int
    height: int
    pressure: int
    """0 to 255 for 0 to 1, see `receive.pressure.DecodePressure`."""

    def body(self) -> tuple[int, bytes]:
        """Subtype and the bytes after the common header."""
        return _SUBTYPE, _VIEW.pack(self.sender_ssrc, _NAME, self.width, self.height, self.pressure)


def read_application_defined(subtype: int, body: bytes) -> list[ViewerReport]:
    """The report, if it is one; packets of other applications are left aside.

    Raises:
        ValueError: shorter than what every such packet has, or than a report.
    """
    if len(body) < _HEAD_BYTES:
        raise ValueError("RTCP application packet without a name")
    if subtype != _SUBTYPE or body[4:_HEAD_BYTES] != _NAME:
        return []
    if len(body) < _VIEW.size:
        raise ValueError("viewer report cut short")
    ssrc, _, width, height, pressure = _VIEW.unpack_from(body)
    return [ViewerReport(ssrc, width, height, pressure)]
