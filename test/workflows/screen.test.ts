/** Codes and QR codes for people without chat: asked for in chat, and by whoever runs Isma. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { strFromU8, unzipSync } from 'fflate';
import { decodeQR } from 'qr/decode.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeCodes, writePicture } from '../../src/cli/screen.ts';
import { leave } from '../../src/isms/person/leaving.ts';
import { personOfCode } from '../../src/records/screen-code.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople, startHarness, today, type Harness } from '../support/harness.ts';

const url = 'https://isma.meadow.example';
const ines = 'ines@test.example';
const erin = 'erin@test.example';

async function addressIn(png: Uint8Array): Promise<string> {
  const image = await loadImage(Buffer.from(png));
  const ctx = createCanvas(image.width, image.height).getContext('2d');
  ctx.drawImage(image, 0, 0);
  return decodeQR(ctx.getImageData(0, 0, image.width, image.height));
}

describeOnDatabases('People without chat', (test) => {
  let isma: Harness;
  let now: Date;
  let folder: string;
  beforeEach(async () => {
    now = today;
    folder = await mkdtemp(join(tmpdir(), 'isma-screen-'));
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, screen: { url }, clock: () => now });
    await isma.say(ines, 'hello');
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const later = () => void (now = new Date(now.getTime() + 60_000));
  const nameOf = async (code: string) => {
    const id = await personOfCode(test.db, code);
    return id === null
      ? null
      : (await test.db.query('select name from person where id = $1', [id])).rows[0]?.['name'];
  };

  /** The lines of a sheet that was given out, name and code. */
  async function sheet(id: string): Promise<[name: string, code: string][]> {
    const parts = unzipSync((await isma.core.readFile(id)) ?? new Uint8Array());
    const text = strFromU8(parts['word/document.xml'] ?? new Uint8Array());
    const rows = text.split('<w:tr>').slice(1).map((row) => [...row.matchAll(/<w:t[ >][^<]*?>?([^<>]+)<\/w:t>/g)].map(([, cell = '']) => cell));
    return rows.slice(1).map((cells) => [cells[0] ?? '', cells.find((cell) => /^\w{4}-\w{4}-\w{4}$/.test(cell)) ?? '']);
  } // prettier-ignore

  it('get a code each on a sheet, from the ISMS manager in chat, who has chat and needs none', async () => {
    const [card] = await isma.say(ines, 'codes for people without chat');
    expect(card?.reply.text).toContain('3 people have never written to me in a chat.');
    later();
    const [made] = await isma.press(ines, card?.reply.buttons[0]?.id ?? '');
    const lines = await sheet(made?.reply.files[0]?.id ?? '');

    expect(lines.map(([name]) => name)).toEqual(['Hanna Human', 'Erin Employee', 'Hugo Owner']);
    for (const [name, code] of lines) expect(await nameOf(code)).toBe(name);
    const { rows } = await test.db.query("select payload from audit_entry where action = 'screen_code.made'");
    expect(rows).toHaveLength(1);
    for (const [, code] of lines) expect(JSON.stringify(rows)).not.toContain(code.slice(5));
    // A second click on the old card would make the sheet worthless that is being printed.
    later();
    const [again] = await isma.press(ines, card?.reply.buttons[0]?.id ?? '');
    expect(again?.reply).toMatchObject({ notice: 'refused', files: [] });
    expect(await nameOf(lines[0]?.[1] ?? '')).toBe('Hanna Human');
  });

  it('of one department, or one alone, who may have chat', async () => {
    const [hr] = await isma.say(ines, 'Codes für Personen ohne Chat in HR');
    const [one] = await isma.say(ines, 'new code for Ines Isms');

    expect(hr?.reply.facts[0]?.value).toBe('Hanna Human');
    expect(one?.reply.text).toContain('A code for Ines Isms');
    const [made] = await isma.press(ines, one?.reply.buttons[0]?.id ?? '');
    expect((await sheet(made?.reply.files[0]?.id ?? '')).map(([name]) => name)).toEqual(['Ines Isms']);
  });

  it('get none from anybody else, whatever they press', async () => {
    for (const words of ['codes for people without chat', 'QR code for phishing'])
      expect((await isma.say(erin, words))[0]?.reply.text).toContain('Only the ISMS manager');
    const [pressed] = await isma.press(erin, 'screen.make?department=&person=&since=2026-01-01');

    expect(pressed?.reply.notice).toBe('refused');
    expect((await test.db.query('select from screen_code')).rowCount).toBe(0);
  });

  it('find the lesson by a picture that is hung up', async () => {
    const [drawn] = await isma.say(ines, 'QR code for phishing');
    const bytes = (await isma.core.readFile(drawn?.reply.picture?.id ?? '')) ?? new Uint8Array();

    expect(await addressIn(bytes)).toBe(`${url}/screen?lesson=phishing`);
    expect((await isma.say(ines, 'QR code for gardening'))[0]?.reply.text).toContain('no lesson or policy called «gardening»');
  }); // prettier-ignore

  it('lose it when they leave', async () => {
    const out = join(folder, 'codes.csv');
    await writeCodes(isma.app, { out, people: erin, language: 'en' });
    const [code = ''] = /\w{4}-\w{4}-\w{4}/.exec(await readFile(out, 'utf8')) ?? [];
    expect(await nameOf(code)).toBe('Erin Employee');

    await test.db.transaction((tx) => leave(tx, erin, null, 'test', now));

    expect(await nameOf(code)).toBeNull();
    expect((await test.db.query('select from screen_code')).rowCount).toBe(0);
  });

  it('keep the code that they have where a new sheet cannot be written', async () => {
    const out = join(folder, 'codes.csv');
    await writeCodes(isma.app, { out, people: erin, language: 'en' });
    const [code = ''] = /\w{4}-\w{4}-\w{4}/.exec(await readFile(out, 'utf8')) ?? [];
    later();

    await expect(writeCodes(isma.app, { out, people: erin, language: 'en' })).rejects.toThrow(
      'is there already',
    );

    expect(await nameOf(code)).toBe('Erin Employee');
  });

  it('are drawn a QR code by whoever runs Isma, and hear of what there is not', async () => {
    const out = join(folder, 'qr.png');
    await writePicture(isma.app, { out, language: 'de', lesson: 'phishing' });

    expect(await addressIn(await readFile(out))).toBe(`${url}/screen?lesson=phishing`);
    await expect(writePicture(isma.app, { out, language: 'de', lesson: 'gardening' })).rejects.toThrow('There is no lesson «gardening».');
    const off = { ...isma.app, config: { ...isma.app.config, screen: null } };
    await expect(writePicture(off, { out, language: 'de' })).rejects.toThrow('SCREEN_URL is not set');
  }); // prettier-ignore
});
