import base64
import fcntl
import json
import os
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import google_crc32c
from google.cloud import storage

REGISTRY = 'gs://bucket/registry'
DATA = Path.home() / 'datasets'  # Versions are kept here: let it be a disk of this machine.


def resolve(bucket, root, reference):
    """The path of what `name[/config][:version]` or `name@alias` means, and why it was yanked, if it was: a wildcard or a name passes yanked ones over."""

    def listed(path):
        blobs = bucket.list_blobs(prefix=f'{root}{path}/', delimiter='/')
        names = [blob.name for blob in blobs] + [prefix[:-1] for prefix in blobs.prefixes]
        return sorted(name.rsplit('/', 1)[-1] for name in names)

    def read(path):
        return json.loads(bucket.blob(root + path).download_as_bytes())

    def last(row):  # A row of numbered files, of which the highest counts.
        names = [name for name in listed(row) if re.fullmatch(r'\d{8}\.json', name)]
        return read(f'{row}/{names[-1]}') if names else {}

    def complete(parent, pattern='*.*.*'):
        form = re.compile(pattern.replace('.', r'\.').replace('*', r'\d+'))
        versions = [name for name in listed(parent) if form.fullmatch(name)]
        for version in sorted(versions, key=lambda text: [int(part) for part in text.split('.')], reverse=True):
            if bucket.blob(f'{root}{parent}/{version}/manifest.json').exists():
                yield version

    name, config, version, alias = re.fullmatch(r'(\w+)(?:/([\w.-]+))?(?::([\d.*]+))?(?:@([\w-]+))?', reference).groups()
    target = {} if config or version else last(f'{name}/.aliases/{alias or "default"}').get('target') or {}
    if alias and not target:  # There is no target where the alias was removed.
        raise LookupError(f'{REGISTRY} has no alias {reference}')
    config, version = target.get('config', config), target.get('version', version) or '*.*.*'
    if not target and not config and not any(complete(name)):
        if 'metadata.json' in listed(f'{name}/.config'):
            configs = [read(f'{name}/.config/metadata.json')['default_config_name']]
        else:
            configs = [config for config in listed(name) if any(complete(f'{name}/{config}'))]
        if len(configs) != 1:
            raise LookupError(f'{REGISTRY} has no version {reference}, or several configs that have one')
        config = configs[0]
    parent = f'{name}/{config}' if config else name
    for found in complete(parent, version):
        said = last(f'{parent}/.yanked/{found}')
        reason = said['reason'] if said.get('yanked') else None
        if reason is None or '*' not in version:
            return f'{parent}/{found}', reason
    raise LookupError(f'{REGISTRY} has no version {reference} that was not yanked')


def pull(reference):
    """The directory of a version on this machine. Of several processes one fetches it, and goes on where an earlier one ended."""
    bucket_name, _, prefix = REGISTRY.removeprefix('gs://').partition('/')
    bucket, root = storage.Client().bucket(bucket_name), prefix and prefix + '/'
    path, yanked = resolve(bucket, root, reference)
    if yanked is not None:
        warnings.warn(f'{REGISTRY}/{path} was yanked: {yanked}', stacklevel=2)
    target, partial = inside(DATA, path), inside(DATA, f'.partial/{path}')

    def fetch(file):
        place = inside(partial, file['path'])
        if place.exists() and checksum(place) == file['crc32c']:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        bucket.blob(f'{root}{path}/{file["path"]}').download_to_filename(place)
        if place.stat().st_size != file['bytes'] or checksum(place) != file['crc32c']:
            raise OSError(f'{REGISTRY}/{path}/{file["path"]} is not what its manifest says')

    partial.parent.mkdir(parents=True, exist_ok=True)
    with open(f'{partial}.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            partial.mkdir(exist_ok=True)
            manifest = bucket.blob(f'{root}{path}/manifest.json').download_as_bytes()
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(fetch, json.loads(manifest)['files']))
            (partial / 'manifest.json').write_bytes(manifest)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(partial, target)
    print(f'{REGISTRY}/{path} is in {target}')
    return target


def inside(directory, path):
    place = directory / path
    if not place.resolve().is_relative_to(directory.resolve()):
        raise ValueError(f'{path} leads out of {directory}')
    return place


def checksum(path):
    crc = google_crc32c.Checksum()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            crc.update(block)
    return base64.b64encode(crc.digest()).decode()
