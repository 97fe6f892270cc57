/** The shared screen in a real browser, on a phone and on a large screen: it can be used without a mouse, and nothing is cut or blocked. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, today } from '../../support/harness.ts';
import { startScreen, type Screen } from '../../support/screen-harness.ts';
import { hasBrowser, startBrowser } from '../../support/slack-view.ts';
import { ask, policy, stored } from '../../workflows/acknowledgements/given-policy.ts';

if (!hasBrowser)
  process.stdout.write('No Chromium here (CHROMIUM_PATH names one): nobody looked at the shared screen.\n');

/** Runs in the page. */
const measure = `(() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const shown = document.documentElement;
  return {
    overflows: shown.scrollWidth > shown.clientWidth,
    small: all('button, input:not([type=hidden])').filter((each) => each.getBoundingClientRect().height < 44).length,
    nameless: all('button, input:not([type=hidden]), textarea').filter((each) => each.textContent.trim() === '' && (each.labels?.length ?? 0) === 0).length,
  };
})()`;

const erin = 'erin@test.example';
/** A folder for pictures of every page, for whoever wants to look. */
const pictures = process.env.SCREEN_PICTURES ?? '';

describe.skipIf(!hasBrowser)('in a browser', () => {
  describeOnDatabases('the shared screen', (test) => {
    let browser: Browser;
    let screen: Screen;
    let errors: string[];
    let taken: number;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser.close());
    beforeEach(async () => {
      await givenPeople(test.db);
      await stored(test.db, policy('1.0'), today);
      await ask(test.db, [erin], today);
      screen = await startScreen(test.db);
      errors = [];
      taken = 0;
    });
    afterEach(() => screen.stop());

    async function open(width: number, height: number, dark = false): Promise<Page> {
      const page = await browser.newPage({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        locale: dark ? 'de-DE' : 'en-GB',
      });
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      return page;
    }

    /** Nothing reaches beyond the edge, every button is large enough for a thumb, and each field and button has a name. */
    async function look(page: Page, name: string): Promise<void> {
      const found = await page.evaluate(measure);
      expect(found).toMatchObject({ overflows: false, small: 0, nameless: 0 });
      if (pictures === '') return;
      taken += 1;
      const width = page.viewportSize()?.width ?? 0;
      await page.screenshot({ path: join(pictures, `${width}-${taken}-${name}.png`), fullPage: true });
    }

    it.each([
      [360, 740, false],
      [1_280, 800, false],
      [360, 740, true],
    ])(
      'leads from the QR code to the quiz and to the policy, %i pixels wide',
      async (width, height, dark) => {
        if (dark) await test.db.query("update person set locale = 'de-DE'");
        const page = await open(width, height, dark);
        const next = dark ? 'Weiter' : 'Next';
        await page.goto(`${screen.url}/screen?lesson=phishing`);
        await look(page, 'code');
        // By the keyboard alone: the field has the focus, and Enter sends it.
        await page.keyboard.type('cccc cccc cccc');
        await page.keyboard.press('Enter');
        await page.getByRole('alert').waitFor();
        await look(page, 'wrong');
        await page.keyboard.type(await screen.codeOf(erin));
        await page.keyboard.press('Enter');
        await page.getByText('Erin Employee').waitFor();
        await look(page, 'card');
        while ((await page.getByRole('button', { name: next, exact: true }).count()) > 0)
          await page.getByRole('button', { name: next, exact: true }).click();
        await look(page, 'remember');
        await page.getByRole('button', { name: 'Quiz', exact: true }).click();
        await look(page, 'question');
        await page.locator('main form.press button').first().click();
        await look(page, 'told');
        await page.locator('footer button').first().click();
        await look(page, 'open');
        await page.getByRole('button', { name: /Access Control Policy/ }).click();
        await look(page, 'policy');
        await page.getByRole('button', { name: dark ? /[Ff]rage/ : /question/ }).click();
        await look(page, 'form');
        await page.locator('header button').click();
        await page.getByRole('status').waitFor();
        await look(page, 'gone');

        expect(errors).toEqual([]);
        expect(await page.context().cookies()).toEqual([]);
        await page.close();
      },
    );
  });
});
