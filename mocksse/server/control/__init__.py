"""The control API under `/__mocksse/`: JSON in and out, over the one table of `routes`, which openapi reads too."""
