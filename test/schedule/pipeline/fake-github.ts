import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemporaryProject } from '../../cli/run-cli.js';

/** Comments of a pull request, as `gh api` makes and changes them, in a file. It takes the calls that the workflow makes, and no others. */
const gh = `#!/usr/bin/env node
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const file = process.env.FAKE_GITHUB;
const comments = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const refuse = (why) => { process.stderr.write(why + '\\n'); process.exit(1); };
if (process.env.GH_TOKEN !== 'a token') refuse('no token');
const args = process.argv.slice(2).join(' ');
const body = () => readFileSync(0, 'utf8');
const list = /^api --paginate repos\\/team\\/data\\/issues\\/7\\/comments --jq (.*)$/s.exec(args);
const patch = /^api --method PATCH repos\\/team\\/data\\/issues\\/comments\\/(\\d+) --field body=@-$/.exec(args);
if (list !== null) {
  const marker = /startswith\\("([^"]+)"\\)/.exec(list[1])?.[1] ?? refuse('no marker');
  for (const comment of comments) if (comment.bot && comment.body.startsWith(marker)) process.stdout.write(comment.id + '\\n');
} else if (patch !== null) {
  const comment = comments.find(({ id }) => String(id) === patch[1]) ?? refuse('no such comment');
  comment.body = body();
} else if (args === 'api --method POST repos/team/data/issues/7/comments --field body=@-') {
  comments.push({ id: comments.length + 1, bot: true, body: body() });
} else refuse('gh ' + args);
writeFileSync(file, JSON.stringify(comments));
`;

/** `npm ci` has nothing to install, since the package is linked; everything else is npm's own. */
const npm = `#!/bin/sh
if [ "$1" = ci ]; then exit 0; fi
self="$(dirname "$0")"
PATH="\${PATH#"$self":}" exec npm "$@"
`;

/** Programs of a runner that a test stands in for, in a folder of the project. */
export async function fakePrograms(project: TemporaryProject): Promise<string> {
  const folder = project.path('programs');
  await project.write('programs/package.json', '{ "type": "module" }');
  for (const [name, text] of [
    ['gh', gh],
    ['npm', npm],
  ] as const) {
    await chmod(await project.write(`programs/${name}`, text), 0o755);
  }
  return folder;
}

export interface Comment {
  readonly id: number;
  readonly bot: boolean;
  readonly body: string;
}

export async function commentsIn(folder: string): Promise<readonly Comment[]> {
  return JSON.parse(await readFile(join(folder, 'comments.json'), 'utf8')) as readonly Comment[];
}
