"""Numbers, times, dates, durations and quantities in a text, read by patterns over its tokens; what
a language needs is one file.
"""
