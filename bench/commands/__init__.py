"""One file a command of ``python -m bench``: ``add_arguments`` and ``run``, imported when it
runs.
"""
