"""Pages for people: what the sandbox holds, rendered on the server for a browser on the same machine."""
