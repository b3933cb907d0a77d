"""What every test may take for granted."""

import signal


def pytest_configure() -> None:
    """Ctrl-C is heard, by these tests and by what they start, also in a background job of a shell."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
