"""Keys: the ceremony that makes the offline ones, and the keys of people, given and withdrawn.

FOLDER/offline/root-1.pem …      three keys each of root, of targets and of the channels: one of each to each of
                                 three people, as root-1, targets-1 and channels-1
FOLDER/offline/root-1.json …     their public halves
FOLDER/first/root.json …         the first metadata, until it is handed in
FOLDER/keys/li.pem, li.json      a person's own key, and its public half, which is given to the keepers
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from securesystemslib.signer import Key
from tuf.api.metadata import Metadata
from tuf.api.serialization import DeserializationError

from vidphone.release import roles
from vidphone.release.bench import KEYS, ROOT_FILE, Bench
from vidphone.release.said import moment, print_table, refused, say
from vidphone.release.signers import SUFFIX, make, public_of
from vidphone.release.view import days_left
from vidphone.wire.release_staff import (
    KEEPERS,
    KEY_NAME,
    ROOT,
    STAFF_NAME,
    TARGETS,
    THRESHOLDS,
    Action,
    OnlineKeys,
    Publication,
)

OFFLINE, FIRST = "offline", "first"
CHANNEL_KEYS = "channels"
"""What the keepers' keys for channels are called, all of them for every channel."""
PUBLIC = ".json"


def init(bench: Bench) -> None:
    """Make the offline keys and the first metadata, and hand it in; with a file of the service's keys, only make.

    Raises:
        Refused: there are such keys already, or the service does not take it over.
    """
    if bench.arguments.hand_in:
        _hand_in_first(bench)
        return
    online = _online(bench)
    if (bench.folder / OFFLINE).exists():
        raise refused("begun", folder=str(bench.folder / OFFLINE))
    aside = bench.folder / f".{OFFLINE}"
    shutil.rmtree(aside, ignore_errors=True)  # of a ceremony that was broken off: these keys never signed anything
    made: dict[str, list[Any]] = {ROOT: [], TARGETS: [], CHANNEL_KEYS: []}
    for kind, signers in made.items():
        for number in range(1, KEEPERS + 1):
            path = aside / f"{kind}-{number}{SUFFIX}"
            signers.append(make(path, bench.passphrases))
            _write_public(path.with_suffix(PUBLIC), signers[-1].public_key, path.stem)
    keys = {kind: [signer.public_key for signer in signers] for kind, signers in made.items()}
    first = roles.begin(keys[ROOT], keys[TARGETS], keys[CHANNEL_KEYS], online, bench.now)
    (bench.folder / FIRST).mkdir(mode=0o700, exist_ok=True)
    for name, metadata in first.items():
        signers = made[CHANNEL_KEYS if name in roles.CHANNELS else name]
        (bench.folder / FIRST / f"{name}.json").write_bytes(roles.sign(metadata, signers))
    aside.rename(bench.folder / OFFLINE)
    bench.keep(ROOT_FILE, (bench.folder / FIRST / f"{ROOT}.json").read_bytes())
    say("keys-made", folder=str(bench.folder / OFFLINE), root=str(bench.folder / ROOT_FILE))
    if bench.arguments.online is None:
        _hand_in_first(bench)


def make_key(bench: Bench) -> None:
    """A person's own key, or the public half of one in hardware.

    Raises:
        Refused: the name is none, there is a file of that name, or the hardware cannot be reached.
    """
    name: str = bench.arguments.name
    if not _is_name(name):
        raise refused("bad-name", name=ascii(name))
    public = bench.folder / KEYS / f"{name}{PUBLIC}"
    if bench.arguments.key:
        key = public_of(bench.arguments.key, bench.passphrases)
    else:
        key = make(bench.folder / KEYS / f"{name}{SUFFIX}", bench.passphrases).public_key
    _write_public(public, key, name)
    say("key-made", path=str(public))


def add_key(bench: Bench) -> None:
    """Let a person's key sign for channels, by the offline keys.

    Raises:
        Refused: the public half cannot be read, the key signs for something else than channels already, or the
            service does not take it over.
    """
    key = _read_public(bench.arguments.public)
    roles.check_apart(bench.view.root.signed, [key])
    held = roles.holders(bench.view.targets)
    name = roles.name_of(key)
    if name in held and held[name][0].keyid != key.keyid:
        raise refused("name-taken", name=name)
    targets = roles.with_key(bench.view.targets, key, bench.arguments.channels, bench.now)
    bench.publish(Action.ADD_KEY, {TARGETS: targets}, bench.offline())


def withdraw_key(bench: Bench) -> None:
    """Let a key sign for nothing any more. What it signed is signed anew by the keepers' keys for channels.

    With `--leaked`, a channel that the key alone vouches for now offers nothing until the next push.

    Raises:
        Refused: nobody of that name has a key, or the service does not take it over.
    """
    view, name = bench.view, bench.arguments.name
    held = roles.holders(view.targets)
    if name not in held:
        raise refused("unknown-name", name=name)
    keyid = held[name][0].keyid
    targets, could = roles.without_key(view.targets, keyid, bench.now)
    changed: dict[str, Metadata[Any]] = {TARGETS: targets}
    for channel in could:
        metadata = view.channels[channel]
        if not targets.signed.get_verification_result(channel, metadata.signed_bytes, metadata.signatures):
            doubtful = bench.arguments.leaked and THRESHOLDS[channel] == 1
            renew = roles.emptied if doubtful else roles.renewed
            changed[channel] = renew(metadata, channel, bench.now)
    bench.publish(Action.WITHDRAW_KEY, changed, bench.offline())


def list_keys(bench: Bench) -> None:
    """Who may sign what, and until when it holds."""
    view = bench.view
    rows = [
        (name, ", ".join(channels), key.keyid[:16])
        for name, (key, channels) in sorted(roles.holders(view.targets).items())
    ]
    print_table(("name", "channels", "key"), rows)
    left = [(name, view.role(name)) for name in THRESHOLDS]
    print_table(
        ("role", "version", "until", "days"),
        [
            (name, str(one.signed.version), moment(one.signed.expires.timestamp()), f"{days_left(one):.0f}")
            for name, one in left
        ],
    )


def _hand_in_first(bench: Bench) -> None:
    try:
        metadata = {name: (bench.folder / FIRST / f"{name}.json").read_text(encoding="utf-8") for name in THRESHOLDS}
    except OSError:
        raise refused("nothing-first", folder=str(bench.folder / FIRST)) from None
    bench.hand_in(Publication(action=Action.INIT, reason=bench.arguments.reason, metadata=metadata))


def _online(bench: Bench) -> tuple[Key, Key]:
    file: Path | None = bench.arguments.online
    try:
        found = OnlineKeys.model_validate_json(file.read_bytes()) if file else bench.desk.online_keys()
        return _key(dict(found.snapshot)), _key(dict(found.timestamp))
    except (OSError, ValidationError, KeyError, TypeError, ValueError):
        raise refused("no-key", path=str(file or "")) from None


def _key(written: dict[str, Any]) -> Key:
    return Key.from_dict(written.pop("keyid"), written)


def _write_public(path: Path, key: Key, name: str) -> None:
    written = {"keyid": key.keyid} | roles.named(key, name).to_dict()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def _read_public(path: Path) -> Key:
    try:
        key = _key(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, DeserializationError):
        raise refused("no-key", path=str(path)) from None
    if not _is_name(key.unrecognized_fields.get(KEY_NAME)):
        raise refused("no-key", path=str(path))
    return key


def _is_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(STAFF_NAME, name) is not None
