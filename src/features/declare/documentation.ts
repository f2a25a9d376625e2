import type { FeatureDocumentation } from '../feature.js';
import { invalidFeature } from './invalid-feature.js';

const documentationKeys = ['description', 'unit', 'range', 'caveats', 'pii'] as const;

/**
 * Takes the documentation out of a factory's options and checks it.
 *
 * @param ranged whether the feature's values are numbers that a range can bound
 */
export function documentationOf(
  options: FeatureDocumentation | undefined,
  kind: string,
  ranged = false,
): FeatureDocumentation {
  if (options === undefined) return emptyDocumentation;
  const documentation: Record<string, unknown> = {};
  for (const key of documentationKeys) {
    const value = options[key];
    if (value === undefined) continue;
    if (key === 'range') checkRange(value, kind, ranged);
    else if (typeof value !== 'string' || value === '') {
      throw invalidFeature(
        `${kind}: ${key} must be a text, got ${String(value)}`,
        `Leave ${key} out, or say something.`,
      );
    }
    documentation[key] = key === 'range' ? Object.freeze([...(value as readonly number[])]) : value;
  }
  return Object.freeze(documentation);
}

const emptyDocumentation: FeatureDocumentation = Object.freeze({});

function checkRange(range: unknown, kind: string, ranged: boolean): void {
  if (!ranged) {
    throw invalidFeature(
      `${kind}: a range can't bound its values`,
      'Give the range to the numbers inside, or describe it in words.',
    );
  }
  const [minimum, maximum] = range as readonly number[];
  if (typeof minimum !== 'number' || typeof maximum !== 'number' || !(minimum <= maximum)) {
    throw invalidFeature(
      `${kind}: range must be [minimum, maximum] with minimum <= maximum, got [${String(range)}]`,
      'Use Infinity or -Infinity for an open end.',
    );
  }
}

/** Checks dimensions: whole numbers from 0 up, or null where unknown. */
export function checkShape(shape: readonly (number | null)[], kind: string): readonly (number | null)[] {
  for (const dimension of shape) {
    if (dimension !== null && !(Number.isSafeInteger(dimension) && dimension >= 0)) {
      throw invalidFeature(
        `${kind}: a dimension must be a whole number from 0 up or null, got ${String(dimension)}`,
        'Write null where a dimension varies from example to example.',
      );
    }
  }
  return Object.freeze([...shape]);
}
