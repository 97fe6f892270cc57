/** A policy read and acknowledged at the shared screen, by somebody without chat. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, today } from '../../support/harness.ts';
import { createBrowser, startScreen, type Screen } from '../../support/screen-harness.ts';
import { ask, policy, stored } from '../../workflows/acknowledgements/given-policy.ts';

const erin = 'erin@test.example';

describeOnDatabases('A policy at the shared screen', (test) => {
  let screen: Screen;
  beforeEach(async () => {
    await givenPeople(test.db);
    await stored(test.db, policy('1.0'), today);
    screen = await startScreen(test.db);
  });
  afterEach(() => screen.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  it('is acknowledged where it was read, and the record says so', async () => {
    await ask(test.db, [erin], today);
    const browser = createBrowser(screen.url);
    const asked = await browser.get('/screen?policy=POL-03');
    expect(asked.text).toContain('It opens: «Access Control Policy»');
    let page = await browser.enter(await screen.codeOf(erin), asked.forms[0]?.fields);
    expect(page.forms.map(({ label }) => label)).not.toContain('I acknowledge it');

    page = await browser.press(page, 'Read it');
    expect(page.text).toContain('You use passwords of at least 12 characters.');
    page = await browser.press(page, page.forms.map(({ label }) => label).find((label) => /acknowledge/i.test(label)) ?? ''); // prettier-ignore

    expect(page.text).toContain('Access Control Policy');
    expect(await rows('select name, reference, version, language, how from acknowledgement')).toEqual([
      { name: 'Erin Employee', reference: 'POL-03', version: '1.0', language: 'en', how: 'screen' },
    ]);
  });

  it('takes a question to its owner, and asks for nothing meanwhile', async () => {
    await ask(test.db, [erin], today);
    const browser = createBrowser(screen.url);
    let page = await browser.enter(await screen.codeOf(erin), { kind: 'policy', name: 'POL-03' });
    const label = page.forms.map((form) => form.label).find((each) => /question/i.test(each)) ?? '';
    page = await browser.press(page, label);
    page = await browser.press(page, page.forms.find(({ action, fields }) => action === '/screen/press' && fields['id']?.includes('send-ask'))?.label ?? '', { 'f.question': 'Is a <b>passphrase</b> a password?' }); // prettier-ignore

    expect(page.text).toContain('Is a <b>passphrase</b> a password?');
    expect(await rows('select state from acknowledgement_request')).toEqual([{ state: 'declined' }]);
    expect(await rows('select question from open_question')).toEqual([{ question: 'Is a <b>passphrase</b> a password?' }]);
  }); // prettier-ignore

  it('is not asked of whoever was asked for nothing, however they found it', async () => {
    const browser = createBrowser(screen.url);
    const page = await browser.enter(await screen.codeOf(erin), { kind: 'policy', name: 'POL-03' });

    expect(page.text).not.toContain('You use passwords');
    expect(await rows('select * from acknowledgement')).toEqual([]);
  });
});
