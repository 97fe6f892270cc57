/**
 * Shows messages of the Teams door in a browser, with the open renderer of Adaptive Cards and colours like those of Teams: for
 * tests that look for errors and overflow, and for people who want to see. Pictures go where the caller says, never here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const browserPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(browserPath);

export interface View {
  /** @returns what is wrong with it as it is shown, and its words */
  show(message: ShownMessage, look: Look): Promise<Seen>;
  /** PNG of what was shown last. */
  picture(path: string): Promise<void>;
  /** Presses what has this title. */
  press(title: string): Promise<void>;
  words(): Promise<string>;
  close(): Promise<void>;
}

export interface ShownMessage extends Record<string, unknown> {
  text?: unknown;
  attachments?: unknown;
}

export interface Look {
  dark: boolean;
  /** Pixels. */
  width: number;
}

export interface Seen {
  errors: string[];
  /** Parts that are wider than the screen. */
  overflowing: string[];
  words: string;
}

const renderer = join(import.meta.dirname, '../../node_modules/adaptivecards/dist/adaptivecards.min.js');

export async function openView(): Promise<View> {
  const browser: Browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  }); // prettier-ignore
  const page: Page = await browser.newPage();
  await page.route('**/*', (route) =>
    route.request().url().startsWith('data:') ? route.continue() : route.abort(),
  );
  await page.setContent('<!doctype html><meta charset="utf-8"><style></style><main></main>');
  await page.addScriptTag({ content: readFileSync(renderer, 'utf8') });

  return {
    async show({ text, attachments }, { dark, width }) {
      await page.setViewportSize({ width, height: 900 });
      const cards = (
        Array.isArray(attachments) ? (attachments as { contentType: string; content: unknown }[]) : []
      )
        .filter((each) => each.contentType.endsWith('card.adaptive'))
        .map((each) => each.content);
      return page.evaluate(showIn, {
        text: typeof text === 'string' ? text : '',
        cards,
        dark,
        colors: dark ? darkColors : lightColors,
      });
    },
    async picture(path) {
      const height = await page.evaluate('document.documentElement.scrollHeight');
      await page.setViewportSize({
        width: page.viewportSize()?.width ?? 600,
        height: Math.min(Number(height) + 10, 4_000),
      });
      await page.screenshot({ path });
    },
    press: (title) => page.getByRole('button', { name: title, exact: true }).first().click(),
    words: () => page.evaluate<string>('document.body.innerText'),
    close: () => browser.close(),
  };
}

interface Colors {
  page: string;
  card: string;
  line: string;
  text: string;
  subtle: string;
  accent: string;
  good: string;
  attention: string;
}

const lightColors: Colors = { page: '#f5f5f5', card: '#ffffff', line: '#d1d1d1', text: '#242424', subtle: '#616161', accent: '#5b5fc7', good: '#13a10e', attention: '#c50f1f' }; // prettier-ignore
const darkColors: Colors = { page: '#1f1f1f', card: '#292929', line: '#666666', text: '#ffffff', subtle: '#adadad', accent: '#9299f7', good: '#54b054', attention: '#dc626d' }; // prettier-ignore

/** Runs in the page, where there is nothing of this module. */
function showIn({
  text,
  cards,
  dark,
  colors,
}: {
  text: string;
  cards: unknown[];
  dark: boolean;
  colors: Colors;
}): Seen {
  /* eslint-disable */
  const scope = globalThis as any;
  const { document, AdaptiveCards } = scope;
  const errors: string[] = [];
  document.querySelector('style').textContent = `
    body { margin: 0; background: ${colors.page}; color: ${colors.text}; font: 14px/20px "Segoe UI", system-ui, sans-serif; color-scheme: ${dark ? 'dark' : 'light'}; }
    main { padding: 8px; } .message { padding: 8px 12px; overflow-wrap: anywhere; } .message p { margin: 0 0 8px; }
    .card { background: ${colors.card}; border: 1px solid ${colors.line}; border-radius: 6px; margin-top: 6px; overflow-wrap: anywhere; }
    .ac-pushButton { font: inherit; padding: 5px 12px; border-radius: 4px; border: 1px solid ${colors.line}; background: ${colors.card}; color: ${colors.text}; }
    .ac-pushButton.style-positive { background: ${colors.accent}; color: ${dark ? '#000' : '#fff'}; } .ac-pushButton.style-destructive { color: ${colors.attention}; }
    .ac-pushButton div, .ac-pushButton { white-space: normal !important; overflow-wrap: anywhere; }
    .ac-input { font: inherit; padding: 5px; border: 1px solid ${colors.line}; border-radius: 4px; background: ${colors.card}; color: ${colors.text}; box-sizing: border-box; max-width: 100%; }`;
  const main = document.querySelector('main');
  main.replaceChildren();
  if (text !== '') {
    const box = document.createElement('div');
    box.className = 'message';
    for (const line of text.split('\n\n')) {
      const paragraph = document.createElement('p');
      paragraph.textContent = line
        .replace(/\\([\\`*_~|!\[\]#+\-=.)])/g, '$1')
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&amp;/g, '&');
      box.append(paragraph);
    }
    main.append(box);
  }
  const tone = (color: string) => ({ default: color, subtle: colors.subtle });
  const foreground = {
    default: { default: colors.text, subtle: colors.subtle },
    dark: tone(colors.text),
    light: tone(colors.text),
    accent: tone(colors.accent),
    good: tone(colors.good),
    attention: tone(colors.attention),
    warning: tone('#f7630c'),
  };
  const container = { backgroundColor: colors.card, foregroundColors: foreground };
  for (const each of cards) {
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig({
      fontFamily: '"Segoe UI", system-ui, sans-serif',
      fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
      fontWeights: { lighter: 400, default: 400, bolder: 600 },
      lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
      spacing: { none: 0, small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 12 },
      separator: { lineThickness: 1, lineColor: colors.line },
      containerStyles: { default: container, emphasis: container },
      actions: { maxActions: 6, actionsOrientation: 'horizontal', buttonSpacing: 8, actionAlignment: 'left' },
      supportsInteractivity: true,
    });
    const context = new AdaptiveCards.SerializationContext();
    card.parse(each, context);
    for (let at = 0; at < context.eventCount; at += 1) errors.push(context.getEventAt(at).message);
    const checked = card.validateProperties();
    for (const found of checked.validationEvents) errors.push(found.message);
    const element = card.render();
    if (element === undefined || element === null) errors.push('nothing is shown');
    else {
      const box = document.createElement('div');
      box.className = 'card';
      box.append(element);
      main.append(box);
    }
  }
  const width = document.documentElement.clientWidth;
  const overflowing = [...document.querySelectorAll('main *')]
    .filter((element: any) => element.getBoundingClientRect().right > width + 1)
    .map((element: any) => `${element.className}: ${element.textContent.slice(0, 40)}`);
  return { errors, overflowing, words: document.body.innerText };
  /* eslint-enable */
}
