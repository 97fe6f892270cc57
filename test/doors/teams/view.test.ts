/** Each kind of reply in a real browser: no error of the renderer, nothing wider than the screen, every word to be seen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderForm } from '../../../src/doors/teams/render-form.ts';
import { cardAttachment, renderDialog, renderMessage } from '../../../src/doors/teams/render.ts';
import { gallery, galleryForm } from '../../support/teams-gallery.ts';
import { hasBrowser, openView, type ShownMessage, type View } from '../../support/teams-view.ts';

const looks = [
  { dark: false, width: 320 },
  { dark: true, width: 320 },
  { dark: false, width: 900 },
  { dark: true, width: 900 },
];
/** Set to a folder to keep the pictures of what is shown there. */
const keep = process.env.ISMA_PICTURES;

describe.runIf(!hasBrowser)('the view of Teams cards', () => {
  it('is not tried here: there is no Chromium (set CHROMIUM_PATH)', () => {
    expect(hasBrowser).toBe(false);
  });
});

describe.runIf(hasBrowser)('a card in a browser', () => {
  let view: View;
  let folder: string;

  beforeAll(async () => {
    view = await openView();
    folder = keep ?? mkdtempSync(join(tmpdir(), 'isma-cards-'));
  });
  afterAll(async () => {
    await view.close();
    if (keep === undefined) rmSync(folder, { recursive: true });
  });

  const messages: { name: string; message: ShownMessage }[] = gallery.flatMap(({ name, reply }) => [
    { name, message: renderMessage(reply, 'personal') },
    { name: `${name}-shared`, message: renderMessage(reply, 'shared') },
    {
      name: `${name}-dialog`,
      message: { attachments: [cardAttachment(renderDialog(reply, { direct: true }))] },
    },
  ]);
  messages.push({
    name: 'form-open',
    message: { attachments: [cardAttachment(renderForm(galleryForm, { card: null }))] },
  });

  it.each(messages)('shows $name, light and dark, narrow and wide', async ({ name, message }) => {
    for (const look of looks) {
      const { errors, overflowing, words } = await view.show(message, look);

      expect(errors).toEqual([]);
      expect(overflowing).toEqual([]);
      expect(words.trim()).not.toBe('');
      if (keep !== undefined)
        await view.picture(join(folder, `${name}-${look.dark ? 'dark' : 'light'}-${look.width}.png`));
    }
  });

  it('unfolds a long passage when it is asked to, and folds it again', async () => {
    const passages = gallery.find(({ name }) => name === 'long passages');
    if (passages === undefined) throw new Error('the gallery has no long passages');
    await view.show(renderMessage(passages.reply, 'personal'), { dark: false, width: 600 });
    const folded = await view.words();
    await view.press('Show all');
    const unfolded = await view.words();
    await view.press('Show less');

    expect(folded).not.toContain('guest network');
    expect(unfolded).toContain('guest network');
    expect(await view.words()).toBe(folded);
  });

  it('keeps further sections folded until they are asked for', async () => {
    const passages = gallery.find(({ name }) => name === 'passages');
    if (passages === undefined) throw new Error('the gallery has no passages');
    await view.show(renderMessage(passages.reply, 'personal'), { dark: false, width: 600 });
    const folded = await view.words();
    await view.press('1 more section');

    expect(folded).not.toContain('helmet');
    expect(await view.words()).toContain('helmet');
  });

  it('shows hostile words as words: no link, no picture, no address', async () => {
    const hostile = gallery.find(({ name }) => name === 'hostile');
    if (hostile === undefined) throw new Error('the gallery has nothing hostile');
    const { words } = await view.show(renderMessage(hostile.reply, 'personal'), { dark: false, width: 600 });

    expect(words).toContain('<at>Everyone</at> [press](https[:]//evil[.]example/x)');
    expect(words).toContain('{ {DATE');
    expect(words).toContain('javascript[:]alert(1)');
  });
});
