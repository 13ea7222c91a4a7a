"""Unlabelled text: one text a line, in UTF-8; of a line with tabs the last field counts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from edge_router.errors import DataError


def read_corpus(paths: Sequence[Path]) -> tuple[list[str], str]:
    """The texts of all files in their order, blank lines left out, and the sha256 of the files'
    bytes.
    """
    digest = hashlib.sha256()
    texts: list[str] = []
    for path in paths:
        try:
            data = path.read_bytes()
            lines = data.decode("utf-8-sig").split("\n")
        except OSError as error:
            raise DataError(
                f"cannot be read ({error.strerror}); give a text file", file=str(path)
            ) from error
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise DataError("is not UTF-8; save it as UTF-8", file=str(path), line=line) from error
        digest.update(data)
        fields = (line.rpartition("\t")[2].strip() for line in lines)
        texts += [text for text in fields if text]
    return texts, digest.hexdigest()
