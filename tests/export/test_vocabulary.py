import json

from edge_router_export.vocabulary import train_tokenizer

TEXTS = ["paint the wall", "paint the door", "repaint"] * 3


def entries(texts: list[str], size: int) -> list[str]:
    return list(json.loads(train_tokenizer(texts, size).to_str())["model"]["vocab"])


def test_frequent_words_are_whole_and_the_others_have_pieces():
    tokenizer = train_tokenizer(TEXTS, 60)
    assert tokenizer.encode("Paint the doors").tokens[:2] == ["paint", "the"]
    assert "[UNK]" not in tokenizer.encode("rethin").tokens
    assert tokenizer.encode("\u4e2d").tokens == ["[UNK]"]


def test_padding_and_unknown_come_first_then_letters_then_words_by_frequency():
    found = entries(["bb aa cc", "bb cc", "bb"], 20)
    assert found[:2] == ["[PAD]", "[UNK]"]
    assert found[2:8] == ["a", "b", "c", "##a", "##b", "##c"]
    assert found[8:11] == ["bb", "cc", "aa"]


def test_equal_counts_stand_in_the_order_of_the_alphabet_whatever_that_of_the_texts():
    texts = ["zebra", "yak", "apple", "mango", "kiwi", "lemon", "fig", "date"]
    assert entries(texts, 80) == entries(texts[::-1], 80)
    words = [entry for entry in entries(texts, 200) if entry in texts]
    assert words == sorted(texts)


def test_there_are_no_more_entries_than_asked_for():
    assert len(entries(TEXTS, 40)) <= 40
