"""Copies of identity cards and licences: what a stranger sent is opened in a process of its own, and never kept as is.

What is kept are pictures that this program made of it: no metadata, no script, no attachment survives that.
"""

PICTURE_TYPE = "image/jpeg"
"""What pages are kept as."""
SUFFIX = ".jpg"
