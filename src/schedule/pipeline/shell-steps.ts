import { commentMarker } from '../ci/change-markdown.js';
import { shellLine } from '../emit/shell-words.js';

const cli = ['npx', '--no-install', 'ailab-datasets'];

/** One line for `ailab-datasets`. */
export function cliLine(...words: readonly string[]): string {
  return shellLine([...cli, ...words]);
}

/** Tests of the project; its checks, where it has any. */
export const testLines = ['npm run check --if-present', 'npm test --if-present'];

/** `$BASE` is the branch that is merged into, `$REGISTRY` the registry that it publishes to. */
export function planLine(sampleExamples: number): string {
  return `${cliLine('ci', 'plan', '--markdown', '--samples', String(sampleExamples))} --base "$BASE" --registry "$REGISTRY" > plan.md`;
}

/** Before new versions are published: what names alone mean is pinned, so that nobody reads a version because it is there. */
export function pinLine(registry: string): string {
  return cliLine('ci', 'pin', '--registry', registry, '--reason', 'before a release');
}

/** Publishes what is new or stale. */
export function rebuildLine(registry: string): string {
  return cliLine('rebuild', '--all', '--registry', registry);
}

/** Sets `$version` to `v1.2.0` of package.json. */
export const versionLine = 'version="v$(node --print \'require("./package.json").version\')"';

/** Tags the commit, unless the version was released before: then it stays where it is. `$commit` is what is tagged; ends with status 0 either way, and sets `$released`. */
export const tagLines = [
  versionLine,
  'tagged="$(git ls-remote --tags origin "refs/tags/$version" "refs/tags/$version^{}" | tail -n 1 | cut -f 1)"',
  'if [ -z "$tagged" ]; then',
  '  git tag "$version" "$commit"',
  '  git push origin "refs/tags/$version"',
  '  echo "released $version"',
  'elif [ "$tagged" != "$commit" ]; then',
  '  echo "$version was released before, from $tagged: raise the version in package.json to release this commit"',
  'fi',
];

/** Names the image of the tagged commit by its version. `$IMAGE` is its name, `$commit` its tag so far. */
export const imageTagLines = [
  `if [ "\${tagged:-$commit}" = "$commit" ]; then`,
  '  docker buildx imagetools create --tag "$IMAGE:$version" "$IMAGE:$commit"',
  'fi',
];

/** Writes the plan as a comment of a pull request, over the one before. `$COMMENT` is the text, `$PULL` the number. */
export const commentLines = [
  'comments="repos/$GITHUB_REPOSITORY/issues"',
  `found="$(gh api --paginate "$comments/$PULL/comments" --jq '.[] | select(.user.type == "Bot" and (.body | startswith("${commentMarker}"))) | .id' | head -n 1)"`,
  'if [ -n "$found" ]; then',
  `  printf '%s' "$COMMENT" | gh api --method PATCH "$comments/comments/$found" --field body=@- > /dev/null`,
  'else',
  `  printf '%s' "$COMMENT" | gh api --method POST "$comments/$PULL/comments" --field body=@- > /dev/null`,
  'fi',
];
