"""`python -m riv_careplans`: the command line."""

from riv_careplans.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
