import { type Environment, type Found, findProgram, prepareEnvironment } from '../oracle/environment.js';
import { findGoProgram, type GoProgram, prepareGoProgram } from '../oracle/go-program.js';

/** Prism, the portable runner that Beam's Go SDK brings: 66 MB. */
const prism: GoProgram = {
  name: 'prism',
  module: 'github.com/apache/beam/sdks/v2/go/cmd/prism',
  version: 'v2.77.0',
  override: 'AILAB_TEST_PRISM',
  what: "Beam's runner Prism",
  duration: 'a minute and a half',
};

/** Beam's Python SDK, for its portable runner: 20 seconds and 450 MB. Apart from the stock readers, since TensorFlow wants another protobuf. */
const beam: Environment = {
  folder: '.cache/python-beam',
  requirements: ['test/beam/requirements.txt'],
  program: 'bin/python',
  override: 'AILAB_TEST_BEAM_PYTHON',
};

/** Prism, or the reason why it is not there. */
export function findPrism(): Found {
  return findGoProgram(prism);
}

/** The interpreter that has Beam's Python SDK, or the reason why there is none. */
export function findBeamPython(): Found {
  return findProgram(beam);
}

/**
 * Builds Prism where it is missing.
 *
 * @throws {GoMissingError} when no Go is found, or its `go install` fails
 */
export async function preparePrism(log: (line: string) => void): Promise<void> {
  await prepareGoProgram(prism, log);
}

/**
 * Makes the environment of Beam's Python SDK where it is missing or older than its pins.
 *
 * @throws {PythonMissingError} when no Python that the pinned packages support is on the PATH, or venv or pip fails
 */
export async function prepareBeamPython(log: (line: string) => void): Promise<void> {
  await prepareEnvironment(beam, "the environment of Beam's Python runner", log);
}
