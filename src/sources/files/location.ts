import { isAbsolute, join, relative, sep } from 'node:path';
import { internalError } from '../../core/errors/index.js';
import type { SourceContext } from '../source.js';
import { packageDirectory } from './npm-file.js';

/**
 * Where a file lies, in terms that hold on every machine that has the same project: shards carry this, and each worker resolves it against
 * its own folders.
 */
export type FileLocation = LocalLocation | BucketLocation;

export type LocalLocation =
  /** Relative to the builder module's folder, with `/`; may begin with `..`. */
  | { readonly in: 'module'; readonly path: string }
  /** Inside an installed npm package. */
  | { readonly in: 'package'; readonly package: string; readonly path: string }
  /** Anywhere else: an absolute path; and how messages call it where another machine named it. */
  | { readonly in: 'machine'; readonly path: string; readonly name?: string }
  /** Where this build stages what it can't read twice. */
  | { readonly in: 'staged'; readonly path: string }
  | MemberLocation
  | DownloadLocation;

/** A member of an archive, which this build has extracted. */
export type MemberLocation = {
  readonly in: 'member';
  /** Of the archive and in it: `exports/2026.zip!/logs.csv`. */
  readonly path: string;
  /** The same with the archive as messages call it. */
  readonly name: string;
  /** Where it lies in the staging directory, with `/`. */
  readonly staged: string;
};

/** A file that was downloaded, or a member of an archive that was. */
export type DownloadLocation = {
  readonly in: 'download';
  /** As in `DownloadedFiles`. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly place: string;
  /** The member of the archive; the file's name where it is none. */
  readonly path: string;
  readonly isMember: boolean;
};

/** An object of Google Cloud Storage. */
export type BucketLocation = {
  readonly in: 'bucket';
  /** `gs://bucket/object`. */
  readonly path: string;
  /** Of the object that was found (base64, big-endian): a worker reads that one or fails. Null where the storage doesn't say. */
  readonly crc32c: string | null;
};

/** The absolute path of a location on this machine. */
export function absolutePath(location: LocalLocation, context: SourceContext): string {
  switch (location.in) {
    case 'module':
      return join(context.baseDirectory, location.path);
    case 'package':
      return join(packageDirectory(location.package, context), location.path);
    case 'machine':
      return location.path;
    case 'staged':
      return join(stagingDirectory(context), location.path);
    case 'member':
      return join(stagingDirectory(context), location.staged);
    case 'download':
      return downloadPath(location, context);
  }
}

function downloadPath({ place, path, isMember }: DownloadLocation, context: SourceContext): string {
  if (context.downloadDirectory === undefined)
    throw internalError('a downloaded file is read without a folder of downloads');
  return isMember ? join(context.downloadDirectory, place, path) : join(context.downloadDirectory, place);
}

/** @throws DatasetsError INTERNAL for a source that stages files and is read outside of a build. */
export function stagingDirectory(context: SourceContext): string {
  if (context.stagingDirectory !== undefined) return context.stagingDirectory;
  throw internalError('a source that stages files was given no directory for them');
}

/** How messages, shard ids and the manifest call a file. */
export function locationName(location: FileLocation): string {
  switch (location.in) {
    case 'package':
      return `npm:${location.package}/${location.path}`;
    case 'member':
      return location.name;
    case 'machine':
      return location.name ?? location.path;
    case 'download':
      // The name of a file tells how it is packed, which a URL need not say.
      return !location.isMember && location.url.endsWith(`/${location.path}`)
        ? location.url
        : `${location.url}#${location.path}`;
    default:
      return location.path;
  }
}

/** An absolute path as a location: relative when it lies in the builder module's folder. */
export function locationOf(path: string, context: SourceContext): LocalLocation {
  const inside = relative(context.baseDirectory, path);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return { in: 'machine', path };
  return { in: 'module', path: inside.split(sep).join('/') };
}
