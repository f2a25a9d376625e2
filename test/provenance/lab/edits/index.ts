import { codeEdits } from './code.js';
import type { Edit } from './edit.js';
import { harmlessEdits } from './harmless.js';
import { schemaEdits } from './schema.js';
import { sourceEdits } from './sources.js';

export type { Change, Edit } from './edit.js';

/** By what is edited, as docs/verdicts.md lists them. */
export const editsByKind: Readonly<Record<string, readonly Edit[]>> = {
  'What makes no data': harmlessEdits,
  'Code, packages and queries': codeEdits,
  Sources: sourceEdits,
  'Features, labels and policies': schemaEdits,
};

export const edits: readonly Edit[] = Object.values(editsByKind).flat();
