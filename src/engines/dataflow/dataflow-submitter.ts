import { randomUUID } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import type { BuildDemands } from '../../builder/index.js';
import { DatasetsError, internalError } from '../../core/errors/index.js';
import { parseGcsUrl } from '../../core/location/index.js';
import { formatReference } from '../../core/names/index.js';
import { openStorage } from '../../storage/index.js';
import type { JobSubmitter } from '../beam/job/job-submitter.js';
import {
  type FoundJob,
  isFinal,
  JobDetached,
  type RunningJob,
  type StagedJob,
  type SubmitOptions,
  type WorkerEnvironment,
} from '../beam/job/submitter.js';
import { DockerPayloadSchema, type Pipeline } from '../beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { DataflowApi } from './dataflow-api.js';
import type { DataflowOptions } from './dataflow-options.js';
import { type JobTarget, jobName } from './job-name.js';
import { accountOfOptions, type JobAccount, type JobOutput, optionsOfAccount } from './job-options.js';
import { type JobFacts, jobRequest } from './job-request.js';
import type { DataflowJob } from './job-schema.js';
import { jobUrl } from './job-url.js';
import { DataflowRunningJob, defaultPatience } from './running-job.js';
import type { ServiceJob } from './service-job.js';
import { stagePipeline } from './stage-pipeline.js';
import type { SubmissionOptions } from './submission-options.js';

/** What one build is for Dataflow. */
export interface DataflowBuild {
  readonly target: JobTarget;
  /** Two builds of the same one give the same version: a job of another one is not joined. */
  readonly identity: string;
  readonly output: JobOutput;
  readonly demands: BuildDemands;
}

/** Runs the pipelines of one build on Google Cloud Dataflow. */
export class DataflowSubmitter implements JobSubmitter {
  readonly description: string;
  readonly #options: DataflowOptions;
  readonly #build: DataflowBuild;
  readonly #how: SubmissionOptions;
  readonly #name: string;
  #api: Promise<DataflowApi> | undefined;

  constructor(options: DataflowOptions, build: DataflowBuild, how: SubmissionOptions = {}) {
    this.description = `dataflow in ${options.region}`;
    this.#options = options;
    this.#build = build;
    this.#how = how;
    this.#name = jobName(build.target);
  }

  async openEnvironment(): Promise<WorkerEnvironment> {
    const payload = toBinary(DockerPayloadSchema, create(DockerPayloadSchema, { containerImage: this.#options.image }));
    return { urn: 'beam:env:docker:v1', payload };
  }

  async findRunning(): Promise<FoundJob | undefined> {
    const { attach, templateLocation } = this.#how;
    if (attach !== undefined) return this.#found(await (await this.#open()).get(attach, { whole: true }));
    if (templateLocation !== undefined) return undefined;
    const api = await this.#open();
    const active = await api.findActive(this.#name);
    return active === undefined ? undefined : this.#found(await api.get(active.id, { whole: true }));
  }

  async submit(pipeline: Pipeline, { staged, pipelineOptions = {}, signal }: SubmitOptions): Promise<RunningJob> {
    if (staged === undefined) throw internalError('a job for Dataflow was not staged');
    const { temp } = this.#options;
    const stagedPipeline = await stagePipeline(pipeline, `${temp}/staging/${this.#name}`);
    const facts: JobFacts = {
      name: this.#name,
      clientRequestId: randomUUID(),
      labels: labelsOf(this.#build.target),
      demands: this.#build.demands,
      pipelineOptions: { ...pipelineOptions, ...optionsOfAccount(this.#account(staged)) },
    };
    const request = jobRequest(stagedPipeline, this.#options, facts);
    const { templateLocation } = this.#how;
    if (templateLocation !== undefined) throw await writeTemplate(templateLocation, request, this.#options.region);
    signal?.throwIfAborted();
    const job = await (await this.#open()).create(request);
    if (job.clientRequestId !== request.clientRequestId && !(await this.#isOwn(job, staged))) {
      throw this.#taken(job, 'was started by somebody else at this moment', 'Run it again: it joins that job.');
    }
    const running = this.#running(await this.#open(), job);
    if (signal?.aborted !== true) return running;
    await running.cancel();
    throw signal.reason;
  }

  /** Whether a job of this name is that of an earlier attempt, whose reply was lost: no other one has its work location. */
  async #isOwn({ id }: ServiceJob, { workLocation }: StagedJob): Promise<boolean> {
    const { options } = await (await this.#open()).get(id, { whole: true });
    return accountOfOptions(options)?.staged.workLocation === workLocation;
  }

  async close(): Promise<void> {
    await (await this.#api)?.close();
  }

  async #found(job: ServiceJob): Promise<FoundJob> {
    const { id, region, project } = { id: job.id, ...this.#options };
    const account = accountOfOptions(job.options);
    if (account === undefined) {
      throw this.#taken(job, 'is none that ailab-datasets has submitted', 'Wait for it, or cancel it.');
    }
    if (job.state === 'cancelling') {
      throw this.#taken(job, 'is being cancelled', 'Run it again when it is over: that takes some minutes.');
    }
    if (account.identity !== this.#build.identity) {
      const cancel = `gcloud dataflow jobs cancel ${id} --region=${region} --project=${project}`;
      const over = job.state !== undefined && isFinal(job.state);
      throw this.#taken(
        job,
        `builds ${account.reference} from other code or with other settings than yours`,
        over ? 'Check out what it was submitted from, and attach again.' : `Wait for it, or cancel it: ${cancel}`,
      );
    }
    return { job: this.#running(await this.#open(), job), staged: account.staged };
  }

  #running(api: DataflowApi, { id }: ServiceJob): DataflowRunningJob {
    const { detach = false, patience = defaultPatience } = this.#how;
    return new DataflowRunningJob(api, { id, url: jobUrl(id, this.#options) }, { detached: detach, patience });
  }

  #account(staged: StagedJob): JobAccount {
    const { target, identity, output } = this.#build;
    const { temp, image } = this.#options;
    const reference = formatReference({ name: target.dataset, config: target.config, version: target.version });
    return { reference, registry: target.registry, identity, output, staged, place: { temp, image } };
  }

  #taken({ id, name }: ServiceJob, what: string, hint: string): DatasetsError {
    const url = jobUrl(id, this.#options);
    return new DatasetsError('BUILD_RUNNING', `the job ${name} (${url}) ${what}`, {
      hint,
      at: { dataset: this.#build.target.dataset },
    });
  }

  #open(): Promise<DataflowApi> {
    this.#api ??= DataflowApi.open(this.#options, (this.#how.patience ?? defaultPatience).requests);
    return this.#api;
  }
}

/** As Job.labels in jobs.proto takes them: lower-case letters, digits, hyphens, at most 63. */
function labelsOf({ dataset, config, version }: JobTarget): Readonly<Record<string, string>> {
  const label = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]/g, '-')
      .slice(0, 63);
  return {
    'ailab-dataset': label(dataset),
    ...(config !== undefined && { 'ailab-config': label(config) }),
    'ailab-version': label(version),
  };
}

/** A template is a job in a file, which runs as often as one likes: it has no request id. */
async function writeTemplate(location: string, job: DataflowJob, region: string): Promise<JobDetached> {
  const { bucket, path } = parseGcsUrl(location);
  const { clientRequestId: _once, ...template } = job;
  await openStorage(`gs://${bucket}`).write(path, JSON.stringify(template, null, 2));
  return new JobDetached(`the job was written to ${location}`, {
    hint: `Run it with: gcloud dataflow jobs run ${job.name} --gcs-location=${location} --region=${region}, then ailab-datasets attach JOB`,
  });
}
