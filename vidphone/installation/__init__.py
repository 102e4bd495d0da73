"""Versions of the program on a disk, and what starts one of them; Python's own library only."""
