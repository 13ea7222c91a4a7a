"""Makes the base encoder: a student that learns a sentence encoder's geometry from unlabelled text,
and a projection into that encoder's space.

Two losses: the cosine between the projected student and the teacher, and, within a batch, the
Kullback-Leibler divergence between the two softmaxes over the similarities to all other texts
(relational distillation; Park et al., 2019, arXiv:1904.05068, with the softmax form of Fang et al.,
2021, arXiv:2101.04731).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from edge_router.bundle import Embedding, Parts, Teaching, read_bundle
from edge_router.routing.engine import EMBEDDING
from edge_router_export.batches import IdTable, shuffle_batches
from edge_router_export.check_parity import check_parity
from edge_router_export.export_onnx import export_encoder, import_encoder
from edge_router_export.fit_projection import fit_projection
from edge_router_export.fit_taught import TextEncoder, find_teaching, fit_taught, read_tool_sets
from edge_router_export.mistype import mistype
from edge_router_export.pack import load_tokenizer, make_manifest, pack
from edge_router_export.pool_texts import pool_texts
from edge_router_export.quantize import IntegerEncoder, IntegerProjection, quantize_encoder
from edge_router_export.recipe import NONE, PretrainRecipe, without_paths
from edge_router_export.restore import STATISTICS_TEXTS, find_base, make_encoder
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
from edge_router_export.vocabulary import dump_tokenizer, train_tokenizer

SIMILARITY_TEMPERATURE = 0.05
HELD_OUT_TEXTS = 5000
"""Texts that the projection is measured on, of those that its recipe takes: at most a tenth."""
GOLDEN_TEXTS = (
    "dim the lights in the living room",
    "make me a coffee",
    "what's the weather like tomorrow?",
    "Remind me to call the dentist at half past three on Friday",
    "how do I reset my password",
    "play something quiet",
    "where is my order #48213",
    "translate good morning into french",
)
"""What a device is checked with beside the odd texts of every bundle; sentences of our own."""


@dataclass(frozen=True)
class Base:
    """What every student starts from, and what taught tools are found by."""

    tokenizer: bytes
    """``tokenizer.json``."""
    encoder: IntegerEncoder
    """Texts to pooled values."""
    projection: IntegerProjection
    """Pooled values to the teacher's space."""
    cosine: float
    """Mean cosine of the projected integers and the teacher's vectors, on texts held out of the
    projection's fit.
    """
    teaching: Teaching
    """How tools that are taught are ranked."""


