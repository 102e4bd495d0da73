#!/bin/sh
# Removes vidphone as it was installed for one person. Settings, contacts and the signed agreement stay.
set -eu

root=$(cd "$(dirname "$0")" && pwd -P)
data=${XDG_DATA_HOME:-$HOME/.local/share}
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in zh*) zh=1 ;; *) zh= ;; esac
tell() { if [ -n "$zh" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }

if ! { [ -f "$root/current" ] && [ -d "$root/versions" ] && [ -x "$root/launcher/vidphone" ]; }; then
    tell "$root holds no installed vidphone." "$root 中没有已安装的 vidphone。" >&2
    exit 1
fi
if [ "$(readlink "$HOME/.local/bin/vidphone" 2>/dev/null)" = "$root/launcher/vidphone" ]; then rm -f "$HOME/.local/bin/vidphone"; fi
if grep -qxF "TryExec=$root/launcher/vidphone" "$data/applications/vidphone.desktop" 2>/dev/null; then
    rm -f "$data/applications/vidphone.desktop" "$data"/metainfo/@ID@.metainfo.xml
    rm -f "$data"/icons/hicolor/*/apps/vidphone.png "$data/icons/hicolor/scalable/apps/vidphone.svg"
    if command -v update-desktop-database >/dev/null 2>&1; then update-desktop-database -q "$data/applications" || true; fi
fi
# Only what was put there: a folder that somebody chose may hold more.
rm -rf "$root/launcher" "$root/versions" "$root/staging" "$root/trash" "$root/locks" "$root/.installing"
rm -f "$root/current" "$root/launcher.json" "$root/state.json" "$root/altered.json" "$root"/launcher.log* "$root/uninstall"
rmdir "$root" 2>/dev/null || true
tell "vidphone is removed. Your settings, contacts and documents are still in $data/vidphone." \
    "vidphone 已卸载。您的设置、联系人与文件仍保留在 $data/vidphone。"
