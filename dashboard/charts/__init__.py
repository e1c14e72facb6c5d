"""From arrays to figures; nothing here knows Streamlit.

Each module works in two steps: first the numbers, then the drawing. Nothing to draw
gives an empty figure with its title and axes, never a blank place.
"""
