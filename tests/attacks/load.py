"""Loads bundles with hostile members in a process of its own, which a hole may hang, flood or kill:
``load.py MEMBER...`` prints one JSON line for each.
"""

import json
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from attacks.forge import forge
from attacks.tokenizers import PLAIN

from edge_router import Router
from edge_router.bundle import pack_bundle, read_bundle

TINY = Path(__file__).parents[1] / "data" / "tiny.router"
SPARE_BYTES = 256 * 2**20


def load(*, model: bytes, tokenizer: bytes) -> Router:
    """A router of tiny.router's manifest, but for the longest of all texts, and these members."""
    manifest = replace(read_bundle(TINY).manifest, max_tokens=4096, max_chars=1_000_000)
    data = pack_bundle(manifest=manifest, model=model, tokenizer=tokenizer, goldens=())
    return Router.load(data)


def attack(file: Path) -> dict[str, object]:
    """What came of loading ``file`` and, where it was let in, of a text."""
    members = {"model": forge(), "tokenizer": PLAIN.encode()}
    members["model" if file.suffix == ".onnx" else "tokenizer"] = file.read_bytes()
    start = time.process_time()
    try:
        load(**members).route("a" * 20 + " light dim é")
        error, message = "none", "it was let in"
    except BaseException as found:  # noqa: BLE001  a panic of the Rust side is no Exception
        error, message = type(found).__name__, str(found)
    return {
        "name": file.name,
        "error": error,
        "message": message,
        "cpu_seconds": time.process_time() - start,
        "peak_mib": peak_mib(),
    }


def peak_mib() -> float:
    """Memory that was held at most; the kernel's other figure, ru_maxrss, begins with the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(files: list[str]) -> None:
    """Attacks once in vain, so that what is measured afterwards is the attacks' own."""
    load(model=forge(), tokenizer=PLAIN.encode()).route("turn the light off")
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + SPARE_BYTES, size + SPARE_BYTES))
    print(json.dumps("ready"), flush=True)
    for file in files:
        print(json.dumps(attack(Path(file))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
