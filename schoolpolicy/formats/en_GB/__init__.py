"""British dates."""  # Django looks for the locale under its own name
