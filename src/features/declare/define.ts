import { collectLeaves } from './collect-leaves.js';
import type { AnyFeature, Definition } from './definition.js';
import { invalidFeature } from './invalid-feature.js';

/** A definition before it is finished: everything but its leaves, which follow from the rest. */
type Unfinished<D> = D extends Definition ? Omit<D, 'leaves'> : never;

/**
 * Finishes a declaration: freezes it and gives it its leaves.
 *
 * The type parameter is the public face (`Feature<I, O>` with its kind); the definition is what every other module switches on.
 * They are the same object, so this is the one place that converts the one into the other; `definitionOf` is the way back.
 */
export function define<F extends AnyFeature>(unfinished: Unfinished<Definition>): F {
  const definition = unfinished as Definition;
  // Collected now, so that a declaration that can't be stored fails where it is written. Not enumerable: they follow from the rest.
  Object.defineProperty(definition, 'leaves', { value: Object.freeze(collectLeaves(definition)) });
  return Object.freeze(definition) as unknown as F;
}

const kinds: Readonly<Record<Definition['kind'], true>> = {
  scalar: true,
  tensor: true,
  text: true,
  'class-label': true,
  image: true,
  'bounding-box': true,
  sequence: true,
  dataset: true,
  record: true,
  optional: true,
  audio: true,
  video: true,
  translation: true,
  'translation-variable-languages': true,
  dropped: true,
  masked: true,
  pseudonymised: true,
};

/**
 * The definition behind a feature.
 *
 * @throws {DatasetsError} FEATURE_INVALID when `feature` was not made by one of the factories
 */
export function definitionOf(feature: AnyFeature): Definition {
  const kind: unknown = (feature as { kind?: unknown } | null | undefined)?.kind;
  if (typeof kind === 'string' && Object.hasOwn(kinds, kind)) return feature as unknown as Definition;
  throw invalidFeature(
    `expected a feature, got ${typeof feature === 'string' ? JSON.stringify(feature) : String(feature)}`,
    'Declare it with one of the factories: scalar, tensor, text, classLabel, image, sequence, record, ...',
  );
}
