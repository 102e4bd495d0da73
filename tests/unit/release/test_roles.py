from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner, Signature
from tuf.api.metadata import Metadata, Targets

from vidphone.release import roles
from vidphone.release.arguments import _numbers, _step
from vidphone.release.said import Refused
from vidphone.wire.release_staff import HIGHEST, TARGETS

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@given(st.dictionaries(st.sampled_from(["linux-x86_64", "windows-amd64"]), st.integers(1, 10**6)))
def test_next_sequence_is_above_all_channels(known: dict[str, int]) -> None:
    channels = [Metadata(Targets()) for _ in range(3)]
    channels[1].signed.unrecognized_fields[HIGHEST] = known
    for platform in ("linux-x86_64", "windows-amd64"):
        assert roles.next_sequence(channels, platform) == known.get(platform, 0) + 1


def test_emptied_channel_remembers_its_sequence() -> None:
    channel = Metadata(Targets(unrecognized_fields={HIGHEST: {"linux-x86_64": 7}}))
    assert roles.highest(roles.emptied(channel, "test", NOW)) == {"linux-x86_64": 7}


def test_a_token_that_does_not_sign_is_told_in_words() -> None:
    class Taken(CryptoSigner):
        def sign(self, payload: bytes) -> Signature:
            raise ConnectionError

    key = CryptoSigner.generate_ed25519()
    token = Taken(key._private_key)
    roles.named(token.public_key, "li")
    with pytest.raises(Refused, match=r"key li cannot be used: ConnectionError"):
        roles.sign(Metadata(Targets()), [token])


def test_person_is_given_a_key_and_loses_it() -> None:
    above, keepers = ([CryptoSigner.generate_ed25519().public_key for _ in range(3)] for _ in range(2))
    key = roles.named(CryptoSigner.generate_ed25519().public_key, "li")
    first = roles.begin(above, above, keepers, (above[0], above[1]), NOW)[TARGETS]
    given_one = roles.with_key(first, key, ("test", "beta"), NOW)
    before = roles.holders(first)
    assert roles.holders(given_one) == before | {"li": (key, ("beta", "test"))}
    assert [held for held, _ in before.values()] == keepers
    left, could = roles.without_key(given_one, key.keyid, NOW)
    assert could == ("beta", "test")
    assert roles.holders(left) == before
    with pytest.raises(KeyError):
        roles.without_key(left, key.keyid, NOW)


@pytest.mark.parametrize("place", ["root", "targets", "online"])
def test_no_ceremony_gives_a_key_of_the_channels_anything_else_to_sign(place: str) -> None:
    root, targets, keepers, online = ([CryptoSigner.generate_ed25519().public_key for _ in range(3)] for _ in range(4))
    roles.named(keepers[0], "channels-1")
    {"root": root, "targets": targets, "online": online}[place][1] = keepers[0]
    with pytest.raises(Refused, match="channels-1"):
        roles.begin(root, targets, keepers, (online[0], online[1]), NOW)


def test_steps_and_accounts_as_they_are_written() -> None:
    assert [_step(one) for one in ("25@1d", "50.5@12h", "100@90m")] == [(25.0, 86_400), (50.5, 43_200), (100.0, 5_400)]
    assert _numbers("1002, 1003") == ("1002", "1003")
    for wrong in ("25", "25@1w", "x@1d"):
        with pytest.raises(Exception, match="such as"):
            _step(wrong)
