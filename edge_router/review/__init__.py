"""The texts of a journal that are worth a second look, and what people say of them.

::

    heard       each distinct text of the journal once
    item        one thing to look at, and why
    clusters    texts that lie nearer to one another than to any tool
    selection   which texts, in which order
    report      why a text is shown, in words
    session     answers, kept at once in the taught file and in the journal

The keys and what is printed are the command line's.
"""
