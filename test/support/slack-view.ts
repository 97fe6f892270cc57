/**
 * Blocks as a person sees them, drawn in Chromium. `node test/support/slack-view.ts` draws every kind of reply in light and dark,
 * wide and narrow, and says where the pictures are.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Message, type Block as DrawnBlock } from 'slack-blocks-to-jsx';
import type { Block } from '../../src/doors/slack/pieces.ts';
import { renderReply } from '../../src/doors/slack/render.ts';
import { renderForm } from '../../src/doors/slack/render-form.ts';
import { sampleForm, sampleReplies } from './slack-samples.ts';

const browserPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(browserPath);
const style = readFileSync(
  createRequire(import.meta.url).resolve('slack-blocks-to-jsx/dist/style.css'),
  'utf8',
);

/** One grey pixel: nobody's face is needed. */
const logo = 'data:image/gif;base64,R0lGODlhAQABAIAAAJmZmQAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';

export type Theme = 'light' | 'dark';

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  }); // prettier-ignore
}

export interface Drawn {
  /** Every word on the page. */
  words: string;
  /** What the page complained about. */
  errors: string[];
  /** Whether something reaches beyond the window's edge. */
  overflows: boolean;
}

/** @param picture  where to put a picture of it, null for none */
export async function draw(
  browser: Browser,
  messages: readonly [name: string, blocks: Block[]][],
  theme: Theme,
  width: number,
  picture: string | null,
): Promise<Drawn> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on(
    'request',
    (request) =>
      !request.url().startsWith('data:') &&
      request.url() !== 'about:blank' &&
      errors.push(`asks for ${request.url()}`),
  );
  const parts = messages.map(([name, blocks]) =>
    createElement(
      'section',
      { key: name },
      createElement(Message, {
        blocks: blocks as unknown as DrawnBlock[],
        logo,
        name: `Isma · ${name}`,
        theme,
        time: new Date('2026-11-24T09:00:00Z'),
      }),
    ),
  );
  const background = theme === 'dark' ? '#1a1d21' : '#ffffff';
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><style>${style}</style><style>body{margin:12px;background:${background};font-family:Lato,system-ui,sans-serif}section{margin-bottom:18px}</style>${renderToStaticMarkup(createElement('main', null, parts))}`,
  );
  const words = await page.locator('main').innerText();
  const overflows = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
  if (picture !== null) await page.screenshot({ path: picture, fullPage: true });
  await page.close();
  return { words, errors, overflows: overflows === true };
}

/** Every kind of reply, and a form's fields. */
export function sampleMessages(): [name: string, blocks: Block[]][] {
  const notes = { address: 'slack:T1:@U1', outsiders: false, card: null, via: {} };
  return [
    ...sampleReplies.map(([name, reply]): [string, Block[]] => [
      name,
      renderReply(reply, { mark: name, surface: 'message' }).blocks,
    ]),
    ['dialog', renderForm(sampleForm, notes, 'Your answer goes to Erin Employee.')?.blocks ?? []],
  ];
}

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), 'isma-slack-view-'));
  const browser = await startBrowser();
  for (const theme of ['light', 'dark'] as const)
    for (const width of [720, 380]) {
      const picture = join(folder, `${theme}-${width}.png`);
      const { errors, overflows } = await draw(browser, sampleMessages(), theme, width, picture);
      process.stdout.write(`${picture}${overflows ? ' reaches beyond its edge' : ''} ${errors.join('; ')}\n`);
    }
  await browser.close();
}
