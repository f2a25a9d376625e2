import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BuildResult } from '../../src/build/index.js';
import type { DatasetsConfig } from '../../src/core/config/index.js';
import { TemporaryRegistry } from '../datasets/build-dataset.js';
import { repositoryRoot } from '../oracle/index.js';

/** Data sets as a team writes them: TypeScript that imports the installed package, data beside it. */
export class FamilyProject {
  readonly #registry = new TemporaryRegistry();

  constructor() {
    mkdirSync(this.#registry.file('node_modules'));
    writeFileSync(this.#registry.file('package.json'), '{ "type": "module" }');
    symlinkSync(repositoryRoot, this.#registry.file('node_modules/ailab-datasets'), 'dir');
  }

  /** Absolute. */
  path(name: string): string {
    return this.#registry.file(`sets/${name}`);
  }

  /** Writes a file (gzip where its name says so); the folder of a data set bears its name. */
  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    const bytes = Buffer.from(content);
    writeFileSync(this.path(name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  }

  /** Builds a data set whose class extends a family. */
  build(
    name: string,
    { imports, declarations, family, members }: FamilyCode,
    settings: DatasetsConfig = {},
  ): Promise<BuildResult> {
    this.write(
      `${name}/builder.ts`,
      `import { ${imports.join(', ')} } from 'ailab-datasets';
${declarations}
export class Builder extends ${family} {
  static override readonly datasetName = '${name}';
  static override readonly versions = { '1.0.0': 'First release.' };
${members}
}
`,
    );
    return this.#registry.build(name, { datasets: [this.path('')], runner: 'inline', ...settings });
  }

  remove(): void {
    this.#registry.remove();
  }
}

export interface FamilyCode {
  readonly imports: readonly string[];
  /** What stands before the class: the schema. */
  readonly declarations: string;
  /** The class that is extended, with its type. */
  readonly family: string;
  /** Of the class, after its versions. */
  readonly members: string;
}
