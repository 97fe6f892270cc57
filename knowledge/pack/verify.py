"""Checks this pack without Isma: every file against SHA256SUMS, and the audit log from its first entry to its last.

python3 verify.py [SHA-256 of SHA256SUMS, as it was noted when the pack was taken]
"""
import hashlib, json, os, sys

here = os.path.dirname(os.path.abspath(__file__))
faults = []


def sha256(path):
    digest = hashlib.sha256()
    with open(os.path.join(here, *path.split('/')), 'rb') as file:
        for block in iter(lambda: file.read(1 << 20), b''):
            digest.update(block)
    return digest.hexdigest()


def read(path):
    return open(os.path.join(here, *path.split('/')), encoding='utf-8', newline='\n')


sums = sha256('SHA256SUMS')
if len(sys.argv) > 1 and sys.argv[1] != sums:
    faults.append('SHA256SUMS is not the one that was noted')
listed = dict(reversed(line.rstrip('\n').split('  ', 1)) for line in read('SHA256SUMS'))
found = {os.path.relpath(os.path.join(folder, name), here).replace(os.sep, '/')
         for folder, _, names in os.walk(here) for name in names if not name.startswith('.')}
faults += [f'{path} is missing' for path in sorted(listed.keys() - found)]
faults += [f'{path} does not belong to this pack' for path in sorted(found - listed.keys() - {'SHA256SUMS'})]
faults += [f'{path} was changed' for path in sorted(found & listed.keys()) if sha256(path) != listed[path]]

previous, number, kept_back = '', 0, 0
try:
    for number, line in enumerate(read('audit-log/entries.jsonl'), 1):
        entry = json.loads(line)
        if entry['seq'] != number:
            faults.append(f'the audit log has entry {entry["seq"]} where {number} should stand')
            break
        if 'payload' not in entry:
            kept_back += 1
        elif (hashlib.sha256(f'{previous}\n{entry["payload"]}'.encode()).hexdigest() != entry['hash']
              or json.loads(entry['payload'])['seq'] != number):
            faults.append(f'entry {number} of the audit log was changed or moved')
        previous = entry['hash']
    if read('audit-log/head.txt').read().strip() != f'{number}:{previous}':
        faults.append('the audit log does not end where its head says')
except (OSError, ValueError, KeyError) as error:
    faults.append(f'the audit log cannot be read: {error}')

print('\n'.join(faults) if faults else f'Whole: {len(listed)} files, {number} entries of the audit log.')
if kept_back:
    print(f'Of {kept_back} entries words were kept back: only their places in the chain can be checked.')
print(f'SHA-256 of SHA256SUMS: {sums}')
sys.exit(1 if faults else 0)
