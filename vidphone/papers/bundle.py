"""A ZIP file with one way to write it (PKWARE APPNOTE 6.3.3): stored, sorted by name, without dates or comments.

Any unpacker opens it. That there is one way only means that every byte of such a file follows from its contents: what
was changed, even where no unpacker looks, is seen by writing it anew.
"""

import re
import struct
import zlib
from collections.abc import Mapping

MAX_FILES = 20_000
MAX_BYTES = 1_073_741_824
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,7}")
_VERSION, _DAY = 20, 0x21
"""Version 2.0 is enough to unpack it; 1 January 1980, the first day that the format knows."""
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


class NotPacked(ValueError):
    """These bytes are no such file."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """The file that holds these, by name.

    Raises:
        ValueError: a name that is not plain, or too many or too large files.
    """
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
        raise ValueError("too much for one file")
    out, central = bytearray(), bytearray()
    for name in sorted(files):
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        written, content = name.encode("ascii"), files[name]
        sums = zlib.crc32(content), len(content), len(content)
        head = (0, 0, 0, _DAY, *sums, len(written), 0)
        central += _CENTRAL.pack(b"PK\1\2", _VERSION, _VERSION, *head, 0, 0, 0, 0, len(out)) + written
        out += _LOCAL.pack(b"PK\3\4", _VERSION, *head) + written + content
    begin, count = len(out), len(files)
    out += central + _END.pack(b"PK\5\6", 0, 0, count, count, len(central), begin, 0)
    return bytes(out)


def unpack(packed: bytes) -> dict[str, bytes]:
    """What such a file holds, whether or not the bytes beside the contents are those that `pack` writes.

    Raises:
        NotPacked: its entries cannot be told apart.
    """
    files: dict[str, bytes] = {}
    at = 0
    while packed[at : at + 4] == b"PK\3\4":
        if at + _LOCAL.size > len(packed):
            raise NotPacked("cut off")
        size, name_length, extra = (_LOCAL.unpack_from(packed, at)[field] for field in (8, 9, 10))
        begin = at + _LOCAL.size + name_length
        name = packed[at + _LOCAL.size : begin].decode("latin-1")
        if extra or not _NAME.fullmatch(name) or name in files or begin + size > len(packed):
            raise NotPacked("no plain entry")
        files[name] = packed[begin : begin + size]
        at = begin + size
        if len(files) > MAX_FILES:
            raise NotPacked("too many files")
    if not files:
        raise NotPacked("no entry")
    return files
