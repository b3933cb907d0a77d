"""The command line: which command lives where, and what is said when one goes wrong."""

import gc
import sys

from cyclopts import App, CycloptsError

from farshore import __version__
from farshore.errors import FarshoreError, Interrupted, OutputUnwritable

__all__ = ["app", "main"]

app = App(
    name="farshore",
    help="Plan the voluntary evacuation of civilians, and prove how good the plan is.",
    version=__version__,
)
# Named, not imported: a command loads only the rooms that it needs.
app.command("farshore.cli.scenarios:check", name="check")
app.command("farshore.cli.scenarios:new", name="new")
app.command("farshore.cli.plans:plan_folder", name="plan")
app.command("farshore.cli.replans:replan_folder", name="replan")
app.command("farshore.cli.plans:certify_folder", name="certify")
app.command("farshore.cli.simulations:simulate_folder", name="simulate")
app.command("farshore.cli.stress:stress_folder", name="stress")
app.command("farshore.cli.plans:report_folder", name="report")
app.command("farshore.cli.plans:demo", name="demo")
app.command("farshore.cli.scenarios:scenarios_app", name="scenarios")
app.command("farshore.cli.forecasts:import_app", name="import")
app.command("farshore.cli.forecasts:backtest_folder", name="backtest")
app.command("farshore.cli.forecasts:forecast_folder", name="forecast")
app.command("farshore.cli.buses:buses_file", name="buses")


def main() -> None:
    """Run a command; what goes wrong is said in words, with the exit code of its kind."""
    # Tables are many small things that live as long as the command: looking at them all again and again for
    # circles that nobody needs took a fifth of its time.
    gc.set_threshold(100_000, 50, 100)
    try:
        app(exit_on_error=False)
    except CycloptsError:
        sys.exit(2)  # already explained by the parser
    except FarshoreError as error:
        _say_wrong(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say_wrong("interrupted; nothing was written")
        sys.exit(Interrupted.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
    except OSError as error:  # a disk that fills up while numba keeps what it compiled, for one
        _say_wrong(f"{error.filename or 'a file'}: {error.strerror or error}; nothing was planned")
        sys.exit(OutputUnwritable.exit_code)


def _say_wrong(text: str) -> None:
    print(text, file=sys.stderr)
