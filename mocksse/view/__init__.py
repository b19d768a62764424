"""What people see of a recording in a terminal. Values in, text out."""
