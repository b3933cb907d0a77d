"""What people look at: the offline report and the terminal summary."""
