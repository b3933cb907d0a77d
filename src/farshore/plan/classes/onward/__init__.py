"""Planning on in the midst of a plan with classes: what stays of it, who halts where, and what is left."""
