import pytest

from edge_router.tools.schemas.docstring import Docstring, parse_docstring

GOOGLE = """Dims a lamp
    until it glows.

    Slowly.

    Args:
        room (str): Where it
            stands.
        level: How bright, 0: off.
        **kwargs: whatever

    Returns:
        nothing: at all
    """
NUMPY = """
    Dims a lamp.

    Parameters
    ----------
    room : str
        Where it stands.
    level, hue : int, optional
        How bright.

        And how red.

    Returns
    -------
    nothing : None
    """
REST = """Dims a lamp.

    :param room: Where it
        stands.
    :param int level: How bright.
    :returns: nothing
    """


@pytest.mark.parametrize(
    ("text", "prose", "arguments"),
    [
        (
            GOOGLE,
            "Dims a lamp until it glows.\n\nSlowly.",
            {"room": "Where it stands.", "level": "How bright, 0: off.", "kwargs": "whatever"},
        ),
        (
            NUMPY,
            "Dims a lamp.",
            {
                "room": "Where it stands.",
                "level": "How bright.\n\nAnd how red.",
                "hue": "How bright.\n\nAnd how red.",
            },
        ),
        (REST, "Dims a lamp.", {"room": "Where it stands.", "level": "How bright."}),
        ("Note the time: now.\n\nReturns:\n    it", "Note the time: now.", {}),
        ("Args:\n    a: first", "", {"a": "first"}),
        ("Args:", "", {}),
        ("Parameters\n---", "", {}),
        ("", "", {}),
        (None, "", {}),
        ("Only\n  prose: here", "Only prose: here", {}),
    ],
)
def test_reads_prose_and_arguments(text: str | None, prose: str, arguments: dict[str, str]):
    assert parse_docstring(text) == Docstring(prose, arguments)
