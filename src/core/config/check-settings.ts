import type { z } from 'zod';
import { DatasetsError, nearest } from '../errors/index.js';
import { beamFlags } from './beam-settings.js';
import { dataflowFlags } from './dataflow-settings.js';
import { type ConfigOrigin, nameInOrigin } from './origin.js';
import type { Settings } from './schema.js';
import type { SettingName } from './settings.js';

/**
 * Checks one layer of settings. zod (70 ms to import, measured on Node 20) is loaded only when there is something to check.
 *
 * @throws DatasetsError CONFIG_INVALID (file, environment) or USAGE (flags) that names the bad setting as it is called there.
 */
export async function checkSettings(layer: unknown, origin: ConfigOrigin): Promise<Settings> {
  if (isEmptyRecord(layer)) return {};
  const { partNames, settingNames, settingsSchema } = await import('./schema.js');
  const result = settingsSchema.safeParse(layer);
  if (result.success) return result.data;
  const namesAt = ([setting]: readonly PropertyKey[]) => partNames[String(setting)] ?? settingNames;
  throw invalid(result.error.issues, layer, origin, namesAt);
}

function isEmptyRecord(layer: unknown): boolean {
  return typeof layer === 'object' && layer !== null && !Array.isArray(layer) && Object.keys(layer).length === 0;
}

type Issue = z.core.$ZodIssue;

/** The names that a setting at a path may have. */
type NamesAt = (path: readonly PropertyKey[]) => readonly string[];

function invalid(issues: readonly Issue[], layer: unknown, origin: ConfigOrigin, namesAt: NamesAt): DatasetsError {
  const descriptions = issues.map((issue) => describe(issue, layer, origin));
  const hints = issues.flatMap((issue) => suggestions(issue, namesAt));
  return new DatasetsError(origin.kind === 'flag' ? 'USAGE' : 'CONFIG_INVALID', descriptions.join('; '), {
    hint: hints[0] ?? 'docs/cli.md lists every setting with its values.',
    ...(origin.kind === 'file' ? { at: { file: origin.file, field: pathText(issues[0]?.path ?? []) } } : {}),
  });
}

function describe(issue: Issue, layer: unknown, origin: ConfigOrigin): string {
  const [setting, ...rest] = issue.path;
  if (setting === undefined) {
    const where = origin.kind === 'file' ? origin.file : 'the configuration';
    if (issue.code === 'unrecognized_keys') return `${where} has no setting ${issue.keys.map(quoted).join(', ')}`;
    return `${where} must be an object of settings, but is ${quoted(layer)}`;
  }
  const flag = origin.kind === 'flag' ? flagOfPart(setting, rest[0]) : undefined;
  const name = flag ?? nameInOrigin(setting as SettingName, origin).replace(String(setting), pathText(issue.path));
  const part = origin.kind === 'file' || typeof rest[0] !== 'number' ? name : `${name}, part ${rest[0] + 1},`;
  if (issue.code === 'unrecognized_keys') return `${part} has no setting ${issue.keys.map(quoted).join(', ')}`;
  return `${part} ${requirement(issue)}${mayBeSecret(issue.path) ? '' : `, but is ${quoted(valueAt(layer, issue.path))}`}`;
}

/** Where a secret may have been written in place of a reference to it. */
function mayBeSecret([setting, , part]: readonly PropertyKey[]): boolean {
  return (
    setting === 'notifications' && !['kind', 'events', 'datasets', 'registries', 'template'].includes(String(part))
  );
}

/** The parts of these settings are flags of their own. */
const flagsOfParts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  beam: beamFlags,
  dataflow: dataflowFlags,
};

function flagOfPart(setting: PropertyKey, part: PropertyKey | undefined): string | undefined {
  return flagsOfParts[String(setting)]?.[String(part)];
}

function requirement(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.map(quoted).join(' or ')}`;
    case 'too_small':
      return issue.origin === 'number' ? `must be at least ${issue.minimum}` : issue.message;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_key':
      return `has a name that ${issue.issues[0]?.message}`;
    default:
      return issue.message;
  }
}

function suggestions(issue: Issue, namesAt: NamesAt): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  return issue.keys.flatMap((key) => {
    const setting = nearest(key, namesAt(issue.path));
    return setting === undefined ? [] : [`Did you mean ${setting}?`];
  });
}

function article(type: string): string {
  return type === 'array' || type === 'int' || type === 'object' ? `an ${type}` : `a ${type}`;
}

/** `['datasets', 1]` → `datasets[1]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function quoted(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
