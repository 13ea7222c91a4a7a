"""From the trained student to integers: what ships, and what it computes, defined here once and
exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from edge_router.routing.engine import mean_share
from edge_router_export.student import (
    ACTIVATION_STEP,
    EMBEDDING_STEP,
    EMBEDDING_ZERO,
    WEIGHT_LIMIT,
    Convolution,
    Encoder,
    Student,
    quantize_weight,
)

EXACT_LIMIT = 2**24
"""Below this magnitude every integer is exact in float32, and so is an accumulator's conversion
before the rescale.
"""


@dataclass(frozen=True)
class IntegerConvolution:
    """One layer as it ships."""

    weight: NDArray[np.int8]
    """[width, inputs, 3], -63..63; the last axis is left, self, right."""
    bias: NDArray[np.int32]
    """[width], added to the accumulator."""
    rescale: NDArray[np.float32]
    """[width], accumulator to u8."""


@dataclass(frozen=True)
class IntegerEncoder:
    """Embedding table and layers as they ship."""

    table: NDArray[np.uint8]
    """[vocabulary, embedding_width]; 128 stands for zero."""
    convolutions: tuple[IntegerConvolution, ...]
    """In their order."""

    def pool(self, ids: Sequence[int]) -> NDArray[np.int64]:
        """The pooled u8 values [pooled_width] of one text, computed in int64 with the one float32
        multiply per rescale.
        """
        values = self.table[np.asarray(ids)].astype(np.int64) - EMBEDDING_ZERO
        share = mean_share(len(ids)).astype(np.int64)[:, 0]
        pooled = []
        for layer in self.convolutions:
            edge = np.zeros((1, values.shape[1]), np.int64)
            padded = np.concatenate([edge, values, edge])
            windows = np.stack([padded[:-2], padded[1:-1], padded[2:]], 2)
            sums = (
                np.tensordot(windows, layer.weight.astype(np.int64), ([1, 2], [1, 2])) + layer.bias
            )
            values = _rescale(sums, layer.rescale)
            pooled += [values.max(0), _rescale(share @ values, np.float32(1.0 / 255.0))]
        return np.concatenate(pooled)


@dataclass(frozen=True)
class IntegerProjection:
    """From the pooled values to the space of a sentence encoder, as it ships."""

    weight: NDArray[np.int8]
    """[pooled_width, width], -63..63, one step for all, since only directions mean anything."""
    bias: NDArray[np.int32]
    """[width], added to the product."""

    def embed(self, pooled: NDArray[np.int64]) -> NDArray[np.int32]:
        """The integers that any conforming runtime must return, [width], for what
        :meth:`IntegerEncoder.pool` gives.
        """
        return (pooled @ self.weight.astype(np.int64) + self.bias).astype(np.int32)


@dataclass(frozen=True)
class IntegerStudent:
    """The encoder and the head as they ship."""

    encoder: IntegerEncoder
    head: NDArray[np.int8]
    """[pooled_width, answers], -63..63."""
    logit_step: float
    """What one step of a logit is worth in the float model; information only."""

    def logits(self, ids: Sequence[int]) -> NDArray[np.int32]:
        """The integers that any conforming runtime must return for ``ids``, [answers]."""
        return (self.encoder.pool(ids) @ self.head.astype(np.int64)).astype(np.int32)


def quantize_student(student: Student) -> IntegerStudent:
    """The integers of ``student``, with batch normalisation folded into rescale and bias."""
    step = student.head_step()
    head = (student.head.detach() / step).round().clamp(-WEIGHT_LIMIT, WEIGHT_LIMIT)
    return IntegerStudent(
        quantize_encoder(student.encoder),
        np.ascontiguousarray(head.numpy().T.astype(np.int8)),
        float(step) * ACTIVATION_STEP,
    )


def quantize_encoder(encoder: Encoder) -> IntegerEncoder:
    """The integers of ``encoder``."""
    table = (encoder.embedding.weight.detach() / EMBEDDING_STEP).round().clamp(
        -EMBEDDING_ZERO, 127
    ) + EMBEDDING_ZERO
    steps = [EMBEDDING_STEP] + [ACTIVATION_STEP] * (len(encoder.convolutions) - 1)
    layers = [_quantize_convolution(c, s) for c, s in zip(encoder.convolutions, steps, strict=True)]
    return IntegerEncoder(table.numpy().astype(np.uint8), tuple(layers))


def restore_encoder(
    integers: IntegerEncoder, encoder: Encoder, batches: Sequence[torch.Tensor]
) -> None:
    """Gives ``encoder`` the weights of ``integers``; the statistics that folding lost are measured
    on ``batches`` of ids.

    Afterwards the encoder computes on those batches what the integers compute, in training mode as
    well.
    """
    with torch.no_grad():
        encoder.embedding.weight.copy_(
            (torch.from_numpy(integers.table.astype(np.float32)) - EMBEDDING_ZERO) * EMBEDDING_STEP
        )
        step = EMBEDDING_STEP
        for convolution, layer in zip(encoder.convolutions, integers.convolutions, strict=True):
            _restore_convolution(convolution, layer, step)
            step = ACTIVATION_STEP
        encoder.train()
        for convolution in encoder.convolutions:
            _restore_statistics(encoder, convolution, batches)


def _quantize_convolution(convolution: Convolution, input_step: float) -> IntegerConvolution:
    with torch.no_grad():
        weight, step = quantize_weight(convolution.weight)
        norm = convolution.norm
        slope = norm.slope.abs() * (norm.variance + 1e-5).rsqrt()
        offset = norm.offset - norm.mean * slope
        per_sum = (step.squeeze(1) * input_step * slope).double().clamp_min(1e-12)
        width, inputs = weight.shape[0], weight.shape[1] // 3
        bias = (offset.double() / per_sum).round().clamp(1 - EXACT_LIMIT // 2, EXACT_LIMIT // 2 - 1)
    return IntegerConvolution(
        np.ascontiguousarray(
            weight.numpy().astype(np.int8).reshape(width, 3, inputs).transpose(0, 2, 1)
        ),
        bias.numpy().astype(np.int32),
        (per_sum / ACTIVATION_STEP).numpy().astype(np.float32),
    )


def _restore_convolution(
    convolution: Convolution, layer: IntegerConvolution, input_step: float
) -> None:
    width, inputs, _ = layer.weight.shape
    flat = torch.from_numpy(
        layer.weight.transpose(0, 2, 1).reshape(width, 3 * inputs).astype(np.float32)
    )
    # any step would do, since normalisation undoes it; this one gives the weights the size of a
    # fresh layer's
    step = (3 * inputs) ** -0.5 / max(1.0, float(flat.std()))
    convolution.weight.copy_(flat * step)
    per_sum = torch.from_numpy(layer.rescale.astype(np.float64)) * ACTIVATION_STEP
    norm = convolution.norm
    norm.slope.copy_(per_sum / (step * input_step))
    norm.offset.copy_(torch.from_numpy(layer.bias.astype(np.float64)) * per_sum)
    norm.mean.zero_()
    norm.variance.fill_(1.0 - 1e-5)


def _restore_statistics(
    encoder: Encoder, convolution: Convolution, batches: Sequence[torch.Tensor]
) -> None:
    """Measures mean and variance of the layer's sums, and moves them out of slope and offset into
    the statistics.
    """
    norm = convolution.norm
    slope, offset = norm.slope.clone(), norm.offset.clone()
    means, squares = [], []

    def measure(_: object, inputs: tuple[torch.Tensor, torch.Tensor]) -> None:
        values, mask = inputs
        mean = (values * mask).sum((0, 1)) / mask.sum()
        means.append(mean)
        squares.append((values.square() * mask).sum((0, 1)) / mask.sum())

    hook = norm.register_forward_pre_hook(measure)
    encoder.eval()
    for ids in batches:
        encoder(ids)
    hook.remove()
    mean = torch.stack(means).mean(0)
    variance = (torch.stack(squares).mean(0) - mean.square()).clamp_min(1e-6)
    norm.mean.copy_(mean)
    norm.variance.copy_(variance)
    norm.slope.copy_(slope * (variance + 1e-5).sqrt())
    norm.offset.copy_(offset + mean * slope)


def _rescale(sums: NDArray[np.int64], scale: NDArray[np.float32] | np.float32) -> NDArray[np.int64]:
    if np.abs(sums).max(initial=0) >= EXACT_LIMIT:
        raise OverflowError(
            "an accumulator left the range that float32 holds exactly; train with smaller weights"
        )
    return np.clip(np.rint(sums.astype(np.float32) * scale), 0, 255).astype(np.int64)
