"""Small trained-looking students, and a silent progress."""

from collections.abc import Callable
from pathlib import Path

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


WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "green", "blue", "soup", "paint", "eat"]


@pytest.fixture(scope="session")
def tiny_teacher(tmp_path_factory) -> Path:
    """A two-layer BERT of ten words, with random weights, in a folder as a teacher's."""
    transformers = pytest.importorskip("transformers", reason="needs the extra [export]")
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    folder = tmp_path_factory.mktemp("encoder")
    words = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    words.normalizer = normalizers.Lowercase()
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    transformers.PreTrainedTokenizerFast(tokenizer_object=words).save_pretrained(folder)
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=10,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder
