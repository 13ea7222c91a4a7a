"""Agent frameworks, unmodified: the tool runs on a call from here, the words come from the model."""

import asyncio
import json

import pytest
from told_server import ToldServer, say

TEXT = "set a timer for ten minutes"


def roles(server: ToldServer) -> list[list[str]]:
    return [
        [m["role"] for m in json.loads(received.body)["messages"]] for received in server.received
    ]


@pytest.mark.filterwarnings("default")  # the frameworks' own
def test_pydantic_ai(proxy, large):
    pytest.importorskip("pydantic_ai", reason="pydantic-ai is not installed")
    from openai import AsyncOpenAI
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    large.act = say("It rings in ten minutes.")
    minutes_set = []

    def set_timer(minutes: int) -> str:
        """Start a countdown timer."""
        minutes_set.append(minutes)
        return "started"

    async def talk() -> str:
        async with AsyncOpenAI(base_url=f"{proxy.url}/v1", api_key="any") as client:
            model = OpenAIChatModel("large", provider=OpenAIProvider(openai_client=client))
            return (await Agent(model, tools=[set_timer]).run(TEXT)).output

    assert asyncio.run(talk()) == "It rings in ten minutes."
    assert minutes_set == [10]
    assert roles(large) == [["user", "assistant", "tool"]]


@pytest.mark.filterwarnings("default")  # the frameworks' own
@pytest.mark.parametrize("is_streamed", [False, True])
def test_langchain(proxy, large, is_streamed):
    pytest.importorskip("langchain_openai", reason="langchain-openai is not installed")
    from langchain_core.messages import HumanMessage, ToolMessage
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI

    @tool
    def set_timer(minutes: int) -> str:
        """Start a countdown timer."""
        return f"{minutes} minutes"

    large.act = say("It rings in ten minutes.")
    model = ChatOpenAI(model="large", base_url=f"{proxy.url}/v1", api_key="any")
    bound = model.bind_tools([set_timer])
    asked = HumanMessage(TEXT)
    if is_streamed:
        first, *rest = bound.stream([asked])
        answer = sum(rest, first)
    else:
        answer = bound.invoke([asked])
    (call,) = answer.tool_calls
    assert (call["name"], call["args"]) == ("set_timer", {"minutes": 10})
    assert large.received == []
    result = ToolMessage(set_timer.invoke(call["args"]), tool_call_id=call["id"])
    assert bound.invoke([asked, answer, result]).content == "It rings in ten minutes."
    assert roles(large) == [["user", "assistant", "tool"]]
