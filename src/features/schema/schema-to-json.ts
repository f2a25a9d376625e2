import type { Json, JsonObject } from '../../core/json/index.js';
import { definitionOf } from '../declare/define.js';
import type { AnyFeature, Definition } from '../declare/definition.js';
import type { FeatureDocumentation } from '../feature.js';
import { isDropped } from '../tfds/to-features-json.js';

/**
 * A schema with everything that was declared, as the manifest keeps it: documentation, personal data and what tfds' features.json has no
 * words for. Features that privacy drops are left out, those that it changes are as they are stored, with `privacy` saying how.
 *
 * @example
 * ```ts
 * const same = schemaFromJson(schemaToJson(schema));
 * ```
 */
export function schemaToJson(schema: AnyFeature): JsonObject {
  return toJson(definitionOf(schema));
}

function toJson(definition: Definition): JsonObject {
  if ('replace' in definition) {
    return {
      ...toJson(definition.stored),
      ...documentationJson(definition.documentation),
      privacy: definition.kind,
    };
  }
  if (definition.kind === 'dropped') return toJson(definition.feature);
  return { kind: definition.kind, ...attributes(definition), ...documentationJson(definition.documentation) };
}

type Stored = Exclude<Definition, { kind: 'masked' | 'pseudonymised' | 'dropped' }>;

function attributes(definition: Stored): JsonObject {
  switch (definition.kind) {
    case 'scalar':
      return { dtype: definition.dtype };
    case 'tensor':
      return { dtype: definition.dtype, shape: definition.shape, encoding: definition.encoding };
    case 'text':
      return {};
    case 'class-label':
      return labelsJson(definition);
    case 'image':
      return {
        shape: definition.shape,
        dtype: definition.dtype,
        encoding: definition.encoding ?? null,
        ...(definition.labels !== undefined && { labels: labelsJson(definition.labels) }),
      };
    case 'bounding-box':
      return { format: definition.format };
    case 'sequence':
    case 'dataset':
      return { length: definition.length, feature: toJson(definition.feature) };
    case 'record': {
      const stored = Object.entries(definition.fields).filter(([, field]) => !isDropped(field));
      // A list, not an object: JSON objects move keys that look like numbers to the front, and the order is part of the schema.
      return { fields: stored.map(([name, field]) => ({ name, feature: toJson(field) })) };
    }
    case 'optional':
      return { feature: toJson(definition.feature) };
    case 'audio':
      return {
        stored: definition.stored,
        dtype: definition.dtype,
        shape: definition.shape,
        encoding: definition.encoding,
        fileFormat: definition.fileFormat ?? null,
        sampleRate: definition.sampleRate ?? null,
      };
    case 'video':
      return { shape: definition.shape, dtype: definition.dtype, encoding: definition.encoding };
    case 'translation':
      return { languages: definition.languages };
    case 'translation-variable-languages':
      return { languages: definition.languages ?? null };
  }
}

function labelsJson(labels: { readonly count: number; readonly names: readonly string[] | undefined }): JsonObject {
  return labels.names === undefined ? { count: labels.count } : { names: labels.names };
}

/** An open end of a range is null: JSON has no infinity. */
function documentationJson({ description, unit, range, caveats, pii }: FeatureDocumentation): JsonObject {
  const open = (bound: number): Json => (Number.isFinite(bound) ? bound : null);
  return {
    ...(description !== undefined && { description }),
    ...(unit !== undefined && { unit }),
    ...(range !== undefined && { range: range.map(open) }),
    ...(caveats !== undefined && { caveats }),
    ...(pii !== undefined && { pii }),
  };
}
