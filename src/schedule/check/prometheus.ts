import { DatasetsError } from '../../core/errors/index.js';
import { replaceFile } from '../../storage/index.js';
import type { CheckReport } from './check-report.js';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A report as Prometheus' text format has it (https://prometheus.io/docs/instrumenting/exposition_formats/): the same report gives the same bytes.
 *
 * @example
 * ```ts
 * prometheusText(await checkDatasets({ config, now: new Date() })); // ailab_datasets_late{dataset="product_a",config=""} 0 ...
 * ```
 */
export function prometheusText({ checkedAt, datasets, ages, findings }: CheckReport): string {
  const known = ages.flatMap(({ dataset, config, ageSeconds }) =>
    ageSeconds === undefined ? [] : [{ labels: { dataset, config: config ?? '' }, value: ageSeconds }],
  );
  const allowed = ages.flatMap(({ dataset, config, freshnessSeconds }) =>
    freshnessSeconds === undefined ? [] : [{ labels: { dataset, config: config ?? '' }, value: freshnessSeconds }],
  );
  const late = ages.map(({ dataset, config, isLate }) => ({
    labels: { dataset, config: config ?? '' },
    value: isLate ? 1 : 0,
  }));
  const counts = new Map<string, { readonly labels: Sample['labels']; value: number }>();
  for (const { dataset, config = '', severity, problem } of findings) {
    const labels = { dataset, config, severity, problem };
    const key = JSON.stringify(labels);
    counts.set(key, { labels, value: (counts.get(key)?.value ?? 0) + 1 });
  }
  const checked = [{ labels: {}, value: Date.parse(checkedAt) / 1000 }];
  return [
    gauge('age_seconds', 'Age of the newest data that is published and not yanked.', known),
    gauge('freshness_seconds', 'Age that the newest data may have, as the class of the data set says.', allowed),
    gauge('late', '1 where the newest data is older than it may be, or there is none.', late),
    gauge('findings', 'What is wrong with a data set, by problem and severity.', [...counts.values()]),
    gauge('checked', 'Data sets that were looked at.', [{ labels: {}, value: datasets }]),
    gauge('check_timestamp_seconds', 'When they were looked at, as seconds since 1970.', checked),
  ].join('');
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  const metric = `ailab_datasets_${name}`;
  const lines = samples.map(({ labels, value }) => `${metric}${labelText(labels)} ${value}\n`);
  return `# HELP ${metric} ${help}\n# TYPE ${metric} gauge\n${lines.join('')}`;
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/**
 * Writes a report where node_exporter's textfile collector finds it, in one step: the collector never reads a part of it. Until then its name doesn't end as those that the collector reads.
 *
 * @param file absolute; its folder must be there
 * @throws DatasetsError STORAGE_FAILED
 */
export async function writePrometheus(report: CheckReport, file: string): Promise<void> {
  try {
    await replaceFile(file, prometheusText(report));
  } catch (cause) {
    throw new DatasetsError('STORAGE_FAILED', `${file} can't be written`, {
      hint: 'Make its folder, and let this user write there.',
      cause,
      at: { file },
    });
  }
}
