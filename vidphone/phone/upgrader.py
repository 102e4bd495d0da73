"""What asks the repository for a phone (`phone.upgrade_ports.Upgrader`). Loads the update framework: import it late."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vidphone.account.upgrades.found import Found
from vidphone.account.upgrades.pace import Pace
from vidphone.account.upgrades.proofs import TARGETS, NotProven, proven
from vidphone.account.upgrades.upgrades import Upgrades
from vidphone.installation.altered import Altered, How
from vidphone.installation.errors import InstallationError
from vidphone.installation.tree import Installation
from vidphone.phone import upgrade_ports as ports
from vidphone.phone.diagnosis.program import platform_name
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.releases import BuildEvent, Channel, Manifest

log = logging.getLogger(__name__)

CHECK_BYTES_PER_S = 40_000_000.0
"""How fast installed files are read when they are looked through: a call beside it feels nothing."""
MANIFEST = ".release/manifest.json"


@dataclass(frozen=True, slots=True)
class Source:
    """Where builds come from, as the package that was installed says."""

    root: bytes
    """The root of trust."""
    service: str
    channel: Channel

    @classmethod
    def read(cls, folder: Path, service: str) -> "Source | None":
        """From `root.json` and `operator.json` in a folder of the assets; None where no root of trust came along.

        Without `operator.json` the service is that of the sign-in, `service`, and the channel is stable.
        """
        try:
            root = (folder / "root.json").read_bytes()
        except OSError:
            return None
        try:
            said = json.loads((folder / "operator.json").read_bytes())
            return cls(root, str(said.get("service") or service), Channel(said.get("channel", Channel.STABLE)))
        except FileNotFoundError:
            return cls(root, service, Channel.STABLE)
        except (OSError, ValueError, AttributeError):
            log.warning("operator.json cannot be read")
            return cls(root, service, Channel.STABLE)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What is looked at: builds for named accounts may come to anybody."""
        beta = () if self.channel is Channel.STABLE else (Channel.BETA,)
        return (Channel.STABLE, *beta, Channel.TEST)


class RepositoryUpgrader:
    """Looks at one repository for one installation."""

    account_number: str | None = None

    def __init__(
        self,
        folder: Path,
        source: Source,
        installation: Installation | None,
        install_id: str,
        token: Callable[[], str | None],
    ) -> None:
        """`token` is that of the sign-in there is; it proves that a report comes from a customer."""
        self._installation = installation
        self._token = token
        base = f"{source.service.rstrip('/')}/v1/releases"
        self._upgrades = Upgrades(
            folder, base, source.root, installation, None, install_id, platform_name(), source.channels
        )

    @property
    def below_minimum(self) -> str | None:
        """The version that calls need, where this one is below it."""
        return self._upgrades.below_minimum

    async def check(self) -> Found | None:
        """What is offered now."""
        self._upgrades.account_number = self.account_number
        return await self._upgrades.check()

    async def download(self, found: ports.Found, on_progress: Callable[[ports.Progress], None], pace: Pace) -> None:
        """Lay the build whole beside the one that runs."""
        assert isinstance(found, Found)  # noqa: S101 - `check` found it
        await self._upgrades.download(found, on_progress, pace)

    async def report(
        self, event: BuildEvent, build_id: str, code: str, at: float, channel: Channel | None = None
    ) -> None:
        """Tell what became of a build; of one that was not installed, the channel has to be named."""
        token = self._token()
        if token is None:
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
        if channel is None:
            channel = await asyncio.to_thread(self._channel_of, build_id)
        await self._upgrades.report(event, build_id, channel, token, code=code[:64], at=at)

    def _channel_of(self, build_id: str) -> Channel:
        """Blocking: a list of files is long."""
        try:
            if self._installation is not None:
                return Manifest.model_validate_json(self._installation.manifest_of(build_id)).channel
        except (InstallationError, ValueError):
            log.info("the channel of %s is not known any more", build_id)
        return self._upgrades.channels[0]


def look_through(
    installation: Installation, build_id: str, root: bytes, stopped: Callable[[], bool]
) -> tuple[Altered, ...]:
    """Files of the running version that are not as they were signed (clause 3). Blocking, for some seconds.

    A version that came by an upgrade carries proofs of its manifest. That of an installer has none; its files are held
    against the manifest that came with them.

    Raises:
        InstallationError: the version cannot be read.
    """
    try:
        if installation.proof_of(build_id, TARGETS) is not None:
            proven(root, installation.manifest_of(build_id), lambda name: installation.proof_of(build_id, name))
    except NotProven:
        return (Altered(MANIFEST, How.CHANGED),)
    return installation.check(build_id, bytes_per_s=CHECK_BYTES_PER_S, stopped=stopped).altered
