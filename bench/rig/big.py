def measure(bench, peer):
    raise ValueError("todo")
