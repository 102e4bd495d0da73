"""An engine without calls or media: it answers what an engine answers at once, and says what a test tells it to."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.settings import Settings
from vidphone.media.devices import Device, DeviceKind
from vidphone.media.slot import PictureSlot
from vidphone.phone import commands, events
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, LinkState

DEVICES = {
    DeviceKind.CAMERA: (Device("cam-0", "Integrated Camera", True), Device("cam-1", "USB 2.0 Camera", False)),
    DeviceKind.MICROPHONE: (Device("mic-0", "Built-in Audio Analog Stereo", True),),
    DeviceKind.SPEAKER: (Device("spk-0", "Built-in Audio Analog Stereo", True), Device("spk-1", "Headset", False)),
    DeviceKind.RINGER: (Device("spk-0", "Built-in Audio Analog Stereo", True), Device("spk-1", "Headset", False)),
}


class FakeEngine:
    """Takes commands, keeps contacts, history and settings, and hands out events like the real engine's thread."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.on_events: Callable[[], None] = lambda: None
        self.remote_slot = PictureSlot()
        self.local_slot = PictureSlot()
        self.posted: list[Command] = []
        self.running = False
        self.settings = settings or Settings()
        self.contacts: dict[str, Contact] = {}
        self.history: list[HistoryEntry] = []
        self.devices = dict(DEVICES)
        self.accepts_sign_in = True
        self._events: deque[Event] = deque(maxlen=1000)
        self._lock = threading.Lock()

    def start(self) -> None:
        self.running = True
        self.tell(events.SettingsChanged(self.settings))
        self.tell_contacts()
        self.tell_history()
        self.tell(events.Ready())

    def stop(self) -> None:
        self.running = False

    def tell(self, event: Event) -> None:
        """Say something, from whatever thread calls."""
        with self._lock:
            empty = not self._events
            self._events.append(event)
        if empty:
            self.on_events()

    def take_events(self) -> list[Event]:
        with self._lock:
            taken = list(self._events)
            self._events.clear()
        return taken

    def post(self, command: Command) -> None:
        self.posted.append(command)
        match command:
            case commands.SignIn(service, number, _) if self.accepts_sign_in:
                self.sign_in(service, number)
            case commands.SignOut():
                self.tell(events.SignedOut(None))
            case commands.SaveContact(contact):
                self.contacts[contact.id] = contact
                self.tell_contacts()
            case commands.RemoveContact(contact_id):
                self.contacts.pop(contact_id, None)
                self.tell_contacts()
            case commands.MarkMissedSeen():
                self.history = [replace(entry, seen=True) for entry in self.history]
                self.tell_history()
            case commands.ForgetHistory():
                self.history = []
                self.tell_history()
            case commands.ChangeSettings(settings):
                self.settings = settings
                self.tell(events.SettingsChanged(settings))
            case commands.ListDevices():
                self.tell(events.DevicesChanged(self.devices, {}))
            case _:
                pass

    def sign_in(self, service: str = "https://phone.example.cn", number: str = "1001", name: str = "林晓") -> None:
        """Signed in, and the link is up."""
        self.tell(events.SignedIn(service, number, name))
        self.tell(events.LinkChanged(LinkState.UP))

    def tell_contacts(self) -> None:
        everyone = sorted(self.contacts.values(), key=lambda contact: contact.name)
        self.tell(events.ContactsChanged(tuple(everyone)))

    def tell_history(self) -> None:
        missed = sum(entry.missed and not entry.seen for entry in self.history)
        self.tell(events.HistoryChanged(tuple(self.history), missed))

    def posted_of(self, kind: type) -> list[Command]:
        return [command for command in self.posted if isinstance(command, kind)]
