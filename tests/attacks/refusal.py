"""What every graph that is refused has in common."""

import pytest

from edge_router.bundle.onnx_check import check_onnx
from edge_router.errors import BundleError


def refused(data: bytes, match: str = "", *, max_tokens: int = 16) -> None:
    whole = rf"^model\.onnx is not the model of a bundle: it has .*{match}.*edge-router train$"
    with pytest.raises(BundleError, match=whole) as caught:
        check_onnx(data, max_tokens=max_tokens)
    assert len(str(caught.value)) < 400
