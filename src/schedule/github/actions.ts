/**
 * The actions that emitted workflows use, each by the commit of a release: a tag can be moved. `dependabot` and `renovate` raise both in the emitted file.
 *
 * Releases: https://github.com/actions/checkout/releases, https://github.com/actions/setup-node/releases, https://github.com/google-github-actions/auth/releases
 */
export const actions = {
  checkout: 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683',
  setupNode: 'actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020',
  googleAuth: 'google-github-actions/auth@ba79af03959ebeac9769e648f473a284504d9193',
} as const;

/** What each commit is called. */
export const releases: Readonly<Record<string, string>> = {
  [actions.checkout]: 'v4.2.2',
  [actions.setupNode]: 'v4.4.0',
  [actions.googleAuth]: 'v2.1.10',
};

/** GitHub's own runner. */
export const usualRunner = 'ubuntu-24.04';
/** GitHub ends jobs on its own runners after so long. */
export const longestHostedMinutes = 360;
