import type { BuilderDefinition } from '../../builder/index.js';
import { type DatasetName, parseDatasetName } from '../../core/names/index.js';
import type { Registry } from '../../registry/index.js';
import { ageOf } from './age.js';
import { checkAliases } from './check-aliases.js';
import type { CheckedAge, CheckFinding } from './check-report.js';
import { checkSnapshots } from './check-snapshots.js';
import { checkUndescribed } from './check-undescribed.js';
import { checkVersions } from './check-versions.js';
import { publishedOf } from './published.js';

export interface CheckedPublished {
  readonly ages: readonly CheckedAge[];
  readonly findings: readonly CheckFinding[];
}

/** What is wrong with what the registry holds of a data set, and how old it is. */
export async function checkPublished(
  definition: BuilderDefinition,
  registry: Registry,
  now: Date,
): Promise<CheckedPublished> {
  const name: DatasetName = parseDatasetName(definition.name);
  const published = await publishedOf(registry, name);
  const ages: CheckedAge[] = [];
  const findings: CheckFinding[] = [];
  for (const config of definition.configs.length === 0 ? [undefined] : definition.configs) {
    const age = await ageOf(definition, config, published, registry, now);
    ages.push(age);
    findings.push(...lateness(age));
    findings.push(...(await checkSnapshots(definition, config, published, registry, now)));
    if (age.newest !== undefined) findings.push(...(await checkUndescribed(age.newest, config, registry)));
  }
  findings.push(...(await checkAliases(name, published, registry)), ...checkVersions(definition, published));
  return { ages, findings };
}

function lateness({
  dataset,
  config,
  newest,
  ageSeconds,
  freshnessSeconds,
  isLate,
}: CheckedAge): readonly CheckFinding[] {
  if (!isLate || freshnessSeconds === undefined) return [];
  const subject = config === undefined ? dataset : `${dataset}/${config}`;
  const common = { severity: 'error', dataset, config } as const;
  const allowed = durationText(freshnessSeconds);
  if (newest === undefined || ageSeconds === undefined) {
    const message = `${subject} is to be no older than ${allowed}, and no version of it can be used`;
    return [{ ...common, problem: 'unpublished', message, hint: `ailab-datasets rebuild ${dataset}` }];
  }
  const message = `${newest} is the newest of ${subject}, and ${durationText(ageSeconds)} old; it may be ${allowed}`;
  const hint = `ailab-datasets builds list says what became of its last builds; ailab-datasets rebuild ${dataset} --plan what is due.`;
  return [{ ...common, problem: 'late', message, hint }];
}

/** `26 hours`, `3.5 days` */
export function durationText(seconds: number): string {
  const [unit, name] = seconds >= 2 * 86_400 ? [86_400, 'days'] : seconds >= 5400 ? [3600, 'hours'] : [60, 'minutes'];
  return `${Math.round((seconds / unit) * 10) / 10} ${name}`;
}
