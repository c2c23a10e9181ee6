"""Opens weight files in Python's safetensors: names, dtypes, shapes, metadata, and whether the checksum agrees.

    python open_in_python.py FILE...
"""
import json
import sys

from safetensors import safe_open


def checksum(data: bytes) -> str:
    """The hash that include/mcfa/io/safetensors_checksum.hpp describes."""
    mask = (1 << 64) - 1
    words = [int.from_bytes(data[i : i + 8], "little") for i in range(0, len(data), 8)] + [len(data)]
    h = 0xCBF29CE484222325
    for word in words:
        h = ((h ^ word) * 0x100000001B3) & mask
        h ^= h >> 32
    return f"fnv1a-words:{h:016x}"


def show(path: str) -> None:
    with safe_open(path, framework="pt") as file:
        print(path)
        metadata = file.metadata() or {}
        print("  metadata", json.dumps(metadata, ensure_ascii=False))
        for name in file.keys():
            tensor = file.get_tensor(name)
            print(f"  {name}  {tensor.dtype}  {list(tensor.shape)}  {tensor.flatten()[:4].tolist()}")
    if "checksum" in metadata:
        with open(path, "rb") as raw:
            header_size = int.from_bytes(raw.read(8), "little")
            raw.seek(8 + header_size)
            agrees = checksum(raw.read()) == metadata["checksum"]
        print("  checksum", "agrees" if agrees else "DISAGREES")
        if not agrees:
            sys.exit(1)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for each in sys.argv[1:]:
        show(each)
