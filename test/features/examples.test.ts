import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import * as door from '../../src/features/index.js';
import { repositoryRoot } from '../oracle/index.js';

const run = promisify(execFile);
const room = join(repositoryRoot, 'src', 'features');

interface Example {
  readonly place: string;
  readonly code: string;
}

/** Every block of code in a comment of the room. */
async function findExamples(): Promise<readonly Example[]> {
  const files = (await readdir(room, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const found = await Promise.all(
    files.sort().map(async (file) => {
      const text = await readFile(join(room, file), 'utf8');
      return [...text.matchAll(/^ \* ```ts\n((?: \*.*\n)*?) \* ```$/gm)].map(([, block = '']) => ({
        place: file,
        code: block.replaceAll(/^ \* ?/gm, '  '),
      }));
    }),
  );
  return found.flat();
}

describe('the examples in the comments of the features room', () => {
  let folder = '';
  before(async () => {
    // Inside the repository, where node_modules is found.
    const cache = join(repositoryRoot, '.cache');
    await mkdir(cache, { recursive: true });
    folder = await mkdtemp(join(cache, 'examples-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('compile, one for each factory at least', async () => {
    const examples = await findExamples();
    const withExample = new Set(
      examples.flatMap(({ code }) => [...code.matchAll(/\b(\w+)\(/g)].map(([, name]) => name)),
    );
    const factories = [
      'scalar',
      'tensor',
      'text',
      'classLabel',
      'image',
      'labelledImage',
      'boundingBox',
      'sequence',
      'record',
      'dataset',
      'optional',
      'audio',
      'video',
      'translation',
      'translationVariableLanguages',
    ];
    assert.deepEqual(
      factories.filter((factory) => !withExample.has(factory)),
      [],
    );

    const doorFile = relative(folder, join(repositoryRoot, 'dist', 'src', 'features', 'index.js'));
    const values = Object.keys(door).join(', ');
    const imports = `import { ${values} } from '${doorFile}';\nimport type { ColumnBatch, InputOf, OutputOf } from '${doorFile}';\nimport { readFile, writeFile } from 'node:fs/promises';\n// Examples may speak of a schema without declaring one.\nconst schema = features({ id: text() });\n`;
    const functions = examples.map(
      ({ place, code }, index) => `// ${place}\nexport async function example${index}() {\n${code}}\n`,
    );
    await writeFile(join(folder, 'examples.mts'), `${imports}${functions.join('\n')}`);
    const options = {
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '../..', noEmit: true },
      include: ['*.mts'],
      exclude: [],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
    const compiler = join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [compiler, '--project', folder]).catch(
      (error: { stdout?: string }) => ({
        stdout: error.stdout ?? String(error),
      }),
    );
    assert.equal(stdout, '');
  });
});
