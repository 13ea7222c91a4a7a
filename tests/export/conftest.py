"""Small trained-looking students, and a silent progress."""

from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch", reason="needs the extra [export]")

from edge_router_export.student import Encoder, Student, StudentShape  # noqa: E402 - after the skip


@pytest.fixture
def quiet() -> Callable[[str, int, int], None]:
    return lambda _step, _done, _total: None


@pytest.fixture
def student() -> Student:
    """Random weights with statistics of their own, as after some training."""
    torch.manual_seed(3)
    made = Student(
        Encoder(StudentShape(vocabulary=50, embedding_width=12, width=16, layers=2)), outputs=7
    )
    torch.nn.init.normal_(made.head, std=0.1)
    for convolution in made.encoder.convolutions:
        torch.nn.init.uniform_(convolution.norm.slope, 0.5, 2.0)
        torch.nn.init.normal_(convolution.norm.offset)
        convolution.norm.mean.normal_()
        convolution.norm.variance.uniform_(0.5, 2.0)
    return made.eval()
