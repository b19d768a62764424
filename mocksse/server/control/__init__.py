"""The control API under `/__mocksse/`: JSON in and out, over the one table of `routes`, of which openapi.json is made."""
