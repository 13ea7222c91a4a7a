"""A WordPiece vocabulary learnt from texts: whole words where they are frequent, pieces of words for all the rest."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

PADDING = "[PAD]"
UNKNOWN = "[UNK]"


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """A lower-casing tokenizer with at most ``size`` entries; id 0 is padding, id 1 an unknown character's word."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=40))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        special_tokens=[PADDING, UNKNOWN],
        limit_alphabet=200,
        min_frequency=5 if size > 10_000 else 2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
