"""Checks an export of audit records by docs/audit.md alone: nothing of Inkan, hashes by hashlib, signatures by openssl.

    python3 audit_check.py FOLDER           an export: records.jsonl, heads.jsonl, audit.pem
    python3 audit_check.py FOLDER PROOF     and a proof, by the key of that folder

Says what it checked, or what is wrong, with exit status 1.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timezone


def wrong(what):
    sys.exit(f"audit_check: {what}")


def sha256(data):
    return hashlib.sha256(data).digest()


def text_of(record):
    """The canonical text of a record."""
    at = datetime.strptime(record["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    parts = [record["node"], str(record["sequence"]), str(int(at.timestamp()))]
    parts += [record["actor"], record["action"], record["institution"], record["subject"]]
    for key, value in sorted(record["detail"].items(), key=lambda pair: pair[0].encode()):
        parts += [key, value]
    return b"".join(str(len(part.encode())).encode() + b":" + part.encode() + b";" for part in parts)


def leaf_of(record):
    return sha256(b"\0" + text_of(record))


def above(left, right):
    return sha256(b"\1" + left + right)


def root_of(leaves):
    """MTH of RFC 9162 2.1.1, by its definition."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"")
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return above(root_of(leaves[:middle]), root_of(leaves[middle:]))


def climb(place, last, starts, path):
    """Goes up a tree along a path, as RFC 9162 2.1.3.2 and 2.1.4.2 say, with every hash of `starts` that is on the way."""
    before, now = starts
    for sibling in path:
        if last == 0:
            wrong("a path is too long")
        if place & 1 or place == last:
            before, now = above(sibling, before), above(sibling, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = above(now, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        wrong("a path is too short")
    return before, now


def check_signature(head, folder):
    text = f"inkan audit head 1\n{head['size']}\n{head['root']}\n{head['at']}\n{head['previous']}\n{head['node']}\n"
    with tempfile.NamedTemporaryFile() as signature:
        signature.write(base64.b64decode(head["signature"]))
        signature.flush()
        command = ["openssl", "dgst", "-sha256", "-verify", os.path.join(folder, "audit.pem"), "-signature", signature.name]
        if subprocess.run(command, input=text.encode(), capture_output=True).returncode != 0:
            wrong(f"the head of {head['node']} over {head['size']} is not signed by this key")


def lines_of(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read().splitlines()


def check_records(folder):
    logs = {}
    chains = {}
    for line in lines_of(folder, "records.jsonl"):
        record = json.loads(line)
        name = f"record {record['sequence']} of {record['node']}"
        leaves = logs.setdefault(record["node"], [])
        if record["sequence"] != len(leaves) + 1:
            wrong(f"{name} follows {len(leaves)}")
        chain = sha256(chains.get(record["node"], bytes(32)) + text_of(record))
        if chain.hex() != record["hash"]:
            wrong(f"{name} is not what was written")
        chains[record["node"]] = chain
        leaves.append(leaf_of(record))
    return logs


def check_heads(folder, name, logs):
    count = 0
    previous = None
    for line in lines_of(folder, name):
        head = json.loads(line)
        if previous is not None and head["previous"] != previous:
            wrong(f"a line before the head of {head['node']} over {head['size']} is missing")
        previous = sha256(line).hex()
        check_signature(head, folder)
        leaves = logs.get(head["node"], [])
        if head["size"] > len(leaves):
            wrong(f"{head['node']} ends at {len(leaves)}, a head was signed over {head['size']}")
        if root_of(leaves[: head["size"]]).hex() != head["root"]:
            wrong(f"the first {head['size']} records of {head['node']} are not those that were signed")
        count += 1
    return count


def check_proof(folder, file):
    with open(file, "rb") as proof_file:
        proof = json.load(proof_file)
    head = proof["head"]
    check_signature(head, folder)
    path = [bytes.fromhex(each) for each in proof["path"]]
    if proof["proof"] == "inclusion":
        record = proof["record"]
        leaf = leaf_of(record)
        if record["node"] != head["node"] or not 1 <= record["sequence"] <= head["size"]:
            wrong("the record is not under this head")
        _, root = climb(record["sequence"] - 1, head["size"] - 1, (leaf, leaf), path)
        if root.hex() != head["root"]:
            wrong("the hashes do not lead to the head")
        return f"record {record['sequence']} of {record['node']} stands under the head over {head['size']}"
    earlier = proof["earlier"]
    check_signature(earlier, folder)
    if earlier["node"] != head["node"] or not 1 <= earlier["size"] <= head["size"]:
        wrong("the heads are not of one log")
    if earlier["size"] == head["size"]:
        before = now = bytes.fromhex(earlier["root"])
    else:
        place, last = earlier["size"] - 1, head["size"] - 1
        while place & 1:
            place, last = place >> 1, last >> 1
        is_whole = earlier["size"] & (earlier["size"] - 1) == 0
        start = bytes.fromhex(earlier["root"]) if is_whole else path.pop(0)
        before, now = climb(place, last, (start, start), path)
    if before.hex() != earlier["root"] or now.hex() != head["root"]:
        wrong("the hashes do not lead to the heads")
    return f"{head['node']} over {head['size']} begins with what it was over {earlier['size']}"


def main():
    folder = sys.argv[1]
    if len(sys.argv) > 2:
        print(check_proof(folder, sys.argv[2]))
        return
    logs = check_records(folder)
    heads = sum(check_heads(folder, name, logs) for name in os.listdir(folder) if name.startswith("heads"))
    print(json.dumps({"records": sum(len(leaves) for leaves in logs.values()), "heads": heads}))


main()
