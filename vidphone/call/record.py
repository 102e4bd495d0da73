"""What one call knows: the data that the steps of its state machine read and change. Times are monotonic seconds."""

from dataclasses import dataclass, field

from vidphone.call.charge import Charge
from vidphone.call.effects import Effect, Send, SetSending
from vidphone.call.events import CandidatesFound
from vidphone.call.view import CallState, CallView, Direction
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import CallMessage, Candidates, Info


@dataclass(slots=True)
class CallRecord:
    """One call. `caller` is who offers transports; `direction` is what the user sees (they differ after glare)."""

    id: str
    caller: bool
    direction: Direction
    peer_number: str
    peer_name: str
    video: bool
    began_at: float
    state: CallState
    link_up: bool

    # Who sends and shows what.
    microphone: bool = True
    camera: bool = False
    camera_works: bool = True
    held: bool = False
    recording: bool = False
    peer_microphone: bool = True
    peer_camera: bool = False
    peer_held: bool = False
    peer_recording: bool = False

    # How far the agreement with the other side and with the hub has got.
    accepted: bool = False
    """The accept was sent or received: from now on the call is ended by `end`."""
    unheard: bool = True
    """The proposal cannot have reached the hub before the link was last lost for good."""
    glare_lost: bool = False
    offer_sdp: str = ""
    """The caller's offer, until the call is answered."""
    offer_candidates: list[Candidates] = field(default_factory=list)
    """The caller's candidates, until the call is answered."""

    # The comparison code (`verification`).
    nonce: str = ""
    peer_nonce: str = ""
    commitment: str = ""
    local_fingerprint: str = ""
    remote_fingerprint: str = ""
    comparison_code: str | None = None

    # Transports (`repair`).
    generation: int = 0
    """The newest transport that was offered."""
    announced: int = -1
    """The transport whose description this side has sent."""
    answer_taken: bool = False
    carrying: int = -1
    """The transport that carries media, or did last."""
    unannounced: list[CandidatesFound] = field(default_factory=list)
    """Local candidates that wait for their description to be sent."""
    attempt_open: bool = False
    """A transport is being set up and has neither connected nor failed."""
    attempt_at: float = 0.0
    attempt_until: float = 0.0
    """Until then an open attempt is left alone."""
    patience_s: float = 0.0
    repair_wanted: bool = False
    """A new transport is wanted as soon as the link is up."""

    # What is charged (`metering`).
    charge: Charge | None = None
    """As the hub last told it; None where this side does not pay."""
    flow_told: bool | None = False
    """What the hub was last told of the media; None where it is to be told anew."""
    flow_due_at: float | None = None
    unmetered_until: float | None = None
    """Without the link a charged call goes on until then at most."""

    give_up_at: float | None = None
    retry_at: float | None = None

    answered_at: float | None = None
    connected_at: float | None = None
    first_frame_at: float | None = None
    lost_at: float | None = None
    ended_at: float | None = None
    reason: EndReason | None = None
    ended_by_peer: bool = False

    out: list[Effect] = field(default_factory=list)
    """The effects of the event being handled."""

    @property
    def talking(self) -> CallState:
        """The state of a call whose media flows."""
        return CallState.HELD if self.held else CallState.ACTIVE

    def send(self, message: CallMessage) -> None:
        """Send a message to the hub."""
        self.out.append(Send(message))

    def apply_sending(self) -> None:
        """Let the media session send what the user wants sent."""
        self.out.append(SetSending(self.id, self.microphone, self.camera, self.held))

    def inform(self) -> None:
        """Tell the other side what this side sends and does, once the call is accepted."""
        if self.accepted:
            self.send(
                Info(
                    call=self.id,
                    microphone=self.microphone,
                    camera=self.camera and self.camera_works,
                    hold=self.held,
                    recording=self.recording,
                )
            )

    def view(self) -> CallView:
        """The snapshot for others."""
        reconnecting = self.state is CallState.RECONNECTING
        return CallView(
            call=self.id,
            direction=self.direction,
            peer_number=self.peer_number,
            peer_name=self.peer_name,
            state=self.state,
            video=self.video,
            microphone=self.microphone,
            camera=self.camera,
            held_by_peer=self.peer_held,
            peer_microphone=self.peer_microphone,
            peer_camera=self.peer_camera,
            recording=self.recording,
            peer_recording=self.peer_recording,
            dialled_at=self.began_at,
            answered_at=self.answered_at,
            connected_at=self.connected_at,
            first_frame_at=self.first_frame_at,
            reconnecting_since=self.lost_at if reconnecting else None,
            reconnecting_until=self.give_up_at if reconnecting else None,
            comparison_code=self.comparison_code,
            ended_at=self.ended_at,
            reason=self.reason,
            ended_by_peer=self.ended_by_peer,
        )
