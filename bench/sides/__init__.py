"""The two sides: the same works by the SDK (`ours`) and by hand (`raw`), each in a process of its own."""
