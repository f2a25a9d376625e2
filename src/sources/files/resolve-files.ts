import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../../core/errors/index.js';
import { cleanUrl, formatGcsUrl, gcsUrlProblem, isGcsUrl, isUrl, parseGcsUrl } from '../../core/location/index.js';
import type { SourceContext } from '../source.js';
import { archivePath } from './archive-path.js';
import { bucketTree, findObject } from './bucket-files.js';
import type { DownloadedFiles } from './downloaded-files.js';
import { directoryTree, expandGlob, type GlobTree, isGlob } from './glob.js';
import {
  absolutePath,
  type BucketLocation,
  type FileLocation,
  type LocalLocation,
  locationName,
  locationOf,
} from './location.js';
import { mapFiles } from './map-files.js';
import { type NpmFile, packageDirectory } from './npm-file.js';
import { missing } from './opened-file.js';
import { stageMembers } from './stage-members.js';

/**
 * Files to read: a path relative to the builder module's folder (or an absolute one), a `gs://` URL, a glob of either, a `file:` URL, a file of an npm package,
 * what `p.download` gave, or a list of these. Behind the name of an archive, `!/` leads to its members: `exports/2026.zip!/logs/*.csv`.
 * The files of a list are read in its order, those of a glob in the order of their names.
 */
export type FileReference = string | URL | NpmFile | DownloadedFiles | readonly FileReference[];

/** A file that was found. */
export interface SourceFile {
  readonly location: FileLocation;
  /** For messages and shard ids. */
  readonly name: string;
  readonly bytes: number;
  /** What it is a member of. */
  readonly archive?: SourceFile;
}

/** Members of an archive that is still to be looked into. */
interface InArchive {
  readonly in: 'archive';
  readonly archive: FileLocation;
  readonly member: string;
}

type Located = FileLocation | InArchive;

/**
 * Finds every file of a reference, with its size.
 *
 * @throws DatasetsError SOURCE_NOT_FOUND when a file is not there or a glob matches nothing; UNSUPPORTED for a URL that is neither `file:` nor
 * `gs:`; PEER_MISSING for a package that is not installed; what the storage of a bucket and the reader of an archive throw
 */
export async function resolveFiles(reference: FileReference, context: SourceContext): Promise<readonly SourceFile[]> {
  const found = await mapFiles(await locate(reference, context), (location) => filesAt(location, context));
  const files = found.flat();
  refuseTwice(files);
  return files;
}

async function filesAt(location: Located, context: SourceContext): Promise<readonly SourceFile[]> {
  if (location.in === 'bucket') return [await bucketFile(location)];
  if (location.in !== 'archive') return [await localFile(location, context)];
  const [archive] = await filesAt(location.archive, context);
  return archive === undefined ? [] : stageMembers(archive, location.member, context);
}

async function localFile(location: LocalLocation, context: SourceContext): Promise<SourceFile> {
  const name = locationName(location);
  const { size } = await fileStats(absolutePath(location, context), name);
  return { location, name, bytes: size };
}

async function bucketFile(location: BucketLocation): Promise<SourceFile> {
  const { path } = location;
  const object = await findObject(path);
  if (object !== undefined)
    return { location: { ...location, crc32c: object.crc32c ?? null }, name: path, bytes: object.bytes };
  const { bucket } = parseGcsUrl(path);
  throw missing(
    path,
    `There is no such object in the bucket ${bucket}. Objects below a prefix are named with a glob: ${path}/*`,
  );
}

function refuseTwice(files: readonly SourceFile[]): void {
  const names = new Set<string>();
  for (const { name } of files) {
    if (names.has(name)) {
      throw new DatasetsError('PIPELINE_INVALID', `${name} is named twice among the files to read`, {
        hint: 'Name each file once; globs must not overlap.',
        at: { file: name },
      });
    }
    names.add(name);
  }
}

