"""Lines in, answers out: turns, questions, corrections, and what Ctrl-C leaves."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from chat_fakes import CHOSEN, Model

from edge_router import MissingExtraError, Router
from edge_router.errors import RemoteUnreachableError
from edge_router.tools import LLM, tool


def test_a_turn_tells_the_answer_and_what_was_decided_found_sent_and_saved(talk):
    screen = talk("start a timer for six minutes")
    assert screen.of("answer") == ["6 minutes from now."]
    [[decided, found, sent]] = screen.of("notes")
    assert re.fullmatch(r"timer \d+\.\d %, decided in \d+ us, \d+ us in all", decided)
    assert found == 'minutes = 6 ("six minutes")'
    saved = re.fullmatch(r"nothing was sent; with all 3 tools in a prompt about (\d+) tokens", sent)
    assert saved is not None
    assert 200 < int(saved[1]) < 600  # two requests with three small schemas


def test_a_missing_argument_is_asked_for_and_the_next_line_is_the_reply(talk):
    screen = talk("start a timer", "seven", "turn the lamp on")
    assert screen.prompts == [False, True, False, False]
    assert screen.of("answer") == ["What is the minutes?", "7 minutes from now.", "Switched."]
    assert "decided in" not in screen.of("notes")[1][0]


def test_a_confirmation_is_a_question_too(talk):
    assert talk("lock the door", "no").of("answer")[-1] == "All right, I will leave it."
    assert talk("lock the door", "yes").of("answer")[-1] == "Locked."


def test_blank_lines_are_no_texts_and_no_replies(talk):
    screen = talk("", "start a timer", "   ", "seven")
    assert screen.of("answer") == ["What is the minutes?", "7 minutes from now."]


def test_why_lists_the_candidates_the_threshold_and_that_nothing_was_sent(talk):
    [lines] = talk("who won the war", ":why").of("shown")
    assert lines[0] == "who won the war"
    assert re.fullmatch(r"(low confidence|out of scope); the threshold is \d+\.\d %", lines[1])
    assert all(re.fullmatch(r"  [\w ]+ \d+\.\d % \(taught\)", line) for line in lines[2:-1])
    assert {"timer", "lamp", "door"} <= {line.split()[0] for line in lines[2:-1]}
    assert lines[-1] == "nothing was sent"


def test_a_correction_holds_at_once_and_in_the_file_until_it_is_taken_back(talk, tmp_path: Path):
    file, text = tmp_path / "home.jsonl", "it is too dark to read"
    screen = talk(text, ":correct lamp", text, ":undo", text)
    assert "Switched." not in screen.of("answer")[0]
    assert screen.of("answer")[1] == "Switched."
    assert screen.of("answer")[2] == screen.of("answer")[0]
    assert screen.of("shown") == [
        [f"{text} -> lamp; decided now: lamp"],
        [f"taken back: {text} -> lamp"],
    ]
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == [
        {"text": text, "tool": "lamp", "corrects": True},
        {"text": text, "forgotten": True},
    ]


def test_taking_back_restores_what_the_file_said_before(talk, tmp_path: Path):
    file = tmp_path / "home.jsonl"
    file.write_text('{"text": "light please", "tool": "lamp"}\n', "utf-8")
    talk("light please", ":correct none", ":correct door", ":undo", ":undo")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [row["tool"] for row in rows] == ["lamp", None, "door", None, "lamp"]


def test_corrected_to_none_a_text_belongs_to_no_tool(talk):
    screen = talk("turn the lamp on", ":correct none", "turn the lamp on")
    assert screen.of("answer")[0] == "Switched."
    assert screen.of("answer")[1] != "Switched."


def test_a_correction_without_a_file_is_kept_for_the_conversation(talk, tmp_path: Path):
    screen = talk("too dark", ":correct lamp", "too dark", taught_file=None)
    assert screen.of("answer")[-1] == "Switched."
    assert list(tmp_path.iterdir()) == []


def test_a_correction_while_a_question_waits_drops_the_question(talk):
    screen = talk("start a timer", ":correct lamp", "start a timer")
    assert screen.prompts == [False, True, False, False]
    assert screen.of("answer")[-1] == "Switched."


def test_what_was_corrected_is_the_text_and_not_the_reply_to_its_question(talk):
    screen = talk("start a timer", "seven", ":correct lamp")
    assert screen.of("shown") == [["start a timer -> lamp; decided now: lamp"]]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([":why"], "nothing was said yet; type what you want first"),
        ([":correct lamp"], "nothing was said yet; type what you want first"),
        ([":undo"], "there is no correction to take back; :correct makes one"),
        (["hello", ":correct"], "write :correct TOOL"),
        (["hello", ":why not"], "write :why"),
        (["hello", ":correct lam"], "did you mean 'lamp'? :tools lists them"),
        ([":undoo"], "there is no command :undoo; did you mean :undo? :help lists them"),
        ([":"], "there is no command :; :help lists them"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_conversation_goes_on(talk, tmp_path, lines, problem):
    screen = talk(*lines, "turn the lamp on")
    assert problem in screen.of("problem")[0]
    assert screen.of("answer")[-1] == "Switched."
    assert not (tmp_path / "home.jsonl").exists()


def test_a_file_that_cannot_be_written_changes_nothing(talk, tmp_path: Path):
    screen = talk("too dark", ":correct lamp", "too dark", ":undo", taught_file=tmp_path)
    assert "cannot be written" in screen.of("problem")[0]
    assert screen.of("answer")[0] == screen.of("answer")[1]
    assert "no correction to take back" in screen.of("problem")[1]


def test_tools_and_help_list_what_there_is(talk):
    tools, help_ = talk(":tools", ":help").of("shown")
    assert [line.split()[0] for line in tools] == ["door", "lamp", "timer"]
    assert [line.split()[0] for line in help_] == [
        *(":why", ":correct", ":undo", ":tools", ":help", ":quit")
    ]


def test_quit_ends_it(talk):
    assert talk(":quit", "turn the lamp on").of("answer") == []


def test_an_interrupt_at_the_prompt_drops_the_question_where_someone_sits_there(talk):
    screen = talk("start a timer", KeyboardInterrupt(), "turn the lamp on")
    assert screen.prompts == [False, True, False, False]
    assert screen.of("answer")[-1] == "Switched."


def test_an_interrupt_ends_the_program_where_nobody_sits_there(talk):
    with pytest.raises(KeyboardInterrupt):
        talk(KeyboardInterrupt(), is_interactive=False)


def test_an_abandoned_turn_can_still_be_explained_and_corrected(talk):
    @tool(name="lamp", timeout_s=None)
    def interrupted() -> str:
        """Is interrupted."""
        raise KeyboardInterrupt

    screen = talk("turn the lamp on", ":why", ":correct none", tools=[interrupted])
    assert screen.of("shown")[0] == ["", "(abandoned)"]
    assert screen.of("shown")[1][-1] == "what it led to was abandoned"
    assert screen.of("shown")[2] == ["turn the lamp on -> no tool; decided now: no tool"]


def test_what_was_sent_and_what_the_model_chose_is_told(talk):
    screen = talk("who won the war", ":why", remote=Model(choice=CHOSEN))
    assert screen.of("answer") == ["Switched."]
    [[decided, sent]] = screen.of("notes")
    assert "no tool (" in decided
    assert "; the model chose lamp, decided in" in decided
    said = r"90 tokens were sent, 9 came back; with all 3 tools in the prompt about (\d+) more"
    assert 100 < int(re.fullmatch(said, sent)[1]) < 500  # two requests, less the 88 that were sent
    assert screen.of("shown")[0][-4:] == [
        "sent:",
        "  system: Be brief.",
        "  user: Hm?\nYes.",
        "  and the schemas of lamp",
    ]


def test_final_words_come_as_the_model_says_them(talk):
    @tool(name="lamp", answer=LLM)
    def lamp() -> dict[str, bool]:
        """Says how the lamp is."""
        return {"on": True}

    screen = talk("turn the lamp on", tools=[lamp], remote=Model(choice=CHOSEN))
    assert screen.of("answer") == ["It ", "is so."]
    assert screen.of("notes")[0][-1].startswith("60 tokens were sent, 5 came back; with all 1 ")


def test_a_model_that_is_of_no_help_is_told(talk):
    gone = RemoteUnreachableError("nobody is there; try later")
    screen = talk("who won the war", remote=Model(choice=gone))
    assert "the model was of no help: nobody is there; try later" in screen.of("notes")[0]


def test_a_missing_package_ends_the_conversation(talk):
    with pytest.raises(MissingExtraError):
        talk("who won the war", remote=Model(choice=MissingExtraError("llm", "httpx2")))


def test_arguments_say_where_they_come_from(talk):
    @tool(name="lamp")
    def dim(level: int, room: str = "hall") -> str:
        """Dims the lamp."""
        return f"{level} in the {room}."

    chosen = replace(CHOSEN, arguments={"level": 3})
    screen = talk("lamp on please, 7", "who won the war", tools=[dim], remote=Model(choice=chosen))
    assert screen.of("notes")[0][1] == 'level = 7 ("7"); room = "hall" (unless said otherwise)'
    assert screen.of("notes")[1][1] == "level = 3 (from the model)"


def test_an_answer_without_arguments_has_no_line_for_them(talk):
    assert len(talk("turn the lamp on").of("notes")[0]) == 2


def test_a_router_that_cannot_be_taught_says_so_and_nothing_is_written(talk, tmp_path: Path):
    tiny = Router.load(Path(__file__).parents[1] / "data" / "tiny.router")
    screen = talk("turn the lamp on", ":correct lamp", "make coffee", router=tiny)
    assert "cannot be taught" in screen.of("problem")[0]
    assert not (tmp_path / "home.jsonl").exists()
    assert screen.of("answer")[-1] == "Nothing here can do that (coffee.start)."
