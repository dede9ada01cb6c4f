"""Run the command line with ``python -m better_classroom``."""

from better_classroom.cli import main

main()
