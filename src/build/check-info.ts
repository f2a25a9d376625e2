import type { DatasetInfo } from '../builder/index.js';
import { DatasetsError } from '../core/errors/index.js';
import type { AnyFeature, RecordFeature } from '../features/index.js';

type Info = DatasetInfo<AnyFeature>;
type Refuse = (message: string, hint: string) => never;

/**
 * Checks what a builder's `info()` returned before anything is run.
 *
 * @throws DatasetsError BUILDER_INVALID naming what is missing.
 */
export function checkInfo(dataset: string, info: Info): void {
  const refuse: Refuse = (message, hint) => {
    throw new DatasetsError('BUILDER_INVALID', `${dataset}: ${message}`, { hint, at: { dataset } });
  };
  if (typeof info.description !== 'string' || info.description.trim() === '') {
    refuse('info() gives no description', 'Say in a sentence or two what the data is, for somebody new to the domain.');
  }
  if (!isRecord(info.features)) {
    refuse('info().features is no record', 'Declare features({ name: scalar(...), ... }).');
  }
  const fields = Object.keys(info.features.fields);
  for (const key of info.supervisedKeys ?? []) {
    if (!fields.includes(key)) {
      refuse(`supervisedKeys names '${key}', which is no feature`, `The features are: ${fields.join(', ')}.`);
    }
  }
  const policy = info.keyPii === undefined ? 'keep' : info.privacy?.[info.keyPii]?.policy;
  if (policy !== 'keep' && policy !== 'pseudonymise') {
    refuse(
      `keys are made of '${info.keyPii}', whose policy is ${policy ?? 'missing'}`,
      `Keys can be kept or pseudonymised: privacy: { ${info.keyPii}: { policy: 'pseudonymise', algorithm: 'hmac-sha256', secret: 'env:NAME' } }.`,
    );
  }
}

function isRecord(feature: AnyFeature): feature is RecordFeature<Record<string, AnyFeature>> {
  return feature?.kind === 'record' && 'fields' in feature;
}
