import { randomUUID } from 'node:crypto';
import type { NotificationEventName } from '../core/config/index.js';
import { formatReference } from '../core/names/index.js';
import { eventMessage } from './event-message.js';
import type { FailureFacts } from './failure-facts.js';

/** What happened to what. */
export interface NotificationDraft {
  /** `test` is sent by hand alone. */
  readonly event: NotificationEventName | 'test';
  readonly dataset: string;
  readonly config?: string | undefined;
  readonly version?: string | undefined;
  /** An absolute directory or `gs://bucket/path`. */
  readonly registry: string;
  /** `failure`: of what; nothing that came from data. */
  readonly failure?: FailureFacts | undefined;
  /** `publish`, `recovery`: where the version lies. */
  readonly location?: string | undefined;
  /** `publish`, `recovery`: sha256 of the data. */
  readonly contentDigest?: string | undefined;
  /** `publish`, `recovery`: examples of each split. */
  readonly splits?: Readonly<Record<string, number>> | undefined;
  /** How long the build took. */
  readonly seconds?: number | undefined;
  /** `promote`, `rollback`: the alias that stands for the version now. */
  readonly alias?: string | undefined;
  /** `promote`, `rollback`: the version that the alias stood for before; of a copy between registries, the registry that it came from. */
  readonly from?: string | undefined;
  /** `yank`: aliases that still stand for it. */
  readonly aliases?: readonly string[] | undefined;
  /** Of what a person did: why. */
  readonly reason?: string | undefined;
  /** Of what a person did: who. */
  readonly by?: string | undefined;
}

/** What is told: plain data. */
export interface NotificationEvent extends NotificationDraft {
  /** The same however often its delivery is tried, and wherever it is delivered. */
  readonly id: string;
  /** ISO 8601, when it happened. */
  readonly time: string;
  /** `product_a/men:1.2.0` */
  readonly reference: string;
  /** One sentence for people. */
  readonly message: string;
}

/** The event of what happened, with an id of its own. */
export function eventOf(draft: NotificationDraft, now: Date): NotificationEvent {
  const { dataset: name, config, version } = draft;
  const reference = formatReference({ name, config, version });
  const message = eventMessage({ ...draft, reference });
  return { id: `evt_${randomUUID()}`, time: now.toISOString(), ...draft, reference, message };
}
