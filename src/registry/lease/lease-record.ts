import { type Json, parseJson } from '../../core/json/index.js';
import { formatJson } from '../format-json.js';
import { isProcessIdentity, type ProcessIdentity } from '../process-identity.js';

/**
 * What a generation of a lease says. `held`: somebody works. `publishing`: somebody makes public what was finished; whoever takes over from it has to end that.
 * `released`: nobody.
 */
export type LeaseKind = 'held' | 'publishing' | 'released';

export interface LeaseRecord {
  readonly kind: LeaseKind;
  /** Different in every record, so that two that were written at the same moment are told apart. */
  readonly id: string;
  /** Undefined where nobody works: the lease is free, or what was being published waits for somebody to end it. */
  readonly process?: ProcessIdentity;
  /** When the holder took the lease, ISO 8601 by its own clock: for people, never compared. */
  readonly startedAt?: string;
  /** What the lease is held for. */
  readonly about: LeaseSubject;
}

export type LeaseSubject = Readonly<Record<string, Json>>;

export function formatLeaseRecord(record: LeaseRecord): string {
  return formatJson(record);
}

/** A damaged record counts as held by a process that nobody can see: it is taken over when nothing stirs. */
export function parseLeaseRecord(content: Uint8Array): LeaseRecord {
  try {
    const record: unknown = parseJson(content, 'lease');
    if (isLeaseRecord(record)) return record;
  } catch {
    // Said below.
  }
  return {
    kind: 'held',
    id: '',
    process: { pid: 0, host: 'unknown', space: undefined, startTicks: undefined },
    about: {},
  };
}

function isLeaseRecord(value: unknown): value is LeaseRecord {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('about' in value)) return false;
  const { kind, about } = value;
  if (kind !== 'held' && kind !== 'publishing' && kind !== 'released') return false;
  if (typeof about !== 'object' || about === null || Array.isArray(about)) return false;
  if (!('id' in value) || typeof value.id !== 'string') return false;
  const startedAt = 'startedAt' in value ? value.startedAt : undefined;
  if (startedAt !== undefined && typeof startedAt !== 'string') return false;
  return !('process' in value) || isProcessIdentity(value.process);
}
