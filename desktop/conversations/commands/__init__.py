"""`outrider conversations`: the store in a terminal, one module for each kind of command.

It imports no Qt and runs safely beside an open window: SQLite lets one write while others read.
"""