def pretrain(texts: Sequence[str], recipe: PretrainRecipe, steps: Steps, data_sha256: str) -> Base:
    """The base from unlabelled ``texts``: its encoder learnt, or the recipe's base kept, its
    projection fitted, and what teaching needs fitted on the recipe's sets of tools.
    """
    sets = read_tool_sets([Path(path) for path in recipe.tool_sets])
    if recipe.base == NONE:
        tokenizer, encoder = _learn_encoder(texts, recipe, steps, data_sha256)
        integers = quantize_encoder(encoder)
    else:
        tokenizer, encoder, integers = _keep_encoder(texts, recipe)
    rows = random.Random(recipe.seed).sample(
        range(len(texts)), min(recipe.projection_texts, len(texts))
    )
    chosen = [texts[i] for i in rows]
    if recipe.base == NONE:
        targets = _embed(texts, recipe, steps, data_sha256)[rows]
    else:
        targets = _embed(chosen, recipe, steps, fingerprint(chosen))
    ids = _tokenize(tokenizer, chosen, recipe.max_tokens)
    pooled = pool_texts(encoder, ids, len(ids)).numpy().astype(np.uint8)
    fitted = max(1, len(rows) - min(HELD_OUT_TEXTS, len(rows) // 10))
    projection = fit_projection(pooled[:fitted], targets[:fitted])
    cosine = _measure_cosine(projection, pooled[fitted:], targets[fitted:])
    read = dump_tokenizer(tokenizer)
    if not sets:  # the numbers of the base in the package
        return Base(read, integers, projection, cosine, find_teaching())
    reader = TextEncoder(
        load_tokenizer(read, recipe.max_tokens), export_encoder(integers, projection)
    )
    teaching = fit_taught(sets, chosen, reader, recipe)
    return Base(read, integers, projection, cosine, teaching)


def write_base(path: Path, base: Base, recipe: PretrainRecipe, data_sha256: str) -> str:
    """Writes the base encoder as a bundle without tools; its sha256."""
    training = {"recipe": without_paths(recipe), "corpus_sha256": data_sha256}
    if recipe.tool_sets:
        training["tool_sets_sha256"] = {
            Path(path).name: sha256(Path(path).read_bytes()).hexdigest()
            for path in recipe.tool_sets
        }
    if recipe.base != NONE:
        kept = read_bundle(find_base(recipe.base)).manifest.training
        training["encoder"] = kept.get("encoder", kept)  # where the encoder itself comes from
    manifest = make_manifest(
        name=path.stem,
        max_tokens=recipe.max_tokens,
        parts=Parts(embedding=Embedding(len(base.projection.bias), base.teaching)),
        training=training,
        metrics={"projection_cosine": round(base.cosine, 4)},
    )
    model = export_encoder(base.encoder, base.projection)
    tokenizer = load_tokenizer(base.tokenizer, recipe.max_tokens)
    check_parity(
        {EMBEDDING: lambda ids: base.projection.embed(base.encoder.pool(ids))},
        model,
        [tokenizer.encode(text).ids for text in GOLDEN_TEXTS],
        max_tokens=recipe.max_tokens,
    )
    return pack(path, manifest=manifest, model=model, tokenizer=base.tokenizer, texts=GOLDEN_TEXTS)


def _learn_encoder(
    texts: Sequence[str], recipe: PretrainRecipe, steps: Steps, data_sha256: str
) -> tuple[Tokenizer, Encoder]:
    targets = _embed(texts, recipe, steps, data_sha256)
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
    return tokenizer, encoder


def _keep_encoder(
    texts: Sequence[str], recipe: PretrainRecipe
) -> tuple[Tokenizer, Encoder, IntegerEncoder]:
    """The encoder of the recipe's base, in torch with statistics measured on some of the texts, and
    as it is.
    """
    bundle = read_bundle(find_base(recipe.base))
    tokenizer = Tokenizer.from_str(bundle.tokenizer.decode())
    some = random.Random(recipe.seed).sample(list(texts), min(STATISTICS_TEXTS, len(texts)))
    ids = _tokenize(tokenizer, some, recipe.max_tokens)
    encoder = make_encoder(bundle.model, ids, np.arange(len(ids)))
    return tokenizer, encoder, import_encoder(bundle.model)


def _embed(
    texts: Sequence[str], recipe: PretrainRecipe, steps: Steps, data: str
) -> NDArray[np.float16]:
    """The teacher's unit vectors [texts, width] of ``texts``, whose fingerprint is ``data``."""

    def embed(_: Path) -> Arrays:
        return {"embeddings": Teacher(recipe.teacher).embed(texts, steps.progress)}

    inputs = {"teacher": recipe.teacher, "data": data}
    embeddings: NDArray[np.float16] = steps.run("embed", inputs, embed)["embeddings"]
    return embeddings


def _measure_cosine(
    projection: IntegerProjection, pooled: NDArray[np.uint8], targets: NDArray[np.float16]
) -> float:
    got = np.array([projection.embed(row.astype(np.int64)) for row in pooled], np.float64)
    wanted = targets.astype(np.float64)
    lengths = np.linalg.norm(got, axis=1) * np.linalg.norm(wanted, axis=1)
    return float(((got * wanted).sum(1) / lengths).mean())


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
