"""What a person may hear of when an upgrade could not be found or fetched."""

import contextlib
import logging
from collections.abc import Iterator

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
)

from vidphone.account.upgrades.fetching import Fetcher
from vidphone.installation.errors import FULL, InstallationError, Reason
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.packing import PackingError

log = logging.getLogger(__name__)

MAX_CLOCK_ERROR_S = 86_400.0
"""Between this machine and what the repository's answers say, before the clock is blamed."""
_CODES = {
    Reason.NO_SPACE: ErrorCode.DISK_FULL,
    Reason.WRONG_CONTENT: ErrorCode.UPGRADE_NOT_TRUSTED,
    Reason.BAD_MANIFEST: ErrorCode.UPGRADE_NOT_TRUSTED,
    Reason.UNSAFE_PATH: ErrorCode.UPGRADE_NOT_TRUSTED,
}


@contextlib.contextmanager
def told_as_errors(service: str, fetcher: Fetcher, now: float) -> Iterator[None]:
    """Turn what the framework says into what a person may hear of.

    Raises:
        VidphoneError: `UPGRADE_NOT_TRUSTED`, `UPGRADE_STALE`, `CLOCK_WRONG`, `DISK_FULL`, `UPGRADE_FAILED`,
            or `SERVICE_UNREACHABLE`.
    """
    try:
        yield
    except ExpiredMetadataError as error:
        said = fetcher.date_epoch_s
        if said is not None and abs(said - now) > MAX_CLOCK_ERROR_S:
            raise VidphoneError(ErrorCode.CLOCK_WRONG) from error
        raise VidphoneError(ErrorCode.UPGRADE_STALE) from error
    except BadVersionNumberError as error:
        log.warning("releases are older than they were: %s", error)
        raise VidphoneError(ErrorCode.UPGRADE_STALE) from error
    except (RepositoryError, PackingError, DownloadLengthMismatchError) as error:
        log.warning("releases are not believed: %s: %s", type(error).__name__, error)
        raise VidphoneError(ErrorCode.UPGRADE_NOT_TRUSTED) from error
    except DownloadError as error:
        raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": service}) from error
    except InstallationError as error:
        log.warning("releases: %s", error)
        raise VidphoneError(_CODES.get(error.reason, ErrorCode.UPGRADE_FAILED)) from error
    except OSError as error:
        log.warning("releases: %s", error.strerror)
        if error.errno in FULL:
            raise VidphoneError(ErrorCode.DISK_FULL) from error
        raise VidphoneError(ErrorCode.UPGRADE_FAILED) from error
