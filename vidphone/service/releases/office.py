"""What staff do with releases: each deed with who and why in the audit chain, in the transaction that it takes effect.

The order of a publication: its files are written aside; the deed is committed; the files are moved, what phones read
first last; the deed is marked finished and phones are told. Stopped after the commit, a publication is finished at
the next start; stopped before, it never was.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from tuf.api.metadata import Metadata

from vidphone.service.audit.log import AuditLog
from vidphone.service.days import utc
from vidphone.service.releases.chain import Checked
from vidphone.service.releases.refusal import Refusal
from vidphone.service.releases.reports import BuildReports
from vidphone.service.releases.repository import Repository
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.tables_releases import release_deeds, release_offers, release_proposals
from vidphone.wire.release_staff import (
    Action,
    Deed,
    HoldChange,
    Offer,
    Offers,
    Proposal,
    Proposals,
    Publication,
    Published,
    Status,
)
from vidphone.wire.releases import Channel, Manifest
from vidphone.wire.signaling import Topic

MAX_PROPOSALS = 32
OFFERS_SHOWN = 200
DEEDS_SHOWN = 50
MAX_ABOUT = 200
MAX_ACTION = 16


@dataclass(frozen=True)
class ReleaseOffice:
    """Publications, proposals, holds. Blocking. Times are UTC seconds since 1970."""

    engine: Engine
    repository: Repository
    audit: AuditLog
    reports: BuildReports

    def recover(self, at: float) -> None:
        """Finish what a stopped service had begun, or a full disk cut off; nothing new may come before it."""
        wanted = select(release_deeds.c.id, release_deeds.c.numbers).where(release_deeds.c.finished.is_(False))
        with self.repository.lock:
            with self.engine.connect() as connection:
                begun = {row.id: row.numbers for row in connection.execute(wanted.order_by(release_deeds.c.at))}
            for name in self.repository.staged():
                if name not in begun:
                    self.repository.forget(name)
            for deed, numbers in begun.items():
                self._finish(deed, numbers, at)

    def publish(self, publication: Publication, staff: str, at: float) -> Published:
        """Publish, or keep until further signatures are there.

        Raises:
            Refusal: it cannot be published.
        """
        with self.repository.lock:
            self.recover(at)
            metadata = {role: text.encode() for role, text in publication.metadata.items()}
            manifests = {path: text.encode() for path, text in publication.manifests.items()}
            checked = self.repository.check(metadata, manifests, utc(at))
            signatures = dict(checked.signatures)
            if not checked.complete:
                waiting = self._propose(publication, checked, staff, at)
                return Published(done=False, waiting=waiting, signatures=signatures)
            deed, numbers = secrets.token_hex(16), _numbers(checked)
            self.repository.stage(deed, metadata, manifests, checked, utc(at))
            try:
                with writing(self.engine) as connection:
                    self._record(connection, deed, publication, checked, staff, numbers, at)
                    self._drop_overtaken(connection, metadata)
            except BaseException:
                self.repository.forget(deed)
                raise
            self._finish(deed, numbers, at)
            return Published(done=True, signatures=signatures)

    def _record(
        self,
        connection: Connection,
        deed: str,
        publication: Publication,
        checked: Checked,
        staff: str,
        numbers: str,
        at: float,
    ) -> None:
        about = _about(publication, checked)
        self._deed(connection, deed, publication.action, about, publication.reason, staff, at, numbers=numbers)
        details = {"action": publication.action, "about": about, "keys": ",".join(checked.signers)[:MAX_ABOUT]}
        details["reason"] = sha256(publication.reason.encode()).hexdigest()
        self.audit.append(connection, "release-published", staff, f"release:{deed}", details, at)
        for path, manifest in checked.manifests.items():
            channel = checked.trusted.channels[manifest.channel].signed
            row = {
                "channel": manifest.channel.value,
                "platform": manifest.platform,
                "role_version": channel.version,
                "build_id": manifest.build_id,
                "sequence": manifest.sequence,
                "manifest": channel.targets[path].hashes["sha256"],
                "at": at,
            }
            connection.execute(insert(release_offers).values(row))

    def _finish(self, deed: str, numbers: str, at: float) -> None:
        self.repository.finish(deed)
        with writing(self.engine) as connection:
            connection.execute(update(release_deeds).where(release_deeds.c.id == deed).values(finished=True))
            told = json.loads(numbers)
            if told is None or told:
                hint(connection, told, Topic.RELEASES, at)

    def _propose(self, publication: Publication, checked: Checked, staff: str, at: float) -> str:
        proposal = _name(checked, publication)
        row = {"staff": staff, "at": at, "body": publication.model_dump_json()}
        with writing(self.engine) as connection:
            known = connection.scalars(select(release_proposals.c.id)).all()
            if len(known) >= MAX_PROPOSALS and proposal not in known:
                raise Refusal("too-many-waiting", most=MAX_PROPOSALS)
            kept = upsert(release_proposals).values(row | {"id": proposal})
            new = {"body": row["body"]}  # who began it stays who began it
            connection.execute(kept.on_conflict_do_update(index_elements=["id"], set_=new))
            deed, about = secrets.token_hex(16), _about(publication, checked)
            action = f"ask-{publication.action}"[:MAX_ACTION]
            self._deed(connection, deed, action, about, publication.reason, staff, at, finished=True)
            details = {"action": action, "about": about, "keys": ",".join(checked.signers)[:MAX_ABOUT]}
            details["reason"] = sha256(publication.reason.encode()).hexdigest()
            self.audit.append(connection, "release-proposed", staff, f"release:{deed}", details, at)
        return proposal

    @staticmethod
    def _drop_overtaken(connection: Connection, roles: Mapping[str, bytes]) -> None:
        """What waits for a signature upon a version that is published now can never follow it."""
        for row in connection.execute(select(release_proposals)).all():
            if Publication.model_validate_json(row.body).metadata.keys() & roles.keys():
                connection.execute(delete(release_proposals).where(release_proposals.c.id == row.id))

    def proposals(self) -> Proposals:
        """What waits for signatures, oldest first."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(release_proposals).order_by(release_proposals.c.at)).all()
        read = Publication.model_validate_json
        return Proposals(
            proposals=tuple(Proposal(id=row.id, staff=row.staff, at=row.at, publication=read(row.body)) for row in rows)
        )

    def hold(self, change: HoldChange, staff: str, at: float) -> None:
        """Offer a build to nobody from now on, or again; it needs no signature, since it only withholds.

        Where it is offered again, a halt of it that still waits for signatures is withdrawn.
        """
        action = "hold" if change.held else "lift-hold"
        with writing(self.engine) as connection:
            if not change.held:
                self._withdraw_halts(connection, change, staff, at)
            if not self.reports.change(connection, change.build_id, held=change.held, at=at):
                return
            deed = secrets.token_hex(16)
            self._deed(connection, deed, action, change.build_id, change.reason, staff, at, finished=True)
            details = {"action": action, "about": change.build_id}
            details["reason"] = sha256(change.reason.encode()).hexdigest()
            self.audit.append(connection, "release-held", staff, f"release:{deed}", details, at)

    def _withdraw_halts(self, connection: Connection, change: HoldChange, staff: str, at: float) -> None:
        """Else whoever signs later what waits would halt, for good, what somebody has offered again."""
        for row in connection.execute(select(release_proposals).order_by(release_proposals.c.at)).all():
            waiting = Publication.model_validate_json(row.body)
            halted = [Manifest.model_validate_json(text) for text in waiting.manifests.values()]
            if waiting.action is not Action.HALT or change.build_id not in {one.build_id for one in halted}:
                continue
            connection.execute(delete(release_proposals).where(release_proposals.c.id == row.id))
            deed = secrets.token_hex(16)
            about = "; ".join(f"{one.channel} {one.platform} {one.build_id}" for one in halted)[:MAX_ABOUT]
            self._deed(connection, deed, "drop-halt", about, change.reason, staff, at, finished=True)
            details = {"action": "drop-halt", "about": about, "id": row.id}
            details["reason"] = sha256(change.reason.encode()).hexdigest()
            self.audit.append(connection, "release-withdrawn", staff, f"release:{deed}", details, at)

    def offers(self) -> Offers:
        """All manifests that were published, newest first."""
        wanted = select(release_offers).order_by(release_offers.c.id.desc()).limit(OFFERS_SHOWN)
        with self.engine.connect() as connection:
            rows = connection.execute(wanted).all()
        names = ("channel", "platform", "build_id", "sequence", "manifest", "role_version", "at")
        return Offers(offers=tuple(Offer.model_validate({name: getattr(row, name) for name in names}) for row in rows))

    def status(self) -> Status:
        """Figures of builds, and what was done."""
        wanted = select(release_deeds).order_by(release_deeds.c.at.desc()).limit(DEEDS_SHOWN)
        with self.engine.connect() as connection:
            deeds = tuple(
                Deed(at=row.at, staff=row.staff, action=row.action, about=row.about, reason=row.reason)
                for row in connection.execute(wanted)
            )
        return Status(builds=self.reports.figures(), deeds=deeds)

    @staticmethod
    def _deed(
        connection: Connection,
        deed: str,
        action: str,
        about: str,
        reason: str,
        staff: str,
        at: float,
        *,
        numbers: str = "[]",
        finished: bool = False,
    ) -> None:
        row = {"id": deed, "at": at, "staff": staff, "action": action, "about": about, "reason": reason}
        connection.execute(insert(release_deeds).values(row | {"numbers": numbers, "finished": finished}))


def _numbers(checked: Checked) -> str:
    """Who is to be told, as JSON: numbers, or null for everyone."""
    if any(manifest.channel is not Channel.TEST for manifest in checked.manifests.values()):
        return "null"
    return json.dumps(sorted({number for manifest in checked.manifests.values() for number in manifest.accounts}))


def _about(publication: Publication, checked: Checked) -> str:
    builds = [
        f"{one.channel} {one.platform} {one.build_id} sequence {one.sequence}" for one in checked.manifests.values()
    ]
    return "; ".join(builds or [", ".join(sorted(publication.metadata))])[:MAX_ABOUT]


def _name(checked: Checked, publication: Publication) -> str:
    """The same for the same metadata, whoever signed it so far."""
    trusted = checked.trusted
    roles: dict[str, Metadata[Any]] = {"root": trusted.root, "targets": trusted.targets, **trusted.channels}
    digest = sha256()
    for role in sorted(publication.metadata):
        digest.update(roles[role].signed_bytes)
    return digest.hexdigest()[:32]
