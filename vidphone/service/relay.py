"""STUN and TURN servers, with credentials that coturn accepts for a limited time.

The scheme is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): the user name is `<expiry>:<holder>`,
the password base64(HMAC-SHA1(secret, user name)). coturn looks at the time when an allocation is made, and at no later
one: what ends a running one is `relay_guard`.
"""

import base64
import hashlib
import hmac

from vidphone.service.config import IceConfig
from vidphone.wire.http import IceServer, IceServers

HOLDER_LENGTH = 24


def turn_credential(secret: str, username: str) -> str:
    """The password of a time-limited TURN user."""
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def relay_holder(number: str, device: str) -> str:
    """What marks the relay credentials of a device: the same at each time, and nobody can tell whose it is."""
    return hashlib.sha256(f"{number}/{device}".encode()).hexdigest()[:HOLDER_LENGTH]


class SharedSecretRelay:
    """The servers of the configuration."""

    def __init__(self, config: IceConfig) -> None:
        self._config = config

    def ice_servers(self, holder: str, now: float) -> IceServers:
        """See `Relay`."""
        config = self._config
        servers = [IceServer(urls=tuple(stun.urls)) for stun in config.stun]
        username = f"{int(now) + config.credential_lifetime_s}:{holder}"
        servers += [
            IceServer(
                urls=tuple(turn.urls),
                username=username,
                credential=turn_credential(turn.secret.get_secret_value(), username),
            )
            for turn in config.turn
        ]
        return IceServers(
            servers=tuple(servers), expires_in_s=config.credential_lifetime_s, relay_only=config.relay_only
        )
