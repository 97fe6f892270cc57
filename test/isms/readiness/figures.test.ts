/** Every figure against a count that shares nothing with it, over organisations that come about by chance; and each past day against what was counted on it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { appendAudit } from '../../../src/db/audit.ts';
import { selectFacts, selectRecordsOf } from '../../../src/isms/readiness/fact.ts';
import { addDays } from '../../../src/language/calendar.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPlaces } from '../given-register.ts';
import { act, kinds } from './given-organisation.ts';
import { countIndependently, type Figure } from './independent-count.ts';

/** Each is an organisation of its own; another may be written here to look at it. */
const seeds = [1, 2, 3, 20_271_201];
const days = 10;
const first = '2027-02-10';

const number = fc.nat(10_000);
const Act = fc.record({ kind: fc.nat(kinds - 1), on: fc.tuple(number, number, number, number) });
const Days = fc.array(fc.array(Act, { minLength: 15, maxLength: 25 }), { minLength: days, maxLength: days });

describeOnDatabases('Figures of readiness', (test) => {
  const figuresAt = async (at: Date): Promise<Figure[]> => {
    const facts = await selectFacts(test.db, at);
    return facts.map(({ key, count, of }) => ({ key, count, of })).toSorted((one, other) => (one.key < other.key ? -1 : 1)); // prettier-ignore
  };

  it.each(seeds)('are those of an independent count, then and afterwards (seed %i)', async (seed) => {
    await givenPlaces(test.db);
    const [organisation = []] = fc.sample(Days, { numRuns: 1, seed });
    const stored: { at: Date; figures: Figure[] }[] = [];

    for (const [index, acts] of organisation.entries()) {
      const day = addDays(first, index * 3);
      const at = new Date(`${day}T10:00:00Z`);
      await test.db.transaction(async (tx) => {
        for (const each of acts) await act(tx, each, day);
        await appendAudit(tx, { actor: 'system:test', action: 'setting.changed', record: 'setting:x', detail: { value: seed }, at }); // prettier-ignore
      });
      const evening = new Date(`${day}T20:00:00Z`);
      const figures = await figuresAt(evening);
      expect(figures, `on ${day}`).toEqual(await countIndependently(test.db, day));
      stored.push({ at: evening, figures });
    }

    for (const { at, figures } of stored)
      expect(await figuresAt(at), `looked back to ${at.toISOString()}`).toEqual(figures);
  });

  it.each(seeds.slice(0, 1))('open as many records as they count (seed %i)', async (seed) => {
    await givenPlaces(test.db);
    const [organisation = []] = fc.sample(Days, { numRuns: 1, seed });
    const at = new Date(`${first}T20:00:00Z`);
    for (const acts of organisation)
      await test.db.transaction(async (tx) => {
        for (const each of acts) await act(tx, each, first);
        await appendAudit(tx, { actor: 'system:test', action: 'setting.changed', record: 'setting:x', detail: { value: 1 }, at }); // prettier-ignore
      });

    const shares = ['documents.required', 'soa.approved', 'soa.decided', 'soa.implemented', 'audits.coverage', 'acknowledgements.done', 'training.done', 'evidence.fresh', 'evidence.controls', 'objectives.met']; // prettier-ignore
    for (const { key, count, of } of await selectFacts(test.db, at)) {
      if (key === 'audits.internal' || key === 'review.held' || key === 'certification.valid') continue;
      const lines = await selectRecordsOf(test.db, key, at);
      expect([key, lines.length]).toEqual([key, shares.includes(key) ? (of ?? 0) - count : count]);
    }
  });
});
