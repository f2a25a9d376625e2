import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../oracle/index.js';

/** A team's project as `npm install` leaves it, but for links in place of copies. */
export interface TeamProject {
  readonly root: string;
  write(path: string, text: string): void;
  read(path: string): string;
}

export type LockEntries = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a project that builds on Beam depends on. */
export const usualPackages: LockEntries = {
  'node_modules/ailab-datasets': { version: '0.1.0', resolved: 'git+ssh://git@example.com/ailab-datasets.git#0' },
  'node_modules/@grpc/grpc-js': { version: '1.14.7' },
  'node_modules/@bufbuild/protobuf': { version: '2.17.0' },
  'node_modules/typescript': { version: '7.0.2', dev: true },
};

export const numbersBuilder = `import { DatasetBuilder, features, scalar, type Pipeline } from 'ailab-datasets';

const schema = features({ square: scalar('int64') });

export class Numbers extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'numbers';
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() {
    return { description: 'Squares.', features: schema };
  }
  override splits(p: Pipeline) {
    const numbers = p.create(Array.from({ length: 100 }, (_, index) => index));
    return { train: numbers.keyBy((n) => n).mapValues((n) => ({ square: n * n })) };
  }
}
`;

/** Makes a project in a new folder. */
export function makeTeamProject(parent: string, packages: LockEntries = usualPackages): TeamProject {
  const root = mkdtempSync(join(parent, 'team-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('package.json', JSON.stringify({ name: 'team', private: true, type: 'module' }));
  write('package-lock.json', JSON.stringify({ name: 'team', lockfileVersion: 3, packages: { '': {}, ...packages } }));
  write('ailab-datasets.config.ts', "export default { datasets: ['datasets'], registry: 'registry' };\n");
  write('datasets/numbers/builder.ts', numbersBuilder);
  for (const [place, { link }] of Object.entries(packages)) {
    if (place.includes('node_modules/') && link !== true) linkPackage(root, place);
  }
  return { root, write, read: (path) => readFileSync(join(root, path), 'utf8') };
}

/** Puts a package where npm would, as a link to that of this repository. */
export function linkPackage(root: string, place: string): void {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const target = name === 'ailab-datasets' ? repositoryRoot : join(repositoryRoot, 'node_modules', name);
  mkdirSync(dirname(join(root, place)), { recursive: true });
  symlinkSync(target, join(root, place));
  if (name !== 'ailab-datasets') return;
  const program = join(root, place, '..', '.bin', name);
  mkdirSync(dirname(program), { recursive: true });
  // npm makes a link, and the program executable; what tsc writes is not.
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(target, 'dist', 'cli', 'main.js')}' "$@"\n`, {
    mode: 0o755,
  });
}
