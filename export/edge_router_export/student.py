"""The student: a small convolutional text encoder that trains in torch as the integers it will ship
as.

Per token an 8-bit embedding; then layers of ``Conv1d`` over (left, self, right) with 7-bit weights,
batch normalisation and a ReLU clipped at 6, kept as u8; then the maximum and the mean over the
tokens of every layer. Each quantised value is rounded in the forward pass and passed straight
through in the backward one (Bengio et al., 2013, arXiv:1308.3432; Jacob et al., 2018,
arXiv:1712.05877), so that what training sees is what ONNX Runtime will compute. Batch normalisation
costs nothing in the shipped graph: its slope becomes the per-channel rescale, its offset the int32
bias.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

WEIGHT_LIMIT = 63
"""Largest magnitude of a weight: 7 bits, so that no CPU's 16-bit intermediate sum saturates."""
ACTIVATION_LIMIT = 6.0
"""The ReLU's upper end; the u8 value 255 stands for it."""
EMBEDDING_ZERO = 128
"""The u8 value that stands for 0.0 in the embedding table."""
EMBEDDING_STEP = 1.0 / 32.0
"""What one step of the u8 embedding table is worth."""
ACTIVATION_STEP = ACTIVATION_LIMIT / 255.0


@dataclass(frozen=True)
class StudentShape:
    """The sizes that fix a student's cost."""

    vocabulary: int
    """Rows of the embedding table; row 0 is padding and stays zero."""
    embedding_width: int
    """Columns of the embedding table."""
    width: int
    """Channels of every convolution."""
    layers: int
    """Convolutions, each reading one token further to the left and right."""

    @property
    def pooled_width(self) -> int:
        """Length of the pooled vector: maximum and mean of every layer."""
        return 2 * self.layers * self.width

    def macs(self, tokens: int, outputs: int) -> int:
        """Multiply-accumulates for one text of ``tokens`` tokens and a head with ``outputs``
        answers.
        """
        first = 3 * self.embedding_width * self.width
        later = (self.layers - 1) * 3 * self.width * self.width
        pooling = self.layers * self.width
        return tokens * (first + later + pooling) + self.pooled_width * outputs


def round_through(value: Tensor) -> Tensor:
    """``value`` rounded half to even; its gradient is that of the identity."""
    return value + (value.round() - value).detach()


def quantize_weight(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Integers in -63..63 (as floats, gradient passed through) and the step of each output channel
    (first axis).
    """
    step = weight.detach().abs().amax(dim=1, keepdim=True).clamp_min(1e-8) / WEIGHT_LIMIT
    return round_through(weight / step).clamp(-WEIGHT_LIMIT, WEIGHT_LIMIT), step


def mean_weight(tokens: Tensor) -> Tensor:
    """The u8 weight each of ``tokens`` tokens has in the mean: 255/n, rounded half to even, at
    least 1.
    """
    return (255.0 / tokens).round().clamp_min(1.0)


class MaskedBatchNorm(nn.Module):
    """Batch normalisation over the tokens that are there, not over the padding."""

    def __init__(self, width: int, momentum: float = 0.05) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.ones(width))
        self.offset = nn.Parameter(torch.ones(width))
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("variance", torch.ones(width))

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """Normalises ``values`` [texts, tokens, width] with the statistics where ``mask`` [texts,
        tokens, 1] is 1.
        """
        if self.training:
            count = mask.sum()
            mean = (values * mask).sum((0, 1)) / count
            variance = ((values - mean).square() * mask).sum((0, 1)) / count
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(variance, self.momentum)
        else:
            mean, variance = self.mean, self.variance
        slope = self.slope.abs() * (variance + 1e-5).rsqrt()
        return values * slope + (self.offset - mean * slope)


class Convolution(nn.Module):
    """One layer: left, self and right neighbour, linear, normalised, clipped to u8."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width, 3 * inputs) * (3 * inputs) ** -0.5)
        self.norm = MaskedBatchNorm(width)

    def forward(self, values: Tensor, mask: Tensor, input_step: float) -> Tensor:
        """u8 values (as floats) [texts, tokens, inputs] to u8 values [texts, tokens, width];
        padding stays 0.
        """
        weight, step = quantize_weight(self.weight)
        empty = values.new_zeros(values.shape[0], 1, values.shape[2])
        left = torch.cat([empty, values[:, :-1]], 1)
        right = torch.cat([values[:, 1:], empty], 1)
        # u8 values and 7-bit weights are exact in bfloat16, whose matrix products are several times
        # faster where the CPU has them
        windows = torch.cat([left, values, right], 2).to(matmul_dtype())
        sums = (windows @ weight.t().to(windows.dtype)).float()
        normed = self.norm(sums * (step.squeeze(1) * input_step), mask)
        return round_through(normed / ACTIVATION_STEP).clamp(0, 255) * mask


class Encoder(nn.Module):
    """Token ids to the pooled u8 vector."""

    def __init__(self, shape: StudentShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.embedding_width, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=0.7)
        inputs = [shape.embedding_width] + [shape.width] * (shape.layers - 1)
        self.convolutions = nn.ModuleList([Convolution(i, shape.width) for i in inputs])

    def forward(self, ids: Tensor, dropout: float = 0.0) -> Tensor:
        """Pooled vectors [texts, pooled_width] of u8 values as floats, for ``ids`` [texts, tokens]
        padded with 0.
        """
        mask = (ids != 0).unsqueeze(2).float()
        tokens = mask.sum(1)
        values = (
            round_through(self.embedding(ids) / EMBEDDING_STEP).clamp(-EMBEDDING_ZERO, 127) * mask
        )
        if dropout and self.training:
            values = values * (torch.rand_like(mask) >= dropout)
        pooled = []
        share = mean_weight(tokens) / 255.0
        step = EMBEDDING_STEP
        for convolution in self.convolutions:
            values = convolution(values, mask, step)
            step = ACTIVATION_STEP
            pooled += [values.amax(1), round_through(values.sum(1) * share).clamp(0, 255)]
        return torch.cat(pooled, 1)


class Student(nn.Module):
    """An encoder and a linear head whose 7-bit weights share one step, so that its integers can be
    compared.
    """

    def __init__(self, encoder: Encoder, outputs: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Parameter(torch.zeros(outputs, encoder.shape.pooled_width))

    def head_step(self) -> Tensor:
        """What one step of a head weight is worth."""
        return self.head.detach().abs().amax().clamp_min(1e-4) / WEIGHT_LIMIT

    def forward(self, ids: Tensor, dropout: float = 0.0) -> Tensor:
        """Logits [texts, outputs]."""
        pooled = self.encoder(ids, dropout)
        if dropout and self.training:
            pooled = nn.functional.dropout(pooled, 0.1)
        step = self.head_step()
        weight = round_through(self.head / step).clamp(-WEIGHT_LIMIT, WEIGHT_LIMIT)
        return (pooled @ weight.t()) * (step * ACTIVATION_STEP)


def matmul_dtype() -> torch.dtype:
    """bfloat16 where this CPU multiplies it natively, else float32."""
    return torch.bfloat16 if HAS_FAST_BFLOAT16 else torch.float32


def _has_fast_bfloat16() -> bool:
    probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(probe and probe())


HAS_FAST_BFLOAT16 = _has_fast_bfloat16()
