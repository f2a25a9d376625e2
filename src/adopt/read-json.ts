import type { Json, JsonObject } from '../core/json/index.js';

/** What other programs wrote may hold anything: what is not of the kind that is asked for counts as not there. */
export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

export function propertyOf(json: Json | undefined, name: string): Json | undefined {
  return isObject(json) && Object.hasOwn(json, name) ? json[name] : undefined;
}

export function textOf(json: Json | undefined, name: string): string | undefined {
  const value = propertyOf(json, name);
  return typeof value === 'string' ? value : undefined;
}

/** The texts in a list. */
export function textsOf(json: Json | undefined): readonly string[] {
  return Array.isArray(json) ? json.filter((item) => typeof item === 'string') : [];
}
