"""What a decision leads to: tools from files, programs and descriptions, and how one is run."""

from edge_router.tools.registry import LLM, RESULT, RunnableTool, make_registry, tool

__all__ = ["LLM", "RESULT", "RunnableTool", "make_registry", "tool"]
