"""`vidphone release status`: what is offered, how it does, and who did what."""

from vidphone.release.bench import Bench
from vidphone.release.said import moment, print_table, say, words
from vidphone.wire.releases import Channel


def show(bench: Bench) -> None:
    """Print what channels offer as the signatures say, figures as phones reported them, and deeds.

    Raises:
        Refused: there is no answer, or something published has no good signature.
    """
    rows = []
    for channel in Channel:
        for path in sorted(bench.view.channels[channel].signed.targets):
            manifest = bench.view.manifest(channel, path.split("/")[1])
            if manifest is not None:
                share = words("halted") if manifest.halted else f"{manifest.rollout.percent:g} %"
                accounts = ",".join(manifest.accounts[:4]) or words("everyone")
                named = (channel.value, manifest.platform, manifest.build_id, str(manifest.sequence))
                rows.append((*named, share, accounts))
    if not rows:
        say("nothing-offered")
    else:
        print_table(("channel", "platform", "build", "sequence", "share", "accounts"), rows)
    status = bench.desk.status()
    if status.builds:
        figures = ("installations", "healthy", "crashed", "fell-back", "not-installed")
        print_table(
            ("build", "channel", *figures, "held", "codes"),
            [
                (
                    one.build_id,
                    one.channel.value,
                    *(str(figure) for figure in (one.installations, one.healthy, one.crashed, one.fell_back)),
                    str(one.install_failed),
                    words(f"held-{one.held}") if one.held else "",
                    ", ".join(f"{code} × {count}" for code, count in one.codes.items()),
                )
                for one in status.builds
            ],
        )
    waiting = bench.desk.proposals().proposals
    for proposal in waiting:
        given = proposal.publication
        say("waits", id=proposal.id, staff=proposal.staff, action=given.action.value, reason=given.reason)
    if status.deeds:
        print_table(
            ("at", "who", "deed", "about", "reason"),
            [(moment(one.at), one.staff, one.action, one.about, one.reason) for one in status.deeds],
        )
