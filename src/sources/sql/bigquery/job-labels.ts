import type { SourceBuild } from '../../source.js';

/** Labels that tell in the bill, and in the list of jobs, whose query it was. */
export function jobLabels(build: SourceBuild | undefined): Readonly<Record<string, string>> {
  const labels: Record<string, string> = { ailab_datasets: 'build' };
  if (build === undefined) return labels;
  const { dataset, config, version, builder } = build;
  const said = { ailab_dataset: dataset, ailab_config: config, ailab_version: version, ailab_builder: builder };
  for (const [name, value] of Object.entries(said)) {
    if (value !== undefined && value !== '') labels[name] = labelValue(value);
  }
  return labels;
}

const mostCharacters = 63;

/** BigQuery's rules (https://cloud.google.com/bigquery/docs/labels-intro#requirements): lower-case letters, digits, underscores and dashes, at most 63. */
function labelValue(text: string): string {
  const allowed = text.toLowerCase().replace(/[^\p{Ll}\p{Lo}\p{N}_-]/gu, '-');
  return [...allowed].slice(0, mostCharacters).join('');
}
