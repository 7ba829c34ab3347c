"""What lives as long as the window, taken out of Python's search for garbage.

A whole search reads every object there is. Modules, widgets and the connections between them are a
hundred thousand, and never garbage: reading them was measured to hold the window up for 60 ms.
"""

import gc


def set_lasting() -> None:
    """Call it once, when everything that lasts has been made."""
    gc.collect()
    gc.freeze()
