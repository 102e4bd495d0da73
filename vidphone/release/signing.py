"""Signatures below what others handed in, and signing anew before it runs out."""

from securesystemslib.signer import Signer

from vidphone.release import proposed, roles
from vidphone.release.bench import Bench
from vidphone.release.said import refused, say, words
from vidphone.release.view import days_left
from vidphone.wire.release_staff import LIFETIME_DAYS, THRESHOLDS, Action

SOON = 1 / 3
"""`expire` signs anew what has less than that share of its time left."""


def sign_waiting(bench: Bench) -> None:
    """Put one's signature below what others handed in, once one has seen what it is.

    Raises:
        Refused: nothing waits for this key, or it is not what could follow.
    """
    wanted: str | None = bench.arguments.id
    found = [one for one in bench.desk.proposals().proposals if wanted is None or one.id == wanted]
    signed = False
    for proposal in found:
        signers = bench.offline() or [bench.signer]
        fit = {name: _fit(bench, name, signers) for name in proposal.publication.metadata}
        if not any(fit.values()):
            continue
        given = proposal.publication
        metadata = proposed.read(bench.view, given, bench.now)
        say("waits", id=proposal.id, staff=proposal.staff, action=given.action.value, reason=given.reason)
        for line in proposed.changes(bench.view, given, metadata):
            print(line)  # noqa: T201
        if not bench.arguments.yes and input(words("ask-sign")).strip().lower() not in {"y", "yes", "是"}:
            continue
        texts = {name: roles.sign(one, fit[name]).decode() for name, one in metadata.items()}
        changes = {"metadata": texts, "reason": bench.arguments.reason}
        bench.hand_in(given.model_copy(update=changes))
        signed = True
    if not signed:
        raise refused("nothing-waits")


def expire(bench: Bench) -> None:
    """Sign anew what runs out soon and this person's keys may sign: by `--offline` also root and targets.

    Raises:
        Refused: the service does not take it over.
    """
    asked, view = bench.arguments, bench.view
    names = asked.roles or [name for name in THRESHOLDS if days_left(view.role(name)) < LIFETIME_DAYS[name] * SOON]
    signers = bench.offline() or [bench.signer]
    mine = [name for name in names if _fit(bench, name, signers)]
    for name in (name for name in names if name not in mine):
        say("may-not-sign", role=name)
    if not mine:
        say("nothing-expires")
        return
    bench.publish(Action.EXPIRE, {name: roles.renewed(view.role(name), name, bench.now) for name in mine}, signers)


def _fit(bench: Bench, role: str, signers: list[Signer]) -> list[Signer]:
    return [signer for signer in signers if signer.public_key.keyid in bench.view.key_ids(role)]
