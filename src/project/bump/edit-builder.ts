import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuilderDefinition, builtInDatasets } from '../../builder/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { storageError } from '../../storage/index.js';
import { quotedText } from '../scaffold/code-text.js';
import { insertVersion } from './insert-version.js';
import { findVersions, type Obstacle } from './versions-literal.js';

/** A builder's module before and after a version was added to it. */
export interface EditedBuilder {
  /** Absolute path. */
  readonly file: string;
  /** Of the new version, from 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/**
 * The text of a builder's module with one more version, the newest; nothing is written.
 *
 * @throws DatasetsError UNSUPPORTED, with what to write by hand, where versions are written in a way that nobody can add to for certain; BUILDER_INVALID, STORAGE_FAILED
 */
export async function editBuilder(
  definition: BuilderDefinition,
  version: string,
  note: string,
): Promise<EditedBuilder> {
  const { name } = definition;
  const file = fileURLToPath(definition.module);
  const refuse = ({ what, line }: Obstacle): never => {
    const byHand = `${quotedText(version, "'")}: ${quotedText(note, "'")}`;
    throw new DatasetsError('UNSUPPORTED', `${name}: ${file} line ${line}: ${what}, so that no version can be added`, {
      hint: `Add it by hand, before the others: ${byHand},`,
      at: { dataset: name, file },
    });
  };
  if (file.startsWith(builtInDatasets + sep) || file.includes(`${sep}node_modules${sep}`))
    return refuse({ what: 'it belongs to an installed package', line: 1 });
  const before = await readText(file, refuse);
  const literal = await findVersions(before, file, name);
  if ('what' in literal) return refuse(literal);
  // What runs may be something else than what stands there: a class that is changed after its declaration, or another class.
  const expected = definition.versions.join();
  if (literal.entries.map((entry) => entry.version).join() !== expected)
    return refuse({ what: `the class has the versions ${expected}, and others stand here`, line: literal.line });
  const { at, text } = insertVersion(before, literal, version, note);
  const after = before.slice(0, at) + text + before.slice(at);
  const edited = await findVersions(after, file, name);
  if ('what' in edited || edited.entries.map((entry) => entry.version).join() !== `${version},${expected}`)
    return refuse({ what: 'what stands around versions is not understood', line: 1 });
  return { file, line: before.slice(0, at).split('\n').length, before, after };
}

/** All of it, with its byte order mark. */
async function readText(file: string, refuse: (obstacle: Obstacle) => never): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw storageError(cause, 'read', file);
  });
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return Buffer.from(text).equals(bytes) ? text : refuse({ what: 'it is no UTF-8', line: 1 });
}
