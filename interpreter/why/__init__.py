"""Why something happened to a person, and why not: from what the store, a test or a simulation has recorded.

log.py        what is recorded of one person: records, activity, deliveries
past.py       the person as they were at any moment, rebuilt from the log by the core itself
then.py       the log as it was at a moment, for questions as of then; kept.py: what no store keeps of it
tracing.py    a condition with every value that it saw
telling.py    a trace in words: a tree of reasons, then and now, and what would have to be different
subjects.py   what somebody may ask about, by name
audiences.py, journeys.py, messages.py, offers.py, story.py    one module for each subject
"""
