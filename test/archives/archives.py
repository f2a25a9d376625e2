"""Archives as Python's own modules make them, good ones and hostile ones: `python archives.py DIRECTORY`."""

import gzip
import io
import pathlib
import sys
import tarfile
import zipfile

root = pathlib.Path(sys.argv[1])
long_name = 'deep/' * 40 + 'x' * 120 + '.txt'
files = {
    'a.txt': b'a\n',
    'folder/b.bin': bytes(range(256)) * 5000,
    'folder/empty': b'',
    'naïve/ünïcödé 日本.txt': 'ü'.encode(),
    long_name: b'long',
    'block': b'x' * 512,
    'blocks': b'y' * 1024,
}


def tar_info(name, content=b'', **fields):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def write_tar(name, members, mode='w', format=tarfile.PAX_FORMAT, **options):
    with tarfile.open(root / name, mode, format=format, **options) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))


def write_zip(name, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(root / name, 'w', method) as archive:
        for info, content in members:
            archive.writestr(info, content)


good = [(tar_info('folder', type=tarfile.DIRTYPE), b''), *((tar_info(n, c), c) for n, c in files.items())]
write_tar('pax.tar', good)
write_tar('gnu.tar', good, format=tarfile.GNU_FORMAT)
write_tar('pax.tar.gz', good, mode='w:gz')
short = [(info, content) for info, content in good if info.name != long_name]
write_tar('ustar.tar', short, format=tarfile.USTAR_FORMAT)
write_zip('deflated.zip', files.items())
write_zip('stored.zip', files.items(), zipfile.ZIP_STORED)
with zipfile.ZipFile(root / 'zip64.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
    for name, content in files.items():
        with archive.open(name, 'w', force_zip64=True) as member:
            member.write(content)
limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
# Small archives that are written as those above 4 GiB and 65,535 members are.
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 100, 2
write_zip('zip64-directory.zip', files.items())
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits
assert b'PK\x06\x06' in (root / 'zip64-directory.zip').read_bytes()
(root / 'prefixed.zip').write_bytes(b'#!/bin/sh\n' * 100 + (root / 'deflated.zip').read_bytes())
with gzip.open(root / 'one.txt.gz', 'wb') as one:
    one.write(b'first')
with gzip.open(root / 'one.txt.gz', 'ab') as one:
    one.write(b' second')

evil = root / 'evil'
evil.mkdir()
for label, name in {
    'parent': '../evil.txt',
    'inner-parent': 'a/../../evil.txt',
    'absolute': '/tmp/evil.txt',
    'drive': 'C:/evil.txt',
    'backslash': '..\\evil.txt',
    'control': 'a\x1b[2Jb',
}.items():
    write_tar(f'evil/{label}.tar', [(tar_info('ok', b'ok'), b'ok'), (tar_info(name, b'evil'), b'evil')])
    write_zip(f'evil/{label}.zip', [('ok', b'ok'), (name, b'evil')])
write_tar('evil/gnu-parent.tar', [(tar_info('../' * 60 + 'evil', b'e'), b'e')], format=tarfile.GNU_FORMAT)
write_tar('evil/symlink.tar', [(tar_info('l', type=tarfile.SYMTYPE, linkname='/etc'), b'')])
write_tar('evil/through-link.tar', [
    (tar_info('l', type=tarfile.SYMTYPE, linkname='..'), b''),
    (tar_info('l/evil.txt', b'e'), b'e'),
])
write_tar('evil/hardlink.tar', [(tar_info('l', type=tarfile.LNKTYPE, linkname='/etc/passwd'), b'')])
write_tar('evil/device.tar', [(tar_info('d', type=tarfile.CHRTYPE, devmajor=1, devminor=3), b'')])
write_tar('evil/fifo.tar', [(tar_info('f', type=tarfile.FIFOTYPE), b'')])
write_tar('evil/twice.tar', [(tar_info('t', b'1'), b'1'), (tar_info('./t', b'2'), b'2')])
write_tar('evil/file-and-folder.tar', [(tar_info('t', b'1'), b'1'), (tar_info('t/u', b'2'), b'2')])
link = zipfile.ZipInfo('l')
link.create_system = 3
link.external_attr = 0o120777 << 16
write_zip('evil/symlink.zip', [(link, '/etc/passwd')])
import warnings  # noqa: E402

warnings.simplefilter('ignore')
write_zip('evil/twice.zip', [('t', b'1'), ('t', b'2')])
overlap = bytearray((root / 'stored.zip').read_bytes())
# Both first members point to the header of the second.
first = overlap.index(b'PK\x01\x02')
second = overlap.index(b'PK\x01\x02', first + 4)
overlap[first + 42 : first + 46] = overlap[second + 42 : second + 46]
(evil / 'overlap.zip').write_bytes(overlap)
renamed = bytearray((root / 'stored.zip').read_bytes())
renamed[renamed.index(b'a.txt')] = ord('z')
(evil / 'renamed.zip').write_bytes(renamed)

broken = root / 'broken'
broken.mkdir()
for name in ('pax.tar', 'deflated.zip', 'pax.tar.gz', 'one.txt.gz'):
    content = (root / name).read_bytes()
    (broken / f'cut-{name}').write_bytes(content[: len(content) // 2])
header = bytearray((root / 'pax.tar').read_bytes())
header[10] ^= 1
(broken / 'header.tar').write_bytes(header)
damage = bytearray((root / 'stored.zip').read_bytes())
damage[damage.index(bytes(range(256))) + 7] ^= 1
(broken / 'checksum.zip').write_bytes(damage)
(broken / 'text.zip').write_bytes(b'<html>404</html>' * 10)
(broken / 'text.tar').write_bytes(b'<html>404</html>' * 100)

bomb = b'\0' * (200 << 20)
with gzip.open(root / 'bomb.gz', 'wb') as out:
    out.write(bomb)
write_zip('bomb.zip', [('bomb', bomb)])
write_tar('many.tar.gz', [(tar_info(f'f{i}'), b'') for i in range(3000)], mode='w:gz')
with tarfile.open(root / 'bomb.tar.gz', 'w:gz') as archive:
    archive.addfile(tar_info('bomb', bomb), io.BytesIO(bomb))

many = [(f'f{i}.txt', str(i).encode()) for i in range(2998)] + [('sub/x/one.txt', b'one'), ('sub/.hidden', b'')]
write_tar('many.tar', [(tar_info(name, content), content) for name, content in many])
write_tar('many.tgz', [(tar_info(name, content), content) for name, content in many], mode='w:gz')
write_zip('many.zip', many, zipfile.ZIP_STORED)


class Unseekable(io.RawIOBase):
    """A pipe: sizes and checksums come behind each member, in a data descriptor."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, content):
        return self.file.write(content)


with open(root / 'descriptors.zip', 'wb') as pipe, zipfile.ZipFile(Unseekable(pipe), 'w', zipfile.ZIP_DEFLATED) as archive:
    for name, content in files.items():
        archive.writestr(name, content)
assert b'PK\x07\x08' in (root / 'descriptors.zip').read_bytes()
