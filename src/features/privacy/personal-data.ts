import { definitionOf } from '../declare/define.js';
import type { AnyFeature, Definition } from '../declare/definition.js';

/** The kinds of personal data that features are marked with, sorted. */
export function personalDataIn(features: AnyFeature): readonly string[] {
  return [...new Set(kindsIn(definitionOf(features)))].sort();
}

function kindsIn(definition: Definition): readonly string[] {
  const { pii } = definition.documentation;
  const own = pii === undefined ? [] : [pii];
  if (definition.kind === 'record') return [...own, ...Object.values(definition.fields).flatMap(kindsIn)];
  return 'feature' in definition ? [...own, ...kindsIn(definition.feature)] : own;
}
