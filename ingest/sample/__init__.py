"""From a sample file to a draft contract and draft staging models, every guess explained.

Belongs here: guessing (shape of the file, readings of its fields, what they mean) and writing the
drafts. Does not: reading nights' files; the draft is judged by the same readers as any contract.
No value of the sample is ever written: only field names, and words of our own vocabulary.
"""
