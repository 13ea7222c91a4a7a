#!/bin/bash
# Usage: bench/arm64/setup.sh FOLDER
#
# Puts into FOLDER (about 200 MB; nothing outside it is touched, no root) what `python -m bench arm64 --guests FOLDER` needs:
#   qemu/       qemu-aarch64 and qemu-x86_64, user mode, with the two libraries they load
#   sysroot/    Debian's own Python and its libraries for arm64, and a /proc/cpuinfo of an ARM board
#   packages/   arm64 wheels of numpy, onnxruntime and tokenizers, in the versions that the calling Python has installed
#   libinstructions.so   the counting plugin
#
# Needs: x86-64 Debian 12 with apt's network access, pip, cc. PYTHON names the Python whose versions are copied (python3).
set -euo pipefail

folder=$(realpath -m "${1:?usage: setup.sh FOLDER}")
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"  # apt reads it as another user
mkdir -p "$folder"/{qemu,sysroot/proc,packages}

# unpack ARCHITECTURE TARGET PACKAGE...: Debian packages from the machine's own sources, with an apt state kept apart
unpack() {
  local architecture=$1 target=$2 state="$work/apt-$1"
  shift 2
  mkdir -p "$state"/{lists/partial,archives/partial,debs}
  touch "$state/status"
  local apt=(apt-get -qq
    -o "APT::Architecture=$architecture" -o "APT::Architectures::=$architecture" -o APT::Sandbox::User=
    -o "Dir::State=$state" -o "Dir::State::lists=$state/lists" -o "Dir::State::status=$state/status"
    -o "Dir::Cache=$state" -o "Dir::Cache::archives=$state/archives"
    -o Acquire::Languages=none -o Debug::NoLocking=1)
  "${apt[@]}" update
  (cd "$state/debs" && "${apt[@]}" download "$@")
  for package in "$state"/debs/*.deb; do dpkg-deb -x "$package" "$target"; done
}

echo "emulators" >&2
unpack amd64 "$work/host" qemu-user libcapstone4 liburing2
cp "$work"/host/usr/bin/qemu-{aarch64,x86_64} "$folder/qemu/"
cp "$work"/host/usr/lib/x86_64-linux-gnu/lib{capstone,uring}.so.* "$folder/qemu/"

echo "arm64 Python" >&2
unpack arm64 "$folder/sysroot" python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libc6 libgcc-s1 libstdc++6 \
  zlib1g libexpat1 libffi8 libssl3 libbz2-1.0 liblzma5 libuuid1 libsqlite3-0

# onnxruntime reads /proc/cpuinfo and stumbles over the host's x86 one; QEMU looks in its sysroot first
cat > "$folder/sysroot/proc/cpuinfo" <<'CPU'
processor	: 0
Features	: fp asimd evtstrm crc32 cpuid
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x0
CPU part	: 0xd08
CPU revision	: 3

CPU

echo "arm64 wheels" >&2
pins=$("$python" -c '
from importlib.metadata import version
print(*[f"{name}=={version(name)}" for name in ("numpy", "onnxruntime", "tokenizers")], "flatbuffers", "protobuf", "packaging")')
tags=()
for tag in manylinux_2_28 manylinux_2_27 manylinux_2_17 manylinux2014; do tags+=(--platform "${tag}_aarch64"); done
# shellcheck disable=SC2086  # one word per pin
"$python" -m pip download -q --no-deps --only-binary=:all: "${tags[@]}" --python-version 3.11 --implementation cp \
  -d "$work/wheels" $pins
for wheel in "$work"/wheels/*.whl; do "$python" -m zipfile -e "$wheel" "$folder/packages"; done

cc -O2 -shared -fPIC -o "$folder/libinstructions.so" "$here/instructions.c"
echo "ready: python -m bench arm64 --guests $folder --bundle LABEL=PATH" >&2
