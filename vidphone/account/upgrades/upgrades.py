"""Upgrades of one installation: is there one, get it, tell the provider what became of it (clauses 3 and 8)."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import vidphone
from vidphone.account.upgrades.choice import Asker, choose, minimum
from vidphone.account.upgrades.contents import Getting, plan
from vidphone.account.upgrades.fetching import Fetcher
from vidphone.account.upgrades.found import Counter, Found, Progress
from vidphone.account.upgrades.here import Here
from vidphone.account.upgrades.offers import Offers
from vidphone.account.upgrades.pace import Pace, Stop
from vidphone.account.upgrades.proofs import gather
from vidphone.account.upgrades.telling import told_as_errors
from vidphone.account.upgrades.trust import Trust
from vidphone.installation.errors import InstallationError, Reason
from vidphone.installation.tree import Installation
from vidphone.wire.errors import HTTP_STATUS, ErrorCode, VidphoneError
from vidphone.wire.releases import BuildEvent, BuildReport, Channel

Made = TypeVar("Made")
_LATER = {
    HTTP_STATUS[code]: code
    for code in (ErrorCode.NOT_SIGNED_IN, ErrorCode.ACCOUNT_DISABLED, ErrorCode.TOO_MANY_ATTEMPTS)
}
"""What the service answers to a report that it may yet take."""


class Upgrades:
    """What is on offer for one installation, and the way of it here. Used on one event loop, which it never blocks.

    One piece of work at a time: a second waits for the first. Cancelling ends it at once, also where it waits for
    the network, and what has come is gone on with the next time. Every method raises `VidphoneError`:
    `UPGRADE_NOT_TRUSTED`, `UPGRADE_STALE`, `CLOCK_WRONG`, `DISK_FULL`, `UPGRADE_FAILED`, `SERVICE_UNREACHABLE`,
    `SERVICE_NOT_SECURE`.
    """

    def __init__(
        self,
        folder: Path,
        base_url: str,
        root_bytes: bytes,
        installation: Installation | None,
        account_number: str | None,
        install_id: str,
        platform: str,
        channels: tuple[Channel, ...] = (Channel.STABLE,),
        *,
        version: str = vidphone.__version__,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare; nothing is asked yet.

        `folder`: where this keeps what it believes and what it has begun; `base_url`: `<service>/v1/releases`;
        `installation`: None where the program does not update itself: it is only told what there is.
        """
        self.account_number = account_number
        self.channels = channels
        self.below_minimum: str | None = None
        """The least version that may call, if what runs is below it: as of the last check."""
        self.received = 0
        """Bytes of bodies that came in all, as they travelled."""
        self._folder = folder
        self._base_url = base_url.rstrip("/")
        self._root = root_bytes
        self._installation = installation
        self._install_id = install_id
        self._platform = platform
        self._version = version
        self._clock = clock
        self._one = asyncio.Lock()

    async def check(self) -> Found | None:
        """Ask what is on offer; None: nothing for this installation, or what runs is right."""
        stop = Stop()
        return await self._in_thread(lambda: self._check(stop), stop)

    async def download(self, found: Found, on_progress: Callable[[Progress], None], pace: Pace) -> None:
        """Fetch what is new in a build and put it beside what runs, whole and checked; `switch` is left to do.

        `on_progress` is called on the loop. `pace` may be changed meanwhile.
        """
        loop, stop = asyncio.get_running_loop(), Stop()
        stop.wakes(pace.wake)

        def tell(progress: Progress) -> None:
            if not stop.stopped():
                loop.call_soon_threadsafe(on_progress, progress)

        await self._in_thread(lambda: self._download(found, tell, pace, stop), stop)

    async def report(
        self, event: BuildEvent, build_id: str, channel: Channel, token: str, *, code: str = "", at: float | None = None
    ) -> bool:
        """Tell the provider what became of a build; whether it was taken. An account's token keeps others away.

        Raises `NOT_SIGNED_IN`, `ACCOUNT_DISABLED`, `TOO_MANY_ATTEMPTS` as well: it may be taken later.
        """
        report = BuildReport(
            install_id=self._install_id,
            build_id=build_id,
            channel=channel,
            platform=self._platform,
            event=event,
            code=code,
            at=self._clock() if at is None else at,
        )
        stop = Stop()
        return await self._in_thread(lambda: self._report(report, token, stop), stop)

    async def _in_thread(self, work: Callable[[], Made], stop: Stop) -> Made:
        async with self._one:
            task = asyncio.ensure_future(asyncio.to_thread(work))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                stop.stop()
                while not task.done():  # whoever cancels once more waits, too: nothing may begin beside this work
                    with suppress(asyncio.CancelledError):
                        await asyncio.wait([task])
                if not task.cancelled():
                    task.exception()  # whatever it was, nobody waits for it
                raise

    # In a thread

    def _check(self, stop: Stop) -> Found | None:
        here = Here(self._installation)
        fetcher = Fetcher(self._base_url, stop=stop)
        try:
            with told_as_errors(self._base_url, fetcher, self._clock()):
                folder = self._folder / "metadata"
                urls = f"{self._base_url}/metadata/", f"{self._base_url}/targets/"
                trust = Trust(folder, fetcher, *urls, self._root)
                trust.refresh()
                built_at = here.running.created_at if here.running else 0.0
                trust.require_fresh(max(built_at, fetcher.date_epoch_s or 0.0))
                trust.saw(min(self._clock(), trust.fresh_until()))
                offers = Offers(self._base_url, fetcher, trust, self._platform, self._clock())
                offered = offers.offered(self.channels)
                manifests = [manifest for manifest, _ in offered]
                asker = self._asker(here, offers.held())
                self.below_minimum = minimum(manifests, asker)
                chosen = choose(manifests, asker, max(self._clock(), trust.latest_seen()))
                if chosen is None:
                    return None
                missing = {file.path for file in chosen.files if file.sha256 not in here.sizes}
                return Found(
                    manifest=chosen,
                    content=next(content for manifest, content in offered if manifest is chosen),
                    proofs=gather(folder, self._root, chosen),
                    bytes_to_fetch=sum(content.travels for content in plan(chosen, missing, here.sizes)),
                    must=self.below_minimum is not None,
                )
        finally:
            self.received += fetcher.received
            fetcher.close()

    def _asker(self, here: Here, held: frozenset[str]) -> Asker:
        running = here.running
        return Asker(
            platform=self._platform,
            install_id=self._install_id,
            version=running.version if running else self._version,
            build_id=running.build_id if running else None,
            sequence=running.sequence if running else None,
            account_number=self.account_number,
            blocked=here.blocked,
            held=held,
        )

    def _download(self, found: Found, tell: Callable[[Progress], None], pace: Pace, stop: Stop) -> None:
        if self._installation is None:
            raise ValueError("this program does not update itself")
        fetcher = Fetcher(self._base_url, stop=stop)
        try:
            with told_as_errors(self._base_url, fetcher, self._clock()):
                try:
                    staging = self._installation.begin(found.build_id, found.content, found.proofs)
                except InstallationError as error:
                    if error.reason is Reason.ALREADY_THERE:
                        return
                    raise
                with staging:
                    here = Here(self._installation)
                    missing = {entry.path for entry in staging.copy_unchanged()}
                    stop.check()
                    contents = plan(found.manifest, missing, here.sizes)
                    counter = Counter(sum(content.travels for content in contents), tell)
                    getting = Getting(fetcher, self._base_url, self._folder / "begun", here.files, pace)
                    getting.forget_others(contents)
                    for content in contents:
                        getting.get(content, staging, counter.came)
                    staging.finish()
        finally:
            self.received += fetcher.received
            fetcher.close()

    def _report(self, report: BuildReport, token: str, stop: Stop) -> bool:
        fetcher = Fetcher(self._base_url, stop=stop)
        try:
            with told_as_errors(self._base_url, fetcher, self._clock()):
                status = fetcher.post(f"{self._base_url}/reports", report.model_dump_json().encode(), token)
                if status in _LATER:
                    raise VidphoneError(_LATER[status])
                return 200 <= status < 300
        finally:
            fetcher.close()