/** Tells a reference from other objects that an author may write in its place. */
export function isFileReference(value: object | string): value is FileReference {
  return typeof value === 'string' || value instanceof URL || Array.isArray(value) || isNamedFile(value);
}

function isNamedFile(value: object): value is NpmFile | DownloadedFiles {
  return 'kind' in value && (value.kind === 'npm-file' || value.kind === 'download');
}

/** Whether reading it needs a network. */
export function isRemote(reference: FileReference): boolean {
  if (typeof reference === 'string') return isGcsUrl(reference);
  if (reference instanceof URL) return reference.protocol === 'gs:';
  // What is downloaded is on this machine before it is read.
  return !isNamedFile(reference) && reference.some(isRemote);
}

/** A reference in one line, for the description of its source. */
export function referenceName(reference: FileReference): string {
  if (typeof reference === 'string') return reference;
  if (reference instanceof URL)
    return reference.protocol === 'gs:' ? reference.href : posix.basename(reference.pathname);
  if (isNamedFile(reference)) {
    if (reference.kind === 'npm-file') return `npm:${reference.package}/${reference.path}`;
    return reference.member === undefined ? reference.url : `${reference.url}#${reference.member}`;
  }
  const [first] = reference;
  if (first === undefined) return 'no files';
  return reference.length === 1 ? referenceName(first) : `${referenceName(first)} and ${reference.length - 1} more`;
}

/**
 * What a reference names, in full: two that name other files differ. Paths are relative to the builder module's folder where they lie in it; all else of this machine is
 * absolute.
 */
export function referencedNames(reference: FileReference, context: SourceContext): readonly string[] {
  if (typeof reference === 'string') return [isAbsolute(reference) ? placeOf(reference, context) : reference];
  if (reference instanceof URL) {
    return [reference.protocol === 'file:' ? placeOf(fileURLToPath(reference), context) : reference.href];
  }
  if (isNamedFile(reference)) return [referenceName(reference)];
  return reference.flatMap((part) => referencedNames(part, context));
}

function placeOf(path: string, context: SourceContext): string {
  return locationOf(path, context).path;
}

async function locate(reference: FileReference, context: SourceContext): Promise<readonly Located[]> {
  if (typeof reference === 'string') {
    return intoArchive(reference, (path) => locatePath(path, context));
  }
  if (reference instanceof URL) {
    return intoArchive(reference.href, (href) => locateUrl(new URL(href), context));
  }
  if (isNamedFile(reference)) {
    if (reference.kind === 'download') return locateDownload(reference);
    return intoArchive(reference.path, (path) => locatePackageFile({ ...reference, path }, context));
  }
  const lists = await Promise.all(reference.map((part) => locate(part, context)));
  return lists.flat();
}

/** Finds files, or the archives that lead to them. */
async function intoArchive(
  path: string,
  find: (path: string) => Promise<readonly FileLocation[]>,
): Promise<readonly Located[]> {
  const inside = archivePath(path);
  if (inside === undefined) return find(path);
  const member = isUrl(path) && !isGcsUrl(path) ? decodeURIComponent(inside.member) : inside.member;
  const archives = await find(inside.archive);
  return archives.map((archive) => ({ in: 'archive', archive, member: posix.normalize(member) }));
}

async function locatePath(path: string, context: SourceContext): Promise<readonly FileLocation[]> {
  if (isGcsUrl(path)) return locateObjects(path);
  if (isUrl(path)) return locateUrl(new URL(path), context);
  if (!isGlob(path)) {
    return [isAbsolute(path) ? locationOf(path, context) : { in: 'module', path: posix.normalize(path) }];
  }
  const [root, pattern] = isAbsolute(path) ? ['/', path.slice(1)] : [context.baseDirectory, posix.normalize(path)];
  const matches = await matchesOf(directoryTree(root), pattern, path, join(root, '.'));
  return matches.map((match) => (root === '/' ? locationOf(`/${match}`, context) : { in: 'module', path: match }));
}

