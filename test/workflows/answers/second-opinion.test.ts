/** A model's second opinion on what our own check can neither prove nor refute. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { selectOne } from '../../../src/db/rows.ts';
import { createProving } from '../../../src/workflows/answers/check-answer.ts';
import type { Unit } from '../../../src/workflows/answers/sources.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, type Harness } from '../../support/harness.ts';
import {
  isReading,
  passagesOf,
  startModelServer,
  type Behaviour,
  type ChatRequest,
  type ModelServer,
} from '../../support/model-server.ts';
import { enrolledPhones } from '../../support/phone-policy.ts';
import { lexicon } from '../../support/shared.ts';

const erin = 'erin@test.example';
const question = 'what about my own phone?';
const proven = 'It must be encrypted and lock within 2 minutes. [{n}]';
const doubtful = 'Sign up your handset before reading company messages there. [{n}]';
const refuted = 'It must lock within 5 minutes. [{n}]';

describeOnDatabases('a second opinion', (test) => {
  let modelServer: ModelServer;
  let isma: Harness | null = null;

  beforeAll(async () => {
    modelServer = await startModelServer();
  });
  afterAll(() => modelServer.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', enrolledPhones);
  });
  afterEach(async () => {
    await isma?.stop();
    isma = null;
  });

  const writesDown = (...verdicts: { statement: number; sentence: number }[]): Behaviour => ({
    calls: [{ name: 'write_down', arguments: JSON.stringify({ verdicts }) }],
  });

  /** @param opinion  what the model says to it; null where none is to be asked for */
  async function answered(text: string, opinion: Behaviour | null) {
    const begun = modelServer.chatRequests.length;
    modelServer.script((request) => {
      if (isReading(request)) return opinion ?? { status: 400 };
      const n = passagesOf(request).find((passage) => passage.text.includes('encrypted'))?.n;
      return { text: text.replaceAll('{n}', String(n)) };
    });
    isma = await startHarness({ db: test.db, modelServer, secondOpinion: opinion !== null });
    const [answer] = await isma.say(erin, question);
    const asked = modelServer.chatRequests.slice(begun).filter(isReading);
    return { reply: answer?.reply, asked, calls: modelServer.chatRequests.length - begun };
  }

  const used = () =>
    selectOne(test.db, z.object({ calls: z.number() }), 'select sum(calls)::integer as calls from model_use');

  it('keeps a statement by the sentence that it names, and counts as use', async () => {
    const { reply, calls } = await answered(doubtful, writesDown({ statement: 1, sentence: 1 }));

    expect(reply).toMatchObject({ notice: null, text: doubtful.replace('{n}', '1') });
    expect(reply?.citations[0]?.quote).toContain('if it is enrolled first');
    expect([calls, await used()]).toEqual([2, { calls: 2 }]);
  });

  it('is told the statement in doubt and the sentences that it cites, and nothing else', async () => {
    const { reply, asked } = await answered(
      `${proven} ${doubtful} ${refuted}`,
      writesDown({ statement: 1, sentence: 1 }),
    );

    expect(reply?.text).toBe(`${proven} ${doubtful}`.replaceAll('{n}', '1'));
    expect(asked).toHaveLength(1);
    expect(JSON.parse(textOf(asked[0]))).toEqual([
      {
        statement: 1,
        says: 'Sign up your handset before reading company messages there.',
        sections: ['Mobile Device Policy, Personal devices'],
        sentences: [
          '1: A personal phone may be used for work mail if it is enrolled first.',
          '2: The phone must be encrypted and lock itself within 2 minutes.',
        ],
      },
    ]);
  });

  it.each<[string, Behaviour]>([
    ['says no', writesDown({ statement: 1, sentence: 0 })],
    [
      'names no sentence that there is',
      writesDown({ statement: 1, sentence: 9 }, { statement: 7, sentence: 1 }),
    ],
    ['fails', { status: 400 }],
    ['is no opinion', { text: 'I think it does.' }],
  ])('leaves the statement out as it was where it %s, and is asked for once', async (_name, opinion) => {
    const { reply, asked, calls } = await answered(doubtful, opinion);

    expect(asked).toHaveLength(1);
    expect(calls).toBe(3);
    expect(reply).toMatchObject({ notice: 'unverified' });
    expect(reply?.text).not.toContain('handset');
  });

  it.each([
    ['all is proven', proven],
    ['what is left is refuted', `${proven} ${refuted}`],
  ])('is not asked for where %s', async (_name, text) => {
    const { reply, asked } = await answered(text, writesDown({ statement: 1, sentence: 1 }));

    expect(asked).toEqual([]);
    expect(reply?.text).toBe(proven.replace('{n}', '1'));
  });

  it('is never asked for where the option is off', async () => {
    const { reply, asked } = await answered(`${proven} ${doubtful}`, null);

    expect(asked).toEqual([]);
    expect(reply?.text).toBe(proven.replace('{n}', '1'));
  });
});

function textOf(request: ChatRequest | undefined): string {
  return request?.messages.at(-1)?.content ?? '';
}

describe('an answer in the making', () => {
  const passage = {
    sectionId: 1, versionId: 1, documentId: 1, kind: 'policy' as const, reference: 'POL-07', title: 'Mobile Device Policy', version: '1', language: 'en' as const,
    ownerEmail: null, effectiveFrom: '2026-03-01', audience: ['everyone'], sourcePath: null, score: 1, textScore: 1, textRank: 1, vectorRank: null, distance: null,
    number: '3.2', heading: 'Personal devices', path: [], page: null, body: enrolledPhones.split('devices\n\n')[1]?.trim() ?? '',
  }; // prettier-ignore
  const release = (kept?: Map<string, Unit>) =>
    createProving([passage], { question, today: '2026-11-24', ...(kept && { kept }) }, lexicon).release(
      `${doubtful} ${proven} `.replaceAll('{n}', '1'),
    );

  it('shows nothing behind a statement in doubt until the second opinion is there, and does not wait without one', () => {
    expect(release(new Map())).toBe('');
    expect(release()).toBe(proven.replace('{n}', '1'));
  });
});
