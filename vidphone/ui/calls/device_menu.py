"""The menu in which a person chooses a device, before answering and in the call."""

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from vidphone.media.devices import DeviceKind
from vidphone.phone.commands import SelectDevice
from vidphone.ui.calls.context import CallContext


class DeviceMenu(QMenu):
    """Lists the devices of some kinds, filled anew each time it opens, the one in use checked."""

    def __init__(self, context: CallContext, kinds: tuple[DeviceKind, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._kinds = context, kinds
        self._groups: list[QActionGroup] = []
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List what there is now."""
        self.clear()
        self._groups.clear()
        words, known = self._context.theme.words, self._context.devices()
        for kind in self._kinds:
            heading = self.addAction(words(f"calls.devices.{kind.value}"))
            heading.setEnabled(False)
            group = QActionGroup(self)
            self._groups.append(group)
            devices = known.devices.get(kind, ())
            chosen = known.selected.get(kind, "")
            if not devices:
                self._indented(words("calls.devices.none")).setEnabled(False)
                continue
            default = next((device.name for device in devices if device.default), "")
            key = "calls.devices.default-named" if default else "calls.devices.default"
            choices = [("", words(key, name=default))] + [(device.id, device.name) for device in devices]
            for device_id, name in choices:
                action = self._indented(name)
                action.setCheckable(True)
                action.setChecked(device_id == chosen)
                action.setData((kind, device_id))
                group.addAction(action)
                action.triggered.connect(self._choose)

    def _indented(self, name: str) -> QAction:
        return self.addAction(name.replace("&", "&&"))

    def _choose(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            kind, device_id = action.data()
            self._context.post(SelectDevice(kind, device_id))
