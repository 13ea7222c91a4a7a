"""A shop's help desk before an OpenAPI service: ``python examples/help_desk.py ADDRESS``.

``pip install "edge-router[llm]"``, start your service, and name its address; ``shop.json`` beside
this file is the document of the one that is meant here. What only reads runs at once, what changes
something is asked before.
"""

import json
import sys
from pathlib import Path

from edge_router import Dispatcher, Router
from edge_router.tools.openapi_service import OpenApiService

EXAMPLES = {
    "getOrder": ["where is my order 48213", "has order 1002 been sent yet", "track 77120"],
    "cancelOrder": ["cancel order 48213 please", "I don't want order 1002 any more"],
    "findShops": ["is there a shop near Leeds", "where can I find you in Bristol"],
}

document = json.loads(Path(__file__).with_name("shop.json").read_text("utf-8"))
with OpenApiService(document, base_url=sys.argv[1]) as service:
    tools = service.tools()
    router = Router.base().teach_tools(tools, examples=EXAMPLES)
    dispatcher = Dispatcher(router, tools=tools)
    while text := input("> ").strip():
        outcome = dispatcher.dispatch(text)
        while outcome.is_question:
            outcome = dispatcher.resume(outcome, input(f"{outcome.text} "))
        print(outcome.text)
