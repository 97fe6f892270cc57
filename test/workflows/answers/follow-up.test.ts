/** The next question of a conversation, and the language of its answer. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, type Harness } from '../../support/harness.ts';
import {
  isReading,
  passagesOf,
  startModelServer,
  type Behaviour,
  type ModelServer,
} from '../../support/model-server.ts';
import { enrolledPhones } from '../../support/phone-policy.ts';

const erin = 'erin@test.example';
const travel = `---
ref: POL-05
title: Travel Policy
effective: 2026-03-01
---
# Travel Policy

## 3 Rules

### 3.1 Customs

Whoever is asked by customs for the code of a device gives it, and calls the Security Hotline afterwards.

### 3.2 Laptops abroad

A laptop is taken abroad only with an encrypted disk, and is never left in a hotel room.
`;
const hanna = 'hanna@test.example';

describeOnDatabases('a conversation about a policy', (test) => {
  let modelServer: ModelServer;
  let isma: Harness;

  beforeAll(async () => {
    modelServer = await startModelServer();
  });
  afterAll(() => modelServer.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', enrolledPhones);
    isma = await startHarness({ db: test.db, modelServer });
  });
  afterEach(() => isma.stop());

  /** {n} stands for the section, as its first request numbers it. */
  const answers = async (question: string, ...texts: string[]) => {
    const begun = modelServer.chatRequests.length;
    modelServer.script((request, n) => {
      const first = modelServer.chatRequests[begun] ?? request;
      const number = passagesOf(first).find(({ text }) => text.includes('encrypted'))?.n;
      return { text: (texts[n - begun] ?? '').replaceAll('{n}', String(number)) };
    });
    const [answer] = await isma.say(erin, question);
    return [answer?.reply.text, modelServer.chatRequests.length - begun];
  };

  it('offers what it cited for the next question too, and only to who may still read it', async () => {
    await answers('when must my phone lock?', 'It must be encrypted and lock within 2 minutes. [{n}]');
    const asked = async (who: string) => {
      modelServer.script(() => ({ text: 'NOT_COVERED' }));
      await isma.say(who, 'grandmother would frown upon such strange habits, wouldn’t she?');
      return passagesOf(modelServer.chatRequests.at(-1)!).filter(({ text }) => text.includes('encrypted'));
    };

    expect(await asked(erin)).toHaveLength(1);
    expect(await asked(hanna)).toHaveLength(0);
    await answers('when must my phone lock?', 'It must be encrypted and lock within 2 minutes. [{n}]');
    await test.db.query(`update document_version set audience = '{hr}'`);
    expect(await asked(erin)).toHaveLength(0);
  });

  it('is answered in its own language: once more where the model took another, unless that was asked for', async () => {
    const english = 'It has to be encrypted, and it must lock itself within 2 minutes. [{n}]';
    const german = 'Es muss verschlüsselt sein und sich innerhalb von 2 Minuten selbst sperren. [{n}]';
    const question = 'wann muss sich mein Telefon selbst sperren, wenn ich es nicht benutze?';

    expect(await answers(question, english, german)).toEqual([german.replace('{n}', '1'), 2]);
    expect(modelServer.chatRequests.at(-1)?.messages.at(-1)?.content).toContain('not in German');
    expect(await answers(question, german)).toEqual([german.replace('{n}', '1'), 1]);
    expect(await answers(question, english, 'NOT_COVERED')).toEqual([english.replace('{n}', '1'), 2]);
    expect(await answers(`${question} Bitte auf Englisch.`, english)).toEqual([
      english.replace('{n}', '1'),
      1,
    ]);
  });

  describe('that may lead to one section or to another', () => {
    const open = 'and what if customs asks for it?';
    beforeEach(() => givenDocument(test.db, 'travel.md', travel));

    /** @returns what a model was asked to read, and the headings of what it answers from, once it has made this of the follow-up */
    async function asked(question: string, reading: Behaviour) {
      modelServer.script(() => ({ text: 'NOT_COVERED' }));
      await isma.say(erin, 'may a personal phone be used for work mail?');
      const begun = modelServer.chatRequests.length;
      modelServer.script((request) => (isReading(request) ? reading : { text: 'NOT_COVERED' }));
      await isma.say(erin, question);
      const requests = modelServer.chatRequests.slice(begun);
      return {
        read: requests.filter(isReading).map(({ messages }) => messages.at(-1)?.content ?? ''),
        sections: passagesOf(requests.at(-1)!).map(({ text }) => /(\d\.\d [^(>]+) \(/.exec(text)?.[1]),
      };
    }
    const query = (words: string): Behaviour => ({
      calls: [{ name: 'write_down', arguments: JSON.stringify({ query: words }) }],
    });

    it('is put into words by a model first, which is asked once and told what was said', async () => {
      const { read, sections } = await asked(open, query('customs asks for the code of a device'));

      expect(sections[0]).toBe('3.1 Customs');
      expect(read).toHaveLength(1);
      expect(JSON.parse(read[0] ?? '')).toEqual([
        { author: 'person', text: 'may a personal phone be used for work mail?' },
        expect.objectContaining({ author: 'isma' }),
        { author: 'person', text: open },
      ]);
    });

    it.each<[string, Behaviour]>([
      ['fails', { status: 400 }],
      ['says nothing', { text: '' }],
      ['writes a page', query('customs '.repeat(100))],
    ])('is searched for as it was said where the model %s', async (_name, reading) => {
      const { sections } = await asked(open, reading);

      expect(sections[0]).toBe('3.2 Personal devices');
      expect(sections).toContain('3.1 Customs');
    });

    it.each([
      ['it leads to the same with what it leans on', 'and is my personal phone encrypted then?'],
      ['it has no words of its own', 'and why?'],
      ['it is no follow-up', 'what do I do when customs wants the code of my laptop?'],
    ])('costs no further call where %s', async (_name, question) => {
      expect((await asked(question, { status: 400 })).read).toEqual([]);
    });
  });
});
