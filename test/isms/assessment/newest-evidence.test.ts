/** What the register holds of a requirement is told of only as far as whoever answers may see it. */
import { expect, it } from 'vitest';
import { selectNewestEvidence } from '../../../src/isms/assessment/on-record.ts';
import { selectOptionalByEmail } from '../../../src/records/person.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { startHarness, givenPeople } from '../../support/harness.ts';

describeOnDatabases('The newest evidence on a requirement', (test) => {
  it('has its record named to those who may see that, and to others its day alone', async () => {
    await givenPeople(test.db);
    const isma = await startHarness({ db: test.db });
    const ines = 'ines@test.example';
    const asked = await isma.say(
      ines,
      'We saw that the access rights of three leavers were still active (A.5.18)',
    );
    const unsaid = asked.at(-1)?.reply.buttons.find(({ label }) => label === 'I don’t know')?.id ?? '';
    const card = await isma.press(ines, unsaid);
    const confirm = card.at(-1)?.reply.buttons.find(({ label }) => label === 'Confirm')?.id ?? '';
    await isma.press(ines, confirm);
    await test.db.query(
      "insert into evidence (belongs_to, purpose, title) select 'nonconformity:' || id, 'other', 'review.txt' from nonconformity",
    );
    await test.db.query(
      `insert into evidence_revision (evidence_id, number, address, uploaded_by, uploaded_by_name, uploaded_at)
       select evidence.id, 1, 'https://x.example', person.id, 'Ines Isms', '2025-01-07T09:00:00Z' from evidence, person where email = 'ines@test.example'`,
    );
    const [erin, lead] = await Promise.all(
      ['erin@test.example', ines].map((email) => selectOptionalByEmail(test.db, email)),
    );
    if (erin == null || lead == null) throw new Error('nobody is here');

    expect(await selectNewestEvidence(test.db, lead, 'A.5.18')).toMatchObject({ reference: 'NC-2026-001' });
    expect(await selectNewestEvidence(test.db, erin, 'A.5.18')).toEqual({
      reference: null,
      at: new Date('2025-01-07T09:00:00Z'),
    });
    await isma.stop();
  });
});
