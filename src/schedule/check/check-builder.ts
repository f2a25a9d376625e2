import { type BuildTarget, downloadsOf, findTarget, timeOfTarget } from '../../build/index.js';
import { type BuilderDefinition, loadBuilder } from '../../builder/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { isTransient } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import { type MissingSource, missingSources } from '../../provenance/index.js';
import type { Registry } from '../../registry/index.js';
import type { CheckFinding } from './check-report.js';
import { failedTo } from './finding.js';

/** What is wrong with a builder and with what it reads. Of a data set with snapshots, the sources are looked at of the newest one that is due: those of others were there. */
export async function checkBuilder(
  definition: BuilderDefinition,
  registry: Registry,
  config: ResolvedConfig,
  now: Date,
): Promise<readonly CheckFinding[]> {
  const { name, configs } = definition;
  const all = await Promise.all(
    (configs.length === 0 ? [undefined] : configs).map(async (own) => {
      try {
        const reference = formatReference({ name, config: own, version: undefined });
        const target = await findTarget(
          reference,
          config,
          definition.snapshots === undefined ? {} : { snapshot: 'newest', now },
        );
        return [...(await checkOwner(target, own)), ...(await checkSources(target, own, registry, config, now))];
      } catch (error) {
        return [failedTo('builder-broken', name, error, own)];
      }
    }),
  );
  // Of several configs each would say the same.
  const seen = new Map(all.flat().map((finding) => [`${finding.problem} ${finding.message}`, finding]));
  return [...seen.values()];
}

async function checkOwner({ builder, definition }: BuildTarget, config: string | undefined) {
  const { owner } = (await loadBuilder(builder)).info();
  if (owner !== undefined && owner.trim() !== '') return [];
  const finding: CheckFinding = {
    severity: 'warning',
    problem: 'owner-missing',
    dataset: definition.name,
    config,
    message: `${definition.name} has no owner`,
    hint: 'Say in `owner` of its info() whom to ask at 3 a.m.',
  };
  return [finding];
}

async function checkSources(
  target: BuildTarget,
  own: string | undefined,
  registry: Registry,
  config: ResolvedConfig,
  now: Date,
): Promise<readonly CheckFinding[]> {
  if (target.snapshot !== undefined && (await registry.find(target.reference)) !== undefined) return [];
  const time = timeOfTarget(target, now).toISOString();
  const missing = await missingSources(target.builder, time, { config, downloads: downloadsOf(config) });
  return missing.map((source) => sourceFinding(source, target, own));
}

function sourceFinding(
  { description, error }: MissingSource,
  { definition: { name }, reference }: BuildTarget,
  config: string | undefined,
): CheckFinding {
  const subject = formatReference(reference);
  const common = { dataset: name, config, hint: error.hint ?? `ailab-datasets why ${name} says more.` };
  if (isTransient(error)) {
    const message = `${description}, which ${subject} reads, could not be looked at: ${error.message}`;
    return { ...common, severity: 'warning', problem: 'source-unknown', message };
  }
  const message = `${description}, which ${subject} reads, is not in its place: ${error.message}`;
  return { ...common, severity: 'error', problem: 'source-missing', message };
}
