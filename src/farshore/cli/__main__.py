"""`python -m farshore.cli` is `farshore`."""

from farshore.cli.app import main

main()
