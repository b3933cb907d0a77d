"""Planning on in the midst of a plan: what has happened stays, what still holds is kept, the rest is new."""
