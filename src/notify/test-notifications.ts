import type { ResolvedConfig } from '../core/config/index.js';
import type { Delivery } from './delivery.js';
import { eventOf } from './event.js';
import { deliverTo, type NotifyConfig, type NotifyOptions } from './notify.js';

export type TestOptions = Omit<NotifyOptions, 'onWarning'>;

/**
 * Sends one event of the kind `test` to everybody whom the configuration names, whatever else they want to be told.
 *
 * @returns what became of it, in the order of the configuration
 * @example
 * ```ts
 * const deliveries = await testNotifications(await loadConfig());
 * ```
 */
export async function testNotifications(
  config: NotifyConfig & Pick<ResolvedConfig, 'registry'>,
  options: TestOptions = {},
): Promise<readonly Delivery[]> {
  const { now = () => new Date() } = options;
  const event = eventOf({ event: 'test', dataset: 'any', registry: config.registry }, now());
  return Promise.all(config.notifications.map((to, index) => deliverTo(to, index, event, config, options)));
}
