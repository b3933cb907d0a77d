"""Planning with classes and services (docs/classes.md): what each needs, who has a car, what carries whom."""
