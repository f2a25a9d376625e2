import type { Json } from '../../core/json/index.js';
import type { SourceShard } from '../source.js';
import type { FileLocation } from './location.js';

/** A list that is wrong doesn't compile. */
const places: Readonly<Record<FileLocation['in'], true>> = {
  module: true,
  package: true,
  machine: true,
  staged: true,
  member: true,
  download: true,
  bucket: true,
};

/** Every file that a shard names, in whatever its source keeps of it. */
export function locationsOf(shard: SourceShard): readonly FileLocation[] {
  const found: FileLocation[] = [];
  mapLocations(shard.data, (location) => {
    found.push(location);
    return location;
  });
  return found;
}

/** The shard with other locations in their place. */
export function moveLocations(shard: SourceShard, move: (location: FileLocation) => FileLocation): SourceShard {
  return { ...shard, data: mapLocations(shard.data, move) };
}

function mapLocations(data: Json, move: (location: FileLocation) => FileLocation): Json {
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map((part: Json) => mapLocations(part, move));
  if (isLocation(data)) return move(data);
  return Object.fromEntries(Object.entries(data).map(([name, part]) => [name, mapLocations(part as Json, move)]));
}

/** What sources put into their shards is theirs; that an object with such an `in` and a path is a location, all of them keep to. */
function isLocation(data: object): data is FileLocation {
  return (
    'in' in data &&
    typeof data.in === 'string' &&
    Object.hasOwn(places, data.in) &&
    'path' in data &&
    typeof data.path === 'string'
  );
}
