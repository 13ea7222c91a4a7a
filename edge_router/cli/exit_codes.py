"""What a script learns from how a command ended; in a file that imports nothing."""

DONE = 0
CHECK_FAILED = 1
BAD_INPUT = 2
ABSTAINED = 3
DRIFTED = 4
BROKEN = 70
"""A mistake of edge-router's own; the number is BSD's EX_SOFTWARE."""
INTERRUPTED = 130
"""128 and SIGINT's number, as a shell would say it."""

EXPLAINED = f"""exit codes:
  {DONE}  done; for `route` with one text: a tool was chosen
  {CHECK_FAILED}  the check failed: `verify` found a difference, `eval` fell below --min-accuracy,
     `judge` does not show the new bundle to be better
  {BAD_INPUT}  wrong usage, or an input file or bundle that must be corrected
  {ABSTAINED}  `route` with one text: the router abstained; `drift`: too few texts to tell
  {DRIFTED}  `drift`: the texts are not what they were
  {BROKEN}  a mistake in edge-router itself; please report it
  {INTERRUPTED}  interrupted"""
