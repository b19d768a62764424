"""`python -m mocksse` is `mocksse`."""

from mocksse.cli import main

main()
