"""Whether a channel's new metadata names manifests that are there, whole, and of that channel. Pure."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, TargetFile, Targets

from vidphone.service.releases.refusal import Refusal
from vidphone.wire.release_staff import HIGHEST
from vidphone.wire.releases import MAX_MANIFEST_BYTES, Manifest, target_path

Channels = Mapping[str, Metadata[Targets]]


def check_manifests(
    before: Channels,
    after: Channels,
    changed: Mapping[str, object],
    manifests: Mapping[str, bytes],
    stored: Callable[[Manifest], str | None],
) -> dict[str, Manifest]:
    """The new manifests by their paths.

    Args:
        before: The channels' metadata as trusted; empty where nothing is.
        after: As it would be.
        changed: The roles that come new.
        manifests: What came with them.
        stored: The first blob or delta of a manifest that the repository lacks.

    Raises:
        Refusal: one is missing, not named, not of its channel, or older than what stands there.
    """
    read: dict[str, Manifest] = {}
    for name in (name for name in after if name in changed):
        old = before[name].signed.targets if name in before else {}
        for path, target in after[name].signed.targets.items():
            if old.get(path) == target:
                continue
            read[path] = _read(name, path, target, manifests)
    if read.keys() != manifests.keys():
        raise Refusal("manifest-unnamed")
    for path, manifest in read.items():
        if lacking := stored(manifest):
            raise Refusal("content-missing", path=path, content=lacking)
    return read


def _read(channel: str, path: str, target: TargetFile, manifests: Mapping[str, bytes]) -> Manifest:
    given = manifests.get(path)
    if given is None or len(given) > MAX_MANIFEST_BYTES:
        raise Refusal("manifest-missing", path=path)
    try:
        target.verify_length_and_hashes(given)
        manifest = Manifest.model_validate_json(given)
    except LengthOrHashMismatchError:
        raise Refusal("manifest-missing", path=path) from None
    except ValidationError as error:
        raise Refusal("manifest-bad", path=path, detail=str(error.errors()[0]["msg"])) from None
    if manifest.channel != channel or path != target_path(manifest.channel, manifest.platform):
        raise Refusal("manifest-elsewhere", path=path)
    if "sha256" not in target.hashes:
        raise Refusal("manifest-missing", path=path)
    return manifest


def check_highest(before: Channels, after: Channels, manifests: Mapping[str, Manifest]) -> None:
    """What channels say of the highest sequence so far: it never falls, and rises by one.

    The next build of everybody has a number above it: whoever has a key of one channel could leave none.

    Args:
        before: The channels' metadata as trusted; empty where nothing is.
        after: As it would be.
        manifests: The new manifests by their paths.

    Raises:
        Refusal: it is not so.
    """
    known = {name: _highest(name, channel) for name, channel in before.items()}
    reached: dict[str, int] = {}
    for written in known.values():
        reached |= {platform: max(number, reached.get(platform, 0)) for platform, number in written.items()}
    for name, channel in after.items():
        written = _highest(name, channel)
        for platform, least in known.get(name, {}).items():
            if written.get(platform, 0) < least:
                raise Refusal("sequence", least=least, found=written.get(platform, 0))
        named = [(one.platform, one.sequence) for one in manifests.values() if one.channel == name]
        for platform, number in [*written.items(), *named]:
            if number > reached.get(platform, 0) + 1:
                raise Refusal("sequence-skips", most=reached.get(platform, 0) + 1, found=number)


def _highest(name: str, channel: Metadata[Targets]) -> dict[str, int]:
    written = channel.signed.unrecognized_fields.get(HIGHEST, {})
    if not isinstance(written, dict) or any(type(number) is not int for number in written.values()):
        raise Refusal("unreadable", role=name)
    return written


def check_sequence(before: Manifest | None, after: Manifest) -> None:
    """A build that replaces another has a higher sequence; the same one keeps or raises it.

    Raises:
        Refusal: it is not so.
    """
    if before is None:
        return
    least = before.sequence + (before.build_id != after.build_id)
    if after.sequence < least:
        raise Refusal("sequence", least=least, found=after.sequence)
