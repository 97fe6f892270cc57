/** Packs the Teams app: manifest/teams with one's own app id and address, checked before it is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TeamsManifest } from '@microsoft/app-manifest';
import { strToU8, zipSync } from 'fflate';
import { z } from 'zod';
import { OperatorError, messageOf } from '../../errors.ts';

const folder = join(import.meta.dirname, '../../../manifest/teams');

/** A zip holds times from 1980 on: with one and the same for all, the same manifest always makes the same file. */
const packedAt = new Date('2026-01-01T00:00:00');

/** What the pictures must be, which the schema does not say. Width and height in pixels. */
const pictures = { color: 192, outline: 32 } as const;

/** What is read of it here. */
const TeamsManifest = z.object({
  composeExtensions: z.array(
    z.object({ commands: z.array(z.object({ id: z.string(), title: z.string(), description: z.string() })) }),
  ),
});

/** The manifest as it stands in its folder, placeholders and all. */
export function readTeamsManifest(): z.infer<typeof TeamsManifest> {
  return TeamsManifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
}

export interface TeamsPackageOptions {
  /** TEAMS_CLIENT_ID, or null where it is not set. */
  clientId: string | null;
  /** PUBLIC_URL, or null where it is not set. */
  publicUrl: string | null;
}

/**
 * @returns the bytes of the zip to upload in the Teams admin centre: manifest.json, color.png and outline.png
 * @throws OperatorError saying what is missing or wrong; an invalid package is never returned
 */
export async function packTeamsManifest({ clientId, publicUrl }: TeamsPackageOptions): Promise<Uint8Array> {
  const values = {
    TEAMS_CLIENT_ID: given(
      'TEAMS_CLIENT_ID',
      clientId,
      z.guid(),
      'the Application (client) ID of the app registration, such as 00000000-0000-4000-8000-000000000001',
    ),
    PUBLIC_URL: given(
      'PUBLIC_URL',
      publicUrl,
      z.url({ protocol: /^https$/ }),
      'the https:// address of this service',
    ),
  };
  const text = readFileSync(join(folder, 'manifest.json'), 'utf8').replace(
    /\{\{(\w+)\}\}/g,
    (placeholder, name: string) =>
      name in values ? JSON.stringify(values[name as keyof typeof values]).slice(1, -1) : placeholder,
  );
  const icons = { color: read('color.png'), outline: read('outline.png') };
  const problems = [
    ...(await manifestProblems(text)),
    ...Object.entries(pictures).flatMap(([name, size]) =>
      pictureProblems(name, icons[name as keyof typeof icons], size),
    ),
  ];
  if (problems.length > 0)
    throw new OperatorError(
      `The Teams app would be refused, so it was not made. In manifest/teams:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  return zipSync(
    { 'manifest.json': strToU8(text), 'color.png': icons.color, 'outline.png': icons.outline },
    { mtime: packedAt },
  );
}

function read(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}

function given(name: string, value: string | null, shape: z.ZodType, what: string): string {
  if (value === null) throw new OperatorError(`${name} is not set: it is ${what}.`);
  if (!shape.safeParse(value).success) throw new OperatorError(`${name} is wrong: it must be ${what}.`);
  return value;
}

/** What Microsoft's schema, without any network, says against the text of a manifest. */
export async function manifestProblems(text: string): Promise<string[]> {
  const left = text.match(/\{\{\w*\}\}/g) ?? [];
  if (left.length > 0) return [`manifest.json still holds ${[...new Set(left)].join(', ')}`];
  const check = await checker();
  return (await check(JSON.parse(text) as TeamsManifest)).map((problem) => `manifest.json ${problem.trim()}`);
}

/**
 * Microsoft's own check, offline: it brings the schema of each version along. It is loaded for this command alone, so that a
 * service that was installed without development packages runs without it.
 */
async function checker(): Promise<(manifest: TeamsManifest) => Promise<string[]>> {
  try {
    const { AppManifestUtils } = await import('@microsoft/app-manifest');
    return (manifest) => AppManifestUtils.validateAgainstSchema(manifest);
  } catch (cause) {
    throw new OperatorError(
      `Microsoft's check of a Teams manifest cannot be loaded: ${messageOf(cause)}. Run "npm ci" without leaving out development packages.`,
      { cause },
    );
  }
}

/** Of a PNG, the size stands at a fixed place, right behind its signature. */
function pictureProblems(name: string, bytes: Uint8Array, size: number): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 33 || view.getUint32(0) !== 0x89504e47) return [`${name}.png is not a PNG`];
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return width === size && height === size
    ? []
    : [`${name}.png must be ${size} × ${size} pixels, and is ${width} × ${height}`];
}
