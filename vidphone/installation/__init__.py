"""Versions of the program on a disk, and what starts one of them; Python's own library only (docs/adr/0015).

Frozen into a small launcher of its own, beside the versions. Nothing here knows a network or a signature: what is put
in was checked by whoever fetched it, and is held to the hashes of its manifest once more.
"""
