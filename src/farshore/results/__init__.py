"""The tables that every engine returns, and the measures over them."""
