const { reporters } = require('mocha');

/**
 * Mocha's `spec` report that closes with one plain line, `N passed, N failed`, for scripts to read.
 *
 * With CI=true a skipped test counts as failed: what CI did not run, nobody has checked. CommonJS, because mocha loads reporters so.
 */
module.exports = class Reporter extends reporters.Spec {
  /** Called by mocha after the report, with the number of failures; its answer becomes the exit code. */
  done(failures, finish) {
    const { passes, pending } = this.stats;
    const skippedAreFailures = process.env.CI === 'true';
    const failed = failures + (skippedAreFailures ? pending : 0);
    const skipped = pending > 0 && !skippedAreFailures ? `, ${pending} skipped` : '';
    process.stdout.write(`${passes} passed, ${failed} failed${skipped}\n`);
    finish(failed);
  }
};
