"""A router that other programs ask over a socket, on this device unless another address is named.

::

    intents           a dispatcher whose tools do nothing: what a text asks for, not done
    names             the names of a house, from a file
    wyoming_message   one message of a stranger, read within bounds
    wyoming           the service that Home Assistant asks
    proxy/            a drop-in for programs that speak OpenAI's protocol
"""
