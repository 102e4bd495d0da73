"""What is kept with a version so that its list of files can be proved later, without the network (clause 3).

The root of trust comes with the program; kept are the roots that followed it, the targets metadata and those of the
role that signed the manifest. Expiry does not matter here: what was right when it was installed is right.
"""

from collections.abc import Callable
from pathlib import Path

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets

from vidphone.wire.releases import Manifest, target_path

_MAX_ROOTS = 64
TARGETS = "targets.json"
DELEGATE = "delegate.json"


class NotProven(Exception):
    """Nothing shows that a manifest was signed by those who make the program."""


def root_name(version: int) -> str:
    """The name of a later root among the proofs."""
    return f"root.{version}.json"


def gather(folder: Path, shipped: bytes, manifest: Manifest) -> dict[str, bytes]:
    """The proofs of a manifest from the metadata that are believed now, by name.

    Raises:
        OSError: they cannot be read.
        RepositoryError: they are not there.
    """
    proofs: dict[str, bytes] = {}
    version = Metadata[Root].from_bytes(shipped).signed.version
    for later in range(version + 1, version + _MAX_ROOTS):
        path = folder / "root_history" / f"{later}.root.json"
        if not path.exists():
            break
        proofs[root_name(later)] = path.read_bytes()
    proofs[TARGETS] = (folder / TARGETS).read_bytes()
    name = target_path(manifest.channel, manifest.platform)
    if role := signing_role(Metadata[Targets].from_bytes(proofs[TARGETS]).signed, name):
        proofs[DELEGATE] = (folder / f"{role}.json").read_bytes()
    return proofs


def proven(shipped: bytes, content: bytes, proof: Callable[[str], bytes | None]) -> Manifest:
    """The manifest of a version, if proofs show that it was signed; `proof` finds one by its name.

    Raises:
        NotProven: they do not, or there are none.
    """
    try:
        manifest = Manifest.model_validate_json(content)
        root = Metadata[Root].from_bytes(shipped)
        root.signed.verify_delegate(Root.type, root.signed_bytes, root.signatures)
        while (following := proof(root_name(root.signed.version + 1))) is not None:
            root = _following(root, following)
        targets = Metadata[Targets].from_bytes(proof(TARGETS) or b"")
        root.signed.verify_delegate(Targets.type, targets.signed_bytes, targets.signatures)
        signed, name = targets.signed, target_path(manifest.channel, manifest.platform)
        if role := signing_role(signed, name):
            delegate = Metadata[Targets].from_bytes(proof(DELEGATE) or b"")
            signed.verify_delegate(role, delegate.signed_bytes, delegate.signatures)
            signed = delegate.signed
        signed.targets[name].verify_length_and_hashes(content)
    except (RepositoryError, ValueError, KeyError) as error:
        raise NotProven from error
    return manifest


def _following(root: Metadata[Root], content: bytes) -> Metadata[Root]:
    following = Metadata[Root].from_bytes(content)
    for judge in (root, following):
        judge.signed.verify_delegate(Root.type, following.signed_bytes, following.signatures)
    if following.signed.version != root.signed.version + 1:
        raise RepositoryError("not the root that follows")
    return following


def signing_role(targets: Targets, name: str) -> str | None:
    """The role that a target's name is delegated to; None: the targets role itself has it."""
    if name in targets.targets or targets.delegations is None:
        return None
    return next((role for role, _ in targets.delegations.get_roles_for_target(name)), None)
