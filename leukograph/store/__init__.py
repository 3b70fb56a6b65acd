"""The triple store. The home of pyoxigraph, together with the writer in `build`."""
