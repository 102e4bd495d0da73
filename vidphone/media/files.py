"""Telling a file from a device in a setting or an option."""

from pathlib import Path

_KINDS = frozenset(
    (
        ".aac",
        ".avi",
        ".flac",
        ".m4a",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp3",
        ".mp4",
        ".mpg",
        ".oga",
        ".ogg",
        ".ogv",
        ".opus",
        ".ts",
        ".wav",
        ".webm",
        ".y4m",
    )
)


def is_path(spec: str) -> bool:
    """Whether `spec` names a file, be it there or not: it exists, has the form of a path, or a media file's ending."""
    path = Path(spec)
    return bool(spec) and (
        path.is_file() or path.is_absolute() or spec.startswith(("./", "../", "~")) or path.suffix.lower() in _KINDS
    )
