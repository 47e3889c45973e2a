"""`python -m riv_careplans`: the command line."""

from riv_careplans.cli import main

if __name__ == "__main__":
    main()
