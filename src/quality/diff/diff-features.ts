import type { Json, JsonObject } from '../../core/json/index.js';
import type { ChangedFeature, FeatureDiff, FeatureState } from './version-diff.js';

/** What a feature says to people, and what a build only checks: none of it changes what is stored. */
const documentation = ['description', 'unit', 'caveats', 'range'] as const;
/** Who may see it. How a value was changed for that shows in the values. */
const privacy = ['pii', 'privacy'] as const;

/** The features of a version. */
export interface SchemaState {
  /** As the manifest has it, with documentation or without. */
  readonly schema: Json;
  /** The pair that `as_supervised` gives. */
  readonly supervisedKeys?: readonly string[] | undefined;
}

/**
 * Compares two schemas. The order of fields is no difference: it changes nothing that is stored.
 *
 * @example
 * ```ts
 * const { added } = diffFeatures({ schema: before.schema }, { schema: after.schema });
 * ```
 */
export function diffFeatures(before: SchemaState, after: SchemaState): FeatureDiff {
  const found = new FoundFeatures();
  compare(asObject(before.schema), asObject(after.schema), '', found);
  compareSupervised(before.supervisedKeys ?? null, after.supervisedKeys ?? null, found);
  return found;
}

function compareSupervised(before: Json, after: Json, found: FoundFeatures): void {
  if (equal(before, after)) return;
  const path = '(supervised keys)';
  if (before === null) found.added.push({ path, feature: after });
  else found.changed.push({ path, before, after });
}

class FoundFeatures implements FeatureDiff {
  readonly added: FeatureState[] = [];
  readonly removed: FeatureState[] = [];
  readonly changed: ChangedFeature[] = [];
  readonly privacy: ChangedFeature[] = [];
  readonly documentation: string[] = [];
}

function compare(before: JsonObject, after: JsonObject, path: string, found: FoundFeatures): void {
  const inner = innerOf(before, after);
  const own = (feature: JsonObject) => without(feature, inner === undefined ? [] : ['fields', 'feature']);
  const identity = (feature: JsonObject) => bare(without(own(feature), privacy));
  const changed = { path, before: bare(before), after: bare(after) };
  if (!equal(identity(before), identity(after))) {
    found.changed.push(changed);
    return;
  }
  if (!equal(only(before, privacy), only(after, privacy))) found.privacy.push(changed);
  else if (!equal(only(before, documentation), only(after, documentation))) found.documentation.push(path);
  if (inner === 'feature') compare(asObject(before['feature']), asObject(after['feature']), path, found);
  if (inner === 'fields') compareFields(before, after, path, found);
}

/** What is looked into, where both are of one kind: the fields of a record, the feature of a list or of an optional one. */
function innerOf(before: JsonObject, after: JsonObject): 'fields' | 'feature' | undefined {
  if (before['kind'] !== after['kind']) return undefined;
  if (Array.isArray(before['fields']) && Array.isArray(after['fields'])) return 'fields';
  return isObject(before['feature']) && isObject(after['feature']) ? 'feature' : undefined;
}

function compareFields(before: JsonObject, after: JsonObject, path: string, found: FoundFeatures): void {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  const at = (name: string) => (path === '' ? name : `${path}/${name}`);
  for (const [name, feature] of old) {
    if (!now.has(name)) found.removed.push({ path: at(name), feature: bare(feature) });
  }
  for (const [name, feature] of now) {
    const known = old.get(name);
    if (known === undefined) found.added.push({ path: at(name), feature: bare(feature) });
    else compare(known, feature, at(name), found);
  }
}

function fieldsOf({ fields }: JsonObject): ReadonlyMap<string, JsonObject> {
  const list = Array.isArray(fields) ? fields.map(asObject) : [];
  return new Map(list.map((field) => [String(field['name']), asObject(field['feature'])]));
}

/** Without documentation, at any depth. Fields are a list, so that none of these is the name of one. */
function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare);
  if (!isObject(value)) return value;
  const kept = Object.entries(without(value, documentation));
  return Object.fromEntries(kept.map(([key, inner]) => [key, bare(inner)]));
}

function without(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

function only(value: JsonObject, keys: readonly string[]): Json {
  return keys.map((key) => value[key] ?? null);
}

function equal(a: Json, b: Json): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
