"""The teacher: a sentence encoder that is embedded with, or fine-tuned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from edge_router_export.batches import shuffle_batches
from edge_router_export.load_encoder import load_encoder
from edge_router_export.steps import Checkpoint, Progress
from edge_router_export.student import matmul_dtype

MAX_TEACHER_TOKENS = 64
MeasureLoss = Callable[[Tensor, NDArray[np.int64]], Tensor]
"""The loss of logits [texts, answers] for the texts of these numbers."""


class Teacher:
    """A transformer encoder with mean pooling, kept in bfloat16 where the CPU is fast at it."""

    def __init__(self, name: str) -> None:
        """Loads ``name``: a folder or a hub name; raises RecipeError where neither can be had."""
        self.tokenizer, model = load_encoder(name)
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TEACHER_TOKENS)
        self.model = model.to(matmul_dtype()).eval()
        self.width: int = self.model.config.hidden_size

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, special tokens included."""
        ids: list[list[int]] = []
        for start in range(0, len(texts), 10_000):
            ids += [e.ids for e in self.tokenizer.encode_batch(list(texts[start : start + 10_000]))]
        return ids

    def pool(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """Mean of the last layer over the tokens, float32 [texts, width]."""
        longest = max(map(len, ids))
        padded = torch.tensor([[*row, *[0] * (longest - len(row))] for row in ids])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
        hidden = self.model(input_ids=padded, attention_mask=mask).last_hidden_state.float()
        return (hidden * mask.unsqueeze(2)).sum(1) / mask.sum(1, keepdim=True)

    def embed(
        self, texts: Sequence[str], progress: Progress, batch: int = 128
    ) -> NDArray[np.float16]:
        """Unit vectors [texts, width]; texts of like length share a batch."""
        return self.map_texts(
            texts,
            lambda ids: nn.functional.normalize(self.pool(ids), dim=1),
            self.width,
            progress,
            batch,
        )

    def map_texts(
        self,
        texts: Sequence[str],
        function: Callable[[Sequence[Sequence[int]]], Tensor],
        width: int,
        progress: Progress,
        batch: int = 128,
    ) -> NDArray[np.float16]:
        """``function`` of the ids of each text, float16 [texts, width]; texts of like length share
        a batch.
        """
        ids = self.tokenize(texts)
        order = np.argsort([len(row) for row in ids], kind="stable")
        out = np.zeros((len(texts), width), np.float16)
        self.model.eval()
        with torch.inference_mode():
            for start in range(0, len(order), batch):
                rows = order[start : start + batch]
                out[rows] = function([ids[i] for i in rows]).half().numpy()
                progress("teacher reads", min(start + batch, len(order)), len(order))
        return out


class FineTunedTeacher(nn.Module):
    """A teacher with a linear head, trained on the task."""

    def __init__(self, teacher: Teacher, outputs: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.teacher = teacher
        self.encoder = teacher.model
        self.head = nn.Linear(teacher.width, outputs)

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[int],
        *,
        epochs: int,
        rate: float,
        batch: int,
        seed: int,
        checkpoint_path: Path,
        progress: Progress,
        measure_more: MeasureLoss | None = None,
    ) -> None:
        """AdamW with linear warm-up and decay; goes on from the checkpoint where one was left.

        ``measure_more`` is a loss beside that of the labels, of which -100 stands for none.
        """
        ids = self.teacher.tokenize(texts)
        lengths = np.array([len(row) for row in ids])
        target = torch.tensor(labels)
        optimizer = MasterAdamW(
            [(list(self.encoder.parameters()), rate), (list(self.head.parameters()), 20 * rate)]
        )
        checkpoint = Checkpoint(checkpoint_path, {"model": self, "optimizer": optimizer})
        batches_per_epoch = len(shuffle_batches(lengths, batch, [0]))
        steps = epochs * batches_per_epoch
        for epoch in range(checkpoint.load(), epochs):
            torch.manual_seed(seed + epoch)
            self.train()
            for done, rows in enumerate(
                shuffle_batches(lengths, batch, [seed, epoch]), epoch * batches_per_epoch
            ):
                pooled = nn.functional.dropout(self.teacher.pool([ids[i] for i in rows]), 0.1)
                logits = self.head(pooled)
                loss = _measure_label_loss(logits, target[rows])
                if measure_more is not None:
                    loss = loss + measure_more(logits, rows)
                loss.backward()
                optimizer.step(min(1.0, (done + 1) / (0.1 * steps)) * (1 - done / steps))
                progress("teacher learns", done + 1, steps)
            checkpoint.save_when_due(epoch + 1, updates_per_epoch=batches_per_epoch)

    def logits(self, texts: Sequence[str], progress: Progress) -> NDArray[np.float16]:
        """Logits [texts, outputs]."""
        return self.teacher.map_texts(
            texts, lambda ids: self.head(self.teacher.pool(ids)), self.head.out_features, progress
        )


def _measure_label_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Divided by the number of all texts, so that a batch with few labels does not weigh them
    more.
    """
    return nn.functional.cross_entropy(logits, labels, label_smoothing=0.05, reduction="sum") / len(
        labels
    )


class MasterAdamW:
    """AdamW whose parameters are kept in float32, while the model computes in its own, shorter
    type.
    """

    def __init__(self, groups: Sequence[tuple[list[nn.Parameter], float]]) -> None:
        self.models = [p for parameters, _ in groups for p in parameters]
        masters = [[p.detach().float().clone() for p in parameters] for parameters, _ in groups]
        self.masters = [m for group in masters for m in group]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": group, "lr": rate, "peak": rate}
                for group, (_, rate) in zip(masters, groups, strict=True)
            ],
            weight_decay=0.01,
            fused=True,
        )

    def state_dict(self) -> dict[str, Any]:
        """Masters and moments, for a checkpoint."""
        return {"masters": self.masters, "optimizer": self.optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from what ``state_dict`` gave."""
        with torch.no_grad():
            for master, saved in zip(self.masters, state["masters"], strict=True):
                master.copy_(saved)
        self.optimizer.load_state_dict(state["optimizer"])

    def step(self, factor: float) -> None:
        """One clipped step at ``factor`` of the peak rates."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        for master, model in zip(self.masters, self.models, strict=True):
            master.grad = None if model.grad is None else model.grad.float()
            model.grad = None
        nn.utils.clip_grad_norm_([m for m in self.masters if m.grad is not None], 1.0)
        self.optimizer.step()
        with torch.no_grad():
            for master, model in zip(self.masters, self.models, strict=True):
                model.copy_(master)
