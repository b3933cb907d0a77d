"""Plans with classes rehearsed: people on foot, in buses, ferries and trains, led through their legs."""
