"""The smallest deletion that changes an answer."""

import pytest

from edge_router.routing.deletion import MOST_TRIED, Deletion, find_deletion


def test_one_word_is_tried_before_two():
    assert find_deletion([3, 1, 2], lambda words: 1 in words or len(words) == 2) == Deletion(
        (1,), True
    )


def test_two_words_are_found_in_the_order_of_the_text():
    assert find_deletion([1, 9, 8, 2], lambda words: set(words) == {2, 0}) == Deletion((0, 2), True)


def test_of_equal_deletions_the_one_that_speaks_most_is_taken():
    assert find_deletion([1, 9, 5], lambda words: True) == Deletion((1,), True)


@pytest.mark.parametrize("words", [0, 1, 2, 5])
def test_where_nothing_changes_the_answer_there_is_none_and_one_word_stays(words):
    asked = []
    assert find_deletion([0] * words, lambda deleted: asked.append(deleted) or False) is None
    assert all(len(deleted) < words for deleted in asked)


def test_many_words_are_deleted_by_their_shares_and_put_back_where_they_may_be():
    shares = list(range(32))
    found = find_deletion(shares, lambda words: {31, 30, 27} <= set(words))
    assert found == Deletion((27, 30, 31), True)  # pairs were all tried
    found = find_deletion(shares, lambda words: {31, 30, 27, 26} <= set(words))
    assert found == Deletion((26, 27, 30, 31), False)
    found = find_deletion(shares, lambda words: {0, 1, 2, 3, 5} <= set(words))
    assert found == Deletion((0, 1, 2, 3, 5), False)


def test_the_work_is_bounded():
    asked = []
    assert find_deletion([0] * 32, lambda deleted: asked.append(deleted) or False) is None
    assert len(asked) <= MOST_TRIED + 2 * 32
