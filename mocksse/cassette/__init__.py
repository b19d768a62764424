"""The cassette: what was recorded, as values (`model`) and as a YAML file that people read, edit and diff."""
