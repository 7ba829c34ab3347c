"""Widgets: they show what the models say and send back what the person does."""
