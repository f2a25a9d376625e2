"""Writes src/engines/beam/protos: what protoc-gen-es makes of Beam's protocol buffers, as PyPI's apache-beam carries them.

Usage: a Python with apache-beam, from the repository's root, after `npm run setup`:

    python scripts/generate-beam-protos.py

No protoc is needed: a plugin gets descriptors, and Python has them.
"""

import importlib
import pathlib
import subprocess

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

PACKAGE = 'apache_beam.portability.api.org.apache.beam.model'
MODULES = (
    'fn_execution.v1.beam_fn_api_pb2',
    'fn_execution.v1.beam_provision_api_pb2',
    'job_management.v1.beam_job_api_pb2',
    'job_management.v1.beam_artifact_api_pb2',
)
TARGET = pathlib.Path('src/engines/beam/protos')
PREFIX = 'org/apache/beam/model/'


def with_json_names(message):
    """Python's descriptors leave json_name empty, and the plugin takes property names from it."""
    for field in (*message.field, *message.extension):
        if not field.json_name:
            first, *rest = field.name.split('_')
            field.json_name = first + ''.join(part[:1].upper() + part[1:] for part in rest)
    for nested in message.nested_type:
        with_json_names(nested)


def collect(descriptor, files):
    """Every file before those that import it."""
    if descriptor.name in files:
        return
    for dependency in descriptor.dependencies:
        collect(dependency, files)
    proto = descriptor_pb2.FileDescriptorProto()
    descriptor.CopyToProto(proto)
    for message in proto.message_type:
        with_json_names(message)
    files[descriptor.name] = proto


def main():
    files = {}
    for module in MODULES:
        collect(importlib.import_module(f'{PACKAGE}.{module}').DESCRIPTOR, files)
    request = plugin_pb2.CodeGeneratorRequest(parameter='target=js+dts,import_extension=js')
    request.proto_file.extend(files.values())
    request.file_to_generate.extend(name for name in files if name.startswith(PREFIX))
    plugin = subprocess.run(
        ['node_modules/.bin/protoc-gen-es'], input=request.SerializeToString(), stdout=subprocess.PIPE, check=True
    )
    response = plugin_pb2.CodeGeneratorResponse.FromString(plugin.stdout)
    if response.error:
        raise SystemExit(response.error)
    for file in response.file:
        path = TARGET / file.name.removeprefix(PREFIX)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.content)


if __name__ == '__main__':
    main()
