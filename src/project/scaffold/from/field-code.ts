import type { FieldFacts, FieldType } from '../../../sources/index.js';
import { codeProperty, codeText } from '../code-text.js';

/** A feature as code. */
export interface FeatureCode {
  readonly code: string;
  /** The factories that it calls. */
  readonly imports: readonly string[];
}

/** Why a field has no feature, in words. */
export interface NoFeature {
  readonly reason: string;
}

/** What is said of a feature besides its type. */
export interface FieldWords {
  readonly description?: string;
  readonly unit?: string;
  readonly caveats?: string;
  readonly pii?: string;
}

/** Names of classes are worth declaring where they are few, and each comes often. */
const leastLabels = 2;
const mostLabels = 64;
const leastValuesOfLabel = 10;

/** The feature that holds every value of a field. */
export function featureCode(facts: FieldFacts, words: FieldWords): FeatureCode | NoFeature {
  return feature(facts, words, true);
}

/** The classes that a field's values are taken for; undefined where they are no classes. */
export function labelsOf({ type, dtype, distinct, rows, missing }: FieldFacts): readonly string[] | undefined {
  if (type.kind !== 'string' || dtype === 'decimal' || distinct === undefined) return undefined;
  if (distinct.length < leastLabels || distinct.length > mostLabels) return undefined;
  if (rows - missing <= leastValuesOfLabel * distinct.length) return undefined;
  // As classLabel() has them: tfds strips the lines of its label files.
  return distinct.every((name) => name !== '' && name.trim() === name && !/[\r\n]/.test(name)) ? distinct : undefined;
}

function feature(facts: FieldFacts, words: FieldWords, isColumn: boolean): FeatureCode | NoFeature {
  const inner = required(facts, words, isColumn);
  if ('reason' in inner || !facts.optional) return inner;
  return { code: `optional(${inner.code})`, imports: ['optional', ...inner.imports] };
}

function required(facts: FieldFacts, words: FieldWords, isColumn: boolean): FeatureCode | NoFeature {
  const { type } = facts;
  switch (type.kind) {
    case 'bool':
    case 'bytes':
      return call('scalar', [codeText(type.kind), ...options(words)]);
    case 'int64':
    case 'uint64':
    case 'float64':
      return call('scalar', [codeText(facts.dtype ?? type.kind), ...options(words)]);
    case 'string': {
      // In a structure nothing converts it.
      if (facts.dtype === 'decimal' && isColumn)
        return call('scalar', [
          codeText('float64'),
          ...options({ caveats: 'Rounded from an exact decimal.', ...words }),
        ]);
      const labels = labelsOf(facts);
      if (labels === undefined) return call('text', options(words));
      return call('classLabel', options(words, `names: ${codeList(labels)}`));
    }
    case 'date':
      if (isColumn) return call('text', options(words));
      return { reason: 'dates in a structure have no feature' };
    case 'timestamp':
      if (type.unit === undefined) return call('text', options(words));
      return call('scalar', [
        codeText('int64'),
        ...options({ unit: `${unitNames[type.unit]} since 1970-01-01T00:00Z`, ...words }),
      ]);
    case 'list':
      return listFeature(type, words);
    case 'struct':
      return structFeature(type.fields, words);
    case 'null':
      return { reason: 'it has no value in any row' };
    case 'unsupported':
      return { reason: type.reason };
  }
}

const unitNames = { s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' } as const;

/** Numbers of which every list has as many are a tensor. */
function listFeature(
  { element, lengths }: Extract<FieldType, { kind: 'list' }>,
  words: FieldWords,
): FeatureCode | NoFeature {
  const { kind } = element.type;
  const isNumeric = kind === 'int64' || kind === 'uint64' || kind === 'float64' || kind === 'bool';
  if (isNumeric && !element.optional && lengths.maximum > 0 && lengths.minimum === lengths.maximum) {
    const shape = `dtype: ${codeText(element.dtype ?? kind)}, shape: [${lengths.maximum}]`;
    return call('tensor', options(words, shape));
  }
  // Lists that are all empty say nothing of their elements.
  if (kind === 'null') return { reason: 'its lists are all empty' };
  const inner = feature(element, {}, false);
  if ('reason' in inner) return inner;
  return { code: `sequence(${[inner.code, ...options(words)].join(', ')})`, imports: ['sequence', ...inner.imports] };
}

function structFeature(fields: readonly FieldFacts[], words: FieldWords): FeatureCode | NoFeature {
  const imports: string[] = ['record'];
  const members: string[] = [];
  for (const field of fields) {
    const inner = feature(field, {}, false);
    // A structure without one of its fields would be refused when it is encoded.
    if ('reason' in inner) return { reason: `its field ${field.name}: ${inner.reason}` };
    const problem = fieldNameProblem(field.name);
    if (problem !== undefined) return { reason: `its field ${JSON.stringify(field.name)} ${problem}` };
    members.push(`${codeProperty(field.name)}: ${inner.code}`);
    imports.push(...inner.imports);
  }
  if (members.length === 0) return { reason: 'it has no fields' };
  return { code: `record(${[`{ ${members.join(', ')} }`, ...options(words)].join(', ')})`, imports };
}

/** Why a name can't be a field's; undefined where it can. As `record()` has it. */
export function fieldNameProblem(name: string): string | undefined {
  if (name === '' || name.startsWith('/') || name.endsWith('/') || name.includes('//')) return 'has an empty name';
  if (name === '__proto__') return 'has a name that no object has';
  if (/(?:^|\/)(?:ragged_flat_values|ragged_row_lengths_\d+)$/.test(name))
    return 'has a name that tfds takes for its own';
  return /^\d+$/.test(name) ? 'has a number for a name' : undefined;
}

function call(factory: string, given: readonly string[]): FeatureCode {
  return { code: `${factory}(${given.join(', ')})`, imports: [factory] };
}

function options({ description, unit, caveats, pii }: FieldWords, first?: string): readonly string[] {
  const parts = [
    ...(first === undefined ? [] : [first]),
    ...(description === undefined ? [] : [`description: ${codeText(description)}`]),
    ...(unit === undefined ? [] : [`unit: ${codeText(unit)}`]),
    ...(caveats === undefined ? [] : [`caveats: ${codeText(caveats)}`]),
    ...(pii === undefined ? [] : [`pii: ${codeText(pii)}`]),
  ];
  return parts.length === 0 ? [] : [`{ ${parts.join(', ')} }`];
}

const longLine = 90;

function codeList(texts: readonly string[]): string {
  const literals = texts.map(codeText);
  const line = `[${literals.join(', ')}]`;
  return line.length <= longLine ? line : `[\n${literals.map((literal) => `      ${literal},\n`).join('')}    ]`;
}
