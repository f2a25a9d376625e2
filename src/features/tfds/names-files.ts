import { definitionOf } from '../declare/define.js';
import type { AnyFeature, Definition } from '../declare/definition.js';
import { isDropped } from './to-features-json.js';

/** A file of label names beside features.json: one name a line. */
export interface NamesFile {
  readonly fileName: string;
  readonly names: readonly string[];
}

/**
 * The label files that tfds expects beside features.json: `<path>.labels.txt`, the path's fields joined with `-`
 * (features_dict.py and class_label_feature.py, `save_metadata`).
 */
export function namesFiles(schema: AnyFeature): readonly NamesFile[] {
  return collect(definitionOf(schema), []);
}

function collect(definition: Definition, path: readonly string[]): readonly NamesFile[] {
  if (isDropped(definition)) return [];
  switch (definition.kind) {
    case 'record':
      return Object.entries(definition.fields).flatMap(([name, field]) => collect(field, [...path, name]));
    case 'sequence':
    case 'dataset':
    case 'optional':
      return collect(definition.feature, path);
    case 'class-label':
      return namesFile(path, definition.names);
    case 'image':
      return namesFile(path, definition.labels?.names);
    default:
      return [];
  }
}

function namesFile(path: readonly string[], names: readonly string[] | undefined): readonly NamesFile[] {
  return names === undefined ? [] : [{ fileName: namesFileName(path), names }];
}

export function namesFileName(path: readonly string[]): string {
  return `${path.join('-')}.labels.txt`;
}
