import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clone } from '@bufbuild/protobuf';
import { processEnvironment } from '../../src/engines/beam/job/environments.js';
import { PortableSubmitter } from '../../src/engines/beam/job/portable-submitter.js';
import { isFinal, type JobState } from '../../src/engines/beam/job/submitter.js';
import { type Pipeline, PipelineSchema } from '../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { projectVariable } from '../../src/engines/beam/worker/project-variable.js';
import { repositoryRoot } from '../oracle/index.js';
import type { FakeJob, Service } from './fake/index.js';

const workerMain = join(repositoryRoot, 'dist', 'src', 'engines', 'beam', 'worker', 'worker-main.js');

/**
 * What Dataflow does with a job, done by a real runner: it takes the staged pipeline, starts the entry point of the container (as a process) with Beam's flags, and tells what comes of it.
 *
 * @param endpoint `host:port` of the job service of a runner that starts processes: Prism.
 * @param projectRoot the project in the container; the program that stands for it is written there.
 */
export function portableService(endpoint: string, projectRoot: string): Service {
  const command = writeContainer(projectRoot);
  return async (job, pipeline) => {
    job.become('PENDING');
    const submitter = new PortableSubmitter({
      endpoint,
      environment: { kind: 'process', command },
      // Of LOOPBACK alone.
      workers: { program: pathToFileURL(workerMain), env: {} },
    });
    try {
      const running = await submitter.submit(inContainer(pipeline, command), { name: job.request.name });
      await follow(job, running);
    } finally {
      await submitter.close();
    }
  };
}

async function follow(job: FakeJob, running: Awaited<ReturnType<PortableSubmitter['submit']>>): Promise<void> {
  try {
    const end = await running.watch({
      signal: job.cancelled,
      onState: (state) => become(job, state),
      onMessage: ({ importance, text }) => {
        if (importance === 'error') job.say('ERROR', `Error message from worker: generic::unknown: ${text}`);
        else job.say('BASIC', text);
      },
      onMetrics: (counters) => {
        for (const { transform, namespace, name, attempted, committed } of counters) {
          job.count(transform, namespace, name, Number(attempted), true);
          if (committed !== undefined) job.count(transform, namespace, name, Number(committed));
        }
      },
    });
    if (end === 'failed')
      job.say('ERROR', 'Workflow failed. Causes: (fake): the job failed because a work item has failed 4 times.');
    become(job, end);
  } catch (error) {
    if (!job.cancelled.aborted) throw error;
    await running.cancel();
    job.become('CANCELLED');
  }
}

function become(job: FakeJob, state: JobState): void {
  if (state === 'running') job.become('RUNNING');
  else if (isFinal(state)) job.become(state === 'done' ? 'DONE' : state === 'cancelled' ? 'CANCELLED' : 'FAILED');
}

/** The same pipeline, its container a program of this machine. */
function inContainer(pipeline: Pipeline, command: string): Pipeline {
  const copy = clone(PipelineSchema, pipeline);
  for (const environment of Object.values(copy.components?.environments ?? {})) {
    const { urn, payload } = processEnvironment(command);
    environment.urn = urn;
    environment.payload = Uint8Array.from(payload);
  }
  return copy;
}

/** A runner starts a program without further arguments than Beam's, as an image has its entry point. */
function writeContainer(projectRoot: string): string {
  const file = join(projectRoot, 'container.sh');
  const environment = {
    [projectVariable]: projectRoot,
    STORAGE_EMULATOR_HOST: process.env['STORAGE_EMULATOR_HOST'] ?? '',
  };
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`);
  writeFileSync(file, ['#!/bin/sh', ...variables, `exec '${process.execPath}' '${workerMain}' "$@"`, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}
