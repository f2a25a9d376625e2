import { TemporaryProject } from '../cli/run-cli.js';

/** A data set's class whose statics count, and which makes one example. */
export function scheduledBuilder(name: string, statics: string): string {
  const className = name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `import { DatasetBuilder, features, scalar } from 'ailab-datasets';
export class ${className} extends DatasetBuilder {
  static datasetName = '${name}';
  static versions = { '1.0.0': 'First release.' };
  ${statics}
  info() { return { description: '${className}.', features: features({ id: scalar('int64', { description: 'a number' }) }) }; }
  splits(p) { return { train: p.generate(function* () { yield ['a', { id: 1n }]; }) }; }
}
`;
}

/** What the builders of a project say of their schedules, by the names of data sets. */
export const usualStatics: Readonly<Record<string, string>> = {
  clicks: "static schedule = { cron: '0 3 * * *', timezone: 'Asia/Tokyo' };",
  items:
    "static schedule = { cron: '0 3 * * *', timezone: 'Asia/Tokyo' }; static timeout = '90 minutes'; static resources = { cpu: 4, memory: '16 GiB', disk: '200 GiB' };",
  reports:
    "static schedule = { cron: '30 4 * * MON-FRI', timezone: 'Europe/Berlin' }; static timeout = '2 days'; static resources = { cpu: 8, memory: '1500 MB', machineType: 'n2-highmem-8' };",
  by_hand: '',
};

/** A project in a temporary folder whose data sets have schedules. */
export async function scheduledProject(
  statics: Readonly<Record<string, string>> = usualStatics,
): Promise<TemporaryProject> {
  return TemporaryProject.create({
    'package.json': '{ "type": "module" }',
    'ailab-datasets.config.json': JSON.stringify({
      datasets: ['datasets'],
      registry: 'dev',
      registries: { dev: './registry', prod: 'gs://our-data/registry' },
    }),
    ...Object.fromEntries(
      Object.entries(statics).map(([name, text]) => [`datasets/${name}/builder.js`, scheduledBuilder(name, text)]),
    ),
  });
}
