import type { ResolvedConfig } from '../../core/config/index.js';
import { type FailureFacts, failureFacts, notify } from '../../notify/index.js';
import type { RebuildEvent } from './events.js';

/** Tells those whom the configuration names of each step that failed, or that a person has to see to: once, when it is not tried again. What was skipped for it is not told. */
export function tellFailure(event: RebuildEvent, config: ResolvedConfig): void {
  if (event.type !== 'step-end') return;
  const { step, status, because } = event.outcome;
  if (status !== 'failed' && status !== 'person') return;
  const { dataset, config: own, version } = step;
  const failure: FailureFacts =
    event.thrown === undefined ? { code: 'BUILD_REFUSED', message: because } : failureFacts(event.thrown);
  notify({ event: 'failure', dataset, config: own, version, registry: config.registry, failure }, config);
}