async function locatePackageFile(file: NpmFile, context: SourceContext): Promise<readonly FileLocation[]> {
  const root = packageDirectory(file.package, context);
  const paths = isGlob(file.path)
    ? await matchesOf(directoryTree(root), file.path, referenceName(file), root)
    : [file.path];
  return paths.map((path) => ({ in: 'package', package: file.package, path }));
}

async function locateDownload(files: DownloadedFiles): Promise<readonly FileLocation[]> {
  const { url, sha256, bytes, place, fileName, member, path } = files;
  const about = { in: 'download', url, sha256, bytes, place } as const;
  if (member === undefined) {
    if (!files.extracted) return [{ ...about, path: fileName, isMember: false }];
    throw new DatasetsError('PIPELINE_INVALID', `${url} is an archive: none of its files is named`, {
      hint: "Name a file, or a glob: (await p.download({ url, extract: true })).file('train/*.csv').",
      at: { file: url },
    });
  }
  if (!isGlob(member)) return [{ ...about, path: member, isMember: true }];
  const root = path.slice(0, path.length - member.length);
  const matches = await matchesOf(directoryTree(root), member, referenceName(files), url);
  return matches.map((match) => ({ ...about, path: match, isMember: true }));
}

async function locateUrl(url: URL, context: SourceContext): Promise<readonly FileLocation[]> {
  if (url.protocol === 'file:') return [locationOf(fileURLToPath(url), context)];
  if (url.protocol === 'gs:') return [objectAt(`gs://${url.host}${decodeURIComponent(url.pathname)}`)];
  const shown = cleanUrl(url);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  throw new DatasetsError('UNSUPPORTED', `${shown} cannot be read: sources read local files and gs:// URLs`, {
    hint: isWeb
      ? `Download it: csv(await p.download('${shown}')), or whichever source it is.`
      : 'Copy the file to this machine and name its path, e.g. with --manual-dir and this.manualPath(...).',
    at: { file: shown },
  });
}

async function locateObjects(url: string): Promise<readonly FileLocation[]> {
  if (!isGlob(url)) return [objectAt(url)];
  const { bucket, path } = checkedUrl(url);
  const root = formatGcsUrl({ bucket, path: '' });
  const matches = await matchesOf(bucketTree({ bucket, path: '' }), path, url, root);
  return matches.map((match) => objectAt(`${root}/${match}`));
}

function objectAt(url: string): BucketLocation {
  return { in: 'bucket', path: formatGcsUrl(checkedUrl(url)), crc32c: null };
}

function checkedUrl(url: string) {
  const problem = gcsUrlProblem(url);
  if (problem === undefined) return parseGcsUrl(url);
  throw new DatasetsError('PIPELINE_INVALID', `${JSON.stringify(url)} must ${problem}`, {
    hint: 'Write gs://bucket/object, or a glob: gs://bucket/folder/*.csv.',
    at: { file: url },
  });
}

/** @param from where the pattern starts, for the message. */
async function matchesOf(tree: GlobTree, pattern: string, shown: string, from: string): Promise<readonly string[]> {
  const matches = await expandGlob(tree, pattern);
  if (matches.length > 0) return matches;
  throw new DatasetsError('SOURCE_NOT_FOUND', `No file matches ${shown}`, {
    hint: `The pattern was looked up from ${from}.`,
    at: { file: shown },
  });
}

async function fileStats(path: string, name: string): Promise<Stats> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return stats;
    throw new DatasetsError('SOURCE_NOT_FOUND', `${name} is not a file`, {
      hint: stats.isDirectory() ? `Name the files in it with a glob: ${name}/*` : `Look at ${path}.`,
      at: { file: name },
    });
  } catch (error) {
    if (error instanceof DatasetsError) throw error;
    throw missing(name, `It was looked for at ${path}.`, error);
  }
}
