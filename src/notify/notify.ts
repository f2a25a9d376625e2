import type { NotificationConfig, ResolvedConfig } from '../core/config/index.js';
import { type Environment, FetchFailure } from '../core/http/index.js';
import { deliver } from './deliver.js';
import { type Delivery, deliveryText, receiverName } from './delivery.js';
import { type DeliveryTimings, deliveryTimings } from './delivery-timings.js';
import { eventOf, type NotificationDraft, type NotificationEvent } from './event.js';
import { attemptOf } from './send.js';
import { isWanted } from './wanted.js';

/** Of the configuration, what notifications take. */
export type NotifyConfig = Pick<ResolvedConfig, 'notifications' | 'registries' | 'projectDirectory'>;

export interface NotifyOptions {
  /** Where secrets are. Default: the process' own. */
  readonly env?: Environment;
  /** Default: the machine's clock. */
  readonly now?: () => Date;
  readonly timings?: DeliveryTimings;
  /** Takes what could not be delivered. Default: `process.emitWarning`. */
  readonly onWarning?: (message: string) => void;
}

/** Deliveries that are under way. They keep the process alive until they are done, for at most `totalMilliseconds`. */
const underWay = new Set<Promise<void>>();

/**
 * Tells those whom the configuration names of what happened. It returns at once; events are delivered beside the work, in no order (they have a `time`). What can't be delivered is a
 * warning, and never an error.
 *
 * @example
 * ```ts
 * notify({ event: 'yank', dataset: 'product_a', version: '1.1.0', registry: config.registry, reason: 'labels are wrong' }, config);
 * await notificationsSent();
 * ```
 */
export function notify(draft: NotificationDraft, config: NotifyConfig, options: NotifyOptions = {}): void {
  const { now = () => new Date() } = options;
  const wanted = config.notifications.flatMap((to, index) => (isWanted(to, draft, config) ? [{ to, index }] : []));
  if (wanted.length === 0) return;
  const event = eventOf(draft, now());
  for (const { to, index } of wanted) {
    const delivery = deliverTo(to, index, event, config, options).then((result) => {
      underWay.delete(delivery);
      if (result.problem === undefined) return;
      const { onWarning = warn } = options;
      onWarning(`the event ${event.event} of ${event.reference} could not be told: ${deliveryText(result)}`);
    });
    underWay.add(delivery);
  }
}

/** Waits until all that was to be told is told, or given up. It never throws. */
export async function notificationsSent(): Promise<void> {
  while (underWay.size > 0) await Promise.allSettled(underWay);
}

/** Never throws: what goes wrong is its `problem`. */
export async function deliverTo(
  to: NotificationConfig,
  index: number,
  event: NotificationEvent,
  { projectDirectory: directory }: NotifyConfig,
  { env = process.env, now = () => new Date(), timings = deliveryTimings }: NotifyOptions,
): Promise<Delivery> {
  const delivery = { index, kind: to.kind, to: receiverName(to) };
  try {
    await deliver(attemptOf(to, event, { env, directory, now }), timings);
    return { ...delivery, problem: undefined };
  } catch (error) {
    // Of other errors the message may quote an address.
    return {
      ...delivery,
      problem:
        error instanceof FetchFailure
          ? error.message
          : `it failed (${error instanceof Error ? error.name : typeof error})`,
    };
  }
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'DatasetsWarning', code: 'NOTIFICATION_FAILED' });
}
