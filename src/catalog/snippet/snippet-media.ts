import { type AnyFeature, type Definition, definitionOf } from '../../features/index.js';
import type { SnippetMedia } from './snippet-version.js';

/** The images and audio files of a schema, by the keys of their leaves. */
export function snippetMedia(schema: AnyFeature): readonly SnippetMedia[] {
  return mediaBelow(definitionOf(schema), '');
}

function mediaBelow(definition: Definition, key: string): readonly SnippetMedia[] {
  switch (definition.kind) {
    case 'image':
      return [{ key, kind: 'image', shape: definition.shape, dtype: definition.dtype }];
    case 'audio':
      return definition.stored === 'file' ? [{ key, kind: 'audio', shape: [], dtype: 'uint8' }] : [];
    case 'video': {
      const [, ...frame] = definition.shape;
      return [{ key, kind: 'image', shape: frame, dtype: definition.dtype }];
    }
    case 'record':
      return Object.entries(definition.fields).flatMap(([name, field]) =>
        mediaBelow(field, key === '' ? name : `${key}/${name}`),
      );
    case 'sequence':
    case 'dataset':
    case 'optional':
      return mediaBelow(definition.feature, key);
    case 'masked':
    case 'pseudonymised':
      return mediaBelow(definition.stored, key);
    default:
      return [];
  }
}
