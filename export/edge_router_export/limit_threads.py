"""How many CPU threads a training takes."""

from __future__ import annotations

import os


def limit_threads(threads: int) -> None:
    """Makes torch, and what it and numpy call, compute with ``threads`` threads at most.

    To be called before anything imports them: their libraries read the variable when they load.
    """
    os.environ["OMP_NUM_THREADS"] = str(threads)
    import torch

    torch.set_num_threads(threads)  # where a program had imported it before
