import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { CodeParts } from '../../builder/index.js';
import { formatReference } from '../../core/names/index.js';
import { packageVersion } from '../../core/release/index.js';
import type { BuildOutput } from '../../engines/index.js';
import {
  type BuildOutcomeName,
  type BuildReport,
  type BuildReportDraft,
  defaultActor,
  type Manifest,
} from '../../registry/index.js';
import { decodeValue } from '../../values/index.js';
import type { BuildEvent, BuildOptions, BuildResult } from '../build-options.js';
import type { BuildTarget } from '../target.js';
import { environmentOfBuild } from './environment.js';
import { EventLog } from './event-log.js';
import { type GitState, gitStateOf } from './git-state.js';
import { outcomeOf, reportedError } from './reported-error.js';
import { optionsInEffect, settingsInEffect } from './settings-in-effect.js';

type ReportedStage = { -readonly [Key in keyof BuildReport['stages'][number]]: BuildReport['stages'][number][Key] };

/** Notes what one build does, for its report. */
export class BuildRecorder {
  readonly #target: BuildTarget;
  readonly #options: BuildOptions;
  readonly #startedAt = new Date();
  readonly #started = performance.now();
  readonly #log = new EventLog();
  readonly #stages: ReportedStage[] = [];
  #job: BuildReport['job'];
  #git: Promise<GitState | undefined> | undefined;
  #environment: BuildReport['environment'] | undefined;
  #buildId: string | undefined;
  #packages: CodeParts['packages'] | undefined;
  #output: BuildOutput | undefined;
  #manifest: Manifest | undefined;

  constructor(target: BuildTarget, options: BuildOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** The checkout of the builder's module, as it was when it was asked for first. */
  git(): Promise<GitState | undefined> {
    this.#git ??= gitStateOf(this.#target.builder.module);
    return this.#git;
  }

  /** The tables of languages and time zones take 10 to 20 ms to load. */
  #environmentOfBuild(): BuildReport['environment'] {
    this.#environment ??= environmentOfBuild();
    return this.#environment;
  }

  observe(event: BuildEvent): void {
    this.#log.add(event, new Date());
    if (event.type === 'build-start') this.git();
    else if (event.type === 'stage-start') {
      const { stage: name, phase, tasks, bytes } = event;
      // When the tasks are dealt, this thread has nothing to do.
      setImmediate(() => this.#environmentOfBuild());
      this.#stages.push({
        name,
        tasks,
        ...(phase !== undefined && { phase }),
        ...(bytes !== undefined && { bytes: Math.round(bytes) }),
      });
    } else if (event.type === 'stage-end') this.#stageEnded(event.stage, event.rows, event.seconds);
    else if (event.type === 'job-start') {
      const { service, id, url } = event;
      this.#job = { service, id, ...(url !== undefined && { url }) };
    }
  }

  #stageEnded(name: string, rows: number, seconds: number): void {
    const stage = this.#stages.findLast((candidate) => candidate.name === name);
    if (stage !== undefined) Object.assign(stage, { rows: Math.round(rows), seconds });
  }

  /** @param code undefined where its modules can't be followed */
  prepared(code: CodeParts | undefined): void {
    this.#packages = code?.packages;
  }

  staged(buildId: string): void {
    this.#buildId = buildId;
  }

  made(output: BuildOutput): void {
    this.#output = output;
  }

  described(manifest: Manifest): void {
    this.#manifest = manifest;
  }

  ended({ status, warnings = [] }: BuildResult): Promise<BuildReportDraft> {
    return this.#draft(status === 'built' ? 'published' : 'attested', { warnings });
  }

  failed(error: unknown): Promise<BuildReportDraft> {
    return this.#draft(outcomeOf(error), { warnings: [], error: reportedError(error) });
  }

  async #draft(
    outcome: BuildOutcomeName,
    end: Pick<BuildReportDraft, 'warnings' | 'error'>,
  ): Promise<BuildReportDraft> {
    const git = await this.git();
    const { reference, chosen } = this.#target;
    const { config, version } = chosen;
    const output = this.#output;
    const sources = output?.sources.map(sourceOf) ?? [];
    const facts = output?.facts;
    return {
      reference: formatReference(reference),
      name: reference.name,
      ...(config !== undefined && { config }),
      version,
      outcome,
      ...(this.#buildId !== undefined && { buildId: this.#buildId }),
      startedAt: this.#startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      seconds: (performance.now() - this.#started) / 1000,
      actor: defaultActor(),
      host: hostname(),
      pid: process.pid,
      sdkVersion: packageVersion,
      environment: this.#environmentOfBuild(),
      ...(git !== undefined && { git }),
      ...(this.#packages !== undefined && { packages: this.#packages }),
      settings: settingsInEffect(this.#options.config),
      options: optionsInEffect(this.#options),
      ...(facts !== undefined && { snapshotTime: facts.snapshotTime }),
      seeds: seedsOf(facts?.once ?? {}),
      facts: digestsOf(facts?.once ?? {}),
      stages: this.#stages,
      counters: output?.counters ?? {},
      ...(output !== undefined && { units: output.units }),
      sources,
      upstream: output?.lineage.map(upstreamOf) ?? [],
      bytesRead: sum(sources.map(({ bytes }) => bytes)),
      bytesBilled: sum(sources.map(({ bytesBilled }) => bytesBilled)),
      // In kilobytes, also on macOS: libuv converts.
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      engine: output?.engine ?? { name: this.#options.config.runner },
      ...(this.#job !== undefined && { job: this.#job }),
      ...madeOf(this.#manifest),
      ...end,
      log: this.#log.lines(),
    };
  }
}

function madeOf(manifest: Manifest | undefined) {
  if (manifest === undefined) return { splits: [] };
  const { splits, files, contentDigest, fingerprint, imageEncoders } = manifest;
  return {
    splits: splits.map(({ name, examples, shards, contentDigest: digest }) => ({
      name,
      examples,
      shards: shards.length,
      contentDigest: digest,
    })),
    files: { count: files.length, bytes: sum(files.map(({ bytes }) => bytes)) },
    contentDigest,
    fingerprint: fingerprint.digest,
    imageEncoders,
  };
}

function sourceOf({ uri, bytes, digest, query, badRows }: BuildOutput['sources'][number]) {
  return {
    uri,
    ...(bytes !== undefined && { bytes }),
    ...(digest !== undefined && { digest }),
    ...(query !== undefined && { bytesProcessed: query.bytesProcessed, bytesBilled: query.bytesBilled }),
    ...(badRows !== undefined && { badRows }),
  };
}

function upstreamOf({ name, config, version, contentDigest }: BuildOutput['lineage'][number]) {
  return { reference: formatReference({ name, config, version }), contentDigest };
}

function digestsOf(once: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const digests = Object.entries(once).map(([name, encoded]) => [
    name,
    createHash('sha256').update(encoded).digest('hex'),
  ]);
  return Object.fromEntries(digests);
}

/** What code draws its random numbers from has to be known to draw them again. Anything else that was told may be a secret. */
function seedsOf(once: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  const seeds = Object.entries(once).flatMap(([name, encoded]) => {
    if (!/seed$/i.test(name)) return [];
    const value = decodeValue(Buffer.from(encoded, 'base64'));
    return typeof value === 'number' && Number.isSafeInteger(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(seeds);
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}
