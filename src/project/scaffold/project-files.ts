/**
 * The files of a new project, by name. A file that is there already is left as it is; package.json is completed (see `completeManifest`).
 */
export function projectFiles(projectName: string): Readonly<Record<string, string>> {
  return {
    'ailab-datasets.config.ts': configLines.join('\n'),
    'tsconfig.json': `${JSON.stringify(tsconfig, null, 2)}\n`,
    '.gitignore': 'node_modules\n',
    'datasets/README.md': `# Data sets of ${projectName}

One folder each: \`npx ailab-datasets new <name>\` makes one that builds as it stands.
`,
  };
}

const configLines = [
  "import type { DatasetsConfig } from 'ailab-datasets';",
  '',
  'export default {',
  '  // Every folder below that holds a builder.ts is a data set.',
  "  datasets: ['datasets'],",
  "  // registry: '/mnt/registry',",
  '} satisfies DatasetsConfig;',
  '',
];

const tsconfig = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['datasets', '*.ts'],
};

const scripts = {
  check: 'tsc',
  // Node 20 knows no patterns for --test, so the shell's find lists the tests.
  test: "node --import tsx --test $(find datasets -name '*.test.ts')",
};

const devDependencies = { '@types/node': '^20.19.0', tsx: '^4.19.0', typescript: '>=5.8' };

/**
 * A package.json with what a project of data sets needs; what is there already stays.
 *
 * The dependency on this package is not added: only whoever installs it knows from where, and npm would look for the name in the public registry.
 *
 * @param manifest the existing file, undefined where there is none
 */
export function completeManifest(
  manifest: Readonly<Record<string, unknown>> | undefined,
  projectName: string,
): Readonly<Record<string, unknown>> {
  const before = manifest ?? { name: projectName, version: '0.0.0', private: true };
  return {
    ...before,
    type: before['type'] ?? 'module',
    scripts: { ...scripts, ...withoutNpmsPlaceholder(fields(before['scripts'])) },
    devDependencies: { ...devDependencies, ...fields(before['devDependencies']) },
  };
}

/** Whether a package.json says that this package is to be installed. */
export function dependsOnThisPackage(manifest: Readonly<Record<string, unknown>>): boolean {
  return ['dependencies', 'devDependencies'].some((kind) => 'ailab-datasets' in fields(manifest[kind]));
}

/** `npm init` writes a test script that fails. */
function withoutNpmsPlaceholder(existing: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { test, ...others } = existing;
  return typeof test === 'string' && test.includes('no test specified') ? others : existing;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
