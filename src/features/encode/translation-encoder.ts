import type { TranslationVariableLanguagesDefinition } from '../declare/definition.js';
import type { FieldEncoder } from './field-encoder.js';
import type { FieldSite } from './field-site.js';

/** The two parallel lists of tfds' TranslationVariableLanguages. */
export interface TranslationLists {
  readonly language: FieldEncoder;
  readonly translation: FieldEncoder;
}

/**
 * Texts by language to two parallel lists, sorted by language and then by text (translation_feature.py `encode_example`; Python sorts by
 * code points). An example without any translation makes two empty lists.
 */
export function translationsEncoder(
  { languages }: TranslationVariableLanguagesDefinition,
  lists: TranslationLists,
  site: FieldSite,
): FieldEncoder {
  const known = languages === undefined ? undefined : new Set(languages);
  const { levels, depth } = site;
  const encodeAll: FieldEncoder['encodeAll'] = (values, count, arena) => {
    const lengths = levels.at(depth);
    const language: string[] = [];
    const translation: string[] = [];
    for (let index = 0; index < count; index++) {
      const pairs = pairsOf(values[index], known, site, index);
      lengths[index] = pairs.length;
      for (const [code, text] of pairs) {
        language.push(code);
        translation.push(text);
      }
    }
    levels.counts[depth] = count;
    lists.language.encodeAll(language, language.length, arena);
    lists.translation.encodeAll(translation, translation.length, arena);
  };
  return { encode: (value, arena) => encodeAll([value], 1, arena), encodeAll };
}

function pairsOf(
  value: unknown,
  known: ReadonlySet<string> | undefined,
  site: FieldSite,
  index: number,
): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return site.reject(value, 'an object with texts by language', { index });
  }
  const pairs: (readonly [string, string])[] = [];
  for (const [language, texts] of Object.entries(value)) {
    if (known !== undefined && !known.has(language)) {
      site.fail(`'${language}' is none of the languages`, { index, hint: `They are: ${[...known].join(', ')}.` });
    }
    for (const text of Array.isArray(texts) ? texts : [texts]) {
      if (typeof text !== 'string') site.reject(text, `a text or texts for '${language}'`, { index });
      pairs.push([language, text]);
    }
  }
  return pairs.sort(([a, textA], [b, textB]) => compareCodePoints(a, b) || compareCodePoints(textA, textB));
}

/** UTF-8 sorts as code points do; UTF-16, JavaScript's own order, doesn't. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
