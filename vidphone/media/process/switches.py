"""What of the voice's processing is switched on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceProcessing:
    """Three switches; each takes effect at once."""

    echo: bool = True
    """Take off what the microphone hears of the speaker."""
    noise: bool = True
    """Take off what stays the same for long: fans, traffic."""
    gain: bool = True
    """Even the level out, by digital gain: the system's level of the microphone is left as it is."""

    @property
    def any(self) -> bool:
        """Whether anything is on."""
        return self.echo or self.noise or self.gain


OFF = VoiceProcessing(echo=False, noise=False, gain=False)
