import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import { documentationOf } from './documentation.js';
import { invalidFeature } from './invalid-feature.js';

export interface TranslationFeature<L extends string>
  extends Feature<{ readonly [K in L]: string }, { readonly [K in L]: string }> {
  readonly kind: 'translation';
  readonly languages: readonly string[];
}

/**
 * One text in each of a fixed set of languages; tfds' `Translation`.
 *
 * @throws {DatasetsError} FEATURE_INVALID for no languages, or one that comes twice
 * @example
 * ```ts
 * const schema = features({ sentence: translation({ languages: ['en', 'de'] }) });
 * const example: InputOf<typeof schema> = { sentence: { en: 'the cat', de: 'die Katze' } };
 * ```
 */
export function translation<const L extends readonly string[]>(
  options: { readonly languages: L } & FeatureDocumentation,
): TranslationFeature<L[number]> {
  return define<TranslationFeature<L[number]>>({
    kind: 'translation',
    languages: sortedLanguages(options.languages, 'translation'),
    documentation: documentationOf(options, 'translation'),
  });
}

/** Parallel lists, sorted by language, then by text (as tfds sorts them). */
export interface VariableTranslations {
  readonly language: readonly string[];
  readonly translation: readonly string[];
}

export interface TranslationVariableLanguagesFeature<L extends string>
  extends Feature<{ readonly [K in L]?: string | readonly string[] }, VariableTranslations> {
  readonly kind: 'translation-variable-languages';
  readonly languages: readonly string[] | undefined;
}

/**
 * Texts in any number of languages, one or more each; tfds' `TranslationVariableLanguages`.
 *
 * @param options.languages those that may come; left out where any may
 * @throws {DatasetsError} FEATURE_INVALID for a language that comes twice
 * @example
 * ```ts
 * const schema = features({ sentence: translationVariableLanguages({ languages: ['en', 'fr', 'de'] }) });
 * const example: InputOf<typeof schema> = { sentence: { en: 'the cat', fr: ['le chat', 'la chatte'] } };
 * ```
 */
export function translationVariableLanguages<const L extends readonly string[] = readonly string[]>(
  options: { readonly languages?: L } & FeatureDocumentation = {},
): TranslationVariableLanguagesFeature<L[number]> {
  const { languages } = options;
  return define<TranslationVariableLanguagesFeature<L[number]>>({
    kind: 'translation-variable-languages',
    languages: languages === undefined ? undefined : sortedLanguages(languages, 'translationVariableLanguages'),
    documentation: documentationOf(options, 'translationVariableLanguages'),
  });
}

/** By code points, as Python's sorted(). */
function sortedLanguages(languages: readonly string[], kind: string): readonly string[] {
  if (languages.length === 0) throw invalidFeature(`${kind}: there are no languages`, "For instance: ['en', 'de'].");
  for (const language of languages) {
    if (typeof language !== 'string' || language === '' || language.includes('/') || language === '__proto__') {
      throw invalidFeature(`${kind}: ${JSON.stringify(language)} can't be a language`, "Use language codes: 'en'.");
    }
  }
  if (new Set(languages).size < languages.length) {
    throw invalidFeature(`${kind}: a language comes twice in ${languages.join(', ')}`, 'Name each language once.');
  }
  return Object.freeze([...languages].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}
