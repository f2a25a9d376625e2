import { commentMarker } from '../ci/change-markdown.js';

/**
 * Programs for Node that speak to GitHub where `gh` is not: on Cloud Build. They take GITHUB_TOKEN, REPO_FULL_NAME and, for servers of one's own, GITHUB_API.
 */
const api = [
  '#!/usr/bin/env node',
  "const { readFileSync } = require('node:fs');",
  "const { GITHUB_API = 'https://api.github.com', GITHUB_TOKEN, REPO_FULL_NAME } = process.env;",
  'async function github(method, path, body) {',
  `  const response = await fetch(\`\${GITHUB_API}/repos/\${REPO_FULL_NAME}/\${path}\`, {`,
  '    method,',
  `    headers: { authorization: \`Bearer \${GITHUB_TOKEN}\`, accept: 'application/vnd.github+json' },`,
  '    ...(body !== undefined && { body: JSON.stringify(body) }),',
  '  });',
  "  if (response.status === 404 && method === 'GET') return undefined;",
  `  if (!response.ok) throw new Error(\`GitHub answers \${response.status} to \${method} \${path}\`);`,
  '  return response.json();',
  '}',
];

/** Writes plan.md as a comment of the pull request PR_NUMBER, over the one before. */
export const commentProgram = [
  ...api,
  'async function main() {',
  "  const body = readFileSync('plan.md', 'utf8');",
  '  for (let page = 1; ; page++) {',
  `    const comments = await github("GET", \`issues/\${process.env.PR_NUMBER}/comments?per_page=100&page=\${page}\`);`,
  `    const before = comments.find((comment) => comment.body.startsWith(${JSON.stringify(commentMarker)}));`,
  `    if (before !== undefined) return github("PATCH", \`issues/comments/\${before.id}\`, { body });`,
  `    if (comments.length < 100) return github("POST", \`issues/\${process.env.PR_NUMBER}/comments\`, { body });`,
  '  }',
  '}',
  'main();',
];

/** Tags COMMIT_SHA with the version of package.json, unless it was released before; writes into released.txt what the image is to be called, if anything. */
export const tagProgram = [
  ...api,
  "const { writeFileSync } = require('node:fs');",
  'async function main() {',
  `  const version = \`v\${JSON.parse(readFileSync('package.json', 'utf8')).version}\`;`,
  `  const before = await github('GET', \`git/ref/tags/\${version}\`);`,
  '  const sha = process.env.COMMIT_SHA;',
  `  if (before === undefined) await github('POST', 'git/refs', { ref: \`refs/tags/\${version}\`, sha });`,
  '  const isReleased = before === undefined || before.object.sha === sha;',
  "  writeFileSync('released.txt', isReleased ? version : '');",
  '  console.log(',
  '    isReleased',
  `      ? \`released \${version}\``,
  `      : \`\${version} was released before, from \${before.object.sha}: raise the version in package.json to release this commit\`,`,
  '  );',
  '}',
  'main();',
];
