def measure(directory, is_quick):
    raise ValueError("todo")
