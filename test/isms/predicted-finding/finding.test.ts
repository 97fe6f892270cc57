/** Each rule by itself, and what stands beside a finding: who promised otherwise, who can mend it by when, and whether it is raised already. */
import { beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../../src/db/database.ts';
import { selectFindings, type PredictedFinding } from '../../../src/isms/predicted-finding/finding.ts';
import type { Concern } from '../../../src/isms/predicted-finding/select.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { generateOrganisation, type Organisation } from '../../support/generated-organisation.ts';
import { givenDocument } from '../../support/harness.ts';
import { faults, plantFaults } from '../../support/planted-faults.ts';
import { findingsOf } from '../../evals/findings-eval.ts';

const now = new Date('2026-11-24T09:00:00Z');

describeOnDatabases('A predicted finding', (test) => {
  let organisation: Organisation;
  beforeEach(async () => {
    organisation = await generateOrganisation(test.db, 7, now);
  });

  const planted = (...names: string[]) =>
    test.db.transaction((tx) => plantFaults(tx, organisation, faults.filter(({ finding }) => names.includes(finding)))); // prettier-ignore
  const report = (concern: Concern = null, audiences = ['everyone']): Promise<PredictedFinding[]> =>
    test.db.transaction((tx) =>
      selectFindings(tx, { at: now, day: '2026-11-24', isPast: false }, { concern, audiences }),
    );
  const idOf = (name: string) => organisation.people.get(name) ?? 0;

  it('comes alone from each fault, and is the same from the records as they stood at that very time', async () => {
    const seen: string[] = [];
    const undone = new Error('undone');
    for (const fault of faults)
      await test.db
        .transaction(async (tx) => {
          await plantFaults(tx, organisation, [fault]);
          seen.push(...(await findingsInside(tx, fault.finding)));
          throw undone;
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error;
        });

    expect(seen).toEqual(faults.map(({ finding }) => finding));
  });

  async function findingsInside(tx: Queryable, name: string): Promise<string[]> {
    const moment = { at: now, day: '2026-11-24' };
    const reader = { concern: null, audiences: ['everyone'] };
    const live = await selectFindings(tx, { ...moment, isPast: false }, reader);
    const past = await selectFindings(tx, { ...moment, isPast: true }, reader);
    expect(past, name).toEqual(live);
    return live.map(({ key }) => key);
  }

  it('is not there in the records as they stood before the fault', async () => {
    await planted('metrics.late');
    const at = { ...organisation, now: new Date('2026-11-22T09:00:00Z') };

    expect(await findingsOf(test.db, at, true)).toEqual([]);
    expect(await findingsOf(test.db, organisation, true)).toEqual(['metrics.late']);
  });

  it('says which section promises otherwise, word for word, and only to those who may read it', async () => {
    await planted('review.missing', 'audit.own_department', 'owners.left');
    const [review, audit, owners] = await Promise.all(
      ['review.missing', 'audit.own_department', 'owners.left'].map(async (key) => (await report()).find((finding) => finding.key === key)), // prettier-ignore
    );

    expect(audit?.promise).toMatchObject({
      reference: 'POL-26',
      section: '1',
      words: 'Auditors do not audit their own department.',
    });
    expect(owners?.promise).toBeNull();
    expect(review?.promise).toBeNull();
    await givenDocument(test.db, 'review.md', '---\nref: POL-40\ntitle: Reviews\nversion: "2.0"\nstatus: published\nowner: ines@demo.example\napprover: clara@demo.example\neffective: 2026-01-01\nreview: 2027-01-01\naudience: leadership\ncontrols: [A.5.4]\n---\n# Reviews\n\n## 3 When\n\nOnce a year we hold the management review.\n', { now }); // prettier-ignore
    const of = async (audiences: string[]) => (await report(null, audiences)).find(({ key }) => key === 'review.missing')?.promise; // prettier-ignore
    expect(await of(['everyone'])).toBeNull();
    expect(await of(['everyone', 'leadership'])).toMatchObject({ reference: 'POL-40', section: '3', version: '2.0' }); // prettier-ignore
  });

  it('is for whoever has the next step, or the ISMS manager, by a week before the next visit or the own limit', async () => {
    await planted('actions.late', 'metrics.missing');
    const [late, none] = (await report()).toSorted((one, other) => other.key.localeCompare(one.key)).toReversed(); // prettier-ignore

    expect(late).toMatchObject({ key: 'actions.late', owners: [{ name: 'Ada Alderbark' }] });
    expect(none).toMatchObject({ key: 'metrics.missing', owners: [{ name: 'Ines Ivyleaf' }] });
    expect(late?.mendBy).toEqual({ on: '2026-12-17', because: 'visit', visit: 'surveillance' });
    await test.db.query("update audit set state = 'cancelled' where kind = 'surveillance'");
    expect((await report())[0]?.mendBy).toEqual({ on: '2027-03-24', because: 'limit', visit: null });
  });

  it('tells a manager only what concerns their department and people', async () => {
    await planted('actions.late', 'training.late', 'review.missing', 'metrics.late');
    const of = async (concern: Concern) => (await report(concern)).map(({ key, facts }) => [key, facts.map(({ text }) => text)]); // prettier-ignore

    const it = await of({ people: [idOf('hugo'), idOf('ada')], department: 'IT' });

    expect(it).toEqual([
      ['actions.late', ['CA-2026-909 · Planted: was due on 25 October 2026.']],
      ['training.late', ['«phishing»: 1 person, the longest since 25 September 2026.']],
    ]);
    expect(await of({ people: [idOf('hanna')], department: 'HR' })).toEqual([]);
    expect((await of(null)).find(([key]) => key === 'training.late')?.[1]).toEqual(['«phishing»: 2 people, the longest since 25 September 2026.']); // prettier-ignore
  });

  it('leaves a surveillance audit alone that the certification itself says was held', async () => {
    await planted('certificate.surveillance_late');
    expect((await report()).map(({ key }) => key)).toEqual(['certificate.surveillance_late']);

    await test.db.query("update certification set visited_on = '2026-11-10'");

    expect(await report()).toEqual([]);
  });

  it('knows the record that was raised of it until that is closed', async () => {
    await planted('metrics.late');
    const insert = (state: string, title: string) =>
      test.db.query(
        `insert into nonconformity (reference, title, requirement, evidence_seen, gap, source, identified_on, raised_by, raised_by_name, raised_at, owner_id, grade,
           grade_reason, state, state_at, closed_by)
         values ('NC-2026-950', $2, '9.1', 'Seen', 'Gap', 'self', '2026-11-20', $3, 'Ines', $4, $3, 'minor', 'One', $1, $4, case $1 when 'closed' then $3::integer end)`,
        [state, title, idOf('ines'), now],
      );

    await insert('contained', 'Measurements are missing');

    expect((await report()).map(({ raised }) => raised)).toEqual([{ reference: 'NC-2026-950', state: 'contained' }]); // prettier-ignore
    await test.db.query("update nonconformity set title = 'Another thing' where reference = 'NC-2026-950'");
    expect((await report()).map(({ raised }) => raised)).toEqual([null]);
    await test.db.query("update nonconformity set evidence_seen = 'ME-2026-001 has no value' where reference = 'NC-2026-950'"); // prettier-ignore
    expect((await report()).map(({ raised }) => raised?.reference)).toEqual(['NC-2026-950']);
  });
});
