"""Models that other apps have on the disk, adopted in place: read, never copied, never changed."""
