"""Makes the base encoder: a student that learns a sentence encoder's geometry from unlabelled text.

Two losses: the cosine between the projected student and the teacher, and, within a batch, the
Kullback-Leibler divergence between the two softmaxes over the similarities to all other texts
(relational distillation; Park et al., 2019, arXiv:1904.05068, with the softmax form of Fang et al.,
2021, arXiv:2101.04731).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from edge_router.bundle import CalibrationTable, PolicyNumbers, write_bundle
from edge_router_export.batches import IdTable, shuffle_batches
from edge_router_export.export_onnx import export_encoder
from edge_router_export.mistype import mistype
from edge_router_export.pack import make_manifest
from edge_router_export.quantize import IntegerEncoder, quantize_encoder
from edge_router_export.recipe import PretrainRecipe, without_paths
from edge_router_export.steps import (
    Arrays,
    Checkpoint,
    Progress,
    Steps,
    code_fingerprint,
    fingerprint,
)
from edge_router_export.student import ACTIVATION_STEP, Encoder, StudentShape, matmul_dtype
from edge_router_export.teacher import Teacher
from edge_router_export.vocabulary import train_tokenizer

SIMILARITY_TEMPERATURE = 0.05


def pretrain(
    texts: Sequence[str], recipe: PretrainRecipe, steps: Steps, data_sha256: str
) -> tuple[str, IntegerEncoder]:
    """The tokenizer's JSON and the base encoder's integers, from unlabelled ``texts``."""
    teacher_inputs = {"teacher": recipe.teacher, "data": data_sha256}

    def embed(_: Path) -> Arrays:
        return {"embeddings": Teacher(recipe.teacher).embed(texts, steps.progress)}

    targets = steps.run("embed", teacher_inputs, embed)["embeddings"]
    tokenizer = train_tokenizer(texts, recipe.vocabulary)
    encoder = Encoder(
        StudentShape(
            tokenizer.get_vocab_size(), recipe.embedding_width, recipe.width, recipe.layers
        )
    )

    def learn(checkpoint: Path) -> Arrays:
        _start_from_teacher(encoder, tokenizer, Teacher(recipe.teacher), steps.progress)
        mistyped, sources = _mistype_some(texts, recipe)
        ids = _tokenize(tokenizer, [*texts, *mistyped], recipe.max_tokens)
        _learn(
            encoder,
            ids,
            targets,
            np.array([*range(len(texts)), *sources]),
            recipe,
            checkpoint,
            steps.progress,
        )
        return {name: value.numpy() for name, value in encoder.state_dict().items()}

    inputs = {
        "recipe": asdict(recipe),
        "data": data_sha256,
        "tokenizer": fingerprint(tokenizer.to_str()),
        "code": code_fingerprint("pretrain", "batches", "student", "mistype"),
        "torch": torch.__version__,
    }
    state = steps.run("pretrain", inputs, learn)
    encoder.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    return tokenizer.to_str(), quantize_encoder(encoder)


def write_base(
    path: Path,
    tokenizer_json: str,
    encoder: IntegerEncoder,
    recipe: PretrainRecipe,
    data_sha256: str,
) -> str:
    """Writes the base encoder as a bundle without tools; its sha256."""
    manifest = make_manifest(
        name=path.stem,
        tools=(),
        has_no_tool=False,
        max_tokens=recipe.max_tokens,
        calibration=CalibrationTable(0, (1,)),
        policy=PolicyNumbers(1.0, 1.0),
        training={"recipe": without_paths(recipe), "corpus_sha256": data_sha256},
    )
    model = export_encoder(encoder)
    return write_bundle(
        path, manifest=manifest, model=model, tokenizer=tokenizer_json.encode(), goldens=()
    )


def _mistype_some(texts: Sequence[str], recipe: PretrainRecipe) -> tuple[list[str], list[int]]:
    """Mistyped copies of a share of the texts, and the numbers of these: a typing error does not
    change what is meant.
    """
    source = random.Random(recipe.seed)
    numbers = source.sample(range(len(texts)), round(recipe.mistyped * len(texts)))
    return [mistype(texts[i], source) for i in numbers], numbers


def _tokenize(tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int) -> IdTable:
    tokenizer.enable_truncation(max_tokens)
    ids = IdTable([e.ids for e in tokenizer.encode_batch(list(texts))])
    tokenizer.no_truncation()
    return ids


def _start_from_teacher(
    encoder: Encoder, tokenizer: Tokenizer, teacher: Teacher, progress: Progress
) -> None:
    """Token embeddings start as principal components of what the teacher says of each token "
    "alone.
    """
    tokens = [
        tokenizer.id_to_token(i).removeprefix("##") for i in range(tokenizer.get_vocab_size())
    ]
    vectors = torch.from_numpy(teacher.embed(tokens, progress)).float()
    left, strength, _ = torch.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
    components = (left * strength.sqrt())[:, : encoder.shape.embedding_width]
    with torch.no_grad():
        encoder.embedding.weight.copy_(components / components.std() * 0.7)
        encoder.embedding.weight[0] = 0


def _learn(
    encoder: Encoder,
    ids: IdTable,
    targets: NDArray[np.float16],
    target_of: NDArray[np.int64],
    recipe: PretrainRecipe,
    checkpoint_path: Path,
    progress: Progress,
) -> None:
    torch.manual_seed(recipe.seed)
    projection = nn.Linear(encoder.shape.pooled_width, targets.shape[1])
    nn.init.normal_(projection.weight, std=0.02)
    rest = [p for name, p in encoder.named_parameters() if name != "embedding.weight"] + list(
        projection.parameters()
    )
    optimizer = torch.optim.AdamW(
        [{"params": [encoder.embedding.weight], "factor": 3.0}, {"params": rest, "factor": 1.0}],
        weight_decay=0.0,
        fused=True,
    )
    checkpoint = Checkpoint(
        checkpoint_path, {"encoder": encoder, "projection": projection, "optimizer": optimizer}
    )
    steps = recipe.epochs * -(-len(ids) // recipe.batch)
    encoder.train()
    for epoch in range(checkpoint.load(), recipe.epochs):
        torch.manual_seed(recipe.seed + epoch)
        batches = shuffle_batches(ids.lengths, recipe.batch, [recipe.seed, epoch])
        for done, rows in enumerate(batches, epoch * len(batches)):
            for group in optimizer.param_groups:
                group["lr"] = (
                    recipe.rate
                    * group["factor"]
                    * min(1.0, (done + 1) / 200)
                    * max(1 - done / steps, 1e-3)
                )
            predicted = _project(projection, encoder(ids.batch(rows), dropout=recipe.token_dropout))
            wanted = torch.from_numpy(targets[target_of[rows]]).float()
            loss = 2 * (1 - (predicted * wanted).sum(1).mean()) + 0.5 * _relational_loss(
                predicted, wanted
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(rest, 1.0)
            optimizer.step()
            progress(f"student reads the corpus (loss {loss.item():.3f})", done + 1, steps)
        checkpoint.save(epoch + 1)


def _project(projection: nn.Linear, pooled: Tensor) -> Tensor:
    kind = matmul_dtype()
    product = (pooled * ACTIVATION_STEP).to(kind) @ projection.weight.t().to(kind)
    return nn.functional.normalize(product.float() + projection.bias, dim=1)


def _relational_loss(predicted: Tensor, wanted: Tensor) -> Tensor:
    own = torch.eye(len(predicted), dtype=torch.bool)
    ours = (predicted @ predicted.t() / SIMILARITY_TEMPERATURE).masked_fill(own, -1e4)
    theirs = (wanted @ wanted.t() / SIMILARITY_TEMPERATURE).masked_fill(own, -1e4)
    return nn.functional.kl_div(ours.log_softmax(1), theirs.softmax(1), reduction="batchmean")
