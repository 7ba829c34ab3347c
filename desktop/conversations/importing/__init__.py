"""Conversations of other apps, read in bounded memory from files that nobody vouches for."""
