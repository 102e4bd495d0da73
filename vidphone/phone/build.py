"""How a shell gets its phone."""

from vidphone.account.profile import Profile
from vidphone.media.slot import PictureSlot
from vidphone.phone.engine import Emit, MakePhone, RunningPhone
from vidphone.phone.options import PhoneOptions


def phone_maker(profile: Profile, options: PhoneOptions) -> MakePhone:
    """A function that makes the phone, called on the engine's thread: its libraries load there, beside the window."""

    def make(emit: Emit, remote: PictureSlot, local: PictureSlot) -> RunningPhone:
        from vidphone.phone.core import Phone  # noqa: PLC0415 - codecs and WebRTC take a second to load

        return Phone(profile, options, emit, remote, local)

    return make
