"""Beam's Python runner behind a job service, with settings that `local_job_service_main` does not have.

Writes `listening on PORT` to stderr when it is ready.
"""

import argparse
import logging
import threading

from apache_beam.portability.api import beam_job_api_pb2
from apache_beam.runners.portability import local_job_service
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.fn_api_runner.worker_handlers import StateServicer


def read_settings():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=1, help="worker processes that a stage is dealt to")
    parser.add_argument("--bundle-repeat", type=int, default=0, help="how often each bundle is processed again")
    parser.add_argument("--state-iterables", action="store_true", help="values of a key go over the State API")
    parser.add_argument("--state-pages", action="store_true", help="what is kept is given page by page")
    parser.add_argument("--progress-seconds", type=float, help="how often workers are asked for progress")
    return parser.parse_args()


def job_type(settings):
    """The service's own kind of job, on a runner with these settings."""

    class Job(local_job_service.BeamJob):
        def _invoke_runner(self):
            self.set_state(beam_job_api_pb2.JobState.RUNNING)
            runner = fn_runner.FnApiRunner(
                bundle_repeat=settings.bundle_repeat,
                use_state_iterables=settings.state_iterables,
                provision_info=self._provision_info,
                progress_request_frequency=settings.progress_seconds,
            )
            # What `direct_num_workers` sets for pipelines of Python alone.
            runner._num_workers = settings.workers
            return runner.run_via_runner_api(self._pipeline_proto, self.pipeline_options())

    return Job


def give_pages():
    """A class' default: its own tests alone set it."""
    make = StateServicer.__init__

    def make_with_pages(self):
        make(self)
        self._use_continuation_tokens = True

    StateServicer.__init__ = make_with_pages


def main():
    # Forced: Beam has logged while it was imported.
    logging.basicConfig(level=logging.INFO, force=True)
    settings = read_settings()
    if settings.state_pages:
        give_pages()
    service = local_job_service.LocalJobServicer(beam_job_type=job_type(settings))
    logging.info("listening on %d", service.start_grpc_server())
    threading.Event().wait()


if __name__ == "__main__":
    main()
