"""The digests of the key index and of a split's content, transcribed from their description."""

import hashlib

MASK = 0xFFFFFFFF


def _rotate(x, bits):
    return ((x << bits) | (x >> (32 - bits))) & MASK


def _final_mix(h):
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
    return h ^ (h >> 16)


def record(leaves):
    """The 64 bits of a record: `leaves` as in its row, padded to a multiple of 4. As 16 hexadecimal digits, in the order of the file."""
    h1 = h2 = 0
    for i in range(0, len(leaves), 4):
        word = int.from_bytes(leaves[i : i + 4], "little")
        k1 = (_rotate((word * 0x239B961B) & MASK, 15) * 0xAB0E9789) & MASK
        h1 = (_rotate(h1 ^ k1, 19) * 5 + 0x561CCD1B) & MASK
        k2 = (_rotate((word * 0xAB0E9789) & MASK, 16) * 0x38B34AE5) & MASK
        h2 = (_rotate(h2 ^ k2, 17) * 5 + 0x0BCAA747) & MASK
    h1 ^= len(leaves)
    h2 ^= len(leaves)
    h1 = (h1 + h2) & MASK
    h2 = (h2 + h1) & MASK
    h1, h2 = _final_mix(h1), _final_mix(h2)
    h1 = (h1 + h2) & MASK
    h2 = (h2 + h1) & MASK
    return (h1.to_bytes(4, "little") + h2.to_bytes(4, "little")).hex()


def records(leaves):
    return [record(one) for one in leaves]


def content(split, records):
    """Content digest of a split and its buckets; `records`: [key bytes, padded leaves] in any order."""
    buckets = {}
    for key, leaves in records:
        digest = hashlib.md5(split.encode() + key).digest()
        buckets.setdefault(int.from_bytes(digest[:2], "big") >> 4, []).append((digest, leaves))
    digests = {
        bucket: hashlib.sha256(b"".join(digest + leaves for digest, leaves in sorted(rows))).digest()
        for bucket, rows in sorted(buckets.items())
    }
    return {
        "content": hashlib.sha256(b"".join(digests.values())).hexdigest(),
        "buckets": [{"bucket": bucket, "sha256": digest.hex()} for bucket, digest in digests.items()],
    }
