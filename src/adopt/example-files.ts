import { DatasetsError } from '../core/errors/index.js';
import { type AnyFeature, features, leavesOf, optional, scalar, sequence, tensor, text } from '../features/index.js';
import { ExampleSurvey, type SurveyedFeature } from '../formats/index.js';
import type { LocalStorage } from '../storage/index.js';
import { asInputError, notAdoptable } from './adopt-errors.js';
import type { AdoptOptions } from './adopt-options.js';
import type { AdoptionPlan, PlannedShard, PlannedSplit } from './adoption-plan.js';
import { readRecords } from './read-records.js';
import type { SplitFiles } from './split-files.js';

type PlannedExamples = Pick<AdoptionPlan, 'format' | 'schema' | 'huggingFaceFeatures' | 'splits'>;

/**
 * Reads TFRecord files of which nobody says the features: all of their tf.Examples tell. A key with one value in each is a scalar, with always as many a tensor, otherwise a sequence; one that is missing somewhere is
 * optional. Bytes are text where every value is UTF-8.
 *
 * @throws DatasetsError SOURCE_MALFORMED for records that are no tf.Examples; UNSUPPORTED for a key that can't be a feature.
 */
export async function planExampleFiles(
  directory: LocalStorage,
  splitFiles: readonly SplitFiles[],
  { signal }: AdoptOptions,
): Promise<PlannedExamples> {
  const survey = new ExampleSurvey();
  const splits: PlannedSplit[] = [];
  for (const { name, files } of splitFiles) {
    const shards: PlannedShard[] = [];
    for (const path of files) {
      const file = `${directory.location}/${path}`;
      const before = survey.examples;
      const source = await directory.open(path);
      try {
        for await (const { bytes, start, end } of readRecords(source, file)) {
          signal?.throwIfAborted();
          survey.add(bytes, start, end);
        }
      } catch (error) {
        throw asInputError(error, file);
      } finally {
        await source.close();
      }
      const examples = survey.examples - before;
      if (examples > 0) shards.push({ path, examples, bytes: source.bytes, from: 0, to: source.bytes });
    }
    splits.push({ name, shards });
  }
  return { format: 'tfrecord', schema: schemaOf(survey, directory), huggingFaceFeatures: undefined, splits };
}

function schemaOf(survey: ExampleSurvey, { location }: LocalStorage): AnyFeature {
  const fields = [...survey.features].map(([key, found]) => [key, featureOf(found, survey.examples)] as const);
  if (fields.length > 0) return checkedSchema(fields, location);
  throw notAdoptable(`the records of ${location} hold no values`, 'See whether they are tf.Examples.', {
    file: location,
  });
}

function checkedSchema(fields: readonly (readonly [string, AnyFeature])[], location: string): AnyFeature {
  try {
    const schema = features(Object.fromEntries(fields));
    leavesOf(schema);
    return schema;
  } catch (error) {
    if (!(error instanceof DatasetsError) || error.code !== 'FEATURE_INVALID') throw error;
    throw notAdoptable(`the keys of ${location} can't be features: ${error.message}`, error.hint ?? '', {
      file: location,
    });
  }
}

function featureOf({ kind, examples, fewest, most, isText }: SurveyedFeature, all: number): AnyFeature {
  const dtype = kind === 'float' ? 'float32' : kind === 'int64' ? 'int64' : isText ? 'string' : 'bytes';
  const single: AnyFeature = dtype === 'string' ? text() : (scalar(dtype) as AnyFeature);
  const isMissing = examples < all;
  if (most === 1) return isMissing ? (optional(single as never) as AnyFeature) : single;
  // What has none somewhere is a list that may be empty.
  if (fewest === most && !isMissing) return tensor({ dtype, shape: [most] });
  return sequence(single as never);
}
