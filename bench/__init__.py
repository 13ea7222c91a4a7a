"""Numbers that anyone can rerun: ``python -m bench COMMAND``; results land in ``bench/results`` and from there in the READMEs."""
