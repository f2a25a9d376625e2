import type { HeldRequest } from './http-message.js';

/** What a request of the JSON API wants. */
export type CallKind =
  | 'list'
  | 'stat'
  | 'download'
  | 'insert'
  | 'start upload'
  | 'upload part'
  | 'rewrite'
  | 'compose'
  | 'delete'
  | 'other';

export interface ApiCall {
  readonly kind: CallKind;
  readonly bucket: string;
  /** The object that is read or written; the destination of a copy. */
  readonly name: string;
}

export function parseCall({ method, url }: HeldRequest): ApiCall {
  const path = url.pathname;
  const query = url.searchParams;
  const upload = /^\/(?:resumable\/)?upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path);
  if (upload !== null) {
    const target = { bucket: decode(upload[1]), name: query.get('name') ?? '' };
    if (query.has('upload_id')) return { kind: 'upload part', ...target };
    return { kind: query.get('uploadType') === 'resumable' ? 'start upload' : 'insert', ...target };
  }
  const objects = /^\/(?:download\/)?(?:storage\/v1\/)?b\/([^/]+)\/o(?:\/([^/]+))?(?:\/(.+))?$/.exec(path);
  if (objects === null) return { kind: 'other', bucket: '', name: '' };
  const [, bucket, object, verb = ''] = objects;
  const target = { bucket: decode(bucket), name: decode(object) };
  const copied = /^(?:rewriteTo|copyTo)\/b\/([^/]+)\/o\/([^/]+)$/.exec(verb);
  if (copied !== null) return { kind: 'rewrite', bucket: decode(copied[1]), name: decode(copied[2]) };
  if (verb === 'compose') return { kind: 'compose', ...target };
  if (object === undefined) return { kind: method === 'GET' ? 'list' : 'other', ...target };
  if (method === 'DELETE') return { kind: 'delete', ...target };
  if (method === 'GET') return { kind: query.get('alt') === 'media' ? 'download' : 'stat', ...target };
  return { kind: 'other', ...target };
}

function decode(part: string | undefined): string {
  return decodeURIComponent(part ?? '');
}
