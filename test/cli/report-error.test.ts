import assert from 'node:assert/strict';
import { errorData, renderError, reportError } from '../../cli/frame/report-error.js';
import { styleFor } from '../../cli/terminal/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';

const plain = styleFor(false, {});

describe('the report of an error', () => {
  it('has code, message, place, cause and hint', () => {
    const cause = new RangeError('too much');
    const error = new DatasetsError('SOURCE_MALFORMED', 'a line is wrong', {
      hint: 'Correct it.',
      at: { file: 'a.csv', offset: 7, key: 'k\u001b[2J' },
      cause,
    });
    assert.equal(
      renderError(reportError(error), plain, false),
      [
        'error[SOURCE_MALFORMED]: a line is wrong',
        '  file: a.csv',
        '  offset: 7',
        '  key: k\\u001b[2J',
        '  caused by: RangeError: too much',
        'hint: Correct it.',
      ].join('\n'),
    );
  });

  it('says that anything unexpected is a defect of ours, and keeps its stack for --verbose', () => {
    const report = reportError(new TypeError('x is undefined'));
    assert.equal(report.exitCode, 70);
    const text = renderError(report, plain, false);
    assert.match(
      text,
      /^error\[INTERNAL\]: unexpected TypeError: x is undefined\nhint: This is a defect of ailab-datasets/,
    );
    assert.doesNotMatch(text, /\n\s+at /);
    assert.match(renderError(report, plain, true), /\n\s+at .*report-error\.test/);
    assert.match(reportError('a string').message, /unexpected string: 'a string'/);
  });

  it('shows no control characters of data that a message echoes', () => {
    const text = renderError(
      reportError(new DatasetsError('EXAMPLE_INVALID', 'got "\u001b[2J"\nin line 2')),
      plain,
      false,
    );
    assert.equal(text, 'error[EXAMPLE_INVALID]: got "\\u001b[2J"\nin line 2');
  });

  it("knows an error of the package's second copy by its shape", () => {
    class OtherError extends Error {
      readonly code = 'FEATURE_INVALID';
      readonly hint = 'Say otherwise.';
      readonly at = { field: 'a' };
    }
    const foreign = Object.defineProperty(new OtherError('wrong'), 'name', { value: 'DatasetsError' });
    const report = reportError(foreign);
    assert.deepEqual([report.code, report.hint, report.exitCode], ['FEATURE_INVALID', 'Say otherwise.', 1]);
  });

  it('is plain data for machines, with a null where there is no hint', () => {
    const data = errorData(reportError(new DatasetsError('USAGE', 'wrong')), false);
    assert.deepEqual(JSON.parse(JSON.stringify(data)), {
      error: { code: 'USAGE', message: 'wrong', hint: null, at: {}, causes: [] },
    });
  });

  it('ends for causes that go in a circle', () => {
    const first = new Error('first');
    const second = new Error('second', { cause: first });
    first.cause = second;
    assert.ok(reportError(new DatasetsError('USAGE', 'wrong', { cause: first })).causes.length >= 2);
  });
});
