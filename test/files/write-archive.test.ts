/** Archives that are written as they are made: whole, never larger than they say, and given up where something fails. */
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { openArchive } from '../../src/files/write-archive.ts';

const at = new Date('2026-12-01T09:00:00Z');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const pieces = Array.from({ length: 300 }, (_, n) => Buffer.from(`${n} `.repeat(1_000)));
const noise = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * n * 7919) % 251));

describe('An archive that is written as it is made', () => {
  it('holds each file as it came, and at no time has more bytes than it said', async () => {
    const out: Buffer[] = [];
    const archive = openArchive(async (piece) => void out.push(Buffer.from(piece)), at);
    const said: number[] = [];

    const text = await archive.add('registers/grün.csv', pieces, true);
    said.push(archive.bytes);
    const file = await archive.add('evidence/01 file.bin', [noise], false);
    said.push(archive.bytes);
    await archive.add('empty.txt', [], true);
    said.push(archive.bytes);
    const whole = await archive.end();

    const zip = Buffer.concat(out);
    expect(whole).toEqual({ sha256: sha256(zip), bytes: zip.length });
    expect(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, sha256(bytes)])).toEqual([
      ['registers/grün.csv', sha256(Buffer.concat(pieces))],
      ['evidence/01 file.bin', sha256(noise)],
      ['empty.txt', sha256(Buffer.alloc(0))],
    ]);
    expect([text.size, file.sha256]).toEqual([Buffer.concat(pieces).length, sha256(noise)]);
    const begins = ['evidence/01 file.bin', 'empty.txt'].map((name) => zip.indexOf(name) - 30);
    begins.forEach((begin, index) => expect(said[index]).toBeGreaterThanOrEqual(begin));
  });

  it('is given up where its content fails, and where it cannot be written', async () => {
    const broken = openArchive(async () => undefined, at);
    const full = openArchive(async () => {
      throw new Error('the disk is full');
    }, at);
    async function* failing() {
      yield noise;
      throw new Error('the store is gone');
    }
    const endless = Array.from({ length: 50 }, () => noise);

    await expect(broken.add('a.bin', failing(), false)).rejects.toThrow('the store is gone');
    await expect(broken.add('b.bin', [noise], false)).rejects.toThrow('the store is gone');
    await expect(full.add('a.bin', endless, false)).rejects.toThrow('the disk is full');
    await expect(full.end()).rejects.toThrow('the disk is full');
  });
});
