"""Running one job many times: in this process, in local processes, or on a Dask cluster.

A job's payload (a network and a plan, say) travels once to each worker, its tasks are small. Results come
as they are finished, and do not depend on how many workers there are.
"""

from farshore.executor.job import Executor, Job
from farshore.executor.local import InProcess, Processes
from farshore.executor.open import executor_for

__all__ = ["Executor", "InProcess", "Job", "Processes", "executor_for"]
