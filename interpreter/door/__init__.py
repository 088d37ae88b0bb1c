"""What comes from outside: read from files and the wire, checked once, and made into records in canonical form, or
set aside with the reason.
"""
