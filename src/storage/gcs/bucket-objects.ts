import type { ApiReply, GcsConnection, MediaRange, MediaSink } from './gcs-connection.js';
import { type MultipartDraft, objectType } from './multipart-body.js';
import { creationEntry, type ObjectResource, type Page, parsePage, parseResource } from './object-resource.js';

/** What must hold for an object to be created, and what is kept with it. */
export interface Creation {
  /** Only where there is no such object; anything else fails with 412. */
  readonly ifAbsent?: boolean;
  /** Names the call, so that it knows its own object again. */
  readonly creation?: string;
}

/** The objects of one bucket: single requests, each as Google's documentation describes it. Everything throws RequestFailure. */
export class BucketObjects {
  readonly #connection: GcsConnection;
  readonly #bucket: string;

  constructor(connection: GcsConnection, bucket: string) {
    this.#connection = connection;
    this.#bucket = bucket;
  }

  async page(
    prefix: string,
    options: {
      readonly delimiter?: string;
      readonly pageToken?: string | undefined;
      readonly maxResults?: number;
    } = {},
  ): Promise<Page> {
    const { delimiter, pageToken, maxResults = 1000 } = options;
    const query = {
      prefix,
      maxResults,
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(pageToken === undefined ? {} : { pageToken }),
    };
    return parsePage((await this.#connection.call({ method: 'GET', uri: this.#uri(), query })).body);
  }

  async get(name: string): Promise<ObjectResource> {
    return parseResource((await this.#connection.call({ method: 'GET', uri: this.#uri(name) })).body);
  }

  read(name: string, range: MediaRange, sink: MediaSink): Promise<void> {
    return this.#connection.read(this.#bucket, name, range, sink);
  }

  /** Creates or replaces an object in one request. The server refuses content without this checksum (400). */
  async insert(name: string, draft: MultipartDraft, crc32c: string, creation: Creation): Promise<ObjectResource> {
    const reply = await this.#connection.call({
      method: 'POST',
      uri: `${await this.#connection.uploadUri()}/b/${this.#bucket}/o`,
      query: { uploadType: 'multipart', name, ...precondition(creation) },
      headers: { 'Content-Type': draft.contentType },
      body: draft.finish(metadataOf(name, creation, crc32c)),
    });
    return parseResource(reply.body);
  }

  /** Begins an upload in several requests; returns its URI. */
  async startUpload(name: string, crc32c: string | undefined): Promise<string | undefined> {
    const reply = await this.#connection.call({
      method: 'POST',
      uri: `${await this.#connection.uploadUri()}/b/${this.#bucket}/o`,
      query: { uploadType: 'resumable', name },
      headers: { 'X-Upload-Content-Type': objectType },
      json: metadataOf(name, {}, crc32c),
    });
    return reply.headers['location'];
  }

  /** Sends a part of an upload, or with an empty one asks how far it is. */
  sendPart(uri: string, part: Buffer, contentRange: string): Promise<ApiReply> {
    return this.#connection.call({ method: 'PUT', uri, body: part, headers: { 'Content-Range': contentRange } });
  }

  /** Copies to this bucket, in as many requests as Google wants. @param bucket where the object lies that is copied; this one by default. */
  async rewrite(from: string, to: string, creation: Creation, bucket = this.#bucket): Promise<ObjectResource> {
    const uri = `/b/${bucket}/o/${encodeURIComponent(from)}/rewriteTo${this.#uri(to)}`;
    let rewriteToken: string | undefined;
    for (;;) {
      const query = { ...precondition(creation), ...(rewriteToken === undefined ? {} : { rewriteToken }) };
      // With a body its metadata replaces that of the source.
      const json = metadataOf(to, creation, undefined);
      const { body } = await this.#connection.call({ method: 'POST', uri, query, json });
      const reply = body as { readonly done?: unknown; readonly rewriteToken?: unknown; readonly resource?: unknown };
      if (typeof reply.rewriteToken !== 'string' || reply.rewriteToken === '') return parseResource(reply.resource);
      rewriteToken = reply.rewriteToken;
    }
  }

  /** @param generation deletes only this one. */
  async delete(name: string, generation?: string): Promise<void> {
    const query = generation === undefined ? {} : { ifGenerationMatch: generation };
    await this.#connection.call({ method: 'DELETE', uri: this.#uri(name), query });
  }

  #uri(name?: string): string {
    const objects = `/b/${this.#bucket}/o`;
    return name === undefined ? objects : `${objects}/${encodeURIComponent(name)}`;
  }
}

function precondition({ ifAbsent }: Creation): { readonly ifGenerationMatch?: number } {
  return ifAbsent === true ? { ifGenerationMatch: 0 } : {};
}

function metadataOf(name: string, { creation }: Creation, crc32c: string | undefined): object {
  return {
    name,
    contentType: objectType,
    ...(crc32c === undefined ? {} : { crc32c }),
    ...(creation === undefined ? {} : { metadata: { [creationEntry]: creation } }),
  };
}
