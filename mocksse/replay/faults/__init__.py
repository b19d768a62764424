"""The catalogue of faults: a registry, a grammar, one way to put them on a draft; a folder a family, a file a theme."""
