#!/bin/sh
# Installs vidphone for the person who runs it; no root needed. `sh @FILE@ --help` says what it can do.
# Behind the last line of this script lies a tar archive, packed with xz.
set -eu

build='@BUILD@'
machine='@MACHINE@'
glibc_major=@GLIBC_MAJOR@
glibc_minor=@GLIBC_MINOR@
kilobytes=@KILOBYTES@
payload_sha256='@SHA256@'
lines=@LINES@

data=${XDG_DATA_HOME:-$HOME/.local/share}
root=$data/vidphone/program
bin=$HOME/.local/bin
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in zh*) zh=1 ;; *) zh= ;; esac

tell() { if [ -n "$zh" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
refuse() { { tell "vidphone is not installed: $1" "未安装 vidphone：$2"; } >&2; exit 1; }

case ${1:-} in
--help | -h)
    tell "Usage: sh $0 [--into FOLDER]   (default: $root)
To remove it again: FOLDER/uninstall" "用法：sh $0 [--into 目录]   （默认：$root）
卸载：目录/uninstall"
    exit 0 ;;
--into) [ -n "${2:-}" ] || refuse "--into needs a folder." "--into 之后须写明目录。"; root=$2 ;;
'') ;;
*) refuse "there is no option $1; --help names them." "没有选项 $1；--help 可列出全部选项。" ;;
esac
case $root in /*) ;; *) root=$PWD/$root ;; esac

[ "$(uname -s)" = Linux ] || refuse "this file is for Linux, this is $(uname -s)." "此文件用于 Linux，本机系统为 $(uname -s)。"
[ "$(uname -m)" = "$machine" ] ||
    refuse "this file is for $machine machines, this is $(uname -m)." "此文件用于 $machine 机器，本机为 $(uname -m)。"
found=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p')
major=${found%%.*} minor=${found#*.} minor=${minor%%.*}
if [ -z "$found" ] || [ "$major" -lt $glibc_major ] || { [ "$major" -eq $glibc_major ] && [ "$minor" -lt $glibc_minor ]; }; then
    refuse "it needs glibc $glibc_major.$glibc_minor or newer, here is ${found:-none}." "需要 glibc $glibc_major.$glibc_minor 或更新版本，本机为 ${found:-无}。"
fi
for tool in tar xz sha256sum df; do
    command -v $tool >/dev/null 2>&1 || refuse "the program $tool is missing." "缺少程序 $tool。"
done
mkdir -p "$root" 2>/dev/null && [ -w "$root" ] || refuse "$root cannot be written." "无法写入 $root。"
free=$(df -Pk "$root" | awk 'NR == 2 { print $4 }')
[ "$free" -ge $kilobytes ] ||
    refuse "it needs $((kilobytes / 1024)) MB, $root has $((free / 1024)) MB free." "需要 $((kilobytes / 1024)) MB，$root 仅剩 $((free / 1024)) MB。"
[ "$(tail -n +$((lines + 1)) "$0" | sha256sum | cut -d ' ' -f 1)" = "$payload_sha256" ] ||
    refuse "this file is damaged. Download it again." "安装文件已损坏，请重新下载。"

fresh=$root/.installing
rm -rf "$fresh"
mkdir -p "$fresh" "$root/versions"
trap 'rm -rf "$fresh"' EXIT
trap 'exit 1' HUP INT TERM
tail -n +$((lines + 1)) "$0" | tar -xJ -C "$fresh" --no-same-owner || refuse "unpacking failed." "解压失败。"

# All that is new is on the disk before anything points to it.
sync
[ -d "$root/versions/$build" ] || mv "$fresh/version" "$root/versions/$build"
if [ -d "$root/launcher" ]; then mv "$root/launcher" "$fresh/launcher.old"; fi
mv "$fresh/launcher" "$root/launcher"
mv "$fresh/uninstall" "$root/uninstall"
printf '%s\n' "$build" >"$fresh/current"
mv "$fresh/current" "$root/current"

mkdir -p "$bin" "$data/applications" "$data/metainfo" "$data/icons"
escaped=$(printf '%s' "$root/launcher/vidphone" | sed 's/[\\&|]/\\&/g')
sed "s|@EXEC@|$escaped|g" "$fresh/share/applications/vidphone.desktop" >"$data/applications/vidphone.desktop"
cp "$fresh"/share/metainfo/* "$data/metainfo/"
cp -R "$fresh/share/icons/." "$data/icons/"
ln -sf "$root/launcher/vidphone" "$bin/vidphone"
if command -v update-desktop-database >/dev/null 2>&1; then update-desktop-database -q "$data/applications" || true; fi

tell "vidphone is installed in $root. It is in your menu of programs; to remove it: $root/uninstall" \
    "vidphone 已安装到 $root，可从程序菜单打开；卸载：$root/uninstall"
exit 0
