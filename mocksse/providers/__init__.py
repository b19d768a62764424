"""What the bodies mean: which API a stream speaks, and what each of its events says. Pure functions over bytes."""
