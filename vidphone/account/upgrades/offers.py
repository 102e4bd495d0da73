"""What a repository offers to one platform, read from metadata that are believed."""

import logging

from pydantic import ValidationError
from tuf.api.exceptions import DownloadError, DownloadHTTPError, RepositoryError

from vidphone.account.upgrades.fetching import Fetcher
from vidphone.account.upgrades.telling import told_as_errors
from vidphone.account.upgrades.trust import Trust
from vidphone.wire.errors import VidphoneError
from vidphone.wire.releases import MAX_MANIFEST_BYTES, Channel, Held, Manifest, target_path

log = logging.getLogger(__name__)

MAX_HELD_BYTES = 131_072


class Offers:
    """The offers of one repository, once it has been refreshed; blocking."""

    def __init__(self, service: str, fetcher: Fetcher, trust: Trust, platform: str, now: float) -> None:
        """`service`: the base of the releases."""
        self._service = service
        self._fetcher = fetcher
        self._trust = trust
        self._platform = platform
        self._now = now

    def offered(self, channels: tuple[Channel, ...]) -> list[tuple[Manifest, bytes]]:
        """What the channels offer. One that is not to be believed does not stop the others, but for stable."""
        offered = []
        for channel in channels:
            try:
                with told_as_errors(self._service, self._fetcher, self._now):
                    content = self._trust.target(target_path(channel, self._platform), MAX_MANIFEST_BYTES)
                    if content is not None:
                        offered.append((self._read(content, channel), content))
            except VidphoneError as error:
                if channel is Channel.STABLE or isinstance(error.__cause__, DownloadError):
                    raise
                log.warning("channel %s: %s", channel.value, error)
        return offered

    def _read(self, content: bytes, channel: Channel) -> Manifest:
        try:
            manifest = Manifest.model_validate_json(content)
        except ValidationError as error:
            raise RepositoryError("a manifest says what it may not") from error
        if manifest.channel is not channel or manifest.platform != self._platform:
            raise RepositoryError("a manifest is of another channel or platform")
        if manifest.created_at > self._trust.fresh_until():
            raise RepositoryError("a manifest is of the future")
        self._trust.saw(manifest.created_at)
        return manifest

    def held(self) -> frozenset[str]:
        """Builds withheld for now. Whoever keeps this from us only has us take what was signed for us anyway."""
        try:
            content = self._fetcher.download_bytes(f"{self._service}/held", MAX_HELD_BYTES)
            return frozenset(Held.model_validate_json(content).builds)
        except (DownloadError, ValidationError) as error:
            missing = isinstance(error, DownloadHTTPError) and error.status_code == 404
            log.log(logging.DEBUG if missing else logging.INFO, "no list of held builds: %s", type(error).__name__)
            return frozenset()
