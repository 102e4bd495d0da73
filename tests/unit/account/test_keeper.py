import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from vidphone.account.keeper import SECURE_BACKENDS, TokenKeeper, secure_keyring
from vidphone.wire.errors import ErrorCode, VidphoneError

SERVICE = "https://phone.example"


class Keyring(KeyringBackend):
    """A system's keyring, in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("the person said no")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("the person said no")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError("not found")
        del self.entries[service, username]


async def test_a_token_outlives_the_program_in_the_keyring() -> None:
    system = Keyring()
    await TokenKeeper(use_keyring=True, choose=lambda: system).save(SERVICE, "1001", "token")
    later = TokenKeeper(use_keyring=True, choose=lambda: system)
    assert await later.load(SERVICE, "1001") == "token"
    assert await later.load(SERVICE, "1002") is None
    assert await later.load("https://other.example", "1001") is None
    await later.forget(SERVICE, "1001")
    await later.forget(SERVICE, "1001")
    assert await later.load(SERVICE, "1001") is None
    assert system.entries == {}


async def test_with_the_keyring_locked_the_token_lives_in_memory_and_this_is_told() -> None:
    system = Keyring()
    system.locked = True
    keeper = TokenKeeper(use_keyring=True, choose=lambda: system)
    with pytest.raises(VidphoneError) as told:
        await keeper.save(SERVICE, "1001", "token")
    assert told.value.code is ErrorCode.NO_KEYRING
    assert await keeper.load(SERVICE, "1001") == "token"
    assert await TokenKeeper(use_keyring=True, choose=lambda: system).load(SERVICE, "1001") is None


async def test_without_a_keyring_nothing_leaves_memory() -> None:
    def never() -> KeyringBackend:
        raise AssertionError

    keeper = TokenKeeper(use_keyring=False, choose=never)
    await keeper.save(SERVICE, "1001", "token")
    assert await keeper.load(SERVICE, "1001") == "token"
    await keeper.forget(SERVICE, "1001")
    assert await keeper.load(SERVICE, "1001") is None


@pytest.mark.parametrize("backend", [null.Keyring, fail.Keyring, Keyring])
def test_a_keyring_that_is_not_the_systems_is_refused(
    backend: type[KeyringBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", backend)
    with pytest.raises(VidphoneError) as told:
        secure_keyring()
    assert told.value.code is ErrorCode.NO_KEYRING


def test_the_systems_own_keyring_is_taken_from_among_several(monkeypatch: pytest.MonkeyPatch) -> None:
    class Several:
        backends = (null.Keyring(), Keyring(), fail.Keyring())  # type: ignore[no-untyped-call]

    monkeypatch.setattr(Keyring, "__module__", next(iter(SECURE_BACKENDS)))
    monkeypatch.setattr(keyring, "get_keyring", Several)
    assert secure_keyring() is Several.backends[1]
