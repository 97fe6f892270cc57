/** What becomes of an answer by what is proven of it: shown with its source, asked for once more, refused, or taken as talk. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, type Harness } from '../../support/harness.ts';
import { passagesOf, startModelServer, type ModelServer } from '../../support/model-server.ts';
import { enrolledPhones } from '../../support/phone-policy.ts';

const erin = 'erin@test.example';

describeOnDatabases('an answer', (test) => {
  let modelServer: ModelServer;
  let isma: Harness;

  beforeAll(async () => {
    modelServer = await startModelServer();
  });
  afterAll(() => modelServer.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', enrolledPhones);
  });
  afterEach(() => isma.stop());

  /** The model answers with this text; {n} stands for the passage on phones. */
  async function withModel(text: string) {
    modelServer.script((request) => {
      const n = passagesOf(request).find((passage) => passage.text.includes('encrypted'))?.n ?? 99;
      return { text: text.replaceAll('{n}', String(n)) };
    });
    isma = await startHarness({ db: test.db, modelServer });
  }

  it.each([
    ['no number', 'It must lock within 2 minutes.'],
    ['a number that was never shown', 'It must lock within 2 minutes. [77]'],
  ])('is answered with the section that says it where the model gives %s', async (_name, text) => {
    await withModel(text);

    const [answer] = await isma.say(erin, 'when must my phone lock?');

    expect(answer?.reply.notice).toBeNull();
    expect(answer?.reply.citations[0]?.quote).toBe(
      'The phone must be encrypted and lock itself within 2 minutes.',
    );
  });

  it('is asked of the model once more where nothing was proven, which is told what and why', async () => {
    modelServer.script((_request, n) => ({
      text: n % 2 === 0 ? 'It must lock within 5 minutes. [1]' : 'It must lock within 2 minutes. [1]',
    }));
    isma = await startHarness({ db: test.db, modelServer });
    const before = modelServer.chatRequests.length;
    if (before % 2 === 1)
      await fetch(`${modelServer.url}/chat/completions`, { method: 'POST', body: '{"messages":[]}' });
    const asked = modelServer.chatRequests.length;

    const [answer] = await isma.say(erin, 'when must my phone lock?');

    expect(modelServer.chatRequests.length - asked).toBe(2);
    expect(modelServer.chatRequests.at(-1)?.messages.at(-1)?.content).toContain('5 minutes');
    expect(answer?.reply.text).toBe('It must lock within 2 minutes. [1]');
  });

  it('is asked of the best sections, and of no more than a prompt is to hold', async () => {
    const sections = Array.from(
      { length: 6 },
      (_value, at) => `## 4.${at} Locks\n\n${`A lock of kind ${at} is oiled by its owner. `.repeat(20)}`,
    );
    await givenDocument(
      test.db,
      'locks.md',
      enrolledPhones.replaceAll('POL-07', 'POL-30').split('## ')[0] + sections.join('\n\n'),
    );
    await withModel('NOT_COVERED');
    const begun = modelServer.chatRequests.length;

    await isma.say(erin, 'who oils a lock of kind 3?');

    const shown = passagesOf(modelServer.chatRequests[begun]!);
    expect(shown).toHaveLength(4);
    expect(shown[0]?.text).toContain('kind 3');
  });

  it('is refused without the words of a section that does not answer it', async () => {
    await withModel('The policies say nothing about dogs.');

    const [answer] = await isma.say(erin, 'may I bring my dog when I fetch my phone?');

    expect(answer?.reply.notice).toBe('not-covered');
    expect(answer?.reply.passages.every(({ folded }) => folded)).toBe(true);
  });

  it('may be answered with a question back, which needs no source', async () => {
    await withModel('Do you mean your own phone or one of the company?');

    const [answer] = await isma.say(erin, 'when must my phone lock?');

    expect(answer?.reply).toMatchObject({
      notice: null,
      text: 'Do you mean your own phone or one of the company?',
      citations: [],
    });
  });
});
