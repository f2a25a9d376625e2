/** What a template may name. What an event does not have is empty. */
export const templatePlaceholders = [
  'event',
  'id',
  'time',
  'dataset',
  'config',
  'version',
  'reference',
  'registry',
  'message',
  'code',
  'hint',
  'alias',
  'from',
  'reason',
  'by',
  'location',
  'examples',
  'seconds',
] as const;
export type TemplatePlaceholder = (typeof templatePlaceholders)[number];

/** A piece of a template: text as it is, or what stands for a value. */
export type TemplatePart = { readonly text: string } | { readonly placeholder: string };

/**
 * Cuts a template into its parts. Nothing in braces but a name is ever looked at: there are no expressions.
 *
 * @throws SyntaxError for a brace without its other half; `{{` and `}}` are braces.
 * @example
 * ```ts
 * templateParts('{dataset} is late'); // [{ placeholder: 'dataset' }, { text: ' is late' }]
 * ```
 */
export function templateParts(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  for (const [piece, doubled, placeholder, brace] of template.matchAll(/(\{\{|\}\})|\{([^{}]*)\}|([{}])|[^{}]+/g)) {
    if (brace !== undefined) throw new SyntaxError(`has a ${brace} without its other half; write ${brace}${brace}`);
    if (placeholder !== undefined) parts.push({ placeholder: placeholder.trim() });
    else parts.push({ text: doubled === undefined ? piece : doubled.slice(1) });
  }
  return parts;
}

/** Whether a name can stand in a template. */
export function isPlaceholder(name: string): name is TemplatePlaceholder {
  return (templatePlaceholders as readonly string[]).includes(name);
}
