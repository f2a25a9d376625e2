import assert from 'node:assert/strict';
import { isDoor, readRooms, roomOf } from './rooms.js';
import { readSourceFiles, type SourceFile } from './source-files.js';

const productFolders = ['src', 'builders', 'datasets', 'cli'];

describe('the architecture', () => {
  const rooms = readRooms();
  const files = readSourceFiles(productFolders);

  it('has a room in docs/architecture.md for every file', () => {
    assert.ok(rooms.length > 10, `only ${rooms.length} rooms found in docs/architecture.md`);
    assert.deepEqual(
      files.filter(({ path }) => roomOf(path, rooms) === undefined).map(({ path }) => path),
      [],
    );
  });

  it('has imports that lead to a file', () => {
    const known = new Set(files.map(({ path }) => path));
    assert.deepEqual(
      violations(files, (_, target) => (known.has(target) ? undefined : 'does not exist')),
      [],
    );
    assert.ok(
      files.some(({ imports }) => imports.length > 1),
      'the test sees no imports',
    );
  });

  it('has imports that point downwards only', () => {
    const upward = violations(files, (path, target) => {
      const from = rooms.indexOf(roomOf(path, rooms) ?? '');
      const to = rooms.indexOf(roomOf(target, rooms) ?? '');
      return to < from ? `is above, in ${rooms[to]}` : undefined;
    });
    assert.deepEqual(upward, []);
  });

  it('lets rooms enter each other through their doors only', () => {
    const sneaking = violations(files, (path, target) => {
      const room = roomOf(target, rooms) ?? '';
      return room === roomOf(path, rooms) || isDoor(target, room) ? undefined : `is behind the door of ${room}`;
    });
    assert.deepEqual(sneaking, []);
  });

  it('lets neither a worker nor who imports the package load another package before it is used', () => {
    const loaded = ['src/engines/threads/worker.ts', 'src/index.ts'].flatMap((start) => packagesLoadedBy(start, files));
    assert.deepEqual(loaded, []);
  });

  it('has no circles among the files', () => {
    assert.deepEqual(findCircle(files), []);
  });
});

describe('every source file', () => {
  const files = readSourceFiles([...productFolders, 'test', 'bench']);

  it('has no default export', () => {
    assert.deepEqual(matching(files, /^export default\b|^export \{[^}]*\bas default\b/m), []);
  });

  it('of the product uses neither `any` nor a suppression of a check', () => {
    const files = readSourceFiles(productFolders);
    assert.deepEqual(
      matching(files, /[:<(,|&]\s*any\s*[\])>,;=|&[]|\bas any\b|@ts-(?:ignore|nocheck|expect-error)\b|biome-ignore/),
      [],
    );
  });

  it('is small: hardly any has more than 400 lines', () => {
    const large = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > 400);
    assert.ok(
      large.length <= files.length / 100,
      `above 400 lines: ${large.map(({ path, lines }) => `${path} (${lines})`).join(', ')}`,
    );
  });
});

/** One line for each import that `judge` has a word against. */
function violations(
  files: readonly SourceFile[],
  judge: (path: string, target: string) => string | undefined,
): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) => {
      const verdict = judge(path, target);
      return verdict === undefined ? [] : [`${path} imports ${target}, which ${verdict}`];
    }),
  );
}

function matching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    // This file names what it looks for.
    text
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) && !path.startsWith('test/architecture/') ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

/** One line for each package that is loaded with a file, and the file that imports it. */
function packagesLoadedBy(start: string, files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set([start]);
  for (const path of reached) {
    for (const { target, kind } of byPath.get(path)?.imports ?? []) if (kind === 'static') reached.add(target);
  }
  assert.ok(reached.size > 100, `only ${reached.size} files are reached from ${start}`);
  return [...reached].flatMap((path) =>
    [...(byPath.get(path)?.text ?? '').matchAll(/^(?:import|export)(?! type)[^;]* from '([^.'][^']*)';$/gm)]
      // What is written for a team's project names this package.
      .filter(([, name]) => name?.startsWith('node:') === false && name !== 'ailab-datasets')
      .map(([, name]) => `${start} loads ${name}, by ${path}`),
  );
}

/** The files along one circle of imports that all run when one of them is loaded, or none. */
function findCircle(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ kind }) => kind === 'static').map(({ target }) => target),
    ]),
  );
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return [];
    for (const target of importsOf.get(path) ?? []) {
      const circle = visit(target, [...trail, path]);
      if (circle.length > 0) return circle;
    }
    finished.add(path);
    return [];
  };
  for (const { path } of files) {
    const circle = visit(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
