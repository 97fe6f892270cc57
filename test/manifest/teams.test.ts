/** The Teams app: valid by Microsoft's schema, no more than it needs, with pictures as Teams wants them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { OperatorError } from '../../src/errors.ts';
import { manifestProblems, packTeamsManifest } from '../../src/doors/teams/manifest.ts';

const folder = join(import.meta.dirname, '../../manifest/teams');
const own = { clientId: '11111111-2222-4333-8444-555555555555', publicUrl: 'https://isma.meadow.example' };

interface Manifest {
  id: string;
  developer: Record<string, string>;
  bots: { botId: string; scopes: string[]; commandLists: { commands: { title: string }[] }[] }[];
  composeExtensions: { botId: string; commands: { id: string; context: string[] }[] }[];
  validDomains: string[];
}

interface Packed {
  names: string[];
  manifest: Manifest;
  text: string;
}

let once: Promise<Packed> | undefined;
const packed = () => (once ??= pack());

async function pack(): Promise<Packed> {
  const files = unzipSync(await packTeamsManifest(own));
  const text = strFromU8(files['manifest.json'] ?? new Uint8Array());
  return { names: Object.keys(files), manifest: JSON.parse(text) as Manifest, text };
}

interface Picture {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel, 0 to 255. */
  pixels: number[][];
}

/** Reads an 8-bit RGB or RGBA picture; the lines of a PNG hold differences, which are undone here. */
function pictureOf(name: string): Picture {
  const bytes = readFileSync(join(folder, name));
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const channels = bytes[25] === 6 ? 4 : 3;
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  const lines = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const plain = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : (plain[y * stride + x - channels] ?? 0);
      const up = y === 0 ? 0 : (plain[(y - 1) * stride + x] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (plain[(y - 1) * stride + x - channels] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      plain[y * stride + x] = ((lines[y * (stride + 1) + 1 + x] ?? 0) + guess) & 255;
    }
  }
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const pixel = [...plain.subarray(index * channels, (index + 1) * channels)];
    return channels === 4 ? pixel : [...pixel, 255];
  });
  return { width, height, pixels };
}

function paeth(left: number, up: number, corner: number): number {
  const [l, u, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value)) as [
    number,
    number,
    number,
  ];
  return l <= u && l <= c ? left : u <= c ? up : corner;
}

describe('the Teams app', () => {
  it('is refused where it does not fit the schema of its version, and made where it does', async () => {
    const { text } = await packed();
    const manifest = JSON.parse(text) as Record<string, unknown>;

    expect(await manifestProblems(text)).toEqual([]);
    expect(await manifestProblems(JSON.stringify({ ...manifest, accentColor: 'teal' }))).toEqual([
      expect.stringContaining('/accentColor must match pattern'),
    ]);
    expect(await manifestProblems(JSON.stringify({ ...manifest, extra: 1 }))).toEqual([
      expect.stringContaining('must NOT have additional properties'),
    ]);
    expect(await manifestProblems(text.replace(own.clientId, '{{TEAMS_CLIENT_ID}}'))).toEqual([
      'manifest.json still holds {{TEAMS_CLIENT_ID}}',
    ]);
  });

  it('is a zip of exactly the manifest and the two pictures, the same each time', async () => {
    const { names } = await packed();

    expect(names.sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
    expect(await packTeamsManifest(own)).toEqual(await packTeamsManifest(own));
  });

  it('carries the id and address of whoever packs it, and no placeholder', async () => {
    const { manifest, text } = await packed();

    expect(manifest.id).toBe(own.clientId);
    expect(manifest.bots[0]?.botId).toBe(own.clientId);
    expect(manifest.composeExtensions[0]?.botId).toBe(own.clientId);
    expect(manifest.developer.privacyUrl).toBe(own.publicUrl);
    expect(text).not.toMatch(/[{]{2}|example\.com/);
  });

  it('asks for no more than it needs', async () => {
    const { manifest } = await packed();

    expect(manifest.validDomains).toEqual([]);
    expect(manifest).not.toHaveProperty('webApplicationInfo');
    expect(manifest).not.toHaveProperty('authorization');
    expect(manifest).not.toHaveProperty('devicePermissions');
  });

  it('talks in personal chats, teams and group chats, with help and at most twelve commands', async () => {
    const { manifest } = await packed();
    const commands = manifest.bots[0]?.commandLists[0]?.commands.map(({ title }) => title) ?? [];

    expect(manifest.bots[0]?.scopes).toEqual(['personal', 'team', 'groupChat']);
    expect(commands[0]).toBe('help');
    expect(commands.length).toBeLessThanOrEqual(12);
  });

  it('offers to ask about a message, to raise what it says, and to report it as an incident', async () => {
    const { manifest } = await packed();

    expect(manifest.composeExtensions[0]?.commands).toMatchObject([
      { id: 'say', context: ['message'] },
      { id: 'incidents.report', context: ['message'] },
      { id: 'corrective-actions.raise', context: ['message'] },
    ]);
  });

  it.each([
    ['TEAMS_CLIENT_ID is not set', { ...own, clientId: null }],
    ['TEAMS_CLIENT_ID is wrong', { ...own, clientId: 'isma' }],
    ['PUBLIC_URL is not set', { ...own, publicUrl: null }],
    ['PUBLIC_URL is wrong', { ...own, publicUrl: 'http://isma.meadow.example' }],
    ['manifest.json', { ...own, publicUrl: `https://isma.example/${'a'.repeat(2_100)}` }],
  ])('is not made where %s', async (problem, options) => {
    const packing = packTeamsManifest(options);

    await expect(packing).rejects.toThrow(OperatorError);
    await expect(packing).rejects.toThrow(problem);
  });
});

describe('the pictures of the Teams app', () => {
  it('are 192 × 192 in colour, with no see-through part', () => {
    const { width, height, pixels } = pictureOf('color.png');

    expect([width, height]).toEqual([192, 192]);
    expect(pixels.every(([, , , opacity]) => opacity === 255)).toBe(true);
    expect(pixels.some(([red, green]) => red !== green)).toBe(true);
  });

  it('are 32 × 32 in white alone, on nothing', () => {
    const { width, height, pixels } = pictureOf('outline.png');
    const shown = pixels.filter(([, , , opacity = 0]) => opacity > 0);

    expect([width, height]).toEqual([32, 32]);
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.length).toBeLessThan(pixels.length);
    expect(shown.every(([red = 0, green = 0, blue = 0]) => Math.min(red, green, blue) >= 250)).toBe(true);
    expect(pixels[0]).toEqual([0, 0, 0, 0]);
  });
});
