"""The disk image's layout, for dmgbuild: the app, and where to drag it."""

import os

application = "dist/Outrider.app"
files = [application]
symlinks = {"Applications": "/Applications"}
icon_locations = {os.path.basename(application): (140, 120), "Applications": (500, 120)}  # noqa: PTH119 - dmgbuild runs this
window_rect = ((100, 100), (640, 280))
format = "ULMO"  # noqa: A001 - dmgbuild's name
