/** Every kind of reply as a person sees it: drawn in Chromium, in light and dark, wide and narrow. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reply } from '../../../src/conversation/contract.ts';
import { renderReply } from '../../../src/doors/slack/render.ts';
import { draw, hasBrowser, sampleMessages, startBrowser } from '../../support/slack-view.ts';

if (!hasBrowser)
  process.stdout.write('No Chromium here (CHROMIUM_PATH names one): nobody looked at the blocks of Slack.\n');

describe.skipIf(!hasBrowser)('blocks in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it.each([
    ['light', 720],
    ['light', 380],
    ['dark', 720],
    ['dark', 380],
  ] as const)('show their words without an error, in %s and %i pixels wide', async (theme, width) => {
    const { words, errors, overflows } = await draw(browser, sampleMessages(), theme, width, null);

    expect(errors).toEqual([]);
    expect(overflows).toBe(false);
    for (const expected of [
      'A lost phone is reported', 'Mobile Device Policy v2.1', 'Ask Hugo Owner', 'Written by AI', 'Q-2026-014', '37 of 120', 'Confirm', 'two of three backups',
      'How long are logs kept?', 'Open the form', 'Take my answer back', 'Sent to Erin Employee', 'Who may see it?', 'Please write an answer.',
    ]) expect(words).toContain(expected); // prettier-ignore
  });

  it('shows hostile words as words', async () => {
    const text =
      '<!channel> <@U1> *bold* [x](https://e.example) https://e.example <script>document.title = "x"</script>';
    const { blocks } = renderReply(Reply.parse({ text, note: text, facts: [{ label: text, value: text }] }), {
      mark: '',
      surface: 'message',
    });
    const { words, errors } = await draw(browser, [['hostile', blocks]], 'light', 720, null);

    expect(errors).toEqual([]);
    expect(words).toContain('*bold*');
    expect(words).toContain('<!channel>');
  });
});
