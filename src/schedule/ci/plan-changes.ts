import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';
import {
  compareVersions,
  formatReference,
  isConfigName,
  isDatasetName,
  isVersion,
  newestVersion,
} from '../../core/names/index.js';
import { bumpBetween, isEnough } from '../../quality/index.js';
import { openRegistry, type Registry } from '../../registry/index.js';
import { planRebuild } from '../plan/plan-rebuild.js';
import { isToDo, type RebuildStep } from '../plan/rebuild-plan.js';
import type { Change, ChangePlan, ChangeVerdict } from './change-plan.js';
import { sampleStep } from './sample-step.js';

export interface PlanChangesOptions {
  /** The commit, branch or tag that the working tree came from: `origin/main`. */
  readonly base: string;
  /** Its registry is the one that the change is compared with. */
  readonly config: ResolvedConfig;
  readonly now: Date;
  /** Absolute; in the working tree. */
  readonly cwd: string;
  /** How many examples of each split are built as a sample. Default: none is. */
  readonly sampleExamples?: number;
  readonly signal?: AbortSignal;
}

/**
 * Says what a pull request changes: which data sets, why, which bump they declare and which one a sample proves, and what a warehouse would bill for them. Nothing is written to the registry.
 *
 * @throws DatasetsError as `planRebuild`
 * @example
 * ```ts
 * const { verdict } = await planChanges({ base: 'origin/main', config: await loadConfig(), now: new Date(), cwd: process.cwd() });
 * ```
 */
export async function planChanges(options: PlanChangesOptions): Promise<ChangePlan> {
  const { base, config, now, cwd, sampleExamples = 0 } = options;
  const plan = await planRebuild({ changedSince: base, config, now, cwd });
  const registry = openRegistry(config.registry);
  const folder = sampleExamples > 0 ? await mkdtemp(join(tmpdir(), 'ailab-sample-')) : undefined;
  try {
    const changes: Change[] = [];
    for (const step of plan.steps.filter(isToDo)) {
      const { before, declaredBump } = await comparedWith(step, registry);
      const isSampled = folder !== undefined && step.action !== 'broken' && step.snapshot === undefined;
      const waitsFor = isSampled ? unpublished(step, plan.steps) : [];
      const sample =
        waitsFor.length > 0
          ? ({ status: 'waits', for: waitsFor } as const)
          : isSampled
            ? await sampleStep(step, before, { ...options, folder, examples: sampleExamples })
            : undefined;
      changes.push({ step, before, declaredBump, sample });
    }
    return { base, plan, changes, verdict: verdictOf(changes) };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** What it is made from, and what is not in the registry yet: no sample can read it. */
function unpublished({ upstreams }: RebuildStep, steps: readonly RebuildStep[]): readonly string[] {
  const missing = steps.filter(({ action }) => action === 'build' || action === 'broken');
  return upstreams.filter((upstream) => missing.some(({ reference }) => reference === upstream));
}

/** The version itself where it is published, else the newest before it. */
async function comparedWith(
  { dataset, config, version, snapshot }: RebuildStep,
  registry: Registry,
): Promise<Pick<Change, 'before' | 'declaredBump'>> {
  const none = { before: undefined, declaredBump: undefined };
  if (version === undefined || snapshot !== undefined || !isVersion(version) || !isDatasetName(dataset)) return none;
  const published = await registry.listVersions(
    dataset,
    config !== undefined && isConfigName(config) ? config : undefined,
  );
  const before = newestVersion(published.filter((other) => compareVersions(other, version) <= 0));
  if (before === undefined) return none;
  return {
    before: formatReference({ name: dataset, config, version: before }),
    declaredBump: bumpBetween(before, version),
  };
}

function verdictOf(changes: readonly Change[]): ChangeVerdict {
  if (changes.some(({ step, sample }) => step.action === 'broken' || sample?.status === 'failed')) return 'failed';
  return changes.some((change) => change.step.action === 'person' || isBumpTooSmall(change)) ? 'bump' : 'fine';
}

/** Whether a sample proves that its version has to be raised further. */
export function isBumpTooSmall({ declaredBump, sample }: Change): boolean {
  if (declaredBump === undefined || sample?.status !== 'built' || sample.requiredBump === undefined) return false;
  return !isEnough(declaredBump, sample.requiredBump);
}
