"""Numbers that anyone can rerun: ``python -m bench COMMAND``; results go to ``bench/results`` and
into the READMEs.
"""
