"""From a sample file to a draft contract and draft staging models, every guess explained.

Belongs here: guessing (shape of the file, readings of its fields, what they mean) and writing the
drafts. Does not: reading nights' files; the draft is judged by the same readers as any contract.
Of the sample are written: names of fields, codes by which calls go out, and a zone that all rows
share. All other words of a draft are of our own vocabulary.
"""
