import pytest

from edge_router.errors import DataError
from edge_router.examples import LoggedOutcome, dump_outcomes, read_outcomes


def test_reads_what_was_taken_and_what_came_of_it(write):
    path = write(
        "log.jsonl",
        '{"text": "dim it", "tool": "lights.dim", "propensity": 0.98, "reward": 1}\n'
        "\n"
        '{"text": "čaj 🍵", "tool": null, "propensity": 1, "reward": -0.5, "cost": 2, '
        '"weak": true}\n'
        '{"text": "who is it", "tool": "call", "reward": 0}',
    )
    assert read_outcomes(path) == [
        LoggedOutcome(
            text="dim it",
            tool="lights.dim",
            propensity=0.98,
            reward=1.0,
            file="log.jsonl",
            line=1,
        ),
        LoggedOutcome(
            text="čaj 🍵",
            tool=None,
            propensity=1.0,
            reward=-0.5,
            cost=2.0,
            is_weak=True,
            file="log.jsonl",
            line=3,
        ),
        LoggedOutcome(
            text="who is it", tool="call", propensity=None, reward=0.0, file="log.jsonl", line=4
        ),
    ]


def test_what_is_written_is_read_again(write):
    outcomes = [
        LoggedOutcome(text="a\u2028b", tool="t", propensity=0.1, reward=0.25, cost=1.5),
        LoggedOutcome(text="", tool=None, propensity=None, reward=1.0, is_weak=True),
    ]
    found = read_outcomes(write("log.jsonl", dump_outcomes(outcomes)))
    assert [o.to_dict() for o in found] == [o.to_dict() for o in outcomes]


def test_a_line_that_was_cut_off_in_writing_is_left_out(write):
    row = '{"text": "a", "tool": "t", "propensity": 1, "reward": 1}'
    assert len(read_outcomes(write("log.jsonl", f"{row}\n{row[:30]}"))) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("[]", "must be an object"),
        ('{"text": 1, "tool": "t", "propensity": 1, "reward": 1}', "needs a 'text'"),
        ('{"text": "\\ud800", "tool": "t", "reward": 1}', "half a surrogate pair"),
        ('{"text": "a", "propensity": 1, "reward": 1}', "what was taken, or null"),
        ('{"text": "a", "tool": " t", "propensity": 1, "reward": 1}', "what was taken, or null"),
        ('{"text": "a", "tool": "t", "propensity": 0, "reward": 1}', "has the propensity 0"),
        ('{"text": "a", "tool": "t", "propensity": 1.1, "reward": 1}', "has the propensity 1.1"),
        ('{"text": "a", "tool": "t", "propensity": true, "reward": 1}', "the propensity True"),
        ('{"text": "a", "tool": "t", "propensity": 1}', "as 'reward', not None"),
        ('{"text": "a", "tool": "t", "reward": 1e400}', "as 'reward', not inf"),
        ('{"text": "a", "tool": "t", "reward": true}', "as 'reward', not True"),
        ('{"text": "a", "tool": "t", "reward": 1, "cost": -1}', "from 0 to 1e+09 as 'cost'"),
        ('{"text": "a", "tool": "t", "reward": 1, "weak": 1}', "neither true nor false"),
        ('{"text": "a", "tool": "t", "reward": 1, "label": "t"}', "the unknown key 'label'"),
        ("{", "is not JSON"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(write, row, said):
    path = write("log.jsonl", f"\n{row}\n")
    with pytest.raises(DataError, match=r"^log\.jsonl:2: ") as caught:
        read_outcomes(path)
    assert said in str(caught.value)
