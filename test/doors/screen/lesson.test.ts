/** A lesson and its quiz by somebody without chat: a code, a page, buttons, from the QR code to the passed quiz. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { choicesOf as buttonsOf } from '../../../src/dialogue/interview-choices.ts';
import { choicesOf } from '../../../src/isms/training/draw.ts';
import { lessonNamed } from '../../../src/isms/training/lesson-bank.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, today } from '../../support/harness.ts';
import { createBrowser, startScreen, type Screen, type Shown } from '../../support/screen-harness.ts';

const erin = 'erin@test.example';
const lesson = lessonNamed('phishing');

describeOnDatabases('A person without chat', (test) => {
  let screen: Screen;
  beforeEach(async () => {
    await givenPeople(test.db);
    screen = await startScreen(test.db);
  });
  afterEach(() => screen.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  /** The label of the right answer to what a page asks. */
  async function right({ forms }: Shown): Promise<string> {
    const [attempt] = await rows("select seed from quiz_attempt where state = 'started'");
    const asked = forms.map(({ fields }) => /after=([^&]+)/.exec(fields['id'] ?? '')?.[1]).find((id) => id !== undefined);
    const question = lesson?.questions.find(({ id }) => id === asked);
    if (question === undefined) throw new Error('nothing is asked');
    const shown = choicesOf(question, Number(attempt?.['seed'])).map(({ en, right: isRight }, at) => ({ value: String(at), label: en, isRight }));
    const value = String(shown.findIndex(({ isRight }) => isRight === true));
    return buttonsOf({ mark: '', text: '', choices: shown }).buttons.find((each) => each.value === value)?.label ?? '';
  } // prettier-ignore

  it('reads the lesson of the QR code and passes its quiz, known by the code and by nothing else', async () => {
    const browser = createBrowser(screen.url);
    const asked = await browser.get('/screen?lesson=phishing');
    expect(asked.text).toContain('It opens: «');

    let page = await browser.enter((await screen.codeOf(erin)).toLowerCase(), asked.forms[0]?.fields);
    expect(page.text).toContain('You are Erin Employee. Not you?');
    expect(page.text).toContain('Card 1 of');
    for (let card = 0; card < (lesson?.cards.length ?? 0); card += 1)
      page = await browser.press(page, 'Next');
    page = await browser.press(page, 'Quiz');
    for (let question = 0; question < 5; question += 1) page = await browser.press(page, await right(page));

    expect(page.text).toMatch(/5 of 5/);
    expect(
      await rows('select state, score, email from training join person on person.id = person_id'),
    ).toEqual([{ state: 'completed', score: 100, email: erin }]);
    expect(
      await rows('select platform, person_id::text = user_id as own, direct_address from identity'),
    ).toEqual([{ platform: 'screen', own: true, direct_address: null }]);
    const [{ payload } = {}] = await rows("select payload from audit_entry where action = 'screen.opened'");
    expect(String(payload)).not.toMatch(/code|token/);
  });

  it('goes on another day where it stopped, in German where that is their language', async () => {
    await test.db.query("update person set locale = 'de-DE' where email = $1", [erin]);
    const code = await screen.codeOf(erin);
    const browser = createBrowser(screen.url);
    let page = await browser.enter(code, { kind: 'lesson', name: 'phishing' });
    page = await browser.press(page, 'Weiter');
    page = await browser.press(page, 'Fertig, nächste Person');
    expect(page.text).toContain('Thank you. You are signed out.');
    expect(browser.cookie()).toBe('');

    const again = await createBrowser(screen.url).enter(code, { kind: 'lesson', name: 'phishing' });

    expect(again.text).toContain('Sie sind Erin Employee.');
    expect(again.text).toContain('Karte 2 von');
  });

  it('sees what is open for them where no lesson is named, and nothing of others', async () => {
    const { id } = (await rows(`select id from person where email = '${erin}'`))[0] ?? {};
    await test.db.query(
      `insert into training (reference, state, state_at, person_id, lesson, text_hash, assigned_by, assigned_at, due_on)
       values ('TR-2026-001', 'assigned', $1, $2, 'travel', '', $2, $1, '2026-12-01')`,
      [today, id],
    );
    const browser = createBrowser(screen.url);

    const page = await browser.enter(await screen.codeOf(erin));

    expect(page.text).toContain('One thing is open for you:');
    expect((await browser.press(page, 'Learn')).text).toContain('Card 1 of');
    const other = await createBrowser(screen.url).enter(await screen.codeOf('hugo@test.example'));
    expect(other.text).toContain('Nothing is open for you.');
  });
});
